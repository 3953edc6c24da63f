"""The journal of an organisation as pages."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assaymark.records.journal import checkpoints, queries
from assaymark.records.journal.export import write_export
from assaymark.records.witness import queries as witness
from assaymark.web.journal.lines import line_of, words_of
from assaymark.web.page import OrganisationRequest, page

PER_PAGE = 50


@page("journal.read")
@require_safe
def entries(request: OrganisationRequest) -> HttpResponseBase:
    """The newest entries, filtered by what, who and about what."""
    filters = {name: request.GET.get(name, "")[:300] for name in ("text", "verb", "person", "kind", "subject")}
    found = Paginator(queries.search(**filters), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": found,
        "lines": [line_of(row) for row in found.object_list],
        "filters": filters,
        "filtered": any(filters.values()),
        "verbs": [(verb, words_of(verb)) for verb in queries.verbs()],
        "people": queries.people(),
        "state": queries.state(),
        "witnesses": witness.witnesses(),
        "watched": witness.watched(),
        "exports": request.actor.may("journal.export"),
    }
    return render(request, "journal/list.html", context)


@page("journal.read")
@require_safe
def entry(request: OrganisationRequest, *, entry: UUID) -> HttpResponseBase:
    """One entry with all that was recorded."""
    row = queries.newest().get(pk=entry)
    body = row.recorded
    context = {
        "entry": row,
        "line": line_of(row),
        "changes": _changes(body),
        "recorded": body["recorded"],
        "leaf": bytes(row.leaf).hex(),
        "body": json.dumps(body, indent=2, ensure_ascii=False),
    }
    return render(request, "journal/entry.html", context)


def _changes(body: dict[str, Any]) -> list[tuple[str, str, str]]:
    before, after = body["before"] or {}, body["after"] or {}
    fields = [*before, *(field for field in after if field not in before)]
    return [(f.replace("_", " ").capitalize(), _shown(before.get(f)), _shown(after.get(f))) for f in fields]


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@page("journal.read")
@require_safe
def proof(request: OrganisationRequest, *, entry: UUID) -> HttpResponseBase:
    """The proof that an entry is in the log (C2SP tlog-proof), under a checkpoint that is signed now if need be."""
    row = queries.newest().get(pk=entry)
    if not queries.covered(row):
        checkpoints.sign(request.actor.organisation_id)
    text = checkpoints.prove(entry_id=row.pk).text
    return _download(text, f"{request.actor.organisation_slug}-{row.epoch}-{row.index}.tlog-proof")


@page("journal.read")
@require_safe
def checkpoint(request: OrganisationRequest) -> HttpResponseBase:
    """The newest checkpoint, to be kept elsewhere."""
    signed = checkpoints.sign(request.actor.organisation_id)
    name = f"{request.actor.organisation_slug}-{signed.epoch}-{signed.size}.checkpoint"
    return _download(checkpoints.with_cosignatures(signed), name)


def _download(text: str, name: str) -> HttpResponse:
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@page("journal.export")
@require_POST
def export(request: OrganisationRequest) -> HttpResponseBase:
    """The whole journal as one file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal"
        write_export(organisation_id=request.actor.organisation_id, path=path, at=timezone.now(), by=request.actor)
        file = path.open("rb")  # stays readable after the folder is gone
    return FileResponse(file, as_attachment=True, filename=f"{request.actor.organisation_slug}.journal")
