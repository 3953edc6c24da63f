"""Whoever gets past the program to the database: refused by the triggers, and found when those were taken away.

Each way of tampering runs with the triggers removed, as somebody with the database's own rights does it. Then the
operator exports the journal and verifies it against a checkpoint that was kept elsewhere (reliability: a change
behind the program's back is named).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from assaymark.core import journal
from assaymark.core.parties import Actor
from assaymark.formats import journal_bundle
from assaymark.records.journal import checkpoints, queries, triggers
from assaymark.records.journal.actions import erase_name
from assaymark.records.journal.export import Exported, write_export
from assaymark.records.journal.models import JournalEntry
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import new_id, organisation_scope, system_scope
from tests.records.journal.conftest import AT

ROW = 'WHERE "index" = 4 AND organisation_id = %s'


def run(statement: str, *values: Any) -> None:
    with system_scope(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def raw(value: Any) -> Any:
    """An identifier as this engine keeps it."""
    return value.hex if connection.vendor == "sqlite" else value


class Told:
    """What the operator sees after exporting and verifying."""

    def __init__(self, exported: Exported, report: journal_bundle.Report) -> None:
        self.exported, self.report = exported, report

    @property
    def findings(self) -> list[tuple[str, int | None]]:
        return [(finding.kind, finding.index) for finding in self.report.findings]

    @property
    def text(self) -> str:
        return "\n".join(finding.message for finding in self.report.findings)


Examine = Callable[[], Told]


@pytest.fixture
def examine(halden: Organisation, ingrid: Actor, note_down: Any, tmp_path: Path) -> Any:
    """Halden's journal of eight entries, signed after the eighth; called, it is exported and verified."""
    note_down(halden, *"abcdef", by=ingrid)
    older = checkpoints.sign(halden.pk).note
    triggers.remove()

    def look() -> Told:
        exported = write_export(organisation_id=halden.pk, path=tmp_path / "halden.journal", at=AT)
        with (tmp_path / "halden.journal").open("rb") as lines:
            return Told(exported, journal_bundle.verify(lines, notes=[older]))

    yield look
    triggers.install()


def entry(organisation: Organisation, index: int) -> JournalEntry:
    with organisation_scope(organisation.pk):
        return JournalEntry.objects.select_related("actor_name").get(index=index)


class TestTheTriggers:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE journal_journalentry SET verb = 'nothing'",
            "UPDATE journal_journalentry SET leaf = body",
            "DELETE FROM journal_journalentry",
            "UPDATE journal_checkpoint SET note = ''",
            "UPDATE journal_checkpoint SET size = 1",
            "DELETE FROM journal_checkpoint",
            "UPDATE journal_journalname SET name = 'Somebody else'",
            "UPDATE journal_journalname SET salt = ''",
            "DELETE FROM journal_journalname",
        ],
    )
    def test_refuse(self, halden: Organisation, ingrid: Actor, note_down: Any, statement: str) -> None:
        note_down(halden, "a", by=ingrid)
        checkpoints.sign(halden.pk)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), organisation_scope(halden.pk):
            connection.cursor().execute(statement)

    def test_let_a_name_be_erased(self, halden: Organisation, ingrid: Actor, note_down: Any) -> None:
        written = note_down(halden, "a", by=ingrid)
        with organisation_scope(halden.pk):
            erase_name(entry_id=written.pk, by=ingrid, at=AT, reason="Asked for it.")
            assert queries.newest().get(pk=written.pk).actor_name.name == ""
            assert queries.newest()[0].verb == "journal.name_erased"

    def test_are_put_back_when_one_of_them_is_missing(self, db: None) -> None:
        where = " ON journal_journalname" if connection.vendor == "postgresql" else ""
        run(f"DROP TRIGGER journal_journalname_append_only_update{where}")
        assert "journal_journalname" not in triggers.installed_on()
        triggers.install()
        assert "journal_journalname" in triggers.installed_on()


class TestAnHonestJournal:
    def test_is_as_recorded(self, examine: Examine) -> None:
        told = examine()
        assert told.findings == []
        assert told.exported.unsigned == ()


