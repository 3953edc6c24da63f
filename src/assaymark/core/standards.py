"""Standards, their editions, clauses and requirements, as values.

Rules that hold here:
- A requirement is known by (edition, id); its id is the clause number with the standard's own letter ("4.4.1 a",
  "6.1.2 b1"), or with Assaymark's count where the clause has no letters ("4.1 (2)").
- Clauses sort as people read them: 10 after 9, "4.4.1 b" after "4.4.1 a".
- Whether an edition is in force on a day may be unknown: dates are data that somebody confirms, never a guess.
- Texts are own words, or come with a licence that allows showing them; the edition says which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

_TOKEN = re.compile(r"\d+|[A-Za-z]+")

ClauseKey = tuple[tuple[int, int, str], ...]


class Documented(StrEnum):
    """What a requirement asks to be written (ISO 9001:2015, Annex A.6 explains the difference)."""

    MAINTAIN = "maintain"  # a document, kept up to date
    RETAIN = "retain"  # a record, kept as evidence


class Malformed(ValueError):
    """A catalogue that does not hold together; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that must be true.

    id          "4.4.1 a"
    clause      number of the clause it stands in, "4.4.1"
    text        what must be true, one sentence
    question    what an auditor asks to find out; may be empty for imported catalogues
    documented  whether a document or a record is asked for
    """

    id: str
    clause: str
    text: str
    question: str = ""
    documented: Documented | None = None


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered part of an edition.

    parent    number of the clause above, "" at the top
    text      the clause's own words where its licence allows them; empty otherwise
    shown_by  what usually shows that the clause is met
    checks    what an assessment determines, where the catalogue lists it apart from the requirements
    guidance  explanation that is not a requirement: rationale, discussion, notes
    """

    number: str
    title: str
    parent: str = ""
    text: str = ""
    requirements: tuple[Requirement, ...] = ()
    shown_by: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    guidance: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What one edition changes in a clause against the edition it replaces. kind: added, changed, moved or removed."""

    clause: str
    kind: str
    text: str
    was: str = ""


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard apart from its editions. attestation: what one becomes by meeting it, "certified" for ISO 9001."""

    key: str
    designation: str
    title: str
    attestation: str = ""


@dataclass(frozen=True)
class Edition:
    """One edition of a standard with its clauses in reading order.

    confirmed        False while dates or contents still await confirmation
    published        day of publication, None when not known
    transition_ends  last day on which a certificate to this edition counts, None while it has no successor in force
    last_audit       last day on which audits to this edition may take place
    source           where text and dates come from: "own words", "secondary", "full text", "imported"
    """

    key: str
    label: str
    standard: Standard
    clauses: tuple[Clause, ...]
    published: date | None = None
    amendments: tuple[str, ...] = ()
    transition_ends: date | None = None
    last_audit: date | None = None
    replaces: str = ""
    confirmed: bool = True
    source: str = ""
    licence: str = ""
    attribution: str = ""
    changes: tuple[Change, ...] = field(default=())

    @property
    def name(self) -> str:
        """The edition as it is cited, such as "ISO 9001:2015"."""
        separator = ":" if re.fullmatch(r"\d{4}", self.label) else " "
        return f"{self.standard.designation}{separator}{self.label}".strip()

    @cached_property
    def _by_number(self) -> dict[str, Clause]:
        return {clause.number: clause for clause in self.clauses}

    def clause(self, number: str) -> Clause:
        """The clause with this number. Raises `KeyError` when the edition has none."""
        return self._by_number[number]

    def requirements(self) -> Iterator[Requirement]:
        """Every requirement in reading order."""
        for clause in self.clauses:
            yield from clause.requirements

    def requirement(self, requirement_id: str) -> Requirement:
        """The requirement with this id. Raises `KeyError` when the edition has none."""
        for requirement in self.requirements():
            if requirement.id == requirement_id:
                return requirement
        raise KeyError(requirement_id)

    def in_force_on(self, day: date) -> bool | None:
        """Whether a certificate to this edition counts on that day; None when the dates are not known."""
        if self.published is None:
            return None
        if day < self.published:
            return False
        return self.transition_ends is None or day <= self.transition_ends

    def auditable_on(self, day: date) -> bool | None:
        """Whether an audit to this edition may take place on that day; None when the dates are not known."""
        if self.last_audit is not None and day > self.last_audit:
            return False
        return self.in_force_on(day)


@dataclass(frozen=True, slots=True)
class Node:
    """A clause with the clauses below it."""

    clause: Clause
    depth: int
    children: tuple[Node, ...]

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def requirement_count(self) -> int:
        """How many requirements stand here and below."""
        return sum(len(node.clause.requirements) for node in self.walk())


def clause_key(number: str) -> ClauseKey:
    """Sort key for clause numbers and requirement ids: numbers by value, letters after them.

    `sorted(["10", "9.2", "9.10"], key=clause_key)` gives 9.2, 9.10, 10. Within one clause the edition's own order is
    the exact one; this key serves lists that mix clauses of several origins.
    """
    return tuple((0, int(token), "") if token.isdigit() else (1, 0, token.lower()) for token in _TOKEN.findall(number))


def parent_number(number: str) -> str:
    """The number of the clause above by its dots: "4.4" for "4.4.1", "" for "4"."""
    return number.rpartition(".")[0]


def anchor(identifier: str) -> str:
    """The identifier as an HTML anchor that stays the same: "4.4.1 a" gives "c-4.4.1-a"."""
    return "c-" + re.sub(r"[^0-9A-Za-z.]+", "-", identifier).strip("-")


def tree(clauses: Iterable[Clause]) -> tuple[Node, ...]:
    """The clauses as a tree, in their own order. Raises `Malformed` when a clause names a parent that is missing."""
    listed = tuple(clauses)
    known = {clause.number for clause in listed}
    below: dict[str, list[Clause]] = {}
    for clause in listed:
        if clause.parent and clause.parent not in known:
            raise Malformed(
                f"Clause {clause.number} stands under {clause.parent}, which is missing. Add clause {clause.parent}."
            )
        below.setdefault(clause.parent, []).append(clause)

    def grow(number: str, depth: int) -> tuple[Node, ...]:
        return tuple(
            Node(clause=clause, depth=depth, children=grow(clause.number, depth + 1))
            for clause in below.get(number, ())
        )

    return grow("", 0)


def reasons_malformed(edition: Edition) -> tuple[str, ...]:
    """Everything that keeps an edition from being a proper tree, in plain sentences; empty when it is well."""
    reasons: list[str] = []
    parents: dict[str, str] = {}
    seen_requirements: set[str] = set()
    for clause in edition.clauses:
        if not clause.number or not clause.title:
            reasons.append(f"A clause has no number or no title ({clause.number or clause.title or 'both missing'}).")
        if clause.number in parents:
            reasons.append(f"Clause {clause.number} occurs twice.")
        if clause.parent and clause.parent not in parents:
            reasons.append(f"Clause {clause.number} comes before, or without, its parent {clause.parent}.")
        parents[clause.number] = clause.parent
        for requirement in clause.requirements:
            if requirement.id in seen_requirements:
                reasons.append(f"Requirement {requirement.id} occurs twice.")
            if requirement.clause != clause.number:
                reasons.append(f"Requirement {requirement.id} stands in clause {clause.number}, not its own.")
            if not requirement.text:
                reasons.append(f"Requirement {requirement.id} says nothing.")
            seen_requirements.add(requirement.id)
    return tuple(reasons)
