"""The page of suspicious patterns: what it lists, how it is narrowed, what leaves it, how a pattern is put aside."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.utils import timezone

from assaymark.core.parties import Role
from assaymark.records.assessments import actions
from assaymark.records.assessments.models import Decision, Stage, TeamMember
from assaymark.records.assessments.suspicion import found
from assaymark.records.attestations.models import Scope
from assaymark.records.register import own
from assaymark.records.scope import organisation_scope
from tests.audit_cast import actor
from tests.body_cast import Browser
from tests.certification_cast import NUMBER, Certified, certified

EARLY, OWN = "the audit ended on", "was in the audit team and decided."


@pytest.fixture
def world(db: None) -> Certified:
    """Halden's certificate was decided by an auditor, before the audit ended, and lies outside the accreditation."""
    world = certified(began=timezone.now() - dt.timedelta(days=60))
    with organisation_scope(world.cast.northfield.pk):
        decision = Decision.objects.get(attestation_id=world.certificate.pk)
        Stage.objects.filter(assessment_id=decision.assessment_id, kind="stage_2").update(
            ends=decision.decided_at.date() + dt.timedelta(days=3)
        )
        TeamMember.objects.filter(assessment_id=decision.assessment_id, role="lead").update(
            person_id=decision.decided_by_id
        )
    with organisation_scope(world.meridian.pk):
        Scope.objects.filter(attestation=world.accreditation).update(iaf=["18"])
    own.refresh(at=timezone.now())
    return world


@pytest.fixture
def office(world: Certified) -> Browser:
    return Browser(world.cast.office)


def digest_of(world: Certified, words: str) -> str:
    with organisation_scope(world.cast.northfield.pk):
        (digest,) = [one.suspicion.digest for one in found() if words in one.suspicion.facts]
    return digest


class TestTheList:
    def test_groups_facts_by_pattern_with_clause_and_records(self, office: Browser) -> None:
        page = office.see("suspicious")
        assert "3 open" in page
        places = [page.index(f'colspan="5">{name}') for name in (
            "Decided before the audit ended", "An auditor decided", "Code outside the accreditation",
        )]  # fmt: skip
        assert places == sorted(places)
        for words in (EARLY, OWN, "ISO/IEC 17021-1:2015, 9.5.1.1", "Audit CA-0001", ">Certificate</a>"):
            assert words in page

    def test_leads_to_the_records(self, office: Browser, world: Certified) -> None:
        page = office.see("suspicious")
        for name in ("attestations:record", "assessments:record", "assessments:decision"):
            assert page.count(f'href="{office.address(name, world.certificate.pk)[:30]}') >= 1

    def test_draws_how_many_of_each_are_open(self, office: Browser) -> None:
        assert "Decided before the audit ended 1, Fewer audit days than the table lets 0," in office.see("suspicious")

    @pytest.mark.parametrize(
        ("query", "there", "gone"),
        [
            ("?pattern=auditor-decided", OWN, EARLY),
            ("?q=team+or", "Nothing here matches", OWN),
            ("?q=AUDIT+TEAM", OWN, EARLY),
            ("?view=aside", "No pattern is in this view.", OWN),
            ("?view=nonsense&pattern=nonsense&page=99", OWN, "Nothing here"),
        ],
    )
    def test_is_narrowed(self, office: Browser, query: str, there: str, gone: str) -> None:
        page = office.see("suspicious", query=query)
        assert there in page
        assert gone not in page

    def test_is_in_the_rail_of_a_body(self, office: Browser, world: Certified) -> None:
        address = office.address("suspicious")
        assert f'href="{address}"' in office.see("clients")
        assert "/audits/suspicious/" not in Browser(world.cast.novak).see("list")

    def test_teaches_where_there_is_nothing(self, world: Certified) -> None:
        page = Browser(world.cast.novak).see("suspicious")
        assert "Nothing calls for a question" in page
        assert NUMBER not in page


class TestAnAccreditationBody:
    @pytest.fixture
    def assessor(self, world: Certified) -> Browser:
        return Browser(actor(world.meridian, "S. Okafor", Role.ACCREDITATION_ASSESSOR))

    def test_sees_the_published_certificate_and_its_entry_in_the_register(self, assessor: Browser) -> None:
        page = assessor.see("suspicious")
        assert "1 open" in page
        assert "Codes that the accreditation does not cover: 17." in page
        assert "/register/entries/" in page
        assert ">Entry in this register</a>" in page

    def test_does_not_see_the_records_of_the_body(self, assessor: Browser, world: Certified) -> None:
        page = assessor.see("suspicious", query="?view=all")
        assert EARLY not in page and OWN not in page
        assert assessor.status("suspicion", digest_of(world, OWN)) == 404
        assert assessor.status("suspicious", at="northfield") == 404


