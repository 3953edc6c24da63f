"""The issuer's status log: every event of every attestation as leaves of one Merkle tree.

Rules that hold here
* A leaf is written in the transaction of what it tells, in the order of the journal's lock: no two take one place.
* Leaves carry a salt, so that hashes may be public while attestations that are not listed stay untold.
* The tree of an issuer is small (its events, not the world's): proofs are computed from the stored hashes.
* The origin is `host/status-log/<issuer>`, the same for ever. The checkpoint's note is signed with the issuer's key.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from functools import partial
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from assaymark.core import journal
from assaymark.core.attestation import StatusEvent, StatusEventKind
from assaymark.formats import note
from assaymark.formats.moments import read_instant
from assaymark.formats.status_log import Leaf, leaf_body
from assaymark.records.attestations import identity
from assaymark.records.attestations.models import Attestation, Issue, StatusCheckpoint, StatusLeaf
from assaymark.records.attestations.models import StatusEvent as EventRow
from assaymark.records.journal.actions import lock_journal
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope, system_scope


def origin(slug: str) -> str:
    """The name of an issuer's status log, the same for ever: `qms.example/status-log/northfield`."""
    address = urlsplit(settings.PUBLIC_URL)
    return f"{address.netloc}{address.path}/status-log/{slug}"


def verifier_key(issuer: Organisation) -> note.VerifierKey:
    """What a reader of checkpoints needs: the log's name and the issuer's key."""
    return note.VerifierKey(origin(issuer.slug), identity.key_of(issuer).public_key)


def append(
    *,
    organisation_id: UUID,
    attestation: Attestation,
    target: str,
    event: StatusEventKind,
    effective_from: dt.datetime,
    at: dt.datetime,
    reason: str = "",
    revision: int = 0,
    digest: str = "",
) -> StatusLeaf:
    """Add one event to an issuer's log. Runs in the transaction of what it tells, in the issuer's scope."""
    lock_journal(organisation_id)
    index = StatusLeaf.objects.filter(organisation_id=organisation_id).count()
    told = StatusEvent(index + 1, event, effective_from, at, reason, revision, digest)
    body = leaf_body(told, target=target, salt=secrets.token_bytes(16))
    row: StatusLeaf = StatusLeaf.objects.create(
        organisation_id=organisation_id,
        index=index,
        attestation=attestation,
        target=target,
        body=body,
        leaf=journal.leaf_hash(body),
    )
    transaction.on_commit(partial(sign, organisation_id))
    return row


def sign(organisation_id: UUID) -> StatusCheckpoint | None:
    """Sign what the log holds now, or return the checkpoint that says so already; None for an empty log."""
    with organisation_scope(organisation_id), transaction.atomic():
        leaves = hashes(organisation_id)
        if not leaves:
            return None
        known = StatusCheckpoint.objects.filter(organisation_id=organisation_id, size=len(leaves)).first()
        if known is not None:
            return known
        issuer = Organisation.objects.get(pk=organisation_id)
        row, _ = StatusCheckpoint.objects.get_or_create(
            organisation_id=organisation_id,
            size=len(leaves),
            defaults={"root": journal.tree_root(leaves), "note": _note(issuer, leaves), "at": timezone.now()},
        )
    return row


def _note(issuer: Organisation, leaves: Sequence[bytes]) -> str:
    key, name = identity.key_of(issuer), origin(issuer.slug)
    text = note.Checkpoint(name, len(leaves), journal.tree_root(leaves)).text
    return note.sign(text, name=name, public_key=key.public_key, signer=key.sign)


def hashes(organisation_id: UUID) -> list[bytes]:
    """The hashes of an issuer's leaves, in order: public, since every leaf is salted."""
    with system_scope():
        rows = StatusLeaf.unscoped.filter(organisation_id=organisation_id).order_by("index")
        return [bytes(leaf) for leaf in rows.values_list("leaf", flat=True)]


def leaves_of(row: Attestation, *, at: dt.datetime) -> list[StatusLeaf]:
    """The entries about an attestation that were recorded by a moment, in order."""
    with system_scope():
        rows = StatusLeaf.unscoped.filter(attestation=row).order_by("index")
        return [row for row in rows if read_instant(orjson.loads(bytes(row.body))["recordedAt"]) <= at]


def proven(rows: Iterable[StatusLeaf], *, tree: Sequence[bytes]) -> list[Leaf]:
    """The leaves with the proofs that they are in the tree."""
    return [Leaf(bytes(row.body), tuple(journal.inclusion_proof(tree, row.index))) for row in rows]


def checkpoint(issuer: Organisation, *, tree: Sequence[bytes]) -> str:
    """The signed note about a tree; the one on record when there is one."""
    with system_scope():
        found = StatusCheckpoint.unscoped.filter(organisation=issuer, size=len(tree)).values_list("note", flat=True)
        return found.first() or _note(issuer, tree)


def cosigned(issuer: Organisation, *, tree: Sequence[bytes]) -> tuple[str, bytes]:
    """The note with the cosignatures of its witnesses, and the timestamp over it (empty: none)."""
    with system_scope():
        row = (
            StatusCheckpoint.unscoped.filter(organisation=issuer, size=len(tree))
            .prefetch_related("cosignatures")
            .first()
        )
        if row is None:
            return _note(issuer, tree), b""
        return row.note + "".join(one.line for one in row.cosignatures.all()), bytes(row.timestamp)


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
        _tell_again(row, StatusEventKind(told.event), told.effective_from, told.recorded_at, told.reason, signed)
    for issue in sorted(issues.values(), key=lambda one: one.revision):
        begins = dt.datetime.combine(issue.effective_from or row.original_issue, dt.time(), dt.UTC)
        _tell_again(row, StatusEventKind.REISSUED, begins, issue.issued_at, "", issue)


def _tell_again(
    row: Attestation,
    event: StatusEventKind,
    effective_from: dt.datetime,
    at: dt.datetime,
    reason: str,
    signed: Issue | None,
) -> None:
    append(
        organisation_id=row.organisation_id,
        attestation=row,
        target=identity.address_of(row),
        event=event,
        effective_from=effective_from,
        at=at,
        reason=reason,
        revision=signed.revision if signed else 0,
        digest=signed.digest if signed else "",
    )
