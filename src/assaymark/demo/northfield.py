"""Northfield Certification: its auditors, and what all its certifications have in common."""

from __future__ import annotations

from assaymark.core.competence import RelationKind
from assaymark.core.parties import Actor
from assaymark.demo import procedure
from assaymark.demo.procedure import Body, Case
from assaymark.demo.timeline import Story
from assaymark.demo.world import World
from assaymark.records.assessments import actions
from assaymark.records.assessments.actions import ApplicationContent

STANDARD = "iso-9001-2015"
# What an auditor writes beside a line that conforms, by clause.
NOTES = {
    "": "Seen on site; no deviation.",
    "4": "Issues, parties and scope of this year seen, reviewed in the last management review.",
    "4.4": "Process map walked through with the quality manager; owners know their measures.",
    "5": "Talked with the managing director about policy, priorities and what went wrong last year.",
    "6": "Risks and objectives seen in their registers, with owners and dates.",
    "7.1": "Walked through the works; machines and measuring rooms in good order.",
    "7.1.5": "Eight instruments chosen on the floor, all with a certificate in date.",
    "7.2": "Competence records of four people compared with their work.",
    "7.5": "Six documents at the place of use compared with the register; revisions agree.",
    "8": "Two orders followed from enquiry to delivery.",
    "8.3": "Not applicable: products are made to customers' drawings.",
    "8.4": "Purchasing of bar stock and of coating followed; approvals in date.",
    "8.5": "Three jobs on the machines; router, drawing and first-piece check at hand.",
    "8.6": "Release records of ten lots seen; released by authorised people.",
    "8.7": "Blocked store seen; every lot there has its record.",
    "9": "Indicators, audits and management review of the last twelve months seen.",
    "10": "Three nonconformities followed to their effectiveness check.",
}


def body(world: World, *, lead: str = "m.kowalska@northfield", decider: str = "v.adeyemi@northfield") -> Body:
    """Who takes part for Northfield."""
    return Body(
        office=world.who("e.sandhu@northfield"),
        lead=world.who(lead),
        reviewer=world.who("c.lindqvist@northfield"),
        decider=world.who(decider),
    )


def certification(
    world: World, *, client: Actor, title: str, content: ApplicationContent, lead: str = "m.kowalska@northfield"
) -> Case:
    """A client before Northfield."""
    return Case(calendar=world.calendar, title=title, content=content, client=client, body=body(world, lead=lead))


def people(world: World) -> Story:
    """Auditors are evaluated; a former employment is on record, so that the rules can keep to it."""
    calendar, office = world.calendar, world.who("e.sandhu@northfield")
    at = yield calendar.at(-1350)
    known = (
        ("m.kowalska@northfield", (14, 17, 18), "Lead auditor; production engineer; witnessed twice."),
        ("g.marsh@northfield", (7, 14, 17, 19), "Lead auditor; plant manager for ten years; witnessed once."),
    )
    for who, sectors, basis in known:
        procedure.competent(
            world.who(who),
            standard=STANDARD,
            sectors=sectors,
            languages=("en",),
            since=calendar.day(-1350),
            basis=basis,
            by=office,
            at=at,
        )
    at = yield calendar.at(-700)
    actions.record_relation(
        client_id=world.house("halden").pk,
        kind=RelationKind.EMPLOYMENT,
        person_id=world.who("g.marsh@northfield").person_id,
        since=calendar.day(-2600),
        until=calendar.day(-400),
        note="Advised Halden's board for one day a month.",
        by=office,
        at=at,
    )
