"""What machines fetch from the register: files to keep, status lists, identifiers. Open, cached for a minute."""

from __future__ import annotations

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from assaymark.records.attestations import export, identity, queries, verification
from assaymark.records.attestations.models import Attestation
from assaymark.verify import as_json
from assaymark.web.limits import limited
from assaymark.web.page import public_page

_A_MINUTE = 60


def _file(content: bytes, *, kind: str, name: str = "") -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = f"public, max-age={_A_MINUTE}"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _name(row: Attestation, ending: str) -> str:
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in row.number)
    return f"{kept}.{ending}"


@require_safe
@limited("pdf", a_minute=60)
@public_page
def pdf(request: HttpRequest, *, issuer: str, number: str) -> HttpResponseBase:
    """The certificate as signed PDF, with chain and status as they stand now."""
    row = queries.public_attestation(issuer_slug=issuer, number=number)
    try:
        content = export.pdf(row, at=timezone.now())
    except ValueError as not_printed:
        raise Http404 from not_printed
    return _file(content, kind="application/pdf", name=_name(row, "pdf"))


@require_safe
@limited("bundle", a_minute=120)
@public_page
def bundle(request: HttpRequest, *, issuer: str, number: str) -> HttpResponseBase:
    """Everything a stranger needs offline, written now."""
    row = queries.public_attestation(issuer_slug=issuer, number=number)
    return _file(export.bundle(row, at=timezone.now()), kind="application/json", name=_name(row, "bundle.json"))


@require_safe
@public_page
def credential(request: HttpRequest, *, issuer: str, number: str) -> HttpResponseBase:
    """The signed credential (vc+jwt)."""
    row = queries.public_attestation(issuer_slug=issuer, number=number)
    return _file(export.credential(row, on=timezone.now().date()).encode(), kind="application/vc+jwt")


@require_safe
@limited("verdict", a_minute=120)
@public_page
def verdict(request: HttpRequest, *, issuer: str, number: str) -> HttpResponseBase:
    """The four answers as JSON, as `assaymark verify --json` gives them."""
    row = queries.public_attestation(issuer_slug=issuer, number=number)
    now = timezone.now()
    response = JsonResponse(as_json(verification.verdict_on(row, at=now, now=now)), json_dumps_params={"indent": 2})
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
@public_page
def status_log(request: HttpRequest, *, issuer: str, number: str) -> HttpResponseBase:
    """The signed events of one attestation, complete up to now."""
    row = queries.public_attestation(issuer_slug=issuer, number=number)
    return _file(export.status_log(row, at=timezone.now()).encode(), kind="application/jwt")


@require_safe
@public_page
def status_list(request: HttpRequest, *, issuer: str, purpose: str) -> HttpResponseBase:
    """A signed status list of an issuer; written at most a minute ago."""
    if purpose not in (identity.SUSPENSION, identity.REVOCATION):
        raise Http404
    key = f"status-list:{issuer}:{purpose}"
    token = cache.get(key)
    if token is None:
        organisation = queries.public_issuer(slug=issuer)
        token = export.status_list(organisation, purpose, at=timezone.now())
        cache.set(key, token, _A_MINUTE)
    return _file(token.encode(), kind="application/vc+jwt")


@require_safe
@public_page
def did_document(request: HttpRequest, *, slug: str) -> HttpResponseBase:
    """The issuer's did:web document: the same key as its did:key."""
    organisation = queries.public_issuer(slug=slug)
    return JsonResponse(identity.did_document(organisation), content_type="application/did+json")
