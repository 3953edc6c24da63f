"""The public register as tables. Public data: no organisation owns them, no scope hides them (ADR 0045).

Rules that hold here
* A `ListingVersion` is only ever added (guarded by triggers). The columns of `Listing` are the newest version again, so
  that search and pages need one row; `queries.state_of` reads the versions.
* A listing that left its source keeps its row and says `listed_until`.
* Whatever cannot be true is a `Quarantined` row with its reasons, never a listing.
* Words, variants and names exist for searching alone and follow from the parties (`names.py`).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from assaymark.core.body_changes import BodyChange as BodyChangeFacts
from assaymark.core.body_changes import ChangeKind
from assaymark.core.register import Version

_GONE = models.Q(listed_until__isnull=False)
_OFF = ~models.Q(status="valid")


class Source(models.Model):
    """A register: this installation's own (key "own"), or a foreign one that is read by snapshots."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    url = models.CharField(max_length=500, blank=True, default="")
    mapping = models.JSONField(default=dict, help_text="How its newest snapshot was read")
    newest = models.DateField(null=True, blank=True, help_text="Day of the newest snapshot")
    listings = models.PositiveIntegerField(default=0, help_text="Listed now")

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.name


class Party(models.Model):
    """A body or a holder as one source names it. `identity` is the source's own identifier, else key and country."""

    BODY, HOLDER = "body", "holder"

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=10)
    identity = models.CharField(max_length=200)
    name = models.CharField(max_length=300)
    country = models.CharField(max_length=2, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "role", "identity"], name="register_party_once")]

    def __str__(self) -> str:
        return self.name


class PartyName(models.Model):
    """A name by which a party is or was known. Kinds: current, other (trading, English), former."""

    id = models.BigAutoField(primary_key=True)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=300)
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, default="current")

    class Meta:
        indexes = [models.Index(fields=["key"], name="register_name_key", opclasses=["varchar_pattern_ops"])]

    def __str__(self) -> str:
        return self.name


class Word(models.Model):
    """A word of names, with how many names hold it."""

    id = models.BigAutoField(primary_key=True)
    word = models.CharField(max_length=40, unique=True)
    names = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return self.word


class WordOf(models.Model):
    """Which name holds a word."""

    pk = models.CompositePrimaryKey("word_id", "name_id")
    word_id = models.BigIntegerField()
    name_id = models.BigIntegerField()


class Variant(models.Model):
    """A spelling that a word shares with its misspellings (`core.register.variants`)."""

    pk = models.CompositePrimaryKey("variant", "word_id")
    variant = models.CharField(max_length=7)
    word_id = models.BigIntegerField()


class Listing(models.Model):
    """One certification in one source, as its newest version says it; own accreditations and recognitions too."""

    CERTIFICATE = "certificate"

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False)
    identity = models.CharField(max_length=240)
    kind = models.CharField(max_length=13, default=CERTIFICATE)
    number = models.CharField(max_length=100)
    number_key = models.CharField(max_length=60)
    body = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="issued", db_index=False)
    holder = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="held", db_index=False)
    standard = models.CharField(max_length=120)
    standard_key = models.CharField(max_length=40)
    country = models.CharField(max_length=2, blank=True, default="")
    status = models.CharField(max_length=12)
    issued = models.DateField(null=True, blank=True)
    expires = models.DateField(null=True, blank=True)
    public = models.BooleanField(default=True, help_text="Otherwise its status is told on exact request only")
    listed_from = models.DateField()
    listed_until = models.DateField(null=True, blank=True, help_text="Tombstone: the first snapshot without it")
    changed_at = models.DateTimeField()
    seq = models.PositiveIntegerField(default=1)
    digest = models.CharField(max_length=32)
    verdict_code = models.CharField(max_length=20, blank=True, default="")
    verdicts = models.CharField(max_length=40, blank=True, default="", help_text="Four answers, comma-separated")
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "identity"], name="register_listing_once")]
        indexes = [
            models.Index(fields=["number_key"], name="register_number", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["holder"], name="register_holder"),
            models.Index(fields=["body", "id"], name="register_body"),
            models.Index(fields=["country", "id"], name="register_country"),
            models.Index(fields=["standard_key", "id"], name="register_standard"),
            models.Index(fields=["status", "id"], name="register_status"),
            models.Index(fields=["id"], name="register_delisted", condition=_GONE),
            models.Index(fields=["country", "id"], name="register_gone", condition=_GONE),
            # What is not valid is rare, so that these are small; questions repeat their condition word for word.
            models.Index(fields=["country", "status", "id"], name="register_off_country", condition=_OFF),
            models.Index(fields=["standard_key", "status", "id"], name="register_off_standard", condition=_OFF),
            models.Index(fields=["body", "status", "id"], name="register_off_body", condition=_OFF),
            models.Index(fields=["expires", "id"], name="register_lapsing"),
            models.Index(fields=["kind", "id"], name="register_other_kind", condition=~models.Q(kind="certificate")),
        ]

    def __str__(self) -> str:
        return self.number


