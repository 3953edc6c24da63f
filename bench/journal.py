"""What does the journal cost? Appending, verifying and proving, against the bare hashing and signing in the same run.

The floor of a Merkle log is its hashing: SHA-256 of each leaf and of one node. The bars are multiples of that floor, so
that they say the same on every machine. Entries have about 300 bytes, as in a journal; 100,000 of them.

* append: the tree's part of appending, in memory (the database's part is the transaction of the change itself)
* verify: the exported file from its first line to the verdict, JSON, canonical form, names and hashes computed again
* prove: an inclusion proof read from a database of 100,000 entries, with its checkpoint
* check: proof, checkpoint and cosignature of one entry, against one bare Ed25519 verification
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from measure import ASSAYMARK, Figure, best_of, fresh_home, report, run

from assaymark.adapters.keys import SigningKey
from assaymark.core import journal
from assaymark.formats import journal_bundle, note
from assaymark.formats.cosignature import WitnessKey, cosign, sightings
from assaymark.formats.journal_bundle import Entry
from assaymark.formats.keys import ed25519
from assaymark.formats.note import Checkpoint, InclusionProof, VerifierKey

ENTRIES = 100_000
ORIGIN = "qms.example/log/halden/e1"
LOG, BODY = SigningKey.from_seed(b"l" * 32), SigningKey.from_seed(b"b" * 32)
LOG_KEY = VerifierKey(ORIGIN, LOG.public_key)
BODY_KEY = WitnessKey("qms.example/witness/certlight", BODY.public_key)
SALT = b"s" * 16
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def body(index: int) -> bytes:
    """One entry of about 300 bytes."""
    return journal.canonical(
        {
            "epoch": 1,
            "index": index,
            "at": "2026-03-02T09:00:00.000000+00:00",
            "verb": "documents.approved",
            "actor": "0190d5a0-0000-7000-8000-000000000001",
            "actor_name_hash": journal.name_hash(salt=SALT, name="Ingrid"),
            "subject": {"kind": "documents.document", "id": str(index), "label": "Purchasing"},
            "after": {"state": "approved"},
            "reason": "",
        }
    )


def floor(bodies: list[bytes]) -> None:
    """One hash of each leaf, and one of a node: no log can do with less."""
    node = b"\x01" + bytes(64)
    for text in bodies:
        hashlib.sha256(text).digest()
        hashlib.sha256(node).digest()


def append(bodies: list[bytes]) -> list[bytes]:
    """The frontier after all."""
    frontier: list[bytes] = []
    for size, text in enumerate(bodies):
        frontier = journal.append_leaf(frontier, size, journal.leaf_hash(text))
    return frontier


def exported(bodies: list[bytes], signed: str) -> Iterator[bytes]:
    """The file of a journal."""
    entries = (Entry(1, n, text, journal.leaf_hash(text), "Ingrid", SALT) for n, text in enumerate(bodies))
    return journal_bundle.write(
        organisation={"slug": "halden", "name": "Halden"},
        keys=[str(LOG_KEY)],
        witnesses=[str(BODY_KEY)],
        checkpoints=[signed],
        entries=entries,
    )


def checked(proof: InclusionProof, leaf: bytes, *, times: int) -> None:
    """Everything that a stranger computes about one entry, so many times."""
    for _ in range(times):
        check(proof, leaf)


def check(proof: InclusionProof, leaf: bytes) -> None:
    """Checkpoint, cosignature and proof; ends the measurement when they do not hold."""
    checkpoint = note.open_checkpoint(proof.checkpoint, keys=[LOG_KEY])
    held = journal.inclusion_holds(
        leaf=leaf, index=proof.index, size=checkpoint.size, proof=proof.hashes, root=checkpoint.root
    )
    if not held or len(sightings(proof.checkpoint, keys=[BODY_KEY])) != 1:
        sys.exit("the proof does not hold")


def proof_from_database() -> tuple[float, float]:
    """Milliseconds for one proof out of a journal of 100,000 entries on SQLite, and for reading one row by its key."""
    with fresh_home() as home:
        run([ASSAYMARK, "init"], home=home)
        os.environ["ASSAYMARK_HOME"] = str(home)
        os.environ["DJANGO_SETTINGS_MODULE"] = "assaymark.config.settings"
        import django

        django.setup()
        from django.db import transaction

        from assaymark.records.journal import checkpoints, tiles
        from assaymark.records.journal.actions import Change, append_many
        from assaymark.records.journal.models import JournalEntry
        from assaymark.records.parties.actions import add_organisation
        from assaymark.records.scope import new_id, organisation_scope

        halden = add_organisation(slug="halden", name="Halden", at=AT)
        for _ in range(ENTRIES // 5000):
            changes = [
                Change(verb="x.done", subject_kind="x.y", subject_id=new_id(), subject_label="Purchasing", at=AT)
                for _ in range(5000)
            ]
            with transaction.atomic(), organisation_scope(halden.pk):
                append_many(organisation_id=halden.pk, changes=changes, by=None)
        signed = checkpoints.sign(halden.pk)
        with organisation_scope(halden.pk):
            rows = list(JournalEntry.objects.filter(index__in=[ENTRIES * n // 7 for n in range(1, 7)]))
            if not all(len(checkpoints.prove(entry_id=row.pk).hashes) >= 15 for row in rows):
                sys.exit("a proof is too short")

            def prove() -> list[list[bytes]]:
                size = signed.size
                trees = [(row, tiles.Tree(epoch=1, size=size)) for row in rows]
                return [journal.inclusion_path(size, row.index, root=tree.root) for row, tree in trees]

            def read() -> list[JournalEntry]:
                return [JournalEntry.objects.get(pk=row.pk) for row in rows]

            return best_of(15, prove) / len(rows) * 1000, best_of(15, read) / len(rows) * 1000


def main() -> int:
    """Measure all, print ratios; exit status 1 when a bar is missed."""
    bodies = [body(index) for index in range(ENTRIES)]
    leaves = [journal.leaf_hash(text) for text in bodies]
    text = Checkpoint(ORIGIN, ENTRIES, journal.tree_root(leaves)).text
    signed = note.sign(text, name=ORIGIN, public_key=LOG.public_key, signer=LOG.sign)
    signed += cosign(signed, key=BODY_KEY, at=AT, signer=BODY.sign)
    lines = list(exported(bodies, signed))
    if not journal_bundle.verify(lines).intact:
        sys.exit("the journal does not verify")
    bare = best_of(3, lambda: floor(bodies)) / ENTRIES * 1e6
    appended = best_of(3, lambda: append(bodies)) / ENTRIES * 1e6
    verified = best_of(2, lambda: journal_bundle.verify(lines)) / ENTRIES * 1e6
    proof = InclusionProof(77_777, tuple(journal.inclusion_proof(leaves, 77_777)), signed)
    message, key = signed.encode(), ed25519(LOG.public_key)
    signature = LOG.sign(message)
    one = best_of(5, lambda: [key.holds(message=message, signature=signature) for _ in range(200)]) / 200 * 1e6
    all_of_it = best_of(5, lambda: checked(proof, leaves[77_777], times=200)) / 200 * 1e6
    from_database, row = proof_from_database()
    return report(
        [
            Figure("append one entry to the tree", appended, "µs", bare, "bare hashing", 4 * bare),
            Figure("verify one entry of an export", verified, "µs", bare, "bare hashing", 60 * bare),
            Figure("check proof, checkpoint, cosignature", all_of_it, "µs", one, "one bare Ed25519 check", 4 * one),
            Figure("inclusion proof from 100,000 entries", from_database, "ms", row, "one row by its key", 10 * row),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
