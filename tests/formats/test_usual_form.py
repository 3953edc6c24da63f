"""The usual form: what the writer writes is read, and nothing else, however alike it looks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest

from assaymark.core.attestation import CertificateContent, Party
from assaymark.formats.credential_claims import certificate_claims
from assaymark.formats.usual_form import OtherForm, read, repeated
from tests.trust_cast import CERTIFICATE, UNACCREDITED

CLAIMS = certificate_claims(CERTIFICATE)
CONTENT = orjson.dumps(CLAIMS)


def is_usual(content: bytes) -> bool:
    try:
        read(content)
    except OtherForm:
        return False
    return True


def written_twice(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], bytes]]:
    """The content once for each of its members, which then stands twice in its object; with the member's path."""
    for name, child in value.items() if isinstance(value, dict) else enumerate(value):
        at = (*path, str(name))
        if isinstance(value, dict):
            yield at, doubled(at)
        if isinstance(child, dict | list):
            yield from written_twice(child, at)


def doubled(path: tuple[str, ...]) -> bytes:
    """The content with the member at a path written once more, before itself and with another value."""
    mark = "the-member-that-stands-twice"
    copy = json.loads(CONTENT)
    holder = copy
    for step in path[:-1]:
        holder = holder[int(step) if isinstance(holder, list) else step]
    members = list(holder.items())
    holder.clear()
    for name, value in members:
        if name == path[-1]:
            holder[mark] = "first"
        holder[name] = value
    return orjson.dumps(copy).replace(orjson.dumps(mark), orjson.dumps(path[-1]))


class TestTheUsualForm:
    @pytest.mark.parametrize(
        "content",
        [
            CERTIFICATE,
            UNACCREDITED,
            replace(CERTIFICATE, pdf_url="https://hanse.example/c/1.pdf", revision=3),
            replace(CERTIFICATE, sites=CERTIFICATE.sites * 3, decided_on=None, public_url=""),
            replace(CERTIFICATE, status=replace(CERTIFICATE.status, log="")),
            replace(CERTIFICATE, holder=Party("https://h.example", "北京有限公司 “A\\B”\t", registered_id="HRB 1")),
            replace(CERTIFICATE, scope=CERTIFICATE.scope * 40, scheme_id="urn:x:scheme", scheme_name="A scheme"),
        ],
    )
    def test_is_what_the_writer_writes(self, content: CertificateContent) -> None:
        found = read(orjson.dumps(certificate_claims(content)))
        assert found.id == content.credential_id
        assert found.credentialStatus.statusListIndex == found.withdrawalStatus.statusListIndex == content.status.index
        assert (found.validFrom[:10], found.validUntil[:10]) == (str(content.valid_from), str(content.valid_until))

    def test_gives_the_parts_that_many_have_alike(self) -> None:
        other = replace(
            CERTIFICATE, number="HC-2", credential_id="https://hanse.example/c/2", statement="Something else"
        )
        first, second, third = (
            repeated(read(orjson.dumps(certificate_claims(content)))) for content in (CERTIFICATE, other, UNACCREDITED)
        )
        assert first == second != third

    def test_is_read_right_after_a_much_longer_one(self) -> None:
        long = orjson.dumps(certificate_claims(replace(CERTIFICATE, sites=CERTIFICATE.sites * 900)))
        assert len(long) > 50_000
        assert [is_usual(content) for content in (CONTENT, long, CONTENT, long[:-1], CONTENT)] == [1, 1, 1, 0, 1]


class TestAnotherForm:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{}",
            b"[]",
            CONTENT + b" ",
            CONTENT + CONTENT,
            CONTENT[:-1],
            CONTENT.replace(b',"validFrom"', b', "validFrom"'),
            CONTENT.replace(b"Brinkmann", b"Br\\u0069nkmann", 1),
            CONTENT.replace(b"Brinkmann", b"Br\xffnkmann"),
            CONTENT.replace(b'"statusListIndex":33', b'"statusListIndex":-1'),
            CONTENT.replace(b'"statusListIndex":33', b'"statusListIndex":33.0'),
            CONTENT.replace(b'"statusListIndex":33', b'"statusListIndex":"33"'),
            CONTENT.replace(b'"statusPurpose":"suspension"', b'"statusPurpose":"revocation"'),
            CONTENT.replace(b'"conformance":true', b'"conformance":1'),
            CONTENT.replace(b'"3rdParty"', b'"Self"'),
        ],
    )
    def test_is_any_other_spelling_or_type(self, content: bytes) -> None:
        assert not is_usual(content)

    @pytest.mark.parametrize("member", ["nbf", "exp", "iss", "proof", "vc", "vp", "evidence", "termsOfUse"])
    def test_is_a_member_more(self, member: str) -> None:
        assert not is_usual(orjson.dumps(CLAIMS | {member: None}))
        assert not is_usual(orjson.dumps(CLAIMS | {member: 4_000_000_000}))

    def test_is_a_member_more_inside_a_status_entry(self) -> None:
        for name in ("credentialStatus", "withdrawalStatus"):
            entry = {**CLAIMS[name], "statusSize": 2}
            assert not is_usual(orjson.dumps(CLAIMS | {name: entry}))

    def test_is_a_member_twice_in_every_object_that_is_looked_into(self) -> None:
        left = {"/".join(path) for path, content in written_twice(CLAIMS) if is_usual(content)}
        assessment = "credentialSubject/conformityAssessment/0"
        parts = (
            "issuer/",
            "credentialSubject/referenceScheme/",
            "credentialSubject/scope/",
            "credentialSubject/authorisation/",
            f"{assessment}/conformityTopic/",
            f"{assessment}/assessmentCriteria/0/conformityTopic/",
        )
        assert {path for path in left if not path.startswith(parts)} == set()
        assert left  # the parts that stay as they are: the register's judge looks into each spelling once
