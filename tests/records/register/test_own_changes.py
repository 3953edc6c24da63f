"""A body of this installation merges: its heir's accreditation states it, bundles carry it, strangers are told."""

from __future__ import annotations

import datetime as dt

import pytest

from assaymark.core.attestation import AttestationKind
from assaymark.core.body_changes import ChangeKind, FormerName, Predecessor
from assaymark.core.programme import DecisionKind
from assaymark.records.attestations import export, identity, past, queries
from assaymark.records.attestations.models import Attestation
from assaymark.records.parties.actions import add_organisation
from assaymark.records.parties.models import Organisation
from assaymark.records.register import changes, own
from assaymark.records.register.models import BodyChange
from assaymark.verify import Answer, CertificateVerdict, Input, verify
from tests.records.attestations.conftest import NOW, Chain, grant, row
from tests.records.attestations.conftest import chain as chain

pytestmark = pytest.mark.django_db
DAY = (NOW - dt.timedelta(days=10)).date()


@pytest.fixture
def baltic(chain: Chain) -> Organisation:
    """The heir, accredited for the same scope since half a year."""
    own.publish(number=chain.certificate.number, attestation_id=chain.certificate.pk, at=NOW)
    began = NOW - dt.timedelta(days=180)
    heir = add_organisation(slug="baltic", name="Baltic Cert", country="GB", at=began)
    scope = (row(iaf=frozenset({"17", "18"}), countries=frozenset({"GB"}), row="r1"),)
    kind = AttestationKind.ACCREDITATION
    grant(
        chain.deciders["meridian"],
        heir,
        kind,
        began,
        edition_key="iso-iec-17021-1-2015",
        number="ACC-0099",
        scope=scope,
    )
    return heir


def tell(new: str = "Baltic Cert", kind: ChangeKind = ChangeKind.MERGED) -> BodyChange:
    """Northfield becomes something else."""
    told = changes.Told(
        source_key="own", kind=kind, on=DAY, old_name="Northfield Certification", new_name=new, origin="Notice 7"
    )
    return changes.record(told=told, at=NOW)


def judged(chain: Chain) -> CertificateVerdict:
    """What a stranger finds in a bundle of Halden's certificate that is written now."""
    found = queries.public_attestation(issuer_slug="northfield", number=chain.certificate.number)
    (one,) = verify([Input("file", export.bundle(found, at=NOW))], at=NOW, anchors=queries.anchors())
    return one


def heirs_accreditation() -> Attestation:
    return queries.public_attestation(issuer_slug="meridian", number="ACC-0099")


class TestAMergerOfAnOwnBody:
    def test_is_stated_by_the_heirs_accreditation_when_that_is_signed_again(
        self, chain: Chain, baltic: Organisation
    ) -> None:
        did = identity.did_of(chain.northfield)
        assert past.of(baltic) == past.Past()
        signed = changes.sign_again(change=tell(), at=NOW)
        assert [one.number for one in signed] == ["ACC-0099"]
        expected = Predecessor(did, "Northfield Certification", DAY, ChangeKind.MERGED)
        assert past.of(baltic).predecessors == (expected,)

    def test_lets_certificates_of_the_former_body_stand_by_the_accreditation_of_the_heir(
        self, chain: Chain, baltic: Organisation
    ) -> None:
        changes.sign_again(change=tell(), at=NOW)
        chain.decide(chain.accreditation, DecisionKind.WITHDRAW, at=NOW, reason="Merged into Baltic Cert")
        verdict = judged(chain)
        assert (verdict.accredited.answer, verdict.recognised.answer) == (Answer.YES, Answer.YES)
        assert verdict.accredited.reason.startswith("Northfield Certification merged into Baltic Cert on")
        assert verdict.chain[1].name == "Baltic Cert"

    def test_alone_changes_no_verdict_as_long_as_nobody_signed_it(self, chain: Chain, baltic: Organisation) -> None:
        tell()
        chain.decide(chain.accreditation, DecisionKind.WITHDRAW, at=NOW, reason="Merged into Baltic Cert")
        assert judged(chain).accredited.answer is Answer.NO

    def test_taken_back_is_no_more_stated(self, chain: Chain, baltic: Organisation) -> None:
        changes.retract(change_id=tell().pk, origin="x", at=NOW)
        assert past.of(baltic) == past.Past()
        assert past.who_answers_for(["northfield"]) == set()

    def test_of_a_body_elsewhere_signs_nothing(self, chain: Chain, baltic: Organisation) -> None:
        change = tell("Nobody here")
        assert changes.sign_again(change=change, at=NOW) == []

    def test_stands_on_the_time_line_of_the_organisation(self, chain: Chain, baltic: Organisation) -> None:
        tell()
        (event,) = changes.time_line_of("northfield")
        assert event.sentence.startswith("Northfield Certification merged into Baltic Cert on")
        assert changes.time_line_of("baltic") == []


class TestARenamingOfAnOwnBody:
    def test_is_stated_by_its_own_accreditation(self, chain: Chain, baltic: Organisation) -> None:
        signed = changes.sign_again(change=tell("Northfield Group", ChangeKind.RENAMED), at=NOW)
        assert [one.number for one in signed] == ["ACC-0042"]
        name = FormerName("Northfield Certification", DAY - dt.timedelta(days=1))
        assert past.of(chain.northfield).former_names == (name,)
        assert judged(chain).accredited.answer is Answer.YES
