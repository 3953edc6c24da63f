"""Halden deals with a nonconformity, from raising it to closing it."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction

from assaymark.core.findings import Grade, State
from assaymark.core.parties import Actor
from assaymark.core.refusal import Forbidden, Refused
from assaymark.records.findings import actions
from assaymark.records.findings.models import Nonconformity
from assaymark.records.journal.queries import history
from assaymark.records.scope import organisation_scope
from tests.audit_cast import NOW, Cast

CHECK_DAY = date(2026, 12, 15)
AT_CHECK = NOW + timedelta(days=22)


def raised(cast: Cast, **more: object) -> Nonconformity:
    return actions.raise_finding(
        title="Shaft diameter below tolerance in lot 2291",
        happened="11 of 80 shafts measured 19.968 mm.",
        requirement="8.6 (1)",
        process_id=cast.turning.pk,
        owner_id=cast.osei.person_id,
        by=cast.osei,
        at=NOW,
        **more,  # type: ignore[arg-type]
    )


def dealt_with(cast: Cast, row: Nonconformity, *, act: Actor | None = None) -> Nonconformity:
    """Everything up to the effectiveness check; the action carried out by Osei unless told."""
    key = row.pk
    by = act or cast.osei
    actions.contain(nonconformity_id=key, containment="Lot blocked.", correction="11 scrapped.", by=by, at=NOW)
    actions.analyse(
        nonconformity_id=key,
        cause="The interval went by the calendar, not by use.",
        whys=["Undersize", "Worn anvil", "Never checked in between", "", "Interval by calendar"],
        fishbone={"Measurement": ["M-07 worn anvil"], "Method": ["no lot hold before check"], "Weather": ["rain"]},
        similar="Two other micrometers have the same interval.",
        by=by,
        at=NOW,
    )
    planned = actions.plan_action(
        nonconformity_id=key,
        description="Interval by number of measurements",
        owner_id=by.person_id,
        due=NOW.date() + timedelta(days=10),
        by=cast.novak,
        at=NOW,
    )
    actions.set_check(
        nonconformity_id=key, criterion="No undersize shaft in 20 lots", check_due=CHECK_DAY, by=cast.novak, at=NOW
    )
    actions.complete_action(action_id=planned.pk, by=by, at=NOW + timedelta(days=5))
    return actions.consider(
        nonconformity_id=key, risks="R-0007 raised.", changes="WI-014 revision 3.", by=cast.novak, at=NOW
    )


def checked(cast: Cast, row: Nonconformity) -> Nonconformity:
    dealt_with(cast, row)
    return actions.check(
        nonconformity_id=row.pk, effective=True, result="20 lots, none undersize.", by=cast.novak, at=AT_CHECK
    )


class TestRaising:
    def test_needs_a_title_and_nothing_else(self, cast: Cast) -> None:
        row = actions.raise_finding(title="Oil on the floor", by=cast.osei, at=NOW)
        assert (row.number, row.state, row.grade) == ("NC-0001", State.RAISED, Grade.MINOR)
        assert row.due == NOW.date() + timedelta(days=60)
        with pytest.raises(Refused, match="The title is missing"):
            actions.raise_finding(title="  ", by=cast.osei, at=NOW)

    def test_is_not_for_viewers(self, cast: Cast) -> None:
        with pytest.raises(Forbidden):
            actions.raise_finding(title="Oil on the floor", by=cast.visitor, at=NOW)

    def test_is_in_the_journal_with_requirement_and_person(self, cast: Cast) -> None:
        row = raised(cast)
        with organisation_scope(cast.halden.pk):
            (entry,) = history(subject_kind="findings.nonconformity", subject_id=row.pk)
            assert (entry.verb, entry.actor_id) == ("findings.raised", cast.osei.person_id)
            assert b"ISO 9001:2015, 8.6 (1)" in bytes(entry.body)

    def test_stays_out_of_sight_of_other_organisations(self, cast: Cast) -> None:
        row = raised(cast)
        with organisation_scope(cast.northfield.pk), pytest.raises(ObjectDoesNotExist):
            Nonconformity.objects.get(pk=row.pk)
        with pytest.raises(ObjectDoesNotExist):
            actions.verify_correction(nonconformity_id=row.pk, by=cast.lead, at=NOW)


class TestDealingWithIt:
    def test_moves_through_its_states(self, cast: Cast) -> None:
        row = raised(cast)
        seen = [row.state]
        assert dealt_with(cast, row).state == State.CHECK_DUE
        with organisation_scope(cast.halden.pk):
            verbs = [e.verb for e in reversed(history(subject_kind="findings.nonconformity", subject_id=row.pk))]
        assert seen == [State.RAISED]
        assert verbs == [
            "findings.raised",
            "findings.contained",
            "findings.analysed",
            "findings.action_planned",
            "findings.check_set",
            "findings.action_done",
            "findings.considered",
        ]

    def test_keeps_whys_in_order_and_known_bones_only(self, cast: Cast) -> None:
        row = dealt_with(cast, raised(cast))
        assert row.whys == ["Undersize", "Worn anvil", "Never checked in between", "Interval by calendar"]
        assert row.fishbone == {"Method": ["no lot hold before check"], "Measurement": ["M-07 worn anvil"]}

    def test_plans_no_action_before_the_cause(self, cast: Cast) -> None:
        row = raised(cast)
        with pytest.raises(Refused, match="The cause is not known yet"):
            actions.plan_action(
                nonconformity_id=row.pk,
                description="Train people",
                owner_id=cast.osei.person_id,
                due=CHECK_DAY,
                by=cast.novak,
                at=NOW,
            )

    def test_does_an_action_once(self, cast: Cast) -> None:
        row = dealt_with(cast, raised(cast))
        with organisation_scope(cast.halden.pk):
            action = row.actions.get()
        with pytest.raises(Refused, match="It is done already"):
            actions.complete_action(action_id=action.pk, by=cast.novak, at=NOW)

    def test_starts_over_after_a_check_that_found_no_effect(self, cast: Cast) -> None:
        row = dealt_with(cast, raised(cast))
        actions.check(nonconformity_id=row.pk, effective=False, result="3 undersize.", by=cast.novak, at=AT_CHECK)
        with pytest.raises(Refused, match="did not work"):
            actions.close(nonconformity_id=row.pk, by=cast.novak, at=AT_CHECK)
        actions.plan_action(
            nonconformity_id=row.pk,
            description="Replace the micrometer",
            owner_id=cast.osei.person_id,
            due=AT_CHECK.date(),
            by=cast.novak,
            at=AT_CHECK,
        )
        with organisation_scope(cast.halden.pk):
            row.refresh_from_db()
        assert (row.state, row.checked_at, row.check_due) == (State.PLANNED, None, None)


class TestClosing:
    def test_is_refused_with_all_reasons_and_leaves_everything_as_it_was(self, cast: Cast) -> None:
        row = raised(cast)
        with pytest.raises(Refused) as refused:
            actions.close(nonconformity_id=row.pk, by=cast.novak, at=NOW)
        assert len(refused.value.refusals) == 10
        with organisation_scope(cast.halden.pk):
            row.refresh_from_db()
        assert row.state == State.RAISED

    def test_happens_when_all_is_on_record_by_somebody_else(self, cast: Cast) -> None:
        row = checked(cast, raised(cast))
        assert row.state == State.CHECKED
        closed = actions.close(nonconformity_id=row.pk, by=cast.novak, at=AT_CHECK)
        assert (closed.state, closed.closed_by_id) == (State.CLOSED, cast.novak.person_id)
        with pytest.raises(Refused, match="It was closed on 16 Dec 2026"):
            actions.contain(nonconformity_id=row.pk, containment="More", by=cast.novak, at=AT_CHECK)

    def test_is_refused_to_whoever_carried_out_an_action(self, cast: Cast) -> None:
        row = raised(cast)
        dealt_with(cast, row, act=cast.novak)
        with pytest.raises(Refused, match="someone else must judge"):
            actions.check(nonconformity_id=row.pk, effective=True, result="Works.", by=cast.novak, at=AT_CHECK)
        actions.check(nonconformity_id=row.pk, effective=True, result="Works.", by=cast.osei, at=AT_CHECK)
        with pytest.raises(Refused, match="someone else must close"):
            actions.close(nonconformity_id=row.pk, by=cast.novak, at=AT_CHECK)

    def test_is_not_for_contributors(self, cast: Cast) -> None:
        row = checked(cast, raised(cast))
        with pytest.raises(Forbidden):
            actions.close(nonconformity_id=row.pk, by=cast.osei, at=AT_CHECK)


class TestTheDatabase:
    @pytest.mark.parametrize(
        "change",
        [
            {"state": "closed"},
            {"state": "forgotten"},
            {"grade": "huge"},
            {"closed_at": NOW},
            {"checked_at": NOW},
            {"number": "NC-0001"},
        ],
    )
    def test_refuses_what_the_core_would_refuse(self, cast: Cast, change: dict[str, object]) -> None:
        raised(cast)
        row = raised(cast)
        with (
            organisation_scope(cast.halden.pk),
            pytest.raises(IntegrityError),
            transaction.atomic(),
        ):
            Nonconformity.objects.filter(pk=row.pk).update(**change)

    def test_refuses_to_close_what_was_not_found_effective(self, cast: Cast) -> None:
        row = raised(cast)
        closed = {"state": "closed", "closed_at": NOW, "closed_by_id": cast.novak.person_id}
        with organisation_scope(cast.halden.pk):
            with pytest.raises(IntegrityError), transaction.atomic():
                Nonconformity.objects.filter(pk=row.pk).update(**closed)
            assert Nonconformity.objects.filter(pk=row.pk).update(**closed, effective=True) == 1


def test_an_unknown_finding_is_absent(cast: Cast) -> None:
    with pytest.raises(ObjectDoesNotExist):
        actions.contain(nonconformity_id=UUID(int=1), containment="x", by=cast.novak, at=NOW)
