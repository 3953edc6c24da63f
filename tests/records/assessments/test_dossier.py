"""What a body knows of a client, and what two people doing the same at once come to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection

from assaymark.core.assessment import State
from assaymark.core.parties import Actor
from assaymark.core.programme import DecisionKind
from assaymark.core.refusal import Refused
from assaymark.records.assessments import actions
from assaymark.records.assessments.dossier import attested_by, dossier, note_on, review_of, to_attest, waiting
from assaymark.records.assessments.models import Application, Assessment, Decision
from assaymark.records.attestations.models import Attestation
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope
from tests.audit_cast import CONTENT, NOW, Cast, planned_certification, walk_to

LATER = NOW + timedelta(days=30)


def granted(cast: Cast) -> Decision:
    """A grant with a note, not issued yet."""
    audit = walk_to(planned_certification(cast), State.REVIEWED, cast)
    return actions.decide(
        assessment_id=audit.pk,
        decision=DecisionKind.GRANT,
        reasons="All is met.",
        notes="Watch the second shift.",
        by=cast.decider,
        at=LATER,
    )


class TestTheDossier:
    def test_holds_what_the_body_has_with_the_client(self, cast: Cast) -> None:
        granted(cast)
        with organisation_scope(cast.northfield.pk):
            found = dossier(client_id=cast.halden.pk, day=LATER.date())
        assert found.client == cast.halden
        assert [row.title for row in found.assessments] == ["Initial certification"]
        assert [row.kind for row in found.decisions] == ["grant"]
        assert len(found.applications) == len(found.standing) == 1

    def test_is_of_clients_only(self, cast: Cast) -> None:
        with organisation_scope(cast.northfield.pk), pytest.raises(Organisation.DoesNotExist):
            dossier(client_id=cast.halden.pk, day=NOW.date())

    def test_is_the_bodys_own(self, cast: Cast) -> None:
        granted(cast)
        for client in (cast.northfield, cast.halden):
            with organisation_scope(cast.halden.pk), pytest.raises(Organisation.DoesNotExist):
                dossier(client_id=client.pk, day=LATER.date())


class TestWhatStaysWithTheBody:
    def test_is_review_and_note(self, cast: Cast) -> None:
        decision = granted(cast)
        with organisation_scope(cast.northfield.pk):
            assert note_on(decision) == "Watch the second shift."
            assert review_of(assessment_id=decision.assessment_id) is not None
        with organisation_scope(cast.halden.pk):
            assert note_on(decision) == ""
            assert review_of(assessment_id=decision.assessment_id) is None


class TestWhatWaits:
    def test_is_counted_for_the_body_alone(self, cast: Cast) -> None:
        actions.apply(body_id=cast.northfield.pk, content=CONTENT, by=cast.novak, at=NOW)
        walk_to(planned_certification(cast), State.REVIEWED, cast)
        with organisation_scope(cast.northfield.pk):
            assert waiting() == {"applications": 1, "decisions": 1}
        with organisation_scope(cast.halden.pk):
            assert waiting() == {}

    def test_is_issued_once(self, cast: Cast) -> None:
        decision = granted(cast)
        with organisation_scope(cast.northfield.pk):
            assert list(to_attest()) == [decision]
            assert attested_by(decision.assessment) is None
        made = actions.attest(decision_id=decision.pk, by=cast.office, at=LATER)
        with organisation_scope(cast.northfield.pk):
            assert list(to_attest()) == []
            assert attested_by(decision.assessment) == made.pk


def both(act: Callable[[Actor], object], *people: Actor) -> list[Exception]:
    """Two people act at once; answers what was refused to them."""
    refused: list[Exception] = []

    def one(by: Actor) -> None:
        try:
            act(by)
        except (Refused, IntegrityError, OperationalError) as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(by,)) for by in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


@pytest.mark.django_db(transaction=True)
class TestTwoPeopleAtOnce:
    @pytest.fixture(name="cast")
    def everybody(self, transactional_db: None) -> Cast:
        from tests.audit_cast import cast as everybody

        return everybody()

    def test_review_an_application_once(self, cast: Cast) -> None:
        row = actions.apply(body_id=cast.northfield.pk, content=CONTENT, by=cast.novak, at=NOW)

        def review(by: Actor) -> None:
            actions.review_application(application_id=row.pk, accept=True, verdict="Ours.", by=by, at=NOW)

        refused = both(review, cast.office, cast.reviewer)
        assert [type(refusal) for refusal in refused] == [Refused]
        with organisation_scope(cast.northfield.pk):
            assert Application.objects.get().state == Application.State.ACCEPTED

    def test_issue_a_certificate_once(self, cast: Cast) -> None:
        decision = granted(cast)

        def issue(by: Actor) -> None:
            actions.attest(decision_id=decision.pk, by=by, at=LATER)

        refused = both(issue, cast.office, cast.reviewer)
        assert [type(refusal) for refusal in refused] == [Refused]
        with organisation_scope(cast.northfield.pk):
            assert Attestation.objects.count() == 1

    def test_accept_and_object_in_one_order_or_the_other(self, cast: Cast) -> None:
        audit = planned_certification(cast)
        actions.send_plan(assessment_id=audit.pk, by=cast.office, at=NOW)

        def answer(by: Actor) -> None:
            if by is cast.novak:
                actions.accept_plan(assessment_id=audit.pk, by=by, at=NOW)
            else:
                actions.object_to_team(assessment_id=audit.pk, objection="Not her.", by=cast.novak, at=NOW)

        assert both(answer, cast.novak, cast.osei) == []
        with organisation_scope(cast.northfield.pk):
            row = Assessment.objects.get()
        assert (row.accepted_at is None) == bool(row.objection)
