"""What was last signed, kept outside of the database and of its backups: `<home>/journal/<organisation>.checkpoint`.

A database that does not extend it was restored from an older backup (or rewritten). Comparing and setting happen under
a lock on the file, so that two processes never sign two histories (compare-and-set before each signature).
"""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from assaymark.formats.note import unverified_checkpoint
from assaymark.records.journal import kept

_EPOCH = re.compile(r"/e([0-9]+)\Z")


@dataclass(frozen=True, slots=True)
class Signed:
    """The last signed checkpoint of an organisation."""

    epoch: int
    size: int
    root: bytes
    note: str


def _path(organisation_id: UUID) -> Path:
    return Path(settings.HOME) / "journal" / f"{organisation_id}.checkpoint"


def read(organisation_id: UUID) -> Signed | None:
    """The last signed checkpoint, or None when nothing was ever signed."""
    try:
        note = _path(organisation_id).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    checkpoint = unverified_checkpoint(note)
    epoch = _EPOCH.search(checkpoint.origin)
    assert epoch is not None, "written by this module only"
    return Signed(int(epoch[1]), checkpoint.size, checkpoint.root, note)


def locked(organisation_id: UUID) -> AbstractContextManager[None]:
    """Only one process compares and sets at a time."""
    return kept.locked(_path(organisation_id))


def write(organisation_id: UUID, note: str) -> None:
    """Replace it at once and for good. Call inside `locked`."""
    kept.write(_path(organisation_id), note)


def changed_at(organisation_id: UUID) -> int:
    """When it was last written, in nanoseconds; 0 when nothing was ever signed. Costs no query and no reading."""
    try:
        return _path(organisation_id).stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def signers() -> list[UUID]:
    """Organisations of which something was signed on this installation."""
    return sorted(UUID(path.stem) for path in (Path(settings.HOME) / "journal").glob("*.checkpoint"))
