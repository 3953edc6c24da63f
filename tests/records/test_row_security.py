"""The second line of tenancy: what PostgreSQL itself lets a session see and write."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from assaymark.records import row_security
from assaymark.records.parties.actions import add_organisation
from assaymark.records.parties.models import Engagement, Organisation, Site
from assaymark.records.scope import Owned, current_scope, new_id, organisation_scope, system_scope

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
on_postgresql = [pytest.mark.postgresql, pytest.mark.skipif("connection.vendor != 'postgresql'")]


@pytest.fixture
def twins(db: None) -> tuple[Organisation, Organisation]:
    """Halden and Brandt with a site each."""
    pair = (
        add_organisation(slug="halden", name="Halden", at=AT),
        add_organisation(slug="brandt", name="Brandt", at=AT),
    )
    for organisation in pair:
        with organisation_scope(organisation.pk):
            Site.objects.create(organisation=organisation, name=f"Site of {organisation.name}")
    return pair


def raw_sites() -> list[str]:
    """What plain SQL sees, without a manager in between."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM parties_site ORDER BY name")
        return [row[0] for row in cursor.fetchall()]


def insert_site(organisation_id: UUID, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO parties_site (id, organisation_id, name, street, locality, country, activity, personnel)"
            " VALUES (%s, %s, %s, '', '', '', '', 0)",
            [new_id(), organisation_id, name],
        )


class TestThePolicies:
    def test_are_made_for_every_owned_model(self) -> None:
        names = {model.__name__ for model in row_security.owned_models()}
        assert {"Site", "Membership", "Engagement", "JournalEntry", "JournalHead", "JournalName"} <= names

    def test_read_what_the_model_says_and_write_what_is_ones_own(self) -> None:
        policies = row_security.policies(Engagement)
        assert "guest_id = (SELECT" in policies["assaymark_read"]
        assert "guest_id" not in policies["assaymark_insert"] + policies["assaymark_update"]

    def test_have_another_fingerprint_when_the_model_changes_its_mind(self, monkeypatch: pytest.MonkeyPatch) -> None:
        before = row_security.fingerprint(Site)
        monkeypatch.setattr(Site, "ROW_SECURITY", "false")
        assert row_security.fingerprint(Site) != before

    def test_and_the_managers_condition_name_the_same_columns(self) -> None:
        """A row visible to a second organisation says so twice: once for each line of defence."""
        for model in row_security.owned_models():
            mapper_widened = model.visible_to.__func__ is not Owned.visible_to.__func__  # type: ignore[attr-defined]
            assert mapper_widened == (model.ROW_SECURITY != Owned.ROW_SECURITY), model.__name__


class TestOnAnotherEngine:
    @pytest.mark.skipif("connection.vendor == 'postgresql'")
    def test_there_is_nothing_to_protect_and_nothing_to_complain_about(self, db: None) -> None:
        row_security.install()
        row_security.stand_aside()
        assert row_security.unprotected() == []
        assert row_security.exempt_role() is None


