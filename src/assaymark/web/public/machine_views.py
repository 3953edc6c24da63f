"""What machines fetch from the register: files to keep, status lists, identifiers. Open to every origin.

An attestation that is not listed answers with its status alone: no credential, no bundle, no PDF; the status lists and
the log of events, which whoever holds the file needs, tell nothing else.
"""

from __future__ import annotations

import datetime as dt

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from assaymark.formats.note import base64_of
from assaymark.records.attestations import export, identity, log, queries, verification
from assaymark.records.attestations.queries import Attestation
from assaymark.records.identifiers import queries as identifiers
from assaymark.verify import as_json
from assaymark.web.limits import limited
from assaymark.web.page import public_page
from assaymark.web.public.asking import day_asked
from assaymark.web.public.kept import kept

_A_MINUTE = 60


def file_of(content: bytes, *, kind: str, name: str = "") -> HttpResponse:
    """An answer for machines, open to every origin."""
    response = HttpResponse(content, content_type=kind)
    if name:
        response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = f"public, max-age={_A_MINUTE}"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def listed(issuer: str, number: str) -> Attestation:
    """The attestation, when it is listed. Raises Http404."""
    row = queries.public_attestation(issuer_slug=issuer, number=number)
    if not row.public:
        raise Http404
    return row


@require_safe
@limited("pdf", a_minute=60)
@public_page
def pdf(request: HttpRequest, *, issuer: str, number: str) -> HttpResponseBase:
    """The certificate as signed PDF, with chain and status as they stand now."""
    row = listed(issuer, number)
    try:
        content = export.pdf(row, at=timezone.now())
    except ValueError as not_printed:
        raise Http404 from not_printed
    return file_of(content, kind="application/pdf", name=export.file_name(row, "pdf"))


@require_safe
@kept
@limited("bundle", a_minute=120)
@public_page
def bundle(request: HttpRequest, *, issuer: str, number: str) -> HttpResponseBase:
    """Everything a stranger needs offline, written now. `?on=` takes the issue that counted on that day."""
    row, now = listed(issuer, number), timezone.now()
    content = export.bundle(row, at=now, on=day_asked(request, now=now))
    return file_of(content, kind="application/json", name=export.file_name(row, "bundle.json"))


@require_safe
@public_page
def credential(request: HttpRequest, *, issuer: str, number: str) -> HttpResponseBase:
    """The signed credential (vc+jwt)."""
    row = listed(issuer, number)
    return file_of(export.credential(row, on=timezone.now().date()).encode(), kind="application/vc+jwt")


@require_safe
@kept
@limited("verdict", a_minute=120)
@public_page
def verdict(request: HttpRequest, *, issuer: str, number: str) -> HttpResponseBase:
    """The four answers as JSON, as `assaymark verify --json` gives them. `?on=` asks about another day."""
    row, now = listed(issuer, number), timezone.now()
    asked = day_asked(request, now=now)
    at = dt.datetime.combine(asked, dt.time(23, 59, 59), dt.UTC) if asked else now
    answer = as_json(verification.verdict_on(row, at=at, now=now))
    return JsonResponse(answer, json_dumps_params={"indent": 2}, headers={"Access-Control-Allow-Origin": "*"})


@require_safe
@public_page
def status_log(request: HttpRequest, *, issuer: str, number: str) -> HttpResponseBase:
    """The signed events of one attestation, complete up to now."""
    row = queries.public_attestation(issuer_slug=issuer, number=number)
    return file_of(export.status_log(row, at=timezone.now()).encode(), kind="application/jwt")


@require_safe
@public_page
def log_checkpoint(request: HttpRequest, *, issuer: str) -> HttpResponseBase:
    """The newest checkpoint of an issuer's status log with its witnesses' lines (C2SP tlog-checkpoint), to be kept."""
    organisation = queries.public_issuer(slug=issuer)
    head = log.head_of(organisation)
    return file_of(log.cosigned(head.checkpoint).encode(), kind="text/plain; charset=utf-8")


@require_safe
@limited("bundle", a_minute=120)
@public_page
def log_leaves(request: HttpRequest, *, issuer: str) -> HttpResponseBase:
    """The hashes of an issuer's events in order, a line each in base64: they tell nothing and prove each checkpoint."""
    organisation = queries.public_issuer(slug=issuer)
    lines = "".join(f"{base64_of(leaf)}\n" for leaf in log.tree_of(organisation.pk).leaves)
    return file_of(lines.encode(), kind="text/plain; charset=utf-8")


@require_safe
@public_page
def status_list(request: HttpRequest, *, issuer: str, purpose: str) -> HttpResponseBase:
    """A signed status list of an issuer; written at most a minute ago, and after its last event."""
    if purpose not in (identity.SUSPENSION, identity.REVOCATION):
        raise Http404
    organisation = queries.public_issuer(slug=issuer)
    newest = queries.newest_event(organisation_id=organisation.pk)
    key = f"status-list:{issuer}:{purpose}:{newest}:{identifiers.signs_for(organisation.pk)}"
    token = cache.get(key)
    if token is None:
        token = export.status_list(organisation, purpose, at=timezone.now())
        cache.set(key, token, _A_MINUTE)
    return file_of(token.encode(), kind="application/vc+jwt")


@require_safe
@public_page
def did_document(request: HttpRequest, *, slug: str) -> HttpResponseBase:
    """The issuer's did:web document: the key that signs now."""
    organisation = identifiers.identified(slug=slug) or queries.public_issuer(slug=slug)
    headers = {"Access-Control-Allow-Origin": "*"}
    return JsonResponse(identity.did_document(organisation), content_type="application/did+json", headers=headers)


@require_safe
@public_page
def did_log(request: HttpRequest, *, slug: str) -> HttpResponseBase:
    """The log of an identifier with a history (did:webvh), entry by entry as it was signed."""
    organisation = identifiers.identified(slug=slug)
    if organisation is None:
        raise Http404
    return file_of(identity.did_log(organisation).encode(), kind="text/jsonl; charset=utf-8")
