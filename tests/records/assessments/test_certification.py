"""Northfield certifies Halden: the same engine, with an application, a review, and a decision outside the team."""

from __future__ import annotations

import dataclasses
import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assaymark.core.assessment import State
from assaymark.core.attestation import Status, status_as_of
from assaymark.core.competence import RelationKind, TeamRole
from assaymark.core.findings import Grade
from assaymark.core.parties import Role
from assaymark.core.programme import DecisionKind
from assaymark.core.refusal import Forbidden, Refused
from assaymark.records.assessments import actions, queries
from assaymark.records.assessments.models import (
    Application,
    Assessment,
    ChecklistLine,
    Decision,
    DecisionNote,
    Review,
    Stage,
)
from assaymark.records.attestations import queries as attestations
from assaymark.records.findings import actions as findings
from assaymark.records.findings.models import CorrectiveAction, Nonconformity
from assaymark.records.journal.queries import newest
from assaymark.records.parties.models import Engagement
from assaymark.records.parties.queries import actor_for
from assaymark.records.scope import organisation_scope
from tests.audit_cast import (
    CONTENT,
    NOW,
    Cast,
    actor,
    competent,
    judge_all,
    planned_certification,
    start_internal_audit,
    walk_to,
)

LATER = NOW + timedelta(days=30)


def rules(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.rule for refusal in refused.value.refusals}


def grant(cast: Cast, audit: Assessment) -> Decision:
    return actions.decide(
        assessment_id=audit.pk,
        decision=DecisionKind.GRANT,
        reasons="All requirements are met.",
        notes="Watch the second shift.",
        by=cast.decider,
        at=LATER,
    )


class TestTheApplication:
    def test_reaches_the_body_and_stays_in_sight_of_the_client(self, cast: Cast) -> None:
        row = actions.apply(body_id=cast.northfield.pk, content=CONTENT, by=cast.novak, at=NOW)
        for organisation in (cast.halden, cast.northfield):
            with organisation_scope(organisation.pk):
                assert Application.objects.get() == row

    def test_is_accepted_when_it_says_everything(self, cast: Cast) -> None:
        vague = dataclasses.replace(CONTENT, sites="", consultancy="")
        row = actions.apply(body_id=cast.northfield.pk, content=vague, by=cast.novak, at=NOW)
        with pytest.raises(Refused) as refused:
            actions.review_application(application_id=row.pk, accept=True, verdict="Fine.", by=cast.office, at=NOW)
        assert refused.value.refusals[0].message == "The application does not yet say: sites, consultancy."
        assert refused.value.refusals[0].clause == "ISO/IEC 17021-1:2015, 9.1.1"

    def test_is_reviewed_once_with_a_reason(self, cast: Cast) -> None:
        row = actions.record_application(client_id=cast.halden.pk, content=CONTENT, by=cast.office, at=NOW)
        with pytest.raises(Refused) as refused:
            actions.review_application(application_id=row.pk, accept=False, verdict=" ", by=cast.office, at=NOW)
        assert rules(refused) == {"verdict-missing"}
        actions.review_application(application_id=row.pk, accept=False, verdict="No sector 17.", by=cast.office, at=NOW)
        with pytest.raises(Refused, match="It has been reviewed already"):
            actions.review_application(application_id=row.pk, accept=True, verdict="Yes.", by=cast.office, at=NOW)

    def test_to_oneself_is_refused(self, cast: Cast) -> None:
        with pytest.raises(Refused, match="Nobody is a third party to themselves"):
            actions.record_application(client_id=cast.northfield.pk, content=CONTENT, by=cast.office, at=NOW)


