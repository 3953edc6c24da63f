"""The findings that the list shows, all pages of it, as CSV or XLSX."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from assaymark.records.findings import tables
from assaymark.web.downloads import known, table_file
from assaymark.web.findings.asking import asked, rows_for
from assaymark.web.page import OrganisationRequest, page

WRITERS = {"csv": tables.export_csv, "xlsx": tables.export_xlsx}


@page("findings.read")
@require_safe
def export(request: OrganisationRequest, kind: str) -> HttpResponseBase:
    """The table, with the columns that the address names."""
    write = WRITERS[known(kind)]
    view, given = asked(request.GET)
    rows = rows_for(view=view, given=given, day=timezone.localdate())
    name = f"{request.actor.organisation_slug}-findings-{timezone.localdate():%Y-%m-%d}.{kind}"
    return table_file(write(rows=rows, columns=request.GET.getlist("columns")), name=name)
