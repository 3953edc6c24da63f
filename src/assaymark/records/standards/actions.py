"""Writes: load what ships, import a catalog, set an edition's dates. All are the operator's, from the command line.

Every write is one transaction: an edition is there with all its clauses, or it is as it was before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

import orjson
from django.db import transaction

from assaymark import catalogue
from assaymark.core.refusal import Refusal, refuse
from assaymark.core.standards import Edition, Node, tree
from assaymark.formats import oscal
from assaymark.records.scope import new_id
from assaymark.records.standards.models import ClauseNode, RequirementNode, StandardEdition

_BATCH = 500
_AFTER_SHIPPED = 1000  # imported editions are listed after those that ship

Row = TypeVar("Row", ClauseNode, RequirementNode)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading one edition came to. outcome: "added", "updated" or "unchanged"."""

    key: str
    name: str
    outcome: str
    clauses: int
    requirements: int


@dataclass(frozen=True, slots=True)
class ImportedCatalog:
    """What importing a catalog came to."""

    loaded: Loaded
    groups: int
    controls: int


@transaction.atomic
def load_catalogue(*, at: datetime) -> tuple[Loaded, ...]:
    """Load every edition that ships. Loading again changes nothing that has not changed."""
    return tuple(
        load_edition(edition=edition, position=position, at=at)
        for position, edition in enumerate(catalogue.standards(), start=1)
    )


@transaction.atomic
def import_oscal(*, raw: bytes, at: datetime, key: str = "") -> ImportedCatalog:
    """Import an OSCAL catalog. Raises `formats.oscal.NotACatalog` with every fault, `Refused` for a key that ships."""
    imported = oscal.read_catalog(raw, key=key)
    refuse(_reasons_not_to_import(imported.edition))
    loaded = load_edition(edition=imported.edition, position=_AFTER_SHIPPED, at=at)
    return ImportedCatalog(loaded=loaded, groups=imported.groups, controls=imported.controls)


@transaction.atomic
def load_edition(*, edition: Edition, position: int, at: datetime) -> Loaded:
    """Write one edition with its clauses and requirements; rows keep their ids by their number."""
    digest = _digest(edition)
    row = StandardEdition.objects.select_for_update().filter(key=edition.key).first()
    if row is not None and row.content_hash == digest:
        return Loaded(edition.key, row.name, "unchanged", row.clause_count, row.requirement_count)
    outcome = "added" if row is None else "updated"
    row = row or StandardEdition(key=edition.key)
    _describe(row, edition, digest=digest, position=position, at=at)
    row.save()
    clause_ids = _write_clauses(row, edition)
    _write_requirements(row, edition, clause_ids)
    return Loaded(edition.key, row.name, outcome, row.clause_count, row.requirement_count)


@transaction.atomic
def set_dates(
    *,
    key: str,
    published: date | None,
    transition_ends: date | None,
    last_audit: date | None,
    confirmed: bool,
) -> StandardEdition:
    """Set an edition's dates as officially announced; loading the catalogue leaves them alone from then on.

    Raises `StandardEdition.DoesNotExist` for an unknown key, `Refused` when the dates contradict each other.
    """
    row = StandardEdition.objects.select_for_update().get(key=key)
    refuse(_reasons_against_dates(published, transition_ends, last_audit))
    row.published, row.transition_ends, row.last_audit = published, transition_ends, last_audit
    row.confirmed, row.dates_set = confirmed, True
    row.save()
    return row


def _reasons_not_to_import(edition: Edition) -> Iterator[Refusal]:
    if edition.key in {shipped.key for shipped in catalogue.standards()}:
        yield Refusal(
            rule="standard-key-ships",
            clause="",
            message=f"The key {edition.key} belongs to a standard that ships with Assaymark.",
            next_step="Choose another key.",
        )


