"""Halden Precision before Northfield: certified two years ago, watched since, next surveillance agreed."""

from __future__ import annotations

from assaymark.core.attestation import Site
from assaymark.core.findings import Grade
from assaymark.core.programme import DecisionKind
from assaymark.demo import dealing, northfield, procedure
from assaymark.demo.dealing import Act, Answer
from assaymark.demo.procedure import Case, Finding, Visit
from assaymark.demo.timeline import Story
from assaymark.demo.world import World
from assaymark.records.assessments.actions import ApplicationContent
from assaymark.records.findings import actions as findings

NUMBER = "NC-26-00417"
SCOPE = "Precision turning and grinding of shafts and bushes for pumps and drives"
CONTENT = ApplicationContent(
    kind="certification",
    standard=northfield.STANDARD,
    scope=SCOPE,
    sectors=(17,),
    languages=("en",),
    sites="Works, 14 Canal Road, Leeds; stores, Unit 3, Armley, Leeds",
    processes="Turning, grinding, final inspection, purchasing, stores and dispatch",
    personnel=12,
    consultancy="none",
)
SITES = (
    Site("Works", "14 Canal Road, Leeds", "GB"),
    Site("Stores", "Unit 3, Armley, Leeds", "GB"),
)
EXCLUSIONS = (("8.3", "Products are made to customers' drawings."),)
GAUGES = Finding(
    requirement="7.1.5.2 a",
    grade=Grade.MINOR,
    title="Two plug gauges without a traceable certificate",
    happened="Plug gauges PG-11 and PG-14 were in use; their certificates name no national standard.",
    evidence="Certificates 2231 and 2234 of the gauge maker; gauges on the floor at machine 4.",
)
RELEASE = Finding(
    requirement="8.6 b",
    grade=Grade.MINOR,
    title="Release of two lots not traceable to a person",
    happened="Two of ten release records carry a stamp that three people use.",
    evidence="Release records of lots 1874 and 1902.",
)


def case_of(world: World, *, title: str) -> Case:
    """Halden before Northfield."""
    return northfield.certification(world, client=world.who("p.novak@halden"), title=title, content=CONTENT)


def certification(world: World) -> Story:
    """Application, stage 1, stage 2, one minor nonconformity, review, decision, certificate."""
    case = case_of(world, title="Initial certification of Halden Precision")
    visits = (
        Visit("stage_1", -695, 1, "The documents meet the standard; ready for stage 2. Watch the gauges."),
        Visit("stage_2", -672, 2, "The system is effective. One minor nonconformity."),
    )
    application = yield from procedure.applied(
        case, offset=-730, verdict="Complete; sector 17 is within our accreditation and our competence."
    )
    audit = yield from procedure.planned(case, visits, offset=-718, application_id=application)
    found = yield from procedure.carried_out(case, audit, visits, clauses=(), notes=northfield.NOTES, raised=(GAUGES,))
    yield from procedure.reported(
        case,
        audit,
        offset=-669,
        summary="The quality system meets ISO 9001:2015 and works. One minor nonconformity on gauges.",
        recommendation="Grant",
    )
    finding = found[GAUGES.requirement]
    plan = yield from dealing.answered(world.calendar, finding, _gauges(world), by=case.client, offset=-666)
    at = yield world.calendar.at(-660)
    findings.accept_answer(nonconformity_id=finding, note="Accepted.", by=case.body.lead, at=at)
    world.made["halden.gauges"] = (finding, _gauges(world), plan)
    yield from procedure.reviewed(case, audit, offset=-655, recommendation="Grant; the file is complete.")
    decision = yield from procedure.decided(
        case, audit, offset=-650, decision=DecisionKind.GRANT, reasons="All requirements are met."
    )
    yield from procedure.attested(
        case, decision, offset=-650, number=NUMBER, statement=SCOPE, sites=SITES, exclusions=EXCLUSIONS
    )


