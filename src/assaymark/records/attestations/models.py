"""Attestations: the certification, accreditation or recognition itself, its issues, its scope and its events.

Rules that hold here
* Certificate, accreditation and recognition share one table; `kind` says which a row is (ISO/IEC 17000, 7.6, 7.7).
* The attestation is the state; an *issue* is a signed document about it (ISO/IEC 17021-1:2015, 8.2.2 and 8.2.3).
  A change of scope or dates makes a new issue and revokes the index of the old one; nothing signed ever changes.
* Status is not stored: it follows from dated events that are only ever added (`StatusEvent`, guarded by triggers).
* Issuer and holder both see the row; only the issuer writes.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from assaymark.core.attestation import OF_THE_LOG, AttestationKind, StatusEventKind
from assaymark.core.attestation import StatusEvent as StatusEventFacts
from assaymark.core.trust import Anchor, ScopeRow
from assaymark.records.journal.models import WitnessLine
from assaymark.records.scope import Owned

_KINDS = [(kind.value, kind.value.capitalize()) for kind in AttestationKind]
_EVENTS = [(e.value, e.value.replace("-", " ").capitalize()) for e in StatusEventKind if e not in OF_THE_LOG]


class Attestation(Owned):
    """What `organisation` attests of `holder`. Dates are inclusive days."""

    holder = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=_KINDS)
    number = models.CharField(max_length=60)
    edition_key = models.CharField(max_length=60, help_text="Edition attested against, such as iso-9001-2015")
    standard_label = models.CharField(max_length=120)
    statement = models.TextField(blank=True, default="", help_text="Scope in words")
    exclusions = models.JSONField(default=list, help_text="[{clause, justification}]")
    sites = models.JSONField(default=list, help_text="[{name, address, country}]")
    original_issue = models.DateField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    public = models.BooleanField(default=True, help_text="Listed in the register; otherwise status on exact request")

    ROW_SECURITY: ClassVar[str] = "organisation_id = {organisation} OR holder_id = {organisation}"

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="attestation_number_once"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="attestation_ends_after_start",
            ),
            models.CheckConstraint(condition=Q(kind__in=[k for k, _ in _KINDS]), name="attestation_kind_known"),
            models.CheckConstraint(
                condition=Q(original_issue__lte=F("valid_from")), name="attestation_original_not_after_start"
            ),
            models.CheckConstraint(condition=~Q(holder=F("organisation")), name="attestation_of_another"),
        ]
        indexes = [models.Index(fields=["holder", "kind"], name="attestation_by_holder")]

    def __str__(self) -> str:
        return self.number

    @classmethod
    def visible_to(cls, organisation_id: Any) -> Q:
        return Q(organisation_id=organisation_id) | Q(holder_id=organisation_id)


class OfAttestation(Owned):
    """A row below an attestation: visible to whoever sees the attestation."""

    attestation = models.ForeignKey(Attestation, on_delete=models.PROTECT, related_name="%(class)ss")

    ROW_SECURITY: ClassVar[str] = (
        "organisation_id = {organisation} OR EXISTS (SELECT 1 FROM attestations_attestation above"
        " WHERE above.id = attestation_id AND above.holder_id = {organisation})"
    )

    class Meta(Owned.Meta):
        abstract = True

    @classmethod
    def visible_to(cls, organisation_id: Any) -> Q:
        return Q(organisation_id=organisation_id) | Q(attestation__holder_id=organisation_id)


class Scope(OfAttestation):
    """One row of the scope: a product of dimensions with an interval (`core.trust.ScopeRow`)."""

    row = models.CharField(max_length=30)
    activity = models.CharField(max_length=60)
    competence = models.CharField(max_length=120)
    standard = models.CharField(max_length=120)
    editions = models.JSONField(default=list)
    iaf = models.JSONField(default=list)
    countries = models.JSONField(default=list)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta(OfAttestation.Meta):
        ordering: ClassVar[list[str]] = ["row"]
        constraints = [models.UniqueConstraint(fields=["attestation", "row"], name="scope_row_once")]

    def __str__(self) -> str:
        return self.row

    def facts(self) -> ScopeRow:
        """The row as `core.trust` judges it."""
        return ScopeRow(
            activity=self.activity,
            competence=self.competence,
            standard=self.standard,
            editions=frozenset(self.editions),
            iaf=frozenset(self.iaf),
            countries=frozenset(self.countries),
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            row=self.row,
        )


class Issue(OfAttestation):
    """A signed credential about the attestation. Append-only; the newest that has begun is the one that counts."""

    revision = models.PositiveIntegerField()
    decision_id = models.UUIDField(unique=True, help_text="The engine's decision that this issue carries out")
    decided_on = models.DateField()
    effective_from = models.DateField(
        null=True, help_text="The day from which this issue counts instead of the one before; empty: since the grant"
    )
    issued_at = models.DateTimeField()
    credential = models.TextField(help_text="vc+jwt")
    digest = models.CharField(max_length=100)
    status_index = models.PositiveIntegerField()

    class Meta(OfAttestation.Meta):
        ordering: ClassVar[list[str]] = ["revision"]
        constraints = [
            models.UniqueConstraint(fields=["attestation", "revision"], name="issue_revision_once"),
            models.UniqueConstraint(fields=["organisation", "status_index"], name="issue_status_index_once"),
        ]

    def __str__(self) -> str:
        return f"{self.attestation_id} revision {self.revision}"


class StatusEvent(OfAttestation):
    """One dated event in the attestation's life. Append-only."""

    seq = models.PositiveIntegerField()
    event = models.CharField(max_length=20, choices=_EVENTS)
    effective_from = models.DateTimeField()
    recorded_at = models.DateTimeField()
    reason = models.TextField(blank=True, default="")
    decision_id = models.UUIDField(null=True, blank=True)

    class Meta(OfAttestation.Meta):
        ordering: ClassVar[list[str]] = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["attestation", "seq"], name="status_event_seq_once"),
            models.CheckConstraint(condition=Q(event__in=[e for e, _ in _EVENTS]), name="status_event_known"),
        ]
        indexes = [models.Index(fields=["organisation", "attestation", "seq"], name="status_events_of")]

    def __str__(self) -> str:
        return self.event

    def facts(self) -> StatusEventFacts:
        """The event as `core.attestation` judges it."""
        return StatusEventFacts(
            seq=self.seq,
            event=StatusEventKind(self.event),
            effective_from=self.effective_from.astimezone(dt.UTC),
            recorded_at=self.recorded_at.astimezone(dt.UTC),
            reason=self.reason,
        )


