"""A buyer in front of its watch list. The cast: see tests/records/watch/conftest.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from assaymark.core.parties import Actor
from assaymark.records.parties.models import Person
from tests.records.watch.conftest import castell as castell
from tests.records.watch.conftest import chain as chain
from tests.records.watch.conftest import listed as listed
from tests.records.watch.conftest import register as register
from tests.records.watch.conftest import rival as rival
from tests.records.watch.conftest import take as take


class Desk:
    """Somebody in front of the pages."""

    def __init__(self, who: Actor) -> None:
        self.who, self.client = who, Client()
        self.client.force_login(
            Person.objects.get(pk=who.person_id), backend="django.contrib.auth.backends.ModelBackend"
        )

    def get(self, path: str = "", *, status: int = 200, follow: bool = False) -> str:
        """The words of a page's main part, spaces folded; of a download its text."""
        answer = self.client.get(self.address(path), follow=follow)
        assert answer.status_code == status, (path, answer.status_code)
        return words(answer)

    def post(self, path: str, *, status: int = 200, **data: Any) -> str:
        """Send a form; the words of the page that follows."""
        answer = self.client.post(self.address(path), data, follow=True)
        assert answer.status_code == status, (path, answer.status_code, words(answer)[:500])
        return words(answer)

    def address(self, path: str) -> str:
        return path if path.startswith("/") else f"/o/{self.who.organisation_slug}/watch/{path}"


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split("<main", 1)[-1].split())


@pytest.fixture
def desk(db: None) -> Callable[[Actor], Desk]:
    cache.clear()
    return Desk
