"""The chapters of the standard as places: which clauses they hold, and where each is recorded here."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from assaymark import catalogue
from assaymark.core.parties import Actor
from assaymark.core.standards import Clause
from assaymark.records.registers import queries, registry
from assaymark.records.registers.declaration import EDITION
from assaymark.records.registers.registry import Register

# Where clauses are recorded that have no register: (URL name, what it is called, permission).
ELSEWHERE: dict[str, tuple[str, str, str]] = {
    "5.2": ("documents:list", "Documents", "documents.read"),
    "5.3": ("people:members", "People", "parties.read"),
    "7.5": ("documents:list", "Documents", "documents.read"),
    "8.7": ("findings:list", "Nonconformities", "findings.read"),
    "9.2": ("assessments:list", "Audits", "assessments.read"),
    "10.2": ("findings:list", "Nonconformities", "findings.read"),
}
CHAPTERS = {
    "context": "4",
    "leadership": "5",
    "planning": "6",
    "support": "7",
    "operation": "8",
    "evaluation": "9",
    "improvement": "10",
}
ALL = "registers"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is recorded: a name, an address, how many records there are (None: not counted)."""

    name: str
    address: str
    icon: str = "files"
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A clause of the chapter and its places."""

    clause: Clause
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter, or all registers."""

    key: str
    title: str
    clause: str
    sections: tuple[Section, ...]
    registers: tuple[tuple[Register, int], ...]


def chapter(key: str, *, actor: Actor) -> Chapter | None:
    """The chapter by its key; None when there is none. One query per register."""
    if key not in CHAPTERS and key != ALL:
        return None
    number = CHAPTERS.get(key, "")
    listed = [r for r in registry.all() if not number or r.clause.split(".")[0] == number]
    counts = queries.counts(listed)
    edition = catalogue.edition(EDITION)
    clauses = [c for c in edition.clauses if number and c.number.startswith(f"{number}.") and c.number.count(".") == 1]
    title = edition.clause(number).title if number else "Registers"
    sections = tuple(Section(c, tuple(_places(c.number, listed, counts, actor))) for c in clauses)
    return Chapter(key, title, number, sections, tuple((r, counts[r.slug]) for r in listed))


def _places(clause: str, registers: list[Register], counts: dict[str, int], actor: Actor) -> list[Place]:
    slug = actor.organisation_slug
    found = [
        Place(r.name, reverse("registers:list", args=[slug, r.slug]), r.icon, counts[r.slug])
        for r in registers
        if any(c == clause or c.startswith(f"{clause}.") for c in (r.clause, *r.clauses))
    ]
    name, words, permission = ELSEWHERE.get(clause, ("", "", ""))
    if name and actor.may(permission):
        try:
            found.append(Place(words, reverse(name, args=[slug])))
        except NoReverseMatch:
            return found
    return found
