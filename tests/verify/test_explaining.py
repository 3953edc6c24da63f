"""A verdict explained: numbered steps per link, and nothing undecided told as passed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from assaymark.cli.explain import explain as command
from assaymark.formats.moments import read_instant
from assaymark.formats.trust_list import read_trust_list
from assaymark.verify import Answer, CertificateVerdict, Input, verify
from assaymark.verify.explaining import Explained, explain
from assaymark.verify.verdict import OUTCOMES

CHAIN = Path(__file__).parents[1] / "conformance" / "chain"
AT = "2026-11-24"


def verdict_of(name: str) -> CertificateVerdict:
    moment = read_instant(f"{AT}T23:59:59Z")
    anchors = read_trust_list((CHAIN / "trust.json").read_bytes())
    return verify([Input(name, (CHAIN / name).read_bytes())], at=moment, now=moment, anchors=anchors)[0]


def step(steps: tuple[Explained, ...], link: str, question: str) -> Explained:
    return next(one for one in steps if one.link.startswith(link) and question in one.question)


def run(name: str, *more: str) -> tuple[int, str]:
    arguments = [str(CHAIN / name), "--trust", str(CHAIN / "trust.json"), "--offline", "--at", AT, *more]
    result = CliRunner().invoke(command, arguments)
    return result.exit_code, result.output


def test_every_link_of_a_good_chain_passes_in_order() -> None:
    steps = explain(verdict_of("good.bundle.json"))
    assert [one.number for one in steps] == list(range(1, len(steps) + 1))
    assert {one.outcome for one in steps} == {"pass"}
    links = list(dict.fromkeys(one.link.split()[0] for one in steps))
    assert links == ["certificate", "accreditation", "recognition", "issuer", "top"]
    assert all(one.evidence for one in steps)


def test_a_suspended_certificate_fails_at_its_own_link_and_nowhere_else() -> None:
    steps = explain(verdict_of("suspended.bundle.json"))
    failed = [one for one in steps if one.outcome == "fail"]
    assert [(one.link, one.code) for one in failed] == [("certificate HC-2026-0042", "SUSPENDED")]
    assert "overdue" in failed[0].sentence


def test_a_scope_exceeded_fails_at_the_accreditation_which_itself_is_in_force() -> None:
    steps = explain(verdict_of("outside-scope.bundle.json"))
    assert step(steps, "accreditation", "in force").outcome == "pass"
    covered = step(steps, "accreditation", "cover")
    assert (covered.outcome, covered.code) == ("fail", "OUT_OF_SCOPE")


def test_after_a_broken_file_the_rest_is_not_checked_and_never_passed() -> None:
    first, *rest = explain(verdict_of("edited.bundle.json"))
    assert (first.outcome, first.code) == ("fail", "INVALID")
    assert {one.outcome for one in rest} == {"not checked"}


@pytest.mark.parametrize("name", ["good.bundle.json", "suspended.bundle.json", "unaccredited.bundle.json"])
def test_an_explanation_says_of_the_four_answers_what_the_verdict_says(name: str) -> None:
    verdict = verdict_of(name)
    steps = explain(verdict)
    assert steps[0].outcome == OUTCOMES[verdict.authentic.answer]
    assert step(steps, "certificate", "in force").outcome == OUTCOMES[verdict.in_force.answer]
    assert steps[-2].outcome == OUTCOMES[verdict.accredited.answer]
    assert steps[-1].outcome == OUTCOMES[verdict.recognised.answer]


def test_the_command_numbers_steps_and_exits_as_verify_does() -> None:
    code, told = run("good.bundle.json")
    assert code == 0
    assert "Accreditation NA-0042" in told
    assert " 1. Is it signed by its issuer, and unchanged? pass" in told
    code, told = run("suspended.bundle.json")
    assert code == 1
    assert "suspended since 3 Nov 2026" in told


def test_the_command_answers_in_json() -> None:
    code, told = run("outside-scope.bundle.json", "--json")
    answered: dict[str, Any] = orjson.loads(told)
    assert code == 1
    assert (answered["answer"], answered["code"]) == (Answer.NO.value, "OUT_OF_SCOPE")
    assert set(answered["steps"][0]) == {"number", "link", "question", "outcome", "sentence", "code", "evidence"}


def test_a_missing_file_is_wrong_use() -> None:
    code, told = run("nowhere.json")
    assert code == 2
    assert "cannot be read" in told
