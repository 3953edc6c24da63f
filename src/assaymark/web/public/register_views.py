"""The public register by name, number and filter; the page of an entry with its history; bodies and holders.

What a foreign register lists is told as its word: without a signature nothing of it is called authentic.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assaymark.core.register import EventKind, Interval, ListingStatus, Version, version_on
from assaymark.records.attestations import queries as attestations
from assaymark.records.register import changes, queries
from assaymark.records.register.queries import Listing, Party
from assaymark.verify import Code
from assaymark.web.attestations.scope_words import sector_titles
from assaymark.web.drawing.spans import Span, status_line
from assaymark.web.limits import limited
from assaymark.web.page import public_page
from assaymark.web.public.forms import AsOfForm, RegisterForm

_TONES = {"valid": "good", "suspended": "attention"}
_QUESTIONS = ("Is it authentic?", "Is it in force?", "Accredited for this?", "Recognised?")


@require_safe
@limited("register", a_minute=600)
@public_page
def register(request: HttpRequest) -> HttpResponseBase:
    """Search: by name (with typing errors and old names), number, kind, country, standard, sector, status."""
    now, form = timezone.now(), RegisterForm(request.GET or None)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    text = str(asked.get("q", ""))
    page = queries.search(on=now.date(), **_filters(asked)) if any(asked.values()) else queries.Page(())
    bodies = [] if any(asked.values()) else attestations.public_bodies(text="")
    shown = {"form": form, "text": text, "page": page, "asked": any(asked.values())}
    shown["bodies"] = [(row, attestations.status_on(row, at=now)[0].value) for row in bodies]
    return render(request, "public/register.html", shown | {"sources": queries.sources(), "now": now})


def _filters(asked: dict[str, Any]) -> dict[str, Any]:
    names = ("kind", "country", "standard", "sector", "status", "after")
    return {"text": asked.get("q", ""), **{name: asked.get(name) or "" for name in names}}


@require_safe
@limited("register-entry", a_minute=60_000)
@public_page
def listing(request: HttpRequest, *, listing_id: int) -> HttpResponseBase:
    """An entry of a register: what it says, since when, and what it said before. Own certificates have their page."""
    row, now = queries.listing(listing_id=_possible(listing_id)), timezone.now()
    if row.source.key == "own":
        own = next((one for one in attestations.find_by_number(number=row.number) if one.pk.hex == row.identity), None)
        if own is None:
            raise Http404
        return redirect("attestation", issuer=own.organisation.slug, number=own.number)
    form = AsOfForm(request.GET or None)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    history = queries.history(row)
    said = [one.version for one in history]
    version = version_on(said, on=asked.get("on") or now.date(), known_at=_end(asked.get("known")))
    shown = _told(row, version, now) | {"history": history, "life": life(row, history, today=now.date())}
    return render(request, "public/listing.html", shown | {"form": form, "asked": asked, "now": now})


def _possible(number: int) -> int:
    """A number that a database can look up. Raises Http404 for others."""
    if number >= 2**62:
        raise Http404
    return number


def _end(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time(23, 59, 59), dt.UTC) if day else None


def _told(row: Listing, version: Version | None, now: dt.datetime) -> dict[str, Any]:
    values = dict(version.values) if version and row.public else {}
    return {
        "row": row,
        "said": values,
        "version": version,
        "status": queries.status_of(row, on=now.date()),
        "questions": _answers(row),
        "sectors": [f"{code} {sector_titles().get(code, '')}".strip() for code in values.get("iaf", ())],
        "coverage": _coverage(row.source_id, row.body_id, now.date()),
        "ended": _ended(row.body_id, now.date()),
    }


def _ended(body_id: int | None, on: dt.date) -> str:
    """That the body has ended and who answers for its certificates; kept for a minute like what is stated of it."""
    key = f"ended:{on}"
    found: dict[int, str] | None = cache.get(key)
    if found is None:
        found = changes.all_said_of_ends(on=on)
        cache.set(key, found, 60)
    return found.get(body_id or 0, "")


def _coverage(source_id: int, body_id: int | None, on: dt.date) -> list[str]:
    """What is stated of completeness; kept for a minute, because it is the same for all entries of a body."""
    key = f"coverage:{source_id}:{body_id}:{on}"
    found: list[str] | None = cache.get(key)
    if found is None:
        found = [one.statement for one in queries.coverage_of(source_id=source_id, body_id=body_id, on=on)]
        cache.set(key, found, 60)
    return found


def _answers(row: Listing) -> list[tuple[str, str, str]]:
    """(question, answer, why): what was verified when the entry was taken, or that nothing could be."""
    if not row.verdicts:
        why = f"This is the word of {row.source.name}; nothing signed is at hand."
        return [(question, "unknown", why) for question in _QUESTIONS]
    when = f"Verified on {row.checked_at:%-d %b %Y}." if row.checked_at else ""
    return [
        (question, answer, when if answer == "yes" else _WHY.get(str(row.verdict_code), when))
        for question, answer in zip(_QUESTIONS, row.verdicts.split(","), strict=False)
    ]


_WHY: dict[str, str] = {
    Code.SUSPENDED: "Suspended. It may be restored.",
    Code.WITHDRAWN: "Withdrawn.",
    Code.EXPIRED: "It has expired.",
    Code.NOT_YET_VALID: "It has not begun.",
    Code.OUT_OF_SCOPE: "It lies outside what its body is accredited for.",
    Code.UNACCREDITED: "No accreditation stands behind it.",
    Code.UNRECOGNISED: "Nobody in the trust list recognises the accreditation body.",
    Code.INVALID: "Its signature does not hold.",
}


def life(row: Listing, history: list[Interval], *, today: dt.date) -> Any:
    """The entry's valid time as a line: what the register said of each day."""
    if not history:
        return ""
    start = history[0].version.valid_from
    end = max(row.expires or today, today)
    spans, marks = [], [(start, "listed")]
    for one in history:
        if one.recorded_until is not None:
            continue  # replaced by a later record about the same day
        version, until = one.version, one.valid_until or end
        if version.tombstone:
            marks.append((version.valid_from, "listed until"))
            continue
        status = str(version.values.get("status", ""))
        words = "" if status == ListingStatus.VALID else status
        if version.valid_from <= today:
            spans.append(Span(version.valid_from, min(until, today), _TONES.get(status, "bad"), words))
    if row.expires and row.expires > today:
        marks.append((row.expires, ""))
    return status_line(
        spans, title=f"What is said of {row.number} over time", start=start, end=end, today=today, marks=marks
    )


