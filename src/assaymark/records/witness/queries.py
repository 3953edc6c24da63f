"""Who watches whom, and who saw what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from assaymark.records.assessments.models import Application
from assaymark.records.attestations.models import Attestation
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
    """A journal that the scope's organisation watches, as it saw it last."""

    origin: str
    size: int
    at: datetime

    @property
    def name(self) -> str:
        """The log's organisation, short: what stands in the origin before the epoch, or all of it."""
        parts = self.origin.split("/")
        return parts[-2] if len(parts) > 2 and parts[-3] == "log" else self.origin


def watched() -> list[Watched]:
    """The journals that the scope's organisation cosigned, newest first."""
    newest: dict[str, Watched] = {}
    for row in Witnessed.objects.order_by("origin", "size").values_list("origin", "size", "at"):
        newest[row[0]] = Watched(*row)
    return sorted(newest.values(), key=lambda one: one.at, reverse=True)
