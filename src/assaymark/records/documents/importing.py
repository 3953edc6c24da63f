"""Import of documents with their history: all of it or nothing, and again without duplicates (ISO 9001:2015, 7.5.3).

* A document is a path in the source. Every version is a revision (1.0, 1.1, …; after a deletion the next major),
  approved as history: in force from the UTC day of its commit. The import stands in for its approval
  (`DocumentImport`).
* A source that begins with the same commit is the same source. What is known of it must be there unchanged; what
  follows is added. A folder has no history: what differs from the last import becomes a revision of today.
* Journal: one entry a touched document, with label, SHA-256, commit and day of every revision that came, and one entry
  for the import with a digest over all of it.
Everything goes into one transaction. Files go to the blob store first, where an unreferenced one does no harm.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from assaymark.adapters import document_folder, git_history
from assaymark.core import document_history
from assaymark.core.document_history import HistoryRefused, Problem, SourceChange
from assaymark.core.parties import Actor
from assaymark.formats import handbook
from assaymark.records.documents import imported
from assaymark.records.documents.imported import Ledger
from assaymark.records.documents.models import Document, DocumentImport, Revision
from assaymark.records.journal.actions import Change, append_many
from assaymark.records.scope import organisation_scope

FOLDER = "folder"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """What was read from outside. kind: "history" or "folder"; origin: the name to remember it by."""

    kind: str
    origin: str
    changes: tuple[SourceChange, ...]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did. missing: paths of a folder's earlier documents that are no longer in it (left in force)."""

    changes_read: int
    documents_added: int
    revisions_added: int
    withdrawals: int
    known_before: int
    missing: tuple[str, ...] = ()


def read_source(path: Path, *, at: datetime) -> Source:
    """Read a folder, a git repository or a JSON-lines file. Raises `HistoryRefused` with every problem."""
    origin = path.resolve().name or str(path)
    if path.is_dir():
        if git_history.is_repository(path):
            return Source("history", origin, tuple(git_history.read(path)))
        return Source(FOLDER, origin, tuple(document_folder.read(path, at=at, author=origin)))
    if path.is_file():
        with path.open("rb") as stream:
            return Source("history", origin, tuple(handbook.read(stream)))
    raise HistoryRefused([Problem(str(path), "There is no such file or folder.", "Check the path.")])


def import_documents(
    *,
    organisation_id: UUID,
    source: Source,
    at: datetime,
    by: Actor | None = None,
    progress: Progress = lambda _stage, _done, _total: None,
) -> ImportResult:
    """Take a source into an organisation. An act of the operator (by None) or of a person with the right to write.

    Raises `HistoryRefused` with a problem per offending item; nothing is kept then.
    """
    if not source.changes:
        raise HistoryRefused([Problem(source.origin, "There is no document in it.", "Check that it is the right one.")])
    with transaction.atomic(), organisation_scope(organisation_id):
        return _import(organisation_id, source, at, by, progress)


def _import(organisation_id: UUID, source: Source, at: datetime, by: Actor | None, progress: Progress) -> ImportResult:
    if source.kind == FOLDER:
        name, problems = FOLDER, document_history.check(source.changes)
        fresh, known, missing = _new_in_folder(source.changes)
    else:
        name, problems = f"history:{source.changes[0].commit}", document_history.check(source.changes)
        fresh, known, rewritten = _new_in_history(name, source.changes)
        missing, problems = (), [*problems, *rewritten]
    problems = problems or [*_collisions(name, fresh), *_open_drafts(fresh)]
    if problems:
        raise HistoryRefused(problems[: document_history.MOST_PROBLEMS])
    if not fresh:
        return ImportResult(len(source.changes), 0, 0, 0, known, missing)
    run: DocumentImport = DocumentImport.objects.create(
        organisation_id=organisation_id,
        source=name,
        origin=source.origin[:400],
        at=at,
        person_id=by.person_id if by else None,
        versions=len(fresh),
        digest=_digest(fresh),
    )
    ledger = Ledger.load(organisation_id=organisation_id, source=name, run=run, at=at, paths={c.path for c in fresh})
    for done, commit in enumerate(_by_commit(fresh)):
        progress("Reading versions", done, len(fresh))
        ledger.take(commit)
    if ledger.problems:
        raise HistoryRefused(ledger.problems)
    ledger.save(progress)
    _tell(run, ledger, by=by, at=at, progress=progress)
    return ImportResult(
        changes_read=len(source.changes),
        documents_added=len(ledger.new_documents),
        revisions_added=len(ledger.new_revisions),
        withdrawals=sum(c.status == "D" for c in fresh),
        known_before=known,
        missing=missing,
    )