class TestPlanAndTeam:
    def test_takes_scope_sectors_and_languages_from_the_application(self, cast: Cast) -> None:
        audit = planned_certification(cast)
        assert (audit.scope, audit.sectors, audit.languages) == (CONTENT.scope, [17], ["en"])

    def test_needs_competence_for_standard_sector_and_language(self, cast: Cast) -> None:
        audit = planned_certification(cast)
        actions.change_plan(assessment_id=audit.pk, sectors=[17, 33], languages=["en", "de"], by=cast.office, at=NOW)
        with pytest.raises(Refused) as refused:
            actions.send_plan(assessment_id=audit.pk, by=cast.office, at=NOW)
        assert [r.message for r in refused.value.refusals] == ["Nobody in the team covers sector 33, language de."]

    def test_refuses_whoever_worked_for_the_client_until_two_years_have_passed(self, cast: Cast) -> None:
        audit = planned_certification(cast)
        tie = actions.record_relation(
            client_id=cast.halden.pk,
            kind=RelationKind.EMPLOYMENT,
            person_id=cast.lead.person_id,
            by=cast.office,
            at=NOW,
        )
        with pytest.raises(Refused) as refused:
            actions.send_plan(assessment_id=audit.pk, by=cast.office, at=NOW)
        assert rules(refused) == {"IMP-5"}
        actions.end_relation(relation_id=tie.pk, until=date(2024, 11, 24), by=cast.office, at=NOW)
        assert actions.send_plan(assessment_id=audit.pk, by=cast.office, at=NOW).state == State.AGREED

    def test_refuses_a_client_whose_internal_audits_the_body_did(self, cast: Cast) -> None:
        audit = planned_certification(cast)
        actions.record_relation(
            client_id=cast.halden.pk,
            kind=RelationKind.INTERNAL_AUDIT,
            until=date(2025, 6, 30),
            by=cast.office,
            at=NOW,
        )
        with pytest.raises(Refused) as refused:
            actions.send_plan(assessment_id=audit.pk, by=cast.office, at=NOW)
        (refusal,) = refused.value.refusals
        assert (refusal.rule, refusal.next_step) == ("IMP-3", "Certification is possible from 30 Jun 2027.")

    def test_lets_the_team_into_the_clients_house_when_the_client_accepts(self, cast: Cast) -> None:
        audit = walk_to(planned_certification(cast), State.AGREED, cast)
        guest = actor_for(person_id=cast.lead.person_id, organisation_slug="halden", at=NOW)
        assert guest is not None
        assert guest.roles == {Role.GUEST_AUDITOR}
        assert guest.home_organisation_id == cast.northfield.pk
        over = actor_for(person_id=cast.lead.person_id, organisation_slug="halden", at=NOW + timedelta(days=60))
        assert over is None
        with organisation_scope(cast.halden.pk):
            assert Engagement.objects.get().assessment_id == audit.pk

    def test_lets_guests_look_but_not_touch_the_clients_own_audits(self, cast: Cast) -> None:
        walk_to(planned_certification(cast), State.AGREED, cast)
        own = start_internal_audit(cast)
        guest = actor_for(person_id=cast.lead.person_id, organisation_slug="halden", at=NOW)
        assert guest is not None
        assert guest.may("assessments.read")
        with organisation_scope(cast.halden.pk):
            line = own.lines.first()
        assert line is not None
        with pytest.raises(Forbidden):
            actions.judge(line_id=line.pk, judgement=None, by=guest, at=NOW)

    @pytest.mark.parametrize("undo", ["objection", "days", "team", "cancelled"])
    def test_shuts_the_team_out_again_when_the_plan_no_longer_stands(self, cast: Cast, undo: str) -> None:
        audit = walk_to(planned_certification(cast), State.AGREED, cast)
        if undo == "objection":
            actions.object_to_team(assessment_id=audit.pk, objection="She worked here.", by=cast.novak, at=NOW)
        elif undo == "days":
            days = [actions.StagePlan("stage_1", NOW.date(), NOW.date())]
            actions.set_stages(assessment_id=audit.pk, stages=days, by=cast.office, at=NOW)
        elif undo == "team":
            other = {"person_id": cast.reviewer.person_id, "role": TeamRole.OBSERVER}
            actions.add_member(assessment_id=audit.pk, by=cast.office, at=NOW, **other)
        else:
            actions.cancel(assessment_id=audit.pk, reason="Fire.", by=cast.office, at=NOW)
        assert actor_for(person_id=cast.lead.person_id, organisation_slug="halden", at=NOW) is None
        with organisation_scope(cast.halden.pk):
            assert "parties.engagement_revoked" in [entry.verb for entry in newest()[:3]]

    def test_lets_the_changed_team_in_once_the_client_accepts_anew(self, cast: Cast) -> None:
        audit = walk_to(planned_certification(cast), State.AGREED, cast)
        other = {"person_id": cast.reviewer.person_id, "role": TeamRole.OBSERVER}
        actions.add_member(assessment_id=audit.pk, by=cast.office, at=NOW, **other)
        actions.send_plan(assessment_id=audit.pk, by=cast.office, at=NOW)
        actions.accept_plan(assessment_id=audit.pk, by=cast.novak, at=NOW)
        for person in (cast.lead, cast.reviewer):
            assert actor_for(person_id=person.person_id, organisation_slug="halden", at=NOW) is not None

    def test_waits_while_the_client_objects(self, cast: Cast) -> None:
        audit = planned_certification(cast)
        with pytest.raises(Refused, match="has not sent its plan"):
            actions.accept_plan(assessment_id=audit.pk, by=cast.novak, at=NOW)
        actions.send_plan(assessment_id=audit.pk, by=cast.office, at=NOW)
        actions.object_to_team(assessment_id=audit.pk, objection="She worked here.", by=cast.novak, at=NOW)
        with pytest.raises(Refused) as refused:
            actions.start(assessment_id=audit.pk, by=cast.lead, at=NOW)
        assert rules(refused) == {"PLN-1"}
        actions.answer_objection(assessment_id=audit.pk, answer="That was somebody else.", by=cast.office, at=NOW)
        assert actions.start(assessment_id=audit.pk, by=cast.lead, at=NOW).state == State.STARTED

    def test_cannot_be_changed_by_the_client(self, cast: Cast) -> None:
        audit = planned_certification(cast)
        with pytest.raises(ObjectDoesNotExist):
            actions.change_plan(assessment_id=audit.pk, scope="Everything", by=cast.novak, at=NOW)

    def test_evaluates_nobody_by_themselves(self, cast: Cast) -> None:
        with pytest.raises(Refused, match="Nobody evaluates their own competence"):
            actions.record_competence(
                person_id=cast.office.person_id,
                standard="iso-9001-2015",
                role=TeamRole.LEAD,
                since=date(2026, 1, 1),
                by=cast.office,
                at=NOW,
            )


