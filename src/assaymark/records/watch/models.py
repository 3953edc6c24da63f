"""What an organisation watches, what changed there, and who was told.

Rules that hold here
* A row belongs to the organisation that watches; holder and body of the certificate do not learn of it.
* What was seen is kept as `core.watching.Seen`. A change is a row of its own and stays, also after the watching ended:
  it is the record that external providers are monitored (ISO 9001:2015, 8.4.1).
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q

from assaymark.core.watching import NAMES, Change, Seen
from assaymark.records.parties.models import Person
from assaymark.records.register.models import Listing
from assaymark.records.scope import Owned


class WatchedCertificate(Owned):
    """A listing of the public register, under the name that the organisation gives it."""

    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=200, help_text="What the organisation calls it, such as the supplier's name")
    since = models.DateTimeField()
    added_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    seen = models.JSONField(default=dict, help_text="core.watching.Seen at the last look")
    answer = models.CharField(max_length=10, help_text="yes, no or unknown, of all four together")
    code = models.CharField(max_length=20)
    seen_at = models.DateTimeField(help_text="When it was looked at last")
    changed_at = models.DateTimeField(null=True, blank=True, help_text="When the newest change was noticed")
    unread = models.PositiveIntegerField(default=0, help_text="Changes that nobody has marked as seen")

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["label", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "listing"], condition=Q(ended_at__isnull=True), name="watch_listing_once"
            )
        ]

    def __str__(self) -> str:
        return self.label

    def facts(self) -> Seen:
        """What was seen last."""
        return Seen.of(self.seen)


class WatchEvent(Owned):
    """One question that is answered otherwise since `noticed_at`. Only the marks of who saw it are added later."""

    watched = models.ForeignKey(WatchedCertificate, on_delete=models.PROTECT, related_name="events")
    noticed_at = models.DateTimeField()
    question = models.CharField(max_length=20, choices=list(NAMES.items()))
    before = models.CharField(max_length=12)
    after = models.CharField(max_length=12)
    before_code = models.CharField(max_length=20, blank=True, default="")
    after_code = models.CharField(max_length=20, blank=True, default="")
    worse = models.BooleanField()
    sentence = models.CharField(max_length=500)
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["-noticed_at", "id"]
        indexes = [models.Index(fields=["organisation", "noticed_at"], name="watch_event_newest")]

    def __str__(self) -> str:
        return f"{self.get_question_display()}: {self.before} to {self.after}"

    @classmethod
    def of(cls, watched: WatchedCertificate, change: Change, *, at: dt.datetime) -> WatchEvent:
        """The row of a change, not saved yet."""
        return cls(
            organisation_id=watched.organisation_id,
            watched=watched,
            noticed_at=at,
            question=change.question,
            before=change.before,
            after=change.after,
            before_code=change.before_code,
            after_code=change.after_code,
            worse=change.worse,
            sentence=change.sentence[:500],
        )


class Watcher(Owned):
    """A person who said whether changes come by mail."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    mail = models.BooleanField(default=True)
    since = models.DateTimeField(help_text="Changes before it are not mailed")

    class Meta(Owned.Meta):
        constraints = [models.UniqueConstraint(fields=["organisation", "person"], name="watcher_once")]

    def __str__(self) -> str:
        return str(self.person)


class WatchMail(Owned):
    """A change of which a person was told by mail; by it nobody is told twice."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    event = models.ForeignKey(WatchEvent, on_delete=models.PROTECT, related_name="mails")
    sent_at = models.DateTimeField()

    class Meta(Owned.Meta):
        constraints = [models.UniqueConstraint(fields=["person", "event"], name="watch_mail_once")]

    def __str__(self) -> str:
        return f"{self.person} at {self.sent_at}"
