"""What happens to an attestation shows in every bundle written afterwards, at every level, by the same code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from assaymark.core.attestation import AttestationKind
from assaymark.core.programme import DecisionKind
from assaymark.core.trust import EVERYTHING
from assaymark.records.attestations import actions, export, queries
from assaymark.records.attestations.models import Attestation, Issue, StatusEvent
from assaymark.records.journal.models import JournalEntry
from assaymark.records.scope import organisation_scope, system_scope
from tests.records.attestations.conftest import NOW, Chain, grant, row

Verdict = Callable[..., dict[str, str]]
ALL_YES = {"authentic": "yes", "in_force": "yes", "accredited": "yes", "recognised": "yes"}
LATER = NOW + dt.timedelta(hours=1)


class TestTheFourAnswers:
    def test_everything_in_order_gives_four_yes_from_bundle_and_pdf(self, verdict: Verdict) -> None:
        assert verdict(NOW) == ALL_YES
        assert verdict(NOW, pdf=True) == ALL_YES

    def test_a_suspended_certificate_is_not_in_force_and_stays_authentic(self, chain: Chain, verdict: Verdict) -> None:
        chain.decide(chain.certificate, DecisionKind.SUSPEND, at=NOW, reason="Surveillance was not allowed")
        assert verdict(LATER) == ALL_YES | {"in_force": "no"}

    def test_restoring_brings_it_back(self, chain: Chain, verdict: Verdict) -> None:
        chain.decide(chain.certificate, DecisionKind.SUSPEND, at=NOW, reason="Surveillance was not allowed")
        chain.decide(chain.certificate, DecisionKind.RESTORE, at=LATER)
        assert verdict(LATER + dt.timedelta(hours=1)) == ALL_YES

    def test_withdrawing_the_accreditation_shows_on_every_certificate_below(
        self, chain: Chain, verdict: Verdict
    ) -> None:
        chain.decide(chain.accreditation, DecisionKind.WITHDRAW, at=NOW, reason="Impartiality was lost")
        answers = verdict(LATER)
        assert answers["in_force"] == "yes"
        assert answers["accredited"] == "no"

    def test_withdrawing_the_recognition_leaves_the_accreditation_standing(
        self, chain: Chain, verdict: Verdict
    ) -> None:
        chain.decide(chain.recognition, DecisionKind.WITHDRAW, at=NOW, reason="Left the arrangement")
        answers = verdict(LATER)
        assert (answers["accredited"], answers["recognised"]) == ("yes", "no")

    def test_an_old_pdf_alone_says_unknown_after_a_week(self, verdict: Verdict) -> None:
        assert verdict(NOW, NOW + dt.timedelta(days=8), pdf=True)["in_force"] == "unknown"

    def test_a_sector_outside_the_accreditation_is_not_accredited(self, chain: Chain) -> None:
        from assaymark.verify import Input, verify

        outside = grant(
            chain.deciders["northfield"],
            chain.halden,
            AttestationKind.CERTIFICATE,
            NOW,
            number="NC-26-00500",
            scope=(row(iaf=frozenset({"33"}), countries=frozenset({"GB"}), editions=EVERYTHING),),
        )
        found = queries.public_attestation(issuer_slug="northfield", number=outside.number)
        (one,) = verify([Input("bundle", export.bundle(found, at=NOW))], at=NOW, anchors=queries.anchors())
        assert one.accredited.answer.value == "no"
        assert "IAF sector" in one.accredited.reason


class TestIssues:
    def test_a_reduced_scope_is_a_new_issue_and_revokes_the_old_one(self, chain: Chain) -> None:
        old = queries.public_attestation(issuer_slug="northfield", number="NC-26-00417")
        before = export.bundle(old, at=NOW)
        chain.decide(
            chain.certificate, DecisionKind.REDUCE, at=NOW, scope=(row(iaf=frozenset({"17"})),), statement="Turning"
        )
        new = queries.public_attestation(issuer_slug="northfield", number="NC-26-00417")
        assert [issue.revision for issue in new.issues.all()] == [1, 2]
        _, revoked = queries.status_bits(organisation_id=chain.northfield.pk, at=LATER)
        assert revoked == [old.issues.all()[0].status_index]

        from assaymark.verify import Input, verify

        fresh = export.bundle(new, at=LATER)
        old_file, new_file = verify([Input("old", before), Input("new", fresh)], at=LATER, anchors=queries.anchors())
        assert old_file.in_force.answer.value == "no"
        assert new_file.in_force.answer.value == "yes"

    def test_a_decision_is_carried_out_once(self, chain: Chain) -> None:
        found = queries.public_attestation(issuer_slug="northfield", number="NC-26-00417")
        decision = found.issues.all()[0].decision_id
        with pytest.raises(DatabaseError), transaction.atomic():
            grant(
                chain.deciders["northfield"],
                chain.halden,
                AttestationKind.CERTIFICATE,
                NOW,
                decision_id=decision,
                number="NC-26-00999",
            )

    @pytest.mark.parametrize("table", ["attestations_issue", "attestations_statusevent"])
    @pytest.mark.parametrize("statement", ["UPDATE {t} SET attestation_id = attestation_id", "DELETE FROM {t}"])
    def test_issues_and_events_are_append_only_in_the_database(self, chain: Chain, table: str, statement: str) -> None:
        with (
            system_scope(),
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement.format(t=table))


class TestVisibility:
    def test_issuer_and_holder_see_it_and_nobody_else(self, chain: Chain) -> None:
        for organisation, sees in ((chain.northfield, True), (chain.halden, True), (chain.arrangement, False)):
            with organisation_scope(organisation.pk):
                assert Attestation.objects.filter(pk=chain.certificate.pk).exists() is sees
                assert StatusEvent.objects.filter(attestation=chain.certificate).exists() is sees
                assert Issue.objects.filter(attestation=chain.certificate).exists() is sees

    def test_the_holder_cannot_change_what_it_holds(self, chain: Chain) -> None:
        with organisation_scope(chain.halden.pk), transaction.atomic(), pytest.raises(Attestation.DoesNotExist):
            Attestation.for_update(chain.certificate.pk)

    def test_both_journals_tell_of_the_issue(self, chain: Chain) -> None:
        for organisation in (chain.northfield, chain.halden):
            with organisation_scope(organisation.pk):
                assert JournalEntry.objects.filter(verb="attestations.issued").exists()

    def test_what_an_organisation_is_follows_from_its_attestations(self, chain: Chain) -> None:
        def place(organisation_id: object) -> frozenset[str]:
            return queries.place_in_chain(organisation_id=organisation_id)  # type: ignore[arg-type]

        assert place(chain.halden.pk) == {"certified"}
        assert place(chain.northfield.pk) == {"accredited", "certifies"}
        assert place(chain.meridian.pk) == {"recognised", "accredits"}
        assert place(chain.arrangement.pk) == {"recognises"}


class TestScopeWarnings:
    def test_a_scope_within_the_accreditation_gives_none(self, chain: Chain) -> None:
        scope = (row(iaf=frozenset({"17"}), countries=frozenset({"GB"})),)
        assert not actions.scope_warnings(
            issuer_id=chain.northfield.pk, kind=AttestationKind.CERTIFICATE, scope=scope, on=NOW.date()
        )

    def test_a_scope_outside_it_is_warned_about_with_the_dimension(self, chain: Chain) -> None:
        scope = (row(iaf=frozenset({"33"}), countries=frozenset({"GB"})),)
        (warning,) = actions.scope_warnings(
            issuer_id=chain.northfield.pk, kind=AttestationKind.CERTIFICATE, scope=scope, on=NOW.date()
        )
        assert not warning.blocks
        assert "IAF sector" in warning.message


class TestNumbers:
    def test_an_issuer_numbers_by_initials_and_year_and_passes_over_what_is_taken(self, chain: Chain) -> None:
        by = chain.deciders["northfield"]
        first = grant(by, chain.halden, AttestationKind.CERTIFICATE, NOW)
        grant(by, chain.halden, AttestationKind.CERTIFICATE, NOW, number="NC-26-00002")
        third = grant(by, chain.halden, AttestationKind.CERTIFICATE, NOW)
        assert (first.number, third.number) == ("NC-26-00001", "NC-26-00003")

    def test_a_prefix_of_the_body_s_own_is_kept(self, chain: Chain) -> None:
        by = chain.deciders["northfield"]
        row_ = grant(by, chain.halden, AttestationKind.CERTIFICATE, NOW, prefix="QMS-")
        assert row_.number == "QMS-00001"

    def test_a_name_without_latin_letters_still_gives_a_number(self) -> None:
        assert actions.initials_of("北方認証") == "A"
        assert actions.initials_of("Mutual recognition arrangement of many bodies") == "MRAO"
