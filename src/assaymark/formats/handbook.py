"""A handbook with its history as JSON lines, plain or xz: one version of one document a line, oldest first.

Fields: path, commit, date (ISO 8601 with time zone), author, message, status ("A" added, "M" modified, "D" deleted)
and, unless deleted, content (the whole text). Lines of one commit follow each other; commits are in first-parent order.

What is written by strangers is bounded: bytes of a line, bytes after decompression, memory of the decompressor,
number of lines. Each wrong line is one problem with its number; all are collected before anything is refused.
"""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO

from assaymark.core.document_history import (
    LARGEST_HISTORY,
    LARGEST_TEXT,
    MOST_CHANGES,
    MOST_PROBLEMS,
    HistoryRefused,
    Problem,
    SourceChange,
)
from assaymark.formats.strict_json import BadJson, loads_object

XZ = b"\xfd7zXZ\x00"
LONGEST_LINE = LARGEST_TEXT + 1024 * 1024
DECOMPRESSOR_MEMORY = 128 * 1024 * 1024
_CHUNK = 1024 * 1024


def read(stream: BinaryIO) -> list[SourceChange]:
    """All changes of a JSON-lines handbook. Raises `HistoryRefused` with every problem found."""
    changes: list[SourceChange] = []
    problems: list[Problem] = []
    commits_done: set[str] = set()
    for number, line in enumerate(_lines(stream), start=1):
        where = f"line {number}"
        if not line.strip():
            continue
        found = _change(line, where)
        if isinstance(found, SourceChange):
            if changes and changes[-1].commit != found.commit:
                commits_done.add(changes[-1].commit)
            if found.commit in commits_done:
                message = f"Commit {found.commit[:40]} comes again after another one."
                found = Problem(where, message, "Keep the lines of a commit together.")
        if isinstance(found, Problem):
            problems.append(found)
        else:
            changes.append(found)
        if len(problems) >= MOST_PROBLEMS:
            break
        if len(changes) > MOST_CHANGES:
            _stop(where, f"There are more than {MOST_CHANGES} lines.")
    if problems:
        raise HistoryRefused(problems)
    return changes


def _change(line: bytes, where: str) -> SourceChange | Problem:
    """One line as a change, or what is wrong with it."""
    try:
        fields = loads_object(line, max_bytes=LONGEST_LINE)
    except BadJson as error:
        return Problem(where, f"It is {error}.", "Each line is one JSON object.")
    for name in ("path", "commit", "date", "author", "message", "status"):
        if not isinstance(fields.get(name), str):
            return Problem(where, f"The field {name} is missing or no text.", "Add it; the guide lists the fields.")
    if fields["status"] not in {"A", "M", "D"}:
        return Problem(where, f"The status {fields['status'][:20]!r} is unknown.", "Use A, M or D.")
    if not fields["commit"] or len(fields["commit"]) > 64:
        return Problem(where, "The commit is empty or longer than 64 characters.", "Give its identifier.")
    at = _moment(fields["date"])
    if at is None:
        return Problem(
            where, f"The date {fields['date'][:40]!r} is no moment.", "Write it as 2026-11-24T09:30:00+01:00."
        )
    content = _content(fields)
    if isinstance(content, str):
        return Problem(where, content, "Correct the line.")
    return SourceChange(
        where=where,
        path=fields["path"],
        commit=fields["commit"],
        at=at,
        author=fields["author"][:200],
        message=fields["message"][:500],
        status=fields["status"],
        content=content,
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        moment.astimezone()
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo is not None and 1900 < moment.year < 9000 else None


def _content(fields: dict[str, Any]) -> bytes | str | None:
    """The content's bytes; None for a deletion; a sentence when it is wrong."""
    text = fields.get("content")
    if fields["status"] == "D":
        return None if text is None else "A deletion has no content."
    if not isinstance(text, str):
        return "The field content is missing or no text."
    if "\x00" in text:
        return "The content holds a NUL character."
    try:
        content = text.encode()
    except UnicodeEncodeError:
        return "The content holds half a character (a lone surrogate)."
    return content if len(content) <= LARGEST_TEXT else f"The content is larger than {LARGEST_TEXT >> 20} MB."


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines of the stream, decompressed when it is xz; a line too long or a bomb is refused."""
    pending, total, number = bytearray(), 0, 1
    for chunk in _chunks(stream):
        total += len(chunk)
        if total > LARGEST_HISTORY:
            _stop(f"line {number}", f"The file holds more than {LARGEST_HISTORY >> 20} MB.")
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            pending += chunk[start:end]
            yield bytes(pending)
            pending.clear()
            start, number = end + 1, number + 1
        pending += chunk[start:]
        if len(pending) > LONGEST_LINE:
            _stop(f"line {number}", f"It is longer than {LONGEST_LINE >> 20} MB.")
    if pending:
        yield bytes(pending)


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    first = stream.read(_CHUNK)
    if not first.startswith(XZ):
        while first:
            yield first
            first = stream.read(_CHUNK)
        return
    machine, data = _decompressor(), first
    try:
        while True:
            if machine.eof:  # xz files may follow each other in one
                data = (machine.unused_data or stream.read(_CHUNK)).lstrip(b"\x00")
                if not data:
                    return
                machine = _decompressor()
            elif machine.needs_input and not data:
                _stop("the file", "It ends in the middle: it was not copied whole.")
            yield machine.decompress(data, max_length=_CHUNK)
            data = stream.read(_CHUNK) if machine.needs_input and not machine.eof else b""
    except lzma.LZMAError as error:
        raise HistoryRefused(
            [Problem("the file", f"It is no xz file that can be read ({error}).", "Compress it again.")]
        ) from error


def _decompressor() -> lzma.LZMADecompressor:
    return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=DECOMPRESSOR_MEMORY)


def _stop(where: str, message: str) -> None:
    raise HistoryRefused([Problem(where, message, "Nothing was imported. Import a smaller source.")])
