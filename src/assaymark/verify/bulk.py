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
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

import orjson

from assaymark.formats.did import KeyResolver
from assaymark.formats.moments import BadMoment, read_instant
from assaymark.formats.trust_list import BadTrustList, read_trust_list
from assaymark.verify.listed import Listed
from assaymark.verify.many import Judge
from assaymark.verify.snapshot import BadSnapshot, Statement, read

RANGE = 16 * 1024 * 1024
MOST_LINE = 4 * 1024 * 1024  # a longer line falls into parts, of which none is a certificate


class BadRegister(ValueError):
    """The folder is not a register that can be verified; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Task:
    """One byte range of one file; lines that begin in it belong to it. With ``statement``: a body's whole snapshot."""

    folder: str
    name: str
    start: int
    end: int
    at: str
    statement: Statement | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What was found in a range, and the processor time that it took (loading of the evidence included)."""

    counts: Counter[str]
    cpu_seconds: float


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
    if by_snapshot:
        found = _snapshot_tasks(folder, moment)
    else:
        found = [
            Task(str(folder), Path(name).name, start, min(start + RANGE, size), moment.isoformat())
            for name, size in zip(names, sizes, strict=True)
            for start in range(0, size, RANGE)
        ]
    if not found:
        raise BadRegister(f"{folder} holds no certificate")
    return found


def _snapshot_tasks(folder: Path, moment: dt.datetime) -> list[Task]:
    """A task for each body's register, the largest first, and one for what stands in no register."""
    resolver, when, place = KeyResolver(), moment.isoformat(), folder / "snapshot"
    try:
        with (place / "statements.jwt").open(encoding="ascii", errors="replace") as lines:
            statements = [read(line.strip(), resolver=resolver) for line in lines]
        sizes = {one.name: (place / f"{Path(one.name).name}.lines").stat().st_size for one in statements}
        rest = (place / "unlisted.jwt").stat().st_size
    except FileNotFoundError as error:
        raise BadRegister(f"{error.filename} is missing: this folder was made without snapshots.") from error
    except BadSnapshot as error:
        raise BadRegister(f"{place / 'statements.jwt'}: {error}") from error
    found = [
        Task(str(folder), f"snapshot/{Path(one.name).name}.lines", 0, sizes[one.name], when, one) for one in statements
    ]
    found.sort(key=lambda task: -task.end)
    return [*found, Task(str(folder), "snapshot/unlisted.jwt", 0, rest, when)]


_judges: dict[tuple[str, str], Judge] = {}


def _ready(task: Task) -> Judge:
    """The judge of a folder, made once in each process."""
    key = (task.folder, task.at)
    if key not in _judges:
        _judges.clear()
        _judges[key] = judge_of(Path(task.folder), at=dt.datetime.fromisoformat(task.at))
        gc.collect()
        gc.freeze()
    return _judges[key]


def judge_of(folder: Path, *, at: dt.datetime) -> Judge:
    """A judge with the evidence of a folder. Raises :class:`BadRegister`."""
    try:
        anchors = read_trust_list((folder / "trust.json").read_bytes())
        return Judge(_evidence(folder), anchors=anchors, at=at)
    except FileNotFoundError as error:
        raise BadRegister(f"{error.filename} is missing. `assaymark world make` writes a whole folder.") from error
    except (OSError, BadTrustList) as error:
        raise BadRegister(f"{folder}: {error}") from error


def _evidence(folder: Path) -> Iterator[str]:
    for name in ("chain.jwt", "status.jwt", "logs.jwt"):
        with (folder / name).open(encoding="ascii", errors="replace") as lines:
            for line in lines:
                yield line.strip()


def judge_range(task: Task) -> Part:
    """Judge the certificates whose lines begin in a range, or a whole snapshot."""
    before = time.process_time()
    judge = _ready(task)
    gc.disable()
    try:
        counts = _by_signature(task, judge) if task.statement is None else _by_snapshot(task, task.statement, judge)
    finally:
        gc.enable()
    return Part(Counter(counts), time.process_time() - before)


def _by_signature(task: Task, judge: Judge) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    of = judge.judge
    for line in _lines(task):
        counts[of(line).code._value_] += 1
    return counts


def _by_snapshot(task: Task, statement: Statement, judge: Judge) -> dict[str, int]:
    """Judge a body's register; when its lines are not those that were signed, none of them is authentic."""
    counts: dict[str, int] = defaultdict(int)
    leaves: list[bytes] = []
    with (Path(task.folder) / task.name).open("rb", buffering=256 * 1024) as file:
        lines = iter(partial(file.readline, MOST_LINE), b"")
        for brief in Listed(judge, statement.issuer).judge(_hashed(lines, leaves)):
            counts[brief.code._value_] += 1
    return counts if statement.covers(leaves) else {"INVALID": sum(counts.values())}


def _hashed(lines: Iterable[bytes], leaves: list[bytes]) -> Iterator[bytes]:
    """The lines of a register, each as it stands there, with its leaf added to the leaves."""
    for line in lines:
        bare = line.removesuffix(b"\n")
        leaves.append(sha256(b"\0" + bare).digest())
        yield bare


def _lines(task: Task) -> Iterable[bytes]:
    with (Path(task.folder) / task.name).open("rb", buffering=256 * 1024) as file:
        if task.start:
            file.seek(task.start - 1)
            file.readline()  # the end of a line that began before
        left = task.end - file.tell()
        while left > 0 and (line := file.readline(MOST_LINE)):
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
