"""A world as a folder: written in shards by several processes, streamed, byte for byte the same for a seed.

world.json               certificates, seed, the moment of the world, its shards
trust.json               the verifier's trust list
chain.jwt                accreditations and recognitions, one signed token a line
status.jwt               every issuer's status lists at the moment of the world
logs.jwt                 the status events of accreditations and recognitions
certificates-00000.jwt   one signed certificate a line
snapshot/<body>.lines, snapshot/statements.jwt   the content of each body's register, and its signed root
truth.json               {"certificates": N, "verdicts": {CODE: COUNT}}
truth-00000.tsv          number, code
events.jsonl             what happened to whom: effective and recorded
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.pool import Pool
from pathlib import Path
from typing import BinaryIO

import orjson

from assaymark.core.attestation import StatusEvent
from assaymark.formats.bundle import Bundle, write_bundle
from assaymark.formats.moments import instant
from assaymark.formats.register_lines import lines_of
from assaymark.formats.status_list import SIZE, issue_status_list
from assaymark.formats.status_log import issue_status_log
from assaymark.formats.trust_list import write_trust_list
from assaymark.verify import snapshot
from assaymark.world import making
from assaymark.world.plan import AT, Body, Plan, draw

SHARD = 25_000
_WEEK = dt.timedelta(days=7)


class NoWorld(ValueError):
    """The folder holds no world, or one that is not whole."""


@dataclass(frozen=True)
class Shard:
    """What a shard gives back beside its files: counts, set bits, leaves of snapshots, events."""

    name: str
    counts: Counter[str]
    suspended: dict[str, list[int]]
    withdrawn: dict[str, list[int]]
    events: bytes


def make(folder: Path, *, certificates: int, seed: int, jobs: int, done: Callable[[int], None]) -> dict[str, int]:
    """Make a world. done: told of every so many certificates. Returns the counts by code."""
    plan = draw(certificates, seed=seed)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise NoWorld(f"{folder} is not empty; name a new folder, or remove it first")
    (folder / "snapshot").mkdir()
    starts = range(0, certificates, SHARD)
    work = [(folder, certificates, seed, number, start) for number, start in enumerate(starts)]
    counts: Counter[str] = Counter()
    bits: tuple[dict[str, list[int]], dict[str, list[int]]] = (defaultdict(list), defaultdict(list))
    with (folder / "events.jsonl").open("wb") as events, multiprocessing.Pool(jobs) as pool:
        events.write(_events_above(plan))
        for shard in pool.imap(_make_shard, work):
            counts.update(shard.counts)
            for kept, set_here in zip(bits, (shard.suspended, shard.withdrawn), strict=True):
                for code, indices in set_here.items():
                    kept[code].extend(indices)
            events.write(shard.events)
            done(sum(shard.counts.values()))
        _write_chain(folder, plan, bits)
        _write_snapshots(folder, plan, pool)
    found = dict(sorted(counts.items()))
    _write_json(folder / "truth.json", {"certificates": certificates, "verdicts": found})
    (folder / "trust.json").write_bytes(write_trust_list(making.anchors(plan)))
    shards = [_shard_name(number) for number in range(len(starts))]
    world = {"type": "AssaymarkWorld", "version": 2, "certificates": certificates, "seed": seed}
    _write_json(folder / "world.json", world | {"at": instant(AT), "shard": SHARD, "shards": shards})
    return found


def _write_json(path: Path, value: object) -> None:
    path.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _shard_name(number: int) -> str:
    return f"certificates-{number:05d}.jwt"


def _event_line(number: str, event: StatusEvent) -> bytes:
    told = {
        "number": number,
        "event": event.event.value,
        "effectiveFrom": instant(event.effective_from),
        "recordedAt": instant(event.recorded_at),
    }
    return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)


def _events_above(plan: Plan) -> bytes:
    return b"".join(
        _event_line(content.number, event) for _, content, _, events in making.accreditations(plan) for event in events
    )


_planned: dict[tuple[int, int], Plan] = {}


def _plan(certificates: int, seed: int) -> Plan:
    """The plan, drawn once in each process."""
    if (certificates, seed) not in _planned:
        _planned[certificates, seed] = draw(certificates, seed=seed)
    return _planned[certificates, seed]


def _make_shard(work: tuple[Path, int, int, int, int]) -> Shard:
    folder, certificates, seed, number, start = work
    plan = _plan(certificates, seed)
    counts: Counter[str] = Counter()
    suspended: dict[str, list[int]] = defaultdict(list)
    withdrawn: dict[str, list[int]] = defaultdict(list)
    events: list[bytes] = []
    name = _shard_name(number)
    listed = _Registers(folder / "snapshot", number)
    with (folder / name).open("wb") as tokens, (folder / f"truth-{number:05d}.tsv").open("w") as truth:
        for one in range(start, min(start + SHARD, certificates)):
            made = making.make(plan, one)
            certifier = plan.certifier_of(one)
            tokens.write(made.token + b"\n")
            named = making.number_of(certifier, one)
            truth.write(f"{named}\t{made.code}\n")
            counts[made.code] += 1
            if made.suspended:
                suspended[certifier.body.code].append(one - certifier.first)
            if made.withdrawn:
                withdrawn[certifier.body.code].append(one - certifier.first)
            events += [_event_line(named, event) for event in made.events[1:]]
            listed.add(certifier.body.code, made)
    listed.close()
    return Shard(name, counts, dict(suspended), dict(withdrawn), b"".join(events))


def _write_chain(folder: Path, plan: Plan, bits: tuple[dict[str, list[int]], dict[str, list[int]]]) -> None:
    suspended, withdrawn = bits
    with (folder / "chain.jwt").open("w") as chain, (folder / "logs.jwt").open("w") as logs:
        for address, content, body, events in making.accreditations(plan):
            chain.write(making.signed(content, body) + "\n")
            logs.write(issue_status_log(target=address, events=events, key=body.key, as_of=AT) + "\n")
            status = [event.event.value for event in events][-1:]
            if status == ["withdrawn"]:
                withdrawn.setdefault(body.code, []).append(content.status.index)
    with (folder / "status.jwt").open("w") as lists:
        for token in _lists(plan, suspended, withdrawn):
            lists.write(token + "\n")


def _lists(plan: Plan, suspended: dict[str, list[int]], withdrawn: dict[str, list[int]]) -> Iterator[str]:
    issuers = [(plan.arrangement, 0), *((body, 0) for body in plan.accreditors)]
    issuers += [(one.body, one.count) for one in plan.certifiers]
    for body, many in issuers:
        for purpose, bits in (("suspension", suspended), ("revocation", withdrawn)):
            yield issue_status_list(
                list_id=f"{body.address}/status/{purpose}",
                purpose=purpose,
                indices=bits.get(body.code, ()),
                key=body.key,
                written=AT,
                valid_until=AT + _WEEK,
                issuer_name=body.name,
                size=max(SIZE, -(-many // 8) * 8),
            )


class _Registers:
    """The parts of the bodies' registers that one shard writes: `<body>.<shard>`, joined afterwards."""

    def __init__(self, folder: Path, shard: int) -> None:
        self.folder, self.shard, self.code = folder, shard, ""
        self.unlisted = (folder / f"unlisted.{shard:05d}").open("wb")
        self.file: BinaryIO | None = None

    def add(self, code: str, made: making.Made) -> None:
        if made.code == "INVALID":  # what is not a body's own is not in its register
            self.unlisted.write(made.token + b"\n")
            return
        if code != self.code:
            if self.file:
                self.file.close()
            self.code, self.file = code, (self.folder / f"{code}.{self.shard:05d}").open("wb")
        assert self.file is not None
        self.file.write(made.content + b"\n")

    def close(self) -> None:
        for file in (self.file, self.unlisted):
            if file:
                file.close()


