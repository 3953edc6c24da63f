"""`assaymark verify` as a person and as a script meet it: words, JSON, exit status."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assaymark.cli.explain import explain
from assaymark.cli.verify import verify
from assaymark.core.attestation import StatusEventKind
from assaymark.core.trust import Anchor
from assaymark.formats.trust_list import write_trust_list
from tests.trust_cast import ANCHORS, NOW, QUICK, STRANGER, UNACCREDITED, Chain, event

AT = NOW.strftime("%Y-%m-%d")
EIGHT_DAYS_ON = (NOW + dt.timedelta(days=8)).strftime("%Y-%m-%d")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files as somebody might have them in a folder."""
    (tmp_path / "bundle.json").write_bytes(Chain().bundle())
    (tmp_path / "anchors.json").write_bytes(write_trust_list(ANCHORS))
    (tmp_path / "others.json").write_bytes(write_trust_list([Anchor(STRANGER.did, "Others")]))
    suspended = Chain()
    suspended.of_certificate.suspended = True
    (tmp_path / "suspended.json").write_bytes(suspended.bundle())
    quick = Chain(certificate=UNACCREDITED, accreditation=None, recognition=None, body=QUICK)
    (tmp_path / "quick.json").write_bytes(quick.bundle())
    (tmp_path / "edited.json").write_bytes(Chain().bundle().replace(b"ey", b"eY", 1))
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    """Run the command offline, with names of files taken from the folder."""
    words = [str(folder / word) if word.endswith(".json") else word for word in arguments]
    return CliRunner().invoke(verify, [*words, "--offline"])


class TestExitStatus:
    @pytest.mark.parametrize(
        ("words", "status"),
        [
            (["bundle.json", "--trust", "anchors.json", "--at", AT], 0),
            (["suspended.json", "--trust", "anchors.json", "--at", AT], 1),
            (["bundle.json", "--trust", "others.json", "--at", AT], 1),
            (["quick.json", "--trust", "anchors.json", "--at", AT], 1),
            (["edited.json", "--trust", "anchors.json", "--at", AT], 1),
            (["bundle.json", "--trust", "anchors.json", "--at", EIGHT_DAYS_ON], 3),
            (["bundle.json", "--at", AT], 3),
            (["bundle.json", "quick.json", "--trust", "anchors.json", "--at", EIGHT_DAYS_ON], 1),
        ],
    )
    def test_tells_yes_no_and_unknown_apart(self, folder: Path, words: list[str], status: int) -> None:
        done = run(folder, *words)
        assert done.exit_code == status, done.output

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ([], "Missing argument"),
            (["nowhere.json"], "Check the name"),
            (["bundle.json", "--trust", "nowhere.json"], "Check the name"),
            (["bundle.json", "--trust", "bundle.json"], "assaymark trust export"),
            (["bundle.json", "--at", "soon"], "Write a date as 2026-11-24"),
            (["bundle.json", "--at", "2026-02-30"], "Write a date"),
            (["bundle.json", "--colour"], "No such option"),
        ],
    )
    def test_of_wrong_use_is_2_with_what_to_do_on_standard_error(
        self, folder: Path, words: list[str], said: str
    ) -> None:
        done = run(folder, *words)
        assert done.exit_code == 2
        assert said in done.stderr
        assert done.stdout == ""

    def test_of_a_folder_given_as_file_is_2(self, folder: Path) -> None:
        assert CliRunner().invoke(verify, [str(folder)]).exit_code == 2


class TestTheAnswerAsJson:
    def test_has_the_documented_shape(self, folder: Path) -> None:
        (answer,) = json.loads(run(folder, "bundle.json", "--trust", "anchors.json", "--at", AT, "--json").stdout)
        assert answer["file"].endswith("bundle.json")
        assert answer["certificate_number"] == "HC-2026-0042"
        assert answer["holder"] == "Brinkmann Machining GmbH"
        assert answer["standard"] == "ISO 9001:2015"
        assert {name: verdict["answer"] for name, verdict in answer["verdicts"].items()} == {
            "authentic": "yes",
            "in_force": "yes",
            "accredited": "yes",
            "recognised": "yes",
        }
        assert all(verdict["reason"] for verdict in answer["verdicts"].values())

    def test_is_one_item_per_certificate(self, folder: Path) -> None:
        done = run(folder, "bundle.json", "quick.json", "--at", AT, "--json")
        assert [item["certificate_number"] for item in json.loads(done.stdout)] == ["HC-2026-0042", "QC-1"]

    def test_says_since_when_knowledge_is_old(self, folder: Path) -> None:
        done = run(folder, "bundle.json", "--at", EIGHT_DAYS_ON, "--json")
        in_force = json.loads(done.stdout)[0]["verdicts"]["in_force"]
        assert (in_force["answer"], in_force["known_at"]) == ("unknown", "2026-11-24T10:00:00+00:00")


