"""The checklist on a tablet or a phone: one thumb, one line at a time; works without scripts too.

A judgement saves itself. With scripts the line alone is exchanged; without, the page comes back at the line.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from assaymark.core.assessment import JUDGEMENT_NAMES, Judgement, State
from assaymark.core.competence import TeamRole, reasons_not_to_judge
from assaymark.core.findings import Grade
from assaymark.core.parties import Actor
from assaymark.core.refusal import Refusal, Refused
from assaymark.records.assessments import actions, queries
from assaymark.records.assessments.queries import ChecklistLine
from assaymark.web.assessments.forms import RaiseForm
from assaymark.web.page import OrganisationRequest, page

SHOWN = {"": "All", "open": "Open", "nonconform": "Not conforming"}
ICONS = {
    Judgement.CONFORM: "check",
    Judgement.NONCONFORM: "x",
    Judgement.OBSERVATION: "eye",
    Judgement.NOT_APPLICABLE: "minus",
}
BUTTONS = [(judgement.value, JUDGEMENT_NAMES[judgement], ICONS[judgement]) for judgement in Judgement]


@page("assessments.perform")
def checklist(request: OrganisationRequest, assessment_id: UUID) -> HttpResponseBase:
    """The lines by clause; POST adds those of the chosen clauses."""
    found = queries.record(assessment_id=assessment_id)
    if request.method == "POST":
        chosen = request.POST.getlist("clause")[:100]
        actions.make_checklist(assessment_id=assessment_id, clauses=chosen, by=request.actor, at=timezone.now())
        return redirect(request.path)
    every = list(queries.checklist(assessment_id=assessment_id))
    show = request.GET.get("show", "")
    clauses = [c for c in found.row.edition.clauses if c.number.count(".") <= 1]
    context = {
        "row": found.row,
        "section": "audits",
        "lines": [line for line in every if _shown(line, show)],
        "shown": [(key, word, sum(_shown(line, key) for line in every)) for key, word in SHOWN.items()],
        "show": show,
        "judged": sum(bool(line.judgement) for line in every),
        "total": len(every),
        "clauses": clauses,
        **_editing(found.row.state, in_team=_judges(found, request.actor)),
    }
    return render(request, "assessments/checklist.html", context)


def _judges(found: queries.Record, actor: Actor) -> bool:
    """Whether the actor is one of the team's auditors."""
    return not reasons_not_to_judge(TeamRole(m.role) for m in found.team if m.person_id == actor.person_id)


def _editing(state: str, *, in_team: bool = True) -> dict[str, Any]:
    return {
        "buttons": BUTTONS,
        "in_team": in_team,
        "may_judge": state == State.STARTED and in_team,
        "may_add": state in {State.PLANNED, State.AGREED, State.STARTED},
    }


def _shown(line: ChecklistLine, show: str) -> bool:
    if show == "open":
        return not line.judgement
    return line.judgement == show if show else True


@page("assessments.perform")
def judge(request: OrganisationRequest, line_id: UUID) -> HttpResponseBase:
    """Judge a line. GET shows the line alone."""
    line = queries.line(line_id=line_id)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST":
        given = request.POST.get("judgement", "")
        try:
            actions.judge(
                line_id=line_id,
                judgement=Judgement(given) if given in list(Judgement) else None,
                note=request.POST.get("note", "")[:10_000],
                evidence=request.POST.get("evidence", "")[:1000],
                by=request.actor,
                at=timezone.now(),
            )
        except Refused as refused:
            refusals = refused.refusals
    return _answer(request, line_id, line, refusals)


def _answer(request: OrganisationRequest, line_id: UUID, line: ChecklistLine, refusals: Any) -> HttpResponseBase:
    """The line alone for a script; the whole checklist at the line without one."""
    if not getattr(request, "htmx", False) and not refusals:
        address = reverse("assessments:checklist", args=[request.actor.organisation_slug, line.assessment_id])
        return redirect(f"{address}#line-{line_id}")
    fresh = queries.line(line_id=line_id)
    context = {"line": fresh, "row": fresh.assessment, "refusals": refusals, **_editing(fresh.assessment.state)}
    name = "assessments/line.html" if request.htmx else "assessments/line_page.html"
    return render(request, name, context, status=409 if refusals and not request.htmx else 200)


@page("assessments.perform")
def raise_finding(request: OrganisationRequest, line_id: UUID) -> HttpResponseBase:
    """Raise a finding from a line: one click with what the line says, or a form for the rest (GET)."""
    line = queries.line(line_id=line_id)
    initial = {"note": line.note, "evidence": line.evidence}
    form = RaiseForm({"grade": "minor", **request.POST.dict()} if request.method == "POST" else None, initial=initial)
    refusals: Any = ()
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.raise_from_line(
                line_id=line_id,
                grade=Grade(data["grade"]),
                title=data["title"],
                happened=data["note"],
                evidence=data["evidence"],
                by=request.actor,
                at=timezone.now(),
            )
        except Refused as refused:
            refusals = refused.refusals
        return _answer(request, line_id, line, refusals)
    context = {"form": form, "line": line, "row": line.assessment, "section": "audits"}
    return render(request, "assessments/raise.html", context, status=422 if form.errors else 200)