class SectorOf(models.Model):
    """Which sectors (IAF ID 1) a listing is for."""

    pk = models.CompositePrimaryKey("code", "listing_id")
    code = models.CharField(max_length=10)
    listing_id = models.BigIntegerField()


class ListingVersion(models.Model):
    """What the source said of it from a day on, learnt at a moment. Append-only."""

    id = models.BigAutoField(primary_key=True)
    listing = models.ForeignKey(Listing, on_delete=models.PROTECT, related_name="versions", db_index=False)
    seq = models.PositiveIntegerField()
    valid_from = models.DateField()
    recorded_at = models.DateTimeField()
    kinds = models.CharField(max_length=80, help_text="Comma-separated")
    values = models.JSONField(default=dict)
    changes = models.JSONField(default=dict, help_text="{field: [before, now]}")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["listing", "seq"], name="register_version_seq")]

    def __str__(self) -> str:
        return f"{self.listing_id} #{self.seq}"

    def facts(self) -> Version:
        """The version as `core.register` judges it."""
        return Version(
            self.seq, self.valid_from, self.recorded_at, tuple(self.kinds.split(",")), self.values, self.changes
        )


class Intake(models.Model):
    """One reading of one file. Append-only."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="intakes")
    as_of = models.DateField()
    recorded_at = models.DateTimeField()
    file = models.CharField(max_length=300)
    digest = models.CharField(max_length=64, help_text="SHA-256 of file and mapping")
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.file} of {self.as_of}"


class Quarantined(models.Model):
    """A row that cannot be true, or contradicts another: kept aside with its reasons."""

    intake = models.ForeignKey(Intake, on_delete=models.PROTECT, related_name="quarantined")
    line = models.PositiveIntegerField()
    number = models.CharField(max_length=100, blank=True, default="")
    reasons = models.JSONField(default=list, help_text="[{field, message}]")
    raw = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["line"]

    def __str__(self) -> str:
        return f"line {self.line}"


class Coverage(models.Model):
    """What a source states of a body: "publishes here completely since …", so that absence can mean something."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="coverage")
    body = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="coverage")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    statement = models.CharField(max_length=300)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("since",)

    def __str__(self) -> str:
        return self.statement

    def facts(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "body": self.body.name if self.body else None,
            "since": self.since.isoformat(),
            "until": self.until.isoformat() if self.until else None,
            "statement": self.statement,
        }


class BodyChange(models.Model):
    """What became of a body: it changed its name, merged into another, or handed on to a successor. Append-only.

    A change that was told in error is taken back by a further row that names it (`retracts`).
    """

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in ChangeKind])
    on = models.DateField(help_text="The first day of it")
    old_name = models.CharField(max_length=300)
    new_name = models.CharField(max_length=300)
    other = models.ForeignKey(
        Party, null=True, on_delete=models.PROTECT, related_name="joined", help_text="The body that it became"
    )
    did = models.CharField(max_length=300, blank=True, default="", help_text="Under which identifier it attested")
    origin = models.CharField(max_length=300, help_text="Where this is known from")
    recorded_at = models.DateTimeField()
    retracts = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="retraction")

    class Meta:
        ordering = ("on", "id")

    def __str__(self) -> str:
        return self.facts().sentence()

    def facts(self) -> BodyChangeFacts:
        """The change as `core.body_changes` judges it."""
        return BodyChangeFacts(ChangeKind(self.kind), self.on, self.old_name, self.new_name, self.origin)
