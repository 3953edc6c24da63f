"""The documents in a folder, as they are now. Links are not followed; hidden files and folders are passed over."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from assaymark.core.document_history import (
    LARGEST_FILE,
    LARGEST_HISTORY,
    MOST_CHANGES,
    HistoryRefused,
    Problem,
    SourceChange,
)
from assaymark.core.document_kinds import DOCUMENT_NAMES


def read(folder: Path, *, at: datetime, author: str) -> list[SourceChange]:
    """Every document under the folder as an addition dated `at`, by path. Raises `HistoryRefused`."""
    changes: list[SourceChange] = []
    problems: list[Problem] = []
    total = 0
    for file in _files(folder):
        path = file.relative_to(folder).as_posix()
        size = file.stat().st_size
        total += size
        if size > LARGEST_FILE:
            problems.append(Problem(path, f"It is larger than {LARGEST_FILE >> 20} MB.", "Move it out of the folder."))
            continue
        if total > LARGEST_HISTORY or len(changes) >= MOST_CHANGES:
            raise HistoryRefused([Problem(str(folder), "It holds too much.", "Import its parts one by one.")])
        changes.append(SourceChange(path, path, "", at, author, "", "A", file.read_bytes()))
    if problems:
        raise HistoryRefused(problems)
    return changes


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(place) / name
            hidden = name.startswith(".")
            if not hidden and name.lower().endswith(DOCUMENT_NAMES) and not file.is_symlink() and file.is_file():
                yield file
