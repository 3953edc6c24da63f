"""Competence of a body's people, and ties with clients that its impartiality has to reckon with (5.2, 7.1, 7.2)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assaymark import catalogue
from assaymark.core.competence import RelationKind, TeamRole
from assaymark.core.programme import add_years
from assaymark.core.refusal import Refused
from assaymark.records.assessments import actions, queries
from assaymark.records.parties.queries import organisation_by_slug
from assaymark.web.certification.codes import given, sector_words
from assaymark.web.certification.forms import CompetenceForm, RelationForm
from assaymark.web.page import OrganisationRequest, page


def _form_or_none(request: OrganisationRequest, form: type[Any]) -> Any:
    """The form of this page, for those who may fill it in."""
    return form(given(request)) if request.actor.may("assessments.plan") else None


@page("assessments.read")
@require_safe
def competence(request: OrganisationRequest) -> HttpResponseBase:
    """Who was found able to do what."""
    context = {"rows": _evaluated(), "form": _form_or_none(request, CompetenceForm), "section": "competence"}
    return render(request, "certification/competence.html", context | _given(request))


def _evaluated() -> list[Any]:
    day = timezone.localdate()
    rows: list[Any] = list(queries.competences())
    for row in rows:
        row.words = sector_words(row.sectors)
        row.standard_words = queries.standard_name(row.standard)
        row.over = row.until is not None and row.until < day
    return rows


def _given(request: OrganisationRequest) -> dict[str, Any]:
    return {"may": request.actor.may("assessments.plan"), "codes": catalogue.sectors()}


@page("assessments.plan")
@require_POST
def record_competence(request: OrganisationRequest) -> HttpResponseBase:
    """Record an evaluation."""
    form = CompetenceForm(request.POST)
    refusals: Any = ()
    if form.is_valid():
        data = dict(form.cleaned_data)
        person, role = UUID(data.pop("person")), TeamRole(data.pop("role"))
        try:
            actions.record_competence(person_id=person, role=role, by=request.actor, at=timezone.now(), **data)
            return redirect("assessments:competence", organisation=request.actor.organisation_slug)
        except Refused as refused:
            refusals = refused.refusals
    context = {"rows": _evaluated(), "form": form, "refusals": refusals, "section": "competence"}
    status = 409 if refusals else 422
    return render(request, "certification/competence.html", context | _given(request), status=status)


def _ties(day: date) -> list[Any]:
    """Ties with the day from which each no longer counts: the years of IMP-5 after its end."""
    years = queries.rules_for("certification", on=day)["IMP-5"].number("years")
    rows: list[Any] = list(queries.relations())
    for row in rows:
        row.free = add_years(row.until, years) if row.until else None
        row.counts = row.free is None or day < row.free
    return rows


@page("assessments.read")
@require_safe
def impartiality(request: OrganisationRequest) -> HttpResponseBase:
    """Ties of people and of the body itself with clients."""
    context = {
        "rows": _ties(timezone.localdate()),
        "form": _form_or_none(request, RelationForm),
        "section": "impartiality",
    }
    return render(request, "certification/impartiality.html", context | _given(request))


@page("assessments.plan")
@require_POST
def record_relation(request: OrganisationRequest) -> HttpResponseBase:
    """Record a tie."""
    form = RelationForm(request.POST)
    if form.is_valid():
        data = dict(form.cleaned_data)
        client, person = organisation_by_slug(data.pop("client").strip()), data.pop("person")
        if client is not None:
            data |= {"kind": RelationKind(data["kind"]), "person_id": UUID(person) if person else None}
            actions.record_relation(client_id=client.pk, by=request.actor, at=timezone.now(), **data)
            return redirect("assessments:impartiality", organisation=request.actor.organisation_slug)
        form.add_error("client", "There is no organisation with this short name here.")
    context = {"rows": _ties(timezone.localdate()), "form": form, "section": "impartiality"}
    return render(request, "certification/impartiality.html", context | _given(request), status=422)


@page("assessments.plan")
@require_POST
def end_relation(request: OrganisationRequest, relation_id: UUID) -> HttpResponseBase:
    """Say that a tie ended today."""
    now = timezone.now()
    actions.end_relation(relation_id=relation_id, until=timezone.localdate(), by=request.actor, at=now)
    return redirect("assessments:impartiality", organisation=request.actor.organisation_slug)
