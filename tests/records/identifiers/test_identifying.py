"""An organisation takes an identifier that outlives its keys, once, under a name that the public reaches."""

from __future__ import annotations

import datetime as dt
import stat
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext
from openvc.did.did_webvh import DidWebvhResolver

from assaymark.adapters.keys import KeyStore
from assaymark.core.refusal import Refused
from assaymark.formats.did_webvh import log_address, replay
from assaymark.records.identifiers import actions, queries
from assaymark.records.identifiers.models import IssuerKey, KeyEvent, LogEntry
from assaymark.records.journal.queries import newest
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import NoScope, organisation_scope
from tests.records.identifiers.conftest import BEGUN, NOW, ROTATED, known


class TestTakingAnIdentifier:
    def test_publishes_a_log_under_the_organisations_address(self, identified: Organisation) -> None:
        did = known(identified).did
        assert log_address(did) == "https://register.example/did/northfield/did.jsonl"
        log = queries.log_of(identified.pk)
        assert replay(log, now=NOW).dids == {did}
        assert DidWebvhResolver(lambda url: log).resolve(did).id == did

    def test_keeps_the_key_that_was_there(self, northfield: Organisation, tmp_path: Path) -> None:
        before = KeyStore(tmp_path).key("northfield")
        actions.identify(organisation=northfield, at=BEGUN)
        assert known(northfield).signs == before.multikey
        assert before.did in queries.log_of(northfield.pk)

    def test_is_journalled(self, identified: Organisation) -> None:
        with organisation_scope(identified.pk):
            entry = newest()[0]
        assert (entry.verb, entry.recorded["after"]["did"]) == ("identifiers.identifier_taken", known(identified).did)

    def test_happens_once(self, identified: Organisation) -> None:
        with pytest.raises(Refused, match="It has its identifier"):
            actions.identify(organisation=identified, at=ROTATED)

    @pytest.mark.parametrize(
        "address",
        ["http://register.example", "https://127.0.0.1:8000", "https://localhost", "https://qms.local", "https://qms"],
    )
    def test_is_refused_where_the_name_would_not_last(
        self, northfield: Organisation, settings: LazySettings, address: str
    ) -> None:
        settings.PUBLIC_URL = address
        with pytest.raises(Refused, match="not https under a name"):
            actions.identify(organisation=northfield, at=BEGUN)
        assert queries.identifier_of(northfield.pk) is None

    def test_keeps_port_and_path_of_the_installation(self, northfield: Organisation, settings: LazySettings) -> None:
        settings.PUBLIC_URL = "https://register.example:8443/qms"
        actions.identify(organisation=northfield, at=BEGUN)
        assert log_address(known(northfield).did) == "https://register.example:8443/qms/did/northfield/did.jsonl"

    def test_leaves_no_key_behind_when_it_fails(
        self, northfield: Organisation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(**_: object) -> str:
            raise RuntimeError("no room")

        monkeypatch.setattr(actions, "create", broken)
        with pytest.raises(RuntimeError, match="no room"):
            actions.identify(organisation=northfield, at=BEGUN)
        assert list((tmp_path / "keys" / "northfield").iterdir()) == []


class TestTheKeyFiles:
    def test_are_the_owners_alone(self, identified: Organisation, tmp_path: Path) -> None:
        for file in (tmp_path / "keys").rglob("*"):
            assert stat.S_IMODE(file.stat().st_mode) == (0o700 if file.is_dir() else 0o600), file

    def test_hold_the_announced_key_and_not_the_one_that_is_spent(self, identified: Organisation) -> None:
        folder = KeyStore(Path(str(actions.settings.HOME))).folder
        assert {file.stem for file in folder.rglob("*.pem")} == {"northfield", known(identified).announced}


class TestTheRecords:
    def test_are_append_only(self, identified: Organisation) -> None:
        with organisation_scope(identified.pk):
            assert LogEntry.objects.count() == IssuerKey.objects.count() == 1
            for table in ("identifiers_logentry", "identifiers_issuerkey"):
                with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
                    connection.cursor().execute(f"DELETE FROM {table}")

    def test_ask_for_a_scope(self, identified: Organisation) -> None:
        with pytest.raises(NoScope):
            KeyEvent.objects.count()

    def test_of_one_organisation_are_not_anothers(self, identified: Organisation) -> None:
        other = Organisation.objects.create(slug="quick", name="Quick Cert", created_at=dt.datetime.now(dt.UTC))
        with organisation_scope(other.pk):
            assert not LogEntry.objects.exists()
        assert queries.log_of(other.pk) == ""
        assert queries.keys_of(other.pk) == []


class TestWhatCheckObjectsTo:
    def test_is_nothing_when_all_keys_are_there(self, identified: Organisation) -> None:
        assert queries.problems() == []

    def test_is_a_setting_that_names_no_way(self, db: None, settings: LazySettings) -> None:
        settings.IDENTIFIERS = "web"
        assert queries.problems() == ["ASSAYMARK_IDENTIFIERS is 'web'. Set it to key or webvh."]

    def test_is_a_name_that_does_not_last(self, db: None, settings: LazySettings) -> None:
        settings.IDENTIFIERS, settings.PUBLIC_URL = "webvh", "http://127.0.0.1:8000"
        [objection] = queries.problems()
        assert "not https under a name" in objection and "Set ASSAYMARK_PUBLIC_URL" in objection

    def test_is_a_key_that_is_not_among_the_files(self, identified: Organisation, tmp_path: Path) -> None:
        KeyStore(tmp_path).put_aside("northfield", known(identified).announced, destroy=True)
        [objection] = queries.problems()
        assert objection.startswith("Northfield Certification: the key z6Mk") and "restore it" in objection


class TestLookingUpOnce:
    def test_asks_the_database_once_for_what_is_written_in_one_go(self, identified: Organisation) -> None:
        with CaptureQueriesContext(connection) as asked, queries.looked_up_once():
            for _ in range(3):
                queries.identifier_of(identified.pk)
        assert len(asked) == 1

    def test_sees_what_is_changed_meanwhile(self, northfield: Organisation) -> None:
        with queries.looked_up_once(), queries.looked_up_once():
            assert queries.identifier_of(northfield.pk) is None
            assert queries.log_of(northfield.pk) == "" and queries.keys_of(northfield.pk) == []
            actions.identify(organisation=northfield, at=BEGUN)
            assert known(northfield).signs == queries.keys_of(northfield.pk)[0].public