class TestTheStages:
    def test_come_in_order(self, cast: Cast) -> None:
        audit = walk_to(planned_certification(cast), State.AGREED, cast)
        actions.start(assessment_id=audit.pk, by=cast.lead, at=NOW)
        with pytest.raises(Refused) as refused:
            actions.start(assessment_id=audit.pk, by=cast.lead, at=NOW)
        assert rules(refused) == {"S1-1"}

    def test_are_concluded_with_a_conclusion_after_they_began(self, cast: Cast) -> None:
        audit = walk_to(planned_certification(cast), State.AGREED, cast)
        with organisation_scope(cast.northfield.pk):
            first = Stage.objects.get(assessment=audit, kind="stage_1")
        with pytest.raises(Refused) as refused:
            actions.conclude_stage(stage_id=first.pk, conclusion="", by=cast.lead, at=NOW)
        assert rules(refused) == {"not-started", "conclusion-missing"}

    def test_are_all_carried_out_before_the_report(self, cast: Cast) -> None:
        audit = walk_to(planned_certification(cast), State.AGREED, cast)
        actions.make_checklist(assessment_id=audit.pk, clauses=("8.6",), by=cast.lead, at=NOW)
        actions.start(assessment_id=audit.pk, by=cast.lead, at=NOW)
        judge_all(audit.pk, by=cast.lead)
        with pytest.raises(Refused, match="Stage 2 has not been carried out"):
            actions.issue_report(assessment_id=audit.pk, summary="Fine.", by=cast.lead, at=NOW)


