"""Signing checkpoints, proving entries, recovering after a restored backup.

Rules (docs/concepts/journal.md; C2SP tlog-checkpoint)
* The key lives outside the database. The origin is `host/log/<organisation>/e<epoch>`, and is the key's name too.
* Before each signature the journal must extend what was last signed; otherwise nothing is signed: recovery is needed.
* Recovery opens the next epoch, whose first entry holds the last signed checkpoint: what was lost stays visible.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from assaymark.adapters.keys import KeyStore, SigningKey
from assaymark.core import journal
from assaymark.core.refusal import Refusal, Refused
from assaymark.formats import note
from assaymark.records.journal import last_signed, recovery, tiles
from assaymark.records.journal.models import Checkpoint, JournalEntry, JournalHead
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope


def checkpoint_now(organisation_id: UUID) -> None:
    """Sign as soon as the current transaction is committed: after issue, suspension, withdrawal, signature."""
    transaction.on_commit(partial(sign, organisation_id))


def journal_key(organisation_id: UUID) -> SigningKey:
    """The key of an organisation's journal, made on first use."""
    return KeyStore(Path(settings.HOME)).key(f"journal-{organisation_id.hex}")


def origin(slug: str, epoch: int) -> str:
    """The name of a log, the same for ever: `qms.example/log/halden/e1`."""
    address = urlsplit(settings.PUBLIC_URL)
    return f"{address.netloc}{address.path}/log/{slug}/e{epoch}"


def verifier_keys(organisation: Organisation, epochs: Iterable[int]) -> list[note.VerifierKey]:
    """What a reader needs: one per epoch, because a key is known by the log's name."""
    public = journal_key(organisation.pk).public_key
    return [note.VerifierKey(origin(organisation.slug, epoch), public) for epoch in epochs]


def sign(organisation_id: UUID) -> Checkpoint:
    """Sign what the journal holds now, or return the checkpoint that says so already.

    Raises Refused (`journal-recovery-needed`) when the journal does not extend what was last signed, and RuntimeError
    inside a transaction: what is signed must be committed (durable), or a rollback would look like a lost entry.
    """
    with last_signed.locked(organisation_id), organisation_scope(organisation_id), transaction.atomic(durable=True):
        JournalHead.objects.get_or_create(organisation_id=organisation_id)
        head = JournalHead.objects.select_for_update(of=("self",)).select_related("organisation").get()
        head.checkpoint_due = None
        head.save(update_fields=["checkpoint_due"])
        root = recovery.root_of(head)
        existing: Checkpoint | None = Checkpoint.objects.filter(epoch=head.epoch, size=head.size).first()
        if existing is not None and bytes(existing.root) == root:
            return existing
        _must_extend(head, root)
        name = origin(head.organisation.slug, head.epoch)
        key = journal_key(organisation_id)
        text = note.Checkpoint(name, head.size, root).text
        signed = note.sign(text, name=name, public_key=key.public_key, signer=key.sign)
        last_signed.write(organisation_id, signed)
        checkpoint: Checkpoint = Checkpoint.objects.create(
            organisation_id=organisation_id,
            epoch=head.epoch,
            size=head.size,
            root=root,
            note=signed,
            at=timezone.now(),
        )
        tiles.build(organisation_id=organisation_id, epoch=head.epoch, size=head.size)
        return checkpoint


def _must_extend(head: JournalHead, root: bytes) -> None:
    """Compare with what was last signed."""
    signed = last_signed.read(head.organisation_id)
    if signed is None:
        return
    if signed.epoch < head.epoch:
        first = JournalEntry.objects.filter(epoch=head.epoch, index=0).first()
        held = (first.recorded["after"] or {}).get("checkpoint") if first else None
        extends = held == signed.note
    elif signed.epoch > head.epoch or signed.size > head.size:
        extends = False
    else:
        same = signed.size == head.size
        extends = (root if same else journal.tree_root(recovery.leaves(head.epoch, signed.size))) == signed.root
    if not extends:
        raise Refused([_recovery_needed(head, signed)])


