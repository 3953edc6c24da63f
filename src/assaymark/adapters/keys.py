"""Signing keys on disk: Ed25519, outside the database (mode 0600, PKCS #8 PEM).

Rules that hold here
* A party's first key is made on first use and never overwritten; its file is created exclusively, so two processes
  agree on one. Further keys lie in a folder of the party's, named by their public part.
* A did:key follows from its key, and a did:webvh can be changed by the key announced for it alone: losing the files is
  losing the identity. Back them up apart from the data.
* A key that was replaced signs nothing any more: it is put aside, or destroyed.
* The store hands out :class:`SigningKey`, which signs; private bytes do not leave this module.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assaymark.formats.did import KEY, did_key, key_id

_PUBLIC = re.compile(r"z[1-9A-HJ-NP-Za-km-z]{40,60}")
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,98}[a-z0-9])?")


class KeyProblem(Exception):
    """A key is missing, unreadable, or readable by others."""


class SigningKey:
    """An Ed25519 key that signs in the name of one party: of its own did:key, or under another (:meth:`named`)."""

    def __init__(self, private_key: Ed25519PrivateKey) -> None:
        self._private = private_key
        self.public_key: bytes = private_key.public_key().public_bytes_raw()
        self.did: str = did_key(self.public_key)
        self.kid: str = key_id(self.did)

    @property
    def multikey(self) -> str:
        """The public key as text (``publicKeyMultibase``)."""
        return did_key(self.public_key).removeprefix(KEY)

    def named(self, did: str) -> SigningKey:
        """Return the same key as one of the identifier's: its name is the identifier, ``#``, and the multibase key."""
        named = SigningKey(self._private)
        named.did, named.kid = did, f"{did}#{self.multikey}"
        return named

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature (64 bytes) over the message."""
        return self._private.sign(message)

    @classmethod
    def fresh(cls) -> SigningKey:
        """Make a key that lives only as long as the object: for what is signed once."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_seed(cls, seed: bytes) -> SigningKey:
        """Make a key from 32 bytes, for tests and published vectors."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))


class KeyStore:
    """Keys under ``<home>/keys``: ``<slug>.pem``, further ones ``<slug>/<public>.pem``, and former ones below that."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "keys"

    def _path(self, slug: str) -> Path:
        if not _SLUG.fullmatch(slug):
            raise KeyProblem(f"{slug!r} is no name for a key: use small letters, digits and hyphens")
        return self.folder / f"{slug}.pem"

    def exists(self, slug: str) -> bool:
        """Tell whether the party has a key already."""
        return self._path(slug).exists()

    def key(self, slug: str) -> SigningKey:
        """Return the party's key, making it on first use.

        Raises :class:`KeyProblem` when further keys lie here and the first does not: whoever asks for the first one
        knows less than the folder (an older backup of the database), and a new key would be another identity.
        """
        path = self._path(slug)
        if not path.exists():
            if any(path.with_suffix("").rglob("*.pem")):
                raise KeyProblem(
                    f"{path} was replaced by keys beside it, of which the database knows nothing: it is older"
                )
            self._create(path)
        return self._load(path)

    def existing(self, slug: str) -> SigningKey:
        """Return the party's key; raises :class:`KeyProblem` when there is none."""
        path = self._path(slug)
        if not path.exists():
            raise KeyProblem(f"there is no key {path}; restore it from the backup of the keys folder")
        return self._load(path)

    def further(self, slug: str) -> SigningKey:
        """Make one more key of the party's, and return it."""
        private = Ed25519PrivateKey.generate()
        made = SigningKey(private)
        self._write(self._further(slug, made.multikey), private)
        return made

    def held(self, slug: str, public: str) -> SigningKey:
        """Return the party's key with this public part (multibase); raises :class:`KeyProblem` when it is not here."""
        path = self._holding(slug, public)
        if path is None:
            raise KeyProblem(
                f"the key {public[:16]}… of {slug} is not in {self.folder}; restore it from the backup of that folder"
            )
        return self._load(path)

    def put_aside(self, slug: str, public: str, *, destroy: bool = False) -> None:
        """Keep a key that was replaced apart, or delete it. What is not here is no error: nothing is left to do.

        A deleted file may survive on the medium and in backups; a key that others may have had is replaced, not hidden.
        """
        path = self._holding(slug, public)
        if path is None:
            return
        if destroy:
            path.unlink()
            return
        former = self._further(slug, public).parent / "former"
        former.parent.mkdir(exist_ok=True, mode=0o700)
        former.mkdir(exist_ok=True, mode=0o700)
        path.rename(former / f"{public}.pem")

    def _further(self, slug: str, public: str) -> Path:
        if not _PUBLIC.fullmatch(public):
            raise KeyProblem(f"{public[:60]!r} is no public key")
        return self._path(slug).with_suffix("") / f"{public}.pem"

    def _holding(self, slug: str, public: str) -> Path | None:
        path, first = self._further(slug, public), self._path(slug)
        if path.exists():
            return path
        return first if first.exists() and self._load(first).multikey == public else None

    def _create(self, path: Path) -> None:
        self._write(path, Ed25519PrivateKey.generate())

    def _write(self, path: Path, private: Ed25519PrivateKey) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.parent.mkdir(exist_ok=True, mode=0o700)
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(pem)
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(temporary, path)  # fails when another process was first; then its key counts
            except FileExistsError:
                return
        finally:
            temporary.unlink()

    def _load(self, path: Path) -> SigningKey:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise KeyProblem(f"others can read {path} (mode {mode:o}); set it to 600 and consider a new key")
        try:
            private = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except ValueError as error:
            raise KeyProblem(f"{path} is not a private key in PEM form") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise KeyProblem(f"{path} is not an Ed25519 key")
        return SigningKey(private)
