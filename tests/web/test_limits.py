"""Rate limits count by an address that a client cannot choose."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpResponse
from django.test import RequestFactory

from assaymark.web.limits import address_of, limited

# What the client claims, then what each proxy saw, outermost first.
CLAIMED = "198.51.100.7, 203.0.113.5, 10.0.0.2"


def request(forwarded: str = "") -> Any:
    headers: Any = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return RequestFactory().get("/", REMOTE_ADDR="10.0.0.3", **headers)


class TestTheAddress:
    @pytest.mark.parametrize(
        ("proxies", "forwarded", "address"),
        [
            (0, "", "10.0.0.3"),
            (0, CLAIMED, "10.0.0.3"),
            (1, CLAIMED, "10.0.0.2"),
            (2, CLAIMED, "203.0.113.5"),
            (2, "203.0.113.5", "10.0.0.3"),
        ],
    )
    def test_is_what_the_outermost_own_proxy_saw(
        self, settings: Any, proxies: int, forwarded: str, address: str
    ) -> None:
        settings.PROXIES = proxies
        assert address_of(request(forwarded)) == address

    @pytest.mark.parametrize(("proxies", "address"), [(0, "10.0.0.3"), (1, "10.0.0.2"), (2, "203.0.113.5")])
    def test_is_the_same_one_for_sign_in(self, settings: Any, proxies: int, address: str) -> None:
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = settings.PROXIES = proxies
        assert get_adapter().get_client_ip(request(CLAIMED)) == address == address_of(request(CLAIMED))


class TestTheLimit:
    def test_is_not_shared_by_clients_behind_one_proxy(self, settings: Any) -> None:
        settings.PROXIES = 1
        cache.clear()
        page = limited("proxied", a_minute=1)(lambda _: HttpResponse("here"))
        assert page(request("203.0.113.5")).status_code == 200
        assert page(request("203.0.113.6")).status_code == 200
        refused = page(request("198.51.100.7, 203.0.113.5"))
        assert refused.status_code == 429
        assert refused["Retry-After"] == "60"

    def test_is_told_to_people_as_a_page_and_to_programs_as_a_line(self) -> None:
        cache.clear()
        page = limited("told", a_minute=0)(lambda _: HttpResponse("here"))
        person = page(RequestFactory().get("/", headers={"Accept": "text/html,*/*;q=0.8"}))
        program = page(RequestFactory().get("/", headers={"Accept": "*/*"}))
        assert person.status_code == program.status_code == 429
        assert b"<h1>One moment</h1>" in person.content
        assert program.content == b"Too many requests from this address. Try again in a minute."
        assert person["Retry-After"] == program["Retry-After"] == "60"
