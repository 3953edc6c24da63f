"""Documents and their revisions (ISO 9001:2015, 7.5).

Rules kept by the database itself, on both engines
* an approved revision never changes and is never deleted (`triggers`); only its withdrawal is added
* its author is not its approver (check), it is approved once (unique approval)
* a document has at most one open revision, and no label or sequence number twice (unique)
Whether a revision is in force follows from dates (`core.documents.in_force_on`); nothing has to be run at midnight.
"""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from assaymark.core.documents import DocumentFacts, RevisionFacts, State
from assaymark.records.scope import Owned

_OPEN = Q(state__in=[State.DRAFT, State.IN_REVIEW])


class DocumentImport(Owned):
    """One run of an import; it stands in for the approval of the revisions that came with it."""

    source = models.CharField(max_length=120, help_text="history:<first commit> or folder")
    origin = models.CharField(max_length=400, help_text="File or folder name as given")
    at = models.DateTimeField()
    person = models.ForeignKey("parties.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    versions = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, help_text="SHA-256 over all its versions, in order")

    class Meta(Owned.Meta):
        pass

    def __str__(self) -> str:
        return self.origin


class Document(Owned):
    """What is controlled: its number and owner stay while its revisions come and go."""

    number = models.CharField(max_length=30)
    title = models.CharField(max_length=200)
    path = models.CharField(max_length=400, blank=True, default="", help_text="Where it lies in the source")
    source = models.CharField(max_length=120, blank=True, default="")
    continues = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="continued_by")
    owner = models.ForeignKey("parties.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    clauses = models.JSONField(default=list, help_text="Clauses of ISO 9001 that it serves, such as 8.4.1")
    readers = models.JSONField(default=list, help_text="Roles that read and confirm each major revision")
    review_months = models.PositiveSmallIntegerField(default=24)
    next_review = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="document_number_once"),
            models.UniqueConstraint(fields=["organisation", "path"], condition=~Q(path=""), name="document_path_once"),
        ]
        indexes = [
            models.Index(fields=["organisation", "title"], name="document_by_title"),
            models.Index(fields=["organisation", "next_review"], name="document_by_review"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def facts(self) -> DocumentFacts:
        """What the rules look at; one query for the revisions."""
        return DocumentFacts(
            id=self.pk,
            number=self.number,
            title=self.title,
            review_months=self.review_months,
            next_review=self.next_review,
            revisions=tuple(
                r.facts() for r in Revision.objects.filter(document_id=self.pk).defer("text").order_by("sequence")
            ),
        )


class Revision(Owned):
    """One revision: text written here or a file by its hash, never both."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="revisions")
    sequence = models.PositiveIntegerField()
    label = models.CharField(max_length=20)
    state = models.CharField(max_length=12, default=State.DRAFT, choices=[(s.value, s.value) for s in State])
    title = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100, default="text/markdown")
    text = models.TextField(blank=True, default="", help_text="Authored content; empty for a file")
    blob = models.CharField(max_length=64, blank=True, default="", help_text="SHA-256 of an uploaded file")
    file_name = models.CharField(max_length=200, blank=True, default="")
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, help_text="SHA-256 of the content, text or file")
    change_summary = models.CharField(max_length=500, blank=True, default="")
    author = models.ForeignKey("parties.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    contributors = models.JSONField(default=list, help_text="Ids of all who saved it")
    version = models.PositiveIntegerField(default=1, help_text="Counts saves; guards against lost updates")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey("parties.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    effective_from = models.DateField(null=True, blank=True)
    withdrawn_from = models.DateField(null=True, blank=True)
    withdrawal_reason = models.CharField(max_length=500, blank=True, default="")
    pdf = models.CharField(max_length=64, blank=True, default="", help_text="SHA-256 of the PDF made of the text")
    imported_by = models.ForeignKey(
        DocumentImport, null=True, blank=True, on_delete=models.PROTECT, related_name="revisions"
    )
    source_commit = models.CharField(max_length=64, blank=True, default="")
    source_author = models.CharField(max_length=200, blank=True, default="")
    withdrawal_commit = models.CharField(max_length=64, blank=True, default="")

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["-sequence"]
        constraints = [
            models.UniqueConstraint(fields=["document", "sequence"], name="revision_sequence_once"),
            models.UniqueConstraint(fields=["document", "label"], name="revision_label_once"),
            models.UniqueConstraint(fields=["document"], condition=_OPEN, name="revision_open_once"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("author")), name="revision_author_not_approver"
            ),
            models.CheckConstraint(
                condition=_OPEN
                | Q(effective_from__isnull=False, approved_at__isnull=False, approved_by__isnull=False)
                | Q(effective_from__isnull=False, approved_at__isnull=False, imported_by__isnull=False),
                name="revision_approved_has_approval",
            ),
            models.CheckConstraint(condition=Q(text="") | Q(blob=""), name="revision_text_or_file"),
        ]
        # The first column that narrows is the document: without statistics SQLite takes the index with most equalities.
        indexes = [
            models.Index(fields=["document", "organisation", "state", "effective_from"], name="revision_of_document"),
            models.Index(fields=["organisation", "state", "effective_from"], name="revision_in_force"),
        ]

    def __str__(self) -> str:
        return self.label

    def facts(self) -> RevisionFacts:
        """What the rules look at."""
        return RevisionFacts(
            id=self.pk,
            sequence=self.sequence,
            label=self.label,
            state=State(self.state),
            author_id=self.author_id,
            contributor_ids=frozenset(UUID(c) for c in self.contributors),
            has_content=self.size > 0,
            change_summary=self.change_summary,
            effective_from=self.effective_from,
            withdrawn_from=self.withdrawn_from,
        )


class Approval(Owned):
    """A signature under a revision: approved, or sent back with a reason."""

    class Outcome(models.TextChoices):
        APPROVED = "approved", "Approved"
        SENT_BACK = "sent_back", "Sent back"

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="approvals")
    person = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    sha256 = models.CharField(max_length=64, help_text="Of the content that was looked at")
    reason = models.CharField(max_length=1000, blank=True, default="")

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["revision"], condition=Q(outcome="approved"), name="approval_once")
        ]

    def __str__(self) -> str:
        return self.outcome


class Acknowledgement(Owned):
    """A person is to read a revision, and confirms that they have understood it."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="acknowledgements")
    person = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    due = models.DateField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["due"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "person"], name="acknowledgement_once"),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="acknowledgement_done_or_cancelled",
            ),
        ]
        indexes = [models.Index(fields=["person", "due"], name="acknowledgement_by_person")]

    def __str__(self) -> str:
        return f"{self.revision_id} by {self.person_id}"


class Review(Owned):
    """A periodic review of a document and its verdict."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="reviews")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    verdict = models.CharField(max_length=10)
    note = models.CharField(max_length=1000, blank=True, default="")

    class Meta(Owned.Meta):
        ordering: ClassVar[list[str]] = ["-at"]

    def __str__(self) -> str:
        return self.verdict
