"""The interface as a whole: routers, errors, limits."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest
from django.http.response import HttpResponse
from ninja import NinjaAPI
from ninja.parser import Parser
from ninja.throttling import AuthRateThrottle

from assaymark import __version__
from assaymark.api import (
    assessments,
    auditing,
    certificates,
    documents,
    findings,
    register,
    registers,
    trust_registry,
    verification,
    watch,
)
from assaymark.api.shapes import refusals_of
from assaymark.core.refusal import Forbidden, Refused
from assaymark.formats import strict_json
from assaymark.formats.strict_json import BadJson
from assaymark.records.registers.entry import Invalid


class StrictJson(Parser):
    """Bodies from strangers: bounded, no member twice, no lone surrogates, no NUL (which PostgreSQL cannot keep)."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The values of a body. Raises ValueError, which becomes 400."""
        if b"\\u0000" in request.body:
            raise BadJson("a text has no NUL in it")
        return strict_json.loads(request.body)


api = NinjaAPI(
    parser=StrictJson(),
    title="Assaymark",
    version=__version__,
    description=(
        "Registers, documents, findings, assessments, certificates of an organisation, and verification for everybody. "
        "Sign requests with a personal token: `Authorization: Bearer aym_…`. "
        "A refusal (409) carries every reason with its rule, clause and next step."
    ),
    throttle=[AuthRateThrottle("600/m")],
    docs_url=None,
    urls_namespace="api",
)
api.add_router("/verify", verification.router, tags=["Verification"])
api.add_router("/register", register.router, tags=["Register"])
api.add_router("/trqp", trust_registry.router, tags=["Trust registry"])
api.add_router("/{organisation}/registers", registers.router, tags=["Registers"])
api.add_router("/{organisation}/documents", documents.router, tags=["Documents"])
api.add_router("/{organisation}/findings", findings.router, tags=["Findings"])
api.add_router("/{organisation}/assessments", assessments.router, tags=["Assessments"])
api.add_router("/{organisation}/assessments", auditing.router, tags=["Assessments"])
api.add_router("/{organisation}/certificates", certificates.router, tags=["Certificates"])
api.add_router("/{organisation}/watch", watch.router, tags=["Watch lists"])


def _problem(request: HttpRequest, status: int, detail: Any) -> HttpResponse:
    return api.create_response(request, {"detail": detail}, status=status)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    return api.create_response(request, refusals_of(refused.refusals), status=409)


@api.exception_handler(Forbidden)
def _forbidden(request: HttpRequest, forbidden: Forbidden) -> HttpResponse:
    return _problem(request, 403, str(forbidden))


@api.exception_handler(ObjectDoesNotExist)
def _missing(request: HttpRequest, missing: ObjectDoesNotExist) -> HttpResponse:
    return _problem(request, 404, "Not found.")


@api.exception_handler(Invalid)
def _invalid(request: HttpRequest, invalid: Invalid) -> HttpResponse:
    return _problem(request, 422, invalid.errors)
