"""What became of bodies, as the operator records it: names, mergers and successions, dated and with their source.

Rules that hold here
* A change is told of a body that a register names; it is never concluded from names that look alike.
* The same change twice is one. A change that contradicts what is recorded of the body is refused.
* Nothing is altered or deleted; what was told in error is taken back, and both stay on record.
* The old and the new name of a body are names that search finds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from assaymark.core import body_changes as core
from assaymark.core.body_changes import ChangeKind, FormerName, Predecessor
from assaymark.core.refusal import Refusal, refuse
from assaymark.core.register import name_key
from assaymark.records.attestations import actions as attesting
from assaymark.records.attestations import identity
from assaymark.records.attestations import queries as attestations
from assaymark.records.attestations.past import Past
from assaymark.records.attestations.queries import Attestation
from assaymark.records.parties.models import Organisation
from assaymark.records.register import bulk
from assaymark.records.register.models import BodyChange, Party, Source
from assaymark.records.register.naming import Naming
from assaymark.records.scope import organisation_scope

__all__ = [
    "BodyChange",
    "Event",
    "Told",
    "as_json",
    "changes",
    "end_of",
    "heirs_of",
    "own_party",
    "past_of",
    "record",
    "retract",
    "said_of_end",
    "sign_again",
    "time_line",
    "time_line_of",
]

_CLAUSE = "ISO/IEC 17011:2017, 8.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A change as it is told. The body is found by its old name, when it was renamed also by its new one.

    did     the identifier under which the ended body attested, where it is known
    origin  where this is known from: a notice, a page, a letter
    """

    source_key: str
    kind: ChangeKind
    on: dt.date
    old_name: str
    new_name: str
    origin: str
    did: str = ""


@transaction.atomic
def record(*, told: Told, at: dt.datetime) -> BodyChange:
    """Record a change and return it; the same one twice is recorded once.

    Raises `Source.DoesNotExist`, and `Refused` when no such body is known, or when it contradicts what is recorded.
    """
    bulk.alone()
    source = Source.objects.get(key=told.source_key)
    former, other = _named(source, told.old_name), _named(source, told.new_name)
    party = former or (other if told.kind is ChangeKind.RENAMED else None)
    if party is None:
        why = f"{source.name} names no body “{told.old_name}”."
        refuse([Refusal("body-unknown", "", why, "Write the body as the register writes it.")])
        raise AssertionError
    other = None if other == party else other
    facts = core.BodyChange(told.kind, told.on, told.old_name.strip(), told.new_name.strip(), told.origin)
    known = list(_standing().filter(party=party))
    for row in known:
        if (row.facts().kind, row.on, row.new_name) == (facts.kind, facts.on, facts.new_name):
            return row
    _refuse(known, facts, told)
    _name(source, party, other, facts)
    return BodyChange.objects.create(
        party=party,
        kind=told.kind.value,
        on=told.on,
        old_name=facts.old_name[:300],
        new_name=facts.new_name[:300],
        other=other,
        did=told.did,
        origin=told.origin.strip()[:300],
        recorded_at=at,
    )


@transaction.atomic
def retract(*, change_id: int, origin: str, at: dt.datetime) -> BodyChange:
    """Take a change back that was told in error. Raises `BodyChange.DoesNotExist` for one that does not stand."""
    row: BodyChange = _standing().get(pk=change_id)
    return BodyChange.objects.create(
        party=row.party,
        kind=row.kind,
        on=row.on,
        old_name=row.old_name,
        new_name=row.new_name,
        other=row.other,
        did=row.did,
        origin=origin[:300],
        recorded_at=at,
        retracts=row,
    )


def sign_again(*, change: BodyChange, at: dt.datetime) -> list[Attestation]:
    """Sign anew the accreditations and recognitions in force that are to state the change.

    Of a merger those of the heir, of a renaming its own; each in the name of its issuer. The operator's act; nothing
    where the body is none of this installation.
    """
    slugs = {change.party.identity.removeprefix("id:")} if change.party.source.key == "own" else set()
    if change.kind != ChangeKind.RENAMED:
        slugs = heirs_of(slugs)
    done = []
    for slug in sorted(slugs):
        for row in attestations.held_in_force(slug=slug, at=at):
            with organisation_scope(row.organisation_id), transaction.atomic():
                done.append(attesting.sign_again(attestation_id=row.pk, at=at, reason=str(change)))
    return done


def _standing() -> QuerySet[BodyChange]:
    """What was told and not taken back."""
    return BodyChange.objects.filter(retracts=None, retraction=None).select_related("party__source", "other")


def _named(source: Source, name: str) -> Party | None:
    """The body of a register with a name; a current name counts before others."""
    key = name_key(name)
    if not key:
        return None
    bodies = Party.objects.filter(source=source, role=Party.BODY, names__key=key)
    return bodies.filter(names__key=key, names__kind="current").first() or bodies.order_by("pk").first()


def _refuse(known: Sequence[BodyChange], facts: core.BodyChange, told: Told) -> None:
    refusals = [
        Refusal("contradiction", _CLAUSE, why, "See what is recorded: assaymark register body-changes")
        for why in core.contradictions([row.facts() for row in known], facts)
    ]
    if not told.origin.strip():
        why = "Where this is known from is not said."
        refusals.append(Refusal("origin-missing", _CLAUSE, why, "Name the notice or the page."))
    refuse(refusals)


