"""This installation's own certificates, accreditations and recognitions in the public register, source "own".

Rules that hold here
* What the register says follows from what is only ever added: signed issues and status events, each with the day from
  which it counts and the moment at which it was recorded. So the register's history can be made from them at any time.
* A retroactive event restates every later day on which it changes what was said; what was said before stays on record.
* What is not public is listed with "status-only": its status is told on exact request.
* What the register says today and its verdict follow at events, and each day: days alone change them too.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from assaymark.core import register as core
from assaymark.core.attestation import AttestationKind, Status, StatusEvent, status_as_of
from assaymark.core.register import Entry, Version, version_on
from assaymark.formats.jws import split
from assaymark.records.attestations import queries as attestations
from assaymark.records.attestations import verification
from assaymark.records.attestations.queries import Attestation
from assaymark.records.register import bulk, following, tasks
from assaymark.records.register.models import Listing, ListingVersion, Party, SectorOf, Source
from assaymark.records.register.naming import Named, Naming

_SITE = {"address": "street"}  # as registers call it
KEY, NAME = "own", "This register"
_LOG = logging.getLogger(__name__)


def follow(row: Attestation) -> None:
    """After the current transaction: bring the register up to date about it (called by the actions on it).

    What stands above others is part of their verdicts: these are then given anew in the background.
    """
    number, pk = row.number, row.pk
    transaction.on_commit(lambda: publish(number=number, attestation_id=pk, at=timezone.now()), robust=True)
    if row.kind != AttestationKind.CERTIFICATE:
        transaction.on_commit(tasks.want_verdicts, robust=True)


def publish(*, number: str, attestation_id: Any, at: dt.datetime) -> Listing | None:
    """Bring the register up to date about one attestation; None when there is no such one."""
    found = [row for row in attestations.find_by_number(number=number) if row.pk == attestation_id]
    return _publish(found[0], at=at) if found else None


def refresh(*, at: dt.datetime) -> tuple[int, int]:
    """Bring it up to date about all of them: (how many, statements that were added). One that fails stops no other."""
    rows = attestations.everything()
    before = ListingVersion.objects.filter(listing__source__key=KEY).count()
    for row in rows:
        try:
            _publish(row, at=at)
        except Exception:
            _LOG.exception("The register was not brought up to date about %s.", row.number)
    return len(rows), ListingVersion.objects.filter(listing__source__key=KEY).count() - before


@transaction.atomic
def _publish(row: Attestation, *, at: dt.datetime) -> Listing:
    bulk.alone()
    source, _ = Source.objects.get_or_create(key=KEY, defaults={"name": NAME})
    listing = Listing.objects.filter(source=source, identity=row.pk.hex).first()
    said = [v.facts() for v in ListingVersion.objects.filter(listing=listing).order_by("seq")] if listing else []
    new = list(_statements(row, said=list(said), at=at))
    if listing is None:
        listing = Listing(source=source, identity=row.pk.hex, listed_from=new[0].valid_from)
    today = version_on([*said, *new], on=at.date()) or (new or said)[0]
    if new or _says_otherwise(listing, Entry.of(today.values)):  # what was said of a later day counts from that day
        _write(listing, newest=today, count=len(said) + len(new), at=at)
    if new:
        ListingVersion.objects.bulk_create(
            ListingVersion(
                listing=listing,
                seq=v.seq,
                valid_from=v.valid_from,
                recorded_at=v.recorded_at,
                kinds=",".join(v.kinds),
                values=dict(v.values),
                changes={name: list(pair) for name, pair in v.changes.items()},
            )
            for v in new
        )
        Source.objects.filter(pk=source.pk).update(
            newest=at.date(), listings=Listing.objects.filter(source=source, listed_until=None).count()
        )
    _judge(listing, row, at=at)
    following.listing_changed(listing.pk, at=at)
    return listing


def _statements(row: Attestation, *, said: list[Version], at: dt.datetime) -> Iterator[Version]:
    """What the register has to say anew: at each moment of record, every day on which it says something else."""
    events, issues = attestations.events_of(row), sorted(row.issues.all(), key=lambda issue: issue.revision)
    moments = {event.recorded_at for event in events} | {issue.issued_at for issue in issues} | {at}
    newest = max((version.recorded_at for version in said), default=None)
    for moment in sorted(m for m in moments if m <= at and (newest is None or m > newest)):
        begun = [i for i in issues if i.issued_at <= moment]
        known = [e for e in events if e.recorded_at <= moment]
        if not begun:
            continue
        days = {e.effective_from.date() for e in known} | {i.effective_from or row.original_issue for i in begun}
        if moment == at:  # whether it is listed is no event of its own: it counts from the day of the change
            days.add(at.date())
        for day in sorted(days):
            before = version_on(said, on=day)
            values = _entry(row, begun, known, day=day, moment=moment).values()
            if before is not None and moment == at and day < at.date():
                values["visibility"] = before.values.get("visibility", "public")
            found = core.difference(before=before.values if before else None, after=values)
            if found:
                version = Version(len(said) + 1, day, moment, tuple(str(k) for k in found.kinds), values, found.changes)
                said.append(version)
                yield version


def _entry(
    row: Attestation, issues: list[Any], events: list[StatusEvent], *, day: dt.date, moment: dt.datetime
) -> Entry:
    """What is to be said of a day as known at a moment; the words are those of the signed issue."""
    begun = [i for i in issues if i.effective_from is None or i.effective_from <= day]
    claims = orjson.loads(split((begun or issues[:1])[-1].credential).payload)
    subject = claims["credentialSubject"]
    end = dt.datetime.combine(day, dt.time(23, 59, 59, 999999), dt.UTC)
    status, _ = status_as_of(events, at=end, known_at=moment)
    rows, above = subject.get("scope") or [], claims["issuer"].get("recognizedIn") or {}
    certificate, town = row.kind == AttestationKind.CERTIFICATE, row.holder.locality
    return Entry(
        number=row.number,
        holder=str(subject["issuedToParty"]["name"] if certificate else subject["registeredName"]),
        holder_id=row.holder.slug,
        other_names=tuple(_other_names(subject)),
        country=row.holder.country or "",
        body=str(claims["issuer"]["name"]),
        body_id=row.organisation.slug,
        standard=row.standard_label,
        status=str(status or Status.VALID),
        issued=str(claims.get("validFrom", ""))[:10],
        expires=str(claims.get("validUntil", ""))[:10],
        original_issue=row.original_issue.isoformat(),
        scope=str(subject.get("scopeStatement", "")),
        address=str(subject.get("address", "")),
        kind="" if certificate else str(row.kind),
        accredited=("Accredited" if above else "Unaccredited") if certificate else "",
        accreditation_body=str(above.get("issuerName", "")) if certificate else "",
        iaf=tuple(sorted({str(code) for line in rows for code in line.get("iaf", ()) if code != "*"})),
        countries=tuple(sorted({str(code) for line in rows for code in line.get("countries", ()) if code != "*"})),
        sites=tuple({_SITE.get(k, k): str(v) for k, v in site.items()} for site in row.sites),
        visibility="public" if row.public else "status-only",
        extra={"credential": str(claims["id"]), **({"certified_entity_city": town} if town else {})},
    )


def _other_names(subject: dict[str, Any]) -> Iterator[str]:
    """Names that the signed issue gives beside the first: also known as, and formerly."""
    yield from (n for n in subject.get("issuedToParty", {}).get("partyAlsoKnownAs", ()) if isinstance(n, str))
    yield from (str(former["name"]) for former in subject.get("formerNames", ()))


def _says_otherwise(listing: Listing, entry: Entry) -> bool:
    """Whether its columns are those of another day."""
    there = (listing.status, listing.standard, listing.expires, listing.issued, listing.public)
    public = entry.visibility == "public"
    return there != (entry.status, entry.standard, core.day(entry.expires), core.day(entry.issued), public)


def _write(listing: Listing, *, newest: Version, count: int, at: dt.datetime) -> None:
    """The listing's columns from what counts today."""
    entry = Entry.of(newest.values)
    naming = Naming(listing.source_id)
    holder, body = Named.holder(entry), Named.body(entry)
    parties = naming.parties([named for named in (holder, body) if named])
    naming.finish()
    listing.kind = entry.kind or Listing.CERTIFICATE
    listing.number, listing.number_key = entry.number, core.number_key(entry.number)
    listing.holder_id = parties[holder.role, holder.identity]
    listing.body_id = parties[Party.BODY, body.identity] if body else None
    listing.standard, listing.standard_key = entry.standard, entry.standard_key
    listing.country, listing.status = entry.country, entry.status
    listing.issued, listing.expires = core.day(entry.issued), core.day(entry.expires)
    listing.public = entry.visibility == "public"
    listing.changed_at, listing.seq = at, count
    listing.save()
    SectorOf.objects.filter(listing_id=listing.pk).delete()
    SectorOf.objects.bulk_create(SectorOf(code=code, listing_id=listing.pk) for code in entry.iaf)


def _judge(listing: Listing, row: Attestation, *, at: dt.datetime) -> None:
    """The four answers as the verifier gives them now."""
    verdict = verification.verdict_on(row, at=at, now=at)
    listing.verdict_code = str(verdict.code)
    listing.verdicts = ",".join(str(finding.answer) for finding in verdict.findings.values())
    listing.checked_at = at
    listing.save(update_fields=["verdict_code", "verdicts", "checked_at"])
