"""Reads: editions, a standard as a readable tree, requirements for checklists, search within.

Every function costs a fixed number of queries, however long the standard.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from assaymark.core.standards import anchor
from assaymark.records.standards.models import ClauseNode, RequirementNode, StandardEdition


@dataclass(frozen=True, slots=True)
class RequirementLine:
    """A requirement as a page shows it."""

    number: str
    text: str
    question: str
    documented: str
    anchor: str
    found: bool = False


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """A clause as a page shows it, in reading order; depth 0 is a chapter."""

    number: str
    title: str
    text: str
    guidance: str
    shown_by: tuple[str, ...]
    checks: tuple[str, ...]
    depth: int
    anchor: str
    requirements: tuple[RequirementLine, ...] = ()
    found: bool = False
    changes: tuple[str, ...] = ()

    @property
    def level(self) -> int:
        """Heading level in a page whose title is level 1."""
        return min(self.depth + 2, 6)

    @property
    def starts_chapter(self) -> bool:
        """Whether a chapter begins here."""
        return self.depth == 0


@dataclass(frozen=True, slots=True)
class Reading:
    """A standard laid out for reading, or the part of it in which a search found something."""

    edition: StandardEdition
    chapters: tuple[tuple[ClauseLine, ...], ...]
    contents: tuple[ClauseLine, ...] = field(default=())
    found: int = 0


def editions() -> list[StandardEdition]:
    """All editions, those that ship first. One query."""
    return list(StandardEdition.objects.all())


def edition_by_key(key: str) -> StandardEdition:
    """The edition; raises `StandardEdition.DoesNotExist`. One query."""
    return StandardEdition.objects.get(key=key)


def edition_in_force(standard_key: str, *, on: date) -> StandardEdition | None:
    """The newest edition whose dates are known to be in force on that day. One query."""
    return (
        StandardEdition.objects.filter(standard_key=standard_key, published__lte=on)
        .filter(Q(transition_ends=None) | Q(transition_ends__gte=on))
        .order_by("-published")
        .first()
    )


def requirements_of(edition_key: str, *, under: tuple[str, ...] = ()) -> list[RequirementNode]:
    """Requirements in reading order with their clauses, all or those in and below the given clauses. One query."""
    rows = RequirementNode.objects.filter(edition__key=edition_key).select_related("clause")
    if under:
        wanted = Q()
        for number in under:
            wanted |= Q(clause__number=number) | Q(clause__number__startswith=f"{number}.")
        rows = rows.filter(wanted)
    return list(rows.order_by("position"))


def clauses_of(edition_key: str) -> list[ClauseNode]:
    """Clauses in reading order. One query."""
    return list(ClauseNode.objects.filter(edition__key=edition_key).order_by("position"))


def requirement(edition_key: str, number: str) -> RequirementNode:
    """One requirement; raises `RequirementNode.DoesNotExist`. One query."""
    return RequirementNode.objects.select_related("clause", "edition").get(edition__key=edition_key, number=number)


def read(key: str, *, search: str = "") -> Reading:
    """A standard for reading. With search, the clauses and requirements that hold every word, under their chapters.

    Three queries. Raises `StandardEdition.DoesNotExist`.
    """
    edition = edition_by_key(key)
    words = search.lower().split()
    requirements: dict[object, list[RequirementLine]] = defaultdict(list)
    for row in RequirementNode.objects.filter(edition=edition).order_by("position"):
        requirements[row.clause_id].append(_requirement_line(row, words))
    changes = _changes(edition)
    lines = [
        _clause_line(row, tuple(requirements[row.id]), words, changes)
        for row in ClauseNode.objects.filter(edition=edition).order_by("position")
    ]
    contents = tuple(line for line in lines if line.depth <= 1)
    found = sum(line.found + sum(r.found for r in line.requirements) for line in lines)
    return Reading(edition=edition, chapters=_chapters(lines, only_found=bool(words)), contents=contents, found=found)


def _changes(edition: StandardEdition) -> dict[str, list[str]]:
    by_clause: dict[str, list[str]] = defaultdict(list)
    for change in edition.changes:
        by_clause[change["clause"]].append(change["text"])
    return by_clause


def _requirement_line(row: RequirementNode, words: list[str]) -> RequirementLine:
    return RequirementLine(
        number=row.number,
        text=row.text,
        question=row.question,
        documented=row.documented,
        anchor=anchor(row.number),
        found=_holds(words, row.number, row.text, row.question),
    )


def _clause_line(
    row: ClauseNode, requirements: tuple[RequirementLine, ...], words: list[str], changes: dict[str, list[str]]
) -> ClauseLine:
    found = _holds(words, row.number, row.title, row.text, row.guidance, *row.shown_by, *row.checks)
    if words and not found:
        requirements = tuple(line for line in requirements if line.found)
    return ClauseLine(
        number=row.number,
        title=row.title,
        text=row.text,
        guidance=row.guidance,
        shown_by=tuple(row.shown_by),
        checks=tuple(row.checks),
        depth=row.depth,
        anchor=anchor(row.number),
        requirements=requirements,
        found=found,
        changes=tuple(changes.get(row.number, ())),
    )


def _holds(words: list[str], *texts: str) -> bool:
    haystack = " ".join(texts).lower()
    return bool(words) and all(word in haystack for word in words)


def _chapters(lines: list[ClauseLine], *, only_found: bool) -> tuple[tuple[ClauseLine, ...], ...]:
    chapters: list[list[ClauseLine]] = []
    for line in lines:
        if line.starts_chapter:
            chapters.append([])
        if line.starts_chapter or not only_found or line.found or line.requirements:
            chapters[-1].append(line)
    return tuple(
        tuple(chapter)
        for chapter in chapters
        if not only_found or len(chapter) > 1 or chapter[0].found or chapter[0].requirements
    )
