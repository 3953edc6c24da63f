"""Writes about nonconformities: raise, contain, analyse, plan, act, check, close, and what the raising body judges.

Rules that hold here
* Every change locks the row, asks the core, writes the journal of the organisation that has to deal with it.
* A body that raised a nonconformity at its client changes two things there and no more: whether it accepts the answer,
  and whether it has verified the correction (ISO/IEC 17021-1:2015, 9.4.10).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from assaymark.core import findings as core
from assaymark.core.findings import Grade, State
from assaymark.core.parties import Actor
from assaymark.core.refusal import Refusal, refuse
from assaymark.records.actions import action
from assaymark.records.findings.models import CorrectiveAction, Nonconformity, Source
from assaymark.records.journal.actions import append
from assaymark.records.parties.actions import next_number
from assaymark.records.scope import organisation_scope

ISO_9001 = "iso-9001-2015"


def _missing(rule: str, clause: str, **texts: str) -> list[Refusal]:
    """A refusal for each text that is empty; names in words with underscores for spaces."""
    return [
        Refusal(rule, f"ISO 9001:2015, {clause}", f"The {name.replace('_', ' ')} is missing.", "Write it down.")
        for name, text in texts.items()
        if not text.strip()
    ]


def _saved(row: Nonconformity, verb: str, *, by: Actor, at: datetime, before: Mapping[str, Any], **after: Any) -> None:
    """Bring the state up to date, save, and tell the journal of the row's organisation."""
    was = row.state
    row._prefetched_objects_cache = {}  # type: ignore[attr-defined]  # the actions may just have changed
    row.state = core.state_of(row.facts())
    row.save()
    changed = {"state": row.state, **after} if was != row.state else after
    append(
        organisation_id=row.organisation_id,
        verb=f"findings.{verb}",
        subject_kind=Nonconformity.subject_kind(),
        subject_id=row.pk,
        subject_label=f"{row.number} {row.title}",
        by=by,
        at=at,
        before={"state": was, **before} if was != row.state else dict(before),
        after=changed,
    )


def raise_at(
    *,
    organisation_id: UUID,
    title: str,
    grade: Grade,
    by: Actor,
    at: datetime,
    happened: str = "",
    evidence: str = "",
    standard: str = ISO_9001,
    requirement: str = "",
    process_id: UUID | None = None,
    owner_id: UUID | None = None,
    source: str = Source.REPORT,
    due: date | None = None,
    assessment_id: UUID | None = None,
    line_id: UUID | None = None,
    answer_days: int | None = None,
) -> Nonconformity:
    """Raise a finding in an organisation, one's own or a client's. For actions, inside their transaction.

    answer_days   days within which the raising body expects an answer
    """
    refuse(_missing("title-missing", "10.2.2 a", title=title))
    with organisation_scope(organisation_id):
        row: Nonconformity = Nonconformity.objects.create(
            organisation_id=organisation_id,
            number=next_number("NC-"),
            title=title.strip()[:200],
            grade=grade,
            happened=happened.strip(),
            evidence=evidence.strip(),
            standard=standard,
            requirement=requirement,
            process_id=process_id,
            owner_id=owner_id,
            source=source,
            raised_at=at,
            raised_by_id=by.person_id,
            raised_by_organisation_id=by.organisation_id,
            assessment_id=assessment_id,
            line_id=line_id,
            due=due or core.due_date(grade=grade, raised_on=at.date()),
            answer_due=at.date() + timedelta(days=answer_days) if answer_days else None,
        )
        append(
            organisation_id=organisation_id,
            verb="findings.raised",
            subject_kind=Nonconformity.subject_kind(),
            subject_id=row.pk,
            subject_label=f"{row.number} {row.title}",
            by=by,
            at=at,
            after={"title": row.title, "grade": row.grade, "requirement": row.citation, "happened": row.happened},
        )
    return row


