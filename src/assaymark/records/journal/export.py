"""Writing the journal of an organisation into one file that is verified anywhere (`formats.journal_bundle`).

A journal that somebody has been at is written too, as it stands: it is the file by which `journal verify` names what
was altered. Then nothing is added or signed, and the answer says why.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import DatabaseError, transaction
from django.db.models import Count, Max

from assaymark.core.parties import Actor
from assaymark.core.refusal import Refusal, Refused, refuse
from assaymark.formats import journal_bundle
from assaymark.records.journal import last_signed
from assaymark.records.journal.actions import append
from assaymark.records.journal.checkpoints import sign, verifier_keys
from assaymark.records.journal.models import Checkpoint, Cosignature, JournalEntry, JournalHead
from assaymark.records.journal.queries import cells_beside, name_beside
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: number of entries, the newest checkpoint (may be empty), and why nothing was signed."""

    entries: int
    checkpoint: str
    unsigned: tuple[str, ...] = ()


def write_export(*, organisation_id: UUID, path: Path, at: datetime, by: Actor | None = None) -> Exported:
    """Record that the journal leaves the house, sign, and write everything. by: None for the operator."""
    with organisation_scope(organisation_id):
        organisation = Organisation.objects.get(pk=organisation_id)
        checkpoint: Checkpoint | None = None
        unsigned: tuple[str, ...] = ()
        try:
            checkpoint = _record_and_sign(organisation, by=by, at=at)
        except Refused as refused:
            unsigned = tuple(refusal.message for refusal in refused.refusals)
        except DatabaseError as error:
            unsigned = (f"The database does not take the journal's next entry or checkpoint ({error}).",)
        notes = _notes(organisation_id)
        entries = 0
        temporary = path.with_name(f".{path.name}.new")
        with temporary.open("wb") as file:
            for line in _lines(organisation, notes, upto=checkpoint):
                file.write(line)
                entries += 1
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    newest = checkpoint.note if checkpoint else (notes[-1] if notes else "")
    return Exported(entries=entries - len(notes) - 2, checkpoint=newest, unsigned=unsigned)


def _record_and_sign(organisation: Organisation, *, by: Actor | None, at: datetime) -> Checkpoint:
    """Add the entry that says who took a copy, and sign; raises Refused when the journal is not as it should be."""
    refuse(_reasons_not_to_add(organisation.pk))
    with transaction.atomic():
        append(
            organisation_id=organisation.pk,
            verb="journal.exported",
            subject_kind="parties.organisation",
            subject_id=organisation.pk,
            subject_label=organisation.name,
            by=by,
            at=at,
        )
    return sign(organisation.pk)


def _reasons_not_to_add(organisation_id: UUID) -> list[Refusal]:
    """Rows beside the log, or rows that are gone: adding to it would bury the trace."""
    with transaction.atomic():
        head = JournalHead.objects.select_for_update().filter(organisation_id=organisation_id).first()
        if head is None:
            return []
        there = JournalEntry.objects.filter(epoch=head.epoch).aggregate(rows=Count("pk"), last=Max("index"))
    if (there["rows"], there["last"]) == (head.size, head.size - 1 if head.size else None):
        return []
    return [
        Refusal(
            "journal-rows-disagree",
            "",
            f"The journal has {head.size} entries, and the database holds {there['rows']} rows up to number "
            f"{there['last']}.",
            "Verify the exported file; then restore a backup, or run: assaymark journal recover",
        )
    ]


def _notes(organisation_id: UUID) -> list[str]:
    """All signed checkpoints with their cosignatures, oldest first; also the one outside when it was lost inside."""
    rows = list(Checkpoint.objects.order_by("epoch", "size").values_list("pk", "note"))
    lines: dict[UUID, list[str]] = {}
    for checkpoint, line in Cosignature.objects.order_by("at").values_list("checkpoint_id", "line"):
        lines.setdefault(checkpoint, []).append(line)
    notes = [note + "".join(lines.get(pk, [])) for pk, note in rows]
    signed = last_signed.read(organisation_id)
    lost = signed is not None and signed.note not in {note for _, note in rows}
    return [*notes, signed.note] if signed is not None and lost else notes


def _lines(organisation: Organisation, notes: list[str], *, upto: Checkpoint | None) -> Iterator[bytes]:
    """The lines of the export, entries up to a checkpoint or all. Runs in the organisation's scope."""
    head, signed = JournalHead.objects.first(), last_signed.read(organisation.pk)
    epochs = max(head.epoch if head else 1, signed.epoch if signed else 1)
    return journal_bundle.write(
        organisation={"slug": organisation.slug, "name": organisation.name},
        keys=[str(key) for key in verifier_keys(organisation, range(1, epochs + 1))],
        witnesses=sorted(set(Cosignature.objects.order_by().values_list("key", flat=True))),
        checkpoints=notes,
        entries=_entries(upto),
    )


def _entries(upto: Checkpoint | None) -> Iterator[journal_bundle.Entry]:
    rows = JournalEntry.objects.select_related("actor_name").order_by("epoch", "index")
    for row in rows.iterator(chunk_size=2000):
        if upto is not None and row.epoch == upto.epoch and row.index >= upto.size:
            return
        name = name_beside(row)
        erased = name is None or not name.name
        yield journal_bundle.Entry(
            epoch=row.epoch,
            index=row.index,
            body=bytes(row.body),
            leaf=bytes(row.leaf),
            name=None if name is None or erased else name.name,
            salt=None if name is None or erased else bytes(name.salt),
            beside=cells_beside(row),
        )
