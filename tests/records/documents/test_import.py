"""Import with history: all or nothing, again without duplicates, and in force on a day exactly as the source says."""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from assaymark.catalogue.handbook import HANDBOOK
from assaymark.core.document_history import HistoryRefused
from assaymark.core.documents import Change
from assaymark.records.documents import actions, queries
from assaymark.records.documents.importing import ImportResult, import_documents, read_source
from assaymark.records.documents.models import Document, DocumentImport, Revision
from assaymark.records.journal.models import JournalEntry
from assaymark.records.scope import organisation_scope
from assaymark.records.search.queries import search
from tests.document_cast import AT, Cast, approved, assemble, draft

FIVE_DAYS = [date(2018, 3, 27), date(2019, 7, 1), date(2020, 11, 30), date(2022, 2, 14), date(2026, 1, 1)]
Line = dict[str, Any]


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


def take(cast: Cast, source: Path, *, at: datetime = AT) -> ImportResult:
    return import_documents(organisation_id=cast.halden.pk, source=read_source(source, at=at), at=at)


def in_force(cast: Cast, day: date) -> dict[str, str]:
    with organisation_scope(cast.halden.pk):
        return {d.path: d.sha256 for d in queries.in_force(on=day)}


def as_the_source_says(lines: list[Line], day: date) -> dict[str, str]:
    """An independent reading: apply the lines in order up to the end of the day in UTC, keep what is there."""
    end = datetime.combine(day, time(), UTC) + timedelta(days=1)
    there: dict[str, str] = {}
    for line in lines:
        if datetime.fromisoformat(line["date"]) >= end:
            continue
        if line["status"] == "D":
            del there[line["path"]]
        else:
            there[line["path"]] = hashlib.sha256(line["content"].encode()).hexdigest()
    return there


