"""Scope of recognition: who may attest what, for which sectors and countries, and when.

Rules that hold here
* A scope row is a product of dimensions; a row covers another when every dimension of the other lies within it.
* Effective scope is the intersection down the chain: a row that exceeds its parent adds nothing (as in RPKI).
* Unknown is neither yes nor no: a certificate that names no sector, under a row that lists sectors, is *unknown*.
* A refusal names the nearest row and the dimensions that failed (ISO/IEC 17011:2017 7.8.3 scope of accreditation;
  ISO/IEC 17021-1:2015 8.2.2 content of a certificate).

Pure values: no clock, no network, no disk.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

ANY = "*"
EVERYTHING: frozenset[str] = frozenset({ANY})
MAX_COMPARISONS = 500_000  # combinations × rows; real scopes need a few hundred, hostile ones millions
MAX_GAPS = 20


class Dimension(StrEnum):
    """The dimensions of a scope row, in the order in which they are reported."""

    ACTIVITY = "activity"
    COMPETENCE = "competence standard"
    STANDARD = "standard"
    EDITION = "edition"
    IAF = "IAF sector"
    COUNTRY = "country"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """One row of a scope: activity × competence standard × standard and editions × sectors × countries × interval.

    ``iaf`` and ``countries`` are sets of codes (IAF ID 1, ISO 3166-1 alpha-2); ``{"*"}`` means all, the empty set
    means *not stated*. ``until`` is inclusive; ``None`` is open. ``row`` is the issuer's own name of the row.
    """

    activity: str
    competence: str
    standard: str
    editions: frozenset[str] = EVERYTHING
    iaf: frozenset[str] = EVERYTHING
    countries: frozenset[str] = EVERYTHING
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    row: str = ""


class Containment(StrEnum):
    """How a claim lies to a scope."""

    COVERED = "covered"
    EXCEEDED = "exceeded"
    NOT_STATED = "not stated"


@dataclass(frozen=True, slots=True)
class ScopeGap:
    """A part of a claim that no row covers: the nearest row, its failing dimensions, and what was asked."""

    claim: ScopeRow
    row: str
    dimensions: tuple[Dimension, ...]
    allowed: ScopeRow | None
    containment: Containment = Containment.EXCEEDED

    def sentence(self) -> str:
        """Say in one sentence what exceeds what."""
        if self.allowed is None:
            return "The scope has no row at all."
        said = " and ".join(_compare(self.claim, self.allowed, dimension) for dimension in self.dimensions)
        return f"Nearest scope row {self.row or 'without a name'}: {said}."


@dataclass(frozen=True, slots=True)
class ScopeResult:
    """Containment of a whole claim, with every gap found."""

    containment: Containment
    gaps: tuple[ScopeGap, ...] = ()
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Anchor:
    """A party that the verifier itself trusts, from a date, for kinds of activity (empty: all).

    ``succeeds``: the identifier of the party in whose place it stands; ``transition_until``: the last day on which that
    party's earlier statements count (`core.succession`; None: as long as they stand). ``label``: under which label it
    recognises (`core.recognition_labels`). ``source``: where whoever wrote the list has it from.
    """

    did: str
    name: str
    role: str = "arrangement"
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    kinds: frozenset[str] = frozenset()
    succeeds: str | None = None
    transition_until: dt.date | None = None
    label: str = ""
    source: str = ""

    def holds(self, *, on: dt.date, activity: str | None = None) -> bool:
        """Tell whether the anchor counts on a date for an activity."""
        return within(self.valid_from, self.valid_until, on) and (
            activity is None or not self.kinds or activity in self.kinds
        )


def within(start: dt.date | None, end: dt.date | None, on: dt.date) -> bool:
    """Tell whether a date lies in an interval whose ends are inclusive and may be open."""
    return (start is None or start <= on) and (end is None or on <= end)


def _inside(inner: frozenset[str], outer: frozenset[str]) -> bool:
    return ANY in outer or (ANY not in inner and inner <= outer)


def failing_dimensions(*, outer: ScopeRow, inner: ScopeRow, on: dt.date) -> tuple[Dimension, ...]:
    """List the dimensions in which ``inner`` exceeds ``outer`` on a date; empty means covered."""
    failing: list[Dimension] = []
    if outer.activity not in (ANY, inner.activity):
        failing.append(Dimension.ACTIVITY)
    if outer.competence not in (ANY, inner.competence):
        failing.append(Dimension.COMPETENCE)
    if outer.standard not in (ANY, inner.standard):
        failing.append(Dimension.STANDARD)
    if not _inside(inner.editions, outer.editions):
        failing.append(Dimension.EDITION)
    if not _inside(inner.iaf, outer.iaf):
        failing.append(Dimension.IAF)
    if not _inside(inner.countries, outer.countries):
        failing.append(Dimension.COUNTRY)
    if not within(outer.valid_from, outer.valid_until, on):
        failing.append(Dimension.DATE)
    return tuple(failing)


def covers(*, outer: ScopeRow, inner: ScopeRow, on: dt.date) -> bool:
    """Tell whether every dimension of ``inner`` lies within ``outer`` and ``outer`` is valid on the date."""
    return not failing_dimensions(outer=outer, inner=inner, on=on)


def _meet(a: str, b: str) -> str | None:
    if a == ANY:
        return b
    return a if b in (ANY, a) else None


def _meet_sets(a: frozenset[str], b: frozenset[str]) -> frozenset[str]:
    if ANY in a:
        return b
    return a if ANY in b else a & b


def intersect(a: ScopeRow, b: ScopeRow) -> ScopeRow | None:
    """Return what both rows allow, or ``None`` when they share nothing."""
    activity, competence, standard = (
        _meet(a.activity, b.activity),
        _meet(a.competence, b.competence),
        _meet(a.standard, b.standard),
    )
    editions, iaf, countries = (
        _meet_sets(a.editions, b.editions),
        _meet_sets(a.iaf, b.iaf),
        _meet_sets(a.countries, b.countries),
    )
    if activity is None or competence is None or standard is None or not (editions and iaf and countries):
        return None
    starts = [day for day in (a.valid_from, b.valid_from) if day]
    ends = [day for day in (a.valid_until, b.valid_until) if day]
    start, end = max(starts, default=None), min(ends, default=None)
    if start and end and start > end:
        return None
    return ScopeRow(activity, competence, standard, editions, iaf, countries, start, end, row=a.row or b.row)


def effective_scope(*, rows: Iterable[ScopeRow], parent: Iterable[ScopeRow]) -> tuple[ScopeRow, ...]:
    """Return the rows that remain when each is cut down to what the parent allows."""
    parents = tuple(parent)
    met = (intersect(row, above) for row in rows for above in parents)
    return tuple(row for row in met if row is not None)


def _atoms(claim: ScopeRow) -> Iterable[ScopeRow]:
    """Split a claim into single combinations, so that several rows together may cover it."""
    dimensions = (claim.editions or {""}, claim.iaf or {""}, claim.countries or {""})
    for edition, iaf, country in product(*(sorted(values) for values in dimensions)):
        yield replace(
            claim,
            editions=frozenset({edition} - {""}),
            iaf=frozenset({iaf} - {""}),
            countries=frozenset({country} - {""}),
        )


def _combinations(claim: ScopeRow) -> int:
    return max(1, len(claim.editions)) * max(1, len(claim.iaf)) * max(1, len(claim.countries))


def _blank(claim: ScopeRow) -> bool:
    """Tell whether an empty text stands among the values, which as a combination means that nothing is stated."""
    return "" in claim.editions or "" in claim.iaf or "" in claim.countries


def _unstated(claim: ScopeRow, row: ScopeRow) -> tuple[Dimension, ...]:
    pairs = (
        (Dimension.EDITION, claim.editions, row.editions),
        (Dimension.IAF, claim.iaf, row.iaf),
        (Dimension.COUNTRY, claim.countries, row.countries),
    )
    return tuple(name for name, asked, allowed in pairs if not asked and ANY not in allowed)


def evaluate_scope(*, claims: Sequence[ScopeRow], scope: Sequence[ScopeRow], on: dt.date) -> ScopeResult:
    """Tell whether a scope covers every combination that the claims make on a date.

    A claim without any row is *not stated*: a certificate that says nothing about its scope proves nothing about it.
    """
    if not claims:
        return ScopeResult(Containment.NOT_STATED)
    gaps: list[ScopeGap] = []
    used: set[str] = set()
    work = 0
    for claim in claims:
        whole = _gap(claim, scope, on)
        if isinstance(whole, str):
            used.add(whole)
            continue
        work += _combinations(claim) * max(1, len(scope))
        if work > MAX_COMPARISONS:
            return ScopeResult(Containment.NOT_STATED, (whole,))
        for atom in _atoms(claim):
            gap = _gap(atom, scope, on)
            if isinstance(gap, str):
                used.add(gap)
            elif len(gaps) < MAX_GAPS:
                gaps.append(gap)
    kinds = {gap.containment for gap in gaps}
    if Containment.EXCEEDED in kinds:
        return ScopeResult(Containment.EXCEEDED, tuple(gaps), tuple(sorted(used)))
    return ScopeResult(Containment.NOT_STATED if kinds else Containment.COVERED, tuple(gaps), tuple(sorted(used)))


def containment(*, claims: Sequence[ScopeRow], scope: Sequence[ScopeRow], on: dt.date) -> Containment:
    """What `evaluate_scope` answers, without the gaps.

    One claim against one row fails as a whole exactly when one of its combinations does, and in the same way.
    """
    if len(claims) == len(scope) == 1 and _combinations(claims[0]) <= MAX_COMPARISONS and not _blank(claims[0]):
        whole = _gap(claims[0], scope, on)
        return Containment.COVERED if isinstance(whole, str) else whole.containment
    return evaluate_scope(claims=claims, scope=scope, on=on).containment


def _gap(atom: ScopeRow, scope: Sequence[ScopeRow], on: dt.date) -> ScopeGap | str:
    nearest: tuple[tuple[Dimension, ...], ScopeRow] | None = None
    vague: ScopeGap | None = None
    for row in scope:
        failing = failing_dimensions(outer=row, inner=atom, on=on)
        if not failing:
            unstated = _unstated(atom, row)
            if not unstated:
                return row.row
            vague = vague or ScopeGap(atom, row.row, unstated, row, Containment.NOT_STATED)
        elif nearest is None or len(failing) < len(nearest[0]):
            nearest = (failing, row)
    if vague:
        return vague
    if nearest is None:
        return ScopeGap(atom, "", (), None)
    return ScopeGap(atom, nearest[1].row, nearest[0], nearest[1])


def _listed(values: frozenset[str]) -> str:
    if not values:
        return "nothing stated"
    return "all" if ANY in values else ", ".join(sorted(values, key=lambda code: (len(code), code)))


def _compare(claim: ScopeRow, row: ScopeRow, dimension: Dimension) -> str:
    match dimension:
        case Dimension.EDITION:
            asked, allowed = _listed(claim.editions), _listed(row.editions)
        case Dimension.IAF:
            asked, allowed = _listed(claim.iaf), _listed(row.iaf)
        case Dimension.COUNTRY:
            asked, allowed = _listed(claim.countries), _listed(row.countries)
        case Dimension.DATE:
            start = row.valid_from.isoformat() if row.valid_from else "the beginning"
            end = row.valid_until.isoformat() if row.valid_until else "further notice"
            return f"{dimension}: the row holds from {start} until {end}"
        case _:
            field = {"activity": "activity", "competence standard": "competence", "standard": "standard"}[dimension]
            asked, allowed = getattr(claim, field), getattr(row, field)
    return f"{dimension}: the claim is {asked}, the row allows {allowed}"
