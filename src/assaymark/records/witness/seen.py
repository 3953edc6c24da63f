"""The largest checkpoint that a witness saw of each log: outside of the database, because it must never be rolled back.

One file per witness and log, `<home>/journal/witness/<witness>-<hash of the origin>.checkpoint`, compared and set under
its lock. Whoever restores an older one makes a witness that can be shown two histories (C2SP tlog-witness).
"""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import UUID

from django.conf import settings

from assaymark.records.journal import kept


def _path(witness_id: UUID, origin: str) -> Path:
    name = f"{witness_id.hex}-{hashlib.sha256(origin.encode()).hexdigest()[:32]}"
    return Path(settings.HOME) / "journal" / "witness" / f"{name}.checkpoint"


def locked(witness_id: UUID, origin: str) -> AbstractContextManager[None]:
    """Only one process compares and sets what the witness saw of this log."""
    return kept.locked(_path(witness_id, origin))


def read(witness_id: UUID, origin: str) -> str | None:
    """The signed note, or None when it saw nothing yet."""
    try:
        return _path(witness_id, origin).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def write(witness_id: UUID, origin: str, note: str) -> None:
    """Set it at once and for good. Call inside `locked`."""
    kept.write(_path(witness_id, origin), note)
