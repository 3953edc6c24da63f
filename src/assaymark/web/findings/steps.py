"""The steps of a finding's life as data: which form asks, which action acts, and what the page says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms

from assaymark.core.findings import CAUSE_CATEGORIES
from assaymark.core.parties import Actor
from assaymark.records.findings import actions
from assaymark.records.findings.queries import Nonconformity
from assaymark.web.findings import forms as asked
from assaymark.web.findings.forms import key

Act = Callable[[UUID, dict[str, Any], Actor, datetime], object]


@dataclass(frozen=True, slots=True)
class Step:
    """One step. verb: the word on its button; why: one sentence with the clause."""

    title: str
    verb: str
    why: str
    form: type[forms.Form]
    act: Act
    initial: Callable[[Nonconformity], dict[str, Any]]


def _describe(finding_id: UUID, data: dict[str, Any], by: Actor, at: datetime) -> object:
    fields = dict(data)
    fields["process_id"], fields["owner_id"] = key(fields.pop("process")), key(fields.pop("owner"))
    return actions.describe(nonconformity_id=finding_id, by=by, at=at, **fields)


def _contain(finding_id: UUID, data: dict[str, Any], by: Actor, at: datetime) -> object:
    return actions.contain(nonconformity_id=finding_id, by=by, at=at, **data)


def _analyse(finding_id: UUID, data: dict[str, Any], by: Actor, at: datetime) -> object:
    return actions.analyse(
        nonconformity_id=finding_id,
        cause=data["cause"],
        similar=data["similar"],
        whys=[data[f"why_{number}"] for number in range(1, 6)],
        fishbone={category: data[f"bone_{category}"].splitlines() for category in CAUSE_CATEGORIES},
        by=by,
        at=at,
    )


def _plan(finding_id: UUID, data: dict[str, Any], by: Actor, at: datetime) -> object:
    return actions.plan_action(
        nonconformity_id=finding_id,
        description=data["description"],
        owner_id=UUID(data["owner"]),
        due=data["due"],
        by=by,
        at=at,
    )


def _set_check(finding_id: UUID, data: dict[str, Any], by: Actor, at: datetime) -> object:
    return actions.set_check(nonconformity_id=finding_id, by=by, at=at, **data)


def _check(finding_id: UUID, data: dict[str, Any], by: Actor, at: datetime) -> object:
    effective = data["effective"] == "yes"
    return actions.check(nonconformity_id=finding_id, effective=effective, result=data["result"], by=by, at=at)


def _consider(finding_id: UUID, data: dict[str, Any], by: Actor, at: datetime) -> object:
    return actions.consider(nonconformity_id=finding_id, by=by, at=at, **data)


def _fields(*names: str) -> Callable[[Nonconformity], dict[str, Any]]:
    return lambda row: {name: getattr(row, name) for name in names}


def _about(row: Nonconformity) -> dict[str, Any]:
    values = _fields("title", "happened", "evidence", "requirement", "grade", "due")(row)
    return values | {"process": str(row.process_id or ""), "owner": str(row.owner_id or "")}


def _cause(row: Nonconformity) -> dict[str, Any]:
    values: dict[str, Any] = {"cause": row.cause, "similar": row.similar}
    values |= {f"why_{number}": why for number, why in enumerate(row.whys, start=1)}
    return values | {f"bone_{category}": "\n".join(causes) for category, causes in row.fishbone.items()}


def _nothing(row: Nonconformity) -> dict[str, Any]:
    return {}


STEPS: dict[str, Step] = {
    "describe": Step(
        "What happened", "Save", "What was seen, and which requirement it breaks (10.2.2 a).", asked.DescribeForm,
        _describe, _about,
    ),
    "contain": Step(
        "Containment", "Save", "React first: keep it from doing harm, then put it right (10.2.1 a).",
        asked.ContainForm, _contain, _fields("containment", "correction"),
    ),
    "cause": Step(
        "Cause", "Save the cause", "Ask why until the answer is something you can change (10.2.1 b).",
        asked.CauseForm, _analyse, _cause,
    ),
    "action": Step(
        "Action", "Plan the action", "What removes the cause, who does it and by when (10.2.1 c).",
        asked.ActionForm, _plan, _nothing,
    ),
    "check-plan": Step(
        "Effectiveness: criterion and day", "Set", "Say beforehand how you will know that it worked (10.2.1 d).",
        asked.CheckPlanForm, _set_check, _fields("criterion", "check_due"),
    ),
    "check": Step(
        "Effectiveness check", "Record the check", "Judged by somebody who did not carry it out (10.2.1 d, 5.3).",
        asked.CheckForm, _check, _nothing,
    ),
    "consider": Step(
        "Consequences", "Save", "What it means for risks and for the system (10.2.1 e, f).", asked.ConsiderForm,
        _consider, _fields("risks", "changes"),
    ),
}  # fmt: skip


def form_of(step: Step, row: Nonconformity) -> type[forms.Form]:
    """The form of a step; on what another body raised only one's own fields can be set."""
    return asked.OwnForm if row.from_another and step.form is asked.DescribeForm else step.form