def _write_snapshots(folder: Path, plan: Plan, pool: Pool) -> None:
    """Join the parts of each register, which lie in the order of the certificates, and let its body sign it."""
    place = folder / "snapshot"
    _join(place, "unlisted", "unlisted.jwt")
    work = [(folder, plan.certificates, plan.seed, n) for n in range(len(plan.certifiers))]
    with (place / "statements.jwt").open("w") as out:
        for token in pool.imap(_sign_snapshot, work, chunksize=8):
            out.write(token + "\n")


def _join(place: Path, stem: str, name: str) -> None:
    """One file from its parts; most registers have one part, which is only renamed."""
    parts = sorted(place.glob(f"{stem}.[0-9]*"))
    whole = place / name
    if not parts:
        whole.touch()
        return
    with parts[0].open("ab") as out:
        for part in parts[1:]:
            with part.open("rb") as more:
                shutil.copyfileobj(more, out)
            part.unlink()
    parts[0].rename(whole)


def _sign_snapshot(work: tuple[Path, int, int, int]) -> str:
    folder, certificates, seed, number = work
    body = _plan(certificates, seed).certifiers[number].body
    place = folder / "snapshot"
    _join(place, body.code, f"{body.code}.contents")
    leaves = []
    with (place / f"{body.code}.contents").open("rb") as file, (place / f"{body.code}.lines").open("wb") as out:
        for line in lines_of(content.rstrip(b"\n") for content in file):
            leaves.append(snapshot.leaf(line))
            out.write(line + b"\n")
    (place / f"{body.code}.contents").unlink()
    return snapshot.sign(leaves, name=body.code, key=body.key, at=AT)


