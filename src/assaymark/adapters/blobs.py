"""Files kept by the SHA-256 of their content: `sha256/aa/bb/<64 hex digits>`.

A blob is written to a temporary file in its own folder, flushed to disk, renamed, and the folder flushed; only then may
a row refer to it. Nothing is ever overwritten: the same content is the same file. What no row refers to for long is
swept elsewhere; reading re-hashes, so that a damaged file is an error and never an answer.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

_DIGEST = re.compile(r"[0-9a-f]{64}")


class BlobMissing(LookupError):
    """No blob with this hash is kept here."""


class BlobDamaged(ValueError):
    """The file's content no longer has the hash in its name."""


class BlobTooLarge(ValueError):
    """More bytes than allowed. Shape: `BlobTooLarge(limit)`."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"The file is larger than {limit // 1024 // 1024} MB.")


class BlobStore:
    """Blobs under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where a blob lies, whether it is there or not. digest: 64 lower-case hexadecimal digits."""
        if not _DIGEST.fullmatch(digest):
            raise BlobMissing(digest)
        return self.folder / "sha256" / digest[:2] / digest[2:4] / digest

    def put(self, content: bytes) -> str:
        """Keep the bytes; answers their SHA-256 in hexadecimal."""
        return self.put_chunks([content])

    def put_chunks(self, chunks: Iterable[bytes], *, limit: int | None = None) -> str:
        """Keep a stream of at most `limit` bytes. Raises `BlobTooLarge` and leaves nothing behind."""
        self.folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        handle, name = tempfile.mkstemp(prefix=".incoming-", dir=self.folder)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in chunks:
                    size += len(chunk)
                    if limit is not None and size > limit:
                        raise BlobTooLarge(limit)
                    digest.update(chunk)
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            self._settle(temporary, self.path(digest.hexdigest()))
        finally:
            with contextlib.suppress(FileNotFoundError):
                temporary.unlink()
        return digest.hexdigest()

    def read(self, digest: str) -> bytes:
        """The bytes. Raises `BlobMissing`, `BlobDamaged`."""
        try:
            content = self.path(digest).read_bytes()
        except FileNotFoundError as error:
            raise BlobMissing(digest) from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise BlobDamaged(digest)
        return content

    def __contains__(self, digest: str) -> bool:
        return bool(_DIGEST.fullmatch(digest)) and self.path(digest).is_file()

    def _settle(self, temporary: Path, target: Path) -> None:
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.chmod(0o440)
        temporary.rename(target)
        for folder in (target.parent, target.parent.parent, target.parent.parent.parent):
            _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def blobs() -> BlobStore:
    """The store of this installation (settings.BLOBS)."""
    from django.conf import settings

    return BlobStore(Path(settings.BLOBS))
