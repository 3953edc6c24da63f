"""`assaymark register suspicious`: a sound certificate is not listed, a changed record is, and only to its body."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

import pytest
from click.testing import CliRunner, Result
from django.utils import timezone

from assaymark.cli.register import register
from assaymark.core.suspicion import Pattern
from assaymark.records.assessments.actions import put_aside as put_aside_by
from assaymark.records.assessments.models import Decision, Stage, TeamMember
from assaymark.records.assessments.suspicion import found
from assaymark.records.attestations.models import Scope
from assaymark.records.register import own
from assaymark.records.scope import organisation_scope
from tests.certification_cast import NUMBER, Certified, certified


@pytest.fixture
def world(db: None) -> Certified:
    return certified(began=timezone.now() - dt.timedelta(days=60))


def run(*words: str, slug: str = "northfield") -> Result:
    return CliRunner().invoke(register, ["suspicious", "--organisation", slug, *words])


def patterns(slug: str = "northfield") -> list[str]:
    return [row["pattern"] for row in json.loads(run("--json", slug=slug).stdout)]


def spoil(world: Certified) -> None:
    """The audit is said to have ended after the decision, and the decision maker to have audited."""
    with organisation_scope(world.certificate.organisation_id):
        decision = Decision.objects.get(attestation_id=world.certificate.pk)
        last = Stage.objects.filter(assessment_id=decision.assessment_id).order_by("-position")[0]
        Stage.objects.filter(pk=last.pk).update(ends=decision.decided_at.date() + dt.timedelta(days=3))
        TeamMember.objects.filter(assessment_id=decision.assessment_id, role="lead").update(
            person_id=decision.decided_by_id
        )


def test_a_sound_certificate_is_not_listed(world: Certified) -> None:
    assert run().output == "Nothing suspicious found.\n"


def test_changed_records_are_listed_with_facts_and_clause(world: Certified) -> None:
    spoil(world)
    assert patterns() == ["auditor-decided", "decided-before-the-audit-ended"]
    assert "was in the audit team and decided. (ISO/IEC 17021-1:2015, 9.5.1.1)" in run().output


def test_the_csv_has_a_row_for_each_pattern(world: Certified) -> None:
    spoil(world)
    rows = list(csv.DictReader(io.StringIO(run("--csv").stdout)))
    assert [row["number"] for row in rows] == [NUMBER, NUMBER]
    assert rows[0]["facts"].endswith("decided.")


def test_nobody_else_gets_the_records_of_a_body(world: Certified) -> None:
    spoil(world)
    for slug in ("halden", "meridian"):
        assert patterns(slug) == []


def put_aside(world: Certified) -> None:
    with organisation_scope(world.certificate.organisation_id):
        (one,) = [one for one in found() if one.suspicion.pattern is Pattern.DECIDED_EARLY]
    put_aside_by(
        digest=one.suspicion.digest, reason="The day was typed wrongly.", by=world.cast.office, at=timezone.now()
    )


class TestWhatWasPutAside:
    def test_is_counted_but_not_listed(self, world: Certified) -> None:
        spoil(world)
        put_aside(world)
        output = run().output
        assert output.endswith("1 pattern found. 1 put aside.\n")
        assert "the audit ended on" not in output

    def test_is_listed_with_its_explanation_when_all_is_wanted(self, world: Certified) -> None:
        spoil(world)
        put_aside(world)
        assert "Put aside: The day was typed wrongly.\n" in run("--all").output
        rows = list(csv.DictReader(io.StringIO(run("--csv", "--all").stdout)))
        assert [(row["aside"], row["explanation"]) for row in rows] == [
            ("False", ""),
            ("True", "The day was typed wrongly."),
        ]

    def test_is_marked_in_json(self, world: Certified) -> None:
        spoil(world)
        put_aside(world)
        assert [(row["pattern"], row["aside"]) for row in json.loads(run("--json").stdout)] == [
            ("auditor-decided", False),
            ("decided-before-the-audit-ended", True),
        ]


def test_json_names_the_records_to_look_at(world: Certified) -> None:
    spoil(world)
    (first, _) = json.loads(run("--json").stdout)
    assert [e["kind"] for e in first["evidence"]] == ["certificate", "audit", "decision"]


def test_an_accreditation_body_gets_what_its_bodies_publish(world: Certified) -> None:
    spoil(world)
    own.refresh(at=timezone.now())
    with organisation_scope(world.meridian.pk):
        Scope.objects.filter(attestation=world.accreditation).update(iaf=["18"])
    assert patterns("meridian") == ["code-outside-the-accreditation"]


def test_an_unknown_body_is_wrong_use(world: Certified) -> None:
    assert run(slug="nobody").exit_code == 2
