"""Who an organisation is outside, and which keys it had. Public knowledge: it is published, so no scope narrows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from assaymark.adapters.keys import KeyProblem, KeyStore
from assaymark.core import identifiers as core
from assaymark.core.refusal import Refusal
from assaymark.records.identifiers.models import IssuerKey, LogEntry
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import system_scope


@dataclass(frozen=True, slots=True)
class Identifier:
    """The identifier of an organisation now: its text, the multibase key that signs, the one announced, since when."""

    did: str
    signs: str
    announced: str
    changed: dt.datetime


_looked_up: ContextVar[dict[UUID, Identifier | None] | None] = ContextVar("identifiers", default=None)


@contextmanager
def looked_up_once() -> Iterator[None]:
    """Within it each identifier is looked up once: for what is written in one go, under the keys of one moment."""
    known = _looked_up.get()
    token = _looked_up.set({} if known is None else known)
    try:
        yield
    finally:
        _looked_up.reset(token)


def look_again(organisation_id: UUID) -> None:
    """Forget what was looked up about an organisation: its log has a new entry."""
    (_looked_up.get() or {}).pop(organisation_id, None)


def identifier_of(organisation_id: UUID) -> Identifier | None:
    """The organisation's identifier with a history; ``None`` when it is named by its key."""
    known = _looked_up.get()
    if known is None:
        return _newest(organisation_id)
    if organisation_id not in known:
        known[organisation_id] = _newest(organisation_id)
    return known[organisation_id]


def _newest(organisation_id: UUID) -> Identifier | None:
    with system_scope():
        row = LogEntry.unscoped.filter(organisation_id=organisation_id).order_by("-number").first()
    return Identifier(row.did, row.signs, row.announced, row.at.astimezone(dt.UTC)) if row else None


def identified(*, slug: str) -> Organisation | None:
    """The organisation with this short name, when it has an identifier with a history."""
    with system_scope():
        row = LogEntry.unscoped.filter(organisation__slug=slug).select_related("organisation").first()
    return row.organisation if row else None


def signs_for(organisation_id: UUID) -> str:
    """The multibase key that signs for the organisation now; empty when it is named by its key."""
    known = identifier_of(organisation_id)
    return known.signs if known else ""


def log_of(organisation_id: UUID) -> str:
    """The log as published (`did.jsonl`); empty when there is none."""
    if _looked_up.get() is not None and identifier_of(organisation_id) is None:
        return ""
    with system_scope():
        rows = LogEntry.unscoped.filter(organisation_id=organisation_id).order_by("number")
        return "".join(rows.values_list("line", flat=True))


def keys_of(organisation_id: UUID) -> list[core.KeyFacts]:
    """Every key that signs or signed for the organisation, oldest first, with what happened to it."""
    if _looked_up.get() is not None and identifier_of(organisation_id) is None:
        return []
    with system_scope():
        rows = IssuerKey.unscoped.filter(organisation_id=organisation_id).order_by("since").prefetch_related("events")
        return [row.facts() for row in rows]


def place_of(slug: str) -> str:
    """Host and path of the organisation's identifier, as did:web and did:webvh write them."""
    address = urlsplit(settings.PUBLIC_URL)
    path = [part for part in address.path.split("/") if part]
    return ":".join([address.netloc.replace(":", "%3A"), *path, "did", slug])


def reasons_not_to_identify(*, organisation_id: UUID) -> list[Refusal]:
    """Why the organisation cannot take an identifier with a history now."""
    known = identifier_of(organisation_id)
    return core.reasons_not_to_identify(taken=known.did if known else "", public_url=settings.PUBLIC_URL)


def reasons_not_to_change(
    *,
    organisation_id: UUID,
    at: dt.datetime,
    of: str = "",
    compromised_since: dt.datetime | None = None,
    reason: str = "",
) -> list[Refusal]:
    """Why a key of the organisation cannot be replaced, or be called compromised, now."""
    known = identifier_of(organisation_id)
    return core.reasons_not_to_change(
        keys=keys_of(organisation_id),
        last_change=known.changed if known else None,
        at=at,
        of=of,
        compromised_since=compromised_since,
        reason=reason,
    )


def problems() -> list[str]:
    """What `assaymark check` objects to: a setting that names no way, and keys that are not among the files."""
    found = []
    if settings.IDENTIFIERS not in ("key", "webvh"):
        found.append(f"ASSAYMARK_IDENTIFIERS is {settings.IDENTIFIERS!r}. Set it to key or webvh.")
    if settings.IDENTIFIERS == "webvh":
        refusals = core.reasons_not_to_identify(taken="", public_url=settings.PUBLIC_URL)
        found += [f"{one.message} {one.next_step}" for one in refusals]
    store = KeyStore(settings.HOME)
    with system_scope():
        organisations = Organisation.objects.filter(pk__in=LogEntry.unscoped.values("organisation_id")).order_by("slug")
        named = [(one, identifier_of(one.pk)) for one in organisations]
    for organisation, known in named:
        for public in (known.signs, known.announced) if known else ():
            try:
                store.held(organisation.slug, public)
            except KeyProblem as problem:
                found.append(f"{organisation.name}: {problem}.")
    return found
