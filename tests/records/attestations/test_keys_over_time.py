"""Bodies with identifiers that outlive their keys: what verification says before and after a key is replaced."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.utils import timezone

from assaymark.core.programme import DecisionKind
from assaymark.formats import jws, strict_json
from assaymark.records.attestations import export, identity, log, queries, reissuing
from assaymark.records.attestations.models import Attestation
from assaymark.records.identifiers import actions
from assaymark.records.identifiers.queries import identifier_of, keys_of, log_of
from assaymark.records.journal import checkpoints
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope
from assaymark.records.witness.asking import ask_all
from assaymark.records.witness.asking_status import ask_all_of_status
from assaymark.verify import CertificateVerdict, Input, Policy, verify
from tests.records.attestations.conftest import NOW, Chain

SECOND = dt.timedelta(seconds=1)


@pytest.fixture(autouse=True)
def reached(settings: LazySettings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    settings.PUBLIC_URL = "https://register.example"
    settings.HOME = tmp_path_factory.mktemp("home")
    settings.IDENTIFIERS = "webvh"
    yield


def claims(token: str) -> dict[str, strict_json.Json]:
    return strict_json.loads_object(jws.split(token).payload)


def newest(row: Attestation) -> str:
    """The document that was signed last."""
    with organisation_scope(row.organisation_id):
        return queries.newest_issue(Attestation.objects.get(pk=row.pk)).credential


def asked(chain: Chain, *, at: dt.datetime | None = None, online: bool = False) -> CertificateVerdict:
    now = at or timezone.now()
    row = queries.public_attestation(issuer_slug="northfield", number=chain.certificate.number)
    file = Input("certificate", newest(row).encode() if online else export.bundle(row, at=now))
    return verify([file], at=now, now=now, anchors=queries.anchors(), fetch=web if online else None)[0]


def web(url: str) -> bytes:
    """The installation's own log, as its public address answers."""
    place, _, file = url.removeprefix("https://register.example/did/").partition("/")
    found = Organisation.objects.filter(slug=place).first()
    log = log_of(found.pk) if found else ""
    if file != "did.jsonl" or not log:
        raise OSError("not found")
    return log.encode()


def answers(verdict: CertificateVerdict) -> list[str]:
    return [f.answer.value for f in (verdict.authentic, verdict.in_force, verdict.accredited, verdict.recognised)]


class TestBodiesWithIdentifiersOfTheirOwn:
    def test_are_named_by_them_from_the_first_document_on(self, chain: Chain) -> None:
        did = identity.did_of(chain.northfield)
        token = newest(chain.certificate)
        assert did.startswith("did:webvh:")
        assert claims(token)["issuer"]["id"] == did
        assert jws.split(token).header["kid"] == f"{did}#{keys_of(chain.northfield.pk)[0].public}"
        assert claims(newest(chain.accreditation))["credentialSubject"]["id"] == did

    def test_are_verified_offline_by_the_logs_in_the_bundle(self, chain: Chain) -> None:
        verdict = asked(chain)
        assert answers(verdict) == ["yes"] * 4, verdict

    def test_are_authentic_online_by_the_log_that_is_served(self, chain: Chain) -> None:
        assert asked(chain, online=True).authentic.answer.value == "yes"

    def test_leave_the_holder_without_one(self, chain: Chain) -> None:
        assert identifier_of(chain.halden.pk) is None

    def test_keep_did_web_beside_it(self, chain: Chain) -> None:
        party = identity.issuer_party(chain.northfield)
        assert party.also_known_as[0] == "did:web:register.example:did:northfield"
        document = identity.did_document(chain.northfield)
        assert document["id"] == party.also_known_as[0]
        assert party.id in document["alsoKnownAs"]  # type: ignore[operator]


class TestAfterAKeyWasReplaced:
    def rotate(self, organisation: Organisation, **more: object) -> None:
        actions.replace_key(
            organisation=organisation, at=timezone.now() + SECOND, reason="A new server.", **more,  # type: ignore[arg-type]
        )  # fmt: skip

    def test_what_is_signed_names_the_new_key(self, chain: Chain) -> None:
        self.rotate(chain.northfield)
        token = newest(chain.decide(chain.certificate, DecisionKind.RENEW, at=NOW))
        assert jws.split(token).header["kid"].endswith(keys_of(chain.northfield.pk)[1].public)
        assert claims(token)["issuer"]["id"] == identity.did_of(chain.northfield)

    def test_a_document_of_the_new_key_is_good_offline(self, chain: Chain) -> None:
        self.rotate(chain.northfield)
        chain.decide(chain.certificate, DecisionKind.RENEW, at=NOW)
        assert answers(asked(chain, at=timezone.now() + 5 * SECOND)) == ["yes"] * 4

    def test_an_older_document_is_not_refused_but_unknown_while_nobody_proves_its_time(self, chain: Chain) -> None:
        self.rotate(chain.northfield)
        verdict = asked(chain, at=timezone.now() + 5 * SECOND)
        assert verdict.authentic.answer.value == "unknown"
        assert "was replaced on" in verdict.authentic.reason

    def test_an_older_document_of_a_stolen_key_is_a_no(self, chain: Chain) -> None:
        self.rotate(chain.northfield, compromised_since=timezone.now())
        verdict = asked(chain, at=timezone.now() + 5 * SECOND)
        assert verdict.authentic.answer.value == "no"
        assert "others may have had this key" in verdict.authentic.reason


def seen_by_the_body_above(chain: Chain, *, at: dt.datetime) -> None:
    """Meridian cosigns the status log of Northfield."""
    log.sign(chain.northfield.pk)
    checkpoints.sign(chain.northfield.pk)
    assert ask_all(chain.northfield.pk, at=at)
    assert ask_all_of_status(chain.northfield.pk, at=at)


