"""Run the conformance cases with nothing but this package: `python tests/conformance/run.py`.

Prints one line for each case that fails and a summary; the exit status tells whether all passed. Cases that need the
library for canonical RDF (`assaymark[rdf]`) are counted apart where it is missing.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import struct
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assaymark.core.succession import Predecessors
from assaymark.formats import secured, strict_json
from assaymark.formats.keys import ed25519, from_jwk, from_multikey
from assaymark.formats.trust_list import read_trust_list
from assaymark.formats.trusted_witnesses import witnesses_in_trust_list
from assaymark.verify import Input, Policy, verify

HERE = Path(__file__).resolve().parent
PASSED, FAILED, LACKING = "passed", "failed", "without the library for RDF"
Outcome = tuple[str, object, object]


def load(path: str) -> Any:
    """Read a file of cases."""
    return json.loads((HERE / path).read_bytes())


def chain_cases() -> Iterator[Outcome]:
    """Give name, answers and expected answers of each case of `chain/`, `succession/` and `keys/`."""
    for folder in ("chain", "succession", "keys"):
        cases = load(f"{folder}/cases.json")
        present = max(dt.datetime.fromisoformat(case["at"]) for case in cases)
        for case in cases:
            trust = (HERE / folder / case["trust"]).read_bytes() if case["trust"] else None
            found = verify(
                [Input(name, (HERE / folder / name).read_bytes()) for name in case["files"]],
                at=dt.datetime.fromisoformat(case["at"]),
                now=present,
                known_at=dt.datetime.fromisoformat(case["known_at"]) if "known_at" in case else None,
                anchors=read_trust_list(trust) if trust else None,
                policy=Policy(
                    predecessors=Predecessors(case.get("predecessors", "transitional")),
                    witnesses=witnesses_in_trust_list(trust) if trust else (),
                ),
            )[0]
            yield case["name"], [finding.answer.value for finding in found.findings.values()], case["answers"]


def secured_cases() -> Iterator[Outcome]:
    """Give name, outcome and expected outcome of each signed credential that others published."""
    for case in load("published/secured.json"):
        keys = {
            name: from_multikey(key["publicKeyMultibase"])
            if "publicKeyMultibase" in key
            else from_jwk(key["publicKeyJwk"])
            for name, key in case["keys"].items()
        }
        data = case["token"] if "token" in case else json.dumps(case["document"])
        outcome = "holds"
        try:
            secured.check(data, resolver=secured.GivenKeys(keys), own_key=case["own_key"])
        except secured.BadSecured:
            outcome = "bad"
        except secured.UnsupportedSecured:
            outcome = "unsupported"
        lacking = "rdfc" in json.dumps(case) and importlib.util.find_spec("pyld") is None
        yield case["source"], LACKING if lacking and outcome == "unsupported" else outcome, case["outcome"]


def plain_cases() -> Iterator[Outcome]:
    """Give name, result and expected result of signatures and canonical JSON that others published."""
    cases = load("published/cases.json")
    for case in cases["ed25519"]:
        message, signature = bytes.fromhex(case["message"]), bytes.fromhex(case["signature"])
        held = ed25519(bytes.fromhex(case["key"])).holds(message=message, signature=signature)
        yield case["source"], held, case["holds"]
    for case in cases["canonical_json"]:
        made = strict_json.canonical(strict_json.loads(case["input"].encode())).decode()
        yield case["source"], made, case["output"]
    for case in cases["numbers"]:
        (number,) = struct.unpack(">d", bytes.fromhex(case["double"]))
        yield case["source"], strict_json.canonical(number).decode(), case["output"]


def main() -> int:
    """Run everything."""
    worst = 0
    for cases in (chain_cases, secured_cases, plain_cases):
        counts: Counter[str] = Counter()
        for name, found, expected in cases():
            result = LACKING if found == LACKING else PASSED if found == expected else FAILED
            counts[result] += 1
            if result == FAILED:
                worst = 1
                print(f"{name}: {found} instead of {expected}")
        said = ", ".join(f"{count} {result}" for result, count in counts.items())
        print(f"{cases.__name__.replace('_', ' ')}: {said}")
    return worst


if __name__ == "__main__":
    sys.exit(main())
