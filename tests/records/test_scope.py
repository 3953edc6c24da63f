"""Scope fails closed: a forgotten scope is an error, another organisation's row is not there."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assaymark.records.parties.actions import add_organisation
from assaymark.records.parties.models import Engagement, Organisation, Site
from assaymark.records.scope import NoScope, current_scope, new_id, organisation_scope, system_scope

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PACKAGE = Path(__file__).resolve().parents[2] / "src" / "assaymark"

# Who may see past the scope, and why. A new entry needs a reason that a reviewer accepts.
MAY_SEE_ALL = {
    "records/scope.py": "defines both",
    "records/parties/actions.py": "founds organisations, finds accounts by e-mail, accepts invitations",
    "records/parties/queries.py": "decides who acts where, before there is a scope",
    "records/attestations/authorization.py": "answers whether a body may attest, from public attestations",
    "records/attestations/log.py": "an issuer's public status log, and the logs of issuers that are older than it",
    "records/attestations/queries.py": "the public register, and the chain above a certificate",
    "records/attestations/reissuing.py": "an identifier is named by the attestations of others too, as the operator",
    "records/identifiers/queries.py": "identifiers and their keys are published, whoever asks",
    "records/parties/accounts.py": "disables an account in all organisations of a person, as the operator",
    "records/parties/invitations.py": "finds an invitation by its secret, before there is a scope",
    "records/assessments/bodies.py": "lists the bodies that anybody can apply to",
    "records/watch/noticing.py": "finds who watches a certificate, before a change is written in the watcher's scope",
    "cli/installation.py": "migrates",
}
_ESCAPE = re.compile(r"\bunscoped\b|\bsystem_scope\b")


def callers() -> set[str]:
    """Modules that name one of the two ways past the scope (migrations name them as managers)."""
    return {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if "migrations" not in path.parts and _ESCAPE.search(path.read_text(encoding="utf-8"))
    }


@pytest.fixture
def twins(db: None) -> tuple[Organisation, Organisation]:
    pair = (
        add_organisation(slug="halden", name="Halden", at=AT),
        add_organisation(slug="brandt", name="Brandt", at=AT),
    )
    for organisation in pair:
        with organisation_scope(organisation.pk):
            Site.objects.create(organisation=organisation, name=f"Site of {organisation.name}")
    return pair


class TestAScopedQuery:
    def test_outside_of_any_scope_is_an_error(self, db: None) -> None:
        for query in (Site.objects.all, Site.objects.count, Site.objects.first):
            with pytest.raises(NoScope, match="Site was queried outside a scope"):
                query()

    def test_sees_the_rows_of_its_organisation(self, twins: tuple[Organisation, Organisation]) -> None:
        for organisation in twins:
            with organisation_scope(organisation.pk):
                assert [s.name for s in Site.objects.all()] == [f"Site of {organisation.name}"]

    def test_does_not_find_anothers_row_by_its_id(self, twins: tuple[Organisation, Organisation]) -> None:
        halden, brandt = twins
        with organisation_scope(brandt.pk):
            theirs = Site.objects.get()
        with organisation_scope(halden.pk):
            with pytest.raises(Site.DoesNotExist):
                Site.objects.get(pk=theirs.pk)
            with pytest.raises(Site.DoesNotExist):
                Site.for_update(theirs.pk)

    def test_of_the_system_sees_all(self, twins: tuple[Organisation, Organisation]) -> None:
        with system_scope():
            assert Site.objects.count() == 2

    def test_shows_a_row_of_two_sides_to_both_and_lets_the_owner_change_it(
        self, twins: tuple[Organisation, Organisation]
    ) -> None:
        halden, brandt = twins
        with organisation_scope(halden.pk):
            row = Engagement.objects.create(
                organisation=halden, guest=brandt, purpose="Audit", since=AT.date(), until=AT.date()
            )
            assert Engagement.for_update(row.pk).pk == row.pk
        with organisation_scope(brandt.pk):
            assert Engagement.objects.get().pk == row.pk
            with pytest.raises(Engagement.DoesNotExist):
                Engagement.for_update(row.pk)


class TestAScope:
    def test_ends_where_it_was_opened_even_by_an_error(self) -> None:
        with pytest.raises(ZeroDivisionError), organisation_scope(new_id()):
            1 / 0  # noqa: B018
        assert current_scope() is None

    def test_gives_way_to_a_nested_one_and_comes_back(self) -> None:
        first, second = new_id(), new_id()
        with organisation_scope(first):
            with organisation_scope(second):
                assert current_scope().organisation_id == second  # type: ignore[union-attr]
            assert current_scope().organisation_id == first  # type: ignore[union-attr]


class TestWaysPastTheScope:
    def test_are_taken_by_known_modules_only(self) -> None:
        unknown = sorted(callers() - set(MAY_SEE_ALL))
        assert unknown == [], "Either stay in the scope, or add the module with its reason to MAY_SEE_ALL."

    def test_known_modules_still_take_them(self) -> None:
        assert sorted(set(MAY_SEE_ALL) - callers()) == []

    def test_pages_and_interfaces_never_take_them(self) -> None:
        assert [c for c in callers() if c.startswith(("web/", "api/"))] == []


class TestIdentifiers:
    def test_are_version_7_and_sort_by_time(self) -> None:
        first = new_id()
        time.sleep(0.003)
        second = new_id()
        assert (first.version, first.variant) == (7, "specified in RFC 4122")
        assert first < second