@pytest.fixture(scope="module")
def handbook_lines() -> list[Line]:
    return [json.loads(line) for line in lzma.decompress(HANDBOOK.read_bytes()).decode().splitlines()]


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    def write(*lines: Line, name: str = "handbook.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return path

    return write


def line(path: str, commit: str, status: str = "A", content: str = "text", day: str = "2020-01-01") -> Line:
    whole = {"path": path, "commit": commit, "date": f"{day}T12:00:00+00:00", "author": "Ada", "message": "Why",
             "status": status}  # fmt: skip
    return whole if status == "D" else whole | {"content": content}


class TestTheHandbook:
    def test_is_in_force_on_five_days_exactly_as_its_history_says(self, cast: Cast, handbook_lines: list[Line]) -> None:
        result = take(cast, HANDBOOK)
        assert (result.documents_added, result.revisions_added, result.withdrawals) == (390, 2033, 112)
        for day in FIVE_DAYS:
            expected = as_the_source_says(handbook_lines, day)
            assert in_force(cast, day) == expected, day
        assert len(in_force(cast, FIVE_DAYS[1])) == 73
        assert in_force(cast, date(2016, 1, 1)) == {}

    def test_again_changes_nothing(self, cast: Cast) -> None:
        take(cast, HANDBOOK)
        with organisation_scope(cast.halden.pk):
            before = (Revision.objects.count(), JournalEntry.objects.count(), DocumentImport.objects.count())
        result = take(cast, HANDBOOK)
        assert (result.known_before, result.documents_added, result.revisions_added) == (2145, 0, 0)
        with organisation_scope(cast.halden.pk):
            assert (Revision.objects.count(), JournalEntry.objects.count(), DocumentImport.objects.count()) == before

    def test_in_two_parts_is_the_same_as_at_once(
        self, cast: Cast, handbook_lines: list[Line], written: Callable[..., Path]
    ) -> None:
        middle = next(n for n in range(1200, 2000) if handbook_lines[n]["commit"] != handbook_lines[n - 1]["commit"])
        first = take(cast, written(*handbook_lines[:middle]))
        second = take(cast, HANDBOOK)
        assert first.changes_read == second.known_before == middle
        for day in FIVE_DAYS:
            assert in_force(cast, day) == as_the_source_says(handbook_lines, day), day
        with organisation_scope(cast.halden.pk):
            assert Document.objects.count() == 390
            assert Revision.objects.count() == 2033

    def test_says_of_a_renamed_document_which_one_it_continues(self, cast: Cast) -> None:
        take(cast, HANDBOOK)
        with organisation_scope(cast.halden.pk):
            renamed = Document.objects.filter(continues__isnull=False)
            assert renamed.count() > 50
            assert all(d.path != d.continues.path for d in renamed.select_related("continues") if d.continues)

    def test_is_told_in_the_journal_revision_by_revision(self, cast: Cast) -> None:
        take(cast, HANDBOOK)
        with organisation_scope(cast.halden.pk):
            entries = JournalEntry.objects.filter(verb="documents.imported")
            told = {
                (str(entry.subject_id), label, sha256)
                for entry in entries
                for label, sha256, _, _ in json.loads(bytes(entry.body))["after"]["revisions"]
            }
            rows = Revision.objects.values_list("document_id", "label", "sha256")
            assert told == {(str(document), label, sha256) for document, label, sha256 in rows}

    def test_can_be_searched(self, cast: Cast) -> None:
        take(cast, HANDBOOK)
        with organisation_scope(cast.halden.pk):
            titles = [hit.title for hit in search(text="codebase steward", day=AT.date())]
        assert any("steward" in title.lower() for title in titles)


class TestAHistory:
    def test_of_deletion_and_return_gives_the_next_major_revision(
        self, cast: Cast, written: Callable[..., Path]
    ) -> None:
        take(cast, written(
            line("a.md", "1", content="one"), line("a.md", "2", "M", "two", "2020-02-01"),
            line("a.md", "3", "D", day="2020-03-01"), line("a.md", "4", "A", "four", "2020-05-01"),
        ))  # fmt: skip
        with organisation_scope(cast.halden.pk):
            assert list(Revision.objects.order_by("sequence").values_list("label", flat=True)) == ["1.0", "1.1", "2.0"]
        assert in_force(cast, date(2020, 2, 29)) != {}
        assert in_force(cast, date(2020, 3, 1)) == in_force(cast, date(2020, 4, 30)) == {}
        assert in_force(cast, date(2020, 5, 1)) == {"a.md": hashlib.sha256(b"four").hexdigest()}

    def test_with_a_clock_that_went_back_follows_the_order_of_commits(
        self, cast: Cast, written: Callable[..., Path]
    ) -> None:
        lines = [
            line("a.md", "1", content="one", day="2020-01-10"),
            line("a.md", "2", "M", "two", "2020-01-05"),
            line("a.md", "3", "M", "three", "2020-01-20"),
        ]
        take(cast, written(*lines))
        for day in (date(2020, 1, 4), date(2020, 1, 5), date(2020, 1, 10), date(2020, 1, 20)):
            assert in_force(cast, day) == as_the_source_says(lines, day), day

    def test_with_two_changes_on_a_day_counts_the_last(self, cast: Cast, written: Callable[..., Path]) -> None:
        take(cast, written(line("a.md", "1"), line("a.md", "2", "M", "evening")))
        assert in_force(cast, date(2020, 1, 1)) == {"a.md": hashlib.sha256(b"evening").hexdigest()}

    @pytest.mark.parametrize(
        "wrong",
        [
            line("../../etc/passwd", "2"),
            line("/etc/passwd", "2"),
            line("b.md", "2", "M"),
            line("b.md", "2", "D"),
            line("a.md", "2", "A"),
        ],
        ids=lambda wrong: f"{wrong['status']} {wrong['path']}",
    )
    def test_with_one_wrong_line_leaves_nothing_behind(
        self, cast: Cast, written: Callable[..., Path], wrong: Line
    ) -> None:
        with organisation_scope(cast.halden.pk):
            before = JournalEntry.objects.count()
        with pytest.raises(HistoryRefused, match="line 2: "):
            take(cast, written(line("a.md", "1"), wrong, line("c.md", "3")))
        with organisation_scope(cast.halden.pk):
            assert not Document.objects.exists()
            assert JournalEntry.objects.count() == before

    def test_that_was_rewritten_is_refused(self, cast: Cast, written: Callable[..., Path]) -> None:
        take(cast, written(line("a.md", "1"), line("b.md", "2")))
        for rewritten in (
            [line("a.md", "1", content="other"), line("b.md", "2")],
            [line("a.md", "1"), line("c.md", "3")],
            [line("a.md", "1"), line("c.md", "3"), line("b.md", "2")],
        ):
            with pytest.raises(HistoryRefused, match="Histories only grow"):
                take(cast, written(*rewritten))
        with organisation_scope(cast.halden.pk):
            assert Document.objects.count() == 2

    def test_does_not_take_a_path_that_another_source_brought(self, cast: Cast, written: Callable[..., Path]) -> None:
        take(cast, written(line("a.md", "1")))
        with pytest.raises(HistoryRefused, match="another source"):
            take(cast, written(line("a.md", "x1")))

    def test_waits_for_a_draft_that_somebody_works_on(self, cast: Cast, written: Callable[..., Path]) -> None:
        take(cast, written(line("a.md", "1")))
        with organisation_scope(cast.halden.pk):
            document_id = Document.objects.get().pk
        actions.start_revision(document_id=document_id, change=Change.MINOR, by=cast.priya, at=AT)
        with pytest.raises(HistoryRefused, match=r"revision 1\.1 open"):
            take(cast, written(line("a.md", "1"), line("a.md", "2", "M", "two")))

    def test_stands_beside_documents_written_here(self, cast: Cast, written: Callable[..., Path]) -> None:
        approved(cast)
        draft(cast)
        take(cast, written(line("a.md", "1")))
        with organisation_scope(cast.halden.pk):
            assert [d.number for d in queries.in_force(on=AT.date())] == ["DOC-0001", "DOC-0003"]

    def test_stays_within_its_organisation(self, cast: Cast, written: Callable[..., Path]) -> None:
        source = written(line("a.md", "1", content="canary"))
        take(cast, source)
        with organisation_scope(cast.brandt.pk):
            assert queries.in_force(on=AT.date()) == []
            assert search(text="canary", day=AT.date()) == []
        result = import_documents(organisation_id=cast.brandt.pk, source=read_source(source, at=AT), at=AT)
        assert result.documents_added == 1


class TestAFolder:
    def test_is_taken_as_it_is_today_and_again_without_duplicates(self, cast: Cast, tmp_path: Path) -> None:
        folder = tmp_path / "procedures"
        (folder / "deep").mkdir(parents=True)
        (folder / "deep" / "b.txt").write_text("b")
        (folder / "a.md").write_text("# A")
        (folder / "form.pdf").write_bytes(b"%PDF-1.7\n")
        (folder / "picture.png").write_bytes(b"\x89PNG")
        (folder / ".git-like").mkdir()
        (folder / ".git-like" / "c.md").write_text("hidden")
        (tmp_path / "secret.md").write_text("secret")
        (folder / "link.md").symlink_to(tmp_path / "secret.md")
        (folder / "loop").symlink_to(folder)
        assert take(cast, folder).documents_added == 3
        assert sorted(in_force(cast, AT.date())) == ["a.md", "deep/b.txt", "form.pdf"]
        assert take(cast, folder).revisions_added == 0

    def test_that_changed_gives_revisions_of_today_and_names_what_is_missing(self, cast: Cast, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text("one")
        (tmp_path / "b.md").write_text("b")
        take(cast, tmp_path)
        (tmp_path / "a.md").write_text("two")
        (tmp_path / "b.md").unlink()
        later = AT + timedelta(days=30)
        result = take(cast, tmp_path, at=later)
        assert (result.revisions_added, result.missing) == (1, ("b.md",))
        assert in_force(cast, AT.date())["a.md"] == hashlib.sha256(b"one").hexdigest()
        assert in_force(cast, later.date())["a.md"] == hashlib.sha256(b"two").hexdigest()
        assert "b.md" in in_force(cast, later.date())

    def test_with_a_file_that_is_not_what_its_name_says_is_refused(self, cast: Cast, tmp_path: Path) -> None:
        (tmp_path / "a.md").write_text("fine")
        (tmp_path / "b.pdf").write_bytes(b"MZ\xff")
        with pytest.raises(HistoryRefused, match=r"b\.pdf"):
            take(cast, tmp_path)
        with organisation_scope(cast.halden.pk):
            assert not Document.objects.exists()

    def test_that_is_empty_or_not_there_is_refused(self, cast: Cast, tmp_path: Path) -> None:
        for source in (tmp_path, tmp_path / "nowhere"):
            with pytest.raises(HistoryRefused):
                take(cast, source)
