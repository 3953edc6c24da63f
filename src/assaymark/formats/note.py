"""Signed notes, checkpoints and inclusion proofs as text (C2SP signed-note, tlog-checkpoint, tlog-proof; version 1).

Rules that hold here
* A note is text that ends in a newline, an empty line, and signature lines `— name base64(key id || signature)`.
* Ed25519 only (algorithm byte 0x01). The key id is the first four bytes of SHA-256(name || 0x0A || 0x01 || key).
* Signatures of unknown keys are passed over, as the format asks; a wrong signature of a known key spoils the note.
* A checkpoint's text is three lines: origin, size, root. This product writes no extension lines and reads past them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assaymark.formats.keys import KeyKind, PublicKey

ED25519 = b"\x01"
MAX_NOTE = 64 * 1024
MAX_SIGNATURES = 100
_PROOF_HEADER = "c2sp.org/tlog-proof@v1"


class BadNote(ValueError):
    """The text is no well-formed note, or no known key has signed it."""


def bytes_of(text: str) -> bytes:
    """Bytes from base64 in its one spelling; raises BadNote."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNote("not base64") from error
    if base64.b64encode(data).decode() != text:
        raise BadNote("base64 in another than its one spelling")
    return data


def base64_of(data: bytes) -> str:
    """Bytes as they stand in a note."""
    return base64.b64encode(data).decode()


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Name and public key of a log: what a reader needs, to be had from elsewhere than the log itself."""

    name: str
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes by which a signature line names its key."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public_key).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64_of(ED25519 + self.public_key)}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read `name+hex key id+base64`; raises BadNote."""
        parts = text.strip().split("+", 2)
        if len(parts) != 3 or not is_name(parts[0]):
            raise BadNote("a key has the form name+id+base64")
        data = bytes_of(parts[2])
        if data[:1] != ED25519 or len(data) != 33:
            raise BadNote("only Ed25519 keys are understood")
        key = cls(parts[0], data[1:])
        if key.key_id.hex() != parts[1]:
            raise BadNote("the key's id does not belong to its name and bytes")
        return key


def is_name(name: str) -> bool:
    """Whether a key may be called that: no spaces, no plus."""
    return bool(name) and "+" not in name and not any(c.isspace() for c in name)


def sign(text: str, *, name: str, public_key: bytes, signer: Callable[[bytes], bytes]) -> str:
    """The signed note of a text that ends in a newline. signer: bytes → 64-byte Ed25519 signature."""
    if not text.endswith("\n") or not is_name(name):
        raise BadNote("a note's text ends in a newline, and its signer has a name without spaces and plus")
    key = VerifierKey(name, public_key)
    return f"{text}\n— {name} {base64_of(key.key_id + signer(text.encode()))}\n"


def open_note(note: str, *, keys: Sequence[VerifierKey]) -> str:
    """The text of a note that at least one of the keys has signed; raises BadNote otherwise."""
    text, lines = _take_apart(note)
    known = {(key.name, key.key_id): key for key in keys}
    held = 0
    for line in lines:
        name, signature = _signature_line(line)
        key = known.get((name, signature[:4]))
        if key is None:
            continue
        public = PublicKey(KeyKind.ED25519, key.public_key)
        if not public.holds(message=text.encode(), signature=signature[4:]):
            raise BadNote(f"the signature of {name} does not fit the text")
        held += 1
    if not held:
        raise BadNote("no known key has signed this")
    return text


def text_of(note: str) -> str:
    """The text that is signed, without asking who signed it; raises BadNote."""
    return _take_apart(note)[0]


def signature_lines(note: str) -> list[tuple[str, bytes]]:
    """Name and bytes (key id first) of each signature line; raises BadNote."""
    return [_signature_line(line) for line in _take_apart(note)[1]]


def _take_apart(note: str) -> tuple[str, list[str]]:
    if len(note) > MAX_NOTE or any(ord(c) < 0x20 and c != "\n" for c in note):
        raise BadNote("too long, or with control characters")
    text, separator, signatures = note.rpartition("\n\n")
    lines = signatures.splitlines()
    if not separator or not lines or not signatures.endswith("\n") or len(lines) > MAX_SIGNATURES:
        raise BadNote("a note is a text, an empty line, and signature lines")
    return text + "\n", lines


def _signature_line(line: str) -> tuple[str, bytes]:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—" or not is_name(parts[1]):
        raise BadNote("a signature line has the form — name base64")
    data = bytes_of(parts[2])
    if len(data) < 5:
        raise BadNote("a signature line is too short")
    return parts[1], data


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log had in it at one moment: its size and the hash over all of it."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64_of(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the text of a checkpoint; raises BadNote."""
        lines = text.split("\n")
        if len(lines) < 4 or not lines[0] or not lines[1].isascii() or not lines[1].isdigit():
            raise BadNote("a checkpoint has three lines: origin, size, root")
        if lines[1] != str(int(lines[1][:20])):
            raise BadNote("a checkpoint's size is a number without leading zeros")
        root = bytes_of(lines[2])
        if len(root) != 32:
            raise BadNote("a checkpoint's root has 32 bytes")
        return cls(lines[0], int(lines[1]), root)


def unverified_checkpoint(note: str) -> Checkpoint:
    """What a note says, without asking who signed it: for finding the key. Raises BadNote."""
    return Checkpoint.parse(_take_apart(note)[0])


def open_checkpoint(note: str, *, keys: Sequence[VerifierKey]) -> Checkpoint:
    """The checkpoint in a note that one of the keys has signed; raises BadNote."""
    return Checkpoint.parse(open_note(note, keys=keys))


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """That an entry is in the log, for keeping beside the entry."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str

    @property
    def text(self) -> str:
        """The proof as a file (`.tlog-proof`)."""
        lines = [_PROOF_HEADER, f"index {self.index}", *map(base64_of, self.hashes), "", self.checkpoint]
        return "\n".join(lines)

    @classmethod
    def parse(cls, text: str) -> InclusionProof:
        """Read a proof; raises BadNote. An `extra` line is passed over."""
        head, separator, checkpoint = text.partition("\n\n")
        lines = head.split("\n")
        if len(lines) > 1 and lines[1].startswith("extra "):
            bytes_of(lines.pop(1).removeprefix("extra "))
        if len(lines) < 2 or lines[0] != _PROOF_HEADER or not separator:
            raise BadNote("a proof has a header, an index, hashes, an empty line and a checkpoint")
        index = lines[1].removeprefix("index ")
        if not index.isascii() or not index.isdigit() or lines[1] != f"index {int(index[:20])}":
            raise BadNote("a proof's second line is its index")
        hashes = tuple(bytes_of(line) for line in lines[2:])
        if len(hashes) > 64 or any(len(h) != 32 for h in hashes):
            raise BadNote("a proof's hashes have 32 bytes each, and are at most 64")
        return cls(int(index), hashes, checkpoint)
