"""Forged tokens: algorithms, key identifiers, headers, JSON and encodings that make other verifiers say yes."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from dataclasses import replace
from typing import Any

import orjson
import pytest

from assaymark.core.attestation import Party
from assaymark.formats import jws
from assaymark.formats.did import did_key, key_id
from assaymark.formats.multibase import base64url_encode
from tests.hostile.attack import (
    NO,
    answers,
    bundled,
    claims_of,
    compact,
    forgery,
    judge,
    refused,
    resigned,
    with_claims,
)
from tests.trust_cast import CERTIFICATE, HANSE, NOW, QUICK, STRANGER, Chain, Issuer, pointer

pytestmark = pytest.mark.slow

TOKEN = Chain().token
HEADER = jws.split(TOKEN).header
PAYLOAD = jws.split(TOKEN).payload
ORDER = 2**252 + 27742317777372353535851937790883648493
SMALL_ORDER = [
    bytes(32),
    b"\x01" + bytes(31),
    bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
]


def by_hmac(key: bytes) -> Any:
    return lambda message: hmac.new(key, message, hashlib.sha256).digest()


class TestControl:
    def test_the_unchanged_bundle_gets_four_times_yes(self) -> None:
        assert answers(judge(bundled())) == ["yes"] * 4

    def test_what_the_tools_of_these_tests_sign_for_the_issuer_is_accepted(self) -> None:
        assert answers(judge(bundled(resigned(TOKEN).decode()))) == ["yes"] * 4


class TestAlgorithms:
    @pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", "", "none\0"])
    def test_none_is_refused(self, name: str) -> None:
        assert "not accepted" in forgery(compact(HEADER | {"alg": name}, PAYLOAD, lambda _: b""))

    @pytest.mark.parametrize("key", [HANSE.public_key, HANSE.did.encode(), HANSE.did[8:].encode(), b""])
    def test_hs256_with_the_public_key_is_refused(self, key: bytes) -> None:
        assert "not accepted" in forgery(compact(HEADER | {"alg": "HS256"}, PAYLOAD, by_hmac(key)))

    def test_an_hmac_called_eddsa_is_refused(self) -> None:
        forgery(compact(HEADER, PAYLOAD, lambda message: by_hmac(HANSE.public_key)(message) * 2))

    @pytest.mark.parametrize("name", ["ES256", "ES384"])
    def test_another_kinds_algorithm_is_refused(self, name: str) -> None:
        assert "does not belong" in forgery(compact(HEADER | {"alg": name}, PAYLOAD, HANSE))

    @pytest.mark.parametrize("name", [None, 1, ["EdDSA"], {"EdDSA": 1}, "RS256", "ES256K", "PS256", "EdDSA "])
    def test_anything_else_is_refused(self, name: object) -> None:
        forgery(compact(HEADER | {"alg": name}, PAYLOAD, HANSE))


class TestKeys:
    @pytest.mark.parametrize(
        "kid",
        [
            "../../../../etc/passwd",
            "/dev/null",
            "file:///dev/null",
            "https://attacker.example/key.jwk",
            "http://169.254.169.254/latest/meta-data",
            "' OR 1=1 --",
            "x' UNION SELECT 'key",
            "$(id)",
            "| id",
            "\0",
            "",
        ],
    )
    def test_a_path_address_or_query_as_kid_is_refused_and_never_fetched(self, kid: str) -> None:
        asked: list[str] = []

        def fetch(url: str) -> bytes:
            asked.append(url)
            raise OSError("nothing may be asked for")

        forgery(compact(HEADER | {"kid": kid}, PAYLOAD, HANSE), fetch=fetch)
        assert asked == []

    def test_the_kid_of_another_issuer_is_refused(self) -> None:
        assert "not the issuer's" in forgery(compact(HEADER | {"kid": STRANGER.kid}, PAYLOAD, STRANGER))

    def test_a_strangers_signature_under_the_issuers_kid_is_refused(self) -> None:
        assert "another key signed" in forgery(compact(HEADER, PAYLOAD, STRANGER))

    def test_an_iss_of_another_issuer_in_the_header_is_refused(self) -> None:
        forgery(compact(HEADER | {"iss": STRANGER.did, "kid": STRANGER.kid}, PAYLOAD, STRANGER))

    def test_an_iss_of_another_issuer_in_the_content_is_refused(self) -> None:
        forgery(resigned(TOKEN, iss=STRANGER.did))

    @pytest.mark.parametrize("kid", [None, 7, ["x"], {"id": HANSE.kid}])
    def test_a_kid_that_is_no_text_is_refused(self, kid: object) -> None:
        forgery(compact(HEADER | {"kid": kid}, PAYLOAD, HANSE))

    @pytest.mark.parametrize("name", ["jwk", "jku", "x5c", "x5u", "crit", "b64", "zip"])
    def test_a_key_or_condition_brought_along_in_the_header_is_refused(self, name: str) -> None:
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": base64url_encode(STRANGER.public_key)}
        for signer in (STRANGER, HANSE):
            assert name in forgery(compact(HEADER | {name: jwk}, PAYLOAD, signer))

    @pytest.mark.parametrize("raw", SMALL_ORDER, ids=range(len(SMALL_ORDER)))
    def test_a_small_order_key_signs_nothing(self, raw: bytes) -> None:
        did = did_key(raw)
        issuer = claims_of(TOKEN)["issuer"] | {"id": did}
        payload = orjson.dumps(claims_of(TOKEN) | {"issuer": issuer})
        header = HEADER | {"kid": key_id(did), "iss": did}
        for point in SMALL_ORDER:
            forgery(compact(header, payload, lambda _, r=point: r + bytes(32)))

    def test_a_second_spelling_of_a_signature_is_refused(self) -> None:
        signature = jws.split(TOKEN).signature
        other = signature[:32] + (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
        forgery(compact(HEADER, PAYLOAD, lambda _: other))

    @pytest.mark.parametrize(
        "did",
        ["did:key:z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc", "did:key:", "did:key:z", "did:key:" + "1" * 4000],
        ids=["X25519", "empty", "no key", "long"],
    )
    def test_an_issuer_whose_key_cannot_sign_is_refused(self, did: str) -> None:
        issuer = claims_of(TOKEN)["issuer"] | {"id": did}
        forgery(compact(HEADER | {"kid": did, "iss": did}, orjson.dumps(claims_of(TOKEN) | {"issuer": issuer}), HANSE))


class TestJson:
    def test_a_member_named_twice_in_the_content_is_refused_even_when_the_issuer_signed_it(self) -> None:
        doubled = PAYLOAD[:-1] + b',"name":"x","name":"y"}'
        assert "twice" in forgery(compact(HEADER, doubled, HANSE))

    def test_a_holder_named_twice_is_refused(self) -> None:
        doubled = PAYLOAD.replace(b'"issuedToParty":', b'"issuedToParty":{"name":"Other Ltd"},"issuedToParty":', 1)
        assert "twice" in forgery(compact(HEADER, doubled, HANSE))

    def test_an_algorithm_named_twice_in_the_header_is_refused(self) -> None:
        header = orjson.dumps(HEADER).replace(b'{"alg"', b'{"alg":"none","alg"', 1)
        forgery(compact(header, PAYLOAD, HANSE))

    def test_a_member_named_twice_by_an_escape_is_refused(self) -> None:
        doubled = PAYLOAD[:-1] + b',"na\\u006de":"y"}'
        forgery(compact(HEADER, doubled, HANSE))

    @pytest.mark.parametrize(
        "value", [b"1" * 5000, b"1e400", b"NaN", b"Infinity", b'"\\ud800"', b"-", b"[" * 10_000], ids=lambda v: v[:9]
    )
    def test_numbers_and_texts_that_parsers_read_differently_are_refused(self, value: bytes) -> None:
        forgery(compact(HEADER, PAYLOAD[:-1] + b',"nbf":' + value + b"}", HANSE))

    def test_an_index_beyond_all_integers_is_not_yes(self) -> None:
        entry = orjson.dumps(claims_of(TOKEN)["credentialStatus"]).replace(b'Index":33', b'Index":' + b"9" * 400)
        payload = PAYLOAD.replace(orjson.dumps(claims_of(TOKEN)["credentialStatus"]), entry)
        assert payload != PAYLOAD
        refused(bundled(compact(HEADER, payload, HANSE).decode()))

    @pytest.mark.parametrize("open_", [b"[", b'{"a":'], ids=["lists", "objects"])
    def test_nesting_of_ten_thousand_is_refused(self, open_: bytes) -> None:
        forgery(b'{"type":"AssaymarkBundle","x":' + open_ * 10_000)

    @pytest.mark.parametrize("part", [b"[],", b"{},", b'{"a":1},', b"0,"])
    def test_four_megabytes_of_tiny_parts_are_refused_within_bounds(self, part: bytes) -> None:
        body = part * ((4 * 1024**2 - 100) // len(part))
        assert "parts" in forgery(b'{"type": "AssaymarkBundle","chain":[' + body + b"0]}")

    def test_a_file_over_the_limit_is_refused_unread(self) -> None:
        assert "larger than" in forgery(b"{" + b" " * (21 * 1024**2))

    def test_an_array_instead_of_a_bundle_is_refused(self) -> None:
        forgery(b"[" + bundled() + b"]")


class TestMeaning:
    @pytest.mark.parametrize("name", ["vc", "vp"])
    def test_a_second_credential_inside_the_claims_is_refused(self, name: str) -> None:
        forgery(resigned(TOKEN, **{name: claims_of(TOKEN)}))

    @pytest.mark.parametrize(
        "header",
        [{"typ": "JWT"}, {"typ": None}, {"typ": "bundle-seal+jwt"}, {"typ": "statuslog+jwt"}, {"cty": "text/html"}],
        ids=str,
    )
    def test_a_token_of_another_type_is_no_certificate(self, header: dict[str, Any]) -> None:
        refused(resigned(TOKEN, header=header))

    def test_a_seal_is_no_certificate(self) -> None:
        refused(orjson.loads(bundled())["seal"].encode())

    def test_an_expired_certificate_is_no_in_spite_of_fresh_status(self) -> None:
        verdict = refused(with_claims(validUntil="2026-11-23T23:59:59Z"))
        assert (verdict.in_force.answer, verdict.code.value) == (NO, "EXPIRED")

    def test_an_exp_before_the_date_is_no_though_the_content_runs_on(self) -> None:
        assert refused(with_claims(exp=int(NOW.timestamp()) - 1)).code.value == "EXPIRED"

    def test_a_future_nbf_is_no(self) -> None:
        later = int((NOW + dt.timedelta(days=1)).timestamp())
        assert refused(with_claims(nbf=later)).code.value == "NOT_YET_VALID"

    @pytest.mark.parametrize("moment", ["0000-00-00T00:00:00Z", "9999-99-99T00:00:00Z", "2026-05-01", "now", 0, None])
    def test_a_beginning_that_is_no_instant_is_refused(self, moment: object) -> None:
        claims = {**claims_of(TOKEN), "validFrom": moment}
        forgery(compact(HEADER, orjson.dumps(claims), HANSE))

    @pytest.mark.parametrize("moment", [b"1" + b"0" * 30, b"-9e18", b'"x"', b"[]", b"{}", b"1e18", b"null"])
    def test_an_exp_outside_all_calendars_is_refused(self, moment: bytes) -> None:
        payload = orjson.dumps(claims_of(TOKEN))[:-1] + b',"exp":' + moment + b"}"
        forgery(bundled(compact(HEADER, payload, HANSE).decode()))

    def test_a_swapped_holder_breaks_the_signature(self) -> None:
        swapped = PAYLOAD.replace(b"Brinkmann Machining GmbH", b"Brinkmann Machining Gmbh")
        forged = f"{TOKEN.split('.')[0]}.{base64url_encode(swapped)}.{TOKEN.split('.')[2]}"
        assert swapped != PAYLOAD
        assert "does not fit" in forgery(forged.encode())
        forgery(bundled(forged))

    def test_a_holder_swapped_and_signed_by_a_stranger_stands_on_no_accreditation(self) -> None:
        own = replace(
            CERTIFICATE,
            issuer=Party(STRANGER.did, "Hanse Cert GmbH"),
            holder=Party("https://other.example/", "Other Ltd"),
            status=pointer("stranger", 5),
        )
        chain = Chain(certificate=own, body=STRANGER)
        verdict = refused(chain.bundle())
        assert answers(verdict) == ["yes", "yes", "unknown", "unknown"]

    def test_an_extra_context_changes_no_meaning_and_is_not_fetched(self) -> None:
        asked: list[str] = []

        def fetch(url: str) -> bytes:
            asked.append(url)
            raise OSError("unreachable")

        context = [*claims_of(TOKEN)["@context"], "https://attacker.example/context", {"validUntil": "urn:nothing"}]
        judge(with_claims(**{"@context": context}), fetch=fetch)
        assert not [url for url in asked if "attacker" in url or "context" in url]

    @pytest.mark.parametrize("change", [b"=", b"==", b" ", b"\r\n", b"+", b"."])
    def test_a_second_spelling_of_the_token_is_refused(self, change: bytes) -> None:
        forgery(TOKEN.encode() + change)

    def test_an_unsigned_credential_is_refused(self) -> None:
        forgery(PAYLOAD)
        forgery(TOKEN.rpartition(".")[0].encode() + b".")

    def test_a_status_list_signed_by_the_body_is_no_certificate(self) -> None:
        token = Issuer(HANSE, CERTIFICATE).lists(NOW)[0]
        refused(token.encode())
        refused(bundled(token))

    def test_an_accreditation_in_the_place_of_the_certificate_is_not_taken_for_one(self) -> None:
        verdict = judge(bundled(Chain().parents()[0], signer=QUICK))
        assert verdict.kind != "certificate"
