"""The operator's trust list: one anchor for each identifier, written by `assaymark trust`, every change recorded.

Rules that hold here
* A list is taken in whole or not at all, and what it leaves behind must itself be a list without contradictions.
* The same list twice changes nothing.
* Every change is a `TrustChange` that is never altered; an organisation of this installation that becomes an anchor, or
  ceases to be one, finds it in its own journal too.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from assaymark.core import succession
from assaymark.core.recognition_labels import label_on, label_sentence
from assaymark.core.trust import Anchor
from assaymark.formats.strict_json import Json
from assaymark.formats.trust_list import BadTrustList, anchor_as_json, read_trust_list
from assaymark.records.attestations import identity
from assaymark.records.attestations.models import TrustAnchor, TrustChange
from assaymark.records.journal.actions import append
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope


@dataclass(frozen=True, slots=True)
class Taken:
    """What a list did to the trust list, by names."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a change came from: a command or a file, the digest of the file, and when."""

    name: str
    at: dt.datetime
    digest: str = ""


@transaction.atomic
def trust_anchor(
    *,
    organisation: Organisation,
    valid_from: dt.date,
    role: str = "arrangement",
    kinds: tuple[str, ...] = (),
    label: str = "",
    at: dt.datetime | None = None,
) -> TrustAnchor:
    """Trust an organisation of this installation at the top of chains. The operator's act.

    An entry that it has already keeps its end, its predecessor and its source. Under a new identifier it succeeds
    itself under the old one, whose entry stays.
    """
    did = identity.key_of(organisation).did
    row = TrustAnchor.objects.filter(did=did).first()
    former = TrustAnchor.objects.filter(organisation=organisation).exclude(did=did).first()
    known = row.facts() if row else Anchor(did, organisation.name)
    if former is not None:
        known = replace(known, succeeds=known.succeeds or former.did)
        former.organisation = None
        former.save(update_fields=["organisation"])
    wanted = replace(
        known,
        name=organisation.name,
        role=role,
        kinds=frozenset(kinds),
        valid_from=valid_from,
        label=label or known.label,
    )
    _keep(row, wanted, Origin("trust add", at or timezone.now()), organisation=organisation)
    return TrustAnchor.objects.get(did=did)


@transaction.atomic
def import_list(*, data: bytes, file: str, at: dt.datetime, replace_all: bool = False) -> Taken:
    """Take a list in: new anchors are added, known ones changed, with `replace_all` the others removed.

    Raises `BadTrustList`, which names every entry that is wrong, and then nothing was changed.
    """
    wanted = read_trust_list(data)
    rows = {row.did: row for row in TrustAnchor.objects.select_for_update()}
    others = [] if replace_all else [row.facts() for did, row in rows.items() if did not in {a.did for a in wanted}]
    _refuse(wanted, others)
    origin = Origin(file[:300], at, hashlib.sha256(data).hexdigest())
    verbs: dict[str, list[str]] = {"added": [], "changed": [], "removed": [], "unchanged": []}
    for anchor in wanted:
        verbs[_keep(rows.get(anchor.did), anchor, origin)].append(anchor.name)
    if replace_all:
        for row in rows.values():
            if row.did not in {anchor.did for anchor in wanted}:
                verbs["removed"].append(row.name)
                _drop(row, origin)
    return Taken(tuple(verbs["added"]), tuple(verbs["changed"]), tuple(verbs["removed"]), len(verbs["unchanged"]))


def history_as_json() -> list[dict[str, Any]]:
    """Every change of the trust list, oldest first."""
    return [
        {
            "recorded_at": row.recorded_at.isoformat(),
            "verb": row.verb,
            "did": row.did,
            "name": row.name,
            "before": row.before,
            "after": row.after,
            "origin": row.origin,
            "digest": row.digest,
        }
        for row in TrustChange.objects.all()
    ]


def listed(anchors: Sequence[Anchor], *, on: dt.date) -> list[dict[str, Any]]:
    """Each anchor as its file has it, with how it stands on a day: holds, ended, succeeded or to come."""
    return [anchor_as_json(anchor) | _standing(anchor, anchors, on) for anchor in anchors]


