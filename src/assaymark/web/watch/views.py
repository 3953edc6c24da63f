"""The watch list, what changed, one watched certificate over time, and the list as a table that leaves."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assaymark.core.watching import QUESTIONS
from assaymark.records.watch import queries, tables
from assaymark.web.downloads import known, table_file
from assaymark.web.page import OrganisationRequest, page
from assaymark.web.watch import counts
from assaymark.web.watch.forms import LabelForm, ViewForm

ROWS = 50


def asked(request: HttpRequest) -> tuple[str, str]:
    """View and words; what is none is the whole list."""
    form = ViewForm(request.GET)
    form.is_valid()
    return form.cleaned_data.get("view") or "all", form.cleaned_data.get("q", "")


@page("watch.read")
@require_safe
def listed(request: OrganisationRequest) -> HttpResponseBase:
    """What is watched with its four answers; on top, what changed and nobody has seen."""
    view, text = asked(request)
    many = queries.counts()
    counts.refresh(request.actor)
    page_obj = Paginator(queries.listed(view=view, text=text), ROWS).get_page(request.GET.get("page"))
    context = {
        "tabs": [(name, title, many[name]) for name, title in queries.VIEWS.items()],
        "view": view,
        "text": text,
        "total": many["all"],
        "unseen": [] if text else queries.unseen_changes(),
        "questions": list(QUESTIONS.values()),
        "page_obj": page_obj,
        "rows": [queries.shown(row) for row in page_obj],
        "mailed": queries.told_by_mail(at=timezone.now()),
        "gets_mail": queries.gets_mail(person_id=request.actor.person_id),
    }
    return render(request, "watch/list.html", context)


@page("watch.read")
@require_safe
def changes(request: OrganisationRequest) -> HttpResponseBase:
    """Everything that changed, newest first."""
    page_obj = Paginator(queries.all_changes(), ROWS).get_page(request.GET.get("page"))
    return render(request, "watch/changes.html", {"page_obj": page_obj})


@page("watch.read")
@require_safe
def record(request: OrganisationRequest, watched_id: UUID) -> HttpResponseBase:
    """One watched certificate: its answers now, and all that changed."""
    row = queries.record(watched_id=watched_id)
    context = {
        "row": row,
        "one": queries.shown(row),
        "names": QUESTIONS,
        "events": queries.changes_of(row),
        "form": LabelForm(initial={"label": row.label}),
    }
    return render(request, "watch/record.html", context)


@page("watch.read")
@require_safe
def export(request: OrganisationRequest, kind: str) -> HttpResponseBase:
    """What the list shows now; in a workbook with all changes."""
    view, text = asked(request)
    rows = queries.listed(view=view, text=text)
    content = tables.export_csv(rows) if known(kind) == "csv" else tables.export_xlsx(rows, queries.all_changes())
    name = f"{request.actor.organisation_slug}-watch-list-{timezone.localdate():%Y-%m-%d}.{kind}"
    return table_file(content, name=name)
