"""Measuring equipment and its calibrations (ISO 9001:2015, 7.1.5.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from assaymark.core.refusal import Refusal
from assaymark.core.registers import RowFacts, State, add_months
from assaymark.records.registers.declaration import Child, Column, DueField, Register, Section, View, declare
from assaymark.records.registers.row import RegisterEntry, RegisterRow, state_is_one_of

CLAUSE = "ISO 9001:2015, 7.1.5.2"


class EquipmentState(models.TextChoices):
    """Whether it may measure."""

    NEW = "new", "Not yet released"
    IN_USE = "in_use", "In use"
    BLOCKED = "blocked", "Blocked"
    SCRAPPED = "scrapped", "Taken out of service"


class Outcome(models.TextChoices):
    """What the calibration found."""

    IN = "in_tolerance", "In tolerance"
    ADJUSTED = "adjusted", "Adjusted, now in tolerance"
    OUT = "out_of_tolerance", "Out of tolerance"


class MeasuringEquipment(RegisterRow):
    """A gauge or instrument; its title says what it is."""

    maker = models.CharField("manufacturer", max_length=120, blank=True, default="")
    serial_number = models.CharField(max_length=120, blank=True, default="")
    location = models.CharField(max_length=200, blank=True, default="")
    process = models.ForeignKey("registers.Process", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    measures = models.CharField(
        max_length=200, blank=True, default="", help_text="Quantity and range, such as 0 to 150 mm"
    )
    tolerance = models.CharField(max_length=200, blank=True, default="", help_text="Largest permitted error")
    interval_months = models.PositiveSmallIntegerField("calibration interval in months", default=12)
    calibrated_on = models.DateField(null=True, blank=True)
    calibration_due = models.DateField(null=True, blank=True)

    class Meta(RegisterRow.Meta):
        abstract = False
        constraints = [
            *RegisterRow.Meta.constraints,
            state_is_one_of(EquipmentState, name="equipment_state_is_known"),
            models.CheckConstraint(
                condition=Q(interval_months__range=(1, 120)),
                name="equipment_interval_is_sane",
                violation_error_message="Between 1 and 120 months.",
                violation_error_code="field:interval_months",
            ),
            models.CheckConstraint(
                condition=Q(calibrated_on__isnull=True)
                | Q(calibration_due__isnull=True)
                | Q(calibration_due__gte=models.F("calibrated_on")),
                name="equipment_due_after_calibration",
                violation_error_message="The next calibration lies before the last one.",
                violation_error_code="field:calibration_due",
            ),
        ]


class Calibration(RegisterEntry):
    """A calibration or verification. Never changed: it is a record (7.1.5.2 a)."""

    equipment = models.ForeignKey(MeasuringEquipment, on_delete=models.PROTECT, related_name="calibrations")
    calibrated_on = models.DateField()
    outcome = models.CharField("result", max_length=20, choices=Outcome.choices)
    laboratory = models.CharField(max_length=200, blank=True, default="")
    certificate_number = models.CharField(max_length=120, blank=True, default="")
    standard_used = models.CharField("traceable to", max_length=200, blank=True, default="", help_text="7.1.5.2 a")
    impact = models.TextField(
        "impact on earlier measurements",
        max_length=4000,
        blank=True,
        default="",
        help_text="Needed when out of tolerance: which results are in doubt, what was done (7.1.5.2, last paragraph)",
    )

    class Meta(RegisterEntry.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.OUT) | ~Q(impact=""),
                name="calibration_out_has_impact",
                violation_error_message="Out of tolerance: say which earlier results are in doubt and what was done.",
                violation_error_code="field:impact",
            ),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="calibration_outcome_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.calibrated_on} {self.get_outcome_display()}"


def carry_forward(*, row: Any, entry: Any, at: datetime) -> None:
    """The latest calibration sets the next date; out of tolerance blocks the equipment at once."""
    if row.calibrated_on is not None and entry.calibrated_on < row.calibrated_on:
        return
    row.calibrated_on = entry.calibrated_on
    row.calibration_due = add_months(day=entry.calibrated_on, months=row.interval_months)
    if entry.outcome == Outcome.OUT and row.state == EquipmentState.IN_USE:
        row.state = EquipmentState.BLOCKED


def measures_only_when_calibrated(facts: RowFacts, state: str, at: datetime) -> Iterator[Refusal]:
    """In use: calibrated, not overdue at the moment of release, and the latest result not out of tolerance."""
    if state != EquipmentState.IN_USE or facts.state == EquipmentState.IN_USE:
        return
    due = facts.values["calibration_due"]
    if due is not None and due < at.date():
        yield Refusal(
            "equipment-overdue", CLAUSE, f"Its calibration was due on {due:%-d %b %Y}.", "Calibrate it first."
        )
    calibrations = facts.entries.get("calibrations", ())
    if calibrations and calibrations[-1]["outcome"] == Outcome.OUT:
        yield Refusal(
            "equipment-out-of-tolerance",
            CLAUSE,
            "Its latest calibration found it out of tolerance.",
            "Repair or adjust it, calibrate it again, and enter the result.",
        )


MEASURING_EQUIPMENT = declare(
    Register(
        slug="measuring-equipment",
        model=MeasuringEquipment,
        name="Measuring equipment",
        one="measuring equipment",
        prefix="ME-",
        clause="7.1.5",
        clauses=("7.1.5.1", "7.1.5.2"),
        group="Support",
        icon="ruler-2",
        title_label="What it is",
        purpose="What you measure with, when it was calibrated, and what follows when it was wrong.",
        example="Caliper 150 mm, serial 77-1204, calibrated yearly against gauge blocks with a national certificate.",
        states=(
            State("new", "Not yet released", "draft", to=("in_use", "scrapped")),
            State(
                "in_use",
                "In use",
                "conforming",
                requires=("calibration_due",),
                to=("blocked", "scrapped"),
                verb="Release for use",
            ),
            State("blocked", "Blocked", "missing", to=("in_use", "scrapped"), verb="Block"),
            State("scrapped", "Taken out of service", "closed", verb="Take out of service"),
        ),
        sections=(
            Section("What it is", ("maker", "serial_number", "measures", "tolerance")),
            Section("Where it is used", ("location", "process")),
            Section("Calibration", ("interval_months", "calibrated_on", "calibration_due")),
        ),
        columns=(
            Column("number"),
            Column("title"),
            Column("serial_number"),
            Column("location"),
            Column("owner", shown=False),
            Column("calibrated_on", shown=False),
            Column("calibration_due"),
            Column("state"),
        ),
        filters=("state", "process", "owner"),
        search=("number", "title", "serial_number", "maker", "location", "measures"),
        views=(View("in-use", "In use", Q(state="in_use")), View("blocked", "Blocked", Q(state="blocked"))),
        quick_add=("title", "serial_number", "location", "interval_months"),
        due=(DueField("calibration_due", "Calibrate", states=("in_use",)),),
        children=(
            Child(
                name="calibrations",
                label="Calibrations",
                one="calibration",
                model=Calibration,
                parent="equipment",
                fields=(
                    "calibrated_on",
                    "outcome",
                    "laboratory",
                    "certificate_number",
                    "standard_used",
                    "impact",
                ),
                columns=("calibrated_on", "outcome", "laboratory", "certificate_number", "impact"),
                order="calibrated_on",
                append_only=True,
                file=True,
                help="Attach the certificate. Out of tolerance blocks the equipment.",
            ),
        ),
        rules=(measures_only_when_calibrated,),
        after_entry=carry_forward,
    )
)