def read(folder: Path) -> tuple[Plan, dict[str, object]]:
    """The plan of a world that was made, and its description. Raises :class:`NoWorld`."""
    try:
        world = orjson.loads((folder / "world.json").read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise NoWorld(f"{folder} holds no world.json; make one: assaymark world make -o {folder}") from error
    if not isinstance(world, dict) or world.get("type") != "AssaymarkWorld":
        raise NoWorld(f"{folder / 'world.json'} does not describe a world")
    return draw(int(world["certificates"]), seed=int(world["seed"])), world


def bundle(folder: Path, number: str) -> bytes:
    """Everything a stranger needs about one certificate of a world, sealed by its body. Raises :class:`NoWorld`."""
    plan, _ = read(folder)
    _, _, last = number.rpartition("-")
    if not last.isascii() or not last.isdigit() or int(last) >= plan.certificates:
        raise NoWorld(f"{number} is no number of this world; take one from truth-00000.tsv")
    one = int(last)
    certifier = plan.certifier_of(one)
    if making.number_of(certifier, one) != number:
        raise NoWorld(f"{number} is no number of this world; {making.number_of(certifier, one)} is")
    content, _ = making.content_of(plan, one)
    made = making.make(plan, one)
    log = issue_status_log(target=content.credential_id, events=made.events, key=certifier.body.key, as_of=AT)
    chain, logs = [], [log]
    bodies = [certifier.body]
    for address, above, body, events in making.accreditations(plan):
        accredits = above.subject.id == certifier.body.key.did
        recognises = certifier.accreditor is not None and above.subject.id == certifier.accreditor.key.did
        if accredits or recognises:
            chain.append(making.signed(above, body))
            logs.append(issue_status_log(target=address, events=events, key=body.key, as_of=AT))
            bodies.append(body)
    lists = _lists_of(folder, bodies)
    return write_bundle(Bundle(made.token.decode(), tuple(chain), lists, tuple(logs), AT), key=certifier.body.key)


def _lists_of(folder: Path, bodies: list[Body]) -> tuple[str, ...]:
    """The status lists of some bodies, found by the key id in their headers."""
    from assaymark.formats.jws import split

    wanted = {body.key.did for body in bodies}
    with (folder / "status.jwt").open() as lines:
        return tuple(token for line in lines if split(token := line.strip()).header["iss"] in wanted)