class TestAFindingAtTheClient:
    @pytest.fixture
    def audit(self, cast: Cast) -> Assessment:
        return walk_to(planned_certification(cast), State.STARTED, cast)

    def raised(self, cast: Cast, audit: Assessment, grade: Grade = Grade.MAJOR) -> Nonconformity:
        with organisation_scope(cast.northfield.pk):
            line = audit.lines.order_by("position").first()
        assert line is not None
        return actions.raise_from_line(
            line_id=line.pk,
            grade=grade,
            happened="Lot 2291 was released without the final check.",
            evidence="IR-2291",
            by=cast.lead,
            at=LATER,
        )

    def answered(self, cast: Cast, row: Nonconformity) -> None:
        findings.contain(
            nonconformity_id=row.pk, containment="Lot blocked.", correction="Checked.", by=cast.novak, at=LATER
        )
        findings.analyse(nonconformity_id=row.pk, cause="No hold point.", similar="No.", by=cast.novak, at=LATER)
        findings.plan_action(
            nonconformity_id=row.pk,
            description="Hold point in the router",
            owner_id=cast.osei.person_id,
            due=LATER.date(),
            by=cast.novak,
            at=LATER,
        )

    def test_arrives_in_the_clients_own_system_with_a_time_to_answer(self, cast: Cast, audit: Assessment) -> None:
        row = self.raised(cast, audit)
        with organisation_scope(cast.halden.pk):
            received = Nonconformity.objects.get()
            assert received == row
            assert received.from_another
            assert received.answer_due == LATER.date() + timedelta(days=90)
            assert newest().first().verb == "findings.raised"  # type: ignore[union-attr]

    def test_is_described_by_the_body_and_answered_by_the_client(self, cast: Cast, audit: Assessment) -> None:
        row = self.raised(cast, audit)
        with pytest.raises(Refused, match="Only the body that raised it"):
            findings.describe(nonconformity_id=row.pk, grade=Grade.MINOR, by=cast.novak, at=LATER)
        with pytest.raises(ObjectDoesNotExist):
            findings.contain(nonconformity_id=row.pk, containment="x", by=actor_of_office(cast), at=LATER)
        self.answered(cast, row)
        with organisation_scope(cast.northfield.pk):
            assert CorrectiveAction.objects.get().description == "Hold point in the router"

    def test_is_accepted_and_verified_by_the_body_in_that_order(self, cast: Cast, audit: Assessment) -> None:
        row = self.raised(cast, audit)
        with pytest.raises(Refused) as refused:
            findings.accept_answer(nonconformity_id=row.pk, by=cast.lead, at=LATER)
        assert len(refused.value.refusals) == 3
        self.answered(cast, row)
        with pytest.raises(Refused, match="The answer is not accepted yet"):
            findings.verify_correction(nonconformity_id=row.pk, by=cast.lead, at=LATER)
        findings.return_answer(nonconformity_id=row.pk, note="Which lots?", by=cast.lead, at=LATER)
        findings.accept_answer(nonconformity_id=row.pk, by=cast.lead, at=LATER)
        verified = findings.verify_correction(nonconformity_id=row.pk, by=cast.lead, at=LATER)
        assert verified.verified_by_id == cast.lead.person_id

    def test_is_not_accepted_by_the_client_itself(self, cast: Cast, audit: Assessment) -> None:
        row = self.raised(cast, audit)
        self.answered(cast, row)
        with pytest.raises(ObjectDoesNotExist):
            findings.accept_answer(nonconformity_id=row.pk, by=cast.brandt, at=LATER)

    def test_holds_the_decision_up_until_it_is_settled(self, cast: Cast, audit: Assessment) -> None:
        row = self.raised(cast, audit)
        walked = finish(cast, audit)
        with pytest.raises(Refused) as refused:
            grant(cast, walked)
        assert rules(refused) == {"DEC-2", "DEC-4"}
        self.answered(cast, row)
        findings.accept_answer(nonconformity_id=row.pk, by=cast.lead, at=LATER)
        with pytest.raises(Refused) as refused:
            grant(cast, walked)
        assert refused.value.refusals[0].message == "Major NC-0001 is not settled: its correction is not verified."
        findings.verify_correction(nonconformity_id=row.pk, by=cast.lead, at=LATER)
        assert grant(cast, walked).kind == DecisionKind.GRANT


