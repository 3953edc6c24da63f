"""Cosignatures of checkpoints and how a witness is asked for one (C2SP tlog-cosignature v1, tlog-witness).

Rules that hold here
* A cosignature says: at this time, this checkpoint was the largest that I had seen of this log, and it begins with
  all that I had seen before. It is a signature line of the checkpoint's note.
* Ed25519 with algorithm byte 0x04. Signed are the lines `cosignature/v1`, `time SECONDS` and the note's text; the line
  holds key id, time (8 bytes, big-endian seconds since 1970) and signature (64 bytes).
* A request is `old SIZE`, at most 63 hashes of a consistency proof, an empty line, and the signed checkpoint.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from assaymark.core import journal
from assaymark.formats.keys import ed25519
from assaymark.formats.note import (
    MAX_NOTE,
    BadNote,
    Checkpoint,
    base64_of,
    bytes_of,
    is_name,
    signature_lines,
    text_of,
)

COSIGNATURE = b"\x04"
MAX_PROOF = 63
MAX_REQUEST = MAX_NOTE + 64 * 64
SIZE_TYPE = "text/x.tlog.size"
_LATEST = 253402300799  # the last second of the year 9999


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """Name and public key of a witness, to be had from elsewhere than the log."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a cosignature names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + COSIGNATURE + self.public_key).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64_of(COSIGNATURE + self.public_key)}"

    @classmethod
    def parse(cls, text: str) -> WitnessKey:
        """Read `name+hex key id+base64`; raises BadNote."""
        parts = text.strip().split("+", 2)
        if len(parts) != 3 or not is_name(parts[0]):
            raise BadNote("a witness's key has the form name+id+base64")
        data = bytes_of(parts[2])
        if data[:1] != COSIGNATURE or len(data) != 33:
            raise BadNote("only Ed25519 keys of witnesses (type 0x04) are understood")
        key = cls(parts[0], data[1:])
        if key.key_id.hex() != parts[1]:
            raise BadNote("the key's id does not belong to its name and bytes")
        return key


@dataclass(frozen=True, slots=True)
class Sighting:
    """That a witness saw a checkpoint at a time."""

    witness: str
    at: datetime


def _message(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def cosign(note: str, *, key: WitnessKey, at: datetime, signer: Callable[[bytes], bytes]) -> str:
    """The cosignature line of a signed checkpoint, with its newline. signer: bytes → 64-byte Ed25519 signature."""
    seconds = int(at.timestamp())
    signature = signer(_message(text_of(note), seconds))
    return f"— {key.name} {base64_of(key.key_id + seconds.to_bytes(8, 'big') + signature)}\n"


def sightings(note: str, *, keys: Sequence[WitnessKey]) -> list[Sighting]:
    """Which of these witnesses saw the note, and when; cosignatures of others are passed over.

    Raises BadNote for a note that is none, and for a wrong cosignature of a known witness.
    """
    text = text_of(note)
    known = {(key.name, key.key_id): key for key in keys}
    found: list[Sighting] = []
    for name, data in signature_lines(note):
        key = known.get((name, data[:4]))
        if key is None:
            continue
        seconds = int.from_bytes(data[4:12], "big")
        fits = len(data) == 76 and 0 < seconds <= _LATEST
        if not fits or not ed25519(key.public_key).holds(message=_message(text, seconds), signature=data[12:]):
            raise BadNote(f"the cosignature of {name} does not fit the checkpoint")
        found.append(Sighting(name, datetime.fromtimestamp(seconds, UTC)))
    return found


@dataclass(frozen=True, slots=True)
class Request:
    """What a log asks of a witness: `note` extends the checkpoint of size `old` that the witness saw last."""

    old: int
    proof: tuple[bytes, ...]
    note: str

    @property
    def text(self) -> str:
        """The request's body."""
        return "\n".join([f"old {self.old}", *map(base64_of, self.proof), "", self.note])

    @classmethod
    def parse(cls, text: str) -> Request:
        """Read a body; raises BadNote."""
        head, separator, note = text.partition("\n\n")
        first, *hashes = head.split("\n")
        number = first.removeprefix("old ")
        if not separator or first == number or not number.isascii() or not number.isdigit():
            raise BadNote("a request has a line `old SIZE`, hashes, an empty line and a checkpoint")
        if len(number) > 19 or number != str(int(number)):
            raise BadNote("the old size is a number without leading zeros")
        if len(hashes) > MAX_PROOF:
            raise BadNote(f"a proof has at most {MAX_PROOF} hashes")
        proof = tuple(bytes_of(line) for line in hashes)
        if any(len(h) != 32 for h in proof):
            raise BadNote("a proof's hashes have 32 bytes each")
        return cls(int(number), proof, note)


def answer_to(request: Request, new: Checkpoint, *, seen: Checkpoint | None) -> HTTPStatus:
    """What a witness that last saw `seen` answers to a checkpoint whose signature holds (C2SP tlog-witness).

    OK: cosign · BAD_REQUEST: the checkpoint is older than what it says it extends · CONFLICT: the witness saw another
    size last, or the same size with another root (a fork) · UNPROCESSABLE_ENTITY: the proof does not hold.
    """
    size, root = (seen.size, seen.root) if seen else (0, journal.EMPTY_ROOT)
    if request.old > new.size:
        return HTTPStatus.BAD_REQUEST
    if request.old != size or (new.size == size and new.root != root):
        return HTTPStatus.CONFLICT
    held = journal.consistency_holds(old=size, new=new.size, proof=request.proof, old_root=root, new_root=new.root)
    return HTTPStatus.OK if held else HTTPStatus.UNPROCESSABLE_ENTITY
