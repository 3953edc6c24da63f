"""Vectors that others published: keys, tokens, lists, schemas' own samples."""

from __future__ import annotations

import datetime as dt
import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from assaymark.adapters.keys import SigningKey
from assaymark.formats import did_webvh, jws, schemas, secured, strict_json
from assaymark.formats.credential import BadCredential, read_credential
from assaymark.formats.did import KeyResolver, NotAtHand, did_key, public_key_of
from assaymark.formats.keys import ed25519, from_jwk, from_multikey
from assaymark.formats.multibase import base58_decode, base64url_decode, base64url_encode
from assaymark.formats.status_list import decode

FOLDER = Path(__file__).parent
PUBLISHED: dict[str, list[dict[str, Any]]] = json.loads((FOLDER / "published" / "cases.json").read_bytes())
SECURED: list[dict[str, Any]] = json.loads((FOLDER / "published" / "secured.json").read_bytes())
SAMPLES = sorted((FOLDER / "untp").glob("*.json"))


def each(kind: str) -> pytest.MarkDecorator:
    """One test per published case of a kind, named by its source."""
    return pytest.mark.parametrize("case", PUBLISHED[kind], ids=lambda case: str(case["source"]))


class TestPublishedKeys:
    @each("did_keys")
    def test_a_seed_gives_its_identifier(self, case: dict[str, Any]) -> None:
        assert SigningKey.from_seed(bytes.fromhex(case["seed"])).did == case["did"]

    @each("key_pairs")
    def test_a_private_key_gives_its_public_key(self, case: dict[str, Any]) -> None:
        private = base58_decode(case["privateKeyMultibase"][1:])
        assert private[:2] == b"\x80\x26"  # multicodec ed25519-priv
        assert SigningKey.from_seed(private[2:]).did == f"did:key:{case['publicKeyMultibase']}"

    @each("ed25519")
    def test_a_signature_is_judged_as_published(self, case: dict[str, Any]) -> None:
        message, signature = bytes.fromhex(case["message"]), bytes.fromhex(case["signature"])
        assert ed25519(bytes.fromhex(case["key"])).holds(message=message, signature=signature) is case["holds"]

    @each("ecdsa_p1363")
    def test_a_signature_of_two_numbers_is_judged_as_published(self, case: dict[str, Any]) -> None:
        x, y = (base64url_encode(bytes.fromhex(case[name])) for name in ("x", "y"))
        key = from_jwk({"kty": "EC", "crv": "P-256", "x": x, "y": y})
        message, signature = bytes.fromhex(case["message"]), bytes.fromhex(case["signature"])
        assert key.holds(message=message, signature=signature) is case["holds"]


class TestPublishedTokens:
    @each("ecdsa_tokens")
    def test_a_token_of_an_elliptic_key_holds_and_no_other_spelling_of_it(self, case: dict[str, Any]) -> None:
        parts, key = jws.split(case["token"]), from_jwk(case["jwk"])
        assert key.holds(message=parts.signing_input, signature=parts.signature)
        assert not key.holds(message=parts.signing_input + b" ", signature=parts.signature)
        assert not key.holds(message=parts.signing_input, signature=parts.signature[:-1])

    @each("tokens")
    def test_a_token_holds(self, case: dict[str, Any]) -> None:
        parts = jws.split(case["token"])
        key = base64url_decode(case["x"])
        assert parts.payload.decode() == case["payload"]
        assert ed25519(key).holds(message=parts.signing_input, signature=parts.signature)
        assert public_key_of(did_key(key)) == key

    @each("refused_tokens")
    def test_a_forbidden_token_is_refused(self, case: dict[str, Any]) -> None:
        with pytest.raises(BadCredential, match=case["why"]):
            read_credential(case["token"], resolver=KeyResolver())


class TestPublishedLogs:
    """Logs of the did:webvh test suite: replayed as published, refused after any change."""

    def replayed(self, log: str, witnesses: Sequence[str] = ()) -> did_webvh.History:
        return did_webvh.replay(log, now=dt.datetime(2026, 11, 24, tzinfo=dt.UTC), witnesses=witnesses)

    @pytest.mark.parametrize("name", ["basic-create", "portable-move", "services"])
    def test_are_replayed(self, name: str) -> None:
        assert self.replayed((FOLDER / "published" / "webvh" / f"{name}.jsonl").read_text("utf-8")).dids

    def test_need_the_witnesses_that_they_had_before_the_change(self) -> None:
        folder = FOLDER / "published" / "webvh"
        log = (folder / "witness-update.jsonl").read_text("utf-8")
        proofs = (folder / "witness-update.did-witness.json").read_text("utf-8")
        assert len(self.replayed(log, [proofs]).versions) == 2
        with pytest.raises(NotAtHand):
            self.replayed(log)
        (approved,) = json.loads(proofs)
        for kept in (approved["proof"][:1], approved["proof"][1:], []):
            with pytest.raises(did_webvh.BadLog, match="approved"):
                self.replayed(log, [json.dumps([approved | {"proof": kept}])])

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("2000-01-02T00:00:00Z", "2000-01-03T00:00:00Z"),
            ("example.com/didcomm", "example.org/didcomm"),
            ('"watchers":[]}', '"watchers":[],"ttl":1}'),
            ("2-Qmbq", "3-Qmbq"),
            ("eddsa-jcs-2022", "eddsa-rdfc-2022"),
            ("did:webvh:1.0", "did:webvh:0.5"),
            ("P5RDjVJG#z6Mkj", "P5RDjVJG#z6Mkk"),
        ],
    )
    def test_are_refused_after_a_change(self, old: str, new: str) -> None:
        log = (FOLDER / "published" / "webvh" / "services.jsonl").read_text("utf-8")
        assert old in log
        with pytest.raises(did_webvh.BadLog):
            self.replayed(log.replace(old, new))


