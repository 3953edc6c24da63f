"""What the register tells about a body's certificates that calls for a question: public facts of all its sources.

Rules that hold here
* A body is itself in this installation's register, and in others by its name; never by a name that is merely like it.
  Who bears a name proves nothing by it, so of other registers only what is public is looked at.
* Only what may be suspicious is read: the database picks candidates, `core.suspicion` decides.
* Rows that a reading kept aside because their number stood twice are read again as the mapping says: the register named
  both holders, and neither is listed.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import orjson
from django.db.models import Count, F, Q, QuerySet

from assaymark.core import register as core
from assaymark.core.certificate_lint import ended_marks
from assaymark.core.suspicion import Case, Evidence
from assaymark.formats.register_mapping import read_mapping, rows
from assaymark.formats.register_snapshot import Record, SnapshotError
from assaymark.records.register.models import (
    Intake,
    Listing,
    ListingVersion,
    Party,
    PartyName,
    Quarantined,
    SectorOf,
    Source,
)

T = TypeVar("T")
OWN, OWN_NAME = "own", "this register"
PIECE = 500
# A body with more candidates than that is looked at in part; the newest listings count.
MOST = 5_000


def parties_of(*, slug: str, name: str) -> list[int]:
    """A body of this installation as the sources name it: here by its short name, elsewhere by its name."""
    key = core.name_key(name)
    by_name = PartyName.objects.filter(key=key).values("party_id") if key else PartyName.objects.none().values("id")
    found = Party.objects.filter(role=Party.BODY).filter(
        Q(source__key=OWN, identity=f"id:{slug}") | (~Q(source__key=OWN) & Q(pk__in=by_name))
    )
    return list(found.order_by("pk").values_list("pk", flat=True))


def sharing_numbers(*, parties: Sequence[int], body: str, but_own: bool) -> list[Case]:
    """Listings whose number this body's listings give to more than one name, and rows kept aside for that reason.

    but_own   leave out what this installation lists: whose own records are looked at has them already
    """
    shown = Q(public=True) | Q(source__key=OWN) if but_own else Q(public=True)
    listed = Listing.objects.filter(shown, body_id__in=parties).exclude(number_key="")
    named = listed.filter(holder__names__kind="current").values("number_key")
    several = named.annotate(names=Count("holder__names__key", distinct=True)).filter(names__gt=1)
    keys = list(several.order_by("number_key").values_list("number_key", flat=True)[:MOST])
    found: list[Listing] = []
    for piece in _pieces(keys):
        found += listed.filter(number_key__in=piece).select_related("holder", "source").order_by("pk")
    wanted = [row for row in found if not (but_own and row.source.key == OWN)]
    return [*_cases(wanted, body=body), *_aside(body)]


def outside_and_ended(
    *,
    parties: Sequence[int],
    body: str,
    accreditor: str,
    covered: frozenset[str],
    allowed_on: Callable[[dt.date], frozenset[str] | None],
) -> list[Case]:
    """Public listings with a code that is not covered throughout, or under a mark that has ended.

    accreditor   listings that name another accreditation body are not held against this one's scope
    covered      codes that every accreditation of the body ever covered; they need no look
    allowed_on   gives the codes that the accreditation covers on a day; None when there was none, or it covers all
    """
    public = Listing.objects.filter(body_id__in=parties, public=True, listed_until=None)
    strange = SectorOf.objects.filter(listing_id__in=public.values("pk")).exclude(code__in=covered)
    ids = set(strange.order_by("-listing_id").values_list("listing_id", flat=True).distinct()[:MOST])
    marks = _ended(public)
    ids |= set(marks)
    found = []
    key = core.name_key(accreditor)
    for case in _cases(_listings(ids), body=body):
        mark = marks.get(int(case.record[0].key), "")
        named = core.name_key(case.accreditation)
        allowed = allowed_on(case.decided_on) if case.decided_on and named == key else None
        found.append(replace(case, allowed_codes=allowed, accreditation=mark))
    return found


def _ended(public: QuerySet[Listing]) -> dict[int, str]:
    """Listing to the accreditation body that its newest version names, where that no longer exists."""
    versions = ListingVersion.objects.filter(listing__in=public, seq=F("listing__seq"))
    bodies = versions.values_list("values__accreditation_body", flat=True).order_by().distinct()
    ended = [str(name) for name in bodies if name and ended_marks(str(name))]
    held = versions.filter(values__accreditation_body__in=ended).order_by("-listing_id") if ended else versions.none()
    return {pk: str(name) for pk, name in held.values_list("listing_id", "values__accreditation_body")[:MOST]}


def _listings(ids: Iterable[int]) -> Iterator[Listing]:
    for piece in _pieces(sorted(ids)):
        yield from Listing.objects.filter(pk__in=piece).select_related("holder", "source").order_by("pk")


def _cases(listings: Iterable[Listing], *, body: str) -> Iterator[Case]:
    """Each listing as a case; `decided_on` is its day of issue, `accreditation` the body that its source names."""
    held = list(listings)
    for piece in _pieces(held):
        ids = [row.pk for row in piece]
        codes: dict[int, set[str]] = defaultdict(set)
        for listing_id, code in SectorOf.objects.filter(listing_id__in=ids).values_list("listing_id", "code"):
            codes[listing_id].add(code)
        newest = ListingVersion.objects.filter(listing_id__in=ids, seq=F("listing__seq"))
        above = dict(newest.values_list("listing_id", "values__accreditation_body"))
        other: dict[int, list[str]] = defaultdict(list)
        names = PartyName.objects.filter(party_id__in=[row.holder_id for row in piece]).exclude(kind="current")
        for party_id, name in names.values_list("party_id", "name"):
            other[party_id].append(name)
        for row in piece:
            yield Case(
                key=f"listing:{row.source.key}:{row.identity}",
                number=row.number,
                holder=row.holder.name,
                body=body,
                decided_on=row.issued,
                codes=frozenset(codes[row.pk]),
                accreditation=str(above.get(row.pk) or ""),
                other_names=tuple(other[row.holder_id]),
                source="" if row.source.key == OWN else row.source.name,
                record=(Evidence("listing", str(row.pk), OWN_NAME if row.source.key == OWN else row.source.name),),
            )


def _aside(body: str) -> Iterator[Case]:
    """Public rows of the newest reading of each register that were kept aside because their number stood twice."""
    key = core.name_key(body)
    for source in Source.objects.exclude(key=OWN):
        newest = Intake.objects.filter(source=source).order_by("-pk").first()
        kept = [q for q in Quarantined.objects.filter(intake=newest)[:MOST] if _twice(q)] if newest else []
        try:
            mapping = read_mapping(orjson.dumps(source.mapping.get("mapping") or {}))
            read = list(rows((Record(q.line, q.raw) for q in kept), mapping))
        except SnapshotError:
            continue
        for row in read:
            for entry in row.entries:
                if entry.visibility == "public" and core.name_key(entry.body or entry.body_id) == key:
                    yield Case(
                        key=f"aside:{source.key}:{core.number_key(entry.number)}:{core.name_key(entry.holder)}"[:300],
                        number=entry.number,
                        holder=entry.holder,
                        body=body,
                        other_names=entry.other_names,
                        source=source.name,
                        record=(Evidence("aside", str(row.line), f"{source.name}, row {row.line}, kept aside"),),
                    )


def _twice(row: Quarantined) -> bool:
    """Whether it was kept aside for its number alone."""
    return [reason.get("field") for reason in row.reasons] == ["number"]


def _pieces(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[start : start + PIECE] for start in range(0, len(values), PIECE))
