"""Clients of a body: who holds what, what is due next, and one client with everything the body knows of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from assaymark.core.assessment import State
from assaymark.core.programme import Cycle
from assaymark.core.rules import Kind
from assaymark.records.assessments import queries
from assaymark.records.assessments.dossier import Dossier, dossier
from assaymark.records.assessments.queries import KINDS, Client
from assaymark.web.assessments.record_page import SIGNS
from assaymark.web.drawing import Row, Span, gantt, status_line
from assaymark.web.page import OrganisationRequest, page

SHOWN_IN_PICTURE = 40
SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Line:
    """A client's standing for one kind and standard, in words and signs."""

    about: Client
    kind: Kind
    standard: str
    word: str
    sign: str
    late: bool = False
    soon: bool = False
    line: SafeString | str = ""
    source: UUID | None = None


def _standing(cycle: Cycle | None, *, kind: Kind, day: date) -> tuple[str, str]:
    """The word and the sign of what a client holds."""
    if cycle is None:
        return f"not {kind.word} yet", "planned"
    if cycle.withdrawn_on is not None:
        return "withdrawn", "withdrawn"
    if cycle.expired_on(day):
        return "expired", "expired"
    return ("suspended", "suspended") if cycle.suspended_since else (kind.word, "valid")


def line_of(about: Client, *, day: date, source: UUID | None = None) -> Line:
    """The client's standing on a day."""
    kind = KINDS[about.kind]
    word, sign = _standing(about.cycle, kind=kind, day=day)
    due = about.due
    return Line(
        about=about,
        kind=kind,
        standard=queries.standard_name(about.standard),
        word=word[:1].upper() + word[1:],
        sign=sign,
        late=due is not None and due < day,
        soon=due is not None and day <= due <= day + SOON,
        source=source,
    )


@page("assessments.read")
@require_safe
def listed(request: OrganisationRequest) -> HttpResponseBase:
    """Every client with what it holds, when it ends, and by when the next surveillance has to be carried out."""
    day = timezone.localdate()
    lines = [line_of(about, day=day) for about in queries.clients(day=day)]
    lines.sort(key=lambda line: (line.about.due or date.max, line.about.name))
    words = request.GET.get("q", "")[:100].casefold()
    shown = [line for line in lines if words in line.about.name.casefold()]
    context = {
        "lines": shown,
        "words": request.GET.get("q", "")[:100],
        "total": len({line.about.client_id for line in lines}),
        "late": sum(line.late for line in lines),
        "picture": _years(shown, day=day, slug=request.actor.organisation_slug),
        "section": "clients",
    }
    return render(request, "certification/clients.html", context)


def _years(lines: Sequence[Line], *, day: date, slug: str) -> SafeString | str:
    """Cycles of the clients as spans, the next surveillance as a mark of its own."""
    rows = []
    for line in [line for line in lines if line.about.cycle][:SHOWN_IN_PICTURE]:
        cycle = line.about.cycle
        assert cycle is not None
        tone = {"valid": "good", "suspended": "attention"}.get(line.sign, "neutral")
        end = cycle.withdrawn_on or cycle.expires or day + timedelta(days=365)
        spans = [Span(cycle.began, max(end, cycle.began), tone)]
        if line.about.due:
            spans.append(Span(line.about.due - timedelta(days=14), line.about.due, "bad" if line.late else "accent"))
        rows.append(
            Row(line.about.name, tuple(spans), reverse("assessments:client", args=[slug, line.about.client_id]))
        )
    if not rows:
        return ""
    title = "Cycles of the clients and their next surveillance"
    start, end = date(day.year - 1, 1, 1), date(day.year + 2, 12, 31)
    return gantt(rows, title=title, start=start, end=end, today=day)


@page("assessments.read")
@require_safe
def record(request: OrganisationRequest, client_id: UUID) -> HttpResponseBase:
    """One client: what it holds and its cycle, assessments, decisions, ties that count against impartiality."""
    day = timezone.localdate()
    found = dossier(client_id=client_id, day=day)
    for row in found.assessments:
        row.sign = SIGNS[State(row.state)]  # type: ignore[attr-defined]
    lines = [
        Line(**{**_fields(line_of(about, day=day, source=_source(found, about))), "line": _life(found, about, day=day)})
        for about in found.standing
    ]
    context = {"found": found, "client": found.client, "lines": lines, "section": "clients"}
    return render(request, "certification/client.html", context)


def _fields(line: Line) -> dict[str, Any]:
    return {name: getattr(line, name) for name in Line.__slots__}


def _source(found: Dossier, about: Client) -> UUID | None:
    """The accepted application that further assessments rest on."""
    for row in found.applications:
        if (row.kind, row.standard, row.state) == (about.kind, about.standard, "accepted"):
            return row.pk
    return None


def _life(found: Dossier, about: Client, *, day: date) -> SafeString | str:
    """The cycle as a line with decisions, carried out and planned audits, and what is due."""
    cycle = about.cycle
    if cycle is None:
        return ""
    end = cycle.expires or max(day, cycle.began) + timedelta(days=3 * 365)
    marks = [(d.effective_from, d.get_kind_display()) for d in found.decisions if _about(d, about, since=cycle.began)]
    if about.due and about.due <= end:
        marks.append((about.due, "surveillance due"))
    if cycle.expires:
        marks.append((cycle.expires, "expires"))
    return status_line(_spans(cycle, end), title="Cycle", start=cycle.began, end=end, today=day, marks=marks)


def _about(decision: Any, about: Client, *, since: date) -> bool:
    same = (decision.assessment_kind, decision.standard) == (about.kind, about.standard)
    return same and decision.effective_from >= since


def _spans(cycle: Cycle, end: date) -> list[Span]:
    stop = cycle.withdrawn_on or end
    if cycle.suspended_since is None:
        return [Span(cycle.began, stop, "good", "in force")]
    spans = [Span(cycle.began, cycle.suspended_since, "good", "in force")]
    return [*spans, Span(cycle.suspended_since, stop, "attention", "suspended")]