class TestPublishedLists:
    @each("status_lists")
    def test_a_list_unpacks_to_its_entries(self, case: dict[str, Any]) -> None:
        bits = decode(case["encodedList"])
        assert len(bits) * 8 == case["entries"]
        assert sum(byte.bit_count() for byte in bits) == case["set"]


class TestPublishedSamples:
    @pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
    def test_conform_to_the_schema_that_ships(self, sample: Path) -> None:
        anchor = "IdentityAnchor" in sample.name
        schema = schemas.IDENTITY_ANCHOR if anchor else schemas.CONFORMITY_CREDENTIAL
        assert schemas.complaints(json.loads(sample.read_bytes()), schema=schema) == ()

    def test_with_a_status_index_as_text_break_it(self) -> None:
        """UNTP 0.7.0 wants an integer where the W3C specification wants text: hence two profiles when reading."""
        document = json.loads(SAMPLES[0].read_bytes())
        document["credentialStatus"] = {
            "id": "https://x.example/1#5",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "5",
            "statusListCredential": "https://x.example/1",
        }
        (complaint, *_) = schemas.complaints(document, schema=schemas.CONFORMITY_CREDENTIAL)
        assert "statusListIndex" in complaint


class TestPublishedCredentials:
    """Good and bad credentials of the W3C specifications and test suites, in both ways of securing them."""

    @pytest.mark.parametrize("case", SECURED, ids=lambda case: str(case["source"]))
    def test_get_the_answer_that_is_documented(self, case: dict[str, Any]) -> None:
        keys = {
            name: from_multikey(key["publicKeyMultibase"])
            if "publicKeyMultibase" in key
            else from_jwk(key["publicKeyJwk"])
            for name, key in case["keys"].items()
        }
        data = case["token"] if "token" in case else json.dumps(case["document"])
        outcome, why = "holds", ""
        try:
            secured.check(data, resolver=secured.GivenKeys(keys), own_key=case["own_key"])
        except secured.BadSecured as error:
            outcome, why = "bad", str(error)
        except secured.UnsupportedSecured as error:
            outcome, why = "unsupported", str(error)
        assert outcome == case["outcome"]
        assert case["why"] in why


class TestCanonicalJson:
    @each("canonical_json")
    def test_is_the_published_text(self, case: dict[str, Any]) -> None:
        assert strict_json.canonical(strict_json.loads(case["input"].encode())).decode() == case["output"]

    @each("numbers")
    def test_of_a_number_is_the_published_text(self, case: dict[str, Any]) -> None:
        (number,) = struct.unpack(">d", bytes.fromhex(case["double"]))
        assert strict_json.canonical(number).decode() == case["output"]
        for spelled in (case["output"], repr(number)):
            assert strict_json.canonical(strict_json.loads(spelled.encode())).decode() == case["output"]

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ({"b": 1, "a": [True, None, 1.0]}, '{"a":[true,null,1],"b":1}'),
            ({"\u20ac": 1, "\r": 2, "1": 3}, '{"\\r":2,"1":3,"\u20ac":1}'),
            ([333333333.3333333, 1e30, 4.5, 2e-3, 1e-27], "[333333333.3333333,1e+30,4.5,0.002,1e-27]"),
        ],
    )
    def test_follows_rfc_8785(self, value: Any, text: str) -> None:
        assert strict_json.canonical(value).decode() == text

    @pytest.mark.parametrize(
        "text",
        [
            b'"\\ud800"', b'"\\udc00\\ud800"', b'{"\\ud800":1}', b'"\xed\xa0\x80"', b'"\xff"', b'"\xc0\x80"',
            b"\xef\xbb\xbf{}", b"{}\x00", b"", b" ", b"{} {}", b"[1,]", b'{"a":1,}', b"[01]", b"[1.]", b"[.5]", b"[+1]",
            b"[0x10]", b"[NaN]", b"[Infinity]", b"[-]", b"[1e400]", b"['a']", b'"\t"', b'"\\x41"', b"[1 2]", b"// x\n1",
            b'{"a":1,"a":1}', b'{"\xc3\xa9":1,"\\u00e9":2}', b"nul",
        ],
        ids=repr,
    )  # fmt: skip
    def test_is_not_made_of_what_parsers_read_differently(self, text: bytes) -> None:
        with pytest.raises(strict_json.BadJson):
            strict_json.canonical(strict_json.loads(text))

    @pytest.mark.parametrize("value", [9007199254740993, -9007199254740993, float("nan"), float("inf"), "\ud800"])
    def test_is_not_made_of_what_has_none(self, value: object) -> None:
        with pytest.raises(strict_json.BadJson):
            strict_json.canonical({"a": [value]})
