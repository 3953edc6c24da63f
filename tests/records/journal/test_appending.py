"""Every change is an entry, in the transaction of the change, and in no one else's journal."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assaymark.core import journal
from assaymark.core.parties import Actor
from assaymark.records.journal import actions
from assaymark.records.journal.models import JournalEntry, JournalHead, JournalName
from assaymark.records.journal.queries import history, newest
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import new_id, organisation_scope

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def entries_of(organisation: Organisation) -> list[JournalEntry]:
    with organisation_scope(organisation.pk):
        return list(JournalEntry.objects.order_by("epoch", "index"))


class TestAnEntry:
    def test_says_who_what_when_why(self, halden: Organisation, ingrid: Actor, note_down: Any) -> None:
        entry = note_down(halden, "Purchasing", by=ingrid)
        body = json.loads(bytes(entry.body))
        assert body["verb"] == "documents.approved"
        assert body["actor"] == str(ingrid.person_id)
        assert body["at"] == "2026-03-02T09:00:00.000000+00:00"
        assert body["before"] == {"state": "in_review"}
        assert body["after"] == {"state": "approved"}
        assert body["reason"] == "Because it is right."
        assert body["subject"]["label"] == "Purchasing"
        assert "Ingrid" not in bytes(entry.body).decode()

    def test_is_hashed_from_its_canonical_body(self, halden: Organisation, note_down: Any) -> None:
        entry = note_down(halden, "Purchasing")
        body = bytes(entry.body)
        assert journal.canonical(json.loads(body)) == body
        assert journal.leaf_hash(body) == bytes(entry.leaf)

    def test_takes_the_next_index_of_its_own_journal(
        self, halden: Organisation, brandt: Organisation, note_down: Any
    ) -> None:
        note_down(halden, "a", "b")
        note_down(brandt, "c")
        note_down(halden, "d")
        assert [e.index for e in entries_of(halden)] == [0, 1, 2, 3]
        assert [e.index for e in entries_of(brandt)] == [0, 1]

    def test_keeps_the_head_at_the_root_over_all(self, halden: Organisation, note_down: Any) -> None:
        note_down(halden, *"abcdefghijk")
        with organisation_scope(halden.pk):
            head = JournalHead.objects.get()
            raw = bytes(head.frontier)
            leaves = [bytes(e.leaf) for e in entries_of(halden)]
            assert journal.root_of([raw[i : i + 32] for i in range(0, len(raw), 32)]) == journal.tree_root(leaves)
            assert head.size == len(leaves)

    def test_goes_when_its_change_is_rolled_back(self, halden: Organisation, note_down: Any) -> None:
        before = len(entries_of(halden))
        with pytest.raises(RuntimeError, match="changed my mind"), transaction.atomic():
            note_down(halden, "never happened")
            raise RuntimeError("changed my mind")
        assert len(entries_of(halden)) == before
        note_down(halden, "happened")
        assert [e.index for e in entries_of(halden)] == list(range(before + 1))

    @pytest.mark.django_db(transaction=True)
    def test_is_refused_outside_a_transaction(self) -> None:
        with pytest.raises(RuntimeError, match="inside the action's transaction"):
            actions.append(
                organisation_id=new_id(),
                verb="x.done",
                subject_kind="x",
                subject_id=new_id(),
                subject_label="x",
                by=None,
                at=AT,
            )

    def test_cuts_a_label_that_is_too_long(self, halden: Organisation, note_down: Any) -> None:
        assert len(note_down(halden, "x" * 400).subject_label) == 300


class TestManyEntries:
    def test_cost_the_same_queries_as_a_few(self, halden: Organisation) -> None:
        def cost(count: int) -> int:
            changes = [
                actions.Change(
                    verb="documents.imported",
                    subject_kind="documents.document",
                    subject_id=new_id(),
                    subject_label=str(n),
                    at=AT,
                )
                for n in range(count)
            ]
            with (
                transaction.atomic(),
                organisation_scope(halden.pk),
                CaptureQueriesContext(connection) as queries,
            ):
                actions.append_many(organisation_id=halden.pk, changes=changes, by=None)
            return len([q for q in queries if "SAVEPOINT" not in q["sql"] and "set_config" not in q["sql"]])

        assert cost(2) == cost(50)
        assert len(entries_of(halden)) == 53

    def test_of_nothing_write_nothing(self, halden: Organisation) -> None:
        with transaction.atomic(), organisation_scope(halden.pk):
            assert actions.append_many(organisation_id=halden.pk, changes=[], by=None) == []


class TestTheTriggers:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE journal_journalentry SET verb = 'nothing'",
            "DELETE FROM journal_journalentry",
            "UPDATE journal_journalentry SET reason = '' WHERE 1 = 1",
        ],
    )
    def test_refuse_raw_sql(self, halden: Organisation, statement: str) -> None:
        with (
            organisation_scope(halden.pk),
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
        assert entries_of(halden)[0].verb == "parties.organisation_added"

    def test_refuse_the_mapper_too(self, halden: Organisation) -> None:
        with organisation_scope(halden.pk):
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                JournalEntry.objects.update(reason="better so")
            row = JournalEntry.objects.get()
            row.reason = "better so"
            with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                row.save()

    @pytest.mark.postgresql
    @pytest.mark.skipif("connection.vendor != 'postgresql'")
    def test_refuse_to_empty_the_table(self, halden: Organisation) -> None:
        connection.check_constraints()  # no event of a trigger may be pending
        with (
            pytest.raises(DatabaseError, match="append-only: TRUNCATE"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("TRUNCATE journal_journalentry CASCADE")

    def test_are_counted(self, db: None) -> None:
        from assaymark.records.journal import triggers

        assert set(triggers.installed_on()) >= {"journal_journalentry", "journal_checkpoint"}
        triggers.remove()
        assert triggers.installed_on() == []
        triggers.install()
        triggers.install()
        assert set(triggers.installed_on()) == set(triggers.guarded_tables())


class TestNames:
    def test_stand_beside_the_entry(self, halden: Organisation, ingrid: Actor, note_down: Any) -> None:
        entry = note_down(halden, "Purchasing", by=ingrid)
        with organisation_scope(halden.pk):
            name = JournalName.objects.get(entry=entry)
        salted = journal.name_hash(salt=bytes(name.salt), name="Ingrid")
        assert json.loads(bytes(entry.body))["actor_name_hash"] == salted

    def test_can_be_erased_without_touching_the_entry(
        self, halden: Organisation, ingrid: Actor, note_down: Any
    ) -> None:
        entry = note_down(halden, "Purchasing", by=ingrid)
        with organisation_scope(halden.pk):
            actions.erase_name(entry_id=entry.pk, by=ingrid, at=AT)
            kept = newest().get(pk=entry.pk)
        assert kept.actor_name.name == ""
        assert bytes(kept.leaf) == bytes(entry.leaf)


class TestTheClock:
    def test_running_backwards_is_an_entry_of_its_own(
        self, halden: Organisation, note_down: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = timezone.now()
        monkeypatch.setattr(actions.timezone, "now", lambda: now - timedelta(days=400))
        note_down(halden, "late", "later")
        assert [e.verb for e in entries_of(halden)][1:] == [
            "journal.clock_went_back",
            "documents.approved",
            "documents.approved",
        ]

    def test_trembling_is_none(self, halden: Organisation, note_down: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        now = timezone.now()
        monkeypatch.setattr(actions.timezone, "now", lambda: now - timedelta(seconds=1.5))
        note_down(halden, "late")
        assert "journal.clock_went_back" not in [e.verb for e in entries_of(halden)]


class TestReading:
    def test_the_history_of_one_row(self, halden: Organisation, note_down: Any) -> None:
        subject = new_id()
        note_down(halden, "first", "second", subject=subject)
        note_down(halden, "another")
        with organisation_scope(halden.pk):
            rows = history(subject_kind="documents.document", subject_id=subject)
            assert [row.subject_label for row in rows] == ["second", "first"]

    def test_never_shows_another_organisation(self, halden: Organisation, brandt: Organisation, note_down: Any) -> None:
        note_down(brandt, "secret")
        with organisation_scope(halden.pk):
            assert "secret" not in [row.subject_label for row in newest()]


class TestACheckpoint:
    def test_is_ordered_once_for_many_changes(self, halden: Organisation, note_down: Any) -> None:
        note_down(halden, "a")
        note_down(halden, "b")
        tasks = DBTaskResult.objects.filter(args_kwargs__args__0=str(halden.pk))
        assert [t.task_path for t in tasks] == ["assaymark.records.journal.tasks.sign_checkpoint"]
        assert tasks[0].run_after <= timezone.now() + timedelta(seconds=60)

    def test_is_ordered_again_when_the_order_was_lost(
        self, halden: Organisation, note_down: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        later = timezone.now() + timedelta(minutes=10)
        monkeypatch.setattr(actions.timezone, "now", lambda: later)
        note_down(halden, "a")
        assert DBTaskResult.objects.filter(args_kwargs__args__0=str(halden.pk)).count() == 2
