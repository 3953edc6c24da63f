"""What differs between two texts: by line, and within changed lines by word.

Two views of the same answer: side by side (rows of left and right) and unified (one column). A piece is text with
whether it changed. The work is bounded: long changed blocks are shown as whole lines, huge texts line by line only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

WORDS_WORTH_COMPARING = 600
LINES_OF_CONTEXT = 3
MOST_LINES = 20_000

Pieces = tuple[tuple[str, bool], ...]


class Kind(StrEnum):
    """What happened to a row. GAP stands for unchanged lines that are left out."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the side-by-side view; line numbers count from 1, None where a side has no line."""

    kind: Kind
    left_number: int | None = None
    left: Pieces = ()
    right_number: int | None = None
    right: Pieces = ()
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """The rows, and how many lines were added and removed. cut: whether only the beginnings were compared."""

    rows: tuple[Row, ...]
    added: int
    removed: int
    cut: bool = False

    @property
    def same(self) -> bool:
        """Whether the lines are equal; line ends are not looked at."""
        return not (self.added or self.removed)

    def unified(self) -> Iterator[Row]:
        """One column: of a changed row first what it was, then what it is."""
        for row in self.rows:
            if row.kind == Kind.CHANGED:
                yield Row(Kind.REMOVED, row.left_number, row.left)
                yield Row(Kind.ADDED, right_number=row.right_number, right=row.right)
            else:
                yield row


def compare(old: str, new: str) -> Comparison:
    """Compare two texts. Of unchanged lines only three around each change are kept."""
    left, right = old.splitlines(), new.splitlines()
    cut = max(len(left), len(right)) > MOST_LINES
    left, right = left[:MOST_LINES], right[:MOST_LINES]
    matcher = SequenceMatcher(None, left, right, autojunk=len(left) + len(right) > 4000)
    rows: list[Row] = []
    added = removed = 0
    codes = matcher.get_opcodes()
    for index, (tag, i1, i2, j1, j2) in enumerate(codes):
        if tag == "equal":
            rows.extend(_unchanged(left, i1, i2, j1, first=index == 0, last=index == len(codes) - 1))
            continue
        added += j2 - j1
        removed += i2 - i1
        rows.extend(_changed(left[i1:i2], right[j1:j2], i1, j1))
    return Comparison(tuple(rows), added, removed, cut)


def _unchanged(lines: Sequence[str], start: int, end: int, other: int, *, first: bool, last: bool) -> Iterator[Row]:
    head = 0 if first else LINES_OF_CONTEXT
    tail = 0 if last else LINES_OF_CONTEXT
    count = end - start
    if count <= head + tail + 1:
        head, tail = count, 0
    for offset in range(head):
        yield _same(lines, start + offset, other + offset)
    if skipped := count - head - tail:
        yield Row(Kind.GAP, skipped=skipped)
    for offset in range(count - tail, count):
        yield _same(lines, start + offset, other + offset)


def _same(lines: Sequence[str], left: int, right: int) -> Row:
    piece = ((lines[left], False),)
    return Row(Kind.SAME, left + 1, piece, right + 1, piece)


def _changed(old: Sequence[str], new: Sequence[str], i: int, j: int) -> Iterator[Row]:
    """Pair changed lines in order and mark the words that differ; what has no partner stands alone."""
    paired = min(len(old), len(new))
    for offset in range(paired):
        left, right = _words(old[offset], new[offset])
        yield Row(Kind.CHANGED, i + offset + 1, left, j + offset + 1, right)
    for offset in range(paired, len(old)):
        yield Row(Kind.REMOVED, i + offset + 1, ((old[offset], True),))
    for offset in range(paired, len(new)):
        yield Row(Kind.ADDED, right_number=j + offset + 1, right=((new[offset], True),))


def _words(old: str, new: str) -> tuple[Pieces, Pieces]:
    a, b = re.findall(r"\w+|\s+|[^\w\s]", old), re.findall(r"\w+|\s+|[^\w\s]", new)
    if len(a) + len(b) > WORDS_WORTH_COMPARING:
        return ((old, True),), ((new, True),)
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if i2 > i1:
            left.append(("".join(a[i1:i2]), tag != "equal"))
        if j2 > j1:
            right.append(("".join(b[j1:j2]), tag != "equal"))
    return tuple(left), tuple(right)
