"""Server-side request forgery: addresses in credentials that lead inside are refused before anything is connected."""

from __future__ import annotations

import orjson
import pytest

from assaymark.adapters.fetch import Fetcher, FetchRefused
from assaymark.verify import Answer
from tests.hostile.attack import UNKNOWN, bundled, claims_of, compact, forgery, refused, resigned
from tests.trust_cast import HANSE, Chain

pytestmark = pytest.mark.slow

INSIDE = [
    "http://127.1/list",
    "http://0x7f000001/list",
    "http://2130706433/list",
    "http://0177.0.0.1/list",
    "http://[::ffff:10.0.0.1]/list",
    "http://[::1]/list",
    "http://169.254.169.254/latest/meta-data",
    "http://localhost./list",
    "http://10.0.0.1/list",
]
OTHER = [
    "https://user:word@x.example/list",
    "https://x.example:22/list",
    "gopher://x.example/list",
    "file:///etc/passwd",
    "ftp://x.example/list",
]
SPLIT = "https://x.example/a\r\nHost: inside"


def no_connection(*args: object, **options: object) -> object:
    raise AssertionError("a connection was made")


@pytest.fixture(autouse=True)
def _nothing_connects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.create_connection", no_connection)
    monkeypatch.setattr("socket.socket.connect", no_connection)


def pointing_to(url: str) -> bytes:
    """A bundle without status whose certificate says that its status list stands at an address."""
    entry = claims_of(Chain().token)["credentialStatus"] | {"statusListCredential": url}
    certificate = resigned(Chain().token, credentialStatus=entry, withdrawalStatus=None, statusLog=None).decode()
    return bundled(certificate, lists=(), logs=())


def asking(resolved: str = "1.1.1.1") -> Fetcher:
    return Fetcher(resolve=lambda host, port: [resolved])


class TestAddressesInACredential:
    @pytest.mark.parametrize("url", INSIDE)
    def test_an_address_inside_is_refused_in_every_spelling(self, url: str) -> None:
        def fetch(address: str) -> bytes:
            return (Fetcher() if address == url else asking("10.0.0.1"))(address)

        verdict = refused(pointing_to(url), fetch=fetch)
        assert verdict.answer is UNKNOWN
        assert any("not on the public internet" in notice for notice in verdict.notices)

    @pytest.mark.parametrize("url", OTHER)
    def test_another_scheme_port_or_user_is_refused(self, url: str) -> None:
        def fetch(address: str) -> bytes:
            return asking("1.1.1.1" if address == url else "10.0.0.1")(address)

        verdict = refused(pointing_to(url), fetch=fetch)
        assert verdict.in_force.answer is UNKNOWN
        assert any("could not be fetched" in notice for notice in verdict.notices)

    def test_an_address_with_a_line_break_is_no_address(self) -> None:
        assert refused(pointing_to(SPLIT), fetch=asking("1.1.1.1")).authentic.answer is Answer.NO
        with pytest.raises(FetchRefused, match="characters"):
            asking("1.1.1.1")(SPLIT)

    @pytest.mark.parametrize("inside", ["127.0.0.1", "10.1.2.3", "::1", "fe80::1", "100.64.0.1"])
    def test_a_public_name_that_leads_inside_is_refused(self, inside: str) -> None:
        verdict = refused(pointing_to("https://rebound.example/list"), fetch=asking(inside))
        assert verdict.in_force.answer is UNKNOWN
        assert any("not on the public internet" in notice for notice in verdict.notices)

    def test_a_name_of_which_one_address_leads_inside_is_refused(self) -> None:
        both = Fetcher(resolve=lambda host, port: ["1.1.1.1", "10.0.0.1"])
        assert refused(pointing_to("https://rebound.example/list"), fetch=both).in_force.answer is UNKNOWN

    @pytest.mark.parametrize(
        "did",
        ["did:web:127.0.0.1", "did:web:localhost%3A8080", "did:web:169.254.169.254:latest", "did:web:x.example:..:etc"],
    )
    def test_an_issuer_at_an_address_inside_is_never_asked(self, did: str) -> None:
        claims = claims_of(Chain().token)
        claims["issuer"]["id"] = did
        header = {"alg": "EdDSA", "typ": "vc+jwt", "kid": f"{did}#0", "iss": did}
        verdict = refused(compact(header, orjson.dumps(claims), HANSE), fetch=asking("127.0.0.1"))
        assert verdict.authentic.answer.value in ("no", "unknown")

    def test_nothing_is_fetched_for_a_forged_certificate(self) -> None:
        asked: list[str] = []

        def fetch(url: str) -> bytes:
            asked.append(url)
            raise OSError

        forgery(Chain().token[:-8].encode() + b"AAAAAAAA", fetch=fetch)
        assert asked == []
