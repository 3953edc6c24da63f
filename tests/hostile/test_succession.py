"""Attacks on successions: keys of bodies that ended, heirs by their own word, circles and floods of heirs."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from assaymark.adapters.keys import SigningKey
from assaymark.core.attestation import Party, RecognitionContent, StatusEventKind
from assaymark.core.body_changes import Predecessor
from assaymark.core.trust import Anchor
from assaymark.formats.credential import issue_recognition_credential
from assaymark.verify import Code
from tests.hostile.attack import NO, YES, judge, refused
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
    STRANGER,
    UNACCREDITED,
    Chain,
    Issuer,
    event,
    key,
    pointer,
)

pytestmark = pytest.mark.slow

LAST, FIRST, MERGER = dt.date(2026, 6, 30), dt.date(2026, 7, 1), dt.date(2026, 8, 1)
UNION = key("union")
ENDED = Anchor(MERIDIAN.did, "Meridian Arrangement", valid_until=LAST)
SUCCEEDED = (ENDED, Anchor(UNION.did, "Union", valid_from=FIRST, succeeds=MERIDIAN.did))


def heir(
    issuer: SigningKey, subject: SigningKey, *, of: SigningKey, number: int = 77, since: dt.date = MERGER
) -> tuple[str, str]:
    """An accreditation that says that its subject answers for somebody, with its events, as anybody can write it."""
    content: RecognitionContent = replace(
        ACCREDITATION,
        credential_id=f"https://heirs.example/{number}",
        number=f"H-{number}",
        issuer=Party(issuer.did, "Nordwerk Accreditation"),
        subject=Party(subject.did, "Heir"),
        valid_until=None,
        status=pointer("heirs", number),
        predecessors=(Predecessor(of.did, "Hanse Cert GmbH", since),),
    )
    one = Issuer(issuer, content, events=[event(1, StatusEventKind.ISSUED, dt.date(2021, 5, 1))])
    return issue_recognition_credential(content, key=issuer), one.log(NOW)


def withdrawn(*extra: str) -> bytes:
    """The cast's chain, whose accreditation was withdrawn last week, with what an attacker adds."""
    chain = Chain()
    assert chain.of_accreditation is not None
    chain.of_accreditation.withdrawn = True
    chain.of_accreditation.events = [event(1, StatusEventKind.WITHDRAWN, dt.date(2026, 11, 17), reason="Misuse")]
    return chain.bundle(extra=extra)


class TestTheKeyOfAnArrangementThatEnded:
    def test_recognises_nobody_afterwards(self) -> None:
        late = replace(RECOGNITION, valid_from=FIRST, registered_on=FIRST)
        verdict = judge(Chain(recognition=late).bundle(), anchors=SUCCEEDED)
        assert (verdict.recognised.answer, verdict.recognised.code) == (NO, Code.UNRECOGNISED)

    def test_recognises_nobody_by_naming_itself_as_its_own_heir(self) -> None:
        own = replace(
            RECOGNITION,
            valid_from=FIRST,
            registered_on=FIRST,
            predecessors=(Predecessor(MERIDIAN.did, "Meridian Arrangement", FIRST),),
        )
        assert judge(Chain(recognition=own).bundle(), anchors=(ENDED,)).recognised.answer is NO


class TestAnHeirByItsOwnWord:
    def test_carries_no_certificate_when_a_stranger_accredits_it(self) -> None:
        verdict = refused(withdrawn(*heir(STRANGER, QUICK, of=HANSE)))
        assert verdict.accredited.answer is NO
        assert "withdrawn" in verdict.accredited.reason

    def test_carries_no_certificate_when_it_accredits_itself(self) -> None:
        assert refused(withdrawn(*heir(QUICK, QUICK, of=HANSE))).accredited.answer is NO

    def test_carries_no_certificate_when_the_former_body_says_so(self) -> None:
        assert refused(withdrawn(*heir(HANSE, QUICK, of=HANSE))).accredited.answer is NO

    def test_leads_a_body_that_was_never_accredited_nowhere(self) -> None:
        chain = Chain(certificate=UNACCREDITED, accreditation=None, recognition=None, body=QUICK)
        assert refused(chain.bundle(extra=heir(STRANGER, HANSE, of=QUICK))).recognised.answer is not YES

    def test_carries_nothing_before_its_day(self) -> None:
        tomorrow = (NOW + dt.timedelta(days=1)).date()
        assert refused(withdrawn(*heir(NORDWERK, QUICK, of=HANSE, since=tomorrow))).accredited.answer is NO

    def test_carries_nothing_that_was_withdrawn_before_it(self) -> None:
        """The accreditation body itself errs: what it had withdrawn for misuse is not healed by a later merger."""
        later = dt.date(2026, 11, 20)
        assert refused(withdrawn(*heir(NORDWERK, QUICK, of=HANSE, since=later))).accredited.answer is NO


class TestHeirsInACircle:
    def test_lead_nowhere(self) -> None:
        first, second = heir(STRANGER, QUICK, of=HANSE, number=1), heir(QUICK, STRANGER, of=QUICK, number=2)
        third = heir(QUICK, HANSE, of=STRANGER, number=3)
        assert refused(withdrawn(*first, *second, *third)).accredited.answer is NO

    def test_by_dozens_stay_within_bounds_and_hide_nothing(self) -> None:
        tokens = [token for n in range(28) for token in heir(STRANGER, key(f"heir {n}"), of=HANSE, number=n)]
        verdict = judge(Chain().bundle(extra=tokens))
        assert verdict.accredited.answer is YES
        assert any("say who answers for" in notice for notice in verdict.notices)

    def test_by_dozens_do_not_hide_the_true_one(self) -> None:
        false = [token for n in range(28) for token in heir(STRANGER, key(f"heir {n}"), of=HANSE, number=n)]
        chain = Chain(certificate=replace(CERTIFICATE, valid_from=dt.date(2026, 5, 1)))
        assert chain.of_accreditation is not None
        chain.of_accreditation.withdrawn = True
        chain.of_accreditation.events = [
            event(1, StatusEventKind.ISSUED, dt.date(2021, 5, 1)),
            event(2, StatusEventKind.WITHDRAWN, MERGER, reason="Merged"),
        ]
        verdict = judge(chain.bundle(extra=[*false, *heir(NORDWERK, QUICK, of=HANSE, number=500)]), anchors=ANCHORS)
        assert (verdict.accredited.answer, verdict.recognised.answer) == (YES, YES)
