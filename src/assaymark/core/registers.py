"""How rows of a register live: states, what a state asks for, review dates.

Rules that hold here
- A row moves only along the declared ways; entering a state asks for the fields that the state names. All reasons
  are given at once (ISO 9001:2015, 7.5.3: records are complete before they count).
- A row changed by somebody else since it was read is not overwritten.
- A retired row is changed no more; it can be brought back.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from assaymark.core.refusal import Refusal


@dataclass(frozen=True, slots=True)
class State:
    """A state of a register's rows.

    sign      how it is shown: conforming, attention, missing, neutral, draft, open, closed, …
    requires  names of fields that must be filled to be in this state
    to        keys of the states that may follow; empty for an end
    verb      what the button says that leads here, such as "Accept the risk"
    """

    key: str
    label: str
    sign: str = "neutral"
    requires: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    verb: str = ""


@dataclass(frozen=True, slots=True)
class RowFacts:
    """A snapshot of a row for the rules.

    values   field name → value as the model holds it (text, date, number, id, None)
    entries  child name → entries, oldest first, each field name → value
    """

    number: str
    title: str
    state: str
    version: int = 1
    retired: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    entries: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


RowRule = Callable[[RowFacts, str, datetime], Iterable[Refusal]]
"""A register's own rule: (facts, state to be entered, at) → refusals."""


def filled(value: Any) -> bool:
    """Whether a field says something: zero and False do, empty text and None do not."""
    return value is not None and (not isinstance(value, str) or bool(value.strip()))


def add_months(*, day: date, months: int) -> date:
    """The same day of the month so many months later; the last day where the month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def reasons_not_to_be_in(
    *,
    state: State,
    facts: RowFacts,
    labels: Mapping[str, str],
    clause: str,
    at: datetime,
    rules: Iterable[RowRule] = (),
) -> list[Refusal]:
    """Why a row with these facts may not be in this state: empty fields that it requires, the register's rules.

    labels: field name → what the form calls it. clause: where the standard asks for the register.
    """
    missing = [
        Refusal(
            rule=f"register-requires-{name}",
            clause=clause,
            message=f"{labels.get(name, name)} is empty; {state.label.lower()} asks for it.",
            next_step=f"Fill in {labels.get(name, name).lower()}.",
        )
        for name in state.requires
        if not filled(facts.values.get(name))
    ]
    return missing + [refusal for rule in rules for refusal in rule(facts, state.key, at)]


def reasons_not_to_move(
    *,
    facts: RowFacts,
    to: State,
    states: Mapping[str, State],
    labels: Mapping[str, str],
    clause: str,
    at: datetime,
    rules: Iterable[RowRule] = (),
) -> list[Refusal]:
    """Why the row may not move to the state: all reasons, not the first."""
    refusals = reasons_not_to_touch(facts=facts, seen_version=None)
    current = states[facts.state]
    if to.key != facts.state and to.key not in current.to:
        ways = " or ".join(states[key].label.lower() for key in current.to) or "nothing: this is its end"
        refusals.append(
            Refusal(
                rule="register-way",
                clause=clause,
                message=f"From {current.label.lower()} it cannot become {to.label.lower()}.",
                next_step=f"From here it can become {ways}.",
            )
        )
    return refusals + reasons_not_to_be_in(state=to, facts=facts, labels=labels, clause=clause, at=at, rules=rules)


def reasons_not_to_touch(*, facts: RowFacts, seen_version: int | None) -> list[Refusal]:
    """Why the row may not be changed by someone who saw `seen_version` of it (None: whoever does not say)."""
    refusals = []
    if facts.retired:
        refusals.append(
            Refusal(
                rule="register-retired",
                clause="ISO 9001:2015, 7.5.3.2",
                message=f"{facts.number} is retired.",
                next_step="Bring it back before changing it.",
            )
        )
    if seen_version is not None and seen_version != facts.version:
        refusals.append(
            Refusal(
                rule="register-version",
                clause="ISO 9001:2015, 7.5.3.2",
                message=f"{facts.number} was changed by somebody else since you opened it.",
                next_step="Compare with what it says now, and save again.",
            )
        )
    return refusals
