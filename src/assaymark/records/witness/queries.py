"""Who watches whom, and who saw what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from assaymark.records.assessments.models import Application
from assaymark.records.attestations.models import Attestation
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope
from assaymark.records.witness.models import Witness, Witnessed


def witness_name(slug: str) -> str:
    """The name of a body's key as a witness, the same for ever: `qms.example/witness/certlight`."""
    address = urlsplit(settings.PUBLIC_URL)
    return f"{address.netloc}{address.path}/witness/{slug}"


def bodies_of(organisation_id: UUID) -> set[UUID]:
    """Bodies of this installation that watch an organisation: they attest something of it, or it applied to them."""
    with organisation_scope(organisation_id):
        issuers = Attestation.objects.filter(holder_id=organisation_id).values_list("organisation_id", flat=True)
        asked = Application.objects.filter(client_id=organisation_id).values_list("organisation_id", flat=True)
        return (set(issuers) | set(asked)) - {organisation_id}


@dataclass(frozen=True, slots=True)
class Seen:
    """A witness of the scope's journal: what it saw last and when, or why it did not."""

    name: str
    size: int
    epoch: int
    at: datetime | None
    problem: str
    elsewhere: bool


def witnesses() -> list[Seen]:
    """The witnesses of the scope's journal, those that saw it last first."""
    rows = Witness.objects.select_related("body")
    found = [Seen(row.name, row.size, row.epoch, row.seen_at, row.problem, row.body_id is None) for row in rows]
    return sorted(found, key=lambda seen: (seen.at is None, -(seen.at.timestamp() if seen.at else 0), seen.name))


@dataclass(frozen=True, slots=True)
class Watched:
    """A journal that the scope's organisation watches, as it saw it last. name: whose it is, or the origin."""

    origin: str
    name: str
    size: int
    at: datetime


def watched() -> list[Watched]:
    """The journals that the scope's organisation cosigned, newest first."""
    newest = {origin: (size, at) for origin, size, at in _seen()}
    names = dict(Organisation.objects.filter(slug__in=map(_slug, newest)).values_list("slug", "name"))
    host = witness_name("").removesuffix("witness/")
    found = [
        Watched(origin, _name_of(origin, names) if origin.startswith(host) else origin, size, at)
        for origin, (size, at) in newest.items()
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _name_of(origin: str, names: dict[str, str]) -> str:
    name = names.get(_slug(origin), origin)
    return f"{name}, status log" if "/status-log/" in origin else name


def _seen() -> QuerySet[Witnessed, tuple[str, int, datetime]]:
    return Witnessed.objects.order_by("origin", "size").values_list("origin", "size", "at")


def _slug(origin: str) -> str:
    """The short name in an origin of the house's form, `host/log/SLUG/e1` or `host/status-log/SLUG`."""
    parts = origin.split("/")
    if len(parts) > 2 and parts[-3] == "log":
        return parts[-2]
    return parts[-1] if len(parts) > 1 and parts[-2] == "status-log" else ""
