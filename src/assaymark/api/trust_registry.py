"""The register asked by machines: may X issue Y for Z at T? Questions in the shape of TRQP 2, answers signed.

Open to everybody, free of charge, in fair limits per address.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.errors import HttpError
from ninja.throttling import AnonRateThrottle

from assaymark.api.shapes import ERRORS
from assaymark.records.attestations import authorization
from assaymark.records.attestations.authorization import BadQuestion, Question

router = Router()


class Context(Schema):
    """When it is asked about; now when left out."""

    time: datetime | None = None


class TrustQuestion(Schema):
    """entity_id and authority_id: a DID, or the address of an organisation's page in this register."""

    entity_id: str = Field(max_length=500)
    authority_id: str = Field(max_length=500)
    action: str = Field("issue", max_length=100)
    resource: str = Field(max_length=500, description="urn:iso:std:iso:9001?edition=ed-5&iaf=17&country=DE")
    context: Context = Context()


class TrustAnswer(Schema):
    """null for unknown: nothing in this register answers it. `signed`: the same content as a token."""

    entity_id: str
    authority_id: str
    action: str
    resource: str
    time_requested: datetime
    time_evaluated: datetime
    message: str
    evidence: list[str]
    signed: str


class Authorization(TrustAnswer):
    """Whether the entity may, by the authority's word."""

    authorized: bool | None


class Recognition(TrustAnswer):
    """Whether the entity is recognised by the authority."""

    recognized: bool | None


class Metadata(Schema):
    """Who answers here."""

    register_id: str
    protocols: list[str]
    actions: list[str]


def _question(asked: TrustQuestion, now: datetime) -> Question:
    at = asked.context.time or now
    if at.tzinfo is None:
        raise HttpError(422, "context.time: write the moment with its zone, as 2026-11-24T12:00:00Z.")
    return Question(asked.entity_id, asked.authority_id, asked.action, asked.resource, at)


def _answered(kind: str, asked: TrustQuestion) -> dict[str, Any]:
    now = timezone.now()
    question = _question(asked, now)
    judge = authorization.authorization if kind == "authorized" else authorization.recognition
    try:
        return authorization.signed(kind, question, judge(question), now=now)
    except BadQuestion as error:
        raise HttpError(422, str(error)) from error


@router.post(
    "/authorization",
    auth=None,
    throttle=[AnonRateThrottle("120/m")],
    response={200: Authorization, **ERRORS},
    url_name="trqp-authorization",
)
def ask_authorization(request: HttpRequest, asked: TrustQuestion) -> Any:
    """May the entity issue certificates for the resource, by the authority's word, at that time?"""
    return _answered("authorized", asked)


@router.post(
    "/recognition",
    auth=None,
    throttle=[AnonRateThrottle("120/m")],
    response={200: Recognition, **ERRORS},
    url_name="trqp-recognition",
)
def ask_recognition(request: HttpRequest, asked: TrustQuestion) -> Any:
    """Does the authority recognise the entity (an accreditation body) at that time?"""
    return _answered("recognized", asked)


@router.get("/metadata", auth=None, throttle=[AnonRateThrottle("120/m")], response=Metadata, url_name="trqp-metadata")
def metadata(request: HttpRequest) -> Any:
    """The register's own identifier, and what may be asked."""
    return {
        "register_id": authorization.register_key().did,
        "protocols": ["https://trustoverip.org/trqp/2.0"],
        "actions": [authorization.ISSUE],
    }
