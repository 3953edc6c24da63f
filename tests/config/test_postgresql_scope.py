"""The session of PostgreSQL knows the scope of every statement, also after an error and a rollback."""

from __future__ import annotations

import contextlib
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from assaymark.records.scope import organisation_scope, system_scope

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no session variables"),
]

ONE, OTHER = UUID(int=1), UUID(int=2)


def session() -> tuple[str, str]:
    """What the policies read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('assaymark.organisation'), current_setting('assaymark.system')")
        organisation, system = cursor.fetchone()
    return organisation, system


def fail() -> None:
    """A statement that the database refuses."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")


class TestTheSession:
    def test_follows_the_scope_in_and_out(self) -> None:
        with organisation_scope(ONE):
            assert session() == (str(ONE), "off")
            with system_scope():
                assert session() == ("", "on")
            assert session() == (str(ONE), "off")
        assert session() == ("", "off")

    def test_is_right_again_after_a_rollback_undid_it(self) -> None:
        with organisation_scope(ONE):
            session()
            with pytest.raises(DatabaseError), transaction.atomic(), organisation_scope(OTHER):
                assert session() == (str(OTHER), "off")
                fail()
            assert session() == (str(ONE), "off")

    def test_survives_an_error_that_leaves_a_scope_before_its_transaction(self) -> None:
        """The rollback comes when the scope is another already, and the connection hears nothing but the rollback."""
        with pytest.raises(ZeroDivisionError):
            self.fail_inside_a_scope_inside_a_transaction()
        assert session() == ("", "off")

    def fail_inside_a_scope_inside_a_transaction(self) -> None:
        try:
            with transaction.atomic(), organisation_scope(ONE):
                fail()
        except DatabaseError as error:
            raise ZeroDivisionError from error


class TestAnErrorThatIsPassedOver:
    """Somebody catches it inside the transaction, without a savepoint, and goes on as if nothing had happened."""

    pytestmark = pytest.mark.django_db(transaction=True)

    def pass_over(self) -> None:
        with transaction.atomic(), organisation_scope(OTHER):
            assert session() == (str(OTHER), "off")
            with contextlib.suppress(DatabaseError):
                fail()

    def test_is_an_error_in_the_end(self) -> None:
        with pytest.raises(transaction.TransactionManagementError, match="nothing of it is kept"):
            self.pass_over()

    def test_leaves_no_scope_of_an_earlier_request_behind(self) -> None:
        with organisation_scope(ONE):
            session()
        with contextlib.suppress(DatabaseError):
            self.pass_over()
        with organisation_scope(OTHER):
            assert session() == (str(OTHER), "off")
        assert session() == ("", "off")
