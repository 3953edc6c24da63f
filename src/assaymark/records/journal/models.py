"""Journal entries and the head of each organisation's log.

Rules (docs/concepts/journal.md): an entry is written in the transaction of the change it tells of; no entry is ever
changed or deleted (triggers on both engines, `records.journal.triggers`); the head is locked last, so that two actions
never take the same index. Names of people are kept beside the body (`JournalName`), which holds only a salted hash,
so that erasing a name leaves every proof valid.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any, ClassVar

import orjson
from django.db import models

from assaymark.records.scope import Owned


class JournalHead(Owned):
    """Size and frontier of an organisation's tree; the row that serialises appending."""

    size = models.PositiveBigIntegerField(default=0)
    frontier = models.BinaryField(default=bytes, help_text="Roots of the perfect subtrees, 32 bytes each")
    epoch = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField(null=True, blank=True, help_text="When this server wrote the last entry")
    checkpoint_due = models.DateTimeField(null=True, blank=True, help_text="When a checkpoint is to be signed")

    class Meta(Owned.Meta):
        constraints = [models.UniqueConstraint(fields=["organisation"], name="journal_head_once")]

    def __str__(self) -> str:
        return f"{self.size} entries"


class JournalEntry(Owned):
    """One change: who, what, when, why, before, after."""

    epoch = models.PositiveIntegerField(default=1)
    index = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    verb = models.CharField(max_length=80)
    actor_id = models.UUIDField(null=True, blank=True)
    # Hides Owned.subject_kind(): nothing points at an entry of the journal.
    subject_kind = models.CharField(max_length=60)  # type: ignore[assignment]
    subject_id = models.UUIDField()
    subject_label = models.CharField(max_length=300)
    reason = models.TextField(blank=True, default="")
    body = models.BinaryField(help_text="Canonical JSON (RFC 8785); what the leaf hash covers")
    leaf = models.BinaryField(max_length=32)

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["epoch", "index"]
        constraints = [models.UniqueConstraint(fields=["organisation", "epoch", "index"], name="journal_index_once")]
        indexes = [
            models.Index(fields=["organisation", "subject_kind", "subject_id", "index"], name="journal_by_subject"),
            models.Index(fields=["organisation", "-epoch", "-index"], name="journal_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.index} {self.verb}"

    @property
    def cells(self) -> dict[str, str | None]:
        """What the columns say of what the body says too, spelled as in the body."""
        return {
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "verb": self.verb,
            "actor": str(self.actor_id) if self.actor_id else None,
            "kind": self.subject_kind,
            "subject": str(self.subject_id),
            "label": self.subject_label,
            "reason": self.reason,
        }

    @property
    def recorded(self) -> dict[str, Any]:
        """The body as values: before, after, on whose behalf, when the server wrote it."""
        body: dict[str, Any] = orjson.loads(bytes(self.body))
        return body


class JournalName(Owned):
    """The name behind an entry's salted hash; may be erased."""

    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="actor_name")
    salt = models.BinaryField(max_length=16)
    name = models.CharField(max_length=200)

    class Meta(Owned.Meta):
        pass

    def __str__(self) -> str:
        return self.name


class Checkpoint(Owned):
    """What was signed about the log: its size and root at one moment (C2SP tlog-checkpoint)."""

    epoch = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.TextField(help_text="The signed note")
    at = models.DateTimeField()

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["epoch", "size"]
        constraints = [models.UniqueConstraint(fields=["organisation", "epoch", "size"], name="checkpoint_once")]

    def __str__(self) -> str:
        return f"{self.size} entries, epoch {self.epoch}"


class WitnessLine(Owned):
    """What a witness said of a checkpoint, whichever log it is of (C2SP tlog-cosignature)."""

    witness = models.CharField(max_length=300, help_text="Name of the witness's key")
    key = models.CharField(max_length=400, help_text="The witness's key: name+id+base64")
    line = models.CharField(max_length=600, help_text="The signature line, with its newline")
    at = models.DateTimeField(help_text="When the witness says it saw it")

    class Meta(Owned.Meta):
        abstract = True
        ordering: ClassVar[list[str]] = ["at"]

    def __str__(self) -> str:
        return f"{self.witness} at {self.at:%Y-%m-%d %H:%M}"


class Cosignature(WitnessLine):
    """That a witness saw a checkpoint of the journal; belongs to the log's organisation. Append-only."""

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="cosignatures")

    class Meta(WitnessLine.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["checkpoint", "witness"], name="cosignature_once")]


class Tile(Owned):
    """256 hashes beside each other on one level of a tree, and the hash over them: derived, may be made anew.

    Level 0 holds leaves, level 1 the roots of 256 leaves each, and so on (C2SP tlog-tiles). Only full tiles are kept.
    """

    epoch = models.PositiveIntegerField()
    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField()
    hashes = models.BinaryField(max_length=8192)
    root = models.BinaryField(max_length=32)

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["epoch", "level", "index"]
        constraints = [models.UniqueConstraint(fields=["organisation", "epoch", "level", "index"], name="tile_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"
