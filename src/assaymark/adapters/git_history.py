"""The history of documents in a git repository on this machine, read through the `git` binary.

First-parent order from the first commit to HEAD; the date is the committer's, which is when a merge came to count. Only
regular files with a document's name are read (`core.document_kinds.DOCUMENT_NAMES`); links and submodules are not
followed. A repository is data from strangers: its configuration may name programs to run, so everything that could
start one is switched off, and nothing is fetched.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from assaymark.core.document_history import (
    LARGEST_FILE,
    LARGEST_HISTORY,
    MOST_CHANGES,
    HistoryRefused,
    Problem,
    SourceChange,
)
from assaymark.core.document_kinds import DOCUMENT_NAMES

_GIT = (
    "git",
    "--no-pager",
    "-c",
    "safe.directory=*",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "log.showRoot=true",
)
_LOG = (
    "log", "--first-parent", "--diff-merges=first-parent", "--reverse", "--raw", "-z", "--no-abbrev", "--no-renames",
    "--no-ext-diff", "--no-textconv", "--no-show-signature", "--encoding=UTF-8",
    "--format=%x01%H%x02%cI%x02%an%x02%s", "HEAD",
)  # fmt: skip
_REGULAR = {"100644", "100755"}


def is_repository(folder: Path) -> bool:
    """Whether the folder is a git checkout or a bare repository."""
    bare = all((folder / name).exists() for name in ("HEAD", "objects", "refs"))
    return (folder / ".git").exists() or bare


def read(folder: Path) -> list[SourceChange]:
    """All changes of documents, oldest first. Raises `HistoryRefused`."""
    entries = list(_entries(_output(folder, _LOG)))
    if len(entries) > MOST_CHANGES:
        raise HistoryRefused([Problem(str(folder), f"It has more than {MOST_CHANGES} changes.", "Split it.")])
    contents = _contents(folder, [blob for _, _, blob in entries if blob])
    changes = []
    for change, _, blob in entries:
        content = next(contents) if blob else None
        changes.append(
            SourceChange(
                where=change.where,
                path=change.path,
                commit=change.commit,
                at=change.at,
                author=change.author,
                message=change.message,
                status=change.status,
                content=content,
            )
        )
    return changes


def _environment() -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
    }


def _output(folder: Path, arguments: tuple[str, ...]) -> bytes:
    try:
        done = subprocess.run(
            [*_GIT, "-C", str(folder), *arguments], capture_output=True, env=_environment(), check=False, timeout=300
        )
    except FileNotFoundError as error:
        raise HistoryRefused([Problem("git", "It is not installed.", "Install git.")]) from error
    except subprocess.TimeoutExpired as error:
        raise HistoryRefused([Problem("git", "It did not answer within 5 minutes.", "Try a clone.")]) from error
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        message = f"git says: {said[-1][:200] if said else 'nothing'}."
        raise HistoryRefused([Problem(str(folder), message, "Check that the folder is a repository with a commit.")])
    return done.stdout


def _entries(log: bytes) -> Iterator[tuple[SourceChange, str, str]]:
    """(change without content, mode, blob to read or "") per document; the log is NUL-separated."""
    commit, at, author, message = "", datetime.min, "", ""
    present: set[str] = set()
    tokens = iter(log.split(b"\x00"))
    for token in tokens:
        token = token.lstrip(b"\n")
        if token.startswith(b"\x01"):
            commit, moment, author, message = token[1:].decode("utf-8", "replace").split("\x02", 3)
            at = datetime.fromisoformat(moment.replace("Z", "+00:00"))
        elif token.startswith(b":"):
            mode, blob = token.split(b" ")[1].decode(), token.split(b" ")[3].decode()
            path = next(tokens).decode("utf-8", "surrogateescape")
            if not path.lower().endswith(DOCUMENT_NAMES):
                continue
            there = mode in _REGULAR
            if not there and path not in present:
                continue
            status = ("M" if path in present else "A") if there else "D"
            (present.add if there else present.discard)(path)
            where = f"commit {commit[:12]}"
            yield (
                SourceChange(where, path, commit, at, author[:200], message[:500], status, None),
                mode,
                (blob if there else ""),
            )


def _contents(folder: Path, blobs: list[str]) -> Iterator[bytes]:
    """The blobs' bytes in order, through one `git cat-file --batch`."""
    command = [*_GIT, "-C", str(folder), "cat-file", "--batch"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        total = 0
        for blob in blobs:
            process.stdin.write(f"{blob}\n".encode())
            process.stdin.flush()
            content = _one(process.stdout, blob)
            total += len(content)
            if total > LARGEST_HISTORY:
                process.kill()
                raise HistoryRefused(
                    [Problem(str(folder), f"It holds more than {LARGEST_HISTORY >> 20} MB.", "Split it.")]
                )
            yield content
        process.stdin.close()


def _one(stream: IO[bytes], blob: str) -> bytes:
    header = stream.readline().split()
    if len(header) != 3 or header[1] != b"blob":
        raise HistoryRefused([Problem(f"blob {blob[:12]}", "It is missing.", "Fetch the whole history first.")])
    size = int(header[2])
    if size > LARGEST_FILE:
        message = f"It is larger than {LARGEST_FILE >> 20} MB."
        raise HistoryRefused([Problem(f"blob {blob[:12]}", message, "Leave the file out of the history.")])
    content = stream.read(size)
    stream.read(1)
    return content
