"""What a witness saw of others' journals, and whom an organisation asks to watch its own (C2SP tlog-witness).

Rules (docs/concepts/witnesses.md)
* `Witnessed` belongs to the witness and is append-only. What decides is the file outside of the database (`seen`).
* `Witness` belongs to the log's organisation: a body of this installation, or one elsewhere with address and key.
* `WatchedLog` belongs to the witness: the key of a journal elsewhere that it agreed to watch.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from assaymark.records.scope import Owned


class Witnessed(Owned):
    """A checkpoint that this organisation cosigned. Append-only."""

    origin = models.CharField(max_length=300)
    size = models.PositiveBigIntegerField()
    note = models.TextField(help_text="The signed note, as the log sent it")
    at = models.DateTimeField()

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["origin", "size"]
        constraints = [models.UniqueConstraint(fields=["organisation", "origin", "size"], name="witnessed_once")]

    def __str__(self) -> str:
        return f"{self.origin}, {self.size} entries"


class Witness(Owned):
    """Whom this organisation asks to cosign its checkpoints, and how the last time went."""

    body = models.ForeignKey("parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    url = models.URLField(max_length=500, blank=True, default="", help_text="Of a witness elsewhere: its prefix")
    key = models.CharField(max_length=400, help_text="The witness's key: name+id+base64")
    epoch = models.PositiveIntegerField(default=1)
    size = models.PositiveBigIntegerField(default=0, help_text="Of the checkpoint that it cosigned last")
    seen_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True, default="", help_text="Why it did not cosign; empty: it did")

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="witness_key_once"),
            models.CheckConstraint(
                condition=Q(body__isnull=False, url="") | (Q(body__isnull=True) & ~Q(url="")), name="witness_somewhere"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What people call it."""
        return self.body.name if self.body is not None else self.key.partition("+")[0]


class WatchedLog(Owned):
    """A journal elsewhere that this organisation watches; its key's name is its origin."""

    key = models.CharField(max_length=400, help_text="name+id+base64")

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["key"]
        constraints = [models.UniqueConstraint(fields=["organisation", "key"], name="watched_log_once")]

    def __str__(self) -> str:
        return self.key.partition("+")[0]
