"""Who may assess what: evaluated competence, and relations that stand in the way.

Rules that hold here:
- Competence is for a standard, sectors and languages, in a role, from a day on and perhaps until one
  (ISO/IEC 17021-1:2015, 7.1.2 and 9.2.2; ISO/IEC 17011:2017, 6.1 and 7.4).
- A relation with the client (consultancy, employment, internal audits) counts until a time after its end
  (ISO/IEC 17021-1:2015, 5.2.6 and 5.2.10); while it lasts it counts without end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from assaymark.core.programme import add_years
from assaymark.core.refusal import Refusal


class TeamRole(StrEnum):
    """What somebody is in a team (ISO/IEC 17021-1:2015, 9.2.2)."""

    LEAD = "lead"
    AUDITOR = "auditor"
    EXPERT = "expert"
    OBSERVER = "observer"
    TRAINEE = "trainee"
    INTERPRETER = "interpreter"


AUDITING = frozenset({TeamRole.LEAD, TeamRole.AUDITOR})
UNDER_GUIDANCE = frozenset({TeamRole.EXPERT, TeamRole.TRAINEE, TeamRole.INTERPRETER})


# Who may write down what an audit found; an expert or an observer tells an auditor (9.2.2).
JUDGING = AUDITING | {TeamRole.TRAINEE}


class RelationKind(StrEnum):
    """How somebody, or the body itself, is or was tied to a client."""

    CONSULTANCY = "consultancy"
    EMPLOYMENT = "employment"
    INTERNAL_AUDIT = "internal_audit"
    RELATED_CONSULTANCY = "related_consultancy"  # by an organisation related to the body
    CONFLICT = "conflict"  # declared, not yet settled


@dataclass(frozen=True, slots=True)
class Competence:
    """What a person was found able to do. until None: no end set."""

    person_id: UUID
    standard: str
    sectors: frozenset[int]
    languages: frozenset[str]
    since: date
    until: date | None = None

    def on(self, day: date) -> bool:
        """Whether it holds on that day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Relation:
    """A tie with the client. person_id None: of the body itself. until None: it goes on."""

    kind: RelationKind
    person_id: UUID | None
    person_name: str
    until: date | None

    def free_from(self, years: int) -> date | None:
        """First day on which it no longer counts; None while it goes on."""
        return None if self.until is None else add_years(self.until, years)

    def counts_on(self, day: date, *, years: int) -> bool:
        """Whether the tie stands in the way on that day."""
        free = self.free_from(years)
        return free is None or day < free


def missing_cover(
    competences: Iterable[Competence],
    *,
    day: date,
    covers: Iterable[str],
    standard: str,
    sectors: frozenset[int],
    languages: frozenset[str],
) -> tuple[str, ...]:
    """What nobody of these people covers on that day, in words. covers: some of "standard", "sector", "language"."""
    held = [competence for competence in competences if competence.on(day)]
    wanted = set(covers)
    missing: list[str] = []
    for_standard = [competence for competence in held if competence.standard == standard]
    if "standard" in wanted and standard and not for_standard:
        missing.append("the standard")
    if "sector" in wanted:
        known = frozenset().union(*(competence.sectors for competence in for_standard))
        missing.extend(f"sector {code}" for code in sorted(sectors - known))
    if "language" in wanted:
        spoken = frozenset().union(*(competence.languages for competence in held))
        missing.extend(f"language {code}" for code in sorted(languages - spoken))
    return tuple(missing)


def reasons_not_to_judge(roles: Iterable[TeamRole]) -> tuple[Refusal, ...]:
    """Why somebody with these roles in the team (none when they are not in it) may not judge conformity.

    What somebody judged they cannot review or decide on: so judging is for the team alone, which the rules look at.
    """
    if any(role in JUDGING for role in roles):
        return ()
    return (
        Refusal(
            "not-in-team",
            "ISO 19011:2018, 5.5.4",
            "Only auditors of the team judge and report.",
            "Let somebody of the team do it, or take this person into the team before the audit begins.",
        ),
    )
