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
from assaymark.records.assessments.models import Decision, Stage, TeamMember
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


def test_an_unknown_body_is_wrong_use(world: Certified) -> None:
    assert run(slug="nobody").exit_code == 2
