"""The issuer's status log: every event of every attestation as leaves of one Merkle tree.

Rules that hold here
* A leaf is written in the transaction of what it tells, in the order of the journal's lock: no two take one place.
* Leaves carry a salt, so that hashes may be public while attestations that are not listed stay untold.
* The tree of an issuer is kept in memory with its inner nodes and grows with the log; proofs are look-ups.
* The origin is `host/status-log/<issuer>`, the same for ever. The checkpoint's note is signed with the issuer's key.
"""

from __future__ import annotations

import datetime as dt
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from assaymark.core import journal
from assaymark.core.attestation import StatusEvent, StatusEventKind
from assaymark.core.growing_tree import GrowingTree
from assaymark.formats import note
from assaymark.formats.moments import read_instant
from assaymark.formats.status_log import Leaf, leaf_body
from assaymark.records.attestations import identity
from assaymark.records.attestations.models import (
    Attestation,
    Issue,
    StatusCheckpoint,
    StatusCosignature,
    StatusLeaf,
)
from assaymark.records.attestations.models import StatusEvent as EventRow
from assaymark.records.journal.actions import lock_journal
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope, system_scope

_MOST_TREES = 256
_trees: dict[UUID, GrowingTree] = {}
_trees_lock = threading.Lock()


def origin(slug: str) -> str:
    """The name of an issuer's status log, the same for ever: `qms.example/status-log/northfield`."""
    address = urlsplit(settings.PUBLIC_URL)
    return f"{address.netloc}{address.path}/status-log/{slug}"


def verifier_keys(issuer: Organisation) -> list[note.VerifierKey]:
    """What a reader of checkpoints needs: the log's name with each key that signs or signed for the issuer.

    A checkpoint stays with the key of its day; one that others may have had vouches for nothing.
    """
    return [note.VerifierKey(origin(issuer.slug), public) for public in identity.public_keys_of(issuer)]


def tell(
    row: Attestation,
    event: StatusEventKind,
    *,
    effective_from: dt.datetime,
    at: dt.datetime,
    reason: str = "",
    signed: Issue | None = None,
) -> StatusLeaf:
    """Add one event about an attestation to its issuer's log. signed: the document that counts from then on.

    Runs in the transaction of what it tells, in the issuer's scope.
    """
    lock_journal(row.organisation_id)
    index = StatusLeaf.objects.filter(organisation_id=row.organisation_id).count()
    target, named = identity.address_of(row), (signed.revision, signed.digest) if signed else (0, "")
    body = leaf_body(
        StatusEvent(index + 1, event, effective_from, at, reason, *named), target=target, salt=secrets.token_bytes(16)
    )
    leaf: StatusLeaf = StatusLeaf.objects.create(
        organisation_id=row.organisation_id,
        index=index,
        attestation=row,
        target=target,
        body=body,
        leaf=journal.leaf_hash(body),
    )
    transaction.on_commit(partial(sign, row.organisation_id))
    return leaf


def sign(organisation_id: UUID) -> StatusCheckpoint | None:
    """Sign what the log holds now, or return the checkpoint that says so already; None for an empty log."""
    with organisation_scope(organisation_id), transaction.atomic():
        tree = tree_of(organisation_id)
        size = len(tree)
        if not size:
            return None
        issuer = Organisation.objects.get(pk=organisation_id)
        row, _ = StatusCheckpoint.objects.get_or_create(
            organisation_id=organisation_id,
            size=size,
            defaults={"root": tree.root(size), "note": _note(issuer, tree, size), "at": timezone.now()},
        )
    return row


def _note(issuer: Organisation, tree: GrowingTree, size: int) -> str:
    """The tree is another thread's too, and may grow meanwhile: what is signed is of this size."""
    key, name = identity.key_of(issuer), origin(issuer.slug)
    text = note.Checkpoint(name, size, tree.root(size)).text
    return note.sign(text, name=name, public_key=key.public_key, signer=key.sign)


def tree_of(organisation_id: UUID) -> GrowingTree:
    """The tree over an issuer's leaves as they stand in the database now.

    Kept between calls. That what is kept is a beginning of what stands there follows from its last leaf: leaves are
    salted, and only added in order; what a transaction took back is noticed by it and read again.
    """
    with _trees_lock, system_scope():
        kept = _trees.pop(organisation_id, None) or GrowingTree()
        rows = StatusLeaf.unscoped.filter(organisation_id=organisation_id).order_by("index")
        found = _hashes(rows.filter(index__gte=max(0, len(kept) - 1)))
        if kept.last and found[:1] != [kept.last]:
            kept, found = GrowingTree(), _hashes(rows)
        for leaf in found[1:] if kept.last else found:
            kept.append(leaf)
        _trees[organisation_id] = kept
        while len(_trees) > _MOST_TREES:
            del _trees[next(iter(_trees))]
        return kept


