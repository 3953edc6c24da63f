"""Applications: sent and entered, completed, reviewed with everything that is missing said at once."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone

from assaymark.core.attestation import AttestationKind
from assaymark.core.parties import Role
from assaymark.core.trust import ScopeRow
from assaymark.records.assessments import actions
from assaymark.records.assessments.actions import ApplicationContent
from assaymark.records.assessments.models import Application
from assaymark.records.attestations import actions as attestations
from assaymark.records.journal.queries import newest
from assaymark.records.parties.actions import add_organisation
from assaymark.records.scope import new_id, organisation_scope
from tests.audit_cast import actor
from tests.body_cast import APPLICATION, Browser, Stage

VAGUE = {"standard": "iso-9001-2015", "scope": "Turning"}


def sent(stage: Stage, **content: str) -> Application:
    """An application from the client that says no more than this."""
    asked = ApplicationContent(kind="certification", standard="iso-9001-2015", **content)  # type: ignore[arg-type]
    return actions.apply(body_id=stage.body.pk, content=asked, by=stage.manager, at=timezone.now())


class TestApplying:
    def test_names_nobody_of_whom_the_register_does_not_speak(self, certification: Stage) -> None:
        assert "The Body" not in Browser(certification.manager).see("apply")

    def test_shows_who_issues_with_what_they_rest_on(self, certification: Stage) -> None:
        other = add_organisation(slug="other", name="Other Works", at=timezone.now())
        grant = attestations.Grant(
            decision_id=new_id(),
            kind=AttestationKind.CERTIFICATE,
            holder_id=other.pk,
            edition_key="iso-9001-2015",
            statement="Springs",
            scope=(ScopeRow("ms-certification", "urn:iso:std:iso-iec:17021:-1", "urn:iso:std:iso:9001"),),
            decided_on=timezone.localdate(),
            effective_from=timezone.localdate(),
            expires=date(2099, 1, 1),
        )
        with transaction.atomic(), organisation_scope(certification.body.pk):
            attestations.issue(grant=grant, by=certification.office, at=timezone.now())
        page = Browser(certification.manager).see("apply")
        assert "The Body: certifies, rests on nobody here" in page

    def test_goes_to_a_new_body_by_its_short_name(self, certification: Stage) -> None:
        manager = Browser(certification.manager)
        nobody = manager.send("apply", **VAGUE)
        assert nobody.status_code == 422
        assert "Choose a body, or write its short name." in nobody.text
        assert "no organisation with this short name" in manager.send("apply", other="none", **VAGUE).text
        assert "Application to The Body" in manager.do("apply", other="body", **VAGUE)

    def test_fills_in_what_the_own_system_says(self, certification: Stage) -> None:
        from assaymark.records.parties.actions import add_site

        boss = actor(certification.client, "B. Oss", Role.ADMINISTRATOR)
        add_site(name="Works", street="14 Canal Road", locality="Leeds", personnel=12, by=boss, at=timezone.now())
        page = Browser(certification.manager).see("apply")
        assert "Works, 14 Canal Road, Leeds" in page
        assert 'value="12"' in page

    def test_says_beside_the_field_what_is_wrong(self, certification: Stage) -> None:
        wrong = {**VAGUE, "sectors": "17, 88", "languages": "english"}
        answer = Browser(certification.manager).send("apply", other="body", **wrong)
        assert answer.status_code == 422
        assert "There is no sector 88." in answer.text
        assert "“english” is not such a code. Write them like this: en, de." in answer.text

    def test_asks_for_the_standard_of_the_kind(self, certification: Stage) -> None:
        page = Browser(certification.manager).see("apply", query="?kind=accreditation")
        assert "ISO/IEC 17021-1:2015" in page
        assert "Apply to be accredited" in page
        assert (
            Browser(certification.manager)
            .client.get(Browser(certification.manager).address("apply") + "?kind=internal_audit")
            .status_code
            == 404
        )

    def test_is_for_those_who_act_for_the_organisation(self, certification: Stage) -> None:
        assert Browser(certification.worker).status("apply") == 403
        assert Browser(certification.office).status("apply") == 403


class TestEnteringForSomebody:
    def test_shows_in_the_clients_own_system(self, certification: Stage) -> None:
        office = Browser(certification.office)
        page = office.do("enter-application", client="client", **{**APPLICATION, **VAGUE})
        assert "Client Works" in page
        assert "Application to The Body" in Browser(certification.manager).see("application", only(certification).pk)

    def test_needs_an_organisation_that_is_here(self, certification: Stage) -> None:
        answer = Browser(certification.office).send("enter-application", client="nobody", **VAGUE)
        assert answer.status_code == 422
        assert "There is no organisation with this short name here." in answer.text

    def test_refuses_the_body_itself(self, certification: Stage) -> None:
        answer = Browser(certification.office).send("enter-application", client="body", **VAGUE)
        assert answer.status_code == 409
        assert "Nobody is a third party to themselves." in answer.text


def only(stage: Stage) -> Application:
    """The one application of the body."""
    with organisation_scope(stage.body.pk):
        return Application.objects.get()


class TestTheReview:
    def test_greys_accepting_out_and_says_all_that_is_missing(self, certification: Stage) -> None:
        row = sent(certification, scope="Turning")
        page = Browser(certification.office).see("application", row.pk)
        assert "The application does not yet say: sites, processes, personnel, consultancy." in page
        assert "ISO/IEC 17021-1:2015, 9.1.1" in page
        assert 'aria-describedby="refusals"' in page

    def test_is_refused_on_the_server_as_well(self, certification: Stage) -> None:
        row = sent(certification, scope="Turning")
        answer = Browser(certification.office).send("review-application", row.pk, answer="accept", verdict="Fine.")
        assert answer.status_code == 409
        assert only(certification).state == Application.State.SUBMITTED

    def test_asks_why(self, certification: Stage) -> None:
        row = sent(certification, scope="Turning")
        assert Browser(certification.office).send("review-application", row.pk, answer="decline").status_code == 422

    def test_may_decline_what_is_not_complete(self, certification: Stage) -> None:
        row = sent(certification, scope="Turning")
        Browser(certification.office).do("review-application", row.pk, answer="decline", verdict="No auditor for it.")
        assert only(certification).state == Application.State.REFUSED
        assert "No auditor for it." in Browser(certification.manager).see("application", row.pk)

    def test_is_not_for_the_client(self, certification: Stage) -> None:
        row = sent(certification, scope="Turning")
        answer = Browser(certification.manager).send("review-application", row.pk, answer="accept", verdict="Fine.")
        assert answer.status_code == 404


class TestCompleting:
    content = {**APPLICATION, "standard": "iso-9001-2015", "sectors": "17"}

    def test_is_done_by_the_client_and_kept_in_the_journal(self, certification: Stage) -> None:
        row = sent(certification, scope="Turning")
        Browser(certification.manager).do("change-application", row.pk, **self.content)
        fresh = only(certification)
        assert (fresh.personnel, fresh.sectors, fresh.sites) == (12, [17], APPLICATION["sites"])
        with organisation_scope(certification.body.pk):
            entry = newest().first()
        assert entry is not None
        assert entry.verb == "assessments.application_changed"
        assert entry.recorded["before"]["scope"] == "Turning"

    def test_is_done_by_the_office_too_and_opens_the_way(self, certification: Stage) -> None:
        row = sent(certification, scope="Turning")
        office = Browser(certification.office)
        office.do("change-application", row.pk, **self.content)
        assert "Plan the certification" in office.do(
            "review-application", row.pk, answer="accept", verdict="Within our scope."
        )

    def test_ends_with_the_review(self, certification: Stage) -> None:
        row = sent(certification, scope="Turning")
        Browser(certification.office).do("review-application", row.pk, answer="decline", verdict="No.")
        answer = Browser(certification.manager).send("change-application", row.pk, **self.content)
        assert answer.status_code == 409
        assert "It has been reviewed already." in answer.text

    def test_is_not_for_who_may_only_look(self, certification: Stage) -> None:
        row = sent(certification, scope="Turning")
        visitor = actor(certification.client, "V. Isitor", Role.VIEWER)
        assert Browser(visitor).status("application", row.pk) == 200
        assert Browser(visitor).status("change-application", row.pk) == 403


class TestAThirdOrganisation:
    def test_sees_nothing_of_it(self, certification: Stage) -> None:
        row = sent(certification, scope="Turning")
        other = add_organisation(slug="other", name="Other Body", at=timezone.now())
        stranger = Browser(actor(other, "S. Tranger", Role.CERTIFICATION_OFFICE))
        assert stranger.status("application", row.pk) == 404
        assert "Client Works" not in stranger.see("applications", query="?view=all")
        assert stranger.status("client", certification.client.pk) == 404
