"""Bodies of this installation that somebody can apply to, with what they themselves rest on.

A body is no type of organisation: it is one that has an office, people who plan assessments of others or decide on
them. Whether it is accredited or recognised is read from what it holds, on the day.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from assaymark.core.attestation import AttestationKind, Status
from assaymark.core.parties import Role
from assaymark.records.attestations import queries as attestations
from assaymark.records.attestations.models import Attestation
from assaymark.records.parties.models import Membership
from assaymark.records.scope import system_scope

_OFFICE = frozenset({Role.CERTIFICATION_OFFICE, Role.ACCREDITATION_ASSESSOR})
_WORDS = {AttestationKind.ACCREDITATION: "accredited", AttestationKind.RECOGNITION: "recognised"}


@dataclass(frozen=True, slots=True)
class Body:
    """A body and its standing in words: "accredited by Meridian Accreditation Service", or "" when it holds nothing.

    does   what it has attested to others: "certifies", "accredits", "recognises"
    """

    organisation_id: UUID
    slug: str
    name: str
    standing: str = ""
    does: frozenset[str] = frozenset()

    @property
    def known(self) -> bool:
        """Whether the register speaks of it. A body of which it does not is found only by who knows its short name."""
        return bool(self.standing or self.does)


def bodies(*, at: datetime, but: UUID | None = None) -> list[Body]:
    """Every body by name, without `but`. Two queries and those of their attestations, whatever their number."""
    day = at.date()
    with system_scope():
        offices = {
            m.organisation_id: m.organisation
            for m in Membership.unscoped.select_related("organisation").filter(
                Q(since__lte=day, ended_at__isnull=True) & (Q(until__isnull=True) | Q(until__gte=day))
            )
            if _OFFICE & set(m.roles)
        }
        if but is not None:
            offices.pop(but, None)
        standing = _standing(list(offices), at=at)
        does = _does(list(offices))
    found = [Body(key, o.slug, o.name, standing.get(key, ""), does[key]) for key, o in offices.items()]
    return sorted(found, key=lambda body: body.name)


def _standing(ids: list[UUID], *, at: datetime) -> dict[UUID, str]:
    """What each holds that is in force, in words."""
    held = attestations.attestations().filter(holder_id__in=ids, kind__in=list(_WORDS))
    words: dict[UUID, str] = {}
    for row in held.order_by("valid_from"):
        if attestations.status_on(row, at=at)[0] is Status.VALID and row.valid_from <= at.date():
            words[row.holder_id] = f"{_WORDS[AttestationKind(row.kind)]} by {row.organisation.name}"
    return words


def _does(ids: list[UUID]) -> dict[UUID, frozenset[str]]:
    verbs = {"certificate": "certifies", "accreditation": "accredits", "recognition": "recognises"}
    found: dict[UUID, set[str]] = defaultdict(set)
    rows = Attestation.unscoped.filter(organisation_id__in=ids).order_by().values_list("organisation_id", "kind")
    for organisation_id, kind in rows.distinct():
        found[organisation_id].add(verbs[kind])
    return defaultdict(frozenset, {key: frozenset(words) for key, words in found.items()})
