"""The synthetic world: the same for a seed, what it says of itself is what verifiers find."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from assaymark.cli.main import main
from assaymark.formats import jws
from assaymark.formats.credential import issue_certificate_credential, read_credential
from assaymark.formats.did import KeyResolver
from assaymark.formats.multibase import base64url_encode
from assaymark.formats.register_lines import contents_of
from assaymark.formats.trust_list import read_trust_list
from assaymark.verify import Input, verify
from assaymark.verify.bulk import BadRegister, judge_of, verify_folder
from assaymark.verify.listed import Listed
from assaymark.world import folder as folders
from assaymark.world import making
from assaymark.world.plan import AT, draw

N = 1200


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("world") / "w"
    folders.make(place, certificates=N, seed=5, jobs=1, done=lambda many: None)
    return place


def truth(world: Path) -> dict[str, str]:
    lines = (line.split("\t") for line in (world / "truth-00000.tsv").read_text().splitlines())
    return dict(lines)  # type: ignore[arg-type]


def tokens(world: Path) -> list[bytes]:
    return (world / "certificates-00000.jwt").read_bytes().splitlines()


def codes(listed: Listed, *contents: bytes) -> list[str]:
    return [brief.code.value for brief in listed.judge(contents)]


def certificates_in(register: bytes) -> int:
    """How many lines are no pattern."""
    return sum(not line.startswith(b"=") for line in register.splitlines())


class TestAWorld:
    def test_is_byte_for_byte_the_same_for_a_seed_however_many_processes_make_it(
        self, world: Path, tmp_path: Path
    ) -> None:
        folders.make(tmp_path / "again", certificates=N, seed=5, jobs=2, done=lambda many: None)

        def digests(place: Path) -> dict[str, str]:
            files = sorted(path for path in place.rglob("*") if path.is_file())
            return {str(path.relative_to(place)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

        assert digests(world) == digests(tmp_path / "again")

    def test_holds_defects_of_every_kind(self, world: Path) -> None:
        told = json.loads((world / "truth.json").read_text())
        assert told["certificates"] == N == sum(told["verdicts"].values())
        assert set(told["verdicts"]) >= {
            "VALID", "SUSPENDED", "WITHDRAWN", "EXPIRED", "OUT_OF_SCOPE", "UNACCREDITED", "UNRECOGNISED", "INVALID",
        }  # fmt: skip

    def test_signs_what_the_writer_of_certificates_would_sign(self) -> None:
        plan = draw(N, seed=5)
        for number in range(60):
            content, defect = making.content_of(plan, number)
            made = making.make(plan, number)
            if made.code != "INVALID":
                key = plan.certifier_of(number).body.key
                assert made.token.decode() == issue_certificate_credential(content, key=key), defect
                assert read_credential(made.token.decode(), resolver=KeyResolver()).number == content.number

    def test_is_not_made_into_a_folder_that_holds_something(self, tmp_path: Path) -> None:
        (tmp_path / "mine.txt").write_text("precious")
        done = CliRunner().invoke(main, ["world", "make", "--certificates", "10", "-o", str(tmp_path)])
        assert done.exit_code == 2
        assert "name a new folder" in done.output
        assert (tmp_path / "mine.txt").read_text() == "precious"


class TestManyAtOnce:
    def test_find_for_each_certificate_what_the_rich_engine_finds_and_what_is_true(self, world: Path) -> None:
        judge = judge_of(world, at=AT)
        anchors = read_trust_list((world / "trust.json").read_bytes())
        seen: Counter[str] = Counter()
        for token, (number, code) in zip(tokens(world), truth(world).items(), strict=True):
            brief = judge.judge(token)
            assert brief.code == code, number
            if seen[code] >= 4 or code == "INVALID":
                continue
            seen[code] += 1
            verdict = verify([Input(number, folders.bundle(world, number))], at=AT, now=AT, anchors=anchors)[0]
            assert verdict.code == brief.code, number
            assert tuple(finding.answer for finding in verdict.findings.values()) == brief.answers, number

    @pytest.mark.parametrize("by_snapshot", [False, True])
    @pytest.mark.parametrize("jobs", [1, 2])
    def test_count_exactly_what_is_true(self, world: Path, by_snapshot: bool, jobs: int) -> None:
        found = verify_folder(world, jobs=jobs, by_snapshot=by_snapshot)
        assert found.verdicts == json.loads((world / "truth.json").read_text())["verdicts"]

    @pytest.mark.slow
    def test_find_the_same_on_ray(self, world: Path) -> None:
        local, ray = (verify_folder(world, jobs=2, engine=engine) for engine in ("local", "ray"))
        assert ray.verdicts == local.verdicts
        assert ray.certificates == N

    def test_count_each_line_once_wherever_ranges_begin(self, world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("assaymark.verify.bulk.RANGE", 70_001)
        assert verify_folder(world).certificates == N

    def test_spend_the_steps_of_one_certificate_on_each(self, world: Path) -> None:
        judge = judge_of(world, at=AT)
        judge.pool.policy = replace(judge.policy, max_steps=6)
        codes = Counter(judge.judge(token).code.value for token in tokens(world))
        assert codes == json.loads((world / "truth.json").read_text())["verdicts"]

    def test_trust_nobody_when_the_list_of_anchors_is_empty(self, world: Path, tmp_path: Path) -> None:
        judge = judge_of(world, at=AT)
        judge.anchors = ()
        codes = {judge.judge(token).code.value for token in tokens(world)}
        assert "VALID" not in codes


class TestASnapshot:
    @pytest.mark.parametrize("place", ["pattern", "values", "content"])
    def test_of_which_one_byte_was_changed_makes_nothing_of_its_body_authentic(self, world: Path, place: str) -> None:
        register = max((world / "snapshot").glob("CB*.lines"), key=lambda path: path.stat().st_size)
        whole = register.read_bytes()
        start = {"pattern": whole.index(b"\n=") + 2, "values": whole.rindex(b"\n", 0, -1) + 1, "content": 0}[place]
        at = whole.index(b"o", start)
        before = verify_folder(world, by_snapshot=True).verdicts
        try:
            register.write_bytes(whole[:at] + b"0" + whole[at + 1 :])
            after = verify_folder(world, by_snapshot=True).verdicts
        finally:
            register.write_bytes(whole)
        assert after["INVALID"] == before["INVALID"] + certificates_in(whole)

    @pytest.mark.parametrize("change", ["without its last", "with its last twice"])
    def test_with_a_line_less_or_more_is_refused_too(self, world: Path, change: str) -> None:
        register = max((world / "snapshot").glob("CB*.lines"), key=lambda path: path.stat().st_size)
        whole = register.read_bytes()
        last = whole[whole.rindex(b"\n", 0, -1) + 1 :]
        before = verify_folder(world, by_snapshot=True).verdicts
        try:
            register.write_bytes(whole.removesuffix(last) if change == "without its last" else whole + last)
            after = verify_folder(world, by_snapshot=True).verdicts
        finally:
            register.write_bytes(whole)
        more = -1 if change == "without its last" else 1
        assert after["INVALID"] == before["INVALID"] + certificates_in(whole) + more

    def test_holds_the_content_of_every_certificate_that_its_body_signed(self, world: Path) -> None:
        held = []
        for register in sorted((world / "snapshot").glob("CB*.lines")):
            lines = register.read_bytes().splitlines()
            assert len(lines) < 30 or sum(line[:1] in b"={" for line in lines) * 4 < len(lines), register.name
            held += list(contents_of(lines))
        signed = [
            jws.split(token.decode()).payload
            for token, code in zip(tokens(world), truth(world).values(), strict=True)
            if code != "INVALID"
        ]
        assert sorted(held) == sorted(signed)

    @pytest.mark.parametrize(("member", "code"), [({"exp": 1}, "EXPIRED"), ({"nbf": 4_000_000_000}, "NOT_YET_VALID")])
    def test_narrows_its_dates_like_a_certificate_by_itself(
        self, world: Path, member: dict[str, int], code: str
    ) -> None:
        judge = judge_of(world, at=AT)
        place = next(n for n, found in enumerate(truth(world).values()) if found == "VALID")
        claims = json.loads(payload := jws.split(tokens(world)[place].decode()).payload)
        issuer = claims["issuer"]["id"]
        narrowed = json.dumps(claims | member).encode()
        assert codes(Listed(judge, issuer), payload, narrowed, payload) == ["VALID", code, "VALID"]
        assert codes(Listed(judge, "did:key:z6MkSomebodyElse"), payload) == ["INVALID"]

    def test_of_an_issuer_whose_key_is_not_at_hand_is_unknown(self, world: Path) -> None:
        head = base64url_encode(b'{"alg":"EdDSA","typ":"vc+jwt","kid":"did:web:x.example#k","iss":"did:web:x.example"}')
        claims = json.loads(jws.split(tokens(world)[0].decode()).payload)
        claims["issuer"]["id"] = "did:web:x.example"
        token = f"{head}.{base64url_encode(json.dumps(claims).encode())}.{base64url_encode(bytes(64))}"
        assert judge_of(world, at=AT).judge(token.encode()).code == "UNSUPPORTED"


class TestTheCommands:
    def test_register_verify_answers_in_the_documented_shape(self, world: Path) -> None:
        done = CliRunner().invoke(main, ["register", "verify", str(world), "--jobs", "1", "--json"])
        assert done.exit_code == 0, done.output
        told = json.loads(done.stdout)
        assert set(told) == {"certificates", "verdicts", "cpu_seconds", "wall_seconds"}
        assert told["verdicts"] == json.loads((world / "truth.json").read_text())["verdicts"]

    def test_a_folder_that_is_no_world_is_said_so(self, tmp_path: Path) -> None:
        done = CliRunner().invoke(main, ["register", "verify", str(tmp_path)])
        assert done.exit_code == 2
        assert "world make" in done.output
        with pytest.raises(BadRegister, match="no engine"):
            verify_folder(tmp_path, engine="abacus")

    def test_a_bundle_of_a_world_is_one_that_verify_reads(self, world: Path, tmp_path: Path) -> None:
        number = next(number for number, code in truth(world).items() if code == "VALID")
        done = CliRunner().invoke(main, ["world", "bundle", str(world), number, "-o", str(tmp_path / "b.json")])
        assert done.exit_code == 0, done.output
        trust = ["--trust", str(world / "trust.json"), "--offline", "--at", "2026-11-24"]
        assert CliRunner().invoke(main, ["verify", str(tmp_path / "b.json"), *trust]).exit_code == 0

    def test_a_number_of_another_world_is_refused(self, world: Path, tmp_path: Path) -> None:
        done = CliRunner().invoke(main, ["world", "bundle", str(world), "XX-9", "-o", str(tmp_path / "b.json")])
        assert done.exit_code == 2
        assert "no number of this world" in done.output
