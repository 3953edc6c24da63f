"""The operator's trust list: taken in whole or not at all, twice without effect, and every change recorded."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction

from assaymark.core.trust import Anchor
from assaymark.formats.trust_list import BadTrustList, read_trust_list, write_trust_list
from assaymark.records.attestations import anchors, export, queries
from assaymark.records.attestations.models import TrustAnchor, TrustChange
from assaymark.records.journal.models import JournalEntry
from assaymark.records.parties.actions import add_organisation
from assaymark.records.scope import organisation_scope

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)
FORUM = Anchor(
    "did:key:zForum",
    "Forum",
    valid_from=dt.date(1998, 1, 22),
    valid_until=dt.date(2025, 12, 31),
    kinds=frozenset({"ms-certification"}),
    label="IAF MLA",
    source="list of the office",
)
COOPERATION = Anchor("did:key:zCooperation", "Cooperation", valid_from=dt.date(2026, 1, 1), succeeds=FORUM.did)


def take(*wanted: Anchor, replace_all: bool = False, at: dt.datetime = NOW) -> anchors.Taken:
    """Import a list of these anchors."""
    return anchors.import_list(data=write_trust_list(wanted), file="anchors.json", at=at, replace_all=replace_all)


class TestAList:
    def test_comes_in_with_every_member_and_goes_out_the_same(self) -> None:
        done = take(FORUM, COOPERATION)
        assert (done.added, done.changed, done.removed, done.unchanged) == (("Forum", "Cooperation"), (), (), 0)
        assert set(queries.anchors()) == {FORUM, COOPERATION}
        assert set(read_trust_list(export.trust_list())) == {FORUM, COOPERATION}

    def test_twice_changes_nothing(self) -> None:
        take(FORUM, COOPERATION)
        done = take(FORUM, COOPERATION)
        assert (done.added, done.changed, done.removed, done.unchanged) == ((), (), (), 2)
        assert TrustChange.objects.count() == 2

    def test_leaves_the_others_unless_it_is_to_replace_them(self) -> None:
        take(FORUM, COOPERATION)
        ended = replace(COOPERATION, transition_until=dt.date(2027, 6, 30))
        assert take(ended).changed == ("Cooperation",)
        assert len(queries.anchors()) == 2
        done = take(replace(ended, succeeds=None, transition_until=None), replace_all=True)
        assert (done.changed, done.removed) == (("Cooperation",), ("Forum",))
        assert [anchor.name for anchor in queries.anchors()] == ["Cooperation"]


class TestAListWithMistakes:
    def test_changes_nothing_and_names_each_of_them(self) -> None:
        data = b'[{"did": "did:key:zA"}, {"name": "x"}, {"did": "did:key:zB", "until": "soon"}]'
        with pytest.raises(BadTrustList) as refused:
            anchors.import_list(data=data, file="anchors.json", at=NOW)
        assert [number for number, _ in refused.value.errors] == [2, 3]
        assert queries.anchors() == ()
        assert not TrustChange.objects.exists()

    def test_may_not_name_a_party_twice(self) -> None:
        with pytest.raises(BadTrustList, match="anchor 2: it is the same party as anchor 1"):
            take(FORUM, replace(FORUM, name="Forum again"))

    def test_may_not_close_a_circle_with_what_stays(self) -> None:
        take(FORUM, COOPERATION)
        with pytest.raises(BadTrustList) as refused:
            take(replace(FORUM, succeeds=COOPERATION.did))
        assert [number for number, _ in refused.value.errors] == [1, 0]
        assert "Cooperation, which stays in the list" in refused.value.errors[1][1]
        assert FORUM in queries.anchors()


class TestWhatIsRecorded:
    def test_is_each_change_with_before_after_and_the_digest_of_the_file(self) -> None:
        take(FORUM)
        take(replace(FORUM, label=""), at=NOW + dt.timedelta(days=1))
        take(replace_all=True)
        told = anchors.history_as_json()
        assert [row["verb"] for row in told] == ["added", "changed", "removed"]
        assert told[0]["before"] is None
        assert (told[1]["before"]["label"], told[1]["after"]["label"]) == ("IAF MLA", "")
        assert told[2]["after"] is None
        assert {len(row["digest"]) for row in told} == {64}
        assert told[0]["origin"] == "anchors.json"

    def test_is_never_altered(self) -> None:
        take(FORUM)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            TrustChange.objects.update(name="somebody else")

    def test_of_an_organisation_of_this_installation_stands_in_its_own_journal_too(self) -> None:
        union = add_organisation(slug="union", name="Union", at=NOW)
        for label in ("Union MRA", "Union MRA", "Other MRA"):
            anchors.trust_anchor(organisation=union, valid_from=NOW.date(), label=label, at=NOW)
        with organisation_scope(union.pk):
            told = list(JournalEntry.objects.filter(verb__startswith="trust.").order_by("index"))
        assert [entry.verb for entry in told] == ["trust.added", "trust.changed"]


class TestAnOrganisationOfThisInstallation:
    def test_keeps_what_a_list_said_of_it(self) -> None:
        union = add_organisation(slug="union", name="Union", at=NOW)
        row = anchors.trust_anchor(organisation=union, valid_from=NOW.date(), at=NOW)
        take(replace(row.facts(), source="resolution 7", valid_until=dt.date(2030, 1, 1)))
        anchors.trust_anchor(organisation=union, valid_from=NOW.date(), role="region", at=NOW)
        (anchor,) = queries.anchors()
        assert (anchor.role, anchor.source, anchor.valid_until) == ("region", "resolution 7", dt.date(2030, 1, 1))
        assert TrustAnchor.objects.get().organisation == union

    def test_under_a_new_identifier_succeeds_itself_under_the_old_one(self) -> None:
        union = add_organisation(slug="union", name="Union", at=NOW)
        take(FORUM)
        TrustAnchor.objects.update(organisation=union)
        anchors.trust_anchor(organisation=union, valid_from=NOW.date(), at=NOW)
        forum, own = sorted(queries.anchors(), key=lambda anchor: anchor.name)
        assert (own.succeeds, forum) == (FORUM.did, FORUM)
        assert TrustAnchor.objects.get(organisation=union).did == own.did


class TestTheListOfADay:
    @pytest.mark.parametrize(
        ("on", "standings", "labels"),
        [
            (dt.date(2025, 12, 31), ["to come", "holds"], ["", "IAF MLA"]),
            (dt.date(2026, 1, 1), ["holds", "succeeded"], ["", "Global Accreditation Cooperation MRA"]),
            (dt.date(1990, 1, 1), ["to come", "to come"], ["", ""]),
        ],
    )
    def test_says_how_each_stands_and_under_which_label(
        self, on: dt.date, standings: list[str], labels: list[str]
    ) -> None:
        take(FORUM, COOPERATION)
        rows = anchors.listed(queries.anchors(), on=on)
        assert [row["name"] for row in rows] == ["Cooperation", "Forum"]
        assert [row["standing"] for row in rows] == standings
        assert [row["label_on_the_day"] for row in rows] == labels

    def test_says_it_in_a_sentence(self) -> None:
        take(FORUM, COOPERATION)
        sentences = [row["sentence"] for row in anchors.listed(queries.anchors(), on=NOW.date())]
        assert sentences == [
            "Cooperation is trusted as arrangement.",
            "Forum was trusted as arrangement until 31 Dec 2025, succeeded by Cooperation; what it stated before still "
            "counts. Label on 24 Nov 2026: Global Accreditation Cooperation MRA (until 31 Dec 2025: IAF MLA).",
        ]

    def test_without_successor_has_ended(self) -> None:
        take(FORUM)
        assert anchors.listed(queries.anchors(), on=NOW.date())[0]["standing"] == "ended"