_CALLED = {
    (Party.BODY, "certificate"): "Certification body",
    (Party.BODY, "accreditation"): "Accreditation body",
    (Party.BODY, "recognition"): "Arrangement that recognises accreditation bodies",
    (Party.HOLDER, "certificate"): "Holder of certificates",
    (Party.HOLDER, "accreditation"): "Accredited body",
    (Party.HOLDER, "recognition"): "Recognised accreditation body",
}


@require_safe
@limited("register-party", a_minute=6_000)
@public_page
def party(request: HttpRequest, *, party_id: int) -> HttpResponseBase:
    """A body or a holder: its names, its certificates, and what is stated of completeness."""
    row, now = queries.party(party_id=_possible(party_id)), timezone.now()
    after = request.GET.get("after", "")
    rows, following = queries.listings_of(row, after=int(after) if after.isdecimal() and len(after) < 16 else 0)
    body, other = row.role == Party.BODY, queries.counterpart(row)
    if not body and not rows:
        raise Http404  # whoever holds only what is not public is not named
    held, _ = queries.listings_of(other) if other else ([], 0)
    shown = {
        "party": row,
        "called": _CALLED.get((row.role, min(queries.kinds_of(row), default="")), ""),
        "other": other if held else None,
        "held": [(one, queries.status_of(one, on=now.date())) for one in held] if body else (),
        "events": changes.time_line(row) if body else (),
        "names": [name for name in row.names.all() if name.kind != "current"],
        "rows": [(one, queries.status_of(one, on=now.date())) for one in rows],
        "following": following,
        "counts": queries.statuses_of(row),
        "coverage": queries.coverage_of(source_id=row.source_id, body_id=row.pk, on=now.date()) if body else (),
    }
    return render(request, "public/party.html", shown | {"now": now, "delisted": EventKind.DELISTED})