@action("findings.raise")
def raise_finding(
    *,
    title: str,
    by: Actor,
    at: datetime,
    happened: str = "",
    grade: Grade = Grade.MINOR,
    evidence: str = "",
    standard: str = ISO_9001,
    requirement: str = "",
    process_id: UUID | None = None,
    owner_id: UUID | None = None,
    source: str = Source.REPORT,
    due: date | None = None,
) -> Nonconformity:
    """Raise a finding in one's own organisation. Only the title is needed; the rest can follow."""
    return raise_at(
        organisation_id=by.organisation_id,
        title=title,
        grade=grade,
        by=by,
        at=at,
        happened=happened,
        evidence=evidence,
        standard=standard,
        requirement=requirement,
        process_id=process_id,
        owner_id=owner_id,
        source=source,
        due=due,
    )


@action("findings.work")
def describe(*, nonconformity_id: UUID, by: Actor, at: datetime, **fields: Any) -> Nonconformity:
    """Change what it is about: title, happened, evidence, standard, requirement, process_id, owner_id, grade, due.

    What another body raised keeps its title, grade, requirement and evidence: only the body could change them.
    """
    row = Nonconformity.for_update(nonconformity_id)
    own = {"process_id", "owner_id", "due"}
    allowed = own if row.from_another else own | {"title", "happened", "evidence", "standard", "requirement", "grade"}
    refused = [
        Refusal("raised-by-another", "ISO/IEC 17021-1:2015, 9.4.5", "Only the body that raised it may change that.")
        for name in fields
        if name not in allowed
    ][:1]
    refuse([*core.reasons_not_to_change(row.facts()), *refused])
    before = {name: _plain(getattr(row, name)) for name in fields}
    for name, value in fields.items():
        setattr(row, name, value)
    _saved(row, "described", by=by, at=at, before=before, **{n: _plain(v) for n, v in fields.items()})
    return row


@action("findings.work")
def contain(
    *, nonconformity_id: UUID, containment: str, by: Actor, at: datetime, correction: str = ""
) -> Nonconformity:
    """Write what was done at once and what was put right (10.2.1 a)."""
    row = Nonconformity.for_update(nonconformity_id)
    refuse(
        [
            *core.reasons_not_to_change(row.facts()),
            *_missing("containment-missing", "10.2.1 a", containment=containment),
        ]
    )
    before = {"containment": row.containment, "correction": row.correction}
    row.containment, row.correction = containment.strip(), correction.strip()
    row.contained_at, row.contained_by_id = at, by.person_id
    _saved(row, "contained", by=by, at=at, before=before, containment=row.containment, correction=row.correction)
    return row


@action("findings.work")
def analyse(
    *,
    nonconformity_id: UUID,
    cause: str,
    by: Actor,
    at: datetime,
    whys: Sequence[str] = (),
    fishbone: Mapping[str, Sequence[str]] | None = None,
    similar: str = "",
) -> Nonconformity:
    """Write the cause with the way to it, and whether the same happens elsewhere (10.2.1 b).

    whys: up to five answers in order. fishbone: category of `core.findings.CAUSE_CATEGORIES` → contributing causes.
    """
    row = Nonconformity.for_update(nonconformity_id)
    refuse([*core.reasons_not_to_change(row.facts()), *_missing("cause-missing", "10.2.1 b", cause=cause)])
    before = {"cause": row.cause, "whys": row.whys, "fishbone": row.fishbone, "similar": row.similar}
    row.cause, row.similar = cause.strip(), similar.strip()
    row.whys = [why.strip() for why in whys if why.strip()][:5]
    bones = fishbone or {}
    row.fishbone = {
        category: [text.strip() for text in bones.get(category, ()) if text.strip()]
        for category in core.CAUSE_CATEGORIES
        if any(text.strip() for text in bones.get(category, ()))
    }
    row.analysed_at, row.analysed_by_id = at, by.person_id
    after = {"cause": row.cause, "whys": row.whys, "fishbone": row.fishbone, "similar": row.similar}
    _saved(row, "analysed", by=by, at=at, before=before, **after)
    return row


