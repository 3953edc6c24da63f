"""A body's signed register: each certificate is judged as it would be by its own signature."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest

from assaymark.adapters.keys import SigningKey
from assaymark.core.attestation import CertificateContent, StatusEventKind
from assaymark.formats import jws
from assaymark.formats.credential_claims import certificate_claims
from assaymark.verify import listed as module
from assaymark.verify.listed import Listed
from assaymark.verify.many import Brief, Judge
from tests.trust_cast import ANCHORS, CERTIFICATE, HANSE, NOW, QUICK, STRANGER, UNACCREDITED, Chain, event

CLAIMS = certificate_claims(CERTIFICATE)


def judge(*, chain: Chain | None = None, body: SigningKey = HANSE, events: bool = False) -> Judge:
    """A judge with the status lists and the chain of the cast; with ``events``, also with the certificate's log."""
    chain = chain or Chain()
    evidence = [*chain.parents(), *(token for issuer in chain.issuers() for token in issuer.lists(NOW))]
    if events:
        evidence.append(chain.of_certificate.log(NOW))
    return Judge(evidence, anchors=ANCHORS, at=NOW)


def token(content: bytes, key: SigningKey = HANSE) -> bytes:
    return jws.sign(content, signer=key, typ="vc+jwt", cty="vc").encode()


def both(judge: Judge, content: bytes, key: SigningKey = HANSE) -> tuple[Brief, Brief]:
    """The verdict by the register and the one by the certificate's own signature."""
    (by_register,) = Listed(judge, key.did).judge([content])
    return by_register, judge.judge(token(content, key))


def by_both(content: CertificateContent, **more: Any) -> str:
    one, other = both(judge(**more), orjson.dumps(certificate_claims(content)))
    assert one == other
    return one.code.value


def beyond(**row: frozenset[str]) -> CertificateContent:
    return replace(CERTIFICATE, scope=(replace(CERTIFICATE.scope[0], **row),))  # type: ignore[arg-type]


class TestACertificateOfARegister:
    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (CERTIFICATE, "VALID"),
            (replace(CERTIFICATE, valid_until=dt.date(2026, 11, 23)), "EXPIRED"),
            (replace(CERTIFICATE, valid_until=NOW.date()), "VALID"),
            (replace(CERTIFICATE, valid_from=dt.date(2026, 11, 25)), "NOT_YET_VALID"),
            (beyond(iaf=frozenset({"28"})), "OUT_OF_SCOPE"),
            (beyond(iaf=frozenset({"17", "28"})), "OUT_OF_SCOPE"),
            (beyond(iaf=frozenset()), "SCOPE_NOT_STATED"),
            (beyond(countries=frozenset({"DE", "FR"})), "OUT_OF_SCOPE"),
            (beyond(editions=frozenset({"2026"})), "OUT_OF_SCOPE"),
            (beyond(editions=frozenset({"2008"})), "EXPIRED"),  # its transition ended
            (replace(CERTIFICATE, scope=()), "SCOPE_NOT_STATED"),
            (replace(CERTIFICATE, scope=CERTIFICATE.scope * 2), "VALID"),
        ],
    )
    def test_has_the_verdict_that_its_signature_would_give_it(self, content: CertificateContent, code: str) -> None:
        assert by_both(content) == code

    def test_of_a_body_without_accreditation_is_unaccredited(self) -> None:
        content = orjson.dumps(certificate_claims(UNACCREDITED))
        chain = Chain(certificate=UNACCREDITED, accreditation=None, body=QUICK)
        one, other = both(judge(chain=chain), content, QUICK)
        assert one == other
        assert one.code == "UNACCREDITED"

    def test_that_names_an_accreditation_only_among_its_authorisations_is_weighed_as_one_that_does(self) -> None:
        copy = json.loads(orjson.dumps(CLAIMS))
        del copy["issuer"]["recognizedIn"]
        one, other = both(judge(), orjson.dumps(copy))
        assert one == other

    @pytest.mark.parametrize(("state", "code"), [("suspended", "SUSPENDED"), ("withdrawn", "WITHDRAWN")])
    def test_is_looked_up_in_both_lists(self, state: str, code: str) -> None:
        chain = Chain()
        setattr(chain.of_certificate, state, True)
        assert by_both(CERTIFICATE, chain=chain) == code

    def test_whose_events_are_at_hand_is_judged_by_them(self) -> None:
        chain = Chain()
        chain.of_certificate.events = [
            event(1, StatusEventKind.ISSUED, CERTIFICATE.valid_from),
            event(2, StatusEventKind.SUSPENDED, dt.date(2026, 10, 1)),
        ]
        assert by_both(CERTIFICATE, chain=chain) == "VALID"
        assert by_both(CERTIFICATE, chain=chain, events=True) == "SUSPENDED"

    @pytest.mark.parametrize("index", [131_071, 131_072, 2**40, 2**70])
    def test_whose_place_may_lie_outside_the_list_has_no_status_there(self, index: int) -> None:
        content = orjson.dumps(CLAIMS).replace(b'"statusListIndex":33', b'"statusListIndex":%d' % index)
        one, other = both(judge(), content)
        assert one == other
        assert (one.code == "VALID") == (index < 131_072)

    def test_of_a_list_that_is_not_at_hand_is_not_called_in_force(self) -> None:
        status = replace(CERTIFICATE.status, revocation_list="https://hanse.example/status/elsewhere")
        assert by_both(replace(CERTIFICATE, status=status)) != "VALID"

    def test_is_not_its_bodys_word_in_the_register_of_another(self) -> None:
        (found,) = Listed(judge(), STRANGER.did).judge([orjson.dumps(CLAIMS)])
        assert found.code == "INVALID"


