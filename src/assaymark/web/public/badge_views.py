"""What a holder puts on its own site and on paper: the live badge, the page that says how, the QR code."""

from __future__ import annotations

import io

import orjson
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from assaymark.records.attestations import identity, verification
from assaymark.web.limits import limited
from assaymark.web.page import public_page
from assaymark.web.public.badge import badge_of, drawn
from assaymark.web.public.kept import kept
from assaymark.web.public.machine_views import file_of, listed

_SVG = "image/svg+xml"


@require_safe
@kept
@limited("badge", a_minute=240)
@public_page
def badge(request: HttpRequest, *, issuer: str, number: str) -> HttpResponseBase:
    """The badge as it stands now."""
    row, now = listed(issuer, number), timezone.now()
    verdict = verification.verdict_on(row, at=now, now=now)
    return file_of(drawn(badge_of(verdict, now=now)).encode(), kind=_SVG)


@require_safe
@limited("badge-page", a_minute=120)
@public_page
def badge_page(request: HttpRequest, *, issuer: str, number: str) -> HttpResponseBase:
    """How a holder shows the badge, the code and the link; and what they say when things change."""
    row = listed(issuer, number)
    return render(request, "public/badge.html", {"row": row, "address": identity.address_of(row)})


@require_safe
@public_page
def qr_code(request: HttpRequest, *, issuer: str, number: str) -> HttpResponseBase:
    """The address of the certificate's page as a QR code, for print."""
    import segno

    picture = io.BytesIO()
    segno.make(identity.address_of(listed(issuer, number)), error="m", micro=False).save(
        picture, kind="svg", scale=8, border=4, dark="#1c2330", light="#fff", svgclass=None, lineclass=None
    )
    return file_of(picture.getvalue(), kind=_SVG)


@require_safe
@limited("linkset", a_minute=240)
@public_page
def linkset(request: HttpRequest, *, issuer: str, number: str) -> HttpResponse:
    """Where everything about a certificate is (RFC 9264), for programs that know only its address."""
    row = listed(issuer, number)
    address = identity.address_of(row)

    def link(path: str, kind: str) -> list[dict[str, str]]:
        return [{"href": f"{address}{path}", "type": kind}]

    links = {
        "anchor": address,
        "describedby": link("credential.jwt", "application/vc+jwt"),
        "alternate": [*link("bundle.json", "application/json"), *link("verdict.json", "application/json")],
        "monitor": link("status-log", "application/jwt"),
        "author": [{"href": identity.organisation_address(row.organisation), "type": "text/html"}],
        "icon": link("badge.svg", _SVG),
    }
    if row.kind == "certificate":
        links["item"] = link("certificate.pdf", "application/pdf")
    return file_of(orjson.dumps({"linkset": [links]}), kind="application/linkset+json")