def _reasons_against_dates(
    published: date | None, transition_ends: date | None, last_audit: date | None
) -> Iterator[Refusal]:
    for name, day in (("The transition ends", transition_ends), ("The last audit is", last_audit)):
        if day is not None and published is not None and day < published:
            yield Refusal(
                rule="edition-dates",
                clause="",
                message=f"{name} on {day}, before the edition was published on {published}.",
                next_step="Check the dates.",
            )
    if last_audit is not None and transition_ends is not None and last_audit > transition_ends:
        yield Refusal(
            rule="edition-dates",
            clause="",
            message=f"The last audit, {last_audit}, lies after the end of the transition, {transition_ends}.",
            next_step="Check the dates.",
        )


def _digest(edition: Edition) -> str:
    return hashlib.sha256(orjson.dumps(asdict(edition), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _describe(row: StandardEdition, edition: Edition, *, digest: str, position: int, at: datetime) -> None:
    standard = edition.standard
    row.standard_key, row.designation, row.title = standard.key, standard.designation, standard.title
    row.attestation, row.label, row.name = standard.attestation, edition.label, edition.name
    row.replaces, row.source = edition.replaces, edition.source
    row.licence, row.attribution = edition.licence, edition.attribution
    row.amendments = list(edition.amendments)
    row.changes = [asdict(change) for change in edition.changes]
    if not row.dates_set:
        row.published, row.confirmed = edition.published, edition.confirmed
        row.transition_ends, row.last_audit = edition.transition_ends, edition.last_audit
    row.position, row.content_hash, row.loaded_at = position, digest, at
    row.clause_count = len(edition.clauses)
    row.requirement_count = sum(1 for _ in edition.requirements())


def _write_clauses(row: StandardEdition, edition: Edition) -> dict[str, UUID]:
    """Write the clauses and give their ids by number."""
    known = dict(ClauseNode.objects.filter(edition=row).values_list("number", "id"))
    ids = {clause.number: known.get(clause.number) or new_id() for clause in edition.clauses}
    depths = {node.clause.number: node.depth for node in _nodes(edition)}
    rows = (
        ClauseNode(
            id=ids[clause.number],
            edition=row,
            parent_id=ids[clause.parent] if clause.parent else None,
            number=clause.number,
            title=clause.title,
            text=clause.text,
            guidance=clause.guidance,
            shown_by=list(clause.shown_by),
            checks=list(clause.checks),
            position=position,
            depth=depths[clause.number],
        )
        for position, clause in enumerate(edition.clauses, start=1)
    )
    _replace(ClauseNode, row, list(rows), kept=set(ids.values()))
    return ids


def _write_requirements(row: StandardEdition, edition: Edition, clause_ids: dict[str, UUID]) -> None:
    known = dict(RequirementNode.objects.filter(edition=row).values_list("number", "id"))
    rows = [
        RequirementNode(
            id=known.get(requirement.id) or new_id(),
            edition=row,
            clause_id=clause_ids[requirement.clause],
            number=requirement.id,
            text=requirement.text,
            question=requirement.question,
            documented=requirement.documented or "",
            position=position,
        )
        for position, requirement in enumerate(edition.requirements(), start=1)
    ]
    _replace(RequirementNode, row, rows, kept={r.id for r in rows})


def _replace(model: type[Row], edition: StandardEdition, rows: Sequence[Row], *, kept: set[UUID]) -> None:
    """Insert or update the rows by id, and remove those of the edition that are gone."""
    gone = [pk for pk in model.objects.filter(edition=edition).values_list("id", flat=True) if pk not in kept]
    for start in range(0, len(gone), _BATCH):
        model.objects.filter(pk__in=gone[start : start + _BATCH]).delete()
    fields = [f.name for f in model._meta.concrete_fields if not f.primary_key]
    model.objects.bulk_create(
        rows, batch_size=_BATCH, update_conflicts=True, unique_fields=["id"], update_fields=fields
    )


def _nodes(edition: Edition) -> Iterator[Node]:
    for root in tree(edition.clauses):
        yield from root.walk()