@action("findings.work")
def plan_action(
    *, nonconformity_id: UUID, description: str, owner_id: UUID, due: date, by: Actor, at: datetime
) -> CorrectiveAction:
    """Plan an action against the cause (10.2.1 c). A new action after a failed check asks for a new check."""
    row = Nonconformity.for_update(nonconformity_id)
    refuse([*core.reasons_not_to_plan(row.facts()), *_missing("action-missing", "10.2.1 c", action=description)])
    planned: CorrectiveAction = CorrectiveAction.objects.create(
        organisation_id=row.organisation_id,
        nonconformity=row,
        description=description.strip()[:300],
        owner_id=owner_id,
        due=due,
    )
    if row.effective is False:
        row.effective, row.checked_at, row.checked_by_id, row.check_due = None, None, None, None
    after = {"action": planned.description, "owner": str(owner_id), "due": due.isoformat()}
    _saved(row, "action_planned", by=by, at=at, before={}, **after)
    return planned


@action("findings.work")
def complete_action(*, action_id: UUID, by: Actor, at: datetime, note: str = "") -> CorrectiveAction:
    """Say that an action is carried out, by the actor."""
    done = CorrectiveAction.for_update(action_id)
    row = Nonconformity.for_update(done.nonconformity_id)
    twice = [Refusal("action-done", "ISO 9001:2015, 10.2.1 c", "It is done already.")] if done.done_at else []
    refuse([*core.reasons_not_to_change(row.facts()), *twice])
    done.done_at, done.done_by_id, done.done_note = at, by.person_id, note.strip()
    done.save()
    _saved(row, "action_done", by=by, at=at, before={}, action=done.description, note=done.done_note)
    return done


@action("findings.work")
def set_check(*, nonconformity_id: UUID, criterion: str, check_due: date, by: Actor, at: datetime) -> Nonconformity:
    """Set by what effectiveness will be judged, and from which day on (10.2.1 d)."""
    row = Nonconformity.for_update(nonconformity_id)
    refuse([*core.reasons_not_to_change(row.facts()), *_missing("criterion-missing", "10.2.1 d", criterion=criterion)])
    before = {"criterion": row.criterion, "check_due": _plain(row.check_due)}
    row.criterion, row.check_due = criterion.strip(), check_due
    _saved(row, "check_set", by=by, at=at, before=before, criterion=row.criterion, check_due=check_due.isoformat())
    return row


@action("findings.work")
def check(*, nonconformity_id: UUID, effective: bool, result: str, by: Actor, at: datetime) -> Nonconformity:
    """Judge effectiveness against the criterion (10.2.1 d)."""
    row = Nonconformity.for_update(nonconformity_id)
    refuse(
        [
            *core.reasons_not_to_check(row.facts(), by=by.person_id, at=at),
            *_missing("result-missing", "10.2.2 b", result=result),
        ]
    )
    row.effective, row.check_result, row.checked_at, row.checked_by_id = effective, result.strip(), at, by.person_id
    _saved(row, "checked", by=by, at=at, before={}, effective=effective, result=row.check_result)
    return row


@action("findings.work")
def consider(*, nonconformity_id: UUID, risks: str, changes: str, by: Actor, at: datetime) -> Nonconformity:
    """Write what it meant for risks and opportunities (10.2.1 e) and for the system (10.2.1 f)."""
    row = Nonconformity.for_update(nonconformity_id)
    refuse(core.reasons_not_to_change(row.facts()))
    before = {"risks": row.risks, "changes": row.changes}
    row.risks, row.changes = risks.strip(), changes.strip()
    _saved(row, "considered", by=by, at=at, before=before, risks=row.risks, changes=row.changes)
    return row


