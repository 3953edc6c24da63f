"""Downloads. A file of strangers is never shown in our origin: always an attachment, never sniffed, sandboxed."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_replace
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from assaymark.adapters.blobs import blobs
from assaymark.core import document_kinds
from assaymark.records.documents import printing, queries
from assaymark.web.page import OrganisationRequest, page

SANDBOX = {"default-src": ["'none'"], "sandbox": True}


def _attachment(content: bytes, name: str, media_type: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


@page("documents.read")
@require_safe
@csp_replace(SANDBOX)  # type: ignore[arg-type]
def original(request: OrganisationRequest, revision_id: Any) -> HttpResponseBase:
    """The content of a revision as it was written or uploaded."""
    revision = queries.revision(revision_id=revision_id)
    if not queries.may_see(request.actor, revision):
        raise Http404
    if revision.blob:
        known = revision.media_type in document_kinds.SUFFIXES
        media_type = revision.media_type if known else "application/octet-stream"
        return _attachment(blobs().read(revision.blob), revision.file_name, media_type)
    stem = f"{revision.document.number} {revision.label}"
    name = document_kinds.safe_name(stem, revision.media_type)
    return _attachment(revision.text.encode(), name, f"{revision.media_type}; charset=utf-8")


@page("documents.read")
@require_safe
@csp_replace(SANDBOX)  # type: ignore[arg-type]
def pdf(request: OrganisationRequest, revision_id: Any) -> HttpResponseBase:
    """The PDF of an approved revision that was written as text."""
    revision = queries.revision(revision_id=revision_id)
    content = printing.pdf_of(revision_id=revision_id)
    name = document_kinds.safe_name(f"{revision.document.number} {revision.label}", document_kinds.PDF)
    return _attachment(content, name, document_kinds.PDF)