def _hashes(rows: QuerySet[StatusLeaf]) -> list[bytes]:
    return [bytes(leaf) for leaf in rows.values_list("leaf", flat=True)]


def leaves_of(rows: Iterable[Attestation], *, at: dt.datetime) -> dict[UUID, list[StatusLeaf]]:
    """By attestation, its entries that were recorded by a moment, in order."""
    found: dict[UUID, list[StatusLeaf]] = {row.pk: [] for row in rows}
    with system_scope():
        for leaf in StatusLeaf.unscoped.filter(attestation__in=found).order_by("index"):
            if read_instant(told_by(leaf)["recordedAt"]) <= at:
                found[leaf.attestation_id].append(leaf)
    return found


def told_by(row: StatusLeaf) -> dict[str, Any]:
    """What an entry says."""
    told: dict[str, Any] = orjson.loads(bytes(row.body))
    return told


@dataclass(frozen=True, slots=True)
class Head:
    """A checkpoint of a status log, and the tree from which proofs under it are read."""

    tree: GrowingTree
    checkpoint: StatusCheckpoint


def proven(rows: Iterable[StatusLeaf], *, under: Head) -> list[Leaf]:
    """The leaves with the proofs that they are in the log at the checkpoint; later ones are left out."""
    size = under.checkpoint.size
    return [
        Leaf(bytes(row.body), tuple(under.tree.inclusion(row.index, size=size))) for row in rows if row.index < size
    ]


def head_of(issuer: Organisation) -> Head:
    """The newest checkpoint of a log with its cosignatures; one that is not on record is signed now and not kept."""
    tree = tree_of(issuer.pk)
    size = len(tree)
    with system_scope():
        found = _checkpoints(issuer).filter(size=size).first()
    made = found or StatusCheckpoint(
        organisation=issuer, size=size, root=tree.root(size), note=_note(issuer, tree, size), at=timezone.now()
    )
    return Head(tree, made)


def first_sighting(issuer: Organisation, *, index: int) -> StatusCheckpoint | None:
    """The earliest checkpoint with an entry in it that somebody else has seen: a witness, or a timestamp authority."""
    seen = ~Q(timestamp=b"") | Q(cosignatures__isnull=False)
    with system_scope():
        return _checkpoints(issuer).filter(seen, size__gt=index).distinct().order_by("size").first()


def _checkpoints(issuer: Organisation) -> QuerySet[StatusCheckpoint]:
    cosignatures = Prefetch("cosignatures", queryset=StatusCosignature.unscoped.order_by("at"))
    return StatusCheckpoint.unscoped.filter(organisation=issuer).prefetch_related(cosignatures)


def cosigned(row: StatusCheckpoint) -> str:
    """The note of a checkpoint with the lines of its witnesses."""
    lines = [] if row._state.adding else [one.line for one in row.cosignatures.all()]
    return row.note + "".join(lines)


def catch_up() -> int:
    """Write the logs of issuers whose events are older than status logs; returns how many. An act of the operator."""
    with system_scope():
        told = StatusLeaf.unscoped.values("organisation_id")
        silent = EventRow.unscoped.exclude(organisation_id__in=told).values_list("organisation_id", flat=True)
        issuers = sorted(set(silent))
    for issuer in issuers:
        with transaction.atomic(), organisation_scope(issuer):
            for row in Attestation.objects.filter(organisation_id=issuer).order_by("pk"):
                _catch_up_with(row)
    return len(issuers)


def _catch_up_with(row: Attestation) -> None:
    """Of events that were recorded with an issue, the issue is the document that counts from then on."""
    issues = {issue.decision_id: issue for issue in Issue.objects.filter(attestation=row)}
    for told in EventRow.objects.filter(attestation=row).order_by("seq"):
        signed = None
        if told.decision_id and told.event in ("issued", "scope-reduced"):
            signed = issues.pop(told.decision_id, None)
        tell(
            row,
            StatusEventKind(told.event),
            effective_from=told.effective_from,
            at=told.recorded_at,
            reason=told.reason,
            signed=signed,
        )
    for issue in sorted(issues.values(), key=lambda one: one.revision):
        begins = dt.datetime.combine(issue.effective_from or row.original_issue, dt.time(), dt.UTC)
        tell(row, StatusEventKind.REISSUED, effective_from=begins, at=issue.issued_at, signed=issue)
