"""Attacks on the chain: circles, detours, widened scope, substituted parents, borrowed recognitions, look-alikes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, permutations

import orjson
import pytest

from assaymark.adapters.keys import SigningKey
from assaymark.core.attestation import AttestationKind, AttestationPointer, Party, RecognitionContent
from assaymark.core.trust import Anchor, ScopeRow
from assaymark.formats.bundle import Bundle, write_bundle
from assaymark.formats.credential import issue_recognition_credential
from assaymark.formats.multibase import digest_multibase
from assaymark.formats.trust_list import BadTrustList, read_trust_list
from assaymark.verify import Code
from tests.hostile.attack import (
    NO,
    UNKNOWN,
    YES,
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
    key,
    pointer,
)

pytestmark = pytest.mark.slow

EVERYTHING = ScopeRow("*", "*", "*", frozenset("*"), frozenset("*"), frozenset("*"), row="all")


def recognition(
    issuer: SigningKey,
    subject: SigningKey,
    *,
    kind: AttestationKind = AttestationKind.RECOGNITION,
    scope: Sequence[ScopeRow] = (),
    names: tuple[str, str] = ("Upper", "Lower"),
    above: str = "",
) -> RecognitionContent:
    """An attestation between any two parties, with a place for its status."""
    ident = f"{issuer.did[-8:]}-{subject.did[-8:]}-{kind.value}"
    return RecognitionContent(
        credential_id=f"https://{ident.lower()}.example/1",
        kind=kind,
        number=ident,
        issuer=Party(issuer.did, names[0]),
        subject=Party(subject.did, names[1]),
        scope=tuple(scope) or RECOGNITION.scope,
        registered_on=dt.date(2020, 1, 1),
        valid_from=dt.date(2020, 1, 1),
        status=pointer(ident.lower(), 3),
        recognised_in=AttestationPointer(above, names[0]) if above else None,
    )


def file_of(chain: Chain, held: Sequence[tuple[SigningKey, RecognitionContent]]) -> bytes:
    """A bundle of a certificate with freely chosen attestations above it, each with fresh status."""
    issuers = [chain.of_certificate, *(Issuer(signer, content) for signer, content in held)]
    content = Bundle(
        certificate=chain.token,
        chain=tuple(issue_recognition_credential(c, key=signer) for signer, c in held),
        status_lists=(),
        status_logs=tuple(issuer.log(NOW) for issuer in issuers),
        generated_at=NOW,
    )
    return write_bundle(content, key=chain.body)


GENUINE = [(NORDWERK, ACCREDITATION), (MERIDIAN, RECOGNITION)]


class TestControl:
    def test_the_genuine_attestations_get_four_times_yes(self) -> None:
        assert answers(judge(file_of(Chain(), GENUINE))) == ["yes"] * 4


class TestCirclesAndDetours:
    def test_two_bodies_that_recognise_each_other_lead_nowhere(self) -> None:
        held = [
            (NORDWERK, ACCREDITATION),
            (QUICK, recognition(QUICK, NORDWERK)),
            (NORDWERK, recognition(NORDWERK, QUICK)),
        ]
        verdict = refused(file_of(Chain(), held))
        assert (verdict.recognised.answer, verdict.code) == (NO, Code.UNRECOGNISED)

    def test_a_body_that_recognises_itself_leads_nowhere(self) -> None:
        refused(file_of(Chain(), [(NORDWERK, ACCREDITATION), (NORDWERK, recognition(NORDWERK, NORDWERK))]))

    def test_a_body_that_accredits_itself_is_not_accredited(self) -> None:
        own = recognition(QUICK, QUICK, kind=AttestationKind.ACCREDITATION, scope=(ROW,))
        verdict = refused(file_of(Chain(certificate=UNACCREDITED, body=QUICK), [(QUICK, own)]))
        assert verdict.accredited.answer is NO

    @pytest.mark.parametrize("length", [5, 8, 40])
    def test_a_chain_of_more_than_four_links_is_cut_off(self, length: int) -> None:
        parties = [NORDWERK, *(key(f"link {n}") for n in range(length)), MERIDIAN]
        held = [(NORDWERK, ACCREDITATION), *((up, recognition(up, low)) for low, up in pairwise(parties))]
        verdict = refused(file_of(Chain(), held))
        assert "too long" in verdict.recognised.reason

    def test_a_chain_that_never_ends_online_is_cut_off(self) -> None:
        asked: list[str] = []

        def fetch(url: str) -> bytes:
            asked.append(url)
            low, up = (key(f"endless {n}") for n in (len(asked) - 1, len(asked)))
            low = NORDWERK if len(asked) == 1 else low
            content = recognition(up, low, above=f"https://endless.example/{len(asked) + 1}")
            return issue_recognition_credential(content, key=up).encode()

        refused(file_of(Chain(), [(NORDWERK, ACCREDITATION)]), fetch=fetch)
        assert len(asked) <= 16

    def test_sixteen_parties_that_all_recognise_each_other_stay_within_bounds(self) -> None:
        parties = [key(f"clique {n}") for n in range(16)]
        held = [(p, recognition(p, HANSE, kind=AttestationKind.ACCREDITATION, scope=(ROW,))) for p in parties]
        held += [(up, recognition(up, low)) for up, low in permutations(parties, 2)]
        tokens = [issue_recognition_credential(content, key=signer) for signer, content in held]
        files = [bundled(parents=tokens[n : n + 60], lists=(), logs=()) for n in range(0, len(tokens), 60)]
        inputs = [Chain().token.encode(), *(token.encode() for token in tokens)]
        assert refused(*inputs).recognised.answer is not YES
        assert refused(files[0]).recognised.answer is not YES


class TestScope:
    def test_rows_wider_than_the_bodys_are_outside_and_the_dimension_is_named(self) -> None:
        for name, wider in (
            ("iaf", frozenset({"17", "28"})),
            ("iaf", frozenset("*")),
            ("countries", frozenset({"DE", "FR"})),
            ("countries", frozenset("*")),
            ("editions", frozenset({"2015", "2026"})),
            ("standard", "urn:iso:std:iso:14001"),
            ("standard", "*"),
            ("activity", "product-certification"),
            ("competence", "*"),
        ):
            own = replace(CERTIFICATE, scope=(replace(ROW, **{name: wider}),))
            verdict = refused(Chain(certificate=own).bundle())
            assert (verdict.accredited.answer, verdict.code) == (NO, Code.OUT_OF_SCOPE), (name, wider)

    def test_one_row_inside_does_not_carry_another_outside(self) -> None:
        own = replace(CERTIFICATE, scope=(ROW, replace(ROW, iaf=frozenset({"28"}), row="r28")))
        assert refused(Chain(certificate=own).bundle()).code is Code.OUT_OF_SCOPE

    def test_rows_that_cover_only_together_across_dimensions_do_not_cover(self) -> None:
        rows = (replace(ROW, iaf=frozenset({"17"})), replace(ROW, iaf=frozenset({"18"}), countries=frozenset({"FR"})))
        chain = Chain(accreditation=replace(ACCREDITATION, scope=rows))
        assert refused(chain.bundle()).code is Code.OUT_OF_SCOPE

    def test_a_row_that_ended_does_not_cover(self) -> None:
        rows = (replace(ROW, valid_until=dt.date(2026, 11, 23)),)
        assert refused(Chain(accreditation=replace(ACCREDITATION, scope=rows)).bundle()).code is Code.OUT_OF_SCOPE

    def test_a_row_that_had_not_begun_does_not_cover(self) -> None:
        """Accredited for it now, and not on the day asked about."""
        begun = dt.date(2026, 11, 20)
        chain = Chain(accreditation=replace(ACCREDITATION, scope=(replace(ROW, valid_from=begun),)))
        assert answers(judge(chain.bundle())) == ["yes"] * 4
        earlier = dt.datetime(2026, 11, 19, 12, tzinfo=dt.UTC)
        verdict = refused(chain.bundle(), at=earlier, now=NOW)
        assert verdict.code is Code.OUT_OF_SCOPE
        assert verdict.accredited.answer is NO

    def test_an_accreditation_of_another_activity_does_not_carry(self) -> None:
        rows = (replace(ROW, activity="calibration"),)
        verdict = refused(Chain(accreditation=replace(ACCREDITATION, scope=rows)).bundle())
        assert verdict.code is Code.OUT_OF_SCOPE
        assert "activity" in verdict.accredited.reason

    def test_an_accreditation_wider_than_its_bodys_recognition_is_not_trusted(self) -> None:
        narrow = replace(RECOGNITION.scope[0], activity="product-certification")
        chain = Chain(
            accreditation=replace(ACCREDITATION, scope=(EVERYTHING,)),
            recognition=replace(RECOGNITION, scope=(narrow,)),
        )
        assert refused(chain.bundle()).recognised.answer is NO

    def test_a_certificate_without_rows_is_unknown(self) -> None:
        assert refused(Chain(certificate=replace(CERTIFICATE, scope=())).bundle()).accredited.answer is UNKNOWN

    @pytest.mark.parametrize("rows", ["all", {"row": "*"}, [[]], ["*"], [{"standard": "*"}], [None]], ids=repr)
    def test_a_scope_in_another_form_is_refused(self, rows: object) -> None:
        subject = claims_of(Chain().token)["credentialSubject"] | {"scope": rows}
        refused(with_claims(credentialSubject=subject))

    def test_two_thousand_rows_of_four_hundred_codes_stay_within_bounds(self) -> None:
        codes = [f"c{n}" for n in range(400)]
        row = claims_of(Chain().token)["credentialSubject"]["scope"][0] | {"iaf": codes}
        subject = claims_of(Chain().token)["credentialSubject"] | {"scope": [row | {"row": str(n)} for n in range(300)]}
        refused(with_claims(credentialSubject=subject))


class TestParents:
    def test_a_parent_that_does_not_have_the_pinned_digest_is_left_out(self) -> None:
        genuine = issue_recognition_credential(ACCREDITATION, key=NORDWERK)
        assert CERTIFICATE.recognised_in
        pinned = replace(CERTIFICATE.recognised_in, digest=digest_multibase(genuine.encode()))
        chain = Chain(certificate=replace(CERTIFICATE, recognised_in=pinned))
        assert answers(judge(chain.bundle())) == ["yes"] * 4
        widened = replace(ACCREDITATION, scope=(EVERYTHING,))
        other = Chain(certificate=chain.certificate, accreditation=widened)
        verdict = refused(other.bundle())
        assert any("digest is pinned" in notice for notice in verdict.notices)

    def test_a_roster_entry_of_another_body_does_not_carry_this_one(self) -> None:
        """The accreditation of Hanse Cert beside a certificate of Quick Cert that points at it by number and name."""
        borrowed = replace(UNACCREDITED, recognised_in=CERTIFICATE.recognised_in)
        verdict = refused(file_of(Chain(certificate=borrowed, body=QUICK), GENUINE))
        assert verdict.accredited.answer is UNKNOWN
        assert verdict.recognised.answer is UNKNOWN

    def test_an_accreditation_whose_subject_was_replaced_is_left_out(self) -> None:
        genuine = issue_recognition_credential(ACCREDITATION, key=NORDWERK)
        subject = claims_of(genuine)["credentialSubject"] | {"id": QUICK.did}
        forged = resigned(genuine, STRANGER, credentialSubject=subject).decode()
        chain = Chain(certificate=UNACCREDITED, body=QUICK)
        verdict = refused(bundled(chain=chain, parents=[forged, Chain().parents()[1]], signer=QUICK))
        assert verdict.accredited.answer is NO

    def test_a_list_of_subjects_in_one_accreditation_is_refused(self) -> None:
        genuine = issue_recognition_credential(ACCREDITATION, key=NORDWERK)
        first = claims_of(genuine)["credentialSubject"]
        roster = resigned(genuine, NORDWERK, credentialSubject=[first, first | {"id": QUICK.did}]).decode()
        chain = Chain(certificate=UNACCREDITED, body=QUICK)
        assert refused(bundled(chain=chain, parents=[roster], signer=QUICK)).accredited.answer is not YES

    def test_an_accredited_body_cannot_recognise(self) -> None:
        """Hanse Cert, which is accredited, plays accreditation body for Quick Cert."""
        own = recognition(HANSE, QUICK, kind=AttestationKind.ACCREDITATION, scope=(ROW,))
        verdict = refused(file_of(Chain(certificate=UNACCREDITED, body=QUICK), [(HANSE, own), *GENUINE]))
        assert verdict.recognised.answer is NO

    def test_an_accreditation_that_calls_itself_recognition_does_not_lead_up(self) -> None:
        own = recognition(HANSE, QUICK, kind=AttestationKind.ACCREDITATION, scope=(ROW,))
        up = recognition(NORDWERK, HANSE, kind=AttestationKind.ACCREDITATION, scope=(EVERYTHING,))
        refused(file_of(Chain(certificate=UNACCREDITED, body=QUICK), [(HANSE, own), (NORDWERK, up), *GENUINE]))

    @pytest.mark.parametrize("party", ["accreditation", "recognition"])
    def test_a_withdrawn_or_expired_parent_does_not_carry(self, party: str) -> None:
        chain = Chain()
        issuer = chain.of_accreditation if party == "accreditation" else chain.of_recognition
        assert issuer
        issuer.withdrawn = True
        expected = Code.UNACCREDITED if party == "accreditation" else Code.UNRECOGNISED
        assert refused(bundled(chain=chain, logs=())).code is expected
        ended = {party: replace(ACCREDITATION if party == "accreditation" else RECOGNITION, valid_until=NOW.date())}
        later = NOW + dt.timedelta(days=2)
        assert refused(Chain(**ended).bundle(later), at=later).code is expected  # type: ignore[arg-type]

    def test_a_strangers_accreditation_beside_the_withdrawn_one_does_not_hide_it(self) -> None:
        chain = Chain()
        assert chain.of_accreditation
        chain.of_accreditation.withdrawn = True
        strange = recognition(STRANGER, HANSE, kind=AttestationKind.ACCREDITATION, scope=(EVERYTHING,))
        log = Issuer(STRANGER, strange).log(NOW)
        extra = issue_recognition_credential(strange, key=STRANGER)
        logs = [*(issuer.log(NOW) for issuer in chain.issuers()[::2]), log]
        refused(bundled(chain=chain, parents=[*chain.parents(), extra], logs=logs))

    @pytest.mark.parametrize(
        "change",
        [
            {"validFrom": "2027-01-01T00:00:00Z"},
            {"validUntil": "2026-11-01T00:00:00Z"},
            {"validUntil": "no end"},
            {"validFrom": None},
            {"type": ["VerifiableCredential"]},
            {"type": ["DigitalConformityCredential", "VerifiableCredential"]},
            {"credentialSubject": {}},
            {"credentialStatus": {"type": "Unknown"}},
        ],
        ids=str,
    )
    def test_an_accreditation_without_proper_dates_type_or_subject_does_not_carry(
        self, change: dict[str, object]
    ) -> None:
        genuine = Chain().parents()[0]
        broken = resigned(genuine, NORDWERK, **change).decode()
        assert refused(bundled(parents=[broken, Chain().parents()[1]])).accredited.answer is not YES


class TestAnchors:
    def test_an_anchor_list_inside_the_file_is_not_believed(self) -> None:
        document = orjson.loads(bundled())
        document["anchors"] = [{"did": MERIDIAN.did, "name": "Meridian"}]
        forgery(orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n", anchors=())

    def test_an_empty_list_trusts_nobody(self) -> None:
        assert refused(bundled(), anchors=()).recognised.answer is NO

    def test_no_list_leaves_recognition_unknown(self) -> None:
        assert refused(bundled(), anchors=None).recognised.answer is UNKNOWN

    @pytest.mark.parametrize(
        "anchor",
        [
            replace(ANCHORS[0], valid_until=dt.date(2026, 11, 23)),
            replace(ANCHORS[0], valid_from=dt.date(2026, 11, 25)),
            replace(ANCHORS[0], kinds=frozenset({"product-certification"})),
            replace(ANCHORS[0], did=MERIDIAN.did + " "),
            replace(ANCHORS[0], did=MERIDIAN.did.upper()),
            Anchor(STRANGER.did, "Meridian Arrangement"),
            Anchor("*", "Everybody"),
            Anchor("", "Nobody"),
        ],
        ids=["ended", "not begun", "other kind", "space", "upper case", "same name", "star", "empty"],
    )
    def test_an_anchor_set_up_wrongly_trusts_nobody_by_accident(self, anchor: Anchor) -> None:
        refused(bundled(), anchors=(anchor,))

    def test_the_certification_body_as_anchor_is_no_accreditation_body(self) -> None:
        verdict = refused(bundled(parents=()), anchors=(Anchor(HANSE.did, "Hanse Cert GmbH"),))
        assert verdict.accredited.answer is UNKNOWN

    @pytest.mark.parametrize(
        "data",
        [b"", b"[]x", b'{"anchors":[]}', b'[{"name":"x"}]', b'[{"did":1}]', b'[{"did":"a","did":"b"}]', b"[" * 999],
    )
    def test_a_malformed_trust_list_is_refused_not_read_as_empty(self, data: bytes) -> None:
        with pytest.raises(BadTrustList):
            read_trust_list(data)


class TestLookAlikes:
    @pytest.mark.parametrize(
        "name",
        ["Hanse Cert GmbH", "Hаnse Cert GmbH", "Hanse Cert GmbH\u200b", "\u202eHbmG treC esnaH", "Hanse  Cert GmbH"],
    )
    def test_a_body_with_the_name_of_another_has_no_accreditation(self, name: str) -> None:
        own = replace(UNACCREDITED, issuer=Party(QUICK.did, name), recognised_in=CERTIFICATE.recognised_in)
        verdict = refused(file_of(Chain(certificate=own, body=QUICK), GENUINE))
        assert verdict.accredited.answer is not YES

    def test_a_homoglyph_holder_signed_by_a_stranger_is_not_accredited(self) -> None:
        own = replace(UNACCREDITED, holder=Party("https://brinkmann.example/", "Brinkmаnn Machining GmbH"))
        verdict = refused(file_of(Chain(certificate=own, body=QUICK), GENUINE))
        assert (verdict.accredited.answer, verdict.code) == (NO, Code.UNACCREDITED)

    def test_a_homoglyph_holder_in_the_genuine_certificate_breaks_the_signature(self) -> None:
        head, _, signature = Chain().token.split(".")
        payload = orjson.dumps(claims_of(Chain().token)).replace(b"Brinkmann", "Brinkmаnn".encode())
        forged = compact({}, payload, HANSE).decode().split(".")[1]
        forgery(f"{head}.{forged}.{signature}".encode())

    def test_a_number_that_the_body_never_issued_is_not_authentic_without_its_key(self) -> None:
        forgery(resigned(Chain().token, STRANGER, id="https://hanse.example/certificates/unknown"))

    def test_a_suspended_certificate_is_no_on_the_day(self) -> None:
        chain = Chain()
        chain.of_certificate.suspended = True
        assert refused(bundled(chain=chain)).code is Code.SUSPENDED

    def test_a_body_of_a_suspended_accreditation_body_is_not_recognised(self) -> None:
        chain = Chain()
        assert chain.of_recognition
        chain.of_recognition.suspended = True
        assert refused(bundled(chain=chain, logs=())).code is Code.UNRECOGNISED

    def test_a_look_alike_arrangement_is_not_the_anchor(self) -> None:
        """A stranger calls itself Meridian, recognises Nordwerk, and no genuine recognition is given."""
        own = recognition(STRANGER, NORDWERK, names=("Meridian Arrangement", "Nordwerk Accreditation"))
        verdict = refused(file_of(Chain(), [(NORDWERK, ACCREDITATION), (STRANGER, own)]))
        assert (verdict.recognised.answer, verdict.code) == (NO, Code.UNRECOGNISED)
