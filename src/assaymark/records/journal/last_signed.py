"""What was last signed, kept outside of the database and of its backups: `<home>/journal/<organisation>.checkpoint`.

A database that does not extend it was restored from an older backup (or rewritten). Comparing and setting happen under
a lock on the file, so that two processes never sign two histories (compare-and-set before each signature).
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from assaymark.formats.note import unverified_checkpoint

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


@contextmanager
def locked(organisation_id: UUID) -> Iterator[None]:
    """Only one process compares and sets at a time."""
    path = _path(organisation_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def write(organisation_id: UUID, note: str) -> None:
    """Replace the file at once and for good (new file, fsync, rename, fsync of the folder). Call inside `locked`."""
    path = _path(organisation_id)
    temporary = path.with_suffix(".new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(note)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
