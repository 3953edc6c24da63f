"""Quality objectives with dated measurements (ISO 9001:2015, 6.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import models

from assaymark.core.refusal import Refusal
from assaymark.core.registers import RowFacts, State
from assaymark.records.registers.declaration import Child, Column, DueField, Register, Section, TrendChart, declare
from assaymark.records.registers.row import LongText, RegisterEntry, RegisterRow, state_is_one_of

CLAUSE = "ISO 9001:2015, 6.2"


class ObjectiveState(models.TextChoices):
    """Where the objective stands."""

    PLANNED = "planned", "Planned"
    PURSUED = "pursued", "Pursued"
    REACHED = "reached", "Reached"
    MISSED = "missed", "Missed"


class Direction(models.TextChoices):
    """Which way is better."""

    UP = "up", "At least the target"
    DOWN = "down", "At most the target"


class Objective(RegisterRow):
    """An objective; its title says what is to be reached."""

    why = LongText(help_text="How it follows from the policy (6.2.1 a)")
    process = models.ForeignKey("registers.Process", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    indicator = models.CharField(max_length=200, blank=True, default="", help_text="What is measured (6.2.1 b)")
    unit = models.CharField(max_length=40, blank=True, default="")
    target = models.DecimalField(max_digits=15, decimal_places=4, null=True, blank=True)
    direction = models.CharField(max_length=10, choices=Direction.choices, default=Direction.UP)
    plan = LongText(help_text="What is done, with what, and how the result is judged (6.2.2)")
    due_on = models.DateField("to be reached by", null=True, blank=True)
    latest_value = models.DecimalField(max_digits=15, decimal_places=4, null=True, blank=True, editable=False)
    latest_on = models.DateField("measured on", null=True, blank=True, editable=False)

    class Meta(RegisterRow.Meta):
        abstract = False
        constraints = [*RegisterRow.Meta.constraints, state_is_one_of(ObjectiveState, name="objective_state_is_known")]

    @property
    def on_target(self) -> bool | None:
        """Whether the latest value meets the target; None while either is missing."""
        return meets(self.latest_value, self.target, self.direction)


def meets(value: Any, target: Any, direction: str) -> bool | None:
    """Whether a value meets the target in that direction; None when either is missing."""
    if value is None or target is None:
        return None
    return bool(value >= target if direction == Direction.UP else value <= target)


class Measurement(RegisterEntry):
    """The indicator's value on a day. Never changed: a wrong one is corrected by a further one of the same day."""

    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="measurements")
    measured_on = models.DateField()
    value = models.DecimalField(max_digits=15, decimal_places=4)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta(RegisterEntry.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.value} on {self.measured_on}"


def remember_latest(*, row: Any, entry: Any, at: datetime) -> None:
    """The row carries its latest value, so that lists need no further query."""
    if row.latest_on is None or entry.measured_on >= row.latest_on:
        row.latest_on, row.latest_value = entry.measured_on, entry.value


def reached_is_measured(facts: RowFacts, state: str, at: datetime) -> Iterator[Refusal]:
    """An objective is reached when its latest measurement says so (9.1.1), not because somebody says so."""
    if state != ObjectiveState.REACHED:
        return
    measured = facts.entries.get("measurements", ())
    if not measured:
        yield Refusal("objective-unmeasured", CLAUSE, "Nothing was measured yet.", "Enter a measurement.")
    elif meets(measured[-1]["value"], facts.values["target"], facts.values["direction"]) is False:
        yield Refusal(
            "objective-off-target",
            CLAUSE,
            f"The latest value, {measured[-1]['value'].normalize():f}, does not meet the target.",
            "Go on, or close it as missed.",
        )


OBJECTIVES = declare(
    Register(
        slug="objectives",
        model=Objective,
        name="Objectives",
        one="objective",
        prefix="O-",
        clause="6.2",
        clauses=("6.2.1", "6.2.2", "9.1.1"),
        group="Planning",
        icon="target",
        title_label="What is to be reached",
        purpose="What you want to reach, how it is measured, by when, and how far you are.",
        example="Deliver on time: 97 % of order lines by December, measured monthly.",
        states=(
            State("planned", "Planned", "draft", to=("pursued", "missed")),
            State(
                "pursued",
                "Pursued",
                "open",
                requires=("owner", "indicator", "target", "plan", "due_on"),
                to=("reached", "missed"),
                verb="Pursue the objective",
            ),
            State("reached", "Reached", "conforming", requires=("target",), verb="Close as reached"),
            State("missed", "Missed", "missing", verb="Close as missed"),
        ),
        sections=(
            Section("What and why", ("why", "process")),
            Section("How it is measured", ("indicator", "unit", "target", "direction")),
            Section("How it is reached", ("plan", "due_on")),
        ),
        columns=(
            Column("number"),
            Column("title"),
            Column("indicator", shown=False),
            Column("target"),
            Column("latest_value"),
            Column("on_target", "On target"),
            Column("latest_on", shown=False),
            Column("owner"),
            Column("state"),
            Column("due_on"),
        ),
        filters=("state", "process", "direction", "owner"),
        search=("number", "title", "why", "indicator", "plan"),
        quick_add=("title", "target", "unit", "due_on", "owner"),
        due=(DueField("due_on", "Reach the objective", states=("planned", "pursued")),),
        review_months=3,
        review_states=("planned", "pursued"),
        children=(
            Child(
                name="measurements",
                label="Measurements",
                one="measurement",
                model=Measurement,
                parent="objective",
                fields=("measured_on", "value", "note"),
                order="measured_on",
                append_only=True,
                help="Values stay as they were entered; a wrong one is corrected by entering the same day again.",
            ),
        ),
        charts=(
            TrendChart(
                "Measured against the target", child="measurements", at="measured_on", value="value", target="target"
            ),
        ),
        rules=(reached_is_measured,),
        after_entry=remember_latest,
    )
)
