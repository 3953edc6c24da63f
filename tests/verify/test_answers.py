"""The four answers over the life of a certificate: what a stranger learns, when, and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import orjson
import pytest

from assaymark.adapters.keys import SigningKey
from assaymark.core.attestation import AttestationPointer, Party, StatusEventKind
from assaymark.core.trust import Anchor
from assaymark.formats.credential import issue_recognition_credential
from assaymark.formats.credential_claims import certificate_claims
from assaymark.verify import Answer, CertificateVerdict, Code, Input, Policy, as_json, verify
from tests.trust_cast import (
    ACCREDITATION,
    ANCHORS,
    CERTIFICATE,
    HANSE,
    MERIDIAN,
    NORDWERK,
    NOW,
    QUICK,
    RECOGNITION,
    ROW,
    STRANGER,
    UNACCREDITED,
    Chain,
    Issuer,
    event,
    pointer,
)

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
DAY = dt.timedelta(days=1)


def judge(*files: bytes, at: dt.datetime = NOW, anchors: tuple[Anchor, ...] | None = ANCHORS) -> CertificateVerdict:
    """Verify files together and return the verdict about the first."""
    return verify([Input(f"file {n}", data) for n, data in enumerate(files)], at=at, now=max(at, NOW), anchors=anchors)[
        0
    ]


def answers(verdict: CertificateVerdict) -> tuple[Answer, ...]:
    return tuple(finding.answer for finding in verdict.findings.values())


def suspended_chain() -> Chain:
    chain = Chain()
    chain.of_certificate.suspended = True
    chain.of_certificate.events = [
        event(1, StatusEventKind.ISSUED, dt.date(2026, 5, 1)),
        event(2, StatusEventKind.SUSPENDED, dt.date(2026, 11, 3), reason="Surveillance audit overdue."),
    ]
    return chain


class TestACertificateInGoodOrder:
    def test_gets_four_times_yes(self) -> None:
        verdict = judge(Chain().bundle())
        assert answers(verdict) == (YES, YES, YES, YES)
        assert (verdict.answer, verdict.code) == (YES, Code.VALID)

    def test_is_described_by_number_holder_and_standard(self) -> None:
        verdict = judge(Chain().bundle())
        assert verdict.certificate_number == "HC-2026-0042"
        assert verdict.holder == "Brinkmann Machining GmbH"
        assert verdict.standard == "ISO 9001:2015"

    def test_shows_its_chain_from_the_bottom_up(self) -> None:
        links = [(link.role, link.name) for link in judge(Chain().bundle()).chain]
        assert links == [
            ("organisation", "Brinkmann Machining GmbH"),
            ("certification body", "Hanse Cert GmbH"),
            ("accreditation body", "Nordwerk Accreditation"),
            ("arrangement", "Meridian Arrangement"),
        ]

    def test_passes_eight_numbered_steps(self) -> None:
        steps = judge(Chain().bundle()).steps
        assert [step.number for step in steps] == list(range(1, 9))
        assert {step.answer for step in steps} == {YES}

    def test_says_who_stands_behind_each_answer(self) -> None:
        verdict = judge(Chain().bundle())
        assert verdict.accredited.reason.startswith("Nordwerk Accreditation accredits Hanse Cert GmbH")
        assert verdict.recognised.reason.startswith("Meridian Arrangement recognises Nordwerk Accreditation")

    def test_has_the_documented_json_shape(self) -> None:
        shape = as_json(judge(Chain().bundle()))
        assert list(shape)[:5] == ["file", "certificate_number", "holder", "standard", "verdicts"]
        assert list(shape["verdicts"]) == ["authentic", "in_force", "accredited", "recognised"]
        assert shape["verdicts"]["in_force"]["answer"] == "yes"


class TestAuthentic:
    def test_an_edited_byte_makes_it_no_and_the_rest_unknown(self) -> None:
        edited = Chain().bundle().replace(b"ey", b"eY", 1)
        verdict = judge(edited)
        assert answers(verdict) == (NO, UNKNOWN, UNKNOWN, UNKNOWN)
        assert verdict.code is Code.INVALID

    @pytest.mark.parametrize(
        "data", [b"", b"hello", b"%PDF-1.7 nothing", b"{", b"{}", b"\0" * 100, b"PK\x03\x04", b"a.b.c", b"ey.ey.ey"]
    )
    def test_something_else_altogether_is_no_with_a_reason(self, data: bytes) -> None:
        verdict = judge(data)
        assert verdict.authentic.answer is NO
        assert verdict.authentic.reason.endswith(".")

    def test_an_unsigned_credential_is_no(self) -> None:
        verdict = judge(b'{"type": ["VerifiableCredential"], "credentialSubject": {}}')
        assert (verdict.authentic.answer, verdict.authentic.code) == (NO, Code.INVALID)

    def test_a_credential_with_a_proof_of_a_suite_that_is_not_read_is_unknown(self) -> None:
        claims = certificate_claims(CERTIFICATE)
        proof = {
            "type": "DataIntegrityProof",
            "cryptosuite": "bbs-2023",
            "verificationMethod": f"{HANSE.did}#x",
            "proofValue": "zx",
        }
        verdict = judge(orjson.dumps(claims | {"proof": proof}))
        assert (verdict.authentic.answer, verdict.authentic.code) == (UNKNOWN, Code.UNSUPPORTED)

    def test_a_bundle_sealed_by_a_stranger_is_no(self) -> None:
        assert judge(Chain().bundle(sealed_by=STRANGER)).authentic.answer is NO

    def test_a_bundle_sealed_by_the_accreditation_body_is_yes(self) -> None:
        assert judge(Chain().bundle(sealed_by=NORDWERK)).authentic.answer is YES

    def test_a_forger_who_uses_the_bodys_name_gets_no_accreditation(self) -> None:
        forged = replace(CERTIFICATE, issuer=Party(STRANGER.did, "Hanse Cert GmbH"))
        chain = Chain(certificate=forged, body=STRANGER)
        verdict = judge(chain.bundle())
        assert verdict.authentic.answer is YES
        assert verdict.accredited.answer is not YES

    def test_a_look_alike_name_is_remarked_upon(self) -> None:
        lookalike = replace(CERTIFICATE, issuer=Party(HANSE.did, "Hanse Сert GmbH"))
        notices = judge(Chain(certificate=lookalike).bundle()).notices
        assert any("its accreditation names it Hanse Cert GmbH" in notice for notice in notices)


class TestInForce:
    def test_a_suspension_is_no_with_date_and_reason(self) -> None:
        finding = judge(suspended_chain().bundle()).in_force
        assert (finding.answer, finding.code) == (NO, Code.SUSPENDED)
        assert finding.reason == "The certificate is suspended since 3 Nov 2026: Surveillance audit overdue."

    def test_before_the_suspension_it_was_in_force(self) -> None:
        verdict = judge(suspended_chain().bundle(), at=dt.datetime(2026, 11, 2, tzinfo=dt.UTC))
        assert verdict.in_force.answer is YES

    def test_after_reinstatement_it_is_in_force_again(self) -> None:
        chain = suspended_chain()
        chain.of_certificate.suspended = False
        chain.of_certificate.events.append(event(3, StatusEventKind.REINSTATED, dt.date(2026, 11, 20)))
        assert judge(chain.bundle()).in_force.answer is YES
        assert judge(chain.bundle(), at=NOW - 10 * DAY).in_force.code is Code.SUSPENDED

    def test_a_withdrawal_is_no(self) -> None:
        chain = Chain()
        chain.of_certificate.withdrawn = True
        assert judge(chain.bundle()).in_force.code is Code.WITHDRAWN

    def test_a_retroactive_event_says_when_it_was_recorded(self) -> None:
        chain = suspended_chain()
        chain.of_certificate.events[1] = event(
            2, StatusEventKind.SUSPENDED, dt.date(2026, 11, 3), recorded=dt.date(2026, 11, 9)
        )
        assert "since 3 Nov 2026 (recorded on 9 Nov 2026)" in judge(chain.bundle()).in_force.reason

    def test_as_known_before_it_was_recorded_it_was_in_force(self) -> None:
        chain = suspended_chain()
        chain.of_certificate.events[1] = event(
            2, StatusEventKind.SUSPENDED, dt.date(2026, 11, 3), recorded=dt.date(2026, 11, 9)
        )
        then = dt.datetime(2026, 11, 5, tzinfo=dt.UTC)
        known = verify([Input("b", chain.bundle())], at=then, known_at=then, now=NOW, anchors=ANCHORS)
        assert known[0].in_force.answer is YES

    @pytest.mark.parametrize(
        ("at", "code"),
        [
            (dt.datetime(2026, 4, 30, 23, 59, 59, tzinfo=dt.UTC), Code.NOT_YET_VALID),
            (dt.datetime(2029, 5, 1, tzinfo=dt.UTC), Code.EXPIRED),
        ],
    )
    def test_outside_its_dates_is_no(self, at: dt.datetime, code: Code) -> None:
        finding = judge(Chain().bundle(at if at > NOW else NOW), at=at).in_force
        assert (finding.answer, finding.code) == (NO, code)

    def test_on_its_last_day_is_yes(self) -> None:
        last = dt.datetime(2029, 4, 30, 23, 59, 59, tzinfo=dt.UTC)
        assert judge(Chain().bundle(last), at=last).in_force.answer is YES

    def test_a_credential_alone_has_unknown_status(self) -> None:
        verdict = judge(Chain().token.encode())
        assert answers(verdict) == (YES, UNKNOWN, UNKNOWN, UNKNOWN)
        assert verdict.in_force.code is Code.MISSING

    def test_set_bit_and_silent_log_disagree_and_the_worse_counts(self) -> None:
        chain = Chain()
        chain.of_certificate.suspended = True
        assert judge(chain.bundle()).in_force.code is Code.SUSPENDED


class TestTheAgeOfKnowledge:
    def test_seven_days_are_fresh_enough(self) -> None:
        assert answers(judge(Chain().bundle(), at=NOW + 7 * DAY)) == (YES, YES, YES, YES)

    def test_after_eight_days_it_is_unknown_with_the_date_last_known(self) -> None:
        verdict = judge(Chain().bundle(), at=NOW + 8 * DAY)
        assert verdict.authentic.answer is YES
        assert (verdict.in_force.answer, verdict.in_force.code) == (UNKNOWN, Code.STALE)
        assert "Last known on 24 Nov 2026: the certificate was in force." in verdict.in_force.reason
        assert verdict.in_force.known_at == NOW

    def test_the_same_holds_for_accreditation_and_recognition(self) -> None:
        verdict = judge(Chain().bundle(), at=NOW + 8 * DAY)
        assert (verdict.accredited.code, verdict.recognised.code) == (Code.STALE, Code.STALE)

    def test_an_old_suspension_is_unknown_too(self) -> None:
        verdict = judge(suspended_chain().bundle(), at=NOW + 8 * DAY)
        assert (verdict.in_force.answer, verdict.in_force.code) == (UNKNOWN, Code.STALE)
        assert "was suspended" in verdict.in_force.reason

    def test_an_old_withdrawal_stays_no_because_it_is_final(self) -> None:
        chain = Chain()
        chain.of_certificate.withdrawn = True
        assert judge(chain.bundle(), at=NOW + 400 * DAY).in_force.code is Code.WITHDRAWN

    def test_a_fresher_bundle_beside_an_old_one_is_used(self) -> None:
        old, fresh = Chain().bundle(NOW - 30 * DAY), Chain().bundle(NOW)
        assert answers(judge(old, fresh)) == (YES, YES, YES, YES)

    def test_a_fresher_bundle_that_knows_of_the_suspension_decides(self) -> None:
        old, fresh = Chain().bundle(NOW - DAY), suspended_chain().bundle(NOW)
        for verdict in verify([Input("old", old), Input("fresh", fresh)], at=NOW, now=NOW, anchors=ANCHORS):
            assert verdict.in_force.code is Code.SUSPENDED

    def test_an_edited_bundle_beside_it_contributes_nothing(self) -> None:
        old, edited = Chain().bundle(NOW - 30 * DAY), Chain().bundle(NOW)[:-2] + b" \n"
        verdict = judge(old, edited)
        assert verdict.in_force.code is Code.STALE

    def test_a_statement_from_the_future_is_left_out_and_named(self) -> None:
        verdict = judge(Chain().bundle(NOW + 30 * DAY), at=NOW)
        assert verdict.in_force.answer is UNKNOWN
        assert any("after the moment of knowledge" in notice for notice in verdict.notices)

    def test_an_expired_list_is_not_used_even_within_the_limit(self) -> None:
        chain = Chain()
        lists = "\n".join(chain.of_certificate.lists(NOW)).split("\n")
        files = [chain.token.encode(), *(one.encode() for one in lists)]
        patient = Policy(max_status_age=dt.timedelta(days=365))
        inputs = [Input(str(n), data) for n, data in enumerate(files)]
        for days, code in ((6, Code.VALID), (8, Code.STALE)):
            at = NOW + days * DAY
            (verdict,) = verify(inputs, at=at, now=at, anchors=ANCHORS, policy=patient)
            assert verdict.in_force.code is code


class TestListsWithoutLog:
    def files(self, *lists: str) -> list[Input]:
        return [Input("c", Chain().token.encode()), *(Input(f"l{n}", t.encode()) for n, t in enumerate(lists))]

    def judge(self, *lists: str, at: dt.datetime = NOW) -> CertificateVerdict:
        (verdict,) = verify(self.files(*lists), at=at, now=NOW, anchors=ANCHORS)
        return verdict

    def test_answer_for_the_present(self) -> None:
        assert self.judge(*Chain().of_certificate.lists(NOW)).in_force.answer is YES

    def test_cannot_answer_for_the_past(self) -> None:
        finding = self.judge(*Chain().of_certificate.lists(NOW), at=NOW - 30 * DAY).in_force
        assert finding.answer is UNKNOWN
        assert "stood on 24 Nov 2026, not on 25 Oct 2026" in finding.reason

    def test_of_which_one_is_missing_cannot_say_yes(self) -> None:
        assert self.judge(Chain().of_certificate.lists(NOW)[0]).in_force.answer is UNKNOWN

    def test_of_which_one_says_suspended_says_no(self) -> None:
        assert self.judge(suspended_chain().of_certificate.lists(NOW)[0]).in_force.code is Code.SUSPENDED

    def test_of_another_issuer_under_the_same_address_do_not_count(self) -> None:
        foreign = Issuer(STRANGER, CERTIFICATE)
        verdict = self.judge(*foreign.lists(NOW))
        assert (verdict.in_force.answer, verdict.in_force.code) == (UNKNOWN, Code.MISSING)


class TestAccredited:
    def test_by_nobody_is_no_and_nothing_is_recognised(self) -> None:
        chain = Chain(certificate=UNACCREDITED, accreditation=None, recognition=None, body=QUICK)
        verdict = judge(chain.bundle())
        assert answers(verdict) == (YES, YES, NO, NO)
        assert verdict.accredited.code is Code.UNACCREDITED

    def test_when_the_accreditation_is_named_but_missing_is_unknown(self) -> None:
        verdict = judge(Chain(accreditation=None, recognition=None).bundle())
        assert answers(verdict) == (YES, YES, UNKNOWN, UNKNOWN)
        assert "names an accreditation by Nordwerk Accreditation" in verdict.accredited.reason

    @pytest.mark.parametrize(("state", "code"), [("suspended", Code.SUSPENDED), ("withdrawn", Code.WITHDRAWN)])
    def test_while_the_accreditation_is_suspended_or_withdrawn_is_no(self, state: str, code: Code) -> None:
        chain = Chain()
        assert chain.of_accreditation
        setattr(chain.of_accreditation, state, True)
        verdict = judge(chain.bundle())
        assert answers(verdict) == (YES, YES, NO, YES)
        assert verdict.accredited.code is code

    def test_after_the_accreditation_ended_is_no(self) -> None:
        later = dt.datetime(2027, 5, 1, tzinfo=dt.UTC)
        assert judge(Chain().bundle(later), at=later).accredited.code is Code.EXPIRED

    @pytest.mark.parametrize(
        ("change", "named"),
        [
            ({"iaf": frozenset({"18", "28"})}, "IAF sector: the claim is 28, the row allows 17, 18"),
            ({"countries": frozenset({"FR"})}, "country: the claim is FR, the row allows DE"),
            ({"standard": "urn:iso:std:iso:14001"}, "standard: the claim is urn:iso:std:iso:14001"),
            ({"editions": frozenset({"2026"})}, "edition: the claim is 2026, the row allows 2015"),
        ],
    )
    def test_outside_the_scope_is_no_and_the_dimension_is_named(
        self, change: dict[str, frozenset[str]], named: str
    ) -> None:
        claims = (replace(CERTIFICATE.scope[0], **change),)  # type: ignore[arg-type]
        verdict = judge(Chain(certificate=replace(CERTIFICATE, scope=claims)).bundle())
        assert (verdict.accredited.answer, verdict.accredited.code) == (NO, Code.OUT_OF_SCOPE)
        assert named in verdict.accredited.reason
        assert "r17" in verdict.accredited.reason
        assert verdict.recognised.answer is YES

    def test_without_a_stated_scope_is_unknown(self) -> None:
        verdict = judge(Chain(certificate=replace(CERTIFICATE, scope=())).bundle())
        assert (verdict.accredited.answer, verdict.accredited.code) == (UNKNOWN, Code.SCOPE_NOT_STATED)

    def test_by_itself_does_not_count(self) -> None:
        own = replace(ACCREDITATION, issuer=Party(HANSE.did, "Hanse Cert GmbH"), recognised_in=None)
        chain = Chain(accreditation=own, recognition=None, accreditor=HANSE)
        assert judge(chain.bundle()).accredited.answer is not YES

    def test_a_substitute_for_the_pinned_accreditation_is_left_out(self) -> None:
        pinned = replace(
            CERTIFICATE,
            recognised_in=AttestationPointer(ACCREDITATION.credential_id, "Nordwerk", digest="zQmNotThisOne"),
        )
        verdict = judge(Chain(certificate=pinned).bundle())
        assert verdict.accredited.answer is UNKNOWN
        assert any("digest is pinned" in notice for notice in verdict.notices)

    def test_a_renewed_accreditation_under_another_identifier_counts(self) -> None:
        renewed = replace(ACCREDITATION, credential_id="https://nordwerk.example/accreditations/2")
        assert answers(judge(Chain(accreditation=renewed).bundle())) == (YES, YES, YES, YES)

    def test_a_strangers_accreditation_does_not_hide_a_withdrawal(self) -> None:
        chain = Chain()
        assert chain.of_accreditation
        chain.of_accreditation.withdrawn = True
        generous = replace(
            ACCREDITATION,
            credential_id="https://stranger.example/1",
            issuer=Party(STRANGER.did, "Generous Accreditation"),
            status=pointer("stranger", 1),
            recognised_in=None,
        )
        helper = Issuer(STRANGER, generous)
        extra = [issue_recognition_credential(generous, key=STRANGER), helper.log(NOW), *helper.lists(NOW)]
        verdict = judge(chain.bundle(extra=extra))
        assert (verdict.accredited.code, verdict.recognised.answer) == (Code.WITHDRAWN, YES)


class TestRecognised:
    def test_without_a_trust_list_is_unknown(self) -> None:
        verdict = judge(Chain().bundle(), anchors=None)
        assert answers(verdict) == (YES, YES, YES, UNKNOWN)
        assert verdict.recognised.code is Code.NO_TRUST_LIST

    @pytest.mark.parametrize("anchors", [(), (Anchor(STRANGER.did, "Somebody else"),)])
    def test_by_another_trust_list_is_no(self, anchors: tuple[Anchor, ...]) -> None:
        verdict = judge(Chain().bundle(), anchors=anchors)
        assert answers(verdict) == (YES, YES, YES, NO)
        assert verdict.recognised.code is Code.UNRECOGNISED

    def test_when_the_accreditation_body_itself_is_trusted_is_yes(self) -> None:
        anchors = (Anchor(NORDWERK.did, "Nordwerk Accreditation", "accreditation body"),)
        assert judge(Chain().bundle(), anchors=anchors).recognised.answer is YES

    def test_by_an_anchor_that_was_not_yet_trusted_on_the_date_is_no(self) -> None:
        anchors = (replace(ANCHORS[0], valid_from=dt.date(2026, 12, 1)),)
        assert judge(Chain().bundle(), anchors=anchors).recognised.answer is NO

    def test_by_an_anchor_for_another_activity_is_no(self) -> None:
        anchors = (replace(ANCHORS[0], kinds=frozenset({"testing"})),)
        assert judge(Chain().bundle(), anchors=anchors).recognised.answer is NO

    def test_when_the_recognition_is_named_but_missing_is_unknown(self) -> None:
        assert judge(Chain(recognition=None).bundle()).recognised.code is Code.MISSING

    def test_when_the_recognition_was_withdrawn_is_no(self) -> None:
        chain = Chain()
        assert chain.of_recognition
        chain.of_recognition.withdrawn = True
        assert judge(chain.bundle()).recognised.code is Code.WITHDRAWN

    def test_for_another_activity_than_the_certificates_is_no(self) -> None:
        narrow = replace(RECOGNITION, scope=(replace(RECOGNITION.scope[0], activity="testing"),))
        verdict = judge(Chain(recognition=narrow).bundle())
        assert (verdict.accredited.answer, verdict.recognised.code) == (YES, Code.OUT_OF_SCOPE)

    def test_a_body_that_is_only_accredited_recognises_nobody(self) -> None:
        puppet = SigningKey.from_seed(b"p" * 32)
        certificate = replace(
            CERTIFICATE,
            issuer=Party(puppet.did, "Puppet"),
            recognised_in=AttestationPointer("https://hanse.example/acc/1", "Hanse Cert GmbH"),
        )
        by_hanse = replace(
            ACCREDITATION,
            credential_id="https://hanse.example/acc/1",
            issuer=Party(HANSE.did, "Hanse Cert GmbH"),
            subject=Party(puppet.did, "Puppet"),
            status=pointer("hanse", 5),
            recognised_in=AttestationPointer(ACCREDITATION.credential_id, "Nordwerk Accreditation"),
        )
        chain = Chain(certificate=certificate, accreditation=by_hanse, recognition=None, body=puppet, accreditor=HANSE)
        genuine = issue_recognition_credential(ACCREDITATION, key=NORDWERK)
        assert judge(chain.bundle(extra=[genuine])).recognised.answer is not YES

    def test_a_circle_of_recognitions_ends_in_no(self) -> None:
        back = replace(
            RECOGNITION,
            credential_id="https://nordwerk.example/recognitions/1",
            issuer=Party(NORDWERK.did, "Nordwerk Accreditation"),
            subject=Party(MERIDIAN.did, "Meridian Arrangement"),
        )
        extra = [issue_recognition_credential(back, key=NORDWERK)]
        assert judge(Chain().bundle(extra=extra), anchors=()).recognised.answer is NO


class TestSeveralFiles:
    def test_each_certificate_gets_its_own_verdict(self) -> None:
        other = Chain(certificate=UNACCREDITED, accreditation=None, recognition=None, body=QUICK)
        found = verify([Input("a", Chain().bundle()), Input("b", other.bundle())], at=NOW, now=NOW, anchors=ANCHORS)
        assert [(v.file, v.answer) for v in found] == [("a", YES), ("b", NO)]

    def test_an_accreditation_alone_is_judged_as_what_it_is(self) -> None:
        chain = Chain()
        assert chain.of_accreditation
        files = [t.encode() for t in (*chain.parents(), *(one.log(NOW) for one in chain.issuers()))]
        verdict = judge(*files)
        assert verdict.kind == "accreditation"
        assert answers(verdict) == (YES, YES, YES, YES)

    def test_a_status_list_alone_is_no_certificate(self) -> None:
        verdict = judge(Chain().of_certificate.lists(NOW)[0].encode())
        assert verdict.authentic.code is Code.UNSUPPORTED


class TestAnEditionThatHasEnded:
    def test_is_not_in_force_whatever_the_printed_expiry(self) -> None:
        ends = Policy(edition_ends={(ROW.standard, "2015"): NOW.date() - dt.timedelta(days=1)})
        [ended] = verify([Input("b", Chain().bundle())], at=NOW, anchors=ANCHORS, policy=ends)
        assert (ended.in_force.answer, ended.in_force.code) == (Answer.NO, Code.EXPIRED)
        assert "transition ended" in ended.in_force.reason

    def test_leaves_certificates_to_others_alone(self) -> None:
        ends = Policy(edition_ends={(ROW.standard, "2008"): dt.date(2018, 9, 15)})
        [verdict] = verify([Input("b", Chain().bundle())], at=NOW, anchors=ANCHORS, policy=ends)
        assert verdict.in_force.answer is Answer.YES
