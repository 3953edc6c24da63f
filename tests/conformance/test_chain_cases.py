"""The cases of `chain/` as anybody would run them: from the files alone."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from assaymark.formats.trust_list import read_trust_list
from assaymark.verify import Input, verify
from tests.conformance import make_chain

FOLDER = Path(__file__).parent / "chain"
CASES: list[dict[str, Any]] = json.loads((FOLDER / "cases.json").read_bytes())


def answers(case: dict[str, Any]) -> list[str]:
    """Run one case."""
    at = dt.datetime.fromisoformat(case["at"])
    known_at = dt.datetime.fromisoformat(case["known_at"]) if "known_at" in case else None
    found = verify(
        [Input(name, (FOLDER / name).read_bytes()) for name in case["files"]],
        at=at,
        now=max(at, make_chain.NOW),
        known_at=known_at,
        anchors=read_trust_list((FOLDER / case["trust"]).read_bytes()) if case["trust"] else None,
    )
    return [finding.answer.value for finding in found[0].findings.values()]


class TestTheChainCases:
    @pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
    def test_get_the_answers_that_are_documented(self, case: dict[str, Any]) -> None:
        assert answers(case) == case["answers"]

    def test_are_what_their_maker_makes(self) -> None:
        assert make_chain.cases() == CASES
        for name, data in make_chain.files().items():
            if name.endswith(".pdf"):
                continue  # a signed PDF carries a random identifier
            assert (FOLDER / name).read_bytes() == data, f"{name}: run python -m tests.conformance.make_chain"
