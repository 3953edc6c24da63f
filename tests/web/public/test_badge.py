"""Badge, QR code and linkset: what a holder shows elsewhere says what the page says."""

from __future__ import annotations

import datetime as dt
import xml.etree.ElementTree as ET

import pytest
from django.test import Client
from django.utils import timezone

from assaymark.core.programme import DecisionKind
from assaymark.records.attestations import identity
from assaymark.records.scope import system_scope
from assaymark.verify import Answer, CertificateVerdict, Code, Finding
from assaymark.web.public.badge import badge_of, drawn
from tests.certification_cast import NUMBER, Certified

PAGE = f"/c/northfield/{NUMBER}/"
NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
YES = Finding(Answer.YES, Code.VALID, "")


class TestTheBadge:
    def test_says_that_all_is_well_in_words(self, world: Certified) -> None:
        answer = Client().get(f"{PAGE}badge.svg")
        assert answer["Content-Type"] == "image/svg+xml"
        assert "In force, accredited, recognised" in answer.text
        assert answer["Access-Control-Allow-Origin"] == "*"

    def test_says_at_once_that_the_certificate_is_suspended(self, world: Certified) -> None:
        Client().get(f"{PAGE}badge.svg")
        world.decide(DecisionKind.SUSPEND, at=timezone.now() - dt.timedelta(minutes=1))
        answer = Client().get(f"{PAGE}badge.svg")
        assert "Suspended" in answer.text
        assert "In force" not in answer.text

    def test_is_not_there_for_a_certificate_that_is_not_listed(self, world: Certified) -> None:
        with system_scope():
            world.certificate.public = False
            world.certificate.save(update_fields=["public"])
        assert Client().get(f"{PAGE}badge.svg").status_code == 404

    @pytest.mark.parametrize("code", [Code.STALE, Code.MISSING, Code.NO_TRUST_LIST])
    def test_never_says_yes_or_no_of_what_is_unknown(self, code: Code) -> None:
        unknown = Finding(Answer.UNKNOWN, code, "")
        shown = badge_of(CertificateVerdict("f", YES, unknown, YES, YES), now=NOW)
        assert shown.state == "Cannot be told now"

    def test_keeps_a_strangers_text_text(self) -> None:
        verdict = CertificateVerdict("f", YES, YES, YES, YES, standard="<script>alert(1)</script>")
        picture = drawn(badge_of(verdict, now=NOW))
        assert "<script" not in picture
        ET.fromstring(picture)


class TestWhatStandsBesideIt:
    def test_the_page_gives_the_lines_to_copy(self, world: Certified) -> None:
        page = Client().get(f"{PAGE}badge/").text
        assert f"{identity.address_of(world.certificate)}badge.svg" in page

    def test_the_code_is_a_picture_for_print(self, world: Certified) -> None:
        ET.fromstring(Client().get(f"{PAGE}qr.svg").content)

    def test_the_linkset_names_credential_status_and_bundle(self, world: Certified) -> None:
        answer = Client().get(f"{PAGE}linkset.json")
        links = answer.json()["linkset"][0]
        assert answer["Content-Type"] == "application/linkset+json"
        for relation in ("describedby", "monitor", "alternate", "item"):
            for link in links[relation]:
                assert Client().get(link["href"]).status_code == 200


class TestWhatIsKeptForAMinute:
    def test_is_given_again_with_one_query(self, world: Certified, django_assert_max_num_queries: object) -> None:
        Client().get(PAGE)
        with django_assert_max_num_queries(3):  # type: ignore[operator]
            assert Client().get(PAGE).status_code == 200

    def test_answers_not_modified_to_whoever_has_it(self, world: Certified) -> None:
        first = Client().get(PAGE)
        again = Client().get(PAGE, headers={"If-None-Match": first["ETag"]})
        assert again.status_code == 304
        assert not again.content

    def test_is_not_given_after_an_event_above_it(self, world: Certified) -> None:
        before = Client().get(PAGE)
        from assaymark.records.assessments import actions

        actions.decide_about(
            attestation_id=world.accreditation.pk,
            decision=DecisionKind.WITHDRAW,
            by=world.accreditor,
            at=timezone.now() - dt.timedelta(minutes=1),
            reasons="Ended",
        )
        after = Client().get(PAGE, headers={"If-None-Match": before["ETag"]})
        assert after.status_code == 200
        assert "not accredited" in after.text

    def test_an_unlisted_certificate_is_not_shown_from_before(self, world: Certified) -> None:
        assert "Halden" in Client().get(PAGE).text
        with system_scope():
            world.certificate.public = False
            world.certificate.save(update_fields=["public"])
        assert "Halden" not in Client().get(PAGE).text.split("<main", 1)[1]
