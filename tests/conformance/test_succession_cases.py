"""The cases of `succession/` as anybody would run them: from the files alone."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from assaymark.core.succession import Predecessors
from assaymark.formats.trust_list import read_trust_list
from assaymark.verify import CertificateVerdict, Input, Policy, verify
from assaymark.verify.many import Judge
from tests.conformance import make_succession

FOLDER = Path(__file__).parent / "succession"
CASES: list[dict[str, Any]] = json.loads((FOLDER / "cases.json").read_bytes())


def verdict(case: dict[str, Any]) -> CertificateVerdict:
    """Run one case."""
    at = dt.datetime.fromisoformat(case["at"])
    return verify(
        [Input(name, (FOLDER / name).read_bytes()) for name in case["files"]],
        at=at,
        now=max(at, make_succession.NOW),
        anchors=read_trust_list((FOLDER / case["trust"]).read_bytes()),
        policy=Policy(predecessors=Predecessors(case.get("predecessors", "transitional"))),
    )[0]


class TestTheSuccessionCases:
    @pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
    def test_get_the_answers_and_the_label_that_are_documented(self, case: dict[str, Any]) -> None:
        found = verdict(case)
        assert [finding.answer.value for finding in found.findings.values()] == case["answers"]
        assert found.chain[-1].label == case.get("label", "")

    def test_are_what_their_maker_makes(self) -> None:
        assert make_succession.cases() == CASES
        for name, data in make_succession.files().items():
            assert (FOLDER / name).read_bytes() == data, f"{name}: run python -m tests.conformance.make_succession"

    @pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
    def test_get_the_same_answers_among_many_at_once(self, case: dict[str, Any]) -> None:
        at = dt.datetime.fromisoformat(case["at"])
        bundle = json.loads((FOLDER / case["files"][0]).read_bytes())
        judge = Judge(
            [*bundle["chain"], *bundle["statusLists"], *bundle["statusLogs"]],
            anchors=read_trust_list((FOLDER / case["trust"]).read_bytes()),
            at=max(at, make_succession.NOW),
            policy=Policy(predecessors=Predecessors(case.get("predecessors", "transitional"))),
        )
        found = verdict({**case, "at": max(at, make_succession.NOW).isoformat()})
        expected = tuple(finding.answer for finding in found.findings.values())
        assert judge.judge(bundle["certificate"].encode()).answers == expected
