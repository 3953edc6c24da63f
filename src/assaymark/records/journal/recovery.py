"""Whether a journal still extends what was last signed; if not, nothing is written until the operator recovers it.

Rules (docs/concepts/journal.md)
* Asked at each entry and by each page, and yet cheap: the answer is kept for the process until the file of what was
  last signed changes. A bad answer is asked again each time, so that work goes on as soon as it may.
* What counts is the file outside of the database. A witness that holds a later checkpoint of ours, signed by our own
  key, puts it there (`records.witness`).
"""

from __future__ import annotations

from uuid import UUID

from assaymark.core import journal
from assaymark.core.refusal import Refusal
from assaymark.records.journal import last_signed
from assaymark.records.journal.models import Checkpoint, JournalEntry, JournalHead
from assaymark.records.scope import organisation_scope

_good: dict[UUID, int] = {}  # organisation → the time stamp of the file with which its journal was found in order


def root_of(head: JournalHead) -> bytes:
    """The root over everything that the journal holds."""
    raw = bytes(head.frontier)
    return journal.root_of([raw[i : i + 32] for i in range(0, len(raw), 32)])


def leaves(epoch: int, size: int | None = None) -> list[bytes]:
    """The leaves of one epoch in the current scope, the first `size` or all."""
    entries = JournalEntry.objects.filter(epoch=epoch).order_by("index").values_list("leaf", flat=True)
    return [bytes(leaf) for leaf in (entries if size is None else entries[:size])]


def state(organisation_id: UUID) -> list[Refusal]:
    """Why nothing can be written in this organisation now; empty when all is well. No query when nothing changed."""
    stamp = last_signed.changed_at(organisation_id)
    if not stamp or _good.get(organisation_id) == stamp:
        return []
    return _asked(organisation_id)


def _asked(organisation_id: UUID) -> list[Refusal]:
    with organisation_scope(organisation_id):
        head: JournalHead | None = JournalHead.objects.first()
        return reasons_not_to_write(head if head is not None else JournalHead(organisation_id=organisation_id))


def reasons_not_to_write(head: JournalHead) -> list[Refusal]:
    """Compare a head with what was last signed. Runs in the organisation's scope."""
    stamp = last_signed.changed_at(head.organisation_id)
    signed = last_signed.read(head.organisation_id)
    if signed is None:
        return []
    if _behind(head, signed) or not (_good.get(head.organisation_id) == stamp or _begins_with(head, signed)):
        _good.pop(head.organisation_id, None)
        return [_refusal(head, signed)]
    _good[head.organisation_id] = stamp
    return []


def _behind(head: JournalHead, signed: last_signed.Signed) -> bool:
    """Shorter than what was signed, or as long and something else."""
    if signed.epoch != head.epoch:
        return signed.epoch > head.epoch
    return signed.size > head.size or (signed.size == head.size and signed.root != root_of(head))


def _begins_with(head: JournalHead, signed: last_signed.Signed) -> bool:
    """Whether the journal begins with what was signed: its root stands in the database, or is computed."""
    if signed.epoch < head.epoch or signed.size == head.size:
        return True
    held = Checkpoint.objects.filter(epoch=signed.epoch, size=signed.size).values_list("root", flat=True).first()
    if held is not None and bytes(held) == signed.root:
        return True
    return journal.tree_root(leaves(head.epoch, signed.size)) == signed.root


def _refusal(head: JournalHead, signed: last_signed.Signed) -> Refusal:
    if signed.epoch > head.epoch or signed.size > head.size:
        message = (
            f"This database has {head.size} journal entries and {signed.size} were signed already: "
            "it comes from an older backup, so nothing can be changed."
        )
    else:
        message = (
            f"This database's journal ({head.size} entries) does not begin with the {signed.size} entries that were "
            "signed: it went on from an older backup, or was rewritten, so nothing can be changed."
        )
    return Refusal(
        "journal-recovery-needed",
        "",
        message,
        "The operator restores a newer backup, or runs: assaymark journal recover",
    )


def problems() -> list[str]:
    """Every journal of this installation that waits for recovery, one sentence each: for `assaymark check`."""
    from assaymark.records.parties.models import Organisation

    names = dict(Organisation.objects.filter(pk__in=last_signed.signers()).values_list("pk", "name"))
    return [
        f"{name}: {refusal.message} {refusal.next_step}"
        for organisation_id, name in names.items()
        for refusal in _asked(organisation_id)
    ]
