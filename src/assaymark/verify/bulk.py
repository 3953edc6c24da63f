"""A whole register verified: byte ranges of its files, judged by processes of this machine or as tasks of Ray.

The folder is the one that `world` documents: chain, status lists and logs as tokens, certificates one a line. The same
function judges a range on either engine; the counts of all ranges are added up.
"""

from __future__ import annotations

import datetime as dt
import gc
import logging
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from assaymark.formats.did import KeyResolver
from assaymark.formats.moments import BadMoment, read_instant
from assaymark.formats.trust_list import BadTrustList, read_trust_list
from assaymark.verify.many import Judge
from assaymark.verify.snapshot import BadSnapshot, Snapshot, read

RANGE = 16 * 1024 * 1024


class BadRegister(ValueError):
    """The folder is not a register that can be verified; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Task:
    """One byte range of one file; lines that begin in it belong to it."""

    folder: str
    name: str
    start: int
    end: int
    at: str
    by_snapshot: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What was found in a range, and the processor time that it took (loading of the evidence included)."""

    counts: Counter[str]
    cpu_seconds: float
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found in the whole register."""

    certificates: int
    verdicts: dict[str, int]
    cpu_seconds: float
    wall_seconds: float

    def as_json(self) -> dict[str, object]:
        """The documented shape."""
        return {
            "certificates": self.certificates,
            "verdicts": self.verdicts,
            "cpu_seconds": round(self.cpu_seconds, 3),
            "wall_seconds": round(self.wall_seconds, 3),
        }


Runner = Callable[[list[Task], int], Iterator[Part]]


def verify_folder(
    folder: Path,
    *,
    jobs: int = 1,
    engine: str = "local",
    by_snapshot: bool = False,
    at: dt.datetime | None = None,
    done: Callable[[int], None] = lambda certificates: None,
) -> Outcome:
    """Judge every certificate of a register on one moment (default: that of the folder).

    jobs: processes. engine: "local" or "ray" (`assaymark[ray]`). by_snapshot: check certificates against their body's
    signed register instead of their own signatures. done: told how many were judged since the last call.
    Raises :class:`BadRegister`.
    """
    if engine not in ENGINES:
        raise BadRegister(f"no engine is called {engine!r}; there are {', '.join(ENGINES)}")
    started, own = time.perf_counter(), time.process_time()
    tasks = _tasks(folder, at=at, by_snapshot=by_snapshot)
    if engine == "local":
        _ready(tasks[0])  # read once; the processes that are forked from this one share it
    counts: Counter[str] = Counter()
    spent = time.process_time() - own
    for part in ENGINES[engine](tasks, jobs):
        counts.update(part.counts)
        spent += part.cpu_seconds
        done(part.counts.total())
    return Outcome(counts.total(), dict(sorted(counts.items())), spent, time.perf_counter() - started)


def _tasks(folder: Path, *, at: dt.datetime | None, by_snapshot: bool) -> list[Task]:
    try:
        world = orjson.loads((folder / "world.json").read_bytes())
        moment = at or read_instant(world["at"])
        names = [str(name) for name in world["shards"]]
        sizes = [(folder / Path(name).name).stat().st_size for name in names]
    except FileNotFoundError as error:
        raise BadRegister(f"{error.filename} is missing. `assaymark world make` writes a whole folder.") from error
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError, BadMoment) as error:
        raise BadRegister(f"{folder / 'world.json'} does not describe a register: {error}") from error
    found = [
        Task(str(folder), Path(name).name, start, min(start + RANGE, size), moment.isoformat(), by_snapshot)
        for name, size in zip(names, sizes, strict=True)
        for start in range(0, size, RANGE)
    ]
    if not found:
        raise BadRegister(f"{folder} holds no certificate")
    return found


_judges: dict[tuple[str, str, bool], Judge] = {}


def _ready(task: Task) -> Judge:
    """The judge of a folder, made once in each process."""
    key = (task.folder, task.at, task.by_snapshot)
    if key not in _judges:
        _judges.clear()
        _judges[key] = judge_of(Path(task.folder), at=dt.datetime.fromisoformat(task.at), by_snapshot=task.by_snapshot)
        gc.collect()
        gc.freeze()
    return _judges[key]


def judge_of(folder: Path, *, at: dt.datetime, by_snapshot: bool = False) -> Judge:
    """A judge with the evidence of a folder. Raises :class:`BadRegister`."""
    try:
        anchors = read_trust_list((folder / "trust.json").read_bytes())
        snapshots = _snapshots(folder) if by_snapshot else ()
        return Judge(_evidence(folder), anchors=anchors, at=at, snapshots=snapshots)
    except FileNotFoundError as error:
        raise BadRegister(f"{error.filename} is missing. `assaymark world make` writes a whole folder.") from error
    except (OSError, BadTrustList, BadSnapshot) as error:
        raise BadRegister(f"{folder}: {error}") from error


def _evidence(folder: Path) -> Iterator[str]:
    for name in ("chain.jwt", "status.jwt", "logs.jwt"):
        with (folder / name).open(encoding="ascii", errors="replace") as lines:
            for line in lines:
                yield line.strip()


def _snapshots(folder: Path) -> list[Snapshot]:
    leaves = {path.stem: path.read_bytes() for path in (folder / "snapshot").glob("*.bin")}
    resolver = KeyResolver()
    with (folder / "snapshot.jwt").open(encoding="ascii", errors="replace") as lines:
        return [read(line.strip(), leaves, resolver=resolver) for line in lines]


def judge_range(task: Task) -> Part:
    """Judge the certificates whose lines begin in a range."""
    before = time.process_time()
    judge = _ready(task).judge
    counts: Counter[str] = Counter()
    gc.disable()
    try:
        for line in _lines(task):
            counts[judge(line).code] += 1
    finally:
        gc.enable()
    return Part(Counter({str(code): many for code, many in counts.items()}), time.process_time() - before)


def _lines(task: Task) -> Iterable[bytes]:
    with (Path(task.folder) / task.name).open("rb", buffering=256 * 1024) as file:
        if task.start:
            file.seek(task.start - 1)
            file.readline()  # the end of a line that began before
        left = task.end - file.tell()
        while left > 0 and (line := file.readline()):
            left -= len(line)
            if line := line.rstrip():
                yield line


def _local(tasks: list[Task], jobs: int) -> Iterator[Part]:
    if jobs == 1:
        yield from map(judge_range, tasks)
        return
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        yield from pool.imap_unordered(judge_range, tasks)


def _ray(tasks: list[Task], jobs: int) -> Iterator[Part]:
    try:
        import ray
    except ImportError as error:
        raise BadRegister("Ray is not installed. Install it: pip install 'assaymark[ray]'") from error
    mine = not ray.is_initialized()
    if mine:
        ray.init(num_cpus=jobs, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    try:
        judged = ray.remote(judge_range)
        waiting = [judged.remote(task) for task in tasks]
        while waiting:
            ready, waiting = ray.wait(waiting)
            yield from ray.get(ready)
    finally:
        if mine:
            ray.shutdown()


ENGINES: dict[str, Runner] = {"local": _local, "ray": _ray}
