"""Stop-watch, temporary home and table for the measurements in this folder."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
ASSAYMARK = str(Path(sys.executable).parent / "assaymark")


@dataclass(frozen=True)
class Figure:
    """One measured value, its baseline (same unit, same run) and the bar it must not pass."""

    question: str
    value: float
    unit: str
    baseline: float
    baseline_name: str
    bar: float | None = None

    @property
    def met(self) -> bool:
        """Whether the bar, if any, is kept."""
        return self.bar is None or self.value <= self.bar


def seconds(function: Callable[[], object]) -> float:
    """Wall-clock time of one call."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def best_of(runs: int, function: Callable[[], object]) -> float:
    """Shortest of several calls, in seconds: what the program costs when the machine does nothing else."""
    return min(seconds(function) for _ in range(runs))


def run(command: Sequence[str], *, home: Path | None = None, **more: str) -> None:
    """Run a command quietly; on failure show what it said and end the measurement."""
    environment = {**os.environ, **more, **({"ASSAYMARK_HOME": str(home)} if home else {})}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


@contextlib.contextmanager
def fresh_home() -> Iterator[Path]:
    """An installation's folder that vanishes afterwards."""
    with tempfile.TemporaryDirectory(prefix="assaymark-bench-") as folder:
        yield Path(folder)


def report(figures: Sequence[Figure]) -> int:
    """Print the table; return the exit status: 1 when a bar is missed."""
    for figure in figures:
        ratio = figure.value / figure.baseline if figure.baseline else float("inf")
        bar = "" if figure.bar is None else f"  bar {figure.bar:g} {figure.unit}: {'kept' if figure.met else 'MISSED'}"
        print(
            f"{figure.question:<44} {figure.value:8.2f} {figure.unit:<3} = {ratio:6.1f} × "
            f"{figure.baseline_name} ({figure.baseline:.2f} {figure.unit}){bar}"
        )
    return 0 if all(figure.met for figure in figures) else 1
