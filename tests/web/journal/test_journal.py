"""The journal's pages: what happened, by whom, with proof."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from assaymark.core import journal
from assaymark.formats import journal_bundle, note
from assaymark.records.journal import checkpoints, triggers
from assaymark.records.journal.actions import erase_name
from assaymark.records.journal.queries import newest
from assaymark.records.parties.actions import add_site
from assaymark.records.scope import organisation_scope
from assaymark.web.journal.lines import history_of, words_of
from tests.permission.house import House, build_house


@pytest.fixture
def halden(db: None) -> House:
    house = build_house("halden", word="HALDEN")
    add_site(name="North works", by=house.actors["administrator"], at=timezone.now())
    return house


@pytest.fixture
def viewer(halden: House) -> Client:
    client = Client()
    client.force_login(halden.people["viewer"], backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def newest_entry(house: House) -> Any:
    with organisation_scope(house.organisation.pk):
        return newest().first()


class TestTheList:
    def test_shows_what_who_and_about_what(self, viewer: Client) -> None:
        page = viewer.get("/o/halden/journal/").content.decode()
        for text in ("Site added", "North works", "HALDEN administrator", "Organisation added"):
            assert text in page

    @pytest.mark.parametrize(
        ("query", "seen", "not_seen"),
        [
            ("text=north", "Site added", "Member added</a>"),
            ("verb=parties.member_added", "Member added</a>", "North works"),
            ("verb=nonsense", "Nothing found", "North works"),
            ("person=nonsense", "Nothing found", "North works"),
            ("subject=nonsense&kind=parties.site", "Nothing found", "North works"),
            ("kind=parties.site", "North works", "Member added</a>"),
            ("page=999", "Organisation added", "Nothing found"),
        ],
    )
    def test_is_filtered(self, viewer: Client, query: str, seen: str, not_seen: str) -> None:
        page = viewer.get(f"/o/halden/journal/?{query}").content.decode()
        assert seen in page
        assert not_seen not in page

    def test_is_filtered_by_person(self, viewer: Client, halden: House) -> None:
        page = viewer.get(f"/o/halden/journal/?person={halden.people['administrator'].pk}").content.decode()
        assert "North works" in page
        assert "Member added</a>" not in page

    def test_costs_the_same_with_many_entries(
        self, viewer: Client, halden: House, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(60):
            add_site(name=f"Site {number}", by=halden.actors["administrator"], at=timezone.now())
        with django_assert_max_num_queries(15):
            assert viewer.get("/o/halden/journal/").status_code == 200


class TestAnEntry:
    def test_shows_what_changed_and_its_hash(self, viewer: Client, halden: House) -> None:
        entry = newest_entry(halden)
        page = viewer.get(f"/o/halden/journal/{entry.pk}/").content.decode()
        assert "North works" in page
        assert bytes(entry.leaf).hex() in page

    def test_says_when_a_name_was_erased(self, viewer: Client, halden: House) -> None:
        entry = newest_entry(halden)
        with organisation_scope(halden.organisation.pk):
            erase_name(entry_id=entry.pk, by=halden.actors["administrator"], at=timezone.now())
        assert "(name erased)" in viewer.get(f"/o/halden/journal/{entry.pk}/").content.decode()

    def test_that_was_altered_past_the_program_says_so_wherever_it_is_shown(
        self, viewer: Client, halden: House
    ) -> None:
        entry = newest_entry(halden)
        assert "Altered after" not in viewer.get(f"/o/halden/journal/{entry.pk}/").content.decode()
        triggers.remove()
        with organisation_scope(halden.organisation.pk), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE journal_journalentry SET subject_label = 'South' WHERE subject_label = 'North works'"
            )
            lines = history_of(kind=entry.subject_kind, subject_id=entry.subject_id, actor=halden.actors["viewer"])
        assert "Altered after it was recorded: label not as sealed" in viewer.get("/o/halden/journal/").content.decode()
        page = viewer.get(f"/o/halden/journal/{entry.pk}/").content.decode()
        assert "Altered after it was recorded: label not as sealed." in page
        assert "North works" in page
        assert lines.entries[0].words == "Site added (altered after it was recorded: label not as sealed)"

    def test_comes_with_a_proof_that_holds(self, viewer: Client, halden: House) -> None:
        entry = newest_entry(halden)
        answer = viewer.get(f"/o/halden/journal/{entry.pk}/proof/")
        assert answer.headers["Content-Disposition"].endswith('.tlog-proof"')
        proof = note.InclusionProof.parse(answer.content.decode())
        keys = checkpoints.verifier_keys(halden.organisation, [1])
        checkpoint = note.open_checkpoint(proof.checkpoint, keys=keys)
        assert journal.inclusion_holds(
            leaf=bytes(entry.leaf), index=proof.index, size=checkpoint.size, proof=proof.hashes, root=checkpoint.root
        )


class TestTakingItAway:
    def test_a_checkpoint(self, viewer: Client, halden: House) -> None:
        answer = viewer.get("/o/halden/journal/checkpoint/")
        keys = checkpoints.verifier_keys(halden.organisation, [1])
        assert note.open_checkpoint(answer.content.decode(), keys=keys).size == newest_entry(halden).index + 1

    def test_the_whole_is_for_administrators(self, viewer: Client, halden: House, tmp_path: Path) -> None:
        assert viewer.post("/o/halden/journal/export/").status_code == 403
        client = Client()
        client.force_login(halden.people["administrator"], backend=settings.AUTHENTICATION_BACKENDS[0])
        answer = client.post("/o/halden/journal/export/")
        lines = b"".join(answer.streaming_content).splitlines()  # type: ignore[attr-defined]
        assert journal_bundle.verify(lines).intact
        assert newest_entry(halden).verb == "journal.exported"
        assert newest_entry(halden).actor_id == halden.people["administrator"].pk


class TestTheHistoryBesideARecord:
    def test_has_the_newest_entries_and_their_number(self, halden: House) -> None:
        entry = newest_entry(halden)
        with organisation_scope(halden.organisation.pk):
            history = history_of(
                kind="parties.site", subject_id=entry.subject_id, actor=halden.actors["quality_manager"]
            )
        assert [(e.words, e.by) for e in history.entries] == [("Site added", "HALDEN administrator")]
        assert history.total == 1
        assert history.proof.endswith("/proof/")

    def test_has_no_links_for_who_may_not_read_the_journal(self, halden: House) -> None:
        entry = newest_entry(halden)
        with organisation_scope(halden.organisation.pk):
            history = history_of(kind="parties.site", subject_id=entry.subject_id, actor=halden.actors["contributor"])
        assert (history.href, history.proof) == ("", "")

    def test_reads_a_verb_as_words(self) -> None:
        assert words_of("findings.cause_analysed") == "Cause analysed"