def _name(source: Source, party: Party, other: Party | None, facts: core.BodyChange) -> None:
    """Let search find the body by its other name."""
    there = {name_key(row.name) for row in party.names.all()}
    wanted = []
    if name_key(facts.old_name) not in there:
        wanted.append((party.pk, facts.old_name, "former"))
    if facts.kind is ChangeKind.RENAMED and other is None and name_key(facts.new_name) not in there:
        wanted.append((party.pk, facts.new_name, "other"))
    naming = Naming(source.pk)
    naming.names(wanted)
    naming.finish()


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a body's time line; other: the page to follow, the body that it became or that joined it."""

    change: BodyChange
    sentence: str
    other: Party | None


def time_line(*parties: Party) -> list[Event]:
    """What became of a body, and which bodies joined it, oldest first."""
    pks = {party.pk for party in parties}
    rows = _standing().filter(Q(party__in=pks) | Q(other__in=pks))
    return [Event(row, row.facts().sentence(), row.other if row.party_id in pks else row.party) for row in rows]


def time_line_of(slug: str) -> list[Event]:
    """The same of an organisation of this installation; nothing while it issued nothing."""
    party = own_party(slug)
    return time_line(party) if party else []


def end_of(party_id: int, *, on: dt.date) -> BodyChange | None:
    """The merger or succession by which a body had ended on a day; None while it goes on."""
    ends = _standing().filter(party_id=party_id, on__lte=on).exclude(kind=ChangeKind.RENAMED.value)
    return ends.first()


def said_of_end(party_id: int | None, *, on: dt.date) -> str:
    """That a body had ended by a day, and who answers for its certificates since then; empty while it goes on."""
    change = end_of(party_id, on=on) if party_id else None
    return _said(change) if change else ""


def all_said_of_ends(*, on: dt.date) -> dict[int, str]:
    """By body that had ended by a day, the same sentence: bodies end rarely, so all of them are one query."""
    ends = _standing().filter(on__lte=on).exclude(kind=ChangeKind.RENAMED.value)
    said: dict[int, str] = {}
    for change in ends:
        said.setdefault(change.party_id, _said(change))
    return said


def _said(change: BodyChange) -> str:
    return f"{change} {change.new_name} answers for this certificate since then."


def own_party(slug: str) -> Party | None:
    """The body of this installation's own register that an organisation is; None when it issued nothing yet."""
    return Party.objects.filter(source__key="own", role=Party.BODY, identity=f"id:{slug}").first()


def past_of(organisation: Organisation) -> Past:
    """What the attestations of an organisation of this installation state of its past."""
    rows = list(_standing().filter(party__source__key="own"))
    party, key = own_party(organisation.slug), name_key(organisation.name)
    names, ended = [], []
    for row in rows:
        if row.kind == ChangeKind.RENAMED:
            if party is not None and party.pk in (row.party_id, row.other_id):
                names.append(FormerName(row.old_name, row.on - dt.timedelta(days=1)))
        elif _became(row, party, key) and (did := row.did or _did_of(row.party)):
            ended.append(Predecessor(did, row.old_name, row.on, ChangeKind(row.kind)))
    return Past(tuple(names), tuple(ended))


def heirs_of(slugs: Iterable[str]) -> set[str]:
    """The organisations that answer for these, which have ended: by short names."""
    identities = [f"id:{slug}" for slug in slugs]
    ends = _standing().filter(party__source__key="own", party__identity__in=identities)
    found = set()
    for row in ends.exclude(kind=ChangeKind.RENAMED.value):
        by_name = None if row.other else Organisation.objects.filter(name=row.new_name).first()
        found.add(row.other.identity.removeprefix("id:") if row.other else by_name.slug if by_name else "")
    return found - {""}


def _became(row: BodyChange, party: Party | None, key: str) -> bool:
    """Whether a body that ended became this one: by its entry, or by its name while it issued nothing yet."""
    if row.other_id is not None:
        return party is not None and row.other_id == party.pk
    return name_key(row.new_name) == key


def _did_of(party: Party) -> str:
    organisation = Organisation.objects.filter(slug=party.identity.removeprefix("id:")).first()
    return identity.did_of(organisation) if organisation else ""


def changes(*, body: str = "") -> list[BodyChange]:
    """All that stands, oldest first; of one body only when it is named."""
    rows = _standing()
    if body:
        key = name_key(body)
        rows = rows.filter(Q(party__names__key=key) | Q(other__names__key=key)).distinct()
    return list(rows)


def as_json(rows: Iterable[BodyChange]) -> list[dict[str, object]]:
    """Changes for a program."""
    return [
        {
            "id": row.pk,
            "register": row.party.source.key,
            "kind": row.kind,
            "on": row.on.isoformat(),
            "old_name": row.old_name,
            "new_name": row.new_name,
            "did": row.did,
            "origin": row.origin,
            "recorded_at": row.recorded_at.isoformat(),
            "sentence": row.facts().sentence(),
        }
        for row in rows
    ]
