"""Who exists in a synthetic world, and in which relation: drawn from a seed, the same every time.

Rules that hold here
* Countries and sectors follow the ISO Survey's published figures, used as weights (`catalogue`, secondary quotations).
* Keys follow from the seed and the party's name, so that a world can be continued (bundles, snapshots) from its folder.
* Each certification body owns a block of consecutive certificates; a certificate's place in it is its status index.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from assaymark.adapters.keys import SigningKey
from assaymark.catalogue import survey_weights
from assaymark.core.attestation import StatusEvent, StatusEventKind
from assaymark.core.trust import EVERYTHING, ScopeRow

AT = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
ACTIVITY, COMPETENCE = "ms-certification", "urn:iso:std:iso-iec:17021:-1"
STANDARD = "urn:iso:std:iso:9001"
SECTORS = tuple(str(n) for n in range(1, 40))
_REST = "AU AT BE CA CH CZ DK FI HU ID IE IL KR MX MY NL NO PL PT RO SA SE SG TH TR TW UA VN ZA"
REST: tuple[str, ...] = tuple(_REST.split())


def generator(seed: int, *names: object) -> random.Random:
    """A source of chance that belongs to one thing alone, so that nothing depends on the order of making."""
    text = ":".join(str(name) for name in (seed, *names))
    return random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big"))  # noqa: S311 no secret


@dataclass(frozen=True)
class Body:
    """A party that attests: the arrangement, an accreditation body or a certification body."""

    code: str
    name: str
    country: str
    seed: int

    @cached_property
    def key(self) -> SigningKey:
        """Its key, from seed and code."""
        return SigningKey.from_seed(hashlib.sha256(f"world:{self.seed}:{self.code}".encode()).digest())

    @property
    def address(self) -> str:
        """Where it publishes; nothing is there."""
        return f"https://{self.code.lower()}.example"


@dataclass(frozen=True)
class Certifier:
    """A certification body: who accredits it (None: nobody), for what, since when; its events; its certificates."""

    body: Body
    accreditor: Body | None
    rows: tuple[ScopeRow, ...]
    accredited_from: dt.date
    accredited_until: dt.date
    events: tuple[StatusEvent, ...]
    first: int
    count: int
    sectors: tuple[str, ...]
    countries: tuple[str, ...]

    @property
    def accreditation_id(self) -> str:
        """The identifier of its accreditation credential."""
        return f"{self.accreditor.address if self.accreditor else ''}/accreditations/{self.body.code}"


@dataclass(frozen=True)
class Plan:
    """A whole world. `unrecognised` are the accreditation bodies that the arrangement does not know."""

    certificates: int
    seed: int
    arrangement: Body
    accreditors: tuple[Body, ...]
    unrecognised: frozenset[str]
    certifiers: tuple[Certifier, ...]
    firsts: tuple[int, ...] = field(default=())

    def certifier_of(self, number: int) -> Certifier:
        """Whose certificate this is (numbered from 0)."""
        return self.certifiers[bisect_right(self.firsts, number) - 1]


def countries() -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Countries with their shares: the ten largest as surveyed, the rest of the world in equal parts."""
    weights = survey_weights()
    top = weights["countries_2021_top10"]
    left = weights["total_2021"] - sum(top.values())
    return (*top, *REST), (*top.values(), *([left / len(REST)] * len(REST)))


def sectors() -> tuple[float, ...]:
    """The share of each sector, 1 to 39."""
    found = survey_weights()["sectors_2020"]
    return tuple(float(found[code]) for code in SECTORS)


def draw(certificates: int, *, seed: int) -> Plan:
    """Plan a world of so many certificates."""
    chance = generator(seed, "bodies")
    names, shares = countries()
    arrangement = Body("ARR", "World Arrangement (synthetic)", "", seed)
    many = max(3, min(60, certificates // 15_000 + 3))
    accreditors = tuple(_accreditor(n, names[n % len(names)], seed) for n in range(many))
    unrecognised = frozenset({accreditors[-1].code})
    many = max(6, min(1500, certificates // 900 + 6))
    sizes = _sizes(certificates, many, chance)
    certifiers: list[Certifier] = []
    first = 0
    # The last five have one fate each, so that every kind of chain occurs in the smallest world.
    for n, size in enumerate(sizes):
        country = chance.choices(names, shares)[0]
        fate = many - n if many - n < 6 else chance.choices((0, 1, 2, 3, 4), (94, 2, 2, 1, 1))[0]
        certifiers.append(_certifier(n, size, first, country, accreditors, fate, chance, seed))
        first += size
    firsts = tuple(one.first for one in certifiers)
    return Plan(certificates, seed, arrangement, accreditors, unrecognised, tuple(certifiers), firsts)


def _accreditor(n: int, country: str, seed: int) -> Body:
    return Body(f"AB{n:02d}", f"Accreditation Body {n:02d} (synthetic)", country, seed)


def _sizes(total: int, many: int, chance: random.Random) -> list[int]:
    """Shares like those of a market: a few large bodies, many small ones; each at least one certificate when it can."""
    weights = [1 / (rank + 4) * chance.uniform(0.7, 1.3) for rank in range(many)]
    whole = sum(weights)
    edges = [round(total * part / whole) for part in accumulate(weights)]
    edges[-1] = total
    return [after - before for before, after in zip([0, *edges], edges, strict=False)]


def _certifier(
    n: int,
    size: int,
    first: int,
    country: str,
    accreditors: tuple[Body, ...],
    fate: int,
    chance: random.Random,
    seed: int,
) -> Certifier:
    body = Body(f"CB{n:04d}", f"Certification Body {n:04d} (synthetic)", country, seed)
    recognised = accreditors[:-1]
    accreditor: Body | None = chance.choice(recognised)
    if fate == 1:
        accreditor = None
    if fate == 2:
        accreditor = accreditors[-1]
    many = chance.randint(18, 39)
    held = tuple(sorted(chance.sample(SECTORS, many), key=int))
    where = chance.choice((EVERYTHING, frozenset({country, *chance.sample(REST, 8)})))
    since = dt.date(2015, 1, 1) + dt.timedelta(days=chance.randint(0, 1500))
    row = ScopeRow(ACTIVITY, COMPETENCE, STANDARD, frozenset({"2015"}), frozenset(held), where, since, None, "qms")
    return Certifier(
        body=body,
        accreditor=accreditor,
        rows=(row,) if accreditor else (),
        accredited_from=since,
        accredited_until=dt.date(2026, 6, 30) if fate == 4 else dt.date(2029, 6, 30),
        events=_fate_events(fate, chance),
        first=first,
        count=size,
        sectors=held,
        countries=tuple(sorted(where)) if "*" not in where else (),
    )


def _fate_events(fate: int, chance: random.Random) -> tuple[StatusEvent, ...]:
    """What happened to the accreditation: withdrawn for good (3), or suspended for a while in the past (5)."""
    if fate == 3:
        when = AT - dt.timedelta(days=chance.randint(20, 200))
        return (StatusEvent(1, StatusEventKind.WITHDRAWN, when, when + dt.timedelta(days=2), "Ended by the body"),)
    if fate == 5:
        start = AT - dt.timedelta(days=chance.randint(300, 500))
        end = start + dt.timedelta(days=chance.randint(20, 90))
        return (
            StatusEvent(1, StatusEventKind.SUSPENDED, start, start + dt.timedelta(days=3), "Witnessing was refused"),
            StatusEvent(2, StatusEventKind.REINSTATED, end, end, "Restored"),
        )
    return ()