class StatusLeaf(Owned):
    """One entry of an issuer's status log, the same for ever. Append-only."""

    index = models.PositiveBigIntegerField()
    attestation = models.ForeignKey(Attestation, on_delete=models.PROTECT, related_name="statusleaves")
    target = models.CharField(max_length=600)
    body = models.BinaryField(help_text="Canonical JSON (RFC 8785)")
    leaf = models.BinaryField(max_length=32)

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["index"]
        constraints = [models.UniqueConstraint(fields=["organisation", "index"], name="status_leaf_once")]
        indexes = [models.Index(fields=["attestation", "index"], name="status_leaves_of")]

    def __str__(self) -> str:
        return f"{self.index} {self.target}"


class StatusCheckpoint(Owned):
    """What was signed about an issuer's status log: its size and root at one moment (C2SP tlog-checkpoint)."""

    size = models.PositiveBigIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.TextField(help_text="The signed note")
    at = models.DateTimeField()
    timestamp = models.BinaryField(default=b"", help_text="RFC 3161 token over the note, when an authority is set")

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["size"]
        constraints = [models.UniqueConstraint(fields=["organisation", "size"], name="status_checkpoint_once")]

    def __str__(self) -> str:
        return f"{self.size} events"


class StatusCosignature(WitnessLine):
    """That a witness saw a checkpoint of the status log. Append-only."""

    checkpoint = models.ForeignKey(StatusCheckpoint, on_delete=models.PROTECT, related_name="cosignatures")

    class Meta(WitnessLine.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["checkpoint", "witness"], name="status_cosignature_once")]


class TrustAnchor(models.Model):
    """Whom this installation trusts at the top of a chain. The operator's list, not an organisation's."""

    organisation = models.OneToOneField("parties.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    did = models.CharField(max_length=300, unique=True)
    name = models.CharField(max_length=400)
    role = models.CharField(max_length=100, default="arrangement")
    kinds = models.JSONField(default=list, help_text="Activities; empty means all")
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    succeeds = models.CharField(max_length=300, blank=True, default="", help_text="Identifier of whom it succeeds")
    transition_until = models.DateField(
        null=True,
        blank=True,
        help_text="Last day for earlier statements of whom it succeeds; empty: no end",
    )
    label = models.CharField(max_length=100, blank=True, default="", help_text="Recognition label, such as IAF MLA")
    source = models.CharField(max_length=500, blank=True, default="", help_text="Where this is known from")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def facts(self) -> Anchor:
        """The anchor as `core.succession` judges it."""
        return Anchor(
            did=self.did,
            name=self.name,
            role=self.role,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            kinds=frozenset(self.kinds),
            succeeds=self.succeeds or None,
            transition_until=self.transition_until,
            label=self.label,
            source=self.source,
        )


class TrustChange(models.Model):
    """One change of the trust list: what stood there before and what stands there now. Append-only."""

    did = models.CharField(max_length=300)
    name = models.CharField(max_length=400)
    verb = models.CharField(max_length=10, choices=[(v, v.capitalize()) for v in ("added", "changed", "removed")])
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    origin = models.CharField(max_length=300, help_text="The command, or the name of the file")
    digest = models.CharField(max_length=64, blank=True, default="", help_text="SHA-256 of the file")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.name} {self.verb}"