class TestAnEditedColumn:
    @pytest.mark.parametrize(
        ("column", "value", "says"),
        [
            ("verb", "documents.rejected", "verb reads 'documents.rejected', recorded was 'documents.approved'"),
            ("at", "2020-01-01 00:00:00+00:00", "at reads '2020-01-01"),
            ("actor_id", new_id(), "actor reads"),
            ("subject_id", new_id(), "subject reads"),
            ("subject_kind", "findings.nonconformity", "kind reads 'findings.nonconformity'"),
            ("subject_label", "Something else", "label reads 'Something else', recorded was 'c'"),
            ("reason", "", "reason reads '', recorded was 'Because it is right.'"),
        ],
    )
    def test_that_people_read_is_named(
        self, halden: Organisation, examine: Examine, column: str, value: Any, says: str
    ) -> None:
        shown = raw(value) if column.endswith("_id") else value
        run(f"UPDATE journal_journalentry SET {column} = %s {ROW}", shown, raw(halden.pk))
        told = examine()
        assert told.findings == [("altered", 4)]
        assert "Entry 4 was altered beside its seal: " + says in told.text

    def test_actor_taken_away_is_named(self, halden: Organisation, examine: Examine) -> None:
        run(f"UPDATE journal_journalentry SET actor_id = NULL {ROW}", raw(halden.pk))
        assert examine().findings == [("altered", 4)]

    def test_body_is_named(self, halden: Organisation, examine: Examine) -> None:
        body = bytes(entry(halden, 4).body).replace(b"approved", b"rejected")
        run(f"UPDATE journal_journalentry SET body = %s {ROW}", body, raw(halden.pk))
        told = examine()
        assert ("altered", 4) in told.findings
        assert {index for _, index in told.findings} == {4}

    def test_body_that_is_no_text_any_more_is_named(self, halden: Organisation, examine: Examine) -> None:
        run(f"UPDATE journal_journalentry SET body = %s {ROW}", b"\xff\x00nonsense", raw(halden.pk))
        assert examine().findings == [("altered", 4)]

    def test_leaf_is_named_though_nothing_can_be_signed(self, halden: Organisation, examine: Examine) -> None:
        run(f"UPDATE journal_journalentry SET leaf = %s {ROW}", b"\x00" * 32, raw(halden.pk))
        told = examine()
        assert ("altered", 4) in told.findings
        assert "does not begin with what was last signed" in told.exported.unsigned[0]

    def test_body_with_its_leaf_made_to_fit_is_named_by_its_columns(
        self, halden: Organisation, examine: Examine
    ) -> None:
        body = bytes(entry(halden, 4).body).replace(b"approved", b"rejected")
        leaf = journal.leaf_hash(body)
        run(f"UPDATE journal_journalentry SET body = %s, leaf = %s {ROW}", body, leaf, raw(halden.pk))
        assert examine().findings[0] == ("altered", 4)

    def test_body_leaf_and_columns_all_made_to_fit_are_narrowed_to_what_was_signed(
        self, halden: Organisation, examine: Examine
    ) -> None:
        body = bytes(entry(halden, 4).body).replace(b"documents.approved", b"documents.rejected")
        run(
            f"UPDATE journal_journalentry SET body = %s, leaf = %s, verb = %s {ROW}",
            *(body, journal.leaf_hash(body), "documents.rejected", raw(halden.pk)),
        )
        told = examine()
        assert told.findings[0] == ("rewritten", 0)
        assert "One or more of the entries 0 to 7 were rewritten" in told.text
        assert "the checkpoint you brought" in told.text

    def test_index_leaves_a_gap_that_is_named(self, halden: Organisation, examine: Examine) -> None:
        run(f'UPDATE journal_journalentry SET "index" = 40 {ROW}', raw(halden.pk))
        told = examine()
        assert ("missing", 4) in told.findings
        assert "In the place of entry 40 stands what was recorded as entry 4." in told.text

    def test_name_is_named(self, halden: Organisation, examine: Examine) -> None:
        run("UPDATE journal_journalname SET name = 'Olga' WHERE entry_id = %s", raw(entry(halden, 4).pk))
        assert examine().findings == [("name", 4)]

    def test_name_erased_in_silence_is_named(self, halden: Organisation, examine: Examine) -> None:
        run("UPDATE journal_journalname SET name = '', salt = %s WHERE entry_id = %s", b"", raw(entry(halden, 4).pk))
        assert examine().findings == [("name", 4)]

    def test_name_whose_row_was_deleted_is_named(self, halden: Organisation, examine: Examine) -> None:
        run("DELETE FROM journal_journalname WHERE entry_id = %s", raw(entry(halden, 4).pk))
        told = examine()
        assert told.findings == [("name", 4)]
        assert "The name beside entry 4 was taken away" in told.text


