"""A key is replaced, or turns out to be stolen; the identifier stays, and the log tells which key signed when."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from assaymark.adapters.keys import KeyProblem, KeyStore
from assaymark.core.parties import Actor, Role
from assaymark.core.refusal import Forbidden, Refused
from assaymark.formats.did_webvh import replay
from assaymark.records.identifiers import actions, queries
from assaymark.records.identifiers.models import IssuerKey
from assaymark.records.journal.queries import newest
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import new_id, organisation_scope
from tests.records.identifiers.conftest import BEGUN, NOW, ROTATED, STOLEN, known

WHY = "The office moved to a new server."


def rotate(organisation: Organisation, at: dt.datetime = ROTATED, **more: object) -> IssuerKey:
    return actions.replace_key(organisation=organisation, at=at, reason=WHY, **more)  # type: ignore[arg-type]


def actor(organisation: Organisation, role: Role) -> Actor:
    return Actor(new_id(), "Nora Field", organisation.pk, organisation.slug, organisation.name, frozenset({role}))


class TestReplacingAKey:
    def test_keeps_the_identifier_and_changes_the_key(self, identified: Organisation) -> None:
        before = known(identified)
        rotate(identified)
        after = known(identified)
        assert after.did == before.did
        assert after.signs not in (before.signs, before.announced)
        assert after.announced not in (before.signs, before.announced)

    def test_gives_the_log_both_keys_with_their_times(self, identified: Organisation) -> None:
        before = known(identified)
        rotate(identified)
        history = replay(queries.log_of(identified.pk), now=NOW)
        former, current = (
            history.keys[f"{before.did}#{before.signs}"],
            history.keys[f"{before.did}#{known(identified).signs}"],
        )
        assert (former.valid_from, former.valid_until, former.compromised_since) == (BEGUN, ROTATED, None)
        assert (current.valid_from, current.valid_until) == (ROTATED, None)

    def test_is_told_with_who_when_and_why(self, identified: Organisation) -> None:
        rotate(identified)
        former, current = queries.keys_of(identified.pk)
        assert (former.state, former.until, former.reason) == ("replaced", ROTATED, WHY)
        assert (current.state, current.since, current.reason) == ("current", ROTATED, "")
        with organisation_scope(identified.pk):
            entry = newest()[0]
        assert (entry.verb, entry.reason) == ("identifiers.key_replaced", WHY)
        assert entry.recorded["after"] == {"key": current.public, "former": former.public}

    @pytest.mark.django_db(transaction=True)
    def test_puts_the_former_key_aside_and_destroys_the_spent_one(
        self, identified: Organisation, tmp_path: Path
    ) -> None:
        before = known(identified)
        rotate(identified)
        after, folder = known(identified), tmp_path / "keys" / "northfield"
        assert (folder / "former" / f"{before.signs}.pem").exists()
        assert {file.stem for file in folder.glob("*.pem")} == {after.signs, after.announced}

    @pytest.mark.django_db(transaction=True)
    def test_destroys_the_former_key_on_request(self, identified: Organisation, tmp_path: Path) -> None:
        before = known(identified)
        rotate(identified, destroy=True)
        assert before.signs not in {file.stem for file in tmp_path.rglob("*.pem")}

    def test_may_happen_again_and_again(self, identified: Organisation) -> None:
        for month in (6, 7, 8):
            rotate(identified, ROTATED.replace(month=month))
        history = replay(queries.log_of(identified.pk), now=NOW)
        assert len(history.versions) == 4
        assert [key.state for key in queries.keys_of(identified.pk)] == ["replaced"] * 3 + ["current"]

    def test_needs_the_announced_key(self, identified: Organisation, tmp_path: Path) -> None:
        KeyStore(tmp_path).put_aside("northfield", known(identified).announced, destroy=True)
        with pytest.raises(KeyProblem, match="restore it from the backup"):
            rotate(identified)
        assert len(queries.keys_of(identified.pk)) == 1

    @pytest.mark.parametrize(
        ("more", "why"),
        [
            ({"at": BEGUN}, "not yet a second old"),
            ({"compromised_since": NOW}, "lies in the future"),
            ({"compromised_since": BEGUN - dt.timedelta(days=1)}, "in use only since 2026-03-02"),
        ],
    )
    def test_is_refused_with_the_reason(self, identified: Organisation, more: dict[str, object], why: str) -> None:
        with pytest.raises(Refused, match=why):
            rotate(identified, **more)  # type: ignore[arg-type]

    def test_is_refused_without_a_reason(self, identified: Organisation) -> None:
        with pytest.raises(Refused, match="Why is not stated"):
            actions.replace_key(organisation=identified, at=ROTATED, reason=" ")

    def test_is_refused_for_who_is_named_by_the_key(self, northfield: Organisation) -> None:
        with pytest.raises(Refused, match="identifier is the key itself"):
            rotate(northfield)


class TestACompromisedKey:
    def test_is_told_in_the_log_and_in_the_records(self, identified: Organisation) -> None:
        before = known(identified)
        rotate(identified, compromised_since=STOLEN)
        former = queries.keys_of(identified.pk)[0]
        assert (former.state, former.compromised_since, former.until) == ("compromised", STOLEN, ROTATED)
        history = replay(queries.log_of(identified.pk), now=NOW)
        assert history.keys[f"{before.did}#{before.signs}"].compromised_since == STOLEN

    def test_may_be_found_out_long_after_it_was_replaced(self, identified: Organisation) -> None:
        former = known(identified).signs
        rotate(identified)
        signs = known(identified).signs
        actions.compromise(organisation=identified, public=former, since=STOLEN, reason="A laptop was lost.", at=NOW)
        after = known(identified)
        assert after.signs == signs
        assert [key.state for key in queries.keys_of(identified.pk)] == ["compromised", "current"]
        history = replay(queries.log_of(identified.pk), now=NOW)
        assert history.keys[f"{after.did}#{former}"].compromised_since == STOLEN
        assert history.keys[f"{after.did}#{signs}"].valid_until is None

    def test_that_signs_now_is_replaced_at_once(self, identified: Organisation) -> None:
        stolen = known(identified).signs
        actions.compromise(organisation=identified, public=stolen, since=STOLEN, reason="Stolen.", at=ROTATED)
        assert known(identified).signs != stolen

    def test_is_still_told_after_the_next_change(self, identified: Organisation) -> None:
        stolen = known(identified)
        rotate(identified, compromised_since=STOLEN)
        rotate(identified, NOW)
        log = queries.log_of(identified.pk)
        assert log.count('"revoked"') == 2
        assert replay(log, now=NOW).keys[f"{stolen.did}#{stolen.signs}"].compromised_since == STOLEN

    def test_is_believed_earlier_and_never_later(self, identified: Organisation) -> None:
        stolen = known(identified)
        rotate(identified, compromised_since=STOLEN)
        told = {"organisation": identified, "public": stolen.signs, "reason": "The log of the firewall.", "at": NOW}
        with pytest.raises(Refused, match="counts as compromised since 2026-05-20"):
            actions.compromise(since=STOLEN + dt.timedelta(days=1), **told)  # type: ignore[arg-type]
        earlier = STOLEN - dt.timedelta(days=10)
        actions.compromise(since=earlier, **told)  # type: ignore[arg-type]
        history = replay(queries.log_of(identified.pk), now=NOW)
        assert history.keys[f"{stolen.did}#{stolen.signs}"].compromised_since == earlier

    def test_takes_the_former_name_with_it(self, identified: Organisation) -> None:
        first = f"did:key:{known(identified).signs}"
        rotate(identified, compromised_since=STOLEN)
        last = queries.log_of(identified.pk).strip().rpartition("\n")[2]
        assert first not in last

    def test_must_have_been_one(self, identified: Organisation) -> None:
        with pytest.raises(Refused, match="never had such a key"):
            actions.compromise(organisation=identified, public="z6Mkforeign", since=STOLEN, reason="Found.", at=ROTATED)


class TestWhoMayReplaceIt:
    def test_is_the_administrator(self, identified: Organisation) -> None:
        key = actions.rotate_key(by=actor(identified, Role.ADMINISTRATOR), at=ROTATED, reason=WHY)
        assert key.public == known(identified).signs
        actions.report_compromise(
            public=key.public, since=ROTATED, reason="Lost.", by=actor(identified, Role.ADMINISTRATOR), at=NOW
        )
        assert known(identified).signs != key.public

    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
    def test_is_nobody_else(self, identified: Organisation, role: Role) -> None:
        with pytest.raises(Forbidden):
            actions.rotate_key(by=actor(identified, role), at=ROTATED, reason=WHY)
