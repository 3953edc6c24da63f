"""Signing keys on disk: one Ed25519 key per party, outside the database (mode 0600, PKCS #8 PEM).

Rules that hold here
* A key is made on first use and never overwritten; its file is created exclusively, so two processes agree on one.
* The identifier (did:key) follows from the key; losing the file is losing the identity: back it up apart from the data.
* The store hands out :class:`SigningKey`, which signs; private bytes do not leave this module.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from assaymark.formats.did import did_key, key_id

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,98}[a-z0-9])?")


class KeyProblem(Exception):
    """A key is missing, unreadable, or readable by others."""


class SigningKey:
    """An Ed25519 key that signs in the name of one party."""

    def __init__(self, private_key: Ed25519PrivateKey) -> None:
        self._private = private_key
        self.public_key: bytes = private_key.public_key().public_bytes_raw()
        self.did: str = did_key(self.public_key)
        self.kid: str = key_id(self.did)

    def sign(self, message: bytes) -> bytes:
        """Return the Ed25519 signature (64 bytes) over the message."""
        return self._private.sign(message)

    @classmethod
    def from_seed(cls, seed: bytes) -> SigningKey:
        """Make a key from 32 bytes, for tests and published vectors."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))


class KeyStore:
    """Keys under ``<home>/keys/<slug>.pem``."""

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
        """Return the party's key, making it on first use."""
        path = self._path(slug)
        if not path.exists():
            self._create(path)
        return self._load(path)

    def existing(self, slug: str) -> SigningKey:
        """Return the party's key; raises :class:`KeyProblem` when there is none."""
        path = self._path(slug)
        if not path.exists():
            raise KeyProblem(f"there is no key {path}; restore it from the backup of the keys folder")
        return self._load(path)

    def _create(self, path: Path) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        pem = Ed25519PrivateKey.generate().private_bytes(
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
