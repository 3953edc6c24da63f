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
from assaymark.formats.register_lines import VALUES, BadLine, Pattern, lines_of, values_of
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


def by_values(content: CertificateContent) -> list[bytes]:
    """A register whose last line is this certificate's values."""
    others = (replace(content, number=f"HC-{n}", credential_id=f"https://hanse.example/c/{n}") for n in (1, 2))
    lines = list(lines_of(orjson.dumps(certificate_claims(one)) for one in (*others, content)))
    assert [line[:1] in b"={" for line in lines] == [True, True, False, False]
    return lines


class TestACertificateByValues:
    @pytest.mark.parametrize("events", [False, True])
    @pytest.mark.parametrize("state", ["", "suspended", "withdrawn"])
    @pytest.mark.parametrize(
        "content",
        [
            CERTIFICATE,
            replace(CERTIFICATE, valid_until=dt.date(2026, 11, 23)),
            replace(CERTIFICATE, valid_from=dt.date(2026, 11, 25)),
            beyond(iaf=frozenset({"28"})),
            beyond(iaf=frozenset()),
            beyond(countries=frozenset({"DE", "FR"})),
            beyond(editions=frozenset({"2008"})),
            replace(CERTIFICATE, scope=()),
            replace(CERTIFICATE, sites=CERTIFICATE.sites * 2),
            replace(CERTIFICATE, status=replace(CERTIFICATE.status, index=131_072)),
            replace(CERTIFICATE, status=replace(CERTIFICATE.status, suspension_list="https://elsewhere.example/s")),
        ],
    )
    def test_has_the_verdict_of_its_content(self, content: CertificateContent, state: str, events: bool) -> None:
        chain = Chain()
        chain.of_certificate.events = [event(1, StatusEventKind.ISSUED, CERTIFICATE.valid_from)]
        if state:
            setattr(chain.of_certificate, state, True)
        known = judge(chain=chain, events=events)
        *_, found = Listed(known, HANSE.did).judge(by_values(content))
        assert found == known.judge(token(orjson.dumps(certificate_claims(content))))

    LISTS = b'"https://hanse.example/status/'
    IN = b',"statusListCredential":' + LISTS
    CHANGES = (
        ("a second mark for a value", b'"revision":1', b'"revision":\x19'),
        ("a mark in the name of a member", b'"publicPage"', b'"\x14"'),
        ("a mark in the name of a member of the issuer", b'"country":"DE","rec', b'"\x14":"DE","rec'),
        ("a mark in the issuer", b'"name":"Hanse Cert GmbH"', b'"name":"\x11"'),
        ("another issuer", HANSE.did.encode(), STRANGER.did.encode()),
        ("a mark in the type", b'"VerifiableCredential"', b'"\x14"'),
        ("a mark in a context", b"https://w3id.org/assaymark/trust/v1", b"\x0e"),
        ("no mark for the last day", b'"validUntil":"\x16"', b'"validUntil":"2020-01-01T00:00:00Z"'),
        ("the last day where the first belongs", b'"validFrom":"\x15"', b'"validFrom":"\x16"'),
        ("half a date", b'"validUntil":"\x16"', b'"validUntil":"\x16Z"'),
        ("no mark for one index", b"\x19" + IN + b"s", b"9" + IN + b"s"),
        ("no mark for the other", b"\x19" + IN + b"r", b"9" + IN + b"r"),
        ("an index of more digits", b'"statusListIndex":\x19', b'"statusListIndex":1\x19'),
        ("a mark in a list's address", LISTS + b"r", b'"https://hanse.example/\x14/r'),
        ("another purpose", b'"statusPurpose":"revocation"', b'"statusPurpose":"suspension"'),
        ("entries of several bits", b'"statusPurpose":"revocation"', b'"statusPurpose":"revocation","statusSize":2'),
        ("no mark for the scope", b'"scope":\x1a', b'"scope":[]'),
        ("the scope in a text", b'"scope":\x1a', b'"scope":"\x1a"'),
        ("the sites where the scope belongs", b'"scope":\x1a', b'"scope":\x1b'),
        ("a narrowing member more", b'"statusLog"', b'"exp":1,"statusLog"'),
        ("a member twice", b'"revision":1', b'"revision":1,"revision":1'),
        ("a space", b'"revision":1', b'"revision": 1'),
        ("a member less", b'"revision":1,', b""),
        ("no mark for the identifier", b'"id":"\x0e","issuer"', b'"id":"https://hanse.example/c","issuer"'),
        ("no end", b'"statusLog"', b'"statusLog'),
        ("too many marks", b'"revision":1', b'"revision":' + b"\x19" * 80),
    )  # fmt: skip

    @pytest.mark.parametrize(("change", "before", "after"), CHANGES, ids=[change for change, _, _ in CHANGES])
    @pytest.mark.parametrize("state", ["", "suspended", "withdrawn"])
    def test_has_the_verdict_of_its_content_by_any_pattern(
        self, change: str, before: bytes, after: bytes, state: str
    ) -> None:
        lines = by_values(CERTIFICATE)
        assert before in lines[1], change
        lines[1] = lines[1].replace(before, after)
        chain = Chain()
        if state:
            setattr(chain.of_certificate, state, True)
        known = judge(chain=chain)
        *_, found = Listed(known, HANSE.did).judge(lines)
        if change == "too many marks":
            assert found.code == "INVALID"
        else:
            content = Pattern(lines[1][1:]).filled(values_of(lines[3]))
            assert found == known.judge(token(content))

    @pytest.mark.parametrize("place", range(len(VALUES)))
    @pytest.mark.parametrize(
        "value", [b"", b'"', b"x", b"[]", b"null", b'[{"a":1,"a":1}]', b"[1]", b"33", b"\xff", b"{}"]
    )
    def test_has_no_better_verdict_than_its_content_whatever_its_values(self, place: int, value: bytes) -> None:
        lines = by_values(CERTIFICATE)
        parts = lines[3].split(b"\t")
        parts[place] = value
        lines[3] = b"\t".join(parts)
        known = judge()
        *_, found = Listed(known, HANSE.did).judge(lines)
        try:
            content = Pattern(lines[1][1:]).filled(values_of(lines[3]))
        except BadLine:
            assert found.code == "INVALID"
        else:
            # What only the schema asks (that an address is one) is not asked of a register's certificate.
            decides = VALUES[place] in ("from", "until", "index", "scope", "sites")
            assert found == known.judge(token(content)) or not decides

    def test_is_judged_without_its_content(self, monkeypatch: pytest.MonkeyPatch) -> None:
        known = judge()
        monkeypatch.setattr(known, "judge_content", None)
        assert [brief.code.value for brief in Listed(known, HANSE.did).judge(by_values(CERTIFICATE))] == ["VALID"] * 3

    def test_without_a_pattern_before_it_is_refused(self) -> None:
        lines = by_values(CERTIFICATE)
        found = list(Listed(judge(), HANSE.did).judge([lines[3], lines[0], lines[2]]))
        assert [brief.code.value for brief in found] == ["INVALID", "VALID", "INVALID"]

    def test_is_read_by_the_pattern_that_stands_last_above_it(self) -> None:
        lines = by_values(CERTIFICATE)
        other = b"=" + lines[1][1:].replace(b'"validUntil":"\x16"', b'"validUntil":"2020-01-01T00:00:00Z"')
        found = list(Listed(judge(), HANSE.did).judge([*lines, other, lines[3], lines[1], lines[3]]))
        assert [brief.code.value for brief in found] == ["VALID", "VALID", "VALID", "EXPIRED", "VALID"]