def delete(organisation: Organisation, *indexes: int) -> None:
    for index in indexes:
        pk = raw(entry(organisation, index).pk)
        run("DELETE FROM journal_journalname WHERE entry_id = %s", pk)
        run("DELETE FROM journal_journalentry WHERE id = %s", pk)


class TestADeletedRow:
    @pytest.mark.parametrize("index", [0, 4])
    def test_at_the_beginning_or_in_the_middle_is_named(
        self, halden: Organisation, examine: Examine, index: int
    ) -> None:
        delete(halden, index)
        told = examine()
        assert told.findings[0] == ("missing", index)
        assert told.exported.unsigned

    def test_at_the_end_is_named(self, halden: Organisation, examine: Examine) -> None:
        delete(halden, 7)
        told = examine()
        assert told.findings == [("truncated", 7)]
        assert "entry 7 is the first that is missing" in told.text

    def test_at_the_end_with_the_head_set_back_is_named(self, halden: Organisation, examine: Examine) -> None:
        delete(halden, 6, 7)
        run("UPDATE journal_journalhead SET size = 6 WHERE organisation_id = %s", raw(halden.pk))
        assert examine().findings[0] == ("truncated", 6)

    def test_is_named_when_all_are_gone(self, halden: Organisation, examine: Examine) -> None:
        delete(halden, *range(8))
        assert examine().findings[0] == ("truncated", 0)

    def test_of_another_organisation_does_no_harm_here(
        self, halden: Organisation, brandt: Organisation, examine: Examine
    ) -> None:
        delete(brandt, 0)
        assert examine().findings == []


class TestAnAddedRow:
    def add(self, organisation: Organisation, index: int) -> None:
        """A well-made entry, put in past the program."""
        like = entry(organisation, 7)
        body = bytes(like.body).replace(b'"index":7', f'"index":{index}'.encode())
        with organisation_scope(organisation.pk):
            JournalEntry.objects.create(
                organisation_id=organisation.pk,
                epoch=1,
                index=index,
                at=like.at,
                verb=like.verb,
                actor_id=like.actor_id,
                subject_kind=like.subject_kind,
                subject_id=like.subject_id,
                subject_label=like.subject_label,
                reason=like.reason,
                body=body,
                leaf=journal.leaf_hash(body),
            )

    def test_at_the_end_is_named(self, halden: Organisation, examine: Examine) -> None:
        self.add(halden, 8)
        told = examine()
        assert ("unsealed", 8) in told.findings
        assert "Entry 8 is covered by no signed checkpoint" in told.text
        assert "The journal has 8 entries, and the database holds 9 rows" in told.exported.unsigned[0]

    def test_at_the_end_with_the_head_set_forward_is_named(self, halden: Organisation, examine: Examine) -> None:
        self.add(halden, 8)
        run("UPDATE journal_journalhead SET size = 9 WHERE organisation_id = %s", raw(halden.pk))
        assert 8 in {index for _, index in examine().findings}

    def test_far_behind_the_end_is_named(self, halden: Organisation, examine: Examine) -> None:
        self.add(halden, 20)
        assert ("missing", 8) in examine().findings


