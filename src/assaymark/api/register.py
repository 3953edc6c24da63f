"""The public register for machines: search, and many numbers or names at once. Free of charge, in fair limits."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from ninja.throttling import AnonRateThrottle

from assaymark.api.shapes import ERRORS
from assaymark.core.register import status_on
from assaymark.core.supplier_list import Listed
from assaymark.records.register import queries
from assaymark.records.register.lists import Records, listed_of

router = Router()
MOST = 500


class ListedShape(Schema):
    """A certificate, accreditation or recognition as the register tells it; of one that is not public, number and
    status alone."""

    number: str
    holder: str
    standard: str
    body: str
    country: str
    expires: date | None
    status: str
    code: str
    answers: list[str]
    other_names: list[str]
    source: str
    url: str
    public: bool
    kind: str = "certificate"


class NearShape(Schema):
    """A holder whose name is like the one asked for; score 100 is the same name."""

    name: str
    score: float
    listed: list[ListedShape]


class MatchQuestion(Schema):
    """Any of the three; at most 500 numbers and 500 names."""

    numbers: list[str] = Field(default=[], max_length=MOST)
    names: list[str] = Field(default=[], max_length=MOST)
    body: str = Field(default="", max_length=300)
    on: date | None = None


class MatchAnswer(Schema):
    """numbers: by number key (capital letters and digits); names: in the order of the question."""

    numbers: dict[str, list[ListedShape]]
    names: list[list[NearShape]]
    coverage: str


class Found(Schema):
    """A page of the register; `following` goes into `after` of the next question."""

    found: list[ListedShape]
    following: str


class RegisterSearch(Schema):
    """What is searched for; all that is given must hold."""

    q: str = Field("", max_length=200)
    kind: str = Field("", max_length=20)
    country: str = Field("", max_length=2)
    standard: str = Field("", max_length=120)
    sector: str = Field("", max_length=10)
    status: str = Field("", max_length=20)
    after: str = Field("", max_length=400)


def _shown(listed: Listed) -> dict[str, Any]:
    told = asdict(listed)
    if not listed.public:
        today = timezone.now().date()
        told["status"] = status_on(status=listed.status, expires=listed.expires, on=today)
        told |= {"holder": "", "other_names": [], "country": "", "url": "", "standard": "", "expires": None}
    return told


@router.get(
    "/", auth=None, throttle=[AnonRateThrottle("240/m")], response={200: Found, **ERRORS}, url_name="register-search"
)
def search(request: HttpRequest, asked: Query[RegisterSearch]) -> Any:
    """What is listed, by name (with typing errors and old names), number, kind, country, standard, sector, status."""
    page = queries.search(
        text=asked.q,
        on=timezone.now().date(),
        kind=asked.kind,
        country=asked.country,
        standard=asked.standard,
        sector=asked.sector,
        status=asked.status,
        after=asked.after,
    )
    found = [_shown(listed_of(hit.row)) | {"kind": hit.row.kind} for hit in page.hits]
    return {"found": found, "following": page.following}


@router.post(
    "/match",
    auth=None,
    throttle=[AnonRateThrottle("120/m")],
    response={200: MatchAnswer, **ERRORS},
    url_name="register-match",
)
def match(request: HttpRequest, asked: MatchQuestion) -> Any:
    """Many numbers and names at once, with near matches: what `assaymark verify-list --register` asks."""
    records = Records()
    numbers = records.by_numbers([number[:100] for number in asked.numbers])
    names = records.by_names([name[:300] for name in asked.names])
    return {
        "numbers": {key: [_shown(one) for one in rows] for key, rows in numbers.items()},
        "names": [
            [{"name": n.name, "score": n.score, "listed": [_shown(one) for one in n.listed]} for n in row]
            for row in names
        ],
        "coverage": records.complete_for(asked.body, asked.on or timezone.now().date()) if asked.body else "",
    }