def _standing(anchor: Anchor, anchors: Sequence[Anchor], on: dt.date) -> dict[str, Any]:
    found = succession.standing_of(anchor.did, anchors=anchors, on=on, stated_on=anchor.valid_from or dt.date.min)
    if anchor.holds(on=on):
        standing = "holds"
    elif anchor.valid_until and on > anchor.valid_until:
        standing = "succeeded" if found.successor else "ended"
    else:
        standing = "to come"
    label = label_on(anchor.label, on=on)
    said = found.reason.replace("is in your trust list", "is trusted").replace("was in your trust list", "was trusted")
    sentence = f"{said} {label_sentence(anchor.label, on=on)}.".removesuffix(" .")
    return {"standing": standing, "label_on_the_day": label, "sentence": sentence}


def _refuse(wanted: Sequence[Anchor], others: Sequence[Anchor]) -> None:
    """Raise `BadTrustList` when the file names a party twice, or contradicts what stays beside it."""
    first: dict[str, int] = {}
    errors = []
    for number, anchor in enumerate(wanted, start=1):
        if anchor.did in first:
            errors.append((number, f"it is the same party as anchor {first[anchor.did]}"))
        first.setdefault(anchor.did, number)
    if not errors:
        found = succession.problems([*wanted, *others])
        errors = [(number, why) for number, why in found if number <= len(wanted)]
        errors += [
            (0, f"{others[number - len(wanted) - 1].name}, which stays in the list: {why}")
            for number, why in found
            if number > len(wanted)
        ]
    if errors:
        raise BadTrustList("; ".join(f"anchor {number}: {why}" for number, why in errors[:50]), errors)


def _keep(row: TrustAnchor | None, wanted: Anchor, origin: Origin, *, organisation: Organisation | None = None) -> str:
    """Write one anchor, record what changed, and return the verb ("unchanged" when nothing did)."""
    before = row.facts() if row else None
    joined = organisation is not None and (row is None or row.organisation_id != organisation.pk)
    if before == wanted and not joined:
        return "unchanged"
    row = row or TrustAnchor(did=wanted.did)
    row.organisation = organisation or row.organisation
    row.name, row.role, row.kinds = wanted.name, wanted.role, sorted(wanted.kinds)
    row.valid_from, row.valid_until = wanted.valid_from, wanted.valid_until
    row.succeeds, row.transition_until = wanted.succeeds or "", wanted.transition_until
    row.label, row.source = wanted.label, wanted.source
    row.save()
    verb = "changed" if before else "added"
    _record(row, verb, origin, before=before, after=wanted)
    return verb


def _drop(row: TrustAnchor, origin: Origin) -> None:
    _record(row, "removed", origin, before=row.facts(), after=None)
    row.delete()


def _record(row: TrustAnchor, verb: str, origin: Origin, *, before: Anchor | None, after: Anchor | None) -> None:
    was, now = _as_json(before), _as_json(after)
    TrustChange.objects.create(
        did=row.did,
        name=row.name,
        verb=verb,
        before=was,
        after=now,
        origin=origin.name,
        digest=origin.digest,
        recorded_at=origin.at,
    )
    if row.organisation is None:
        return
    differ = sorted({name for name in {*(was or {}), *(now or {})} if (was or {}).get(name) != (now or {}).get(name)})
    with organisation_scope(row.organisation.pk):
        append(
            organisation_id=row.organisation.pk,
            verb=f"trust.{verb}",
            subject_kind="parties.organisation",
            subject_id=row.organisation.pk,
            subject_label=row.name,
            by=None,
            at=origin.at,
            before={name: (was or {}).get(name) for name in differ} if was else None,
            after={name: (now or {}).get(name) for name in differ} if now else None,
            reason=origin.name,
        )


def _as_json(anchor: Anchor | None) -> Mapping[str, Json] | None:
    return anchor_as_json(anchor) if anchor else None