class TestAKeyWhoseSignaturesOthersHaveSeen:
    """What a witness saw before the key ended is proven to be older, whoever has the key now."""

    def verdict(self, *, file: str = "bundle", witnesses: bool = True) -> CertificateVerdict:
        now = timezone.now() + 60 * SECOND
        row = queries.public_attestation(issuer_slug="northfield", number="NC-26-00417")
        data = export.bundle(row, at=now) if file == "bundle" else export.pdf(row, at=now)
        policy = Policy(witnesses=identity.trusted_witnesses() if witnesses else ())
        return verify([Input("file", data)], at=now, now=now, anchors=queries.anchors(), policy=policy)[0]

    def replace(self, chain: Chain, **more: object) -> None:
        at = timezone.now() + 20 * SECOND
        actions.replace_key(organisation=chain.northfield, at=at, reason="A new server.", **more)  # type: ignore[arg-type]

    def test_is_still_good_after_it_was_replaced(self, chain: Chain) -> None:
        seen_by_the_body_above(chain, at=timezone.now())
        self.replace(chain)
        assert answers(self.verdict()) == ["yes"] * 4
        assert self.verdict(witnesses=False).authentic.answer.value == "unknown"

    def test_is_still_good_when_it_was_stolen_later(self, chain: Chain) -> None:
        seen_by_the_body_above(chain, at=timezone.now())
        self.replace(chain, compromised_since=timezone.now() + 10 * SECOND)
        assert answers(self.verdict()) == ["yes"] * 4
        assert self.verdict(witnesses=False).authentic.answer.value == "no"

    def test_is_a_no_when_it_was_stolen_before(self, chain: Chain) -> None:
        stolen = timezone.now()
        seen_by_the_body_above(chain, at=timezone.now() + 5 * SECOND)
        self.replace(chain, compromised_since=stolen)
        verdict = self.verdict()
        assert verdict.authentic.answer.value == "no"
        assert "others may have had this key" in verdict.authentic.reason

    def test_is_seen_on_by_the_body_above_under_the_new_key(self, chain: Chain) -> None:
        seen_by_the_body_above(chain, at=timezone.now())
        self.replace(chain)
        chain.decide(chain.certificate, DecisionKind.RENEW, at=NOW)
        seen_by_the_body_above(chain, at=timezone.now() + 30 * SECOND)
        assert answers(self.verdict()) == ["yes"] * 4

    def test_is_seen_on_although_the_last_checkpoint_is_of_the_former_key(self, chain: Chain) -> None:
        log.sign(chain.northfield.pk)
        self.replace(chain)
        seen_by_the_body_above(chain, at=timezone.now() + 30 * SECOND)

    @pytest.mark.slow
    def test_may_be_printed_again_with_the_new_key(self, chain: Chain) -> None:
        seen_by_the_body_above(chain, at=timezone.now())
        self.replace(chain)
        assert answers(self.verdict(file="pdf")) == ["yes"] * 4


class TestAnOrganisationThatTakesAnIdentifierLater:
    @pytest.fixture(autouse=True)
    def by_key(self, settings: LazySettings, reached: None) -> None:
        settings.IDENTIFIERS = "key"

    def test_finds_what_names_it_otherwise(self, chain: Chain) -> None:
        actions.identify(organisation=chain.northfield, at=timezone.now())
        found = reissuing.outdated(organisation=chain.northfield, at=NOW)
        assert [one.attestation.number for one in found] == [chain.certificate.number, "ACC-0042"]
        assert found[1].sentence() == (
            "Accreditation ACC-0042 of Northfield Certification, signed by Meridian Accreditation Service, names "
            "Northfield Certification by another identifier."
        )

    def test_is_verified_again_when_they_were_signed_again(self, chain: Chain) -> None:
        actions.identify(organisation=chain.northfield, at=timezone.now())
        done = reissuing.sign_again(organisation=chain.northfield, at=timezone.now())
        assert [row.number for row in done] == [chain.certificate.number, "ACC-0042"]
        assert reissuing.outdated(organisation=chain.northfield, at=NOW) == []
        assert answers(asked(chain)) == ["yes"] * 4

    def test_is_verified_for_the_days_before_too(self, chain: Chain) -> None:
        actions.identify(organisation=chain.northfield, at=timezone.now())
        reissuing.sign_again(organisation=chain.northfield, at=timezone.now())
        row, now = queries.public_attestation(issuer_slug="northfield", number=chain.certificate.number), timezone.now()
        day = NOW - dt.timedelta(days=100)
        bundle = Input("certificate", export.bundle(row, at=now, on=day.date()))
        verdict = verify([bundle], at=day, now=now, anchors=queries.anchors())[0]
        assert answers(verdict) == ["yes"] * 4

    def test_keeps_its_former_name_beside_the_new_one(self, chain: Chain) -> None:
        former = identity.did_of(chain.northfield)
        actions.identify(organisation=chain.northfield, at=timezone.now())
        assert former in identity.issuer_party(chain.northfield).also_known_as

    def test_may_be_the_arrangement_that_is_trusted(self, chain: Chain) -> None:
        former = identity.did_of(chain.arrangement)
        actions.identify(organisation=chain.arrangement, at=timezone.now())
        anchor = reissuing.anchored_otherwise(organisation=chain.arrangement)
        assert anchor is not None and anchor.did == former
        reissuing.sign_again(organisation=chain.arrangement, at=timezone.now())
        assert reissuing.anchored_otherwise(organisation=chain.arrangement) is None
        [own] = [one for one in queries.anchors() if one.did == identity.did_of(chain.arrangement)]
        assert own.succeeds == former
        assert answers(asked(chain)) == ["yes"] * 4
