"""Two houses, and a client that signs with a token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from tests.permission.house import House, build_house

Ask = Callable[..., Any]


@pytest.fixture
def halden(db: None) -> House:
    cache.clear()
    return build_house("halden", word="HALDEN")


@pytest.fixture
def brandt(db: None) -> House:
    return build_house("brandt", word="BRANDT")


@pytest.fixture
def ask() -> Ask:
    """`ask(house, "auditor", "POST", "findings/", {...}, key="…")` → the response; addresses begin at the house."""

    def send(
        house: House, who: str, method: str, address: str, body: Any = None, *, key: str = "", token: str = ""
    ) -> Any:
        headers = {"Authorization": f"Bearer {token or house.secrets[who]}"}
        if key:
            headers["Idempotency-Key"] = key
        extra: dict[str, Any] = {} if body is None else {"data": body, "content_type": "application/json"}
        call = getattr(Client(raise_request_exception=True), method.lower())
        return call(f"/api/v1/{house.organisation.slug}/{address}", headers=headers, **extra)

    return send