def _by_commit(changes: Iterable[SourceChange]) -> list[list[SourceChange]]:
    """Consecutive changes of one commit together; without commits (a folder) each alone."""
    groups: list[list[SourceChange]] = []
    for change in changes:
        if groups and change.commit and groups[-1][0].commit == change.commit:
            groups[-1].append(change)
        else:
            groups.append([change])
    return groups


def _new_in_history(source: str, changes: Sequence[SourceChange]) -> tuple[list[SourceChange], int, list[Problem]]:
    """What of a history is new, how many changes were known, and where it was rewritten since."""
    known: dict[tuple[str, str], str] = {}
    rows = Revision.objects.filter(document__source=source).exclude(imported_by=None)
    for path, commit, sha256, ended in rows.values_list(
        "document__path", "source_commit", "sha256", "withdrawal_commit"
    ):
        known[(commit, path)] = sha256
        if ended:
            known[(ended, path)] = ""
    commits = {commit for commit, _ in known}
    fresh: list[SourceChange] = []
    problems: list[Problem] = []
    step = "Histories only grow here. Import the source into a new organisation, or restore its history."
    for change in changes:
        if change.commit not in commits:
            fresh.append(change)
        elif known.pop((change.commit, change.path), None) != change.sha256 or fresh:
            message = f"{change.path[:80]!r} in commit {change.commit[:12]} is not what was imported before."
            problems.append(Problem(change.where, message, step))
    for commit, path in list(known)[: document_history.MOST_PROBLEMS]:
        problems.append(Problem(f"commit {commit[:12]}", f"{path[:80]!r} was imported from it and is gone.", step))
    return fresh, len(changes) - len(fresh), problems


def _new_in_folder(changes: Sequence[SourceChange]) -> tuple[list[SourceChange], int, tuple[str, ...]]:
    """What of a folder differs from the last import, how much is the same, and which paths are no longer there."""
    last = imported.last_revisions(Document.objects.filter(source=FOLDER))
    fresh = [c for c in changes if c.path not in last or last[c.path].sha256 != c.sha256]
    missing = sorted(p for p in set(last) - {c.path for c in changes} if last[p].withdrawn_from is None)
    return fresh, len(changes) - len(fresh), tuple(missing)


def _collisions(source: str, fresh: Sequence[SourceChange]) -> list[Problem]:
    """Paths that another source has brought before."""
    theirs = dict(Document.objects.exclude(source=source).exclude(path="").values_list("path", "source"))
    found = {change.path: change for change in fresh if change.path in theirs}
    return [
        Problem(change.where, f"{path[:80]!r} came from another source before.", "Rename it, or import that source.")
        for path, change in found.items()
    ]


def _open_drafts(fresh: Sequence[SourceChange]) -> list[Problem]:
    """Documents that somebody is working on: an import would overtake them."""
    paths = {change.path: change for change in fresh}
    rows = Revision.objects.exclude(state="approved").exclude(document__path="")
    return [
        Problem(paths[path].where, f"{path[:80]!r} has revision {label} open.", "Have it approved first.")
        for path, label in rows.values_list("document__path", "label")
        if path in paths
    ]


def _digest(changes: Iterable[SourceChange]) -> str:
    """SHA-256 over lines "commit status sha256 path" of all changes, in order."""
    digest = hashlib.sha256()
    for c in changes:
        digest.update(f"{c.commit} {c.status} {c.sha256} {c.path}\n".encode())
    return digest.hexdigest()


def _tell(run: DocumentImport, ledger: Ledger, *, by: Actor | None, at: datetime, progress: Progress) -> None:
    touched = ledger.touched()
    progress("Writing the journal", 0, 1)
    whole = Change(
        verb="documents.history_imported",
        subject_kind=DocumentImport.subject_kind(),
        subject_id=run.pk,
        subject_label=run.origin,
        at=at,
        after={"source": run.source, "versions": run.versions, "digest": run.digest, "documents": len(touched)},
    )
    each = (
        Change(
            verb="documents.imported",
            subject_kind=Document.subject_kind(),
            subject_id=document.pk,
            subject_label=str(document),
            at=at,
            after={"path": document.path, "import": str(run.pk), **told},
        )
        for document, told in touched
    )
    append_many(organisation_id=run.organisation_id, changes=[whole, *each], by=by)
