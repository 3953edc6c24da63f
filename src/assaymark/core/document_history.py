"""A history of documents that was written elsewhere: its changes, and what makes one acceptable.

A history is a list of changes in order (for git: first-parent order, oldest first). The order is the truth; dates say
when a change began to count. A change counts from the day of its date **in UTC**; where two changes of one document
have both begun, the later in the history wins. For a history whose dates never go back (all that matters in practice)
this is the state after the last change dated on or before the day.

A rename is a deletion and an addition in one commit: the old document is withdrawn, the new one says what it continues.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

LONGEST_PATH = 400
LARGEST_TEXT = 5 * 1024 * 1024
LARGEST_FILE = 50 * 1024 * 1024
LARGEST_HISTORY = 400 * 1024 * 1024
MOST_CHANGES = 200_000
MOST_PROBLEMS = 100
ALIKE_ENOUGH = 0.6


@dataclass(frozen=True, slots=True)
class SourceChange:
    """One version of one document, or its deletion (status "D", content None).

    where     how a person finds it in the source, such as "line 12"
    commit    identifier of the commit, "" for a folder
    content   the bytes of the version
    """

    where: str
    path: str
    commit: str
    at: datetime
    author: str
    message: str
    status: str
    content: bytes | None

    @property
    def day(self) -> date:
        """The first day on which this change counts, in UTC."""
        return self.at.astimezone(UTC).date()

    @property
    def sha256(self) -> str:
        """Of the content; "" for a deletion."""
        return "" if self.content is None else hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an item of the source cannot be imported, and what to do about it."""

    where: str
    message: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message} {self.next_step}".rstrip()


class HistoryRefused(Exception):
    """A source was not imported; carries one problem per offending item (at most `MOST_PROBLEMS`)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


def what_is_wrong_with_path(path: str) -> str:
    """Why a path names no document inside a source; "" when it does."""
    if not path or len(path) > LONGEST_PATH:
        return f"The path is empty or longer than {LONGEST_PATH} characters."
    if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in path):
        return "The path holds a control or formatting character."
    if path.startswith("/") or "\\" in path or re.match(r"[A-Za-z]:", path):
        return "The path is not relative with forward slashes."
    if any(part in {"", ".", ".."} for part in path.split("/")):
        return "The path leaves its folder or has an empty part."
    return ""


def check(changes: Iterable[SourceChange], *, known: Iterable[str] = ()) -> list[Problem]:
    """All problems of a history: paths, sizes, and changes that do not follow from each other.

    known   paths that are in force before the first change
    """
    problems: list[Problem] = []
    present = set(known)
    seen: set[tuple[str, str]] = set()
    for change in changes:
        wrong = what_is_wrong_with_path(change.path) or _wrong_step(change, present, seen)
        if wrong:
            step = "Correct the source, or leave this file out of it."
            problems.append(Problem(change.where, f"{change.path[:80]!r}: {wrong}", step))
            if len(problems) >= MOST_PROBLEMS:
                break
            continue
        seen.add((change.commit, change.path))
        if change.status == "D":
            present.discard(change.path)
        else:
            present.add(change.path)
    return problems


def _wrong_step(change: SourceChange, present: set[str], seen: set[tuple[str, str]]) -> str:
    if (change.commit, change.path) in seen:
        return f"Commit {change.commit} changes it twice."
    if change.status in "MD" and change.path not in present:
        return "It is changed or deleted, but was never added."
    if change.status == "A" and change.path in present:
        return "It is added, but is there already."
    if change.content is not None and len(change.content) > LARGEST_FILE:
        return f"It is larger than {LARGEST_FILE // 1024 // 1024} MB."
    return ""


def continued(before: dict[str, bytes], commit: Sequence[SourceChange]) -> dict[str, str]:
    """Which added document continues which deleted one within one commit: added path → deleted path.

    before   content of the deleted paths just before the commit
    Alike means: the same bytes, or at least 60 % of the lines in common; each old document is continued once.
    """
    gone = {c.path for c in commit if c.status == "D" and c.path in before}
    pairs = []
    for change in commit:
        if change.status != "A" or not change.content:
            continue
        for path in gone:
            ratio = 1.0 if before[path] == change.content else _alike(before[path], change.content)
            if ratio >= ALIKE_ENOUGH:
                same_name = path.rsplit("/", 1)[-1] == change.path.rsplit("/", 1)[-1]
                pairs.append((-ratio, not same_name, change.path, path))
    result: dict[str, str] = {}
    for _, _, added, deleted in sorted(pairs):
        if added not in result and deleted in gone:
            result[added] = deleted
            gone.remove(deleted)
    return result


def _alike(old: bytes, new: bytes) -> float:
    a, b = Counter(old.splitlines()), Counter(new.splitlines())
    return 2 * sum((a & b).values()) / max(1, sum(a.values()) + sum(b.values()))
