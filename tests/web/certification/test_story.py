"""From application to attestation in the browser: the same pages for certification, accreditation, recognition."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from assaymark.core.attestation import Status
from assaymark.records.assessments.models import Application, Assessment, Decision
from assaymark.records.assessments.models import Stage as StageRow
from assaymark.records.attestations import queries as attestations
from assaymark.records.findings.models import CorrectiveAction, Nonconformity
from assaymark.records.scope import organisation_scope
from tests.body_cast import APPLICATION, Browser, Stage


class Story:
    """The story told step by step; each step is a form that somebody sends."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.level = stage, stage.level
        self.manager, self.worker = Browser(stage.manager), Browser(stage.worker)
        self.office, self.lead = Browser(stage.office), Browser(stage.lead)
        self.reviewer, self.decider = Browser(stage.reviewer), Browser(stage.decider)
        self.day = timezone.localdate()

    def inside(self, model: Any) -> Any:
        with organisation_scope(self.stage.body.pk):
            return model.objects.order_by("pk").last()

    @property
    def audit(self) -> UUID:
        return self.inside(Assessment).pk  # type: ignore[no-any-return]

    def applies(self) -> None:
        query = f"?kind={self.level.kind}"
        content = {**APPLICATION, "standard": self.level.standard, "sectors": self.level.sectors}
        page = self.manager.do("apply", query=query, other="body", **content)
        assert f"to be {self.level.word} to" in page

    def is_accepted(self) -> None:
        assert "Client Works" in self.office.see("applications")
        application = self.inside(Application).pk
        self.office.do("review-application", application, verdict="Within our scope.", answer="accept")
        assert "Within our scope." in self.manager.see("application", application)

    def is_planned(self) -> None:
        self.office.do(
            "record-competence",
            person=str(self.stage.lead.person_id),
            standard=self.level.standard,
            role="lead",
            sectors=self.level.sectors,
            languages="en",
            since="2020-01-01",
            basis="Twelve witnessed audits.",
        )
        application = self.inside(Application).pk
        plan = {
            "title": "Initial assessment",
            "standard": self.level.standard,
            "application": str(application),
            "scope": APPLICATION["scope"],
            "leader": str(self.stage.lead.person_id),
            "stage_1": self.level.stages[0],
            "starts_1": str(self.day),
            "ends_1": str(self.day),
        }
        page = self.office.do("plan", query=f"?kind={self.level.kind}", **plan)
        assert "Send the plan" in page

    def gets_its_days(self) -> None:
        rows = {"form-TOTAL_FORMS": "5", "form-INITIAL_FORMS": "5"}
        for number, kind in enumerate(self.level.stages):
            rows |= {
                f"form-{number}-kind": kind,
                f"form-{number}-starts": str(self.day),
                f"form-{number}-ends": str(self.day),
                f"form-{number}-days": "1.5",
                f"form-{number}-on_site": "on",
            }
        page = self.office.do("dates", self.audit, **rows)
        assert page.count("1.50 days") + page.count("1.5 days") == len(self.level.stages)

    def is_agreed(self) -> None:
        assert self.manager.status("record", self.audit) == 200
        self.office.do("send", self.audit)
        assert "Accept plan and team" in self.manager.see("record", self.audit)
        assert self.lead.status("documents:list", at="client") == 404
        self.manager.do("object", self.audit, objection="M. Kowalska worked here in 2025.")
        assert "objects: M. Kowalska worked here" in self.office.see("record", self.audit)
        self.office.do("answer", self.audit, answer="That was her sister.")
        assert "You accepted plan and team" in self.manager.do("accept", self.audit)
        assert self.lead.status("documents:list", at="client") == 200

    def is_carried_out(self) -> None:
        self.lead.do("checklist", self.audit, clause=self.level.clause)
        for kind in self.level.stages:
            self.lead.do("start", self.audit)
            with organisation_scope(self.stage.body.pk):
                stage = StageRow.objects.get(assessment_id=self.audit, kind=kind)
            self.lead.do("conclude", self.audit, stage.pk, conclusion=f"{stage.name} went well.")
        with organisation_scope(self.stage.body.pk):
            lines = list(Assessment.objects.get(pk=self.audit).lines.order_by("position"))
        seen = {"note": "Lot 2291 left without its check.", "evidence": "IR-2291"}
        self.lead.send("raise", lines[0].pk, grade="major", **seen)
        for line in lines[1:]:
            self.lead.send("judge", line.pk, judgement="conform", note="Seen.")

    def is_reported(self) -> None:
        self.lead.do("report", self.audit, summary="One major finding.", recommendation="Grant when it is settled.")
        assert "One major finding." in self.manager.see("record", self.audit)

    def is_reviewed(self) -> None:
        page = self.reviewer.do(
            "review",
            self.audit,
            recommendation="Grant when settled.",
            application_confirmed="on",
            objectives_reached="on",
            notes="Ask about the second shift.",
        )
        assert "Ask about the second shift." in page
        assert "Ask about the second shift." not in self.manager.see("record", self.audit)

    def finding(self) -> UUID:
        with organisation_scope(self.stage.client.pk):
            return Nonconformity.objects.get().pk

    def waits_for_the_finding(self) -> None:
        page = self.decider.see("decide", self.audit)
        assert "is not settled" in page
        assert 'aria-describedby="refusals"' in page
        refused = self.decider.send("decide", self.audit, reasons="Fine.", effective=str(self.day), scope="Turning")
        assert refused.status_code == 409
        assert "is not settled" in refused.text

    def is_answered(self) -> None:
        finding = self.finding()
        self.manager.do("findings:step", finding, "contain", containment="Lot blocked.", correction="Lot checked.")
        self.manager.do("findings:step", finding, "cause", cause="No hold point.", similar="No other router.")
        action = {"description": "Hold point in the router", "owner": str(self.stage.worker.person_id)}
        self.manager.do("findings:step", finding, "action", due=str(self.day), **action)
        with organisation_scope(self.stage.client.pk):
            done = CorrectiveAction.objects.get().pk
        self.worker.do("findings:done", finding, done)
        assert "Hold point in the router" in self.lead.see("findings:record", finding)
        self.lead.do("findings:answer", finding, "accept")
        self.lead.do("findings:answer", finding, "verify", note="Router R-17 seen.")

    def is_decided(self) -> str:
        assert "Nothing stands in the way" in self.decider.see("decide", self.audit)
        page = self.decider.do(
            "decide",
            self.audit,
            query="?decision=grant",
            reasons="All requirements are met.",
            effective=str(self.day),
            scope="Turning and grinding of shafts",
            notes="Watch the second shift.",
        )
        assert "Watch the second shift." in page
        return page

    def is_issued(self) -> str:
        decision = self.inside(Decision)
        assert f"Issue the {self.level.attestation}" in self.office.see("decisions")
        form = self.office.see("attest", decision.pk)
        assert "Turning and grinding of shafts" in form
        rows = {
            "form-TOTAL_FORMS": "4",
            "form-INITIAL_FORMS": "4",
            "form-0-standard": "urn:iso:std:iso:9001",
            "form-0-editions": "2015",
            "form-0-iaf": self.level.sectors,
            "form-0-countries": "gb",
        }
        rows |= {f"form-{n}-activity": "ms-certification" for n in range(4)}
        rows |= {f"form-{n}-competence": "urn:iso:std:iso-iec:17021:-1" for n in range(4)}
        stated = {"statement": "Turning and grinding of shafts", "sites": "Works; 14 Canal Road, Leeds; GB"}
        return self.office.do("attest", decision.pk, issue="yes", number="N-1", **stated, **rows)


