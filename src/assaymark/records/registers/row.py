"""What the rows of all registers have in common.

Rules
* A row's number is given once per organisation and register and never changes.
* `version` counts the changes; whoever changes a row says which version they saw (optimistic locking).
* Rows are retired, never deleted: what was once kept as evidence stays readable (ISO 9001:2015, 7.5.3.2).
* An entry (a calibration, a measurement) belongs to one row; append-only entries are corrected by a further one.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from assaymark.records.parties.models import Person
from assaymark.records.scope import Owned

LONGEST_TEXT = 10_000


class LongText(models.TextField[Any, Any]):
    """Text of several lines, at most `LONGEST_TEXT` characters (a spreadsheet's cell holds 32,767)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_TEXT)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)


class RegisterRow(Owned):
    """Base of every register's model."""

    number = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    owner = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Who answers for it"
    )
    state = models.CharField(max_length=40)
    review_on = models.DateField("next review", null=True, blank=True)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(Owned.Meta):
        abstract = True
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="%(class)s_number_once"),
            models.CheckConstraint(condition=~Q(number="") & ~Q(title=""), name="%(class)s_is_named"),
        ]
        indexes = [models.Index(fields=["organisation", "state"], name="%(class)s_by_state")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class RegisterEntry(Owned):
    """Base of what is entered under a row, such as a calibration or a measurement."""

    entered_at = models.DateTimeField(editable=False)
    entered_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", editable=False)

    class Meta(Owned.Meta):
        abstract = True
        ordering = ("entered_at", "id")


def state_is_one_of(states: type[models.TextChoices], *, name: str) -> models.CheckConstraint:
    """The state as a database constraint; `name` is the constraint's name."""
    return models.CheckConstraint(condition=Q(state__in=states.values), name=name)


class SavedView(Owned):
    """A list as somebody arranged it: filters, order, columns. person None: for everybody in the organisation."""

    register = models.CharField(max_length=60)
    name = models.CharField(max_length=80)
    query = models.TextField(max_length=2000, help_text="The list's query string")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta(Owned.Meta):
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "register", "name"],
                condition=Q(person__isnull=True),
                name="saved_view_for_all_once",
            ),
            models.UniqueConstraint(
                fields=["organisation", "register", "name", "person"],
                condition=Q(person__isnull=False),
                name="saved_view_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name