class TestOnePattern:
    def test_is_put_aside_with_a_reason_and_leaves_the_list(self, office: Browser, world: Certified) -> None:
        digest = digest_of(world, EARLY)
        assert "Nobody has looked at it yet." in office.see("suspicion", digest)
        page = office.do("explain-suspicion", digest, reason="The audit plan had a typing error: <b>7</b> for 1.")
        assert "Put aside" in page
        assert "typing error: &lt;b&gt;7&lt;/b&gt; for 1." in page
        assert EARLY not in office.see("suspicious")
        assert EARLY in office.see("suspicious", query="?view=aside")

    def test_is_taken_up_again(self, office: Browser, world: Certified) -> None:
        digest = digest_of(world, EARLY)
        office.do("explain-suspicion", digest, reason="A typing error.")
        page = office.do("explain-suspicion", digest, reason="The paper plan says the same.")
        assert "Taken up again" in page
        listed = office.see("suspicious")
        assert EARLY in listed and "Taken up again" in listed

    def test_needs_a_reason(self, office: Browser, world: Certified) -> None:
        answer = office.send("explain-suspicion", digest_of(world, EARLY), reason=" ")
        assert answer.status_code == 422
        assert "This field is required." in answer.text

    def test_about_ones_own_decision_is_for_somebody_else(self, world: Certified) -> None:
        both = actor(world.cast.northfield, "B. Oth", Role.CERTIFICATION_OFFICE, Role.DECISION_MAKER)
        with organisation_scope(world.cast.northfield.pk):
            decision = Decision.objects.get(attestation_id=world.certificate.pk)
            Decision.objects.filter(pk=decision.pk).update(decided_by_id=both.person_id)
        browser, digest = Browser(both), digest_of(world, EARLY)
        page = browser.see("suspicion", digest)
        assert "It is about your own decision." in page
        assert "Put it aside" not in page
        answer = browser.send("explain-suspicion", digest, reason="I say it is in order.")
        assert answer.status_code == 409
        assert "It is about your own decision." in answer.text

    def test_is_read_but_not_explained_by_an_auditor(self, world: Certified) -> None:
        auditor, digest = Browser(world.cast.lead), digest_of(world, EARLY)
        page = auditor.see("suspicion", digest)
        assert EARLY in page
        assert "Put it aside" not in page
        assert auditor.send("explain-suspicion", digest, reason="In order").status_code == 403

    def test_that_is_none_is_not_there(self, office: Browser) -> None:
        for digest in ("0" * 32, "nonsense"):
            assert office.status("suspicion", digest) == 404
            assert office.send("explain-suspicion", digest, reason="x").status_code == 404


class TestTheTable:
    def rows(self, browser: Browser, query: str = "") -> list[dict[str, str]]:
        answer = browser.client.get(browser.address("suspicious-export", "csv") + query)
        assert answer["Content-Disposition"].startswith('attachment; filename="northfield-suspicious-')
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    def test_has_what_the_list_shows(self, office: Browser) -> None:
        (row,) = self.rows(office, "?pattern=auditor-decided")
        assert (row["Pattern"], row["Certificate"], row["Holder"], row["State"]) == (
            "An auditor decided", NUMBER, "Halden Precision Ltd", "open",
        )  # fmt: skip
        assert row["Records"].startswith(f"{NUMBER}; CA-0001; ")

    def test_says_who_explained_and_runs_no_formula(self, office: Browser, world: Certified) -> None:
        actions.put_aside(digest=digest_of(world, EARLY), reason="=1+1", by=world.cast.office, at=timezone.now())
        (row,) = self.rows(office, "?view=aside")
        assert (row["State"], row["Explanation"], row["By"]) == ("put aside", "'=1+1", "C. Office")
        assert len(self.rows(office)) == 2 and len(self.rows(office, "?view=all")) == 3

    def test_is_there_as_a_workbook_and_as_nothing_else(self, office: Browser) -> None:
        assert office.client.get(office.address("suspicious-export", "xlsx")).content.startswith(b"PK")
        assert office.status("suspicious-export", "pdf") == 404


def test_planning_tells_what_the_table_of_audit_time_gives(world: Certified) -> None:
    with organisation_scope(world.cast.northfield.pk):
        audit = Decision.objects.get(attestation_id=world.certificate.pk).assessment
    page = Browser(world.cast.office).see("dates", audit.pk)
    assert "For 12 people the table gives 2.5 days" in page
    assert "at least 1.75" in page
