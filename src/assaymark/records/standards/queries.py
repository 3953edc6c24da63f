"""Reads: editions, a standard as a readable tree, requirements for checklists, search within.

Every function costs a fixed number of queries, however long the standard.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
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
class Entry:
    """A line of the contents; `here` when the page shows it, so that its address is an anchor on the page."""

    number: str
    title: str
    anchor: str
    chapter: str
    depth: int
    here: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A standard laid out for reading: whole, one chapter when it is large, or what a search found in it."""

    edition: StandardEdition
    chapters: tuple[tuple[ClauseLine, ...], ...]
    contents: tuple[Entry, ...]
    found: int
    chapter: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """An edition in the list. standing: "in force", "replaced", "to be confirmed", "imported" or "not yet in force"."""

    edition: StandardEdition
    standing: str
    tone: str


_LARGE = 250  # clauses; beyond, a page shows one chapter at a time


def editions() -> list[StandardEdition]:
    """All editions, those that ship first. One query."""
    return list(StandardEdition.objects.all())


def listed(*, on: date) -> list[Listed]:
    """All editions with how each stands on that day. One query."""
    return [Listed(row, *_standing(row, on)) for row in editions()]


def _standing(row: StandardEdition, on: date) -> tuple[str, str]:
    if row.published is None:
        return ("imported", "neutral") if row.source == "imported" else ("to be confirmed", "attention")
    if row.published > on:
        return "not yet in force", "attention"
    if row.transition_ends is not None and row.transition_ends < on:
        return "replaced", "neutral"
    return "in force", "good"


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


def read(key: str, *, search: str = "", chapter: str = "") -> Reading:
    """A standard for reading.

    search   only clauses and requirements that hold every word, under their chapters
    chapter  number of a chapter; a large standard shows its first one when none is named
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
    chapters = _chapters(lines)
    shown = _found_in(chapters) if words else _one_of(chapters, chapter) if len(lines) > _LARGE else chapters
    return Reading(
        edition=edition,
        chapters=shown,
        contents=_contents(chapters, {part[0].number for part in shown}),
        found=sum(line.found + sum(r.found for r in line.requirements) for line in lines),
        chapter=shown[0][0].number if len(shown) == 1 else "",
    )


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


Chapters = tuple[tuple[ClauseLine, ...], ...]


def _chapters(lines: list[ClauseLine]) -> Chapters:
    chapters: list[list[ClauseLine]] = []
    for line in lines:
        if line.starts_chapter:
            chapters.append([])
        chapters[-1].append(line)
    return tuple(tuple(chapter) for chapter in chapters)


def _found_in(chapters: Chapters) -> Chapters:
    """Each chapter's heading with what was found below it; chapters without anything are left out."""
    kept = ((chapter[0], *(line for line in chapter[1:] if line.found or line.requirements)) for chapter in chapters)
    return tuple(part for part in kept if len(part) > 1 or part[0].found or part[0].requirements)


def _one_of(chapters: Chapters, number: str) -> Chapters:
    return tuple(part for part in chapters if part[0].number == number) or chapters[:1]


def _contents(chapters: Chapters, here: set[str]) -> tuple[Entry, ...]:
    """Chapters with the clauses just below; of a large standard only those of the chapter that is shown."""
    return tuple(
        Entry(line.number, line.title, line.anchor, part[0].number, line.depth, part[0].number in here)
        for part in chapters
        for line in part
        if line.depth == 0 or (line.depth == 1 and part[0].number in here)
    )
