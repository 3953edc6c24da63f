"""Seven ways of rewriting a journal, twelve trials each, by somebody who has everything but one old checkpoint.

The attacker owns the database, the program and the log's key: leaves, roots and checkpoints are computed again and
signed again, so that the exported file agrees with itself. One checkpoint was held outside before that. Each trial
draws the journal's length, the checkpoint's size and the place of the attack; the seeds are fixed.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import orjson
import pytest

from assaymark.adapters.keys import SigningKey
from assaymark.core import journal
from assaymark.formats import journal_bundle, note
from assaymark.formats.journal_bundle import Entry, Report
from assaymark.formats.note import Checkpoint, VerifierKey

TRIALS = 12
ORIGIN = "qms.example/log/halden/e1"
KEY = SigningKey.from_seed(b"k" * 32)
SALT = b"s" * 16
PEOPLE = ("Ingrid", "Olga", "Marek", "Tove")
VERBS = ("documents.approved", "findings.closed", "registers.changed")


def sealed(index: int, body: dict[str, Any], name: str) -> Entry:
    """An entry that fits itself in every way."""
    body = body | {"index": index, "actor_name_hash": journal.name_hash(salt=SALT, name=name)}
    text = journal.canonical(body)
    return Entry(1, index, text, journal.leaf_hash(text), name, SALT)


def drawn(chance: random.Random, index: int) -> Entry:
    """An honest entry."""
    name = chance.choice(PEOPLE)
    body = {
        "epoch": 1,
        "at": f"2026-03-{index % 27 + 1:02}T09:00:00.000000+00:00",
        "verb": chance.choice(VERBS),
        "actor": name.lower(),
        "subject": {"kind": "documents.document", "id": str(chance.getrandbits(64)), "label": f"P-{index}"},
        "before": None,
        "after": {"revision": chance.randint(1, 9)},
        "reason": "",
    }
    return sealed(index, body, name)


def again(entries: list[Entry]) -> list[Entry]:
    """All entries sealed anew in the places where they now stand."""
    return [sealed(index, orjson.loads(entry.body), entry.name or "") for index, entry in enumerate(entries)]


def signed(entries: list[Entry], size: int) -> str:
    text = Checkpoint(ORIGIN, size, journal.tree_root(entry.leaf for entry in entries[:size])).text
    return note.sign(text, name=ORIGIN, public_key=KEY.public_key, signer=KEY.sign)


@dataclass(frozen=True)
class Held:
    """An honest journal and the one checkpoint outside."""

    entries: list[Entry]
    size: int
    checkpoint: str
    chance: random.Random

    def place(self) -> int:
        """A place that the checkpoint covers."""
        return self.chance.randrange(self.size)


def held(seed: int) -> Held:
    chance = random.Random(seed)
    entries = [drawn(chance, index) for index in range(chance.randint(12, 60))]
    size = chance.randint(6, len(entries))
    return Held(entries, size, signed(entries, size), chance)


def told(entries: list[Entry], *notes: str) -> Report:
    """What `journal verify` says of these entries, exported with checkpoints that the attacker signed anew."""
    own = sorted({len(entries) // 2, len(entries)} - {0})
    lines = journal_bundle.write(
        organisation={"slug": "halden", "name": "Halden"},
        keys=[str(VerifierKey(ORIGIN, KEY.public_key))],
        checkpoints=[signed(entries, size) for size in own],
        entries=entries,
    )
    return journal_bundle.verify(list(lines), notes=notes, key=VerifierKey(ORIGIN, KEY.public_key))


def recompute_everything(journal_: Held) -> list[Entry]:
    """Another history from a place on, every hash and signature made anew."""
    place = journal_.place()
    return again([*journal_.entries[:place], *(drawn(journal_.chance, n) for n in range(place, len(journal_.entries)))])


def backdated_insert(journal_: Held) -> list[Entry]:
    """One more entry among the old ones."""
    place = journal_.place()
    return again([*journal_.entries[:place], drawn(journal_.chance, place), *journal_.entries[place:]])


def tail_truncation(journal_: Held) -> list[Entry]:
    """The end is cut off, before what the checkpoint covers."""
    return journal_.entries[: journal_.place()]


def row_swap(journal_: Held) -> list[Entry]:
    """Two entries change places."""
    one, other = journal_.chance.sample(range(journal_.size), 2)
    entries = list(journal_.entries)
    entries[one], entries[other] = entries[other], entries[one]
    return again(entries)


def actor_edit(journal_: Held) -> list[Entry]:
    """Somebody else did it."""
    place = journal_.place()
    entry = journal_.entries[place]
    name = journal_.chance.choice([person for person in PEOPLE if person != entry.name])
    changed = sealed(place, orjson.loads(entry.body) | {"actor": name.lower()}, name)
    return [*journal_.entries[:place], changed, *journal_.entries[place + 1 :]]


def deletion(journal_: Held) -> list[Entry]:
    """One entry is taken out, the others move up."""
    place = journal_.place()
    return again([*journal_.entries[:place], *journal_.entries[place + 1 :]])


def fork(journal_: Held) -> list[Entry]:
    """Restored from a backup before the checkpoint, and worked on with: longer than before."""
    place = journal_.place()
    more = len(journal_.entries) - place + journal_.chance.randint(1, 9)
    return [*journal_.entries[:place], *(drawn(journal_.chance, place + n) for n in range(more))]


Attack = Callable[[Held], list[Entry]]
ATTACKS: tuple[Attack, ...] = (
    recompute_everything,
    backdated_insert,
    tail_truncation,
    row_swap,
    actor_edit,
    deletion,
    fork,
)


@pytest.mark.parametrize("trial", range(TRIALS))
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
class TestWithOneCheckpointHeldOutside:
    def test_it_is_found(self, attack: Attack, trial: int) -> None:
        honest = held(ATTACKS.index(attack) * 1000 + trial)
        report = told(attack(honest), honest.checkpoint)
        assert not report.intact
        assert {finding.kind for finding in report.findings} & {"rewritten", "truncated"}
        assert "the checkpoint you brought" in "".join(finding.message for finding in report.findings).lower()


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
class TestWithoutIt:
    def test_the_forged_file_agrees_with_itself(self, attack: Attack) -> None:
        """Which is why a checkpoint is held outside, and why bodies watch each other."""
        assert told(attack(held(ATTACKS.index(attack)))).findings == []


@pytest.mark.parametrize("trial", range(TRIALS))
class TestAnHonestJournal:
    def test_is_as_recorded(self, trial: int) -> None:
        honest = held(trial)
        assert told(honest.entries, honest.checkpoint).findings == []

    def test_is_as_recorded_after_it_grew(self, trial: int) -> None:
        honest = held(trial)
        more = [drawn(honest.chance, len(honest.entries) + n) for n in range(5)]
        assert told([*honest.entries, *more], honest.checkpoint).findings == []


class TestWhoLeavesTheLeavesAsTheyWere:
    """Edits that do not even reach the leaves are named to the entry, checkpoint or none."""

    @pytest.mark.parametrize("trial", range(TRIALS))
    def test_is_told_which_entry(self, trial: int) -> None:
        honest = held(9000 + trial)
        place = honest.place()
        entries = list(honest.entries)
        entries[place] = replace(entries[place], body=entries[place].body.replace(b"documents", b"documentz"))
        assert [(f.kind, f.index) for f in told(entries).findings][:1] == [("altered", place)]
