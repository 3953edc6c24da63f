"""What the pages say of witnesses, and of a journal that lost what was signed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from assaymark.core import journal
from assaymark.core.attestation import AttestationKind
from assaymark.formats.cosignature import WitnessKey
from assaymark.records.attestations.models import Attestation
from assaymark.records.journal import checkpoints, triggers
from assaymark.records.journal.models import Checkpoint, JournalEntry, JournalHead, JournalName
from assaymark.records.parties.actions import add_organisation
from assaymark.records.scope import organisation_scope
from assaymark.records.witness.actions import add_witness
from assaymark.records.witness.asking import ask_all
from tests.permission.house import House, build_house

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def halden(db: None) -> House:
    house = build_house("halden", word="HALDEN")
    body = add_organisation(slug="certlight", name="Certlight", at=AT)
    with organisation_scope(body.pk):
        Attestation.objects.create(
            organisation=body,
            holder=house.organisation,
            kind=AttestationKind.CERTIFICATE.value,
            number="CL-1",
            edition_key="iso-9001-2015",
            standard_label="ISO 9001:2015",
            original_issue=AT.date(),
            valid_from=AT.date(),
        )
    checkpoints.sign(house.organisation.pk)
    ask_all(house.organisation.pk, at=AT)
    return house


def page(house: House, path: str = "/o/halden/journal/", who: str = "administrator") -> str:
    client = Client()
    client.force_login(house.people[who], backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.get(path).content.decode()


def lose(house: House) -> None:
    """The database of one entry ago."""
    triggers.remove()
    with organisation_scope(house.organisation.pk):
        head = JournalHead.objects.get()
        Checkpoint.objects.filter(cosignatures__isnull=True).delete()
        JournalName.objects.filter(entry__index=head.size - 1).delete()
        JournalEntry.objects.filter(index=head.size - 1).delete()
        leaves = [bytes(row.leaf) for row in JournalEntry.objects.order_by("index")]
        JournalHead.objects.update(size=head.size - 1, frontier=b"".join(journal.frontier_of(leaves)))
    triggers.install()


class TestTheJournalsPage:
    def test_says_who_saw_it_and_when(self, halden: House) -> None:
        shown = page(halden)
        assert "Seen by" in shown
        assert "Certlight" in shown
        assert "2 Mar 2026" in shown

    def test_says_why_a_witness_is_silent(self, halden: House) -> None:
        key = WitnessKey("ab.example/witness/olga", bytes(32))
        add_witness(organisation=halden.organisation, url="http://127.0.0.1:9999/w", key=key, at=AT)
        ask_all(halden.organisation.pk, at=AT)
        shown = page(halden)
        assert "ab.example/witness/olga" in shown
        assert "is not on the public internet" in shown

    def test_of_a_body_says_whom_it_watches(self, halden: House, db: None) -> None:
        body = build_house("northfield", word="NORTHFIELD")
        with organisation_scope(body.organisation.pk):
            Attestation.objects.create(
                organisation=body.organisation,
                holder=halden.organisation,
                kind=AttestationKind.CERTIFICATE.value,
                number="NF-1",
                edition_key="iso-9001-2015",
                standard_label="ISO 9001:2015",
                original_issue=AT.date(),
                valid_from=AT.date(),
            )
        ask_all(halden.organisation.pk, at=AT)
        shown = page(body, "/o/northfield/journal/")
        assert "Watched from here" in shown
        assert halden.organisation.name in shown
        assert "Seen by" not in shown

    def test_gives_the_checkpoint_with_the_witnesss_line(self, halden: House) -> None:
        assert "\n— 127.0.0.1:8000/witness/certlight " in page(halden, "/o/halden/journal/checkpoint/")


class TestAJournalThatLostWhatWasSigned:
    def test_makes_every_page_say_that_nothing_can_be_written(self, halden: House) -> None:
        assert "Read only" not in page(halden)
        lose(halden)
        from assaymark.records.journal import recovery

        recovery._good.clear()  # the server was started anew
        for path in ("/o/halden/journal/", "/o/halden/", "/o/halden/documents/"):
            shown = page(halden, path)
            assert "Read only: the journal waits for recovery." in shown, path
            assert "assaymark journal recover" in shown

    def test_refuses_an_action_with_its_reason(self, halden: House) -> None:
        from assaymark.core.refusal import Refused
        from assaymark.records.parties.actions import add_site

        lose(halden)
        with pytest.raises(Refused) as refused:
            add_site(name="North works", by=halden.actors["administrator"], at=AT)
        assert refused.value.refusals[0].rule == "journal-recovery-needed"

    def test_is_no_matter_of_another_organisation(self, halden: House, db: Any) -> None:
        lose(halden)
        other = build_house("brandt", word="BRANDT")
        assert "Read only" not in page(other, "/o/brandt/journal/")