class TestTheStory:
    @pytest.mark.slow
    def test_leads_from_an_application_to_what_everybody_can_verify(self, stage: Stage) -> None:
        story = Story(stage)
        story.applies()
        story.is_accepted()
        story.is_planned()
        story.gets_its_days()
        story.is_agreed()
        story.is_carried_out()
        story.is_reported()
        story.is_reviewed()
        story.waits_for_the_finding()
        story.is_answered()
        story.is_decided()
        story.is_issued()

        with organisation_scope(stage.client.pk):
            (held,) = attestations.attestations()
            assert attestations.status_on(held, at=timezone.now())[0] is Status.VALID
            (scope,) = held.scopes.all()
        assert (held.number, held.statement) == ("N-1", "Turning and grinding of shafts")
        assert (scope.standard, scope.countries) == ("urn:iso:std:iso:9001", ["GB"])
        self.and_the_client_sees_what_is_its_own(story)
        self.and_goes_on(story)

    def and_the_client_sees_what_is_its_own(self, story: Story) -> None:
        page = story.manager.see("decision", story.inside(Decision).pk)
        assert "All requirements are met." in page
        assert "Watch the second shift." not in page
        assert "Initial assessment" in story.manager.see("list", query="?view=of-us")
        assert story.manager.status("clients") == 200
        assert "No client yet" in story.manager.see("clients")

    def and_goes_on(self, story: Story) -> None:
        """The body sees what is due, suspends and restores."""
        clients = story.office.see("clients")
        assert story.level.word.capitalize() in clients
        page = story.office.see("client", story.stage.client.pk)
        assert "granted" in page
        for decision, status in (("suspend", Status.SUSPENDED), ("restore", Status.VALID), ("withdraw", None)):
            story.decider.do(
                "decide",
                story.audit,
                query=f"?decision={decision}",
                reasons="They asked for it.",
                effective=str(story.day),
                until=str(story.day + timedelta(days=90)),
            )
            with organisation_scope(story.stage.client.pk):
                (held,) = attestations.attestations()
            assert attestations.status_on(held, at=timezone.now())[0] is (status or Status.WITHDRAWN)
        assert "Withdrawn" in story.office.see("clients")
