"""Meridian accredits Northfield for ISO 9001 in three sectors in the United Kingdom, and keeps watching it."""

from __future__ import annotations

from uuid import UUID

from assaymark import catalogue
from assaymark.core.findings import Grade
from assaymark.core.programme import DecisionKind
from assaymark.core.trust import ScopeRow
from assaymark.demo import dealing, procedure
from assaymark.demo.dealing import Act, Answer
from assaymark.demo.procedure import Body, Case, Finding, Visit
from assaymark.demo.timeline import Story
from assaymark.demo.world import World
from assaymark.records.assessments.actions import ApplicationContent
from assaymark.records.findings import actions as findings

STANDARD = "iso-iec-17021-1-2015"
SCOPE = "Certification of quality management systems to ISO 9001:2015 in sectors 17, 18 and 19, United Kingdom"
SECTORS = (17, 18, 19)
NOTES = {
    "": "Seen in the office's files.",
    "5": "Agreements, declarations and the risk analysis of impartiality seen.",
    "7": "Competence matrix compared with four audit teams.",
    "9.1": "Six applications and their reviews read.",
    "9.2": "Audit plans and teams of four clients compared with the competence matrix.",
    "9.4": "Witnessed at a client; findings were worded with requirement and evidence.",
    "9.5": "Eight decisions followed; none was taken by somebody of the team.",
}


def rows() -> tuple[ScopeRow, ...]:
    """The scope of accreditation: one row."""
    edition = catalogue.edition("iso-9001-2015")
    return (
        ScopeRow(
            activity="ms-certification",
            competence="urn:iso:std:iso-iec:17021:-1",
            standard="urn:iso:std:iso:9001",
            editions=frozenset({edition.label}),
            iaf=frozenset(str(code) for code in SECTORS),
            countries=frozenset({"GB"}),
            row="qms-uk",
        ),
    )


def case_of(world: World, *, title: str) -> Case:
    """Northfield before Meridian."""
    return Case(
        calendar=world.calendar,
        title=title,
        content=ApplicationContent(
            kind="accreditation",
            standard=STANDARD,
            scope=SCOPE,
            sectors=SECTORS,
            languages=("en",),
            sites="3 Foundry Court, York",
            processes="Application, audit, review, decision, surveillance",
            personnel=19,
            consultancy="none",
        ),
        client=world.who("h.rowan@northfield"),
        body=Body(
            office=world.who("l.brunner@meridian"),
            lead=world.who("s.okafor@meridian"),
            reviewer=world.who("l.brunner@meridian"),
            decider=world.who("t.vidal@meridian"),
        ),
    )


def accreditation(world: World) -> Story:
    """From the application to the accreditation, with one nonconformity on the way."""
    calendar = world.calendar
    at = yield calendar.at(-1400)
    procedure.competent(
        world.who("s.okafor@meridian"),
        standard=STANDARD,
        sectors=SECTORS,
        languages=("en",),
        since=calendar.day(-1400),
        basis="Assessor since 2011; monitored on three assessments.",
        by=world.who("l.brunner@meridian"),
        at=at,
    )
    case = case_of(world, title="Accreditation of Northfield Certification")
    visits = (
        Visit("document_review", -1260, 3, "The documents meet the criteria.", on_site=False),
        Visit("office_assessment", -1240, 3, "The practice in the office is as documented."),
        Visit("witness", -1225, 2, "The witnessed team audits competently."),
    )
    application = yield from procedure.applied(case, offset=-1310, verdict="Complete; we have assessors for it.")
    audit = yield from procedure.planned(case, visits, offset=-1290, application_id=application)
    found = yield from procedure.carried_out(
        case, audit, visits, clauses=("5.2", "7.1", "9.1.2", "9.2.2", "9.5"), notes=NOTES, raised=(COMPETENCE,)
    )
    yield from procedure.reported(
        case, audit, offset=-1222, summary="One minor nonconformity; otherwise conforming.", recommendation="Accredit"
    )
    yield from _northfield_answers(world, found[COMPETENCE.requirement])
    yield from procedure.reviewed(case, audit, offset=-1200, recommendation="Accredit for the scope applied for.")
    decision = yield from procedure.decided(
        case, audit, offset=-1190, decision=DecisionKind.GRANT, reasons="Competence and impartiality were shown."
    )
    yield from procedure.attested(case, decision, offset=-1190, number="MAS-0042", scope=rows(), statement=SCOPE)


COMPETENCE = Finding(
    requirement="7.1.2 (1)",
    grade=Grade.MINOR,
    title="Criteria of competence do not tell sectors apart",
    happened="The criteria for auditors in sectors 17 and 18 are the same text; nothing says what differs.",
    evidence="Procedure on competence, revision 2.0, table 3.",
)


def _northfield_answers(world: World, finding: UUID) -> Story:
    """Northfield finds the cause, Meridian accepts the answer, and Northfield closes it."""
    calendar = world.calendar
    rowan, sandhu = world.who("h.rowan@northfield"), world.who("e.sandhu@northfield")
    answer = Answer(
        containment="Teams for sector 18 are checked by the head of certification until the criteria are separate.",
        correction="Criteria written for each of the three sectors.",
        cause="The table was taken over from a body with one sector and never split.",
        similar="The criteria for reviewers had the same gap; they were split too.",
        acts=(
            Act("Yearly review of the competence criteria by sector", sandhu, -1170, -1172, "Review of March held."),
        ),
        criterion="Twelve teams chosen by the new criteria, none corrected afterwards.",
        check_due=-1100,
        result="Twelve teams, no correction.",
        risks="The risk of a team without the sector's knowledge was graded again, from 12 to 4.",
        changes="The procedure on competence names its sectors, revision 3.0.",
    )
    plan = yield from dealing.answered(calendar, finding, answer, by=rowan, offset=-1218)
    at = yield calendar.at(-1210)
    findings.accept_answer(
        nonconformity_id=finding, note="Cause and action fit.", by=world.who("s.okafor@meridian"), at=at
    )
    world.made["northfield.competence"] = (finding, answer, plan)


def northfield_closes(world: World) -> Story:
    """What Meridian raised is closed by Northfield once its effect has been seen."""
    yield world.calendar.at(-1180)
    finding, answer, plan = world.made["northfield.competence"]
    yield from dealing.acted(world.calendar, plan)
    yield from dealing.closed(world.calendar, finding, answer, by=world.who("h.rowan@northfield"))


def surveillance(world: World) -> Story:
    """The assessment of the second year, and that the accreditation is maintained."""
    case = case_of(world, title="Surveillance of Northfield Certification")
    visits = (Visit("surveillance", -640, 2, "The system is kept up; one witnessed audit was sound."),)
    audit = yield from procedure.planned(case, visits, offset=-690, application_id=None)
    yield from procedure.carried_out(case, audit, visits, clauses=("5.2", "9.5"), notes=NOTES)
    yield from procedure.reported(case, audit, offset=-632, summary="Conforming.", recommendation="Maintain")
    yield from procedure.reviewed(case, audit, offset=-625, recommendation="Maintain.")
    yield from procedure.decided(
        case, audit, offset=-620, decision=DecisionKind.MAINTAIN, reasons="The criteria are met."
    )


def next_surveillance(world: World) -> Story:
    """The next assessment stands in the plan."""
    case = case_of(world, title="Surveillance of Northfield Certification")
    visits = (Visit("surveillance", 60, 2, ""),)
    yield from procedure.planned(case, visits, offset=-20, application_id=None)
