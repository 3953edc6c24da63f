"""The home of a certification or accreditation body: what waits for a decision, and whose surveillance is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.urls import NoReverseMatch, reverse

from assaymark import catalogue
from assaymark.core.assessment import State
from assaymark.core.readiness.facts import NextDate, Record
from assaymark.records.assessments import queries
from assaymark.records.assessments.queries import Client
from assaymark.web import dates
from assaymark.web.readiness import lines

AHEAD = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for the body. since: since when."""

    label: str
    client: str
    address: str
    since: date | None = None


@dataclass(frozen=True, slots=True)
class ClientLine:
    """A client with the state of its attestation and the next surveillance."""

    name: str
    address: str
    kind: str
    state: str
    due: date | None
    expires: date | None


@dataclass(frozen=True, slots=True)
class BodyHome:
    """What the page shows."""

    decisions: list[Waiting]
    applications: list[Waiting]
    surveillance: list[ClientLine]
    clients: list[ClientLine]
    late: int
    dates: tuple[NextDate, ...]

    @property
    def headline(self) -> str:
        """Where the body stands, in half a sentence."""
        attested = sum(1 for c in self.clients if c.state in {"valid", "suspended"})
        return (
            f"{dates.count(attested, 'client')} with an attestation, {len(self.surveillance)} to survey within 90 days."
        )

    @property
    def rest(self) -> str:
        """What the headline leaves out."""
        parts = [f"{dates.count(self.late, 'surveillance')} late"] if self.late else []
        if self.decisions:
            parts.append(f"{dates.count(len(self.decisions), 'audit')} to decide on")
        if self.applications:
            parts.append(f"{dates.count(len(self.applications), 'application')} to review")
        return f"{', '.join(parts)}." if parts else "Nothing is late and nothing waits for a decision."


def body_home(*, day: date, slug: str) -> BodyHome:
    """Everything in four queries: clients with their cycles (two), applications, audits reviewed or to come."""
    clients = queries.clients(day=day)
    # Reviewed ones and those to come in one query; a body has few of the first and a quarter's worth of the second.
    audits = list(queries.listed(view="open").filter(Q(state=State.REVIEWED) | Q(starts__range=(day, day + AHEAD))))
    due = [c for c in clients if c.due and c.due <= day + AHEAD]
    decisions = [
        Waiting(str(a), a.client.name, _audit(a.pk, slug), a.reported_at.date() if a.reported_at else None)
        for a in sorted((a for a in audits if a.state == State.REVIEWED), key=lambda a: (str(a.reported_at), a.number))
    ]
    applications = [
        Waiting(f"{a.number} {_standard(a.standard)}", a.client.name, _application(a.pk, slug), a.submitted_at.date())
        for a in queries.applications(state="submitted")
        if str(a.organisation.slug) == slug
    ]
    return BodyHome(
        decisions=decisions,
        applications=applications,
        surveillance=[_client(c, day, slug) for c in sorted(due, key=lambda c: (c.due or day, c.name))],
        clients=[_client(c, day, slug) for c in clients],
        late=sum(1 for c in due if c.due and c.due < day),
        dates=(*_dates(clients), *_planned(audits, day)),
    )


def _planned(audits: Iterable[Any], day: date) -> Iterable[NextDate]:
    """The audits that are planned for the next days."""
    for audit in audits:
        if audit.starts and audit.starts >= day:
            record = Record("assessments.assessment", audit.pk, str(audit))
            yield NextDate(audit.starts, f"{audit.title}: {audit.client.name}", record)


def _standard(key: str) -> str:
    """The standard as it is cited; its key when the edition does not ship."""
    try:
        return catalogue.edition(key).name
    except KeyError:
        return key


def _dates(clients: Iterable[Client]) -> Iterable[NextDate]:
    for client in clients:
        record = Record("assessments.assessment", client.latest_id, client.name)
        if client.due:
            yield NextDate(client.due, f"Surveillance: {client.name}, at latest", record)
        if client.cycle and client.cycle.expires and client.cycle.withdrawn_on is None:
            yield NextDate(client.cycle.expires, f"{client.name}: validity ends", record)


def _client(client: Client, day: date, slug: str) -> ClientLine:
    cycle = client.cycle
    state = "none"
    if cycle is not None:
        state = "suspended" if cycle.suspended_since else "valid"
        if cycle.withdrawn_on or cycle.expired_on(day):
            state = "withdrawn" if cycle.withdrawn_on else "expired"
    return ClientLine(
        name=client.name,
        address=_audit(client.latest_id, slug),
        kind=client.kind.replace("_", " ").capitalize(),
        state=state,
        due=client.due,
        expires=cycle.expires if cycle else None,
    )


def _audit(key: object, slug: str) -> str:
    return lines.address(Record("assessments.assessment", key, ""), slug=slug)  # type: ignore[arg-type]


def _application(key: object, slug: str) -> str:
    try:
        return reverse("assessments:application", kwargs={"organisation": slug, "application_id": key})
    except NoReverseMatch:
        return ""
