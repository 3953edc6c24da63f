"""Files are kept by their content: once, whole, and never as something else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from assaymark.adapters.blobs import BlobDamaged, BlobMissing, BlobStore, BlobTooLarge


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs")


def files(store: BlobStore) -> list[Path]:
    return [p for p in store.folder.rglob("*") if p.is_file()]


class TestABlob:
    def test_is_found_by_its_hash(self, store: BlobStore) -> None:
        digest = store.put(b"content")
        assert digest == hashlib.sha256(b"content").hexdigest()
        assert store.read(digest) == b"content"
        assert digest in store

    def test_lies_two_levels_deep_and_is_not_writable(self, store: BlobStore) -> None:
        digest = store.put(b"content")
        path = store.path(digest)
        assert path.relative_to(store.folder).as_posix() == f"sha256/{digest[:2]}/{digest[2:4]}/{digest}"
        assert path.stat().st_mode & 0o222 == 0

    def test_is_kept_once_and_never_written_again(self, store: BlobStore) -> None:
        digest = store.put(b"content")
        before = store.path(digest).stat()
        assert store.put_chunks([b"con", b"tent"]) == digest
        assert store.path(digest).stat().st_ino == before.st_ino
        assert len(files(store)) == 1

    def test_that_was_damaged_on_disk_is_an_error_and_no_answer(self, store: BlobStore) -> None:
        path = store.path(store.put(b"content"))
        path.chmod(0o640)
        path.write_bytes(b"c0ntent")
        with pytest.raises(BlobDamaged):
            store.read(path.name)

    def test_that_is_not_here_is_an_error(self, store: BlobStore) -> None:
        with pytest.raises(BlobMissing):
            store.read("0" * 64)
        assert "0" * 64 not in store

    @pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n", "0" * 63 + "/"])
    def test_has_no_other_name_than_a_hash(self, store: BlobStore, name: str) -> None:
        assert name not in store
        with pytest.raises(BlobMissing):
            store.path(name)

    def test_that_is_too_large_leaves_nothing_behind(self, store: BlobStore) -> None:
        with pytest.raises(BlobTooLarge):
            store.put_chunks([b"x" * 600, b"x" * 600], limit=1000)
        assert files(store) == []
        assert store.put_chunks([b"x" * 1000], limit=1000) in store

    def test_whose_source_breaks_off_leaves_nothing_behind(self, store: BlobStore) -> None:
        def broken() -> Iterator[bytes]:
            yield b"first"
            raise ConnectionError("gone")

        with pytest.raises(ConnectionError):
            store.put_chunks(broken())
        assert files(store) == []
