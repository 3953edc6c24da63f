"""The kept PDF of an issue of a certificate, and each version of it: at first, then one with every renewed timestamp.

Rules that hold here (docs/adr/0047-timestamps.md)
* One kept PDF for an issue. What it says never changes: every version begins with the bytes of the one before.
* `ArchivedVersion` is append-only, guarded by triggers; the bytes lie in the blob store under their hash.
* `problem` says why the last attempt to renew failed; it is empty while all is well.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from assaymark.records.scope import Owned


class ArchivedPdf(Owned):
    """The PDF that `organisation` keeps of one issue of a certificate."""

    attestation = models.ForeignKey("attestations.Attestation", on_delete=models.PROTECT, related_name="+")
    issue = models.OneToOneField("attestations.Issue", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=60, help_text="Of the certificate")
    kept_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=400, blank=True, default="")

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["kept_at"]

    def __str__(self) -> str:
        return self.number

    @property
    def newest(self) -> ArchivedVersion:
        """The version that counts; uses what is prefetched."""
        return self.newest_first[0]

    @property
    def newest_first(self) -> list[ArchivedVersion]:
        """Its versions; uses what is prefetched."""
        return sorted(self.versions.all(), key=lambda version: version.number, reverse=True)


class ArchivedVersion(Owned):
    """One state of a kept PDF. Append-only."""

    archived = models.ForeignKey(ArchivedPdf, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    level = models.CharField(max_length=10, help_text="PAdES level")
    proven_at = models.DateTimeField(help_text="Signing time that its timestamps prove")
    authority = models.CharField(max_length=200, help_text="Whose timestamp proves it")
    lasts_until = models.DateTimeField(help_text="End of the certificate behind the newest timestamp")
    made_at = models.DateTimeField()

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["number"]
        constraints = [models.UniqueConstraint(fields=["archived", "number"], name="archived_version_once")]

    def __str__(self) -> str:
        return f"version {self.number}"
