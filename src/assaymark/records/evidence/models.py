"""Attachments, comments and links to requirements; each points at its subject by kind and id.

Rules: a file is known by the SHA-256 of its content, its bytes lie in the blob store (ISO 9001:2015, 7.5.3.1 b); what
was attached or said is taken back by a mark, never by deletion (7.5.3.2); a link names edition and requirement.
All three belong to the organisation of whoever wrote them: what a body's auditor notes is not the client's.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from assaymark.records.parties.models import Person
from assaymark.records.scope import Owned


class Pointing(Owned):
    """A row about another row."""

    subject_kind = models.CharField(max_length=60)  # type: ignore[assignment]  # a column here, of another row
    subject_id = models.UUIDField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta(Owned.Meta):
        abstract = True
        ordering = ("at", "id")
        indexes = [
            models.Index(fields=["organisation", "subject_kind", "subject_id"], name="%(class)s_by_subject"),
        ]


class Attachment(Pointing):
    """A file kept with a record."""

    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta(Pointing.Meta):
        abstract = False
        constraints = [
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="attachment_has_a_hash"),
            models.CheckConstraint(condition=Q(size__gt=0), name="attachment_is_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name


class Comment(Pointing):
    """What somebody said about a record."""

    text = models.TextField(max_length=4000)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta(Pointing.Meta):
        abstract = False
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="comment_says_something")]

    def __str__(self) -> str:
        return self.text[:80]


class RequirementLink(Pointing):
    """The record shows that a requirement is met."""

    edition = models.CharField(max_length=60, help_text="Key of the edition, such as iso-9001-2015")
    requirement = models.CharField(max_length=40, help_text="Clause or requirement, such as 8.4 or 6.1.2 b1")
    subject_label = models.CharField(max_length=300)

    class Meta(Pointing.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "subject_kind", "subject_id", "edition", "requirement"],
                name="requirement_link_once",
            ),
            models.CheckConstraint(condition=~Q(edition="") & ~Q(requirement=""), name="requirement_link_names_both"),
        ]
        indexes = [
            *Pointing.Meta.indexes,
            models.Index(fields=["organisation", "edition", "requirement"], name="link_by_requirement"),
        ]

    def __str__(self) -> str:
        return f"{self.edition} {self.requirement}"
