"""The findings that the list shows, all pages of it, as CSV or XLSX."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from assaymark.records.findings import tables
from assaymark.web.findings.asking import asked, rows_for
from assaymark.web.page import OrganisationRequest, page

WRITERS = {
    "csv": (tables.export_csv, "text/csv; charset=utf-8"),
    "xlsx": (tables.export_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@page("findings.read")
@require_safe
def export(request: OrganisationRequest, kind: str) -> HttpResponseBase:
    """The table, with the columns that the address names."""
    if kind not in WRITERS:
        raise Http404
    write, media_type = WRITERS[kind]
    view, given = asked(request.GET)
    rows = rows_for(view=view, given=given, day=timezone.localdate())
    name = f"{request.actor.organisation_slug}-findings-{timezone.localdate():%Y-%m-%d}.{kind}"
    return HttpResponse(
        write(rows=rows, columns=request.GET.getlist("columns")),
        content_type=media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )
