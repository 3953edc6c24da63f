"""Asking a route as somebody, and undoing whatever the answer did."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from tests.permission.house import FACTORIES, House, load_factories
from tests.permission.routes import Route


class MissingArguments(Exception):
    """No factory makes the arguments of a route."""


def arguments_of(route: Route, house: House) -> dict[str, Any]:
    """The arguments of a route in a house; raises MissingArguments."""
    load_factories()
    wanted = set(route.arguments) - {"organisation"}
    given: dict[str, Any] = {"organisation": house.organisation.slug}
    if wanted:
        factory = FACTORIES.get(route.name)
        if factory is None:
            raise MissingArguments(
                f"{route.name} takes {', '.join(sorted(wanted))}: add a factory to tests/permission/arguments/."
            )
        given |= house.once(f"arguments of {factory.__module__}.{factory.__name__}", lambda: factory(house))
    return given


def client_of(who: str, house: House, stranger: House) -> tuple[Client, dict[str, str]]:
    """A client for a column of the matrix, and the headers of its token."""
    client = Client(raise_request_exception=False)
    if who == "anonymous":
        return client, {}
    home, role = (stranger, "administrator") if who == "outsider" else (house, who)
    client.cookies[settings.SESSION_COOKIE_NAME] = home.once(f"session of {role}", lambda: _session(home, role))
    return client, {"Authorization": f"Bearer {home.secrets[role]}"}


def _session(home: House, role: str) -> str:
    """Signed in once per person, outside of what is undone."""
    client = Client()
    client.force_login(home.people[role], backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.cookies[settings.SESSION_COOKIE_NAME].value


class _Undo(Exception):
    pass


def ask(route: Route, method: str, who: str, *, house: House, stranger: House, arguments: dict[str, Any]) -> int:
    """The status code of one request with an empty body; what it changed is rolled back."""
    address = route.address(arguments)
    client, headers = client_of(who, house, stranger)
    cache.clear()
    status = 0
    undone = transaction.atomic()
    undone._from_testcase = True  # as the test's own transaction: code that insists on committing may run inside
    try:
        with undone:
            if address.startswith("/api/"):
                client = Client(raise_request_exception=False)
                body: dict[str, Any] = {} if method == "GET" else {"data": "{}", "content_type": "application/json"}
                status = client.generic(method, address, headers=headers, **body).status_code
            else:
                status = client.generic(method, address).status_code
            raise _Undo
    except _Undo:
        return status
    finally:
        # Signed inside what was rolled back: the journal would rightly ask for its lost entries.
        for signed in (settings.HOME / "journal").glob("*.checkpoint"):
            signed.unlink()
