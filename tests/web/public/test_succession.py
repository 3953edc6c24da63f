"""A certificate's page over time: the recognition label of the day, and an arrangement that was succeeded."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from assaymark.core.body_changes import ChangeKind
from assaymark.core.trust import Anchor
from assaymark.formats.trust_list import write_trust_list
from assaymark.records.attestations import anchors, queries
from assaymark.records.register import changes, own
from tests.certification_cast import NUMBER, Certified


def page(client: Client) -> str:
    """The certificate's page as text without line breaks."""
    caches["pages"].clear()
    return " ".join(client.get(f"/c/northfield/{NUMBER}/").content.decode().split())


def listed(*changed: Anchor) -> None:
    """Put these anchors into the list."""
    anchors.import_list(data=write_trust_list(changed), file="anchors.json", at=timezone.now())


@pytest.fixture
def arrangement(world: Certified) -> Anchor:
    """The one at the top."""
    (anchor,) = queries.anchors()
    return anchor


class TestThePageOfACertificate:
    def test_says_the_label_that_is_right_on_the_day(self, client: Client, arrangement: Anchor) -> None:
        assert "MRA" not in page(client).replace("MRA-0007", "")
        listed(Anchor(arrangement.did, arrangement.name, valid_from=arrangement.valid_from, label="IAF MLA"))
        told = page(client)
        assert "Label: Global Accreditation Cooperation MRA." in told
        assert "Trusted by this register<br>Global Accreditation Cooperation MRA" in told

    def test_says_who_succeeded_whom_when(self, client: Client, arrangement: Anchor) -> None:
        end = timezone.now().date() - dt.timedelta(days=10)
        ended = Anchor(arrangement.did, arrangement.name, valid_from=arrangement.valid_from, valid_until=end)
        union = Anchor("did:key:zUnion", "Union", valid_from=end + dt.timedelta(days=1), succeeds=ended.did)
        listed(ended, union)
        told = page(client)
        assert f"which this register trusted until {end.day} {end:%b %Y}, succeeded by Union." in told

    def test_says_no_when_nobody_succeeded(self, client: Client, arrangement: Anchor) -> None:
        end = timezone.now().date() - dt.timedelta(days=10)
        listed(Anchor(arrangement.did, arrangement.name, valid_until=end))
        assert "and nobody who holds on this day succeeds it" in page(client)


class TestThePageOfAnOrganisation:
    def test_says_of_the_top_what_the_verifier_says(self, client: Client, arrangement: Anchor) -> None:
        end = timezone.now().date() - dt.timedelta(days=10)
        ended = Anchor(arrangement.did, arrangement.name, valid_from=arrangement.valid_from, valid_until=end)
        listed(ended, Anchor("did:key:zUnion", "Union", valid_from=end + dt.timedelta(days=1), succeeds=ended.did))
        told = " ".join(client.get("/organisations/northfield/").content.decode().split())
        said = f"was trusted by this register as arrangement until {end.day} {end:%b %Y}, succeeded by Union"
        assert said in told
        assert "Does not hold" not in told


class TestTheCertificateOfABodyThatMerged:
    def test_says_who_answers_for_it_and_its_bodys_page_since_when(self, client: Client, world: Certified) -> None:
        own.refresh(at=timezone.now())
        day = timezone.now().date() - dt.timedelta(days=10)
        told = changes.Told(
            source_key="own",
            kind=ChangeKind.MERGED,
            on=day,
            old_name="Northfield Certification",
            new_name="Baltic Cert",
            origin="Notice 7",
        )
        changes.record(told=told, at=timezone.now())
        sentence = f"Northfield Certification merged into Baltic Cert on {day.day} {day:%b %Y}."
        assert f"{sentence} Baltic Cert answers for this certificate since then." in page(client)
        organisation = client.get("/organisations/northfield/").content.decode()
        assert sentence in organisation
        assert "Known from: Notice 7." in organisation
