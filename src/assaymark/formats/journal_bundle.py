"""The exported journal: one file of JSON lines that is verified without server and database.

    {"format": "assaymark-journal", "version": 1, "organisation": {...}, "keys": ["name+id+base64", ...],
     "witnesses": ["name+id+base64", ...]}                             keys of those who cosigned; may be left out
    {"checkpoint": "<signed note>"}                                     all of them with cosignatures, oldest first
    {"epoch": 1, "index": 0, "body": "<canonical JSON>", "leaf": "<hex>", "name": "…", "salt": "<hex>"}   every entry
                                              ("beside": {"verb": "…"} where a column of the database says otherwise)
    {"end": {"entries": 1}}

Rules that hold here
* Every hash is computed again from the bodies; the stated leaves serve only to name the entry that was altered.
* A checkpoint says what was there when it was signed (RFC 6962, 2.1): the journal must still begin with exactly that.
* An erased name is no fault when an entry (`journal.name_erased`) says so: the body holds its salted hash, and every
  proof stays valid.
* What people read stands in columns beside the sealed body: a column that says otherwise was altered.
* An export is signed when it is written: an entry that no checkpoint covers was put in beside the log.
* A cosignature says that its witness saw that checkpoint then (C2SP tlog-cosignature). A witness's key inside of the
  file is as good as the file; bring it from elsewhere (`witnesses`) to rely on it.
* A key inside the file proves that the file agrees with itself. Against a rewriter who holds the key, bring a
  checkpoint, an older export or the key from elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from assaymark.core import journal
from assaymark.formats.cosignature import WitnessKey, sightings
from assaymark.formats.note import BadNote, Checkpoint, VerifierKey, open_checkpoint, unverified_checkpoint

FORMAT = "assaymark-journal"
VERSION = 1
ERASURE = "journal.name_erased"
MAX_LINE = 64 * 1024 * 1024
_EPOCH = re.compile(r"/e([1-9][0-9]{0,8})\Z")


class BadBundle(ValueError):
    """The file is no exported journal."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it travels. name and salt are None when the name was erased.

    beside  what columns of the database say otherwise than the body (`core.journal.cells_that_differ`); empty: nothing
    """

    epoch: int
    index: int
    body: bytes
    leaf: bytes
    name: str | None
    salt: bytes | None
    beside: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was.

    kind    altered · rewritten · missing · truncated · unsealed · name · checkpoint · witness · incomplete
    epoch, index    the entry it is about; None when it is about the whole
    """

    kind: str
    message: str
    epoch: int | None = None
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """That a witness saw a checkpoint of so many entries.

    at      ISO 8601, as the witness says
    known   its key was brought from elsewhere, not read in the file
    """

    witness: str
    epoch: int
    size: int
    at: str
    known: bool


@dataclass(slots=True)
class Report:
    """What the verification saw."""

    organisation: str = ""
    entries: int = 0
    sizes: dict[int, int] = field(default_factory=dict)
    checkpoints: int = 0
    keys: tuple[str, ...] = ()
    erased_names: int = 0
    seen: list[Seen] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def write(
    *,
    organisation: Mapping[str, str],
    keys: Iterable[str],
    checkpoints: Iterable[str],
    entries: Iterable[Entry],
    witnesses: Iterable[str] = (),
) -> Iterator[bytes]:
    """The lines of a bundle. organisation: slug and name. Entries in the order of epoch and index."""
    header = {"format": FORMAT, "version": VERSION, "organisation": dict(organisation), "keys": list(keys)}
    yield _line(header | {"witnesses": list(witnesses)})
    for note in checkpoints:
        yield _line({"checkpoint": note})
    count = 0
    for entry in entries:
        count += 1
        value: dict[str, Any] = {
            "epoch": entry.epoch,
            "index": entry.index,
            "body": entry.body.decode(errors="replace"),  # bytes that are no text were not recorded: the leaf tells
            "leaf": entry.leaf.hex(),
            "name": entry.name,
            "salt": entry.salt.hex() if entry.salt is not None else None,
        }
        yield _line(value | {"beside": dict(entry.beside)} if entry.beside else value)
    yield _line({"end": {"entries": count}})


def _line(value: Mapping[str, Any]) -> bytes:
    return orjson.dumps(value) + b"\n"


def _read(line: bytes, number: int) -> dict[str, Any]:
    if len(line) > MAX_LINE:
        raise BadBundle(f"line {number} is too long")
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise BadBundle(f"line {number} is not JSON") from error
    if not isinstance(value, dict):
        raise BadBundle(f"line {number} is not a JSON object")
    return value


