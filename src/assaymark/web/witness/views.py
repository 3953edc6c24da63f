"""`add-checkpoint` of C2SP tlog-witness: open to everybody, because what is answered is settled by signatures."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from assaymark.formats.cosignature import MAX_REQUEST
from assaymark.records.parties.queries import organisation_by_slug
from assaymark.records.witness.actions import add_checkpoint as answer_to
from assaymark.web.limits import limited


@csrf_exempt  # knows nobody: the request's own signature says whose it is
@require_POST
@limited("add-checkpoint", a_minute=120)
def add_checkpoint(request: HttpRequest, *, slug: str) -> HttpResponseBase:
    """Cosign a checkpoint that extends what was seen before, or say why not."""
    witness = organisation_by_slug(slug)
    if witness is None:
        raise Http404
    body = request.read(MAX_REQUEST + 1)
    if len(body) > MAX_REQUEST:
        return HttpResponse("A request has at most 68 KiB.\n", status=400, content_type="text/plain; charset=utf-8")
    answer = answer_to(witness=witness, body=body.decode(errors="replace"), at=timezone.now())
    return HttpResponse(answer.text, status=answer.status, content_type=answer.content_type)