def actor_of_office(cast: Cast) -> object:
    """Somebody of Northfield with the permission to work on Northfield's own findings."""
    return actor(cast.northfield, "Q. Manager", Role.QUALITY_MANAGER)


def finish(cast: Cast, audit: Assessment) -> Assessment:
    """Report and review."""
    judge_all(audit.pk, by=cast.lead)
    actions.issue_report(assessment_id=audit.pk, summary="One finding.", recommendation="Grant", by=cast.lead, at=LATER)
    actions.review(
        assessment_id=audit.pk,
        recommendation="Grant",
        application_confirmed=True,
        objectives_reached=True,
        by=cast.reviewer,
        at=LATER,
    )
    with organisation_scope(cast.northfield.pk):
        return Assessment.objects.get(pk=audit.pk)


class TestReviewAndDecision:
    def test_are_not_for_the_team(self, cast: Cast) -> None:
        audit = planned_certification(cast)
        competent(cast, cast.decider)
        actions.add_member(
            assessment_id=audit.pk, person_id=cast.decider.person_id, role=TeamRole.OBSERVER, by=cast.office, at=NOW
        )
        audit = walk_to(audit, State.REVIEWED, cast)
        with pytest.raises(Refused) as refused:
            grant(cast, audit)
        assert [r.message for r in refused.value.refusals] == ["D. Ecider was in the audit team and cannot decide."]

    def test_need_their_permissions(self, cast: Cast) -> None:
        audit = walk_to(planned_certification(cast), State.REVIEWED, cast)
        with pytest.raises(Forbidden):
            actions.decide(assessment_id=audit.pk, decision=DecisionKind.GRANT, by=cast.office, at=LATER)
        with pytest.raises(Forbidden):
            actions.review(assessment_id=audit.pk, recommendation="Grant", by=cast.lead, at=LATER)

    def test_begin_a_cycle_of_three_years(self, cast: Cast) -> None:
        decision = grant(cast, walk_to(planned_certification(cast), State.REVIEWED, cast))
        assert (decision.effective_from, decision.expires) == (date(2026, 12, 24), date(2029, 12, 23))
        with organisation_scope(cast.northfield.pk):
            assert Assessment.objects.get().state == State.DECIDED
            assert queries.surveillance_due(Assessment.objects.get(), day=LATER.date()) == date(2027, 12, 24)
            (client,) = queries.clients(day=LATER.date())
            assert (client.name, client.due) == ("Halden Precision Ltd", date(2027, 12, 24))

    def test_show_the_client_the_decision_and_nothing_confidential(self, cast: Cast) -> None:
        grant(cast, walk_to(planned_certification(cast), State.REVIEWED, cast))
        with organisation_scope(cast.halden.pk):
            assert Decision.objects.get().reasons == "All requirements are met."
            for confidential in (Review, DecisionNote, ChecklistLine):
                assert not confidential.objects.exists()

    def test_cost_a_constant_number_of_queries(self, cast: Cast) -> None:
        audit = walk_to(planned_certification(cast), State.REVIEWED, cast)
        with organisation_scope(cast.northfield.pk):
            for _ in range(2):
                with CaptureQueriesContext(connection) as asked:
                    Assessment.objects.select_related("application").get(pk=audit.pk).facts()
                assert len([q for q in asked if "set_config" not in q["sql"]]) <= 11

    def test_against_the_client_say_why(self, cast: Cast) -> None:
        audit = walk_to(planned_certification(cast), State.REVIEWED, cast)
        with pytest.raises(Refused) as refused:
            actions.decide(assessment_id=audit.pk, decision=DecisionKind.REFUSE, by=cast.decider, at=LATER)
        assert rules(refused) == {"reasons-missing"}