def _entry(value: dict[str, Any], number: int) -> Entry:
    try:
        salt = value["salt"]
        return Entry(
            int(value["epoch"]),
            int(value["index"]),
            value["body"].encode(),
            bytes.fromhex(value["leaf"]),
            value["name"],
            bytes.fromhex(salt) if salt is not None else None,
            dict(value.get("beside") or {}),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadBundle(f"line {number} is no entry") from error


def leaves_of(lines: Iterable[bytes]) -> dict[tuple[int, int], bytes]:
    """(epoch, index) → leaf hash, computed from the bodies of an older export; to lay beside a newer one."""
    found: dict[tuple[int, int], bytes] = {}
    for number, line in enumerate(lines, start=1):
        value = _read(line, number)
        if "body" in value:
            entry = _entry(value, number)
            found[entry.epoch, entry.index] = journal.leaf_hash(entry.body)
    return found


def verify(
    lines: Iterable[bytes],
    *,
    notes: Sequence[str] = (),
    older: Mapping[tuple[int, int], bytes] | None = None,
    key: VerifierKey | None = None,
    witnesses: Sequence[WitnessKey] = (),
) -> Report:
    """Compute everything again and compare. Raises BadBundle when the file is no exported journal.

    notes   signed checkpoints kept elsewhere
    older   leaves of an older export (`leaves_of`)
    key     the log's key as known from elsewhere; without it the key inside the file counts
    witnesses   keys of witnesses as known from elsewhere
    """
    return _Verification(notes=notes, older=older or {}, key=key, witnesses=witnesses).run(lines)


class _Verification:
    """One pass over the file; see `verify`."""

    def __init__(
        self,
        *,
        notes: Sequence[str],
        older: Mapping[tuple[int, int], bytes],
        key: VerifierKey | None,
        witnesses: Sequence[WitnessKey],
    ) -> None:
        self.report = Report()
        self.notes, self.older, self.trusted = notes, older, key
        self.known = tuple(witnesses)
        self.witnesses = tuple(witnesses)
        self.keys: list[VerifierKey] = []
        self.due: dict[tuple[int, int], list[tuple[Checkpoint, bool]]] = {}
        self.position = (1, 0)
        self.computed: list[bytes] = []
        self.agreed = 0  # entries of this epoch that a checkpoint has confirmed
        self.altered_since_agreed = False
        self.rewritten_epochs: set[int] = set()
        self.ended: int | None = None
        self.sealed = 0  # entries of this epoch that the largest checkpoint covers
        self.erased: set[tuple[int, int]] = set()
        self.erasures: set[tuple[int, int]] = set()  # what entries say was erased

    def found(self, kind: str, message: str, epoch: int | None = None, index: int | None = None) -> None:
        self.report.findings.append(Finding(kind, message, epoch, index))

    def run(self, lines: Iterable[bytes]) -> Report:
        numbered = enumerate(lines, start=1)
        self.header(next(numbered, (1, b""))[1])
        for note in self.notes:
            self.expect(note, brought=True)
        for number, line in numbered:
            value = _read(line, number)
            if "checkpoint" in value:
                self.expect(str(value["checkpoint"]), brought=False)
            elif "end" in value:
                self.ended = value["end"].get("entries") if isinstance(value["end"], dict) else None
            else:
                self.entry(_entry(value, number))
        self.finish()
        return self.report

    def header(self, line: bytes) -> None:
        value = _read(line, 1)
        if value.get("format") != FORMAT or value.get("version") != VERSION:
            raise BadBundle(f"this is no exported journal (format {FORMAT}, version {VERSION})")
        organisation = value.get("organisation")
        self.report.organisation = str(organisation.get("name", "")) if isinstance(organisation, dict) else ""
        try:
            self.keys = [VerifierKey.parse(str(text)) for text in value.get("keys", [])]
            stated = [WitnessKey.parse(str(text)) for text in value.get("witnesses", [])]
        except BadNote as error:
            raise BadBundle(f"a key of the file cannot be read: {error}") from error
        brought = {key.name: key for key in self.known}
        for witness in stated:
            if brought.setdefault(witness.name, witness) != witness:
                self.found("witness", f"The file names another key of {witness.name} than the one you brought.")
        self.witnesses = tuple(brought.values())
        if self.trusted is not None:
            if any(key.public_key != self.trusted.public_key for key in self.keys):
                self.found("checkpoint", "The file names another key than the one you trust.")
            names = {key.name for key in self.keys} | {self.trusted.name}
            self.keys = [VerifierKey(name, self.trusted.public_key) for name in sorted(names)]
        self.report.keys = tuple(str(key) for key in self.keys)

    def expect(self, note: str, *, brought: bool) -> None:
        """Remember what a checkpoint says, to be compared when its size is reached."""
        whose = "The checkpoint you brought" if brought else "A checkpoint in the file"
        try:
            checkpoint = open_checkpoint(note, keys=self.keys)
        except BadNote as error:
            self.found("checkpoint", f"{whose} was not signed by this journal's key: {error}.")
            try:
                checkpoint = unverified_checkpoint(note)
            except BadNote:
                return
            if not brought:
                return
        epoch = _EPOCH.search(checkpoint.origin)
        if epoch is None:
            self.found("checkpoint", f"{whose} is of {checkpoint.origin}, which is no journal of Assaymark.")
            return
        self.report.checkpoints += 1
        self.cosigned(note, int(epoch[1]), checkpoint.size, whose)
        self.due.setdefault((int(epoch[1]), checkpoint.size), []).append((checkpoint, brought))

    def cosigned(self, note: str, epoch: int, size: int, whose: str) -> None:
        """Who saw this checkpoint, and when."""
        try:
            found = sightings(note, keys=self.witnesses)
        except BadNote as error:
            self.found("witness", f"{whose} ({size} entries) was not seen by who it says: {error}.", epoch)
            return
        known = {key.name for key in self.known}
        for one in found:
            seen = Seen(one.witness, epoch, size, one.at.isoformat(), one.witness in known)
            if seen not in self.report.seen:
                self.report.seen.append(seen)

    def entry(self, entry: Entry) -> None:
        epoch, expected = self.position
        if entry.epoch != epoch:
            self.close_epoch()
            if entry.epoch != epoch + 1:
                self.found("missing", f"Epoch {epoch + 1} is not in the file.", epoch + 1)
            epoch, expected = entry.epoch, 0
            self.computed, self.agreed, self.altered_since_agreed, self.sealed = [], 0, False, 0
        if entry.index != expected:
            self.found("missing", f"Entry {expected} is not in the file; entry {entry.index} follows.", epoch, expected)
        self.contents(entry)
        leaf = journal.leaf_hash(entry.body)
        self.computed = journal.append_leaf(self.computed, self.report.sizes.get(epoch, 0), leaf)
        self.report.entries += 1
        self.report.sizes[epoch] = self.report.sizes.get(epoch, 0) + 1
        self.position = (epoch, entry.index + 1)
        self.compare(epoch, self.report.sizes[epoch])

    def contents(self, entry: Entry) -> None:
        """The entry by itself: leaf, spelling, place, name."""
        where = (entry.epoch, entry.index)
        leaf = journal.leaf_hash(entry.body)
        before = len(self.report.findings)
        if leaf != entry.leaf:
            self.found("altered", f"Entry {entry.index} was altered after it was recorded: {_what(entry)}.", *where)
        elif where in self.older and self.older[where] != leaf:
            self.found("altered", f"Entry {entry.index} differs from the older export: {_what(entry)}.", *where)
        else:
            self.spelling(entry)
            for name, value in entry.beside.items():
                self.found("altered", _beside(entry, name, value), *where)
        self.altered_since_agreed = self.altered_since_agreed or len(self.report.findings) > before

    def spelling(self, entry: Entry) -> None:
        """A body is canonical JSON, stands where it says, and fits the name beside it."""
        where = (entry.epoch, entry.index)
        try:
            body = orjson.loads(entry.body)
            canonical = journal.canonical(body) == entry.body
            placed = (body["epoch"], body["index"]) == where
        except (ValueError, KeyError, TypeError):
            canonical = placed = False
            body = {}  # only what is canonical is looked at further
        if not canonical:
            self.found("altered", f"Entry {entry.index} is not what was recorded: its body is malformed.", *where)
            return
        if not placed:
            self.found("altered", f"In the place of entry {entry.index} stands {_place(body)}.", *where)
        if body.get("verb") == ERASURE:
            self.erasures.add(_erased_by(body))
        if entry.name is None or entry.salt is None:
            self.report.erased_names += 1
            self.erased.add(where)
        elif journal.name_hash(salt=entry.salt, name=entry.name) != body.get("actor_name_hash"):
            self.found("name", f"The name beside entry {entry.index} is not the name that was recorded.", *where)

    def compare(self, epoch: int, size: int) -> None:
        """What the checkpoints of this size say about the entries so far."""
        for checkpoint, brought in self.due.pop((epoch, size), []):
            self.sealed = size
            if checkpoint.root == journal.root_of(self.computed):
                self.agreed, self.altered_since_agreed = size, False
            elif epoch not in self.rewritten_epochs:
                self.rewritten_epochs.add(epoch)
                if not self.altered_since_agreed:
                    self.rewritten(epoch, size, brought)

    def rewritten(self, epoch: int, size: int, brought: bool) -> None:
        which = "the checkpoint you brought" if brought else "a signed checkpoint"
        first, last = self.agreed, size - 1
        names = f"Entry {first} was" if first == last else f"One or more of the entries {first} to {last} were"
        self.found(
            "rewritten",
            f"{names} rewritten: {which} of {size} entries does not fit. Entries before {first} are as signed.",
            epoch,
            first,
        )

    def close_epoch(self) -> None:
        """Checkpoints of more entries than there are."""
        epoch, _ = self.position
        size = self.report.sizes.get(epoch, 0)
        for wanted, expected in sorted(self.due.items()):
            if wanted[0] == epoch and wanted[1] > size:
                which = "The checkpoint you brought" if expected[0][1] else "A signed checkpoint"
                self.sealed = size  # this one covers more than there is
                self.found(
                    "truncated",
                    f"{which} covers {wanted[1]} entries and the journal ends after {size}: "
                    f"entry {size} is the first that is missing.",
                    epoch,
                    size,
                )
                break
        for checkpoint, _ in self.due.pop((epoch, 0), []):
            if checkpoint.root != journal.EMPTY_ROOT:
                self.found("checkpoint", "A checkpoint of an empty journal has another hash than nothing.", epoch)
        self.due = {place: due for place, due in self.due.items() if place[0] != epoch}

    def finish(self) -> None:
        self.close_epoch()
        self.unsealed()
        for epoch, index in sorted(self.erased - self.erasures):
            message = f"The name beside entry {index} was taken away, and no entry says that it was erased."
            self.found("name", message, epoch, index)
        if self.due:
            epoch = min(self.due)[0]
            self.found("missing", f"A checkpoint is of epoch {epoch}, which is not in the file.", epoch)
        for epoch, index in sorted(self.older):
            if index >= self.report.sizes.get(epoch, 0):
                self.found("truncated", f"Entry {index} of the older export is missing.", epoch, index)
                break
        if self.ended != self.report.entries:
            self.found("incomplete", "The file ends before its end, or lines were taken out.")
        for key in self.known:
            if not any(seen.witness == key.name for seen in self.report.seen):
                self.report.notices.append(f"{key.name} saw no checkpoint of this journal.")
        if len(self.report.sizes) > 1:
            self.report.notices.append(
                f"This journal was recovered {len(self.report.sizes) - 1} time(s) from a backup; "
                "the first entry of each later epoch says why and what was lost."
            )

    def unsealed(self) -> None:
        """Entries at the end that nobody signed."""
        epoch, last = self.position[0], self.position[1] - 1
        if self.sealed < self.report.sizes.get(epoch, 0):
            which = f"Entry {last} is" if last == self.sealed else f"Entries {self.sealed} to {last} are"
            message = f"{which} covered by no signed checkpoint: put in beside the log, or the log could not be signed."
            self.found("unsealed", message, epoch, self.sealed)


def _beside(entry: Entry, name: str, value: str | None) -> str:
    """What a column says, and what was recorded."""
    try:
        recorded = journal.cells_of(orjson.loads(entry.body)).get(name)
    except (ValueError, TypeError, AttributeError):
        recorded = None
    return f"Entry {entry.index} was altered beside its seal: {name} reads {value!r}, recorded was {recorded!r}."


def _place(body: Mapping[str, Any]) -> str:
    return f"what was recorded as entry {body.get('index')}" + (
        f" of epoch {body['epoch']}" if body.get("epoch", 1) != 1 else ""
    )


def _erased_by(body: Mapping[str, Any]) -> tuple[int, int]:
    """Epoch and index of the entry whose name an entry says was erased; of nothing when it does not say it."""
    after = body.get("after")
    if isinstance(after, dict) and isinstance(after.get("epoch"), int) and isinstance(after.get("index"), int):
        return after["epoch"], after["index"]
    return 0, 0


def _what(entry: Entry) -> str:
    """What the altered entry now says of itself."""
    try:
        body = orjson.loads(entry.body)
        return f"it now reads {body['verb']} on {body['subject']['label']} at {body['at']}"
    except (ValueError, KeyError, TypeError):
        return "it is no longer readable"
