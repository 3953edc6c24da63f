"""Import and export of a register."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from assaymark.formats.table import MOST_BYTES, TableError
from assaymark.records.registers import exchange, queries
from assaymark.records.registers import intake as incoming
from assaymark.records.registers.registry import Register
from assaymark.web.downloads import known, table_file
from assaymark.web.page import OrganisationRequest
from assaymark.web.registers.asking import asked
from assaymark.web.registers.gate import register_page, to_list


@register_page("registers.read")
@require_safe
def export(request: OrganisationRequest, register: Register, *, kind: str) -> HttpResponseBase:
    """The rows that the list shows, all pages of it."""
    now = timezone.now()
    query = asked(register, request.GET)
    rows = queries.rows_for(register=register, query=query, at=now, person_id=request.actor.person_id)
    rows = rows.select_related(*queries.references(register))
    write = exchange.export_csv if known(kind) == "csv" else exchange.export_xlsx
    name = f"{request.actor.organisation_slug}-{register.slug}-{now:%Y-%m-%d}.{kind}"
    return table_file(write(register=register, rows=rows), name=name)


@register_page("registers.read")
@require_safe
def template(request: OrganisationRequest, register: Register) -> HttpResponseBase:
    """An empty workbook with the right headings."""
    return table_file(exchange.template(register=register), name=f"{register.slug}.xlsx")


@register_page("registers.write")
@require_http_methods(["GET", "HEAD", "POST"])
def intake(request: OrganisationRequest, register: Register) -> HttpResponseBase:
    """Import: a dry run first unless told otherwise; every error with its line."""
    context: dict[str, Any] = {"register": register, "section": register.group.lower()}
    if request.method != "POST":
        return render(request, "registers/import.html", context)
    try:
        report = _read(request, register)
    except TableError as error:
        return render(request, "registers/import.html", context | {"problem": str(error)}, status=400)
    if report.done:
        new, changed = report.count("created"), report.count("changed")
        messages.info(request, f"Imported: {new} new, {changed} changed, {report.count('unchanged')} unchanged.")
        return to_list(request, register)
    status = 409 if report.errors else 200
    return render(request, "registers/import.html", context | {"report": report}, status=status)


def _read(request: OrganisationRequest, register: Register) -> incoming.Report:
    given = request.FILES.get("file")
    if given is None:
        raise TableError("No file was chosen. Choose a CSV or XLSX file.")
    if (given.size or 0) > MOST_BYTES:
        raise TableError(f"The file has more than {MOST_BYTES // 1024 // 1024} MB. Split it.")
    return incoming.import_sheets(
        register=register.slug,
        sheets=exchange.sheets_in(name=register.name, content=given.read()),
        dry_run=request.POST.get("act") != "import",
        by=request.actor,
        at=timezone.now(),
    )