@action("findings.close")
def close(*, nonconformity_id: UUID, by: Actor, at: datetime) -> Nonconformity:
    """Close it. Raises `Refused` with everything that is missing."""
    row = Nonconformity.for_update(nonconformity_id)
    refuse(core.reasons_not_to_close(row.facts(), by=by.person_id, at=at))
    row.closed_at, row.closed_by_id = at, by.person_id
    _saved(row, "closed", by=by, at=at, before={})
    return row


def _raised_here(nonconformity_id: UUID, *, by: Actor) -> Nonconformity:
    """A nonconformity that the actor's organisation raised at another. DoesNotExist otherwise."""
    row: Nonconformity = Nonconformity.objects.exclude(organisation_id=by.organisation_id).get(
        pk=nonconformity_id, raised_by_organisation_id=by.organisation_id
    )
    return row


@action("assessments.perform")
def accept_answer(*, nonconformity_id: UUID, by: Actor, at: datetime, note: str = "") -> Nonconformity:
    """The raising body accepts correction, cause and plan (ISO/IEC 17021-1:2015, 9.4.10)."""
    seen = _raised_here(nonconformity_id, by=by)
    with organisation_scope(seen.organisation_id):
        row = Nonconformity.for_update(nonconformity_id)
        refuse([*core.reasons_not_to_change(row.facts()), *_answer_incomplete(row)])
        row.answer_accepted_at, row.answer_accepted_by_id, row.answer_note = at, by.person_id, note.strip()
        _saved(row, "answer_accepted", by=by, at=at, before={}, note=row.answer_note)
    return row


@action("assessments.perform")
def return_answer(*, nonconformity_id: UUID, note: str, by: Actor, at: datetime) -> Nonconformity:
    """The raising body hands the answer back, saying what is missing."""
    seen = _raised_here(nonconformity_id, by=by)
    with organisation_scope(seen.organisation_id):
        row = Nonconformity.for_update(nonconformity_id)
        refuse([*core.reasons_not_to_change(row.facts()), *_missing("note-missing", "10.2.2", reason=note)])
        row.answer_accepted_at, row.answer_accepted_by_id, row.answer_note = None, None, note.strip()
        _saved(row, "answer_returned", by=by, at=at, before={}, note=row.answer_note)
    return row


@action("assessments.perform")
def verify_correction(*, nonconformity_id: UUID, by: Actor, at: datetime, note: str = "") -> Nonconformity:
    """The raising body has seen that the correction works (ISO/IEC 17021-1:2015, 9.5.2)."""
    seen = _raised_here(nonconformity_id, by=by)
    with organisation_scope(seen.organisation_id):
        row = Nonconformity.for_update(nonconformity_id)
        early = [] if row.answer_accepted_at else [_not_accepted()]
        refuse([*core.reasons_not_to_change(row.facts()), *early])
        row.verified_at, row.verified_by_id = at, by.person_id
        _saved(row, "correction_verified", by=by, at=at, before={}, note=note.strip())
    return row


def _answer_incomplete(row: Nonconformity) -> list[Refusal]:
    if not Grade(row.grade).is_nonconformity:
        return []
    clause = "ISO/IEC 17021-1:2015, 9.4.9"
    wanted = (
        ("correction", bool(row.correction)),
        ("cause", bool(row.cause)),
        ("action against the cause", row.actions.exists()),
    )
    return [
        Refusal("answer-incomplete", clause, f"The answer names no {name}.", "Hand it back to the client.")
        for name, there in wanted
        if not there
    ]


def _not_accepted() -> Refusal:
    return Refusal(
        "answer-not-accepted", "ISO/IEC 17021-1:2015, 9.4.10", "The answer is not accepted yet.", "Accept it first."
    )


def _plain(value: Any) -> Any:
    """A value as the journal takes it."""
    return value if value is None or isinstance(value, (str, int, bool, list, dict)) else str(value)


__all__ = [
    "State",
    "accept_answer",
    "analyse",
    "check",
    "close",
    "complete_action",
    "consider",
    "contain",
    "describe",
    "plan_action",
    "raise_at",
    "raise_finding",
    "return_answer",
    "set_check",
    "verify_correction",
]
