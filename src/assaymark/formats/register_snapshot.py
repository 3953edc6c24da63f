"""A snapshot of a foreign register as a file: CSV, JSON or JSON Lines → raw records with their lines.

Rules that hold here
* Limits are checked before work is done: bytes of the file, of a line, of a document of JSON; columns, cells.
* What concerns the file as a whole (no headings, no UTF-8, no list of records, quotes that never close) raises
  `SnapshotError` with what to do; what concerns one row is told of that row (`Record.trouble`).
* Nothing is unpacked: an archive is refused and named.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

MOST_BYTES = 8 * 1024**3
MOST_JSON = 512 * 1024**2
MOST_LINE = 4 * 1024**2
MOST_COLUMNS, MOST_CELL = 500, 100_000
_ARCHIVES = {
    b"PK\x03\x04": "a ZIP archive or a workbook (XLSX)",
    b"\x1f\x8b": "compressed (gzip)",
    b"BZh": "compressed (bzip2)",
    b"\xfd7zXZ": "compressed (xz)",
    b"7z\xbc\xaf": "an archive (7z)",
    b"(\xb5/\xfd": "compressed (zstd)",
    b"\xd0\xcf\x11\xe0": "an old workbook (XLS)",
    b"%PDF": "a PDF",
}
_SEPARATORS = ",;\t|"


class SnapshotError(ValueError):
    """The file as a whole cannot be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Record:
    """One raw record. trouble: why it cannot be read as a record, else empty. line: where it begins, or its place."""

    line: int
    raw: Mapping[str, Any]
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How the file is written, as far as that is known beforehand. Empty: found out.

    format   csv, json or jsonl
    records  path of the list of records inside a document of JSON, "data.items"
    """

    format: str = ""
    encoding: str = ""
    separator: str = ""
    records: str = ""


@dataclass(slots=True)
class Progress:
    """How far a reading has come, in bytes."""

    total: int = 0
    read: int = field(default=0)


def read(path: Path, shape: Shape, *, progress: Progress | None = None) -> Iterator[Record]:
    """The records of the file, in its order, as a stream. Raises `SnapshotError`."""
    progress = progress or Progress()
    try:
        progress.total = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(65_536)
    except OSError as error:
        raise SnapshotError(f"{path} cannot be read: {error.strerror}.") from error
    if progress.total > MOST_BYTES:
        raise SnapshotError(f"{path} has more than {MOST_BYTES // 1024**3} GB. Split it.")
    for magic, what in _ARCHIVES.items():
        if head.startswith(magic):
            raise SnapshotError(f"{path} is {what}. Unpack it, and save it as CSV or JSON.")
    if not head.strip():
        raise SnapshotError(f"{path} is empty.")
    encoding = shape.encoding or ("utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    try:
        start = head.decode(encoding, "replace")
    except LookupError as error:
        raise SnapshotError(f"The encoding “{encoding}” is not known. Write for example utf-8, cp1252.") from error
    kind = shape.format or _kind(path, start)
    reader = {"csv": _csv, "jsonl": _lines, "json": _json}.get(kind)
    if reader is None:
        raise SnapshotError(f"The format “{kind}” is not known. Use csv, json or jsonl.")
    try:
        yield from reader(path, shape, encoding, progress)
    except UnicodeError as error:
        raise SnapshotError(
            f"{path} is not {encoding.removesuffix('-sig').upper()}. Save it as UTF-8; or, if you know how it is"
            ' written, say so in the mapping file: encoding = "cp1252" for Western Windows, "latin-1", "utf-16".'
        ) from error


def _kind(path: Path, head: str) -> str:
    """By what the file begins with; its ending decides where that says nothing."""
    start = head.lstrip("\ufeff \t\r\n")
    if start[:1] == "[":
        return "json"
    if start[:1] == "{":
        first = start.partition("\n")[0].strip()
        try:
            whole = isinstance(orjson.loads(first), dict)
        except orjson.JSONDecodeError:
            whole = False
        rest = start.partition("\n")[2].lstrip()
        return "jsonl" if (whole and rest.startswith("{")) or path.suffix in (".jsonl", ".ndjson") else "json"
    if path.suffix.lower() in (".json", ".jsonl", ".ndjson"):
        raise SnapshotError(f"{path} is called JSON and is not: it begins with “{start[:20]}”.")
    return "csv"


class _Counted(io.FileIO):
    """A file that tells how far it was read."""

    def __init__(self, path: Path, progress: Progress) -> None:
        super().__init__(path, "r")
        self.progress = progress

    def readinto(self, buffer: Any, /) -> int | None:
        """Count what is read."""
        got = super().readinto(buffer)
        self.progress.read += got or 0
        return got


def _text(path: Path, encoding: str, progress: Progress) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedReader(_Counted(path, progress), 1 << 20), encoding=encoding, newline="")


def _bounded(file: io.TextIOWrapper) -> Iterator[str]:
    """Lines, none of which may be longer than a record can reasonably be."""
    while line := file.readline(MOST_LINE):
        if len(line) >= MOST_LINE:
            raise SnapshotError(f"A line has more than {MOST_LINE // 1024**2} MB. This is no list of records.")
        yield line.replace("\x00", "\ufffd")


def _csv(path: Path, shape: Shape, encoding: str, progress: Progress) -> Iterator[Record]:
    csv.field_size_limit(MOST_LINE)
    with _text(path, encoding, progress) as file:
        lines = _bounded(file)
        first = next(lines, "").lstrip("\ufeff")
        if first.lower().startswith("sep=") and len(first.strip()) == 5:  # Excel's own line about the separator
            separator, first = first[4], next(lines, "")
        else:
            separator = shape.separator or max(_SEPARATORS, key=first.count)
        reader = csv.reader(_again(first, lines), delimiter=separator, strict=True)
        line = 1
        try:
            headings = _headings(next(reader, []))
            while True:
                line = reader.line_num + 1
                cells = next(reader)
                if any(cell.strip() for cell in cells):
                    yield _record(line, headings, cells)
        except StopIteration:
            return
        except csv.Error as error:
            raise SnapshotError(f"Line {line}: {error}. Mend the quotes around the cell.") from error


def _again(first: str, lines: Iterator[str]) -> Iterator[str]:
    yield first
    yield from lines


def _headings(cells: list[str]) -> list[str]:
    found = [cell.strip() for cell in cells]
    while found and not found[-1]:
        found.pop()
    if not any(found):
        raise SnapshotError("The first line holds no headings. The columns must be named there.")
    if len(found) > MOST_COLUMNS:
        raise SnapshotError(f"The first line names more than {MOST_COLUMNS} columns. Is the separator the right one?")
    twice = sorted({heading for heading in found if heading and found.count(heading) > 1})
    if twice:
        raise SnapshotError(f"The heading “{twice[0]}” stands twice. Rename one of the columns.")
    return found


def _record(line: int, headings: list[str], cells: list[str]) -> Record:
    raw = {heading: cell for heading, cell in zip(headings, cells, strict=False) if heading}
    if any(cell.strip() for cell in cells[len(headings) :]):
        return Record(line, raw, f"The row has {len(cells)} cells, the headings are {len(headings)}.")
    if any(len(cell) > MOST_CELL for cell in cells):
        return Record(line, {k: v[:200] for k, v in raw.items()}, f"A cell has more than {MOST_CELL} characters.")
    if len(cells) < len(headings) and any(headings[len(cells) :]):
        return Record(line, raw, f"The row has {len(cells)} cells, the headings are {len(headings)}.")
    return Record(line, raw)


def _lines(path: Path, shape: Shape, encoding: str, progress: Progress) -> Iterator[Record]:
    with _text(path, encoding, progress) as file:
        for number, line in enumerate(_bounded(file), start=1):
            if not line.strip():
                continue
            try:
                value = orjson.loads(line.lstrip("\ufeff"))
            except orjson.JSONDecodeError as error:
                yield Record(number, {"line": line[:500]}, f"The line is no JSON: {error.msg}.")
                continue
            if isinstance(value, dict):
                yield Record(number, value)
            else:
                yield Record(number, {"line": line[:500]}, "The line is no object of JSON.")


def _json(path: Path, shape: Shape, encoding: str, progress: Progress) -> Iterator[Record]:
    if progress.total > MOST_JSON:
        raise SnapshotError(
            f"One document of JSON of more than {MOST_JSON // 1024**2} MB is not read whole."
            " Write it as JSON Lines, one record a line, or as CSV."
        )
    content = path.read_bytes()
    progress.read = len(content)
    try:
        document = orjson.loads(content.decode(encoding).encode() if encoding != "utf-8-sig" else _bare(content))
    except orjson.JSONDecodeError as error:
        if error.msg.startswith("str is not valid UTF-8"):
            raise UnicodeError from error
        raise SnapshotError(f"{path} is not well-formed JSON: {error.msg} (line {error.lineno}).") from error
    for number, value in enumerate(_list_in(document, shape.records), start=1):
        if isinstance(value, dict):
            yield Record(number, value)
        else:
            yield Record(number, {"value": str(value)[:500]}, "The record is no object of JSON.")


def _bare(content: bytes) -> bytes:
    return content.removeprefix(b"\xef\xbb\xbf")


def _list_in(document: Any, where: str) -> list[Any]:
    """The list of records: where the mapping says, or the only list of objects that there is."""
    if where:
        found = dig(document, where)
        if not isinstance(found, list):
            raise SnapshotError(f"There is no list at “{where}”. Lists of objects here: {_named(document)}.")
        return found
    if isinstance(document, list):
        return document
    lists = dict(_lists(document, ""))
    if len(lists) != 1:
        raise SnapshotError(
            f"Which list holds the records? Say it in the mapping file: records = “…”. Lists here: {_named(document)}."
        )
    return next(iter(lists.values()))


def _named(document: Any) -> str:
    return ", ".join(f"“{name}”" for name, _ in _lists(document, "")) or "none"


def _lists(value: Any, path: str, depth: int = 0) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(value, dict) and depth < 4:
        for name, child in list(value.items())[:200]:
            yield from _lists(child, f"{path}.{name}" if path else name, depth + 1)
    elif isinstance(value, list) and path and any(isinstance(child, dict) for child in value[:20]):
        yield path, value


def dig(value: Any, path: str) -> Any:
    """What stands at a path, "holder.name" or "sites.0.city"; a list on the way gives the list of what its members
    have there. A member whose name holds the dots itself comes first. None when there is nothing."""
    if isinstance(value, dict) and path in value:
        return value[path]
    for step, rest in ((path[:i], path[i + 1 :]) for i, sign in enumerate(path) if sign == "."):
        if isinstance(value, dict) and step in value:
            return dig(value[step], rest)
    if isinstance(value, list):
        first, _, rest = path.partition(".")
        if first.isdigit():
            index = int(first)
            inner = value[index] if index < len(value) else None
            return dig(inner, rest) if rest else inner
        found = [dig(child, path) for child in value]
        flat = [one for child in found for one in (child if isinstance(child, list) else [child]) if one is not None]
        return flat or None
    return None
