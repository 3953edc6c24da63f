"""The log of an organisation's identifier, its keys, and what happened to each. All three are append-only.

Rules that hold here
* `LogEntry` is what is published as `did.jsonl`, byte for byte; the newest entry says who the organisation is.
* A key is taken into use once; its end is an event (`KeyEvent`), as is the moment since which others may have had it.
* An organisation without rows here is named by its key (did:key), which has no history.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q

from assaymark.core.identifiers import KeyEvent as KeyEventFacts
from assaymark.core.identifiers import KeyEventKind, KeyFacts
from assaymark.records.scope import Owned

_EVENTS = [(kind.value, kind.value.capitalize()) for kind in KeyEventKind]


class LogEntry(Owned):
    """One line of the log: the identifier from then on, and the key announced for the next change."""

    number = models.PositiveIntegerField()
    did = models.CharField(max_length=400)
    version_id = models.CharField(max_length=120)
    at = models.DateTimeField(help_text="versionTime of the entry")
    line = models.TextField(help_text="As published, with its newline")
    signs = models.CharField(max_length=100, help_text="Multibase key that signs statements")
    announced = models.CharField(max_length=100, help_text="Multibase key that signs the next entry")

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["number"]
        constraints = [models.UniqueConstraint(fields=["organisation", "number"], name="identifier_entry_once")]

    def __str__(self) -> str:
        return self.version_id


class IssuerKey(Owned):
    """A key that signs, or signed, for the organisation."""

    kid = models.CharField(max_length=500)
    public = models.CharField(max_length=100, help_text="publicKeyMultibase")
    since = models.DateTimeField()

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["since"]
        constraints = [models.UniqueConstraint(fields=["organisation", "public"], name="issuer_key_once")]

    def __str__(self) -> str:
        return self.kid

    def facts(self) -> KeyFacts:
        """The key as `core.identifiers` judges it."""
        events = tuple(event.facts() for event in self.events.all())
        return KeyFacts(self.kid, self.public, self.since.astimezone(dt.UTC), events)


class KeyEvent(Owned):
    """What happened to a key: replaced, or compromised since a moment."""

    key = models.ForeignKey(IssuerKey, on_delete=models.PROTECT, related_name="events")
    event = models.CharField(max_length=20, choices=_EVENTS)
    effective_from = models.DateTimeField()
    recorded_at = models.DateTimeField()
    reason = models.TextField(blank=True, default="")

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["recorded_at", "event"]
        constraints = [
            models.CheckConstraint(condition=Q(event__in=[e for e, _ in _EVENTS]), name="key_event_known"),
            models.CheckConstraint(
                condition=Q(effective_from__lte=models.F("recorded_at")), name="key_event_not_in_future"
            ),
        ]

    def __str__(self) -> str:
        return self.event

    def facts(self) -> KeyEventFacts:
        """The event as `core.identifiers` judges it."""
        return KeyEventFacts(
            event=KeyEventKind(self.event),
            effective_from=self.effective_from.astimezone(dt.UTC),
            recorded_at=self.recorded_at.astimezone(dt.UTC),
            reason=self.reason,
        )
