"""Processes of the management system and how they interact (ISO 9001:2015, 4.4)."""

from __future__ import annotations

from django.db import models

from assaymark.core.registers import State
from assaymark.records.registers.declaration import Column, Register, Section, declare
from assaymark.records.registers.row import LongText, RegisterRow, state_is_one_of


class ProcessState(models.TextChoices):
    """Whether the process runs."""

    ACTIVE = "active", "Active"
    PLANNED = "planned", "Planned"
    ENDED = "ended", "Ended"


class ProcessKind(models.TextChoices):
    """Its place in the process map."""

    MANAGEMENT = "management", "Management"
    CORE = "core", "Core"
    SUPPORT = "support", "Support"


class Process(RegisterRow):
    """A process; its title is its name."""

    kind_of = models.CharField("kind", max_length=20, choices=ProcessKind.choices, default=ProcessKind.CORE)
    purpose = LongText(help_text="What the process is for, in one or two sentences")
    inputs = LongText(help_text="What comes in, one a line (4.4.1 a)")
    outputs = LongText(help_text="What goes out, one a line (4.4.1 a)")
    comes_after = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="4.4.1 b: the sequence"
    )
    measures = LongText(help_text="How it is seen to work: criteria, methods, indicators (4.4.1 c)")
    resources = LongText(help_text="What it needs (4.4.1 d)")
    clauses = models.CharField(
        max_length=300, blank=True, default="", help_text="Clauses it serves, such as 8.4, 8.5.1"
    )

    class Meta(RegisterRow.Meta):
        abstract = False
        constraints = [*RegisterRow.Meta.constraints, state_is_one_of(ProcessState, name="process_state_is_known")]

    @property
    def name(self) -> str:
        """What people call it."""
        return self.title

    @property
    def active(self) -> bool:
        """Whether it runs."""
        return self.state == ProcessState.ACTIVE


PROCESSES = declare(
    Register(
        slug="processes",
        model=Process,
        name="Processes",
        one="process",
        prefix="P-",
        clause="4.4",
        group="Context",
        icon="sitemap",
        title_label="Name",
        purpose="What the organisation does, as processes: what goes in, what comes out, who answers for it.",
        example="Purchasing: from a request to goods that were received and checked. Owner: head of purchasing.",
        states=(
            State("planned", "Planned", "draft", to=("active", "ended"), verb="Plan again"),
            State(
                "active",
                "Active",
                "conforming",
                requires=("owner", "inputs", "outputs"),
                to=("ended",),
                verb="Put into use",
            ),
            State("ended", "Ended", "neutral", to=("planned",), verb="End the process"),
        ),
        sections=(
            Section("What it is for", ("kind_of", "purpose", "clauses")),
            Section("What goes in and out", ("inputs", "outputs", "comes_after")),
            Section("How it is run", ("measures", "resources")),
        ),
        columns=(
            Column("number"),
            Column("title"),
            Column("kind_of"),
            Column("owner"),
            Column("state"),
            Column("comes_after", shown=False),
            Column("clauses", shown=False),
            Column("review_on"),
        ),
        filters=("state", "kind_of", "owner"),
        search=("number", "title", "purpose", "inputs", "outputs"),
        quick_add=("title", "kind_of", "owner"),
        review_months=24,
        review_states=("planned", "active"),
    )
)
