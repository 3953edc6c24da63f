"""Halden's nonconformities and remarks, raised by whoever saw them and dealt with by whoever owns the process."""

from __future__ import annotations

from uuid import UUID

from assaymark.core.findings import Grade
from assaymark.core.parties import Actor
from assaymark.demo import dealing
from assaymark.demo.dealing import Act, Answer
from assaymark.demo.halden_problems import PROBLEMS, YOUNG, Problem
from assaymark.demo.halden_remarks import REMARKS, Remark
from assaymark.demo.timeline import Part, Story
from assaymark.demo.world import World
from assaymark.records.findings import actions as findings

# How far a problem has come when its actions are done.
DONE = frozenset({"acted", "checked", "closed"})


def who(world: World, key: str) -> Actor:
    """Somebody at Halden."""
    return world.who(f"{key}@halden")


def problem(world: World, told: Problem) -> Story:
    """A nonconformity that somebody reported, as far as it has come."""
    at = yield world.calendar.at(told.raised, 11)
    row = findings.raise_finding(
        title=told.title,
        happened=told.happened,
        grade=Grade(told.grade),
        requirement=told.requirement,
        process_id=world.made["halden.process"][told.process],
        owner_id=who(world, told.owner).person_id,
        source=told.source,
        by=_reporter(world, told.by),
        at=at,
    )
    if told.known != "raised":
        yield from dealt_with(world, row.pk, told)


def _reporter(world: World, key: str) -> Actor:
    """Who may only look tells the quality manager, who raises it."""
    return who(world, "p.novak" if key == "l.whitfield" else key)


def dealt_with(world: World, nonconformity_id: UUID, told: Problem) -> Part[None]:
    """From containment to closure, or as far as it has come."""
    calendar = world.calendar
    answer = answer_of(world, told)
    plan = yield from dealing.answered(
        calendar, nonconformity_id, answer, by=who(world, told.owner), offset=told.raised + 1
    )
    if told.known in DONE:
        yield from dealing.acted(calendar, plan)
    if told.known == "closed":
        yield from dealing.closed(calendar, nonconformity_id, answer, by=_checker(world, told))
    elif told.known == "checked":
        manager = who(world, "m.halden")
        at = yield calendar.at(answer.check_due, 14)
        findings.check(nonconformity_id=nonconformity_id, effective=True, result=answer.result, by=manager, at=at)
        findings.consider(
            nonconformity_id=nonconformity_id, risks=answer.risks, changes=answer.changes, by=manager, at=at
        )


def _checker(world: World, told: Problem) -> Actor:
    """P. Novak checks, M. Halden where P. Novak acted himself."""
    acted = {key for _, key, _ in told.acts}
    return who(world, "m.halden" if "p.novak" in acted else "p.novak")


def answer_of(world: World, told: Problem) -> Answer:
    """The problem's texts in the form in which they are written down."""
    done = told.known in DONE
    acts = tuple(
        Act(what, who(world, key), told.raised + after, told.raised + after if done else None)
        for what, key, after in told.acts
    )
    return Answer(
        containment=told.containment,
        correction=told.correction,
        cause=told.cause,
        whys=told.whys,
        fishbone=told.fishbone,
        similar=told.similar,
        acts=acts,
        criterion=told.criterion,
        check_due=told.raised + told.check_after,
        result=told.result,
        risks=told.risks,
        changes=told.changes,
    )


def remark(world: World, told: Remark) -> Story:
    """An observation or an idea; closed by the quality manager when it has its answer."""
    calendar, owner = world.calendar, who(world, told.owner)
    at = yield calendar.at(told.raised, 14)
    row = findings.raise_finding(
        title=told.title,
        grade=Grade(told.grade),
        process_id=world.made["halden.process"][told.process],
        owner_id=owner.person_id,
        by=_reporter(world, told.by),
        at=at,
    )
    if not told.answer:
        return
    at = yield calendar.at(told.raised + 9, 14)
    findings.contain(nonconformity_id=row.pk, containment=told.answer, by=owner, at=at)
    at = yield calendar.at(told.raised + 12, 9)
    findings.close(nonconformity_id=row.pk, by=who(world, "p.novak"), at=at)


def stories(world: World) -> list[Story]:
    """One story for each."""
    return [
        *(problem(world, told) for told in (*PROBLEMS, *YOUNG)),
        *(remark(world, told) for told in REMARKS),
    ]
