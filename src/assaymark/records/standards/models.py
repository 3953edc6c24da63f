"""Editions of standards with their clauses and requirements, as rows.

Rules
* Reference data shared by all organisations: no owner, no scope; nothing here says anything about anybody.
* An edition is known by its key ("iso-9001-2015"); loading again finds it, and nodes keep their ids by their number,
  so that what points at a requirement goes on pointing at it.
* Dates that an operator has set stay when the catalogue is loaded again (`dates_set`).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from assaymark.records.scope import new_id


class StandardEdition(models.Model):
    """One edition of a standard, such as ISO 9001:2015."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=120, unique=True)
    standard_key = models.CharField(max_length=120, db_index=True)
    designation = models.CharField(max_length=200)
    label = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=300, help_text="As it is cited: ISO 9001:2015")
    title = models.CharField(max_length=300)
    attestation = models.CharField(max_length=40, blank=True)
    published = models.DateField(null=True, blank=True)
    transition_ends = models.DateField(null=True, blank=True)
    last_audit = models.DateField(null=True, blank=True)
    dates_set = models.BooleanField(default=False)
    confirmed = models.BooleanField(default=True)
    replaces = models.CharField(max_length=120, blank=True)
    amendments = models.JSONField(default=list)
    changes = models.JSONField(default=list)
    source = models.CharField(max_length=40, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    attribution = models.CharField(max_length=400, blank=True)
    position = models.PositiveIntegerField(default=1000)
    clause_count = models.PositiveIntegerField(default=0)
    requirement_count = models.PositiveIntegerField(default=0)
    content_hash = models.CharField(max_length=64, help_text="SHA-256 of what was loaded; the same means nothing to do")
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ("position", "key")
        constraints = [
            models.CheckConstraint(
                name="edition_transition_after_publication",
                condition=Q(transition_ends=None) | Q(published=None) | Q(transition_ends__gte=models.F("published")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ClauseNode(models.Model):
    """A clause in its place. position counts through the edition in reading order."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    edition = models.ForeignKey(StandardEdition, on_delete=models.CASCADE, related_name="clauses")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    number = models.CharField(max_length=80)
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    guidance = models.TextField(blank=True)
    shown_by = models.JSONField(default=list)
    checks = models.JSONField(default=list)
    position = models.PositiveIntegerField()
    depth = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("edition", "position")
        constraints = [models.UniqueConstraint(fields=("edition", "number"), name="clause_number_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


class RequirementNode(models.Model):
    """A requirement in its place; `number` is its id within the edition, such as "4.4.1 a"."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    edition = models.ForeignKey(StandardEdition, on_delete=models.CASCADE, related_name="requirements")
    clause = models.ForeignKey(ClauseNode, on_delete=models.CASCADE, related_name="requirements")
    number = models.CharField(max_length=120)
    text = models.TextField()
    question = models.TextField(blank=True)
    documented = models.CharField(max_length=10, blank=True, choices=[("maintain", "Document"), ("retain", "Record")])
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ("edition", "position")
        constraints = [models.UniqueConstraint(fields=("edition", "number"), name="requirement_number_once")]

    def __str__(self) -> str:
        return self.number
