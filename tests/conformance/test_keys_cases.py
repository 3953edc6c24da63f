"""The cases of `keys/` as anybody would run them: from the files alone."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from assaymark.formats.trust_list import read_trust_list
from assaymark.formats.trusted_witnesses import witnesses_in_trust_list
from assaymark.verify import Input, Policy, verify
from tests.conformance import make_keys

FOLDER = Path(__file__).parent / "keys"
CASES: list[dict[str, Any]] = json.loads((FOLDER / "cases.json").read_bytes())


class TestTheCasesOfKeys:
    @pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
    def test_get_the_answers_that_are_documented(self, case: dict[str, Any]) -> None:
        trust = (FOLDER / case["trust"]).read_bytes()
        found = verify(
            [Input(name, (FOLDER / name).read_bytes()) for name in case["files"]],
            at=dt.datetime.fromisoformat(case["at"]),
            now=make_keys.NOW,
            anchors=read_trust_list(trust),
            policy=Policy(witnesses=witnesses_in_trust_list(trust)),
        )[0]
        assert [finding.answer.value for finding in found.findings.values()] == case["answers"]

    def test_are_what_their_maker_makes(self) -> None:
        assert make_keys.cases() == CASES
        for name, data in make_keys.files().items():
            assert (FOLDER / name).read_bytes() == data, f"{name}: run python -m tests.conformance.make_keys"