def written_twice() -> Iterator[tuple[str, bytes]]:
    """The certificate with a member of one of its objects standing twice, for each object; and where that is."""
    places: list[tuple[str | int, ...]] = [()]
    while places:
        place = places.pop()
        copy = json.loads(orjson.dumps(CLAIMS))
        inner = copy
        for step in place:
            inner = inner[step]
        children = inner.items() if isinstance(inner, dict) else enumerate(inner)
        places += [(*place, name) for name, child in children if isinstance(child, dict | list)]
        if isinstance(inner, dict):
            name, value = next(iter(inner.items()))
            inner["a member twice"] = value
            yield "/".join(map(str, place)), orjson.dumps(copy).replace(b'"a member twice"', orjson.dumps(name))


class TestARegister:
    TWICE = tuple(written_twice())

    @pytest.mark.parametrize(("place", "content"), TWICE, ids=[place or "the whole" for place, _ in TWICE])
    def test_finds_a_member_that_stands_twice_in_any_object(self, place: str, content: bytes) -> None:
        usual = orjson.dumps(CLAIMS)
        assert len(content) > len(usual), place
        found = [brief.code for brief in Listed(judge(), HANSE.did).judge([usual, content, usual])]
        assert found == ["VALID", "INVALID", "VALID"]
        assert judge().judge(token(content)).code == "INVALID"

    def test_judges_each_for_itself_whatever_came_before(self) -> None:
        other = replace(CERTIFICATE, recognised_in=replace(CERTIFICATE.recognised_in, number="NA-43"))  # type: ignore[type-var]
        spaced = orjson.dumps(CLAIMS).replace(b",", b", ")
        contents = [
            b"no certificate",
            orjson.dumps(CLAIMS),
            orjson.dumps(certificate_claims(beyond(iaf=frozenset({"28"})))),
            spaced,
            orjson.dumps(certificate_claims(other)),
            orjson.dumps(CLAIMS | {"exp": 1}),
            orjson.dumps(certificate_claims(UNACCREDITED)),
            orjson.dumps(CLAIMS),
            b"",
        ]
        alone = [next(Listed(judge(), HANSE.did).judge([content])) for content in contents]
        assert list(Listed(judge(), HANSE.did).judge(contents)) == alone
        assert list(Listed(judge(), HANSE.did).judge(contents[::-1])) == alone[::-1]
        assert [brief.code.value for brief in alone[:4]] == ["INVALID", "VALID", "OUT_OF_SCOPE", "VALID"]

    def test_keeps_a_bounded_number_of_what_its_certificates_have_alike(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "_MOST", 2)
        listed = Listed(judge(), HANSE.did)
        contents = [
            orjson.dumps(certificate_claims(replace(beyond(iaf=frozenset({sector})), standard_label=f"ISO {label}")))
            for label in range(4)
            for sector in ("17", "28", "29", "30")
        ]
        codes = [brief.code.value for brief in listed.judge(contents)]
        assert codes == ["VALID", "OUT_OF_SCOPE", "OUT_OF_SCOPE", "OUT_OF_SCOPE"] * 4
        assert len(listed._shared) == 2
        assert all(len(shared.outcomes) == 2 for shared in listed._shared.values())
