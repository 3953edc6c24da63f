"""Halden audits its own turning (ISO 9001:2015, 9.2): programme, plan, team, checklist, findings, report."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from assaymark.core.assessment import Judgement, State, Step
from assaymark.core.competence import TeamRole
from assaymark.core.findings import Grade
from assaymark.core.refusal import Forbidden, Refused
from assaymark.records.assessments import actions, due, queries
from assaymark.records.assessments.actions import StagePlan
from assaymark.records.assessments.models import Assessment, ChecklistLine, TeamMember
from assaymark.records.findings.models import Nonconformity
from assaymark.records.scope import organisation_scope
from tests.audit_cast import ISO_9001, NOW, Cast, internal_audit, judge_all, start_internal_audit


def rules(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [refusal.rule for refusal in refused.value.refusals]


class TestPlanning:
    def test_makes_a_numbered_audit_of_ones_own_organisation(self, cast: Cast) -> None:
        audit = internal_audit(cast)
        assert (audit.number, audit.state, audit.criteria) == ("IA-0001", State.PLANNED, "ISO 9001:2015")
        assert audit.own
        assert (audit.starts, audit.ends) == (NOW.date(), NOW.date() + timedelta(days=1))

    def test_belongs_to_a_programme(self, cast: Cast) -> None:
        programme = actions.plan_programme(
            kind="internal_audit",
            title="Internal audits 2027",
            starts=date(2027, 1, 1),
            ends=date(2027, 12, 31),
            considered="Turning had two findings.",
            by=cast.novak,
            at=NOW,
        )
        actions.plan_assessment(
            kind="internal_audit",
            title="Purchasing",
            standard=ISO_9001,
            programme_id=programme.pk,
            by=cast.novak,
            at=NOW,
        )
        with organisation_scope(cast.halden.pk):
            assert [row.audits for row in queries.programmes(kind="internal_audit")] == [1]  # type: ignore[attr-defined]

    def test_is_refused_with_an_auditor_who_audits_their_own_work(self, cast: Cast) -> None:
        audit = internal_audit(cast, leader=cast.osei)
        with pytest.raises(Refused) as refused:
            actions.send_plan(assessment_id=audit.pk, by=cast.novak, at=NOW)
        assert rules(refused) == ["AUD-1"]
        assert refused.value.refusals[0].message == "J. Osei answers for Turning, which is part of this audit."

    def test_says_all_that_is_missing_at_once(self, cast: Cast) -> None:
        bare = actions.plan_assessment(kind="internal_audit", title="Sales", standard=ISO_9001, by=cast.novak, at=NOW)
        with pytest.raises(Refused) as refused:
            actions.send_plan(assessment_id=bare.pk, by=cast.novak, at=NOW)
        assert rules(refused) == ["leader-missing", "dates-missing", "AUD-2"]

    def test_takes_known_kinds_standards_and_stages_only(self, cast: Cast) -> None:
        with pytest.raises(Refused) as refused:
            actions.plan_assessment(
                kind="internal_audit",
                title="Sales",
                standard="iso-1-1900",
                client_id=cast.northfield.pk,
                stages=[StagePlan("stage_2", date(2027, 1, 2), date(2027, 1, 1))],
                by=cast.novak,
                at=NOW,
            )
        assert rules(refused) == ["standard-unknown", "client-not-own", "stage-unknown", "dates-reversed"]

    def test_sends_a_changed_plan_again(self, cast: Cast) -> None:
        audit = internal_audit(cast)
        actions.send_plan(assessment_id=audit.pk, by=cast.novak, at=NOW)
        changed = actions.change_plan(assessment_id=audit.pk, scope="All of Leeds", by=cast.novak, at=NOW)
        assert (changed.state, changed.told_at) == (State.PLANNED, None)
        moved = actions.set_stages(
            assessment_id=audit.pk,
            stages=[StagePlan("audit", date(2027, 2, 1), date(2027, 2, 2))],
            by=cast.novak,
            at=NOW,
        )
        assert (moved.starts, moved.ends) == (date(2027, 2, 1), date(2027, 2, 2))

    def test_has_one_leader_and_nobody_twice(self, cast: Cast) -> None:
        audit = internal_audit(cast)
        with pytest.raises(Refused) as refused:
            actions.add_member(
                assessment_id=audit.pk, person_id=cast.brandt.person_id, role=TeamRole.LEAD, by=cast.novak, at=NOW
            )
        assert rules(refused) == ["member-already", "leader-already"]
        with organisation_scope(cast.halden.pk), pytest.raises(IntegrityError), transaction.atomic():
            TeamMember.objects.create(
                organisation=cast.halden, assessment=audit, person_id=cast.novak.person_id, role=TeamRole.LEAD
            )

    def test_is_not_for_auditors_alone(self, cast: Cast) -> None:
        with pytest.raises(Forbidden):
            actions.plan_assessment(kind="internal_audit", title="x", standard=ISO_9001, by=cast.brandt, at=NOW)


class TestTheChecklist:
    def test_comes_from_the_requirements_of_the_clauses_once(self, cast: Cast) -> None:
        audit = internal_audit(cast)
        with organisation_scope(cast.halden.pk):
            wanted = [r.id for r in audit.edition.requirements() if r.clause.split(".")[0] == "10"]
        assert actions.make_checklist(assessment_id=audit.pk, clauses=["10"], by=cast.brandt, at=NOW) == len(wanted)
        assert actions.make_checklist(assessment_id=audit.pk, clauses=["10.2"], by=cast.brandt, at=NOW) == 0
        with organisation_scope(cast.halden.pk):
            lines = list(queries.checklist(assessment_id=audit.pk))
        assert [line.requirement for line in lines] == wanted
        assert {line.process_id for line in lines} == {cast.turning.pk}
        assert all(line.question for line in lines)

    def test_takes_questions_of_ones_own(self, cast: Cast) -> None:
        audit = internal_audit(cast)
        line = actions.add_line(
            assessment_id=audit.pk, clause="8.5.1", question="Who sets the offsets?", by=cast.brandt, at=NOW
        )
        assert (line.position, line.requirement) == (1, "8.5.1")
        with pytest.raises(Refused, match="The question is missing"):
            actions.add_line(assessment_id=audit.pk, clause="8.5.1", question=" ", by=cast.brandt, at=NOW)

    def test_is_judged_once_the_audit_has_begun(self, cast: Cast) -> None:
        audit = internal_audit(cast)
        line = actions.add_line(assessment_id=audit.pk, clause="8.5.1", question="Who?", by=cast.brandt, at=NOW)
        with pytest.raises(Refused, match="The audit has not begun"):
            actions.judge(line_id=line.pk, judgement=Judgement.CONFORM, by=cast.brandt, at=NOW)
        actions.send_plan(assessment_id=audit.pk, by=cast.novak, at=NOW)
        actions.start(assessment_id=audit.pk, by=cast.brandt, at=NOW)
        judged = actions.judge(
            line_id=line.pk, judgement=Judgement.CONFORM, note="Seen at M-07.", by=cast.brandt, at=NOW
        )
        assert (judged.judgement, judged.judged_by_id) == ("conform", cast.brandt.person_id)
        back = actions.judge(line_id=line.pk, judgement=None, by=cast.brandt, at=NOW)
        assert (back.judgement, back.judged_by_id) == ("", None)

    def test_is_judged_by_auditors_of_the_team_alone(self, cast: Cast) -> None:
        audit = start_internal_audit(cast)
        with organisation_scope(cast.halden.pk):
            line = audit.lines.first()
        assert line is not None
        for act in (
            lambda: actions.judge(line_id=line.pk, judgement=Judgement.CONFORM, by=cast.novak, at=NOW),
            lambda: actions.raise_from_line(line_id=line.pk, by=cast.novak, at=NOW),
            lambda: actions.issue_report(assessment_id=audit.pk, summary="x", by=cast.novak, at=NOW),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert "not-in-team" in rules(refused)


class TestRaisingFromALine:
    @pytest.fixture
    def line(self, cast: Cast) -> ChecklistLine:
        audit = start_internal_audit(cast)
        with organisation_scope(cast.halden.pk):
            line: ChecklistLine = audit.lines.first()  # type: ignore[assignment]
        return line

    def test_takes_one_click_and_carries_clause_process_and_evidence(self, cast: Cast, line: ChecklistLine) -> None:
        actions.judge(
            line_id=line.pk,
            judgement=Judgement.NONCONFORM,
            note="Lot 2291 left without the final check. Two more did.",
            evidence="IR-2291",
            by=cast.brandt,
            at=NOW,
        )
        raised = actions.raise_from_line(line_id=line.pk, by=cast.brandt, at=NOW)
        assert raised.title == "Lot 2291 left without the final check"
        assert (raised.requirement, raised.clause, raised.evidence) == (line.requirement, "8.6", "IR-2291")
        assert (raised.process_id, raised.owner_id) == (cast.turning.pk, cast.osei.person_id)
        assert (raised.assessment_id, raised.line_id, raised.source) == (line.assessment_id, line.pk, "audit")

    def test_judges_the_line(self, cast: Cast, line: ChecklistLine) -> None:
        actions.raise_from_line(
            line_id=line.pk, grade=Grade.OBSERVATION, happened="Labels are small.", by=cast.brandt, at=NOW
        )
        with organisation_scope(cast.halden.pk):
            line.refresh_from_db()
        assert (line.judgement, line.note) == (Judgement.OBSERVATION, "Labels are small.")


class TestTheReport:
    def test_waits_for_every_line_and_every_finding(self, cast: Cast) -> None:
        audit = start_internal_audit(cast)
        with organisation_scope(cast.halden.pk):
            lines = list(audit.lines.all())
        actions.judge(line_id=lines[0].pk, judgement=Judgement.NONCONFORM, by=cast.brandt, at=NOW)
        with pytest.raises(Refused) as refused:
            actions.issue_report(assessment_id=audit.pk, summary="", by=cast.brandt, at=NOW)
        assert rules(refused) == ["lines-open", "finding-missing", "summary-missing"]
        assert refused.value.refusals[0].message == f"{len(lines) - 1} of {len(lines)} lines are not judged."

    def test_ends_the_checklist_and_the_audit_closes_with_it(self, cast: Cast) -> None:
        audit = start_internal_audit(cast)
        judge_all(audit.pk, by=cast.brandt)
        reported = actions.issue_report(assessment_id=audit.pk, summary="Turning conforms.", by=cast.brandt, at=NOW)
        assert (reported.state, reported.reported_by_id) == (State.REPORTED, cast.brandt.person_id)
        with organisation_scope(cast.halden.pk):
            line = audit.lines.first()
        assert line is not None
        with pytest.raises(Refused, match="The report is issued"):
            actions.judge(line_id=line.pk, judgement=None, by=cast.brandt, at=NOW)
        with pytest.raises(Refused, match="The report is issued"):
            actions.raise_from_line(line_id=line.pk, by=cast.brandt, at=NOW)
        assert actions.close(assessment_id=audit.pk, by=cast.novak, at=NOW).state == State.CLOSED

    def test_comes_before_closing(self, cast: Cast) -> None:
        audit = start_internal_audit(cast)
        with pytest.raises(Refused) as refused:
            actions.close(assessment_id=audit.pk, by=cast.novak, at=NOW)
        assert rules(refused) == ["step-order", "AUD-4"]

    def test_can_be_avoided_by_calling_the_audit_off(self, cast: Cast) -> None:
        audit = start_internal_audit(cast)
        ended = actions.cancel(assessment_id=audit.pk, reason="Machine is down.", by=cast.novak, at=NOW)
        assert ended.state == State.CANCELLED
        with pytest.raises(Refused, match="has ended"):
            actions.start(assessment_id=audit.pk, by=cast.brandt, at=NOW)


class TestReading:
    def test_tells_the_next_step_and_what_stands_in_its_way(self, cast: Cast) -> None:
        audit = internal_audit(cast, leader=cast.osei)
        with organisation_scope(cast.halden.pk):
            step, refusals = queries.next_refusals(audit, by=cast.novak, at=NOW)
        assert (step, [r.rule for r in refusals]) == (Step.PLAN, ["AUD-1"])

    def test_lists_by_view_with_counts(self, cast: Cast) -> None:
        audit = start_internal_audit(cast)
        ended = internal_audit(cast)
        actions.cancel(assessment_id=ended.pk, reason="x", by=cast.novak, at=NOW)
        with organisation_scope(cast.halden.pk):
            assert queries.counts() == {"open": 1, "ended": 1, "of-us": 0, "all": 2}
            assert list(queries.listed()) == [audit]
            assert list(queries.listed(view="ended")) == [ended]
            assert list(queries.listed(view="all", search="turning", kind="certification")) == []

    def test_names_processes_without_a_recent_audit(self, cast: Cast) -> None:
        with organisation_scope(cast.halden.pk):
            assert queries.not_audited(day=NOW.date()) == ("Turning",)
        audit = start_internal_audit(cast)
        judge_all(audit.pk, by=cast.brandt)
        actions.issue_report(assessment_id=audit.pk, summary="Conforms.", by=cast.brandt, at=NOW)
        with organisation_scope(cast.halden.pk):
            assert queries.not_audited(day=NOW.date()) == ()
            assert queries.not_audited(day=NOW.date() + timedelta(days=400)) == ("Turning",)

    def test_tells_auditors_what_is_due(self, cast: Cast) -> None:
        audit = internal_audit(cast)
        with organisation_scope(cast.halden.pk):
            (mine,) = due.due_items(day=NOW.date(), person_id=cast.brandt.person_id)
            assert list(due.due_items(day=NOW.date(), person_id=cast.osei.person_id)) == []
        assert (mine.what, mine.on, mine.subject_id) == ("Plan the audit", audit.starts, audit.pk)

    def test_is_not_for_another_organisation(self, cast: Cast) -> None:
        start_internal_audit(cast)
        with organisation_scope(cast.northfield.pk):
            assert not Assessment.objects.exists()
            assert not ChecklistLine.objects.exists()
            assert not Nonconformity.objects.exists()
