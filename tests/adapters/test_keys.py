"""Keys on disk: made once, private, and named when something is wrong with them."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from assaymark.adapters.keys import KeyProblem, KeyStore, SigningKey
from assaymark.formats.did import public_key_of
from assaymark.formats.keys import ed25519


class TestTheKeyStore:
    def test_makes_a_key_on_first_use_and_keeps_it(self, tmp_path: Path) -> None:
        first = KeyStore(tmp_path).key("hanse-cert")
        assert KeyStore(tmp_path).key("hanse-cert").did == first.did

    def test_gives_each_party_its_own_key(self, tmp_path: Path) -> None:
        store = KeyStore(tmp_path)
        assert store.key("a").did != store.key("b").did

    def test_keeps_the_file_from_everybody_else(self, tmp_path: Path) -> None:
        KeyStore(tmp_path).key("a")
        file = tmp_path / "keys" / "a.pem"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700

    def test_leaves_no_temporary_file(self, tmp_path: Path) -> None:
        KeyStore(tmp_path).key("a")
        assert [file.name for file in (tmp_path / "keys").iterdir()] == ["a.pem"]

    def test_refuses_a_key_that_others_can_read(self, tmp_path: Path) -> None:
        KeyStore(tmp_path).key("a")
        (tmp_path / "keys" / "a.pem").chmod(0o644)
        with pytest.raises(KeyProblem, match="others can read"):
            KeyStore(tmp_path).key("a")

    @pytest.mark.parametrize("slug", ["", "../a", "a/b", "A", "a.pem", "-a", "a" * 101])
    def test_refuses_a_name_that_could_be_a_path(self, tmp_path: Path, slug: str) -> None:
        with pytest.raises(KeyProblem, match="no name for a key"):
            KeyStore(tmp_path).key(slug)

    def test_does_not_replace_a_missing_key_when_one_is_expected(self, tmp_path: Path) -> None:
        with pytest.raises(KeyProblem, match="restore it from the backup"):
            KeyStore(tmp_path).existing("a")
        assert not KeyStore(tmp_path).exists("a")

    @pytest.mark.parametrize(
        "content", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----"]
    )
    def test_names_a_damaged_file(self, tmp_path: Path, content: bytes) -> None:
        KeyStore(tmp_path).key("a")
        (tmp_path / "keys" / "a.pem").write_bytes(content)
        with pytest.raises(KeyProblem, match="not a private key"):
            KeyStore(tmp_path).key("a")

    def test_refuses_a_key_of_another_type(self, tmp_path: Path) -> None:
        KeyStore(tmp_path).key("a")
        pem = generate_private_key(SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (tmp_path / "keys" / "a.pem").write_bytes(pem)
        with pytest.raises(KeyProblem, match="not an Ed25519 key"):
            KeyStore(tmp_path).key("a")

    def test_agrees_on_one_key_when_many_ask_at_once(self, tmp_path: Path) -> None:
        found: list[str] = []
        gate = threading.Barrier(8)

        def ask() -> None:
            gate.wait()
            found.append(KeyStore(tmp_path).key("a").did)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 8
        assert len(set(found)) == 1


class TestASigningKey:
    key = SigningKey.from_seed(bytes(32))

    def test_signs_so_that_its_identifier_verifies(self) -> None:
        signature = self.key.sign(b"message")
        assert ed25519(public_key_of(self.key.did)).holds(message=b"message", signature=signature)

    def test_does_not_show_its_secret(self) -> None:
        assert bytes(32).hex() not in repr(vars(self.key))


class TestAPartyWithFurtherKeys:
    def test_has_each_under_its_public_part(self, tmp_path: Path) -> None:
        store = KeyStore(tmp_path)
        made = store.further("a")
        assert store.held("a", made.multikey).public_key == made.public_key
        file = tmp_path / "keys" / "a" / f"{made.multikey}.pem"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700

    def test_has_its_first_one_among_them(self, tmp_path: Path) -> None:
        store = KeyStore(tmp_path)
        first = store.key("a")
        assert store.held("a", first.multikey).public_key == first.public_key

    def test_loses_none_of_another_party(self, tmp_path: Path) -> None:
        store = KeyStore(tmp_path)
        made = store.further("a")
        with pytest.raises(KeyProblem, match="restore it from the backup"):
            store.held("b", made.multikey)

    @pytest.mark.parametrize("public", ["", "../a", "z", "z6Mk/../../x", "z" + "1" * 80, "z" + "0" * 47])
    def test_is_asked_for_public_parts_only(self, tmp_path: Path, public: str) -> None:
        with pytest.raises(KeyProblem, match="no public key"):
            KeyStore(tmp_path).held("a", public)

    def test_uses_no_key_that_was_put_aside(self, tmp_path: Path) -> None:
        store = KeyStore(tmp_path)
        first, made = store.key("a"), store.further("a")
        store.put_aside("a", first.multikey)
        store.put_aside("a", made.multikey, destroy=True)
        store.put_aside("a", made.multikey, destroy=True)
        for key in (first, made):
            with pytest.raises(KeyProblem):
                store.held("a", key.multikey)
        assert [file.stem for file in tmp_path.rglob("*.pem")] == [first.multikey]

    def test_gets_no_new_first_key_when_a_database_knows_less_than_the_files(self, tmp_path: Path) -> None:
        store = KeyStore(tmp_path)
        first = store.key("a")
        store.further("a")
        store.put_aside("a", first.multikey)
        with pytest.raises(KeyProblem, match="the database knows nothing"):
            store.key("a")


class TestAKeyUnderAnotherName:
    def test_signs_the_same_under_that_name(self) -> None:
        key = SigningKey.from_seed(bytes(32))
        named = key.named("did:webvh:x:qms.example")
        assert named.kid == f"did:webvh:x:qms.example#{key.multikey}"
        assert named.sign(b"x") == key.sign(b"x")
        assert key.did == f"did:key:{key.multikey}"