class TestOnPostgreSQL:
    pytestmark = on_postgresql

    def test_every_table_is_protected(self, db: None) -> None:
        assert row_security.unprotected() == []

    def test_the_role_is_not_exempt(self, db: None) -> None:
        assert row_security.exempt_role() is None

    def test_raw_sql_sees_only_ones_own_rows(self, twins: tuple[Organisation, Organisation]) -> None:
        for organisation in twins:
            with organisation_scope(organisation.pk):
                assert raw_sites() == [f"Site of {organisation.name}"]

    def test_raw_sql_without_a_scope_sees_nothing(self, twins: tuple[Organisation, Organisation]) -> None:
        assert current_scope() is None
        assert raw_sites() == []

    def test_the_system_sees_all(self, twins: tuple[Organisation, Organisation]) -> None:
        with system_scope():
            assert raw_sites() == ["Site of Brandt", "Site of Halden"]

    def test_a_row_for_another_organisation_is_refused(self, twins: tuple[Organisation, Organisation]) -> None:
        halden, brandt = twins
        with (
            organisation_scope(halden.pk),
            pytest.raises(ProgrammingError, match="row-level security"),
            transaction.atomic(),
        ):
            insert_site(brandt.pk, "planted")

    def test_a_row_cannot_be_given_away(self, twins: tuple[Organisation, Organisation]) -> None:
        halden, brandt = twins
        with (
            organisation_scope(halden.pk),
            pytest.raises(ProgrammingError, match="row-level security"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE parties_site SET organisation_id = %s", [brandt.pk])

    @pytest.mark.parametrize("statement", ["UPDATE parties_site SET name = 'mine'", "DELETE FROM parties_site"])
    def test_anothers_rows_are_not_reached(self, twins: tuple[Organisation, Organisation], statement: str) -> None:
        halden, _ = twins
        with organisation_scope(halden.pk), connection.cursor() as cursor:
            cursor.execute(statement)
            assert cursor.rowcount == 1
        with system_scope():
            assert "Site of Brandt" in raw_sites()

    def test_a_row_seen_from_two_sides_is_written_from_one(self, twins: tuple[Organisation, Organisation]) -> None:
        halden, brandt = twins
        with organisation_scope(halden.pk):
            Engagement.objects.create(
                organisation=halden, guest=brandt, purpose="Audit", since=AT.date(), until=AT.date() + timedelta(days=9)
            )
        with organisation_scope(brandt.pk), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM parties_engagement")
            assert cursor.fetchone()[0] == 1
            cursor.execute("UPDATE parties_engagement SET purpose = 'Holiday'")
            assert cursor.rowcount == 0

    def test_policies_are_put_back_after_a_migration(self, twins: tuple[Organisation, Organisation]) -> None:
        connection.check_constraints()  # no event of a trigger may be pending
        row_security.stand_aside()
        with organisation_scope(twins[0].pk):
            assert raw_sites() == []
        with system_scope():
            assert len(raw_sites()) == 2
        assert "parties_site" in row_security.unprotected()
        row_security.install()
        assert row_security.unprotected() == []
        with organisation_scope(twins[0].pk):
            assert raw_sites() == ["Site of Halden"]


class TestTheSession:
    """The session variables follow the scope whatever the transaction does."""

    pytestmark = on_postgresql

    @pytest.mark.django_db(transaction=True)
    def test_knows_its_scope_after_a_rollback(self) -> None:
        halden = add_organisation(slug="halden", name="Halden", at=AT)
        with organisation_scope(halden.pk):
            with pytest.raises(RuntimeError, match="rolled back"), transaction.atomic():
                Site.objects.create(organisation=halden, name="never")
                raise RuntimeError("rolled back")
            insert_site(halden.pk, "Works")
            assert raw_sites() == ["Works"]

    def test_knows_its_scope_after_a_savepoint(self, twins: tuple[Organisation, Organisation]) -> None:
        halden, brandt = twins
        with organisation_scope(halden.pk):
            with pytest.raises(RuntimeError, match="back to the savepoint"), transaction.atomic():
                with organisation_scope(brandt.pk):
                    assert raw_sites() == ["Site of Brandt"]
                raise RuntimeError("back to the savepoint")
            assert raw_sites() == ["Site of Halden"]
        assert raw_sites() == []

    def test_changes_with_nested_scopes(self, twins: tuple[Organisation, Organisation]) -> None:
        halden, brandt = twins
        with organisation_scope(halden.pk):
            with system_scope():
                assert len(raw_sites()) == 2
            assert raw_sites() == ["Site of Halden"]
            with organisation_scope(brandt.pk):
                assert raw_sites() == ["Site of Brandt"]
            assert raw_sites() == ["Site of Halden"]

    @pytest.mark.django_db(transaction=True)
    def test_of_a_connection_that_was_used_before_is_not_inherited(self) -> None:
        halden = add_organisation(slug="halden", name="Halden", at=AT)
        with organisation_scope(halden.pk):
            insert_site(halden.pk, "Works")
            assert raw_sites() == ["Works"]
        assert raw_sites() == []
        connection.close()
        assert raw_sites() == []
        with organisation_scope(halden.pk):
            assert raw_sites() == ["Works"]

    @pytest.mark.django_db(transaction=True)
    def test_of_each_thread_is_its_own(self) -> None:
        pair = [add_organisation(slug=s, name=s, at=AT) for s in ("halden", "brandt")]
        for organisation in pair:
            with organisation_scope(organisation.pk):
                insert_site(organisation.pk, organisation.slug)
        seen: dict[str, set[tuple[str, ...]]] = {"halden": set(), "brandt": set()}

        def look(organisation: Organisation) -> None:
            try:
                for _ in range(20):
                    with organisation_scope(organisation.pk):
                        seen[organisation.slug].add(tuple(raw_sites()))
            finally:
                connection.close()

        threads = [threading.Thread(target=look, args=(organisation,)) for organisation in pair]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen == {"halden": {("halden",)}, "brandt": {("brandt",)}}
