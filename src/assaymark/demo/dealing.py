"""The life of a nonconformity, told: contained, analysed, acted upon, checked, closed (ISO 9001:2015, 10.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from assaymark.core.parties import Actor
from assaymark.demo.timeline import Calendar, Part
from assaymark.records.findings import actions as findings


@dataclass(frozen=True, slots=True)
class Act:
    """An action against the cause. due, done: days counted from today; done None: still open."""

    what: str
    who: Actor
    due: int
    done: int | None
    note: str = ""


# Actions with the ids under which they were planned.
Planned = list[tuple[Act, UUID]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that is written about a nonconformity until it can be closed; what is empty is not written."""

    containment: str
    correction: str = ""
    cause: str = ""
    whys: tuple[str, ...] = ()
    fishbone: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    similar: str = ""
    acts: tuple[Act, ...] = ()
    criterion: str = ""
    check_due: int = 0
    result: str = ""
    risks: str = ""
    changes: str = ""


def answered(calendar: Calendar, nonconformity_id: UUID, answer: Answer, *, by: Actor, offset: int) -> Part[Planned]:
    """Contain on the day, find the cause the next, plan the actions on the day after; gives the actions planned."""
    at = yield calendar.at(offset, 13)
    findings.contain(
        nonconformity_id=nonconformity_id, containment=answer.containment, correction=answer.correction, by=by, at=at
    )
    planned: Planned = []
    if not answer.cause:
        return planned
    at = yield calendar.at(offset + 1, 10)
    findings.analyse(
        nonconformity_id=nonconformity_id,
        cause=answer.cause,
        whys=answer.whys,
        fishbone=answer.fishbone,
        similar=answer.similar,
        by=by,
        at=at,
    )
    at = yield calendar.at(offset + 2, 10)
    for act in answer.acts:
        row = findings.plan_action(
            nonconformity_id=nonconformity_id,
            description=act.what,
            owner_id=act.who.person_id,
            due=calendar.day(act.due),
            by=by,
            at=at,
        )
        planned.append((act, row.pk))
    if answer.criterion:
        findings.set_check(
            nonconformity_id=nonconformity_id,
            criterion=answer.criterion,
            check_due=calendar.day(answer.check_due),
            by=by,
            at=at,
        )
    return planned


def acted(calendar: Calendar, planned: Planned) -> Part[None]:
    """The actions that were done are marked so, each by whoever did it."""
    done = [(act.done, act, action_id) for act, action_id in planned if act.done is not None]
    for offset, act, action_id in sorted(done, key=lambda item: item[0]):
        at = yield calendar.at(offset, 15)
        findings.complete_action(action_id=action_id, note=act.note, by=act.who, at=at)


def closed(calendar: Calendar, nonconformity_id: UUID, answer: Answer, *, by: Actor) -> Part[None]:
    """On the day set for it, effectiveness is judged and the nonconformity is closed."""
    at = yield calendar.at(answer.check_due, 14)
    findings.check(nonconformity_id=nonconformity_id, effective=True, result=answer.result, by=by, at=at)
    findings.consider(nonconformity_id=nonconformity_id, risks=answer.risks, changes=answer.changes, by=by, at=at)
    at = yield calendar.at(answer.check_due, 14, 30)
    findings.close(nonconformity_id=nonconformity_id, by=by, at=at)
