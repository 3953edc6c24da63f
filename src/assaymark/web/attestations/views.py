"""Pages of certificates, accreditations and recognitions inside an organisation: list, record, files, decisions."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assaymark.core.programme import DecisionKind
from assaymark.core.refusal import Refused
from assaymark.core.standing import STANDING
from assaymark.records.archive import queries as archive
from assaymark.records.assessments import actions as assessments
from assaymark.records.attestations import actions, export, queries
from assaymark.records.attestations.queries import Attestation
from assaymark.web.attestations import record_page
from assaymark.web.attestations.forms import DecideForm
from assaymark.web.page import OrganisationRequest, page

ROWS = 50
VIEWS = {"issued": "Issued by us", "held": "Held by us"}


@page("attestations.read")
@require_safe
def listed(request: OrganisationRequest) -> HttpResponseBase:
    """What the organisation issued and what it holds, as tabs; the fuller one first."""
    counts, words, now = queries.counts(), request.GET.get("q", "").strip()[:100], timezone.now()
    view = request.GET.get("view", "")
    if view not in VIEWS:
        view = "issued" if counts["issued"] else "held"
    page_obj = Paginator(queries.listed(view=view, search=words), ROWS).get_page(request.GET.get("page"))
    for row in page_obj:
        row.status = queries.status_on(row, at=now)[0].value  # type: ignore[attr-defined]
    context = {
        "tabs": [(name, title, counts[name]) for name, title in VIEWS.items()],
        "view": view,
        "words": words,
        "page_obj": page_obj,
        "total": counts["all"],
        "section": "certificates",
    }
    return render(request, "attestations/list.html", context)


@page("attestations.read")
@require_safe
def record(request: OrganisationRequest, attestation_id: UUID) -> HttpResponseBase:
    """One of them."""
    context = record_page.context_of(attestation_id=attestation_id, actor=request.actor, at=timezone.now())
    return render(request, "attestations/record.html", context)


def _file(content: bytes, *, kind: str, name: str) -> HttpResponse:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=disposition)


@page("attestations.read")
@require_safe
def pdf(request: OrganisationRequest, attestation_id: UUID) -> HttpResponseBase:
    """The certificate as signed PDF with today's knowledge inside; 404 for what is no certificate."""
    row = queries.attestation(attestation_id=attestation_id)
    try:
        content = export.pdf(row, at=timezone.now())
    except ValueError as not_printed:
        raise Http404 from not_printed
    return _file(content, kind="application/pdf", name=export.file_name(row, "pdf"))


@page("attestations.read")
@require_safe
def kept(request: OrganisationRequest, attestation_id: UUID, version_id: UUID) -> HttpResponseBase:
    """A version of the PDF that the issuer keeps, byte for byte."""
    row = queries.attestation(attestation_id=attestation_id)
    try:
        content = archive.content(archive.version(version_id, attestation_id=attestation_id))
    except archive.UNREADABLE as lost:
        raise Http404 from lost
    return _file(content, kind="application/pdf", name=export.file_name(row, "kept.pdf"))


@page("attestations.read")
@require_safe
def bundle(request: OrganisationRequest, attestation_id: UUID) -> HttpResponseBase:
    """Everything a stranger needs offline, written now."""
    row = queries.attestation(attestation_id=attestation_id)
    name = export.file_name(row, "bundle.json")
    return _file(export.bundle(row, at=timezone.now()), kind="application/json", name=name)


@page("attestations.maintain")
@require_POST
def listing(request: OrganisationRequest, attestation_id: UUID) -> HttpResponseBase:
    """List it in the public register, or answer with its status alone to whoever asks for the exact number."""
    public = request.POST.get("public") == "yes"
    actions.set_listing(attestation_id=attestation_id, public=public, by=request.actor, at=timezone.now())
    return redirect("attestations:record", organisation=request.actor.organisation_slug, attestation_id=attestation_id)


@page("assessments.decide")
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: OrganisationRequest, attestation_id: UUID, decision: str) -> HttpResponseBase:
    """Suspend, restore, reduce or withdraw: the form with all refusals beside its button."""
    if decision not in {one.value for one in STANDING}:
        raise Http404
    kind, now = DecisionKind(decision), timezone.now()
    row = queries.attestation(attestation_id=attestation_id)
    choice = record_page.choices_of(row, actor=request.actor, at=now, decision=kind)
    if choice is None or row.organisation_id != request.actor.organisation_id:
        raise Http404
    scope = tuple(line.facts() for line in row.scopes.all())
    form = DecideForm(request.POST or None, decision=kind, scope=scope, statement=row.statement, today=now.date())
    refusals, status = choice.refusals, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _decided(request, row, form)
            except Refused as refused:
                refusals, status = refused.refusals, 409
    return render(request, "attestations/decide.html", _form_context(row, form, refusals), status=status)


def _form_context(row: Attestation, form: DecideForm, refusals: tuple[object, ...]) -> dict[str, object]:
    verb, icon, button = record_page.VERBS[form.decision]
    return {
        "row": row,
        "form": form,
        "refusals": refusals,
        "verb": verb,
        "icon": icon,
        "button": button or "primary",
        "section": "certificates",
    }


def _decided(request: OrganisationRequest, row: Attestation, form: DecideForm) -> HttpResponseBase:
    data = form.cleaned_data
    assessments.decide_about(
        attestation_id=row.pk,
        decision=form.decision,
        reasons=data["reasons"],
        by=request.actor,
        at=timezone.now(),
        effective=data["effective"],
        until=data.get("until"),
        remaining=form.remaining(),
        statement=data.get("statement"),
    )
    messages.success(request, f"{row.number}: decided. Everybody who verifies it sees so from now on.")
    return redirect("attestations:record", organisation=request.actor.organisation_slug, attestation_id=row.pk)
