"""The order of time: many stories, told a moment at a time.

A story is a generator. It yields the moment of its next act and goes on when that moment has come; between two yields
it acts. Stories that need parts of each other share them in `World.made`.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar

R = TypeVar("R")

# Yields the moment of the next act, is sent that moment when it has come, returns what its caller needs.
Part = Generator[datetime, datetime, R]
Story = Part[None]


class TimeRanBack(RuntimeError):
    """A story wanted to act before what it had done already."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days counted from the day on which the world is loaded: -1 is the day before, +45 lies ahead."""

    today: date

    def day(self, offset: int) -> date:
        """The day so many days after today; before it when negative."""
        return self.today + timedelta(days=offset)

    def at(self, offset: int, hour: int = 9, minute: int = 0) -> datetime:
        """A moment on that day, UTC."""
        return datetime.combine(self.day(offset), time(hour, minute), UTC)


def tell(stories: Iterable[Story], *, progress: Callable[[datetime], None] = lambda _moment: None) -> int:
    """Let the stories act in the order of time; answers how many acts there were.

    Of two acts at the same moment, the story that was named first is first. Raises `TimeRanBack`.
    """
    waiting: list[tuple[datetime, int, Story]] = []
    for rank, story in enumerate(stories):
        first = next(story, None)
        if first is not None:
            waiting.append((first, rank, story))
    heapq.heapify(waiting)
    acts = 0
    while waiting:
        moment, rank, story = heapq.heappop(waiting)
        progress(moment)
        acts += 1
        try:
            following = story.send(moment)
        except StopIteration:
            continue
        if following < moment:
            raise TimeRanBack(f"A story went from {moment:%Y-%m-%d %H:%M} back to {following:%Y-%m-%d %H:%M}.")
        heapq.heappush(waiting, (following, rank, story))
    return acts