def surveillance(world: World) -> Story:
    """The first surveillance, with one minor nonconformity, and that the certificate is maintained."""
    case = case_of(world, title="First surveillance of Halden Precision")
    visits = (Visit("surveillance", -320, 1, "The system is kept up. One minor nonconformity."),)
    audit = yield from procedure.planned(case, visits, offset=-360, application_id=None)
    clauses = ("4.1", "6.2", "7.1.5", "8.6", "9.2", "9.3", "10.2")
    found = yield from procedure.carried_out(
        case, audit, visits, clauses=clauses, notes=northfield.NOTES, raised=(RELEASE,)
    )
    yield from procedure.reported(
        case, audit, offset=-318, summary="Conforming but for one minor nonconformity.", recommendation="Maintain"
    )
    finding, answer = found[RELEASE.requirement], _release(world)
    plan = yield from dealing.answered(world.calendar, finding, answer, by=case.client, offset=-316)
    at = yield world.calendar.at(-308)
    findings.accept_answer(nonconformity_id=finding, note="Accepted.", by=case.body.lead, at=at)
    world.made["halden.release"] = (finding, answer, plan)
    yield from procedure.reviewed(case, audit, offset=-303, recommendation="Maintain.")
    yield from procedure.decided(
        case, audit, offset=-300, decision=DecisionKind.MAINTAIN, reasons="The system is maintained and effective."
    )


def next_surveillance(world: World) -> Story:
    """The second surveillance is planned and agreed; nothing of it has been carried out."""
    case = case_of(world, title="Second surveillance of Halden Precision")
    visits = (Visit("surveillance", 45, 1, ""),)
    yield from procedure.planned(case, visits, offset=-12, application_id=None)


def halden_closes(world: World) -> Story:
    """Halden closes what Northfield raised, each on the day set for it."""
    manager = world.who("m.halden@halden")
    for name, since in (("halden.gauges", -655), ("halden.release", -303)):
        yield world.calendar.at(since, 8)
        finding, answer, plan = world.made[name]
        yield from dealing.acted(world.calendar, plan)
        yield from dealing.closed(world.calendar, finding, answer, by=manager)


def _gauges(world: World) -> Answer:
    fenner, novak = world.who("i.fenner@halden"), world.who("p.novak@halden")
    return Answer(
        containment="Both gauges taken off the floor the same day; lots of the last four weeks measured again.",
        correction="Gauges calibrated by a laboratory with national standards; both in tolerance.",
        cause="Gauges bought with a maker's certificate went to the floor without a check of that certificate.",
        whys=(
            "The certificates name no standard.",
            "Nobody read them on arrival.",
            "Goods inward checks the count, not the certificate.",
            "The purchase order asked for “a certificate”, no more.",
        ),
        similar="All 31 plug and ring gauges checked: three more without a traceable certificate, calibrated too.",
        acts=(
            Act("Purchase orders for gauges ask for traceable calibration", novak, -650, -652),
            Act("New instruments stay blocked until their certificate is read", fenner, -640, -645),
        ),
        criterion="No instrument bought in six months reaches the floor without a traceable certificate.",
        check_due=-470,
        result="Nine instruments bought, nine certificates with a national standard.",
        risks="Risk “wrong measurement unnoticed” graded again; it stays at 8.",
        changes="The procedure on measuring equipment asks for the check on arrival.",
    )


def _release(world: World) -> Answer:
    fenner, quayle = world.who("i.fenner@halden"), world.who("t.quayle@halden")
    return Answer(
        containment="Both lots traced by the shift plan to I. Fenner, who confirmed the release in writing.",
        correction="Release records of both lots completed.",
        cause="One stamp hangs at the bench for whoever inspects.",
        whys=("The stamp names nobody.", "Three people use it.", "Personal stamps were never bought."),
        similar="Stamps in goods inward looked at: personal there.",
        acts=(
            Act("Personal stamps for the three people who may release", fenner, -290, -295),
            Act("The bench stamp is destroyed", quayle, -290, -294),
        ),
        criterion="Thirty release records in a row name who released.",
        check_due=-230,
        result="Thirty-four records looked at; all name a person.",
        risks="No change needed.",
        changes="The instruction on release names who may release, revision 1.1.",
    )
