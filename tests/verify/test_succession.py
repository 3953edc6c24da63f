"""Chains over time: a succeeded arrangement, labels by date, bodies that changed their name, merged or handed on."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from assaymark.adapters.keys import SigningKey
from assaymark.core.attestation import AttestationPointer, CertificateContent, Party, RecognitionContent
from assaymark.core.attestation import StatusEventKind as Event
from assaymark.core.body_changes import ChangeKind, FormerName, Predecessor
from assaymark.core.succession import Predecessors
from assaymark.core.trust import Anchor
from assaymark.formats.credential import issue_recognition_credential
from assaymark.verify import Answer, CertificateVerdict, Code, Input, Policy, as_json, verify
from assaymark.verify.explaining import explain
from tests.trust_cast import (
    ACCREDITATION,
    ANCHORS,
    CERTIFICATE,
    HANSE,
    MERIDIAN,
    NORDWERK,
    NOW,
    RECOGNITION,
    ROW,
    STRANGER,
    Chain,
    Issuer,
    event,
    key,
    pointer,
)

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
UNION, BALTIC, SUEDWERK = key("union"), key("baltic"), key("suedwerk")
LAST, FIRST = dt.date(2026, 6, 30), dt.date(2026, 7, 1)
OLD = Anchor(MERIDIAN.did, "Meridian Arrangement", valid_until=LAST)
NEW = Anchor(UNION.did, "Union of Accreditation", valid_from=FIRST, succeeds=MERIDIAN.did)


def midday(day: dt.date) -> dt.datetime:
    """The middle of a day."""
    return dt.datetime.combine(day, dt.time(12), dt.UTC)


def judge(
    bundle: bytes, *anchors: Anchor, at: dt.datetime = NOW, predecessors: Predecessors = Predecessors.TRANSITIONAL
) -> CertificateVerdict:
    """Judge one bundle, at a moment, as known now."""
    policy = Policy(predecessors=predecessors)
    return verify([Input("bundle", bundle)], at=at, now=max(at, NOW), anchors=anchors, policy=policy)[0]


def with_events() -> Chain:
    """The chain with logs that go back to the grant, so that past days can be asked about."""
    chain = Chain()
    for issuer in chain.issuers():
        issuer.events = [event(1, Event.ISSUED, dt.date(2020, 1, 1))]
    return chain


class TestAnArrangementThatWasSucceeded:
    def test_counts_on_its_last_day_and_says_who_follows(self) -> None:
        found = judge(with_events().bundle(), OLD, NEW, at=midday(LAST)).recognised
        assert found.answer is YES
        assert "Meridian Arrangement is in your trust list as arrangement until 30 Jun 2026, succeeded by Union" in (
            found.reason
        )

    def test_counts_afterwards_for_what_it_stated_before(self) -> None:
        found = judge(Chain().bundle(), OLD, NEW).recognised
        assert found.answer is YES
        assert found.reason.endswith(
            "until 30 Jun 2026, succeeded by Union of Accreditation; what it stated before still counts."
        )

    def test_tells_whose_word_it_is_that_the_statement_is_older(self) -> None:
        evidence = judge(Chain().bundle(), OLD, NEW).recognised.evidence
        assert "recognition MRA-007: of 1 Jan 2020, as its issuer says" in evidence

    def test_counts_no_more_where_the_policy_says_so(self) -> None:
        found = judge(Chain().bundle(), OLD, NEW, predecessors=Predecessors.NEVER).recognised
        assert (found.answer, found.code) == (NO, Code.UNRECOGNISED)
        assert found.reason.endswith("you count no predecessor after its end.")

    def test_counts_for_nothing_that_it_stated_after_its_end(self) -> None:
        late = replace(RECOGNITION, valid_from=FIRST, registered_on=FIRST)
        found = judge(Chain(recognition=late).bundle(), OLD, NEW).recognised
        assert (found.answer, found.code) == (NO, Code.UNRECOGNISED)
        assert "its statement of 1 Jul 2026 was made after that" in found.reason

    def test_that_ended_without_successor_is_said_to_have_ended(self) -> None:
        found = judge(Chain().bundle(), OLD).recognised
        assert (found.answer, found.code) == (NO, Code.UNRECOGNISED)
        assert "until 30 Jun 2026, and nobody who holds on this day succeeds it" in found.reason

    def test_is_not_trusted_for_being_named_as_predecessor(self) -> None:
        assert judge(Chain().bundle(), NEW).recognised.answer is NO

    def test_is_replaced_when_the_successor_recognises_itself(self) -> None:
        anew = replace(RECOGNITION, issuer=Party(UNION.did, "Union of Accreditation"), valid_from=FIRST)
        found = judge(Chain(recognition=anew, arrangement=UNION).bundle(), OLD, NEW).recognised
        assert found.answer is YES
        assert "Union of Accreditation is in your trust list as arrangement." in found.reason

    def test_does_not_outlive_a_recognition_that_was_withdrawn(self) -> None:
        chain = Chain()
        assert chain.of_recognition is not None
        chain.of_recognition.withdrawn = True
        assert judge(chain.bundle(), OLD, NEW).recognised.code is Code.WITHDRAWN

    def test_takes_an_accreditation_body_that_is_an_anchor_itself_the_same_way(self) -> None:
        national = Anchor(NORDWERK.did, "Nordwerk Accreditation", "accreditation body", valid_until=LAST)
        heir = Anchor(SUEDWERK.did, "Südwerk", "accreditation body", valid_from=FIRST, succeeds=NORDWERK.did)
        assert judge(Chain().bundle(), national, heir).recognised.answer is YES
        assert judge(Chain(recognition=None).bundle(), national).recognised.answer is not YES


class TestTheRecognitionLabel:
    anchor = replace(ANCHORS[0], label="IAF MLA", source="list of the operator")

    @pytest.mark.parametrize(
        ("on", "label"),
        [
            (dt.date(2025, 12, 31), "IAF MLA"),
            (dt.date(2026, 1, 1), "Global Accreditation Cooperation MRA"),
        ],
    )
    def test_is_that_of_the_day(self, on: dt.date, label: str) -> None:
        chain = with_events()
        chain.certificate = replace(CERTIFICATE, valid_from=dt.date(2025, 1, 1))
        verdict = judge(chain.bundle(), self.anchor, at=midday(on))
        assert verdict.recognised.answer is YES
        assert f"Label on {on.day} {on:%b %Y}: {label}" in verdict.recognised.reason
        assert verdict.chain[-1].label == label
        assert as_json(verdict)["chain"][-1]["label"] == label

    def test_stands_in_the_explanation_with_its_source(self) -> None:
        steps = explain(judge(Chain().bundle(), self.anchor))
        (top,) = [step for step in steps if step.link == "top of the chain"]
        assert "Global Accreditation Cooperation MRA (until 31 Dec 2025: IAF MLA)" in top.sentence
        assert "source: list of the operator" in top.evidence

    def test_is_not_said_where_it_does_not_cover_the_activity(self) -> None:
        verdict = judge(Chain().bundle(), replace(self.anchor, label="ILAC MRA"))
        assert verdict.recognised.answer is YES
        assert verdict.chain[-1].label == ""
        assert "Label" not in verdict.recognised.reason

    def test_of_the_successor_is_said_after_a_succession(self) -> None:
        verdict = judge(Chain().bundle(), replace(OLD, label="Meridian MLA"), replace(NEW, label="Union MRA"))
        assert verdict.chain[-1].label == "Union MRA"

    def test_alone_makes_nobody_an_anchor(self) -> None:
        stranger = Anchor(STRANGER.did, "Stranger", label="IAF MLA")
        assert judge(Chain().bundle(), stranger).recognised.answer is NO


class TestABodyThatChangedItsName:
    def test_is_the_same_body_and_the_notice_says_until_when_it_was_called_so(self) -> None:
        renamed = replace(
            ACCREDITATION,
            subject=Party(HANSE.did, "Hanse Assurance SE", country="DE"),
            former_names=(FormerName("Hanse Cert GmbH", LAST),),
        )
        verdict = judge(Chain(accreditation=renamed).bundle(), *ANCHORS)
        assert verdict.accredited.answer is YES
        assert "Hanse Cert GmbH was the name of Hanse Assurance SE until 30 Jun 2026." in verdict.notices

    def test_under_a_name_that_nobody_told_is_remarked_upon(self) -> None:
        renamed = replace(ACCREDITATION, subject=Party(HANSE.did, "Hanse Assurance SE"))
        (notice,) = judge(Chain(accreditation=renamed).bundle(), *ANCHORS).notices
        assert notice.startswith("The issuer calls itself Hanse Cert GmbH")


MERGER = dt.date(2026, 8, 1)
AFTER = RecognitionContent(
    credential_id="https://nordwerk.example/accreditations/2",
    kind=ACCREDITATION.kind,
    number="NA-0099",
    issuer=ACCREDITATION.issuer,
    subject=Party(BALTIC.did, "Baltic Cert AG", country="DE"),
    scope=(ROW,),
    registered_on=MERGER,
    valid_from=dt.date(2026, 1, 1),
    status=pointer("nordwerk", 77),
    recognised_in=AttestationPointer(RECOGNITION.credential_id, "Meridian Arrangement", MERIDIAN.did),
    predecessors=(Predecessor(HANSE.did, "Hanse Cert GmbH", MERGER),),
)


def merged(
    heir: RecognitionContent = AFTER,
    *,
    by: SigningKey = NORDWERK,
    certificate: CertificateContent = CERTIFICATE,
    ended: dt.date | None = MERGER,
    when: dt.datetime = NOW,
) -> bytes:
    """A bundle of a certificate by Hanse Cert, whose accreditation ended, with the accreditation of Baltic Cert."""
    chain = Chain(certificate=certificate)
    for issuer in chain.issuers():
        issuer.events = [event(1, Event.ISSUED, dt.date(2020, 1, 1))]
    assert chain.of_accreditation is not None
    if ended:
        chain.of_accreditation.withdrawn = True
        chain.of_accreditation.events.append(event(2, Event.WITHDRAWN, ended, reason="Merged"))
    other = Issuer(by, heir, events=[event(1, Event.ISSUED, dt.date(2026, 1, 1))])
    extra = (issue_recognition_credential(heir, key=by), other.log(when))
    return chain.bundle(when, extra=extra)


class TestABodyThatMerged:
    def test_is_spoken_for_by_its_heir(self) -> None:
        verdict = judge(merged(), *ANCHORS)
        assert (verdict.accredited.answer, verdict.recognised.answer) == (YES, YES)
        assert verdict.accredited.reason.startswith(
            "Hanse Cert GmbH merged into Baltic Cert AG on 1 Aug 2026, says Nordwerk Accreditation (accreditation "
            "NA-0099)."
        )

    def test_is_told_in_the_chain_and_in_a_notice(self) -> None:
        verdict = judge(merged(), *ANCHORS)
        assert verdict.chain[1].name == "Baltic Cert AG"
        assert verdict.chain[1].remark == "answers for the certificates of Hanse Cert GmbH since 1 Aug 2026"
        assert any("merged into Baltic Cert AG" in notice for notice in verdict.notices)

    def test_was_accredited_itself_on_the_eve(self) -> None:
        verdict = judge(merged(), *ANCHORS, at=midday(dt.date(2026, 7, 31)))
        assert verdict.accredited.answer is YES
        assert verdict.chain[1].name == "Hanse Cert GmbH"

    def test_is_accredited_itself_while_its_own_accreditation_runs_on(self) -> None:
        verdict = judge(merged(ended=None), *ANCHORS)
        assert verdict.accredited.answer is YES

    def test_cannot_certify_any_more(self) -> None:
        late = replace(CERTIFICATE, valid_from=MERGER)
        verdict = judge(merged(certificate=late), *ANCHORS)
        assert (verdict.accredited.answer, verdict.code) == (NO, Code.UNACCREDITED)
        assert "merged into Baltic Cert AG on 1 Aug 2026" in verdict.accredited.reason

    def test_leaves_certificates_that_are_to_be_transferred_in_time(self) -> None:
        last = MERGER + dt.timedelta(days=183)
        assert judge(merged(when=midday(last)), *ANCHORS, at=midday(last)).accredited.answer is YES
        after = last + dt.timedelta(days=1)
        verdict = judge(merged(when=midday(after)), *ANCHORS, at=midday(after))
        assert verdict.accredited.answer is NO
        assert "merged into Baltic Cert AG" in verdict.accredited.reason

    def test_is_not_healed_when_it_had_lost_its_accreditation_before(self) -> None:
        verdict = judge(merged(ended=dt.date(2026, 7, 1)), *ANCHORS)
        assert verdict.accredited.answer is NO

    def test_is_not_spoken_for_beyond_the_scope_of_the_heir(self) -> None:
        narrow = replace(AFTER, scope=(replace(ROW, iaf=frozenset({"28"})),))
        assert judge(merged(narrow), *ANCHORS).accredited.answer is NO

    def test_is_not_spoken_for_by_a_stranger(self) -> None:
        by = replace(AFTER, issuer=Party(STRANGER.did, "Nordwerk Accreditation"), recognised_in=None)
        verdict = judge(merged(by, by=STRANGER), *ANCHORS)
        assert YES not in (verdict.answer, verdict.accredited.answer)

    def test_is_not_spoken_for_by_whoever_says_so_of_itself(self) -> None:
        own = replace(AFTER, issuer=Party(BALTIC.did, "Baltic Cert AG"))
        assert judge(merged(own, by=BALTIC), *ANCHORS).accredited.answer is NO

    def test_in_another_way_than_a_known_one_says_nothing(self) -> None:
        odd = replace(AFTER, predecessors=(Predecessor(HANSE.did, "Hanse Cert GmbH", MERGER, ChangeKind.RENAMED),))
        assert judge(merged(odd), *ANCHORS).accredited.answer is NO


class TestAnAccreditationBodyThatHandedOn:
    heir = replace(
        RECOGNITION,
        credential_id="https://meridian.example/recognitions/2",
        number="MRA-008",
        subject=Party(SUEDWERK.did, "Südwerk Accreditation", country="DE"),
        status=pointer("meridian", 12),
        predecessors=(Predecessor(NORDWERK.did, "Nordwerk Accreditation", MERGER, ChangeKind.SUCCEEDED),),
    )

    def chain(self, accreditation: RecognitionContent = ACCREDITATION) -> bytes:
        other = Issuer(MERIDIAN, self.heir, events=[event(1, Event.ISSUED, dt.date(2020, 1, 1))])
        extra = (issue_recognition_credential(self.heir, key=MERIDIAN), other.log(NOW))
        return Chain(accreditation=accreditation, recognition=None).bundle(extra=extra)

    def test_is_spoken_for_by_the_recognition_of_its_successor(self) -> None:
        verdict = judge(self.chain(), *ANCHORS)
        assert verdict.recognised.answer is YES
        assert verdict.recognised.reason.startswith(
            "Südwerk Accreditation succeeded Nordwerk Accreditation on 1 Aug 2026, says Meridian Arrangement"
        )
        assert verdict.chain[2].remark == "answers for the accreditations of Nordwerk Accreditation since 1 Aug 2026"

    def test_accredits_nobody_afterwards(self) -> None:
        late = replace(ACCREDITATION, valid_from=MERGER, registered_on=MERGER)
        verdict = judge(self.chain(late), *ANCHORS)
        assert (verdict.recognised.answer, verdict.code) == (NO, Code.UNRECOGNISED)
        assert "when Nordwerk Accreditation had ended" in verdict.recognised.reason
