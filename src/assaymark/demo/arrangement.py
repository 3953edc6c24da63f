"""The top of the chain: the arrangement finds Meridian Accreditation Service competent, and recognises it."""

from __future__ import annotations

from assaymark.core.programme import DecisionKind
from assaymark.core.trust import ScopeRow
from assaymark.demo import procedure
from assaymark.demo.procedure import Body, Case, Visit
from assaymark.demo.timeline import Story
from assaymark.demo.world import World
from assaymark.records.assessments.actions import ApplicationContent
from assaymark.records.attestations.actions import trust_anchor

STANDARD = "iso-iec-17011-2017"
SCOPE = "Accreditation of bodies that certify management systems"
# Everything that certifies management systems, against whichever standard, wherever.
ROWS = (ScopeRow("ms-certification", "urn:iso:std:iso-iec:17021:-1", "*", row="ms"),)
NOTES = {
    "": "Seen in the manual and in two files.",
    "4": "Statutes, declarations of the staff and minutes of the impartiality committee seen.",
    "6": "Competence files of five assessors read; evaluations are complete.",
    "7": "Three accreditation files followed from application to decision.",
    "9": "Management review and internal audits of the last two years seen.",
}


def recognition(world: World) -> Story:
    """A peer assessment of Meridian, and the decision to recognise it."""
    calendar = world.calendar
    secretariat, peer = world.who("a.moreau@arrangement"), world.who("j.tanaka@arrangement")
    at = yield calendar.at(-1590)
    trust_anchor(organisation=world.house("arrangement"), valid_from=calendar.day(-1590), at=at)
    procedure.competent(
        peer,
        standard=STANDARD,
        sectors=(),
        languages=("en",),
        since=calendar.day(-1590),
        basis="Fifteen years as lead assessor; peer evaluator training.",
        by=secretariat,
        at=at,
    )
    case = Case(
        calendar=calendar,
        title="Peer assessment of Meridian Accreditation Service",
        content=ApplicationContent(
            kind="peer_assessment",
            standard=STANDARD,
            scope=SCOPE,
            languages=("en",),
            sites="22 Observatory Row, London",
            processes="Accreditation of certification bodies",
            personnel=31,
            consultancy="none",
        ),
        client=world.who("y.hartmann@meridian"),
        body=Body(office=secretariat, lead=peer, reviewer=secretariat, decider=world.who("f.lopes@arrangement")),
    )
    visits = (
        Visit("document_review", -1500, 2, "The documents meet the criteria.", on_site=False),
        Visit("office_assessment", -1480, 4, "The practice is as documented."),
    )
    application = yield from procedure.applied(case, offset=-1560, verdict="Complete; within the arrangement's scope.")
    audit = yield from procedure.planned(case, visits, offset=-1540, application_id=application)
    yield from procedure.carried_out(case, audit, visits, clauses=("4.4", "6.1", "7.4", "7.7", "9.7"), notes=NOTES)
    yield from procedure.reported(
        case, audit, offset=-1470, summary="Meridian is competent and impartial.", recommendation="Recognise"
    )
    yield from procedure.reviewed(case, audit, offset=-1460, recommendation="Recognise for the scope applied for.")
    decision = yield from procedure.decided(
        case, audit, offset=-1450, decision=DecisionKind.GRANT, reasons="All criteria are met."
    )
    yield from procedure.attested(case, decision, offset=-1450, number="MRA-0007", scope=ROWS, statement=SCOPE)
