"""Openfield Software: a handbook imported with its whole history, a certificate from a body that nobody accredited."""

from __future__ import annotations

from importlib import resources

from assaymark.core.attestation import Site
from assaymark.core.competence import TeamRole
from assaymark.core.programme import DecisionKind
from assaymark.demo import procedure
from assaymark.demo.procedure import Body, Case, Visit
from assaymark.demo.timeline import Story
from assaymark.demo.world import World
from assaymark.records.assessments import actions
from assaymark.records.assessments.actions import ApplicationContent
from assaymark.records.documents.importing import import_documents, read_source
from assaymark.records.registers import actions as registers

STANDARD = "iso-9001-2015"
SCOPE = "Development and support of open source software for public organisations"
HANDBOOK = "publiccodenet_about.versions.jsonl.xz"
# title, owner, kind, in, out
PROCESSES = (
    ("Stewardship of codebases", "o.bakker", "core", "Codebase", "Codebase that others can use"),
    ("Development", "o.bakker", "core", "Issue", "Reviewed change"),
    ("Support", "i.jansen", "core", "Question", "Answer within a day"),
    ("Handbook", "i.jansen", "support", "Proposal", "Merged page"),
)


def handbook(world: World) -> Story:
    """390 documents with 2,145 versions, through the import that everybody uses."""
    at = yield world.calendar.at(-150, 8)
    with resources.as_file(resources.files("assaymark.catalogue.handbook") / HANDBOOK) as path:
        source = read_source(path, at=at)
    import_documents(
        organisation_id=world.house("openfield").pk,
        source=source,
        by=world.who("i.jansen@openfield"),
        at=at,
    )


def processes(world: World) -> Story:
    """Four processes and two risks."""
    at = yield world.calendar.at(-149, 9)
    jansen = world.who("i.jansen@openfield")
    for title, owner, kind, inputs, outputs in PROCESSES:
        values = {
            "title": title,
            "owner": f"{owner}@openfield.example",
            "kind_of": kind,
            "inputs": inputs,
            "outputs": outputs,
        }
        registers.create(register="processes", values=values, state="active", by=jansen, at=at)
    for title, likelihood, impact in (("A maintainer leaves", 3, 4), ("A page of the handbook is out of date", 4, 2)):
        risk = {"title": title, "likelihood": likelihood, "impact": impact, "owner": "i.jansen@openfield.example"}
        registers.create(register="risks", values=risk, by=jansen, at=at)


def certification(world: World) -> Story:
    """Crestline certifies by the same engine and the same rules; what is missing is above Crestline."""
    calendar = world.calendar
    office, auditor, director = (world.who(f"{key}@crestline") for key in ("n.pryce", "o.vance", "q.hale"))
    at = yield calendar.at(-300)
    actions.record_competence(
        person_id=auditor.person_id,
        standard=STANDARD,
        role=TeamRole.LEAD,
        sectors=(33,),
        languages=("en",),
        since=calendar.day(-300),
        basis="Ten years in software; course for auditors.",
        by=office,
        at=at,
    )
    case = Case(
        calendar=calendar,
        title="Certification of Openfield Software",
        content=ApplicationContent(
            kind="certification",
            standard=STANDARD,
            scope=SCOPE,
            sectors=(33,),
            languages=("en",),
            sites="Oudegracht 260, Utrecht",
            processes="Development, support",
            personnel=38,
            consultancy="none",
        ),
        client=world.who("i.jansen@openfield"),
        body=Body(office=office, lead=auditor, reviewer=office, decider=director),
    )
    visits = (
        Visit("stage_1", -130, 1, "Ready.", on_site=False),
        Visit("stage_2", -128, 1, "Conforming.", on_site=False),
    )
    application = yield from procedure.applied(case, offset=-145, verdict="Accepted.")
    audit = yield from procedure.planned(case, visits, offset=-137, application_id=application)
    yield from procedure.carried_out(case, audit, visits, clauses=("4.4", "7.5", "8.5.1", "9.2"), notes={"": "Seen."})
    yield from procedure.reported(case, audit, offset=-127, summary="Conforming.", recommendation="Grant")
    yield from procedure.reviewed(case, audit, offset=-126, recommendation="Grant.")
    decision = yield from procedure.decided(
        case, audit, offset=-125, decision=DecisionKind.GRANT, reasons="Requirements are met."
    )
    site = Site("Office", "Oudegracht 260, Utrecht", "NL")
    yield from procedure.attested(case, decision, offset=-125, number="CC-10093", sites=(site,))


def applies_to_northfield(world: World) -> Story:
    """Its customers asked for an accredited certificate; the application waits for its review."""
    at = yield world.calendar.at(-4, 11)
    content = ApplicationContent(
        kind="certification",
        standard=STANDARD,
        scope=SCOPE,
        sectors=(33,),
        languages=("en",),
        sites="Oudegracht 260, Utrecht",
        processes="Development, support",
        personnel=38,
        consultancy="none",
    )
    jansen = world.who("i.jansen@openfield")
    actions.apply(body_id=world.house("northfield").pk, content=content, by=jansen, at=at)
