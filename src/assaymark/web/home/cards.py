"""The three cards on top of every home: my work, what is new, what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.urls import NoReverseMatch, reverse

from assaymark.core.parties import Actor
from assaymark.core.readiness.facts import NextDate, Record
from assaymark.core.work import Due, WorkList
from assaymark.records.journal import queries as journal
from assaymark.web import dates
from assaymark.web.home.looked import Looks
from assaymark.web.journal.lines import words_of
from assaymark.web.readiness import lines

SHOWN = 4


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a card. late: whether `when` is in red."""

    words: str
    when: str
    address: str = ""
    late: bool = False


def work(found: WorkList, *, slug: str, day: date) -> list[Item]:
    """What I have to do, the most urgent first."""
    first = [*found.late, *found.soon, *found.undated, *found.later][:SHOWN]
    return [
        Item(f"{d.what}: {d.label}", _when(d.on, day), _address(d, slug), bool(d.days_late(day=day))) for d in first
    ]


def news(*, looked: Looks, actor: Actor) -> list[Item]:
    """What others changed since the last look."""
    if not actor.may("journal.read"):
        return []
    entries = journal.news(since=looked.since, but=actor.person_id, limit=SHOWN)
    return [
        Item(
            f"{e.subject_label}: {words_of(e.verb).lower()}",
            _short(e.at.date(), looked.this.date()),
            lines.address(Record(e.subject_kind, e.subject_id, ""), slug=actor.organisation_slug),
        )
        for e in entries
    ]


def coming(found: Iterable[NextDate], *, slug: str, day: date) -> list[Item]:
    """The next dates, those that passed first."""
    first = sorted(found, key=lambda d: (d.on, d.what))[:SHOWN]
    return [Item(d.what, _when(d.on, day), lines.address(d.record, slug=slug), d.on < day) for d in first]


def next_sentence(found: Iterable[NextDate], *, day: date) -> str:
    """ "surveillance audit by Northfield on 14 Jan 2027, in 7 weeks"."""
    first = min((d for d in found if d.on >= day), key=lambda d: d.on, default=None)
    if first is None:
        return ""
    return f"{first.what}, {dates.day(first.on)}, {dates.lateness(first.on, today=day)}."


def _when(on: date | None, day: date) -> str:
    if on is None:
        return "waiting"
    if on < day:
        return dates.lateness(on, today=day)
    return f"{on.day} {on:%b}" if (on - day).days < 300 else f"{on.day} {on:%b} {on.year}"


def _short(on: date, today: date) -> str:
    days = (today - on).days
    if days <= 0:
        return "today"
    return f"{on:%a}" if days < 7 else f"{on.day} {on:%b}"


def _address(item: Due, slug: str) -> str:
    try:
        return reverse(item.page, kwargs={"organisation": slug, **item.arguments})
    except NoReverseMatch:
        return ""
