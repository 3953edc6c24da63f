"""Was it valid on D, as known on K? 200 random triples: the verifier's answer against an independent reading.

The reading knows nothing of this project's code: it takes the ground-truth events (events.jsonl) and the certificate's
own dates, and says what must be answered. Not a measurement of time: the ratio printed is answers that agree.

    python bench/history.py [triples, default 200] [certificates, default 3000]
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import random
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from measure import ASSAYMARK, ROOT, Figure, fresh_home, report, run

sys.path.insert(0, str(ROOT / "src"))
WEEK = dt.timedelta(days=7)
Event = tuple[dt.datetime, dt.datetime, int, str]


def moment(text: str) -> dt.datetime:
    """A moment of the ground truth."""
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


def events_of(world: Path) -> dict[str, list[Event]]:
    """(effective, recorded, order, event) by number."""
    found: dict[str, list[Event]] = defaultdict(list)
    with (world / "events.jsonl").open() as lines:
        for order, line in enumerate(lines):
            told = json.loads(line)
            found[told["number"]].append(
                (moment(told["effectiveFrom"]), moment(told["recordedAt"]), order, told["event"])
            )
    return found


def reading(claims: dict[str, Any], events: list[Event], on: dt.datetime, known: dt.datetime) -> str:
    """What must be answered to "in force?": yes, or the reason why not, or unknown."""
    state = ""
    for effective, recorded, _, event in sorted(events):
        if effective <= on and recorded <= known and state != "withdrawn":
            state = "" if event == "reinstated" else event
    begins, ends = moment(claims["validFrom"]), moment(claims["validUntil"])
    if on - known > WEEK:
        # Knowledge that is too old says neither yes nor no, but dates are dates.
        return "NOT_YET_VALID" if on < begins else "EXPIRED" if on > ends else "STALE"
    if state in ("suspended", "withdrawn"):
        return state.upper()
    if on < begins:
        return "NOT_YET_VALID"
    return "EXPIRED" if on > ends else "VALID"


def draw(world: Path, triples: int) -> list[tuple[str, dict[str, Any], dt.datetime, dt.datetime]]:
    """Random certificates, most of them with events, on random days, with knowledge before or after."""
    from assaymark.world.plan import AT

    chance = random.Random(3)
    lines = (world / "certificates-00000.jwt").read_text().split()
    truth = [line.split("\t") for line in (world / "truth-00000.tsv").read_text().splitlines()]
    eventful = events_of(world)
    with_events = [place for place, (number, code) in enumerate(truth) if number in eventful and code != "INVALID"]
    authentic = [place for place, (_, code) in enumerate(truth) if code != "INVALID"]
    found = []
    for _ in range(triples):
        place = chance.choice(with_events if chance.random() < 0.7 else authentic)
        payload = lines[place].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        on = AT - dt.timedelta(days=chance.randint(0, 1200), seconds=chance.randint(0, 86_400))
        known = min(AT, on + dt.timedelta(days=chance.choice((-40, -3, 0, 1, 5, 20, 100, 400)), seconds=11))
        found.append((truth[place][0], claims, on.replace(microsecond=0), known.replace(microsecond=0)))
    return found


def compare(world: Path, triples: int) -> tuple[int, list[str]]:
    """How many answers agree, and those that do not."""
    from assaymark.formats.trust_list import read_trust_list
    from assaymark.verify import Input, verify
    from assaymark.world import folder
    from assaymark.world.plan import AT

    events, anchors = events_of(world), read_trust_list((world / "trust.json").read_bytes())
    agree, differ = 0, []
    for number, claims, on, known in draw(world, triples):
        bundle = folder.bundle(world, number)
        verdict = verify([Input(number, bundle)], at=on, known_at=known, now=AT, anchors=anchors)[0]
        must = reading(claims, events[number], on, known)
        if verdict.in_force.code.value == must:
            agree += 1
        else:
            differ.append(f"{number} on {on:%Y-%m-%d} known {known:%Y-%m-%d}: {verdict.in_force.code}, not {must}")
    return agree, differ


def main() -> int:
    """Draw, compare, print."""
    triples = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    certificates = int(sys.argv[2]) if len(sys.argv) > 2 else 3000
    with fresh_home() as home:
        world = home / "world"
        run([ASSAYMARK, "world", "make", "--certificates", str(certificates), "-o", str(world), "--seed", "23"])
        agree, differ = compare(world, triples)
    for line in differ:
        print(f"  {line}")
    report([Figure("answers that agree", agree, "of", triples, "an independent reading")])
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
