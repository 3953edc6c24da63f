"""Searching in the current scope."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from assaymark.records.scope import NoScope, current_scope
from assaymark.records.search import engines

_MARKED = re.compile(f"{engines.MARK_BEGIN}(.*?){engines.MARK_END}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found. excerpt: pieces of text around the words, each with whether it is one of them."""

    subject_kind: str
    subject_id: UUID
    number: str
    title: str
    excerpt: tuple[tuple[str, bool], ...]


def search(*, text: str, day: date, kinds: Iterable[str] | None = None, limit: int = 20) -> list[Hit]:
    """What matches in the scope's organisation on that day, best first. Any text is a valid question.

    kinds   only things of these kinds (what the person may read); None for all
    limit   at most this many, never more than 100
    """
    scope = current_scope()
    if scope is None or scope.organisation_id is None:
        raise NoScope("A search needs the scope of one organisation.")
    question = engines.Question(
        text=text.replace("\x00", "")[:500],
        organisation_id=scope.organisation_id,
        day=day,
        kinds=None if kinds is None else tuple(kinds),
        limit=max(1, min(limit, 100)),
    )
    return [
        Hit(subject_kind=kind, subject_id=UUID(subject), number=number, title=title, excerpt=_pieces(excerpt))
        for _, kind, subject, number, title, excerpt in engines.matching(question)
    ]


def _pieces(excerpt: str) -> tuple[tuple[str, bool], ...]:
    pieces = _MARKED.split(excerpt.strip())
    return tuple((piece, index % 2 == 1) for index, piece in enumerate(pieces) if piece)