class TestSwappedRows:
    def test_are_both_named(self, halden: Organisation, examine: Examine) -> None:
        for old, new in ((4, 100), (5, 4), (100, 5)):
            statement = 'UPDATE journal_journalentry SET "index" = %s WHERE "index" = %s AND organisation_id = %s'
            run(statement, new, old, raw(halden.pk))
        told = examine()
        assert told.findings[:2] == [("altered", 4), ("altered", 5)]
        assert "In the place of entry 4 stands what was recorded as entry 5." in told.text

    def test_contents_are_both_named(self, halden: Organisation, examine: Examine) -> None:
        four, five = entry(halden, 4), entry(halden, 5)
        for pk, other in ((raw(four.pk), five), (raw(five.pk), four)):
            sealed = (bytes(other.body), bytes(other.leaf))
            run("UPDATE journal_journalentry SET body = %s, leaf = %s WHERE id = %s", *sealed, pk)
        assert {("altered", 4), ("altered", 5)} <= set(examine().findings)


class TestCheckpointsAndHead:
    def test_a_deleted_checkpoint_is_replaced_by_the_one_outside_of_the_database(
        self, halden: Organisation, examine: Examine
    ) -> None:
        run("DELETE FROM journal_checkpoint WHERE organisation_id = %s", raw(halden.pk))
        told = examine()
        assert told.findings == []
        assert told.report.checkpoints >= 2

    def test_an_edited_checkpoint_was_not_signed(self, halden: Organisation, examine: Examine) -> None:
        statement = "UPDATE journal_checkpoint SET note = replace(note, %s, %s) WHERE organisation_id = %s"
        run(statement, "\n8\n", "\n7\n", raw(halden.pk))
        assert "was not signed by this journal's key" in examine().text

    def test_a_head_that_says_something_else_takes_no_entry_and_signs_nothing(
        self, halden: Organisation, examine: Examine
    ) -> None:
        run("UPDATE journal_journalhead SET frontier = %s WHERE organisation_id = %s", b"\x07" * 32, raw(halden.pk))
        told = examine()
        assert "does not begin with the 8 entries that were signed" in told.exported.unsigned[0]
        assert told.report.entries == 8


class TestThePage:
    """What `broken_seal` says, which stands beside an entry wherever it is shown."""

    def test_says_nothing_of_an_honest_entry(self, halden: Organisation, examine: Examine) -> None:
        assert queries.broken_seal(entry(halden, 4)) == ""

    @pytest.mark.parametrize(
        ("change", "says"),
        [
            ("verb = 'documents.rejected'", "verb not as sealed"),
            ("reason = 'Because', subject_label = 'x'", "label, reason not as sealed"),
            ("body = leaf", "its seal does not fit its contents"),
        ],
    )
    def test_says_what_does_not_fit(self, halden: Organisation, examine: Examine, change: str, says: str) -> None:
        run(f"UPDATE journal_journalentry SET {change} {ROW}", raw(halden.pk))
        assert queries.broken_seal(entry(halden, 4)) == says

    def test_says_that_it_is_not_in_its_place(self, halden: Organisation, examine: Examine) -> None:
        run(f'UPDATE journal_journalentry SET "index" = 40 {ROW}', raw(halden.pk))
        assert queries.broken_seal(entry(halden, 40)) == "not in its place"

    def test_says_that_the_name_is_another(self, halden: Organisation, examine: Examine) -> None:
        run("UPDATE journal_journalname SET name = 'Olga' WHERE entry_id = %s", raw(entry(halden, 4).pk))
        assert queries.broken_seal(entry(halden, 4)) == "the name beside it is not the one recorded"
        run("DELETE FROM journal_journalname WHERE entry_id = %s", raw(entry(halden, 4).pk))
        assert queries.broken_seal(entry(halden, 4)) == "the name beside it was taken away"

    def test_has_nothing_against_an_erased_name(self, halden: Organisation, ingrid: Actor, examine: Examine) -> None:
        with organisation_scope(halden.pk):
            erase_name(entry_id=entry(halden, 4).pk, by=ingrid, at=AT)
        assert queries.broken_seal(entry(halden, 4)) == ""
        assert examine().findings == []
