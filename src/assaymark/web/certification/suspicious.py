"""Suspicious patterns: facts of certificates that call for a question, and what was said of each.

A body sees its own certificates; an accreditation body also what the bodies that it accredited publish. Reading is for
everybody in the house; who reviews may put a pattern aside with an explanation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assaymark.core import suspicion as core
from assaymark.core.parties import Actor
from assaymark.core.refusal import Refused
from assaymark.core.suspicion import PATTERN_NAMES, Evidence, Pattern
from assaymark.records.assessments import actions, suspicion_table
from assaymark.records.assessments.suspicion import Found, find, found
from assaymark.web import drawing
from assaymark.web.certification.codes import area
from assaymark.web.downloads import known, table_file
from assaymark.web.page import OrganisationRequest, page

ROWS = 50
VIEWS = {"open": "Open", "aside": "Put aside", "all": "All"}
WRITERS = {"csv": suspicion_table.export_csv, "xlsx": suspicion_table.export_xlsx}
_PAGES = {"certificate": "attestations:record", "audit": "assessments:record", "decision": "assessments:decision"}


class ReasonForm(forms.Form):
    """What somebody says of a pattern."""

    reason = area("Because", "It stays, with your name and the day.", required=True)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is to show."""

    view: str
    pattern: str
    body: str
    text: str

    @classmethod
    def of(cls, given: QueryDict) -> Asked:
        """As the address says it; what is unknown is left out."""
        view, pattern = given.get("view", ""), given.get("pattern", "")
        return cls(
            view if view in VIEWS else "open",
            pattern if pattern in set(Pattern) else "",
            given.get("body", "")[:300],
            given.get("q", "").strip()[:100],
        )

    @property
    def filtered(self) -> bool:
        """Whether anything beside the view narrows the list."""
        return bool(self.pattern or self.body or self.text)

    def among(self, everything: Sequence[Found]) -> list[Found]:
        """Those of them, by pattern in the order of their names in the core, and by number."""
        words = self.text.casefold()
        kept = [
            one
            for one in everything
            if self.view in {"all", "aside" if one.aside else "open"}
            and self.pattern in {"", one.suspicion.pattern}
            and self.body in {"", one.suspicion.body}
            and words in f"{one.suspicion.number} {one.suspicion.holder} {one.suspicion.facts}".casefold()
        ]
        order = list(Pattern)
        return sorted(kept, key=lambda one: (order.index(one.suspicion.pattern), one.suspicion.body))


@page("assessments.read")
@require_safe
def listed(request: OrganisationRequest) -> HttpResponseBase:
    """By pattern, with counts drawn; views as tabs, filters."""
    everything, asked = found(), Asked.of(request.GET)
    page_obj = Paginator(asked.among(everything), ROWS).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    bodies = sorted({one.suspicion.body for one in everything})
    context = {
        "asked": asked,
        "tabs": [(view, title, _count(everything, view)) for view, title in VIEWS.items()],
        "page_obj": page_obj,
        "rows": [_shown(one, request.actor) for one in page_obj],
        "bodies": bodies if len(bodies) > 1 else [],
        "query": query.urlencode(),
        "total": len(everything),
        "section": "suspicious",
    }
    return render(request, "certification/suspicious.html", context | _counts(everything))


def _count(everything: Sequence[Found], view: str) -> int:
    return sum(view in {"all", "aside" if one.aside else "open"} for one in everything)


def _counts(everything: Sequence[Found]) -> dict[str, Any]:
    """Open ones by pattern, drawn; every pattern that is looked for is there."""
    counts = Counter(one.suspicion.pattern for one in everything if not one.aside)
    picture = drawing.counts([(PATTERN_NAMES[p], counts[p]) for p in Pattern], title="Open, by pattern")
    return {"patterns": [(p.value, PATTERN_NAMES[p]) for p in Pattern], "picture": picture}


def _shown(one: Found, actor: Actor) -> dict[str, Any]:
    """A pattern as the page shows it."""
    return {
        "found": one,
        "suspicion": one.suspicion,
        "name": PATTERN_NAMES[one.suspicion.pattern],
        "records": [(_name(evidence, one), _address(evidence, actor)) for evidence in one.suspicion.evidence],
        "short": all(evidence.kind in _PAGES for evidence in one.suspicion.evidence),
        "said": one.said[-1] if one.said else None,
    }


def _name(evidence: Evidence, one: Found) -> str:
    """What the record is and its number, where that does not stand beside it."""
    words = {"certificate": "Certificate", "audit": "Audit", "decision": "Decision", "listing": "Entry in"}
    shown = "" if evidence.kind == "certificate" and evidence.name == one.suspicion.number else evidence.name
    return f"{words.get(evidence.kind, '')} {shown}".strip()


def _address(evidence: Evidence, actor: Actor) -> str:
    """Where the record is looked at; a row that a register's reading kept aside has no page."""
    if evidence.kind == "listing":
        return reverse("listing", args=[evidence.key])
    return (
        reverse(_PAGES[evidence.kind], args=[actor.organisation_slug, evidence.key]) if evidence.kind in _PAGES else ""
    )


@page("assessments.read")
@require_safe
def export(request: OrganisationRequest, kind: str) -> HttpResponseBase:
    """What the list shows, all pages of it, as a table."""
    write = WRITERS[known(kind)]
    name = f"{request.actor.organisation_slug}-suspicious-{timezone.localdate():%Y-%m-%d}.{kind}"
    return table_file(write(found=Asked.of(request.GET).among(found())), name=name)


@page("assessments.read")
@require_safe
def record(request: OrganisationRequest, digest: str) -> HttpResponseBase:
    """One pattern: its facts, the records behind it, what was said."""
    return _record(request, find(digest=digest), ReasonForm(), status=200)


@page("assessments.review")
@require_POST
def explain(request: OrganisationRequest, digest: str) -> HttpResponseBase:
    """Put it aside, or take it up again: whichever it is not."""
    one, form = find(digest=digest), ReasonForm(request.POST)
    if not form.is_valid():
        return _record(request, one, form, status=422)
    act = actions.take_up if one.aside else actions.put_aside
    try:
        act(digest=digest, reason=form.cleaned_data["reason"], by=request.actor, at=timezone.now())
    except Refused as refused:
        return _record(request, one, form, status=409, refusals=refused.refusals)
    return redirect("assessments:suspicion", request.actor.organisation_slug, digest)


def _record(
    request: OrganisationRequest, one: Found, form: ReasonForm, *, status: int, refusals: Any = ()
) -> HttpResponseBase:
    by = str(request.actor.person_id)
    if not refusals and not one.aside:
        refusals = core.reasons_not_to_put_aside(suspicion=one.suspicion, aside=False, by=by, reason="-")
    may = request.actor.may("assessments.review")
    context = _shown(one, request.actor) | {
        "form": form if may and not (refusals and status != 409) else None,
        "refusals": refusals if may else (),
        "section": "suspicious",
    }
    return render(request, "certification/suspicion.html", context, status=status)