class TestAttestation:
    @pytest.fixture
    def granted(self, cast: Cast) -> Decision:
        return grant(cast, walk_to(planned_certification(cast), State.REVIEWED, cast))

    def test_carries_a_decision_out_once(self, cast: Cast, granted: Decision) -> None:
        certificate = actions.attest(decision_id=granted.pk, number="NC-1", by=cast.office, at=LATER)
        assert (certificate.number, certificate.valid_until) == ("NC-1", granted.expires)
        assert certificate.holder_id == cast.halden.pk
        with organisation_scope(cast.northfield.pk):
            (scope,) = certificate.scopes.all()
            assert (scope.standard, scope.iaf, scope.countries) == ("urn:iso:std:iso:9001", ["17"], ["GB"])
        with pytest.raises(Refused, match="has been carried out"):
            actions.attest(decision_id=granted.pk, by=cast.office, at=LATER)

    def test_follows_suspension_restoration_and_withdrawal_at_once(self, cast: Cast, granted: Decision) -> None:
        certificate = actions.attest(decision_id=granted.pk, by=cast.office, at=LATER)
        steps = [
            (DecisionKind.SUSPEND, Status.SUSPENDED),
            (DecisionKind.RESTORE, Status.VALID),
            (DecisionKind.WITHDRAW, Status.WITHDRAWN),
        ]
        for number, (decision, status) in enumerate(steps, start=1):
            at = LATER + timedelta(days=number)
            actions.decide(
                assessment_id=granted.assessment_id, decision=decision, reasons="No audit.", by=cast.decider, at=at
            )
            with organisation_scope(cast.northfield.pk):
                events = attestations.events_of(attestations.attestation(attestation_id=certificate.pk))
            assert status_as_of(events, at=at, known_at=at)[0] is status
        with pytest.raises(Refused, match="It was withdrawn"):
            actions.decide(
                assessment_id=granted.assessment_id,
                decision=DecisionKind.SUSPEND,
                reasons="Again.",
                by=cast.decider,
                at=LATER + timedelta(days=9),
            )

    def test_does_not_follow_a_refusal(self, cast: Cast) -> None:
        audit = walk_to(planned_certification(cast), State.REVIEWED, cast)
        refused_to = actions.decide(
            assessment_id=audit.pk,
            decision=DecisionKind.REFUSE,
            reasons="Major findings stay open.",
            by=cast.decider,
            at=LATER,
        )
        with pytest.raises(Refused, match="The decision was to refuse"):
            actions.attest(decision_id=refused_to.pk, by=cast.office, at=LATER)


@pytest.mark.django_db(transaction=True)
def test_two_people_deciding_at_once_take_one_decision(transactional_db: None) -> None:
    from tests.audit_cast import cast as everybody

    cast = everybody()
    second = actor(cast.northfield, "S. Econd", Role.DECISION_MAKER)
    audit = walk_to(planned_certification(cast), State.REVIEWED, cast)
    refused: list[Exception] = []

    def decide(by: object) -> None:
        try:
            actions.decide(assessment_id=audit.pk, decision=DecisionKind.GRANT, by=by, at=LATER)  # type: ignore[arg-type]
        except Refused as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(by,)) for by in (cast.decider, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with organisation_scope(cast.northfield.pk):
        assert Decision.objects.count() == 1
    assert len(refused) == 1
