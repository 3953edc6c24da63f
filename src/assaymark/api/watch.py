"""Watch lists: what is watched with its four answers, what changed; adding, taking notice, stopping."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Field, Path, Router, Schema, Status

from assaymark.api.access import ApiRequest, in_scope, may
from assaymark.api.shapes import ERRORS, PageNumber, page_of
from assaymark.core.supplier_list import Supplier
from assaymark.records.watch import actions, queries

router = Router()
SIZE = 100
_ADDRESS = "/{uuid:watched_id}/"


class AnswerShape(Schema):
    """The answer to one question: yes, no or unknown, with its code and reason."""

    question: str
    answer: str
    code: str
    reason: str


class WatchedShape(Schema):
    """A watched certificate. What its register keeps to itself is empty.

    listed: the register's own word where nothing signed could be verified, else "listed"; "delisted" when it left.
    """

    id: UUID
    label: str
    number: str
    holder: str
    standard: str
    body: str
    source: str
    expires: date | None
    public: bool
    answers: list[AnswerShape]
    listed: str
    code: str
    since: datetime
    seen_at: datetime
    changed_at: datetime | None
    unread: int
    ended_at: datetime | None


class ChangeShape(Schema):
    """One question that is answered otherwise since a moment."""

    id: UUID
    watched_id: UUID
    label: str
    noticed_at: datetime
    question: str
    before: str
    after: str
    before_code: str
    after_code: str
    worse: bool
    sentence: str
    read_at: datetime | None


class WatchList(Schema):
    """A page of what is watched."""

    count: int
    watched: list[WatchedShape]


class Changes(Schema):
    """A page of changes, newest first."""

    count: int
    changes: list[ChangeShape]


class NewWatched(Schema):
    """What to watch: the certificate with exactly this number. name: the holder's, needed when the certificate is not
    public or its number stands more than once."""

    number: str = Field(max_length=100)
    name: str = Field(default="", max_length=300)
    label: str = Field(default="", max_length=200)


class Named(Schema):
    """What it is called here."""

    label: str = Field(min_length=1, max_length=200)


class SupplierShape(Schema):
    """A row of a list of suppliers: a number, a name, or both."""

    name: str = Field(default="", max_length=300)
    number: str = Field(default="", max_length=100)
    standard: str = Field(default="", max_length=120)
    country: str = Field(default="", max_length=2)
    body: str = Field(default="", max_length=300)


class NewList(Schema):
    """At most 500 suppliers."""

    suppliers: list[SupplierShape] = Field(max_length=actions.MOST_AT_ONCE)


class TakenShape(Schema):
    """What became of a row: watched, already, not found; near: names to choose from."""

    line: int
    taken: str
    why: str
    near: list[str]


class SeenShape(Schema):
    """How many changes were marked as seen."""

    seen: int


def _shape(row: queries.WatchedCertificate) -> dict[str, Any]:
    one = queries.shown(row)
    answers = [
        {"question": name, "answer": said.answer, "code": said.code, "reason": said.reason} for name, said in one.said
    ]
    plain = {name: getattr(one, name) for name in WatchedShape.model_fields if name not in {"answers", "source"}}
    return plain | {"answers": answers, "source": one.register}


def _change(event: queries.WatchEvent) -> dict[str, Any]:
    plain = {name: getattr(event, name) for name in ChangeShape.model_fields if name != "label"}
    return plain | {"label": event.watched.label}


@router.get("/", auth=may("watch.read"), response={200: WatchList, **ERRORS}, url_name="watch")
@in_scope
def list_watched(
    request: ApiRequest, organisation: Path[str], view: str = "all", text: str = "", page: PageNumber = 1
) -> Any:
    """What is watched, unseen changes first, 100 a page. view: all, changed, stop (something is no), unknown, good."""
    count, rows = page_of(queries.listed(view=view, text=text), page=page, size=SIZE)
    return {"count": count, "watched": [_shape(row) for row in rows]}


@router.post("/", auth=may("watch.write"), response={201: WatchedShape, **ERRORS}, url_name="watch")
@in_scope
def watch(request: ApiRequest, organisation: Path[str], asked: NewWatched) -> Any:
    """Watch the certificate with this number."""
    row = actions.add_by_number(**asked.dict(), by=request.actor, at=timezone.now())
    return Status(201, _shape(queries.record(watched_id=row.pk)))


@router.post("/list", auth=may("watch.write"), response={200: list[TakenShape], **ERRORS}, url_name="watch-list")
@in_scope
def watch_list(request: ApiRequest, organisation: Path[str], asked: NewList) -> Any:
    """Watch what a list of suppliers names; an answer for each row, in order. Misspelt names are not taken."""
    suppliers = [Supplier(line, **one.dict()) for line, one in enumerate(asked.suppliers, start=1)]
    told = actions.add_many(suppliers=suppliers, by=request.actor, at=timezone.now())
    return [
        {"line": row.supplier.line, "taken": str(row.taken), "why": row.why, "near": list(row.near)} for row in told
    ]


@router.get("/changes", auth=may("watch.read"), response={200: Changes, **ERRORS}, url_name="watch-changes")
@in_scope
def list_changes(request: ApiRequest, organisation: Path[str], since: date | None = None, page: PageNumber = 1) -> Any:
    """What changed, newest first, 100 a page. since: only what was noticed from this day on."""
    count, rows = page_of(queries.all_changes(since=since), page=page, size=SIZE)
    return {"count": count, "changes": [_change(event) for event in rows]}


@router.post("/seen", auth=may("watch.write"), response={200: SeenShape, **ERRORS}, url_name="watch-all-seen")
@in_scope
def all_seen(request: ApiRequest, organisation: Path[str]) -> Any:
    """Take notice of all changes."""
    return {"seen": actions.mark_seen(by=request.actor, at=timezone.now())}


@router.get(_ADDRESS, auth=may("watch.read"), response={200: WatchedShape, **ERRORS}, url_name="watched")
@in_scope
def get_watched(request: ApiRequest, organisation: Path[str], watched_id: UUID) -> Any:
    """One watched certificate."""
    return _shape(queries.record(watched_id=watched_id))


@router.patch(_ADDRESS, auth=may("watch.write"), response={200: WatchedShape, **ERRORS}, url_name="watched")
@in_scope
def rename_watched(request: ApiRequest, organisation: Path[str], watched_id: UUID, named: Named) -> Any:
    """Call it otherwise."""
    actions.rename(watched_id=watched_id, label=named.label, by=request.actor, at=timezone.now())
    return _shape(queries.record(watched_id=watched_id))


@router.delete(_ADDRESS, auth=may("watch.write"), response={200: WatchedShape, **ERRORS}, url_name="watched")
@in_scope
def stop_watching(request: ApiRequest, organisation: Path[str], watched_id: UUID) -> Any:
    """Watch it no longer; its changes stay on record."""
    actions.stop(watched_id=watched_id, by=request.actor, at=timezone.now())
    return _shape(queries.record(watched_id=watched_id))


@router.post(f"{_ADDRESS}seen/", auth=may("watch.write"), response={200: SeenShape, **ERRORS}, url_name="watched-seen")
@in_scope
def mark_seen(request: ApiRequest, organisation: Path[str], watched_id: UUID) -> Any:
    """Take notice of its changes."""
    return {"seen": actions.mark_seen(watched_id=watched_id, by=request.actor, at=timezone.now())}
