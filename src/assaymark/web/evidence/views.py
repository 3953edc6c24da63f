"""Acts on evidence, and the download of a file. Each returns to the record that it is about."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from assaymark.adapters.blobs import BlobDamaged, BlobMissing
from assaymark.core.evidence import RequirementRef
from assaymark.core.refusal import Refused
from assaymark.records.evidence import actions, queries, subjects
from assaymark.web.page import OrganisationRequest, page


def _back(request: OrganisationRequest, kind: str, subject_id: UUID, anchor: str = "") -> HttpResponseBase:
    name, arguments = subjects.page_of(kind, subject_id)
    return redirect(reverse(name, kwargs={"organisation": request.actor.organisation_slug, **arguments}) + anchor)


def _say(request: OrganisationRequest, no: Refused) -> None:
    for refusal in no.refusals:
        messages.error(request, f"{refusal.message} {refusal.next_step}".strip())


def _known(kind: str, subject_id: UUID) -> None:
    """The record is there for this organisation, whatever comes with the request; otherwise 404."""
    if kind not in subjects.kinds():
        raise Http404
    subjects.row(kind, subject_id)


@page("comments.write")
@require_POST
def attach(request: OrganisationRequest, *, kind: str, subject_id: UUID) -> HttpResponseBase:
    """Keep the chosen files with the record."""
    _known(kind, subject_id)
    for given in request.FILES.getlist("file")[:20]:
        if (given.size or 0) > settings.MAX_UPLOAD_BYTES:
            messages.error(request, f"{given.name} is larger than {settings.MAX_UPLOAD_BYTES // 1024 // 1024} MB.")
            continue
        try:
            actions.attach(
                subject_kind=kind, subject_id=subject_id, name=given.name or "file", content=given.read(),
                by=request.actor, at=timezone.now(),
            )  # fmt: skip
        except Refused as no:
            _say(request, no)
    return _back(request, kind, subject_id, "#files")


@page("comments.write")
@require_POST
def comment(request: OrganisationRequest, *, kind: str, subject_id: UUID) -> HttpResponseBase:
    """Say something about the record."""
    _known(kind, subject_id)
    text = request.POST.get("text", "")
    try:
        actions.comment(subject_kind=kind, subject_id=subject_id, text=text, by=request.actor, at=timezone.now())
    except Refused as no:
        _say(request, no)
    return _back(request, kind, subject_id, "#discussion")


@page("comments.write")
@require_POST
def link(request: OrganisationRequest, *, kind: str, subject_id: UUID) -> HttpResponseBase:
    """Link the record to a requirement."""
    _known(kind, subject_id)
    try:
        ref = RequirementRef.parse(text=request.POST.get("ref", ""))
        actions.link(subject_kind=kind, subject_id=subject_id, ref=ref, by=request.actor, at=timezone.now())
    except ValueError as error:
        messages.error(request, str(error))
    except Refused as no:
        _say(request, no)
    return _back(request, kind, subject_id, "#evidence")


@page("comments.write")
@require_POST
def detach(request: OrganisationRequest, *, attachment_id: UUID) -> HttpResponseBase:
    """Take a file off its record."""
    kind, subject_id = actions.detach(attachment_id=attachment_id, by=request.actor, at=timezone.now())
    return _back(request, kind, subject_id, "#files")


@page("comments.write")
@require_POST
def take_back(request: OrganisationRequest, *, comment_id: UUID) -> HttpResponseBase:
    """Take back one's own comment."""
    kind, subject_id = actions.take_back(comment_id=comment_id, by=request.actor, at=timezone.now())
    return _back(request, kind, subject_id, "#discussion")


@page("comments.write")
@require_POST
def unlink(request: OrganisationRequest, *, link_id: UUID) -> HttpResponseBase:
    """Take a link back."""
    kind, subject_id = actions.unlink(link_id=link_id, by=request.actor, at=timezone.now())
    return _back(request, kind, subject_id, "#evidence")


@page("work.read")
@require_safe
def file(request: OrganisationRequest, *, attachment_id: UUID) -> HttpResponseBase:
    """A file, always as a download: nothing that somebody uploaded runs in this site (reliability 21)."""
    try:
        attachment, content = queries.attachment_bytes(attachment_id=attachment_id, by=request.actor)
    except BlobMissing as missing:
        raise Http404 from missing
    except BlobDamaged:
        return HttpResponse("This file is damaged and is not given out. Tell your operator.", status=500)
    return HttpResponse(
        content,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": content_disposition_header(True, attachment.name) or "attachment",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )
