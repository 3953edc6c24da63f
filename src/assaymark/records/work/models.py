"""What was sent to whom, so that nobody is reminded twice of the same day's work."""

from __future__ import annotations

from django.db import models

from assaymark.records.parties.models import Person
from assaymark.records.scope import Owned


class Digest(Owned):
    """A mail that told a person what is due."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    sent_at = models.DateTimeField()
    late = models.PositiveIntegerField(default=0)
    soon = models.PositiveIntegerField(default=0)

    class Meta(Owned.Meta):
        constraints = [models.UniqueConstraint(fields=["organisation", "person", "day"], name="digest_once_a_day")]

    def __str__(self) -> str:
        return f"{self.person} on {self.day}"