def _recovery_needed(head: JournalHead, signed: last_signed.Signed) -> Refusal:
    return Refusal(
        "journal-recovery-needed",
        "",
        f"The journal ({head.size} entries, epoch {head.epoch}) does not begin with what was last signed "
        f"({signed.size} entries, epoch {signed.epoch}): the database is older, or was rewritten.",
        "Restore a newer backup, or run: assaymark journal recover",
    )


def recover(*, organisation_id: UUID, reason: str, at: datetime) -> int:
    """Open the next epoch and sign its beginning; returns its number. An act of the operator."""
    from assaymark.records.journal.actions import append

    with organisation_scope(organisation_id), transaction.atomic():
        head = JournalHead.objects.select_for_update().get()
        signed = last_signed.read(organisation_id)
        if signed is None or not _has_lost(head, signed):
            raise Refused(
                [Refusal("journal-not-broken", "", "The journal extends what was last signed: nothing to recover.")]
            )
        head.epoch = max(head.epoch, signed.epoch) + 1
        head.size, head.frontier = 0, b""
        head.save(update_fields=["epoch", "size", "frontier"])
        append(
            organisation_id=organisation_id,
            verb="journal.recovered",
            subject_kind=JournalHead.subject_kind(),
            subject_id=head.pk,
            subject_label=f"Journal, epoch {head.epoch}",
            by=None,
            at=at,
            after={"checkpoint": signed.note},
            reason=reason,
        )
    sign(organisation_id)
    return int(head.epoch)


def _has_lost(head: JournalHead, signed: last_signed.Signed) -> bool:
    try:
        _must_extend(head, recovery.root_of(head))
    except Refused:
        return True
    return False


def prove(*, entry_id: UUID) -> note.InclusionProof:
    """The proof that an entry of the scope is in the log, under the newest checkpoint that covers it.

    Raises DoesNotExist when there is no such entry in the scope, or no checkpoint covers it yet.
    """
    entry = JournalEntry.objects.get(pk=entry_id)
    checkpoint = Checkpoint.objects.filter(epoch=entry.epoch, size__gt=entry.index).latest("size")
    hashes = _path(entry, checkpoint)
    return note.InclusionProof(entry.index, tuple(hashes), with_cosignatures(checkpoint))


def _path(entry: JournalEntry, checkpoint: Checkpoint) -> list[bytes]:
    """The hashes of an inclusion proof, from tiles when they lead to the signed root, else from the leaves."""
    size, root = checkpoint.size, bytes(checkpoint.root)
    try:
        tree = tiles.Tree(epoch=checkpoint.epoch, size=size)
        hashes = journal.inclusion_path(size, entry.index, root=tree.root)
    except tiles.Incomplete:
        hashes = []
    leaf = bytes(entry.leaf)
    if journal.inclusion_holds(leaf=leaf, index=entry.index, size=size, proof=hashes, root=root):
        return hashes
    return journal.inclusion_proof(recovery.leaves(checkpoint.epoch, size), entry.index)


def with_cosignatures(checkpoint: Checkpoint) -> str:
    """The signed note of a checkpoint of the scope, with a line of each witness that saw it."""
    return str(checkpoint.note) + "".join(checkpoint.cosignatures.order_by("at").values_list("line", flat=True))


def extension(*, old: int, checkpoint: Checkpoint) -> list[bytes]:
    """The proof that a checkpoint of the scope begins with its first `old` entries; ValueError when it has fewer."""
    size, root = checkpoint.size, bytes(checkpoint.root)
    try:
        tree = tiles.Tree(epoch=checkpoint.epoch, size=size)
        hashes, began = journal.consistency_path(size, old, root=tree.root), tree.root(0, old)
    except tiles.Incomplete:
        hashes, began = [], b""
    if journal.consistency_holds(old=old, new=size, proof=hashes, old_root=began, new_root=root):
        return hashes
    return journal.consistency_proof(recovery.leaves(checkpoint.epoch, size), old)
