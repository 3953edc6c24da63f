"""Who may assess what, and for how long a tie with a client counts."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from assaymark.core.competence import (
    Competence,
    Relation,
    RelationKind,
    TeamRole,
    missing_cover,
    reasons_not_to_judge,
)

KOWALSKA, LIND = UUID(int=1), UUID(int=2)
DAY = date(2026, 11, 24)
METAL = Competence(KOWALSKA, "iso-9001-2015", frozenset({17}), frozenset({"en", "pl"}), date(2024, 1, 1))
SOFTWARE = Competence(LIND, "iso-9001-2015", frozenset({33}), frozenset({"sv"}), date(2024, 1, 1), date(2026, 1, 1))


def missing(*held: Competence, sectors: set[int] | None = None, languages: set[str] | None = None) -> tuple[str, ...]:
    return missing_cover(
        held,
        day=DAY,
        covers=("standard", "sector", "language"),
        standard="iso-9001-2015",
        sectors=frozenset(sectors or ()),
        languages=frozenset(languages or ()),
    )


class TestATeam:
    def test_covers_what_its_members_cover_together(self) -> None:
        assert missing(METAL, sectors={17}, languages={"en"}) == ()

    def test_is_told_everything_that_nobody_covers(self) -> None:
        assert missing(METAL, sectors={17, 33, 35}, languages={"de"}) == ("sector 33", "sector 35", "language de")
        assert missing() == ("the standard",)

    def test_cannot_count_on_competence_that_has_ended_or_not_begun(self) -> None:
        assert missing(METAL, SOFTWARE, sectors={33}) == ("sector 33",)

    def test_is_asked_only_for_what_the_rule_names(self) -> None:
        held = missing_cover(
            [], day=DAY, covers=["language"], standard="x", sectors=frozenset({1}), languages=frozenset()
        )
        assert held == ()


class TestATieWithAClient:
    def test_counts_for_years_after_its_end(self) -> None:
        tie = Relation(RelationKind.CONSULTANCY, LIND, "A. Lind", date(2025, 1, 10))
        assert tie.counts_on(date(2027, 1, 9), years=2)
        assert not tie.counts_on(date(2027, 1, 10), years=2)

    def test_counts_without_end_while_it_goes_on(self) -> None:
        tie = Relation(RelationKind.EMPLOYMENT, LIND, "A. Lind", None)
        assert tie.free_from(2) is None
        assert tie.counts_on(date(2099, 1, 1), years=2)


class TestJudging:
    @pytest.mark.parametrize("role", [TeamRole.LEAD, TeamRole.AUDITOR, TeamRole.TRAINEE])
    def test_is_for_auditors_of_the_team(self, role: TeamRole) -> None:
        assert reasons_not_to_judge([role]) == ()

    @pytest.mark.parametrize("roles", [[], [TeamRole.OBSERVER], [TeamRole.EXPERT], [TeamRole.INTERPRETER]])
    def test_is_not_for_others(self, roles: list[TeamRole]) -> None:
        (refusal,) = reasons_not_to_judge(roles)
        assert refusal.message == "Only auditors of the team judge and report."
