"""Forms: a new row, a changed one, an entry under a row."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assaymark.core.refusal import Refused
from assaymark.records.registers import actions, queries
from assaymark.records.registers.declaration import Child
from assaymark.records.registers.entry import Directory, Invalid
from assaymark.records.registers.registry import Register
from assaymark.web.page import OrganisationRequest
from assaymark.web.registers.forms import RowForm, differences, form_of, posted
from assaymark.web.registers.gate import register_page, seen_version, to_list, to_record


def _form(register: Register, request: OrganisationRequest, row: Any = None) -> RowForm:
    return form_of(
        model=register.model,
        names=register.fields,
        directory=Directory(at=timezone.now()),
        labels=register.labels,
        row=row,
        data=request.POST if request.method == "POST" else None,
    )


def _show(
    request: OrganisationRequest, register: Register, form: RowForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "register": register,
        "form": form,
        "form_groups": form.groups(register),
        "section": register.group.lower(),
        **more,
    }
    return render(request, "registers/form.html", context, status=status)


@register_page("registers.write")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: OrganisationRequest, register: Register) -> HttpResponseBase:
    """A new row; the list's quick add sends the same with fewer fields."""
    if request.method != "POST":
        return _show(request, register, _form(register, request))
    quick = request.POST.get("quick") == "yes"
    values = posted(register.quick_add if quick else register.fields, register.model, request.POST)
    try:
        row = actions.create(register=register.slug, values=values, by=request.actor, at=timezone.now())
    except Invalid as no:
        return _show(request, register, _form(register, request).show(no.errors), status=400)
    except Refused as no:
        return _show(request, register, _form(register, request).show({}), status=409, refusals=no.refusals)
    messages.info(request, f"{row.number} was added.")
    return to_list(request, register) if quick else to_record(request, register, row.pk)


@register_page("registers.write")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: OrganisationRequest, register: Register, *, row_id: UUID) -> HttpResponseBase:
    """Change a row. Nothing typed is lost when somebody else was faster: what the row says now stands beside it."""
    row = queries.record(register=register, row_id=row_id, at=timezone.now()).row
    form = _form(register, request, row)
    if request.method != "POST":
        return _show(request, register, form, row=row)
    values = posted(register.fields, register.model, request.POST)
    try:
        actions.change(
            register=register.slug,
            row_id=row_id,
            values=values,
            version=seen_version(request) or 0,
            by=request.actor,
            at=timezone.now(),
        )
    except Invalid as no:
        return _show(request, register, form.show(no.errors), status=400, row=row, seen=seen_version(request))
    except Refused as no:
        theirs = differences(register=register, row=row, sent=values) if seen_version(request) != row.version else []
        return _show(request, register, form.show({}), status=409, row=row, refusals=no.refusals, theirs=theirs)
    return to_record(request, register, row_id)


@register_page("registers.write")
@require_http_methods(["GET", "HEAD", "POST"])
def add_entry(request: OrganisationRequest, register: Register, *, row_id: UUID, child: str) -> HttpResponseBase:
    """Enter something under a row: a calibration, a measurement, a requirement."""
    kind = _child(register, child)
    row = queries.record(register=register, row_id=row_id, at=timezone.now()).row
    sent = request.method == "POST"
    form = form_of(
        model=kind.model,
        names=kind.fields,
        directory=Directory(at=timezone.now()),
        data=request.POST if sent else None,
        files=request.FILES if sent else None,
        with_file=kind.file,
    )
    context = {"register": register, "row": row, "child": kind, "form": form, "section": register.group.lower()}
    if not sent:
        return render(request, "registers/entry.html", context)
    try:
        _enter(request, register, row_id, kind)
    except Invalid as no:
        return render(request, "registers/entry.html", context | {"form": form.show(no.errors)}, status=400)
    except Refused as no:
        context |= {"form": form.show({}), "refusals": no.refusals}
        return render(request, "registers/entry.html", context, status=409)
    return to_record(request, register, row_id)


def _enter(request: OrganisationRequest, register: Register, row_id: UUID, kind: Child) -> None:
    given = request.FILES.get("file") if kind.file else None
    if given is not None and (given.size or 0) > settings.MAX_UPLOAD_BYTES:
        raise Invalid({"file": [f"The file has more than {settings.MAX_UPLOAD_BYTES // 1024 // 1024} MB."]})
    actions.add_entry(
        register=register.slug,
        row_id=row_id,
        child=kind.name,
        values=posted(kind.fields, kind.model, request.POST),
        file=(given.name or "file", given.read()) if given else None,
        by=request.actor,
        at=timezone.now(),
    )


def _child(register: Register, name: str) -> Child:
    try:
        return register.child(name)
    except KeyError as unknown:
        raise Http404 from unknown
