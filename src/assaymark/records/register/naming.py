"""Parties and their names, with the words and spellings by which they are found.

Rules that hold here
* A party is known again by its source's identifier, else by the key of its name and its country; two sources' parties
  are never taken for one.
* A name that was true once stays and is marked as former: people search by it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection

from assaymark.core import register as core
from assaymark.records.register import bulk
from assaymark.records.register.models import Party, PartyName, Word

KEPT_WORDS = 400_000


@dataclass(frozen=True, slots=True)
class Named:
    """A party as an entry names it. other: further names that are true now."""

    role: str
    identity: str
    name: str
    country: str = ""
    other: tuple[str, ...] = ()

    @classmethod
    def holder(cls, entry: core.Entry) -> Named:
        """The holder of an entry."""
        identity = f"id:{entry.holder_id}" if entry.holder_id else f"{core.name_key(entry.holder)}|{entry.country}"
        return cls(Party.HOLDER, identity[:200], entry.holder[:300], entry.country, entry.other_names)

    @classmethod
    def body(cls, entry: core.Entry) -> Named | None:
        """The body of an entry, if it names one."""
        if not (entry.body or entry.body_id):
            return None
        identity = f"id:{entry.body_id}" if entry.body_id else core.name_key(entry.body)
        return cls(Party.BODY, identity[:200], (entry.body or entry.body_id)[:300])


@dataclass(slots=True)
class Naming:
    """Adds parties and names of one source in batches. Call `finish` at the end of the transaction."""

    source_id: int
    words: dict[str, int] = field(default_factory=dict)
    bodies: dict[str, int] = field(default_factory=dict)
    added: Counter[int] = field(default_factory=Counter)

    def parties(self, wanted: Iterable[Named]) -> dict[tuple[str, str], int]:
        """(role, identity) → id for all of them; what is new is added, what is named anew keeps its old name."""
        once = {(named.role, named.identity): named for named in wanted}
        found: dict[tuple[str, str], int] = {
            key: self.bodies[key[1]] for key in once if key[0] == Party.BODY and key[1] in self.bodies
        }
        rest = [key for key in once if key not in found]
        renamed: list[tuple[Party, Named]] = []
        for role in (Party.BODY, Party.HOLDER):
            for piece in bulk.pieces([identity for r, identity in rest if r == role]):
                for row in Party.objects.filter(source_id=self.source_id, role=role, identity__in=piece):
                    found[role, row.identity] = row.pk
                    if row.name != once[role, row.identity].name or once[role, row.identity].other:
                        renamed.append((row, once[role, row.identity]))
        self._rename(renamed)
        self._add([named for key, named in once.items() if key not in found], found)
        self.bodies.update((identity, pk) for (role, identity), pk in found.items() if role == Party.BODY)
        return found

    def _add(self, new: list[Named], found: dict[tuple[str, str], int]) -> None:
        if not new:
            return
        first = bulk.reserve("register_party", len(new))
        bulk.insert(
            "register_party",
            ("id", "source_id", "role", "identity", "name", "country"),
            [
                (first + n, self.source_id, named.role, named.identity, named.name, named.country)
                for n, named in enumerate(new)
            ],
        )
        names: list[tuple[int, str, str]] = []
        for number, named in enumerate(new, start=first):
            found[named.role, named.identity] = number
            names.append((number, named.name, "current"))
            names += [(number, other, "other") for other in dict.fromkeys(named.other) if other != named.name]
        self.names(names)

    def _rename(self, renamed: list[tuple[Party, Named]]) -> None:
        known: dict[int, set[str]] = {}
        for piece in bulk.pieces([row.pk for row, _ in renamed]):
            for party_id, name in PartyName.objects.filter(party_id__in=piece).values_list("party_id", "name"):
                known.setdefault(party_id, set()).add(name)
        fresh: list[tuple[int, str, str]] = []
        for row, named in renamed:
            there = known.get(row.pk, set())
            if row.name != named.name:
                PartyName.objects.filter(party=row, kind="current").update(kind="former")
                if named.name in there:
                    PartyName.objects.filter(party=row, name=named.name).update(kind="current")
                else:
                    fresh.append((row.pk, named.name, "current"))
                Party.objects.filter(pk=row.pk).update(name=named.name, country=named.country or row.country)
            fresh += [(row.pk, o, "other") for o in dict.fromkeys(named.other) if o not in there | {named.name}]
        self.names(fresh)

    def former(self, names: Mapping[int, set[str]]) -> None:
        """Names under which certificates of these parties were listed before."""
        known: set[tuple[int, str]] = set()
        for piece in bulk.pieces(list(names)):
            known |= set(PartyName.objects.filter(party_id__in=piece).values_list("party_id", "name"))
        self.names([(p, n, "former") for p, its in names.items() for n in sorted(its) if (p, n) not in known])

    def names(self, wanted: list[tuple[int, str, str]]) -> None:
        """Add (party, name, kind) with their words."""
        usable = [(party_id, name[:300], core.name_key(name), kind) for party_id, name, kind in wanted]
        usable = [row for row in usable if row[2]]
        if not usable:
            return
        first = bulk.reserve("register_partyname", len(usable))
        bulk.insert(
            "register_partyname",
            ("id", "party_id", "name", "key", "kind"),
            [(first + n, *row) for n, row in enumerate(usable)],
        )
        self.words_of([(first + n, row[1]) for n, row in enumerate(usable)])

    def words_of(self, names: Sequence[tuple[int, str]]) -> None:
        """Add the words of (name's id, name)."""
        spelt = [(name_id, core.name_words(name)) for name_id, name in names]
        self._learn({word for _, words in spelt for word in words})
        pairs = [(self.words[word], name_id) for name_id, words in spelt for word in words]
        bulk.insert("register_wordof", ("word_id", "name_id"), pairs)
        self.added.update(word_id for word_id, _ in pairs)

    def _learn(self, words: set[str]) -> None:
        if len(self.words) > KEPT_WORDS:
            self.words.clear()
        unknown = sorted(words - self.words.keys())
        for piece in bulk.pieces(unknown):
            self.words.update(Word.objects.filter(word__in=piece).values_list("word", "id"))
        new = [word for word in unknown if word not in self.words]
        if not new:
            return
        first = bulk.reserve("register_word", len(new))
        numbered = list(enumerate(new, start=first))
        bulk.insert("register_word", ("id", "word", "names"), [(n, word, 0) for n, word in numbered])
        spellings = [(variant, n) for n, word in numbered for variant in core.variants(word)]
        bulk.insert("register_variant", ("variant", "word_id"), spellings)
        self.words.update((word, n) for n, word in numbered)

    def finish(self) -> None:
        """Count the words anew that were added to."""
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE register_word SET names = names + %s WHERE id = %s",
                [(count, word_id) for word_id, count in self.added.items()],
            )
        self.added.clear()


def rebuild(*, tick: Callable[[int], None] = lambda n: None) -> int:
    """Make keys, words and spellings of all names anew: needed after a change of how names are compared."""
    done, after, naming = 0, 0, Naming(0)
    with bulk.large(), connection.cursor() as cursor:
        for table in ("wordof", "variant", "word"):
            cursor.execute(f"DELETE FROM register_{table}")  # noqa: S608  # names of this module
        while True:
            cursor.execute("SELECT id, name, key FROM register_partyname WHERE id > %s ORDER BY id LIMIT 5000", [after])
            rows = list(cursor.fetchall())
            if not rows:
                break
            after, done = rows[-1][0], done + len(rows)
            keys = [(key, i) for i, name, old in rows if (key := core.name_key(name)) != old]
            cursor.executemany("UPDATE register_partyname SET key = %s WHERE id = %s", keys)
            naming.words_of([(i, name) for i, name, _ in rows])
            tick(len(rows))
        naming.finish()
    bulk.analyse(f"register_{table}" for table in ("partyname", "word", "wordof", "variant"))
    return done