class TestTheAnswerInWords:
    def test_is_four_lines_and_the_chain(self, folder: Path) -> None:
        text = run(folder, "bundle.json", "--trust", "anchors.json", "--at", AT).stdout
        for line in (
            "Authentic   yes",
            "In force    yes",
            "Accredited  yes",
            "Recognised  yes",
            "Hanse Cert GmbH, certification body (NA-0042)",
            "Meridian Arrangement, arrangement",
        ):
            assert line in text

    def test_explains_each_step_when_asked(self, folder: Path) -> None:
        text = run(folder, "bundle.json", "--trust", "anchors.json", "--at", AT, "--explain").stdout
        assert "8. Freshness: yes" in text
        assert "suspension list of 24 Nov 2026: entry 33 is not set" in text

    def test_keeps_control_characters_off_the_terminal(self, folder: Path) -> None:
        (folder / "quick.json").write_bytes(b"{}")
        odd = folder / "a\x1b[31mb"
        odd.write_bytes(b"nothing")
        done = CliRunner().invoke(verify, [str(odd), "--offline"])
        assert "\x1b" not in done.stdout


class TestThePast:
    """The certificate is suspended since 3 November, which was recorded on 9 November."""

    @pytest.fixture
    def backdated(self, tmp_path: Path) -> str:
        chain = Chain()
        chain.of_certificate.suspended = True
        effective, recorded = dt.date(2026, 11, 3), dt.date(2026, 11, 9)
        chain.of_certificate.events = [
            event(1, StatusEventKind.ISSUED, dt.date(2026, 5, 1)),
            event(2, StatusEventKind.SUSPENDED, effective, recorded=recorded),
        ]
        file = tmp_path / "backdated.json"
        file.write_bytes(chain.bundle(dt.datetime(2026, 11, 20, tzinfo=dt.UTC)))
        return str(file)

    @pytest.mark.parametrize(
        ("words", "answer"),
        [
            (["--at", "2026-11-02"], "yes"),
            (["--at", "2026-11-05"], "no"),
            (["--at", "2026-11-05", "--known-at", "2026-11-05"], "yes"),
            (["--at", "2026-11-05", "--known-at", "2026-11-09"], "no"),
        ],
    )
    def test_can_be_asked_about_as_it_was_and_as_it_was_known(
        self, backdated: str, words: list[str], answer: str
    ) -> None:
        done = CliRunner().invoke(verify, [backdated, "--offline", "--json", *words])
        assert json.loads(done.stdout)[0]["verdicts"]["in_force"]["answer"] == answer


class TestTheLimitOfAge:
    def test_can_be_set(self, folder: Path) -> None:
        words = ["bundle.json", "--trust", "anchors.json", "--at", AT, "--max-age", "0"]
        assert run(folder, *words).exit_code == 3


class TestTheProcess:
    def test_imports_no_django_and_fetches_nothing_offline(self, folder: Path) -> None:
        script = (
            "import sys\n"
            "import socket\n"
            "def refuse(*a, **k): raise SystemExit('network')\n"
            "socket.getaddrinfo = socket.create_connection = refuse\n"
            "from assaymark.cli.verify import verify\n"
            "try:\n"
            f"    verify([{str(folder / 'bundle.json')!r}, '--offline', '--at', {AT!r}])\n"
            "except SystemExit as end:\n"
            "    assert end.code == 3, end.code\n"
            "assert not [name for name in sys.modules if name.split('.')[0] == 'django']\n"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


class TestAnAnchorThatWasSucceeded:
    @pytest.fixture
    def succeeded(self, folder: Path) -> Path:
        """The cast's arrangement ended in the summer; somebody stands in its place."""
        ended = replace(ANCHORS[0], valid_until=dt.date(2026, 6, 30), label="IAF MLA")
        union = Anchor(STRANGER.did, "Union", valid_from=dt.date(2026, 7, 1), succeeds=ended.did)
        (folder / "anchors.json").write_bytes(write_trust_list([ended, union]))
        return folder

    def test_counts_for_what_it_stated_before_unless_told_otherwise(self, succeeded: Path) -> None:
        words = ("bundle.json", "--trust", "anchors.json", "--at", AT)
        done = run(succeeded, *words)
        assert done.exit_code == 0
        assert "until 30 Jun 2026, succeeded by Union; what it stated before still counts" in done.stdout
        assert "Label on 24 Nov 2026: Global Accreditation Cooperation MRA (until 31 Dec 2025: IAF MLA)" in done.stdout
        assert "Meridian Arrangement, arrangement; until 30 Jun 2026, succeeded by Union; Global Accred" in done.stdout
        refused = run(succeeded, *words, "--predecessors", "never")
        assert refused.exit_code == 1
        assert "you count no predecessor after its end" in refused.stdout

    def test_is_explained_the_same_way(self, succeeded: Path) -> None:
        words = [str(succeeded / "bundle.json"), "--trust", str(succeeded / "anchors.json"), "--at", AT, "--offline"]
        assert CliRunner().invoke(explain, words).exit_code == 0
        refused = CliRunner().invoke(explain, [*words, "--predecessors", "never"])
        assert refused.exit_code == 1
        assert "succeeded by Union" in refused.stdout
