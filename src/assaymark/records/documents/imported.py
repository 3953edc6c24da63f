"""The ledger of one import: turns changes into rows, in memory, and writes them in bulk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from assaymark.adapters.blobs import blobs
from assaymark.core import document_history, document_kinds, documents
from assaymark.core.document_history import Problem, SourceChange
from assaymark.core.documents import Change
from assaymark.records.documents.models import Document, DocumentImport, Revision
from assaymark.records.parties.models import Sequence as Numbers
from assaymark.records.search.models import SearchEntry

NUMBER_PREFIX = "DOC-"
REVIEW_MONTHS = 24
UNKNOWN_TEXT = "application/octet-stream"
_BATCH = 200


def last_revisions(of: QuerySet[Document]) -> dict[str, Revision]:
    """Path → the last revision (without its text) of each of these documents."""
    later = Revision.objects.filter(document=OuterRef("document"), sequence__gt=OuterRef("sequence"))
    rows = Revision.objects.filter(~Exists(later), document__in=of).select_related("document").defer("text")
    return {row.document.path: row for row in rows}


@dataclass
class Ledger:
    """Everything that one import adds, until it is saved."""

    organisation_id: UUID
    source: str
    run: DocumentImport
    at: datetime
    last: dict[str, Revision]
    new_documents: list[Document] = field(default_factory=list)
    new_revisions: list[Revision] = field(default_factory=list)
    ended: list[Revision] = field(default_factory=list)  # withdrawn now, but known before
    problems: list[Problem] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)  # what each path holds, for finding renames
    told: dict[UUID, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def load(cls, *, organisation_id: UUID, source: str, run: DocumentImport, at: datetime, paths: set[str]) -> Ledger:
        """The ledger on top of what is known of these paths."""
        known = last_revisions(Document.objects.filter(source=source))
        return cls(organisation_id, source, run, at, {path: r for path, r in known.items() if path in paths})

    def take(self, commit: Sequence[SourceChange]) -> None:
        """Take the changes of one commit: deletions first, so that a rename finds what it continues."""
        gone = {c.path: self._held(c.path) for c in commit if c.status == "D"}
        continued = document_history.continued(gone, commit) if gone else {}
        for change in sorted(commit, key=lambda c: c.status != "D"):
            if change.status == "D":
                self._end(change)
            else:
                self._add(change, continued.get(change.path))

    def save(self, progress: Callable[[str, int, int], None]) -> None:
        """Write all rows in bulk, inside the caller's transaction."""
        self._number()
        Document.objects.bulk_create(self.new_documents, batch_size=_BATCH)
        for start in range(0, len(self.new_revisions), _BATCH):
            progress("Writing revisions", start, len(self.new_revisions))
            Revision.objects.bulk_create(self.new_revisions[start : start + _BATCH])
        fields = ["withdrawn_from", "withdrawal_reason", "withdrawal_commit"]
        Revision.objects.bulk_update(self.ended, fields, batch_size=_BATCH)
        added = {document.pk for document in self.new_documents}
        changed = [r.document for r in self.last.values() if r.document.pk in self.told and r.document.pk not in added]
        Document.objects.bulk_update(changed, ["title", "next_review", "continues"], batch_size=_BATCH)
        self._make_findable()

    def touched(self) -> list[tuple[Document, dict[str, Any]]]:
        """Documents that this import changed, with what the journal tells of each."""
        return [(r.document, self.told[r.document.pk]) for r in self.last.values() if r.document.pk in self.told]

    def _held(self, path: str) -> bytes:
        """What a path holds before the commit at hand; b"" for a file."""
        if path not in self.contents:
            self.contents[path] = self.last[path].text.encode()
        return self.contents[path]

    def _end(self, change: SourceChange) -> None:
        revision = self.last[change.path]
        if revision.withdrawn_from is None:
            revision.withdrawn_from, revision.withdrawal_commit = change.day, change.commit
            revision.withdrawal_reason = change.message[:500]
            if not revision._state.adding:
                self.ended.append(revision)
        revision.document.next_review = None
        self.contents.pop(change.path, None)
        self._told(revision.document)["withdrawn"] = {"from": change.day.isoformat(), "commit": change.commit}

    def _add(self, change: SourceChange, continues: str | None) -> None:
        assert change.content is not None
        previous = self.last.get(change.path)
        document = previous.document if previous else self._document(change)
        if continues and previous is None:
            document.continues = self.last[continues].document
        again = previous is not None and previous.withdrawn_from is not None
        kind = Change.MAJOR if again else Change.MINOR
        revision = Revision(
            organisation_id=self.organisation_id,
            document=document,
            sequence=previous.sequence + 1 if previous else 1,
            label=documents.next_label(previous.label if previous else None, kind),
            state=documents.State.APPROVED,
            size=len(change.content),
            sha256=change.sha256,
            change_summary=change.message[:500],
            created_at=change.at,
            approved_at=self.at,
            effective_from=change.day,
            imported_by=self.run,
            source_commit=change.commit,
            source_author=change.author,
            **self._content(change),
        )
        document.title = revision.title
        document.next_review = documents.review_due(since=change.day, months=document.review_months)
        self.last[change.path] = revision
        self.contents[change.path] = change.content
        self.new_revisions.append(revision)
        told = self._told(document)
        told.setdefault("revisions", []).append(
            [revision.label, revision.sha256, change.commit, change.day.isoformat()]
        )
        told.pop("withdrawn", None)

    def _document(self, change: SourceChange) -> Document:
        document = Document(
            organisation_id=self.organisation_id,
            path=change.path,
            source=self.source,
            created_at=self.at,
            review_months=REVIEW_MONTHS,
        )
        self.new_documents.append(document)
        return document

    def _content(self, change: SourceChange) -> dict[str, str]:
        """Text or file of a version, its media type and its title."""
        assert change.content is not None
        name = change.path.rsplit("/", 1)[-1]
        lower = name.lower()
        text = document_kinds.text_of(change.content)
        if text is not None and not lower.endswith((".pdf", ".docx", ".odt")):
            markdown = lower.endswith(document_kinds.MARKDOWN_NAMES)
            kind = document_kinds.MARKDOWN if markdown else document_kinds.PLAIN
            return {"text": text, "media_type": kind, "title": documents.title_of(text, change.path)}
        kind = UNKNOWN_TEXT
        if lower.endswith((".pdf", ".docx", ".odt")):
            try:
                kind = document_kinds.kind_of(change.content, name=name)
            except document_kinds.NotADocument as error:
                self.problems.append(Problem(change.where, f"{change.path!r}: {error.reason}", "Leave it out."))
        return {
            "blob": blobs().put(change.content),
            "media_type": kind,
            "file_name": document_kinds.safe_name(name, kind),
            "title": documents.title_of("", change.path),
        }

    def _number(self) -> None:
        """Numbers for all new documents at once, from the organisation's own sequence."""
        Numbers.objects.get_or_create(organisation_id=self.organisation_id, prefix=NUMBER_PREFIX)
        row = Numbers.objects.select_for_update().get(prefix=NUMBER_PREFIX)
        for number, document in enumerate(self.new_documents, start=row.value + 1):
            document.number = f"{NUMBER_PREFIX}{number:04d}"
        row.value += len(self.new_documents)
        row.save(update_fields=["value"])

    def _make_findable(self) -> None:
        """The last revision of each touched document, as long as it is in force."""
        rows = [r for r in self.last.values() if r.document.pk in self.told]
        ids = [r.document.pk for r in rows]
        for start in range(0, len(ids), _BATCH):
            SearchEntry.objects.filter(
                subject_kind=Document.subject_kind(), subject_id__in=ids[start : start + _BATCH]
            ).delete()
        SearchEntry.objects.bulk_create(
            (
                SearchEntry(
                    organisation_id=self.organisation_id,
                    subject_kind=Document.subject_kind(),
                    subject_id=r.document.pk,
                    number=r.document.number,
                    title=r.title,
                    text=documents.without_front_matter(r.text),
                    begins=r.effective_from,
                    until=r.withdrawn_from,
                )
                for r in rows
                if r.withdrawn_from is None or r.withdrawn_from > self.at.date()
            ),
            batch_size=_BATCH,
        )

    def _told(self, document: Document) -> dict[str, Any]:
        return self.told.setdefault(document.pk, {})
