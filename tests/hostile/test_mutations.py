"""Any change of a file: either it is seen, or it changes nothing that is said."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assaymark.verify import CertificateVerdict, Input, verify
from tests.hostile.attack import YES
from tests.trust_cast import ANCHORS, NOW, Chain

pytestmark = pytest.mark.slow

FOLDER = Path(__file__).parents[1] / "conformance" / "chain"
BUNDLE = (FOLDER / "good.bundle.json").read_bytes()
TOKEN = (FOLDER / "good.jwt").read_bytes()
PDF = (FOLDER / "good.pdf").read_bytes()
DOCUMENT = orjson.loads(BUNDLE)
PARTS = ["certificate", "generatedAt", "seal", "chain", "statusLists", "statusLogs", "type", "version"]
FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
FEWER = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def judge(data: bytes) -> CertificateVerdict:
    return verify([Input("file", data)], at=NOW, anchors=ANCHORS)[0]


def unharmed(original: bytes, changed: bytes) -> None:
    """Hold that a changed file is not authentic, or says exactly what the original said."""
    verdict = judge(changed)
    if verdict.authentic.answer is YES and changed != original:
        assert (verdict.claims, verdict.code) == (judge(original).claims, judge(original).code)


@st.composite
def changes(draw: st.DrawFn, data: bytes) -> bytes:
    """The data with a byte changed, left out or put in, or with a stretch repeated, left out or moved."""
    start = draw(st.integers(0, len(data) - 1))
    end = draw(st.integers(start, min(len(data), start + 200)))
    other = draw(st.integers(0, len(data) - 1))
    byte = bytes([draw(st.integers(0, 255))])
    kind = draw(st.sampled_from(["change", "leave out", "put in", "repeat", "cut", "move"]))
    if kind == "change":
        return data[:start] + byte + data[start + 1 :]
    if kind == "leave out":
        return data[:start] + data[end:]
    if kind == "put in":
        return data[:start] + byte * draw(st.integers(1, 9)) + data[start:]
    if kind == "repeat":
        return data[:end] + data[start:]
    if kind == "cut":
        return data[:start]
    rest = data[:start] + data[end:]
    return rest[:other] + data[start:end] + rest[other:]


class TestControl:
    @pytest.mark.parametrize("data", [BUNDLE, TOKEN, PDF], ids=["bundle", "credential", "PDF"])
    def test_the_unchanged_files_are_authentic(self, data: bytes) -> None:
        assert judge(data).authentic.answer is YES


class TestAnyChange:
    @FEW
    @given(changes(BUNDLE))
    def test_of_a_bundle_is_seen(self, changed: bytes) -> None:
        unharmed(BUNDLE, changed)
        if changed != BUNDLE:
            assert judge(changed).authentic.answer is not YES

    @FEW
    @given(changes(TOKEN))
    def test_of_a_credential_is_seen_or_is_only_its_last_newline(self, changed: bytes) -> None:
        unharmed(TOKEN, changed)
        if changed.strip() != TOKEN.strip():
            assert judge(changed).authentic.answer is not YES

    @pytest.mark.slow
    @FEWER
    @given(changes(PDF))
    def test_of_a_pdf_is_seen(self, changed: bytes) -> None:
        if changed != PDF:
            assert judge(changed).authentic.answer is not YES


class TestChangesOfStructure:
    @FEW
    @given(
        st.sampled_from(PARTS),
        st.none() | st.integers(-(2**63), 2**63) | st.text(max_size=9) | st.lists(st.text(max_size=9)),
    )
    def test_another_value_of_a_member_is_seen(self, name: str, value: object) -> None:
        changed = orjson.dumps(DOCUMENT | {name: value}, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"
        assert changed == BUNDLE or judge(changed).authentic.answer is not YES

    @FEW
    @given(st.sampled_from(PARTS))
    def test_a_member_left_out_is_seen(self, name: str) -> None:
        rest = {member: value for member, value in DOCUMENT.items() if member != name}
        changed = orjson.dumps(rest, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"
        assert judge(changed).authentic.answer is not YES

    @FEW
    @given(st.permutations(DOCUMENT["statusLists"]), st.integers(0, 5))
    def test_status_in_another_order_or_number_is_seen(self, lists: list[str], kept: int) -> None:
        changed = DOCUMENT | {"statusLists": lists[:kept]}
        data = orjson.dumps(changed, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2) + b"\n"
        assert judge(data).authentic.answer is not YES

    @FEW
    @given(st.data())
    def test_parts_of_tokens_in_the_places_of_others_are_seen(self, data: st.DataObject) -> None:
        tokens = [DOCUMENT["certificate"], DOCUMENT["seal"], *DOCUMENT["chain"], *DOCUMENT["statusLogs"]]
        pieces = [piece for token in tokens for piece in token.split(".")]
        three = data.draw(st.lists(st.sampled_from(pieces), min_size=3, max_size=3))
        token = ".".join(three)
        if token != Chain().token:
            verdict = judge(token.encode())
            assert verdict.kind != "certificate" or verdict.authentic.answer is not YES
