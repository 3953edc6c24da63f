"""Writing the journal of an organisation into one file that is verified anywhere (`formats.journal_bundle`)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from assaymark.core.parties import Actor
from assaymark.formats import journal_bundle
from assaymark.records.journal.actions import append
from assaymark.records.journal.checkpoints import sign, verifier_keys
from assaymark.records.journal.models import Checkpoint, JournalEntry, JournalHead
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: number of entries, and the checkpoint over them."""

    entries: int
    checkpoint: str


def write_export(*, organisation_id: UUID, path: Path, at: datetime, by: Actor | None = None) -> Exported:
    """Record that the journal leaves the house, sign, and write everything. by: None for the operator."""
    with organisation_scope(organisation_id):
        organisation = Organisation.objects.get(pk=organisation_id)
        with transaction.atomic():
            append(
                organisation_id=organisation_id,
                verb="journal.exported",
                subject_kind="parties.organisation",
                subject_id=organisation_id,
                subject_label=organisation.name,
                by=by,
                at=at,
            )
        checkpoint = sign(organisation_id)
        notes = Checkpoint.objects.count()
        lines = 0
        temporary = path.with_name(f".{path.name}.new")
        with temporary.open("wb") as file:
            for line in export_lines(organisation, upto=checkpoint):
                file.write(line)
                lines += 1
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    return Exported(entries=lines - notes - 2, checkpoint=checkpoint.note)


def export_lines(organisation: Organisation, *, upto: Checkpoint) -> Iterator[bytes]:
    """The lines of the export, entries up to a checkpoint. Runs in the organisation's scope."""
    epochs = JournalHead.objects.get().epoch
    return journal_bundle.write(
        organisation={"slug": organisation.slug, "name": organisation.name},
        keys=[str(key) for key in verifier_keys(organisation, range(1, epochs + 1))],
        checkpoints=Checkpoint.objects.order_by("epoch", "size").values_list("note", flat=True),
        entries=_entries(upto),
    )


def _entries(upto: Checkpoint) -> Iterator[journal_bundle.Entry]:
    rows = JournalEntry.objects.select_related("actor_name").order_by("epoch", "index")
    for row in rows.iterator(chunk_size=2000):
        if row.epoch == upto.epoch and row.index >= upto.size:
            return
        erased = not row.actor_name.name
        yield journal_bundle.Entry(
            epoch=row.epoch,
            index=row.index,
            body=bytes(row.body),
            leaf=bytes(row.leaf),
            name=None if erased else row.actor_name.name,
            salt=None if erased else bytes(row.actor_name.salt),
        )
