"""`assaymark demo load` as a command, and what it refuses. The stories are short here; `test_world` tells them all."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from click.testing import CliRunner, Result

from assaymark.cli.demo import demo
from assaymark.core.refusal import Refused
from assaymark.demo import load as loading
from assaymark.demo.cast import HOUSES, PASSWORD
from assaymark.demo.load import load
from assaymark.demo.timeline import Story
from assaymark.demo.world import World
from assaymark.records.parties.actions import add_organisation
from assaymark.records.parties.queries import organisation_by_slug

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 24, 12, 0, tzinfo=dt.UTC)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(demo, ["load", *arguments])


@pytest.fixture(autouse=True)
def no_stories(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody comes into being, nothing happens."""
    monkeypatch.setattr(loading, "_stories", lambda _world: [])


class TestTheCommand:
    def test_prints_who_can_sign_in_with_which_password(self) -> None:
        result = run()
        assert result.exit_code == 0
        assert f"the password is {PASSWORD}" in result.stdout
        assert "p.novak@halden.example" in result.stdout
        assert "Quality manager (runs the quality system)" in result.stdout

    def test_says_the_same_again_and_changes_nothing(self) -> None:
        first, second = run(), run()
        assert first.stdout.startswith("The demo world is loaded")
        assert second.exit_code == 0
        assert second.stdout.startswith("The demo world is here already; nothing was changed.")
        assert first.stdout.splitlines()[1:] == second.stdout.splitlines()[1:]

    def test_answers_as_json(self) -> None:
        answer = json.loads(run("--on", "2026-02-28", "--json").stdout)
        assert (answer["loaded"], answer["on"], answer["password"]) == (True, "2026-02-28", PASSWORD)
        assert [one["slug"] for one in answer["organisations"]] == [house.slug for house in HOUSES]
        assert {"name", "email", "organisation", "roles", "story"} == set(answer["sign_ins"][0])
        assert json.loads(run("--json").stdout)["loaded"] is False

    def test_keeps_its_progress_off_the_answer(self) -> None:
        assert "%" not in run().stdout

    def test_takes_no_day_that_is_none(self) -> None:
        assert run("--on", "yesterday").exit_code == 2

    def test_takes_no_day_in_the_future(self) -> None:
        result = run("--on", "2199-01-01")
        assert (result.exit_code, result.stdout) == (1, "")
        assert "2199-01-01 lies in the future. Choose today or a day before it." in result.stderr

    def test_is_refused_in_production(self, settings: object) -> None:
        settings.PRODUCTION = True  # type: ignore[attr-defined]
        result = run()
        assert (result.exit_code, result.stdout) == (1, "")
        assert "passwords that everybody knows" in result.stderr
        assert organisation_by_slug("halden") is None


class TestAllOrNothing:
    def test_keeps_nothing_of_a_load_that_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def failing(world: World) -> Story:
            yield world.calendar.at(-1)
            raise RuntimeError("the lamp went out")

        monkeypatch.setattr(loading, "_stories", lambda world: [failing(world)])
        with pytest.raises(RuntimeError, match="the lamp went out"):
            load(on=NOW.date(), at=NOW)
        assert organisation_by_slug("halden") is None

    def test_is_loaded_by_the_next_try(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.test_keeps_nothing_of_a_load_that_fails(monkeypatch)
        monkeypatch.setattr(loading, "_stories", lambda _world: [])
        assert load(on=NOW.date(), at=NOW).fresh

    def test_does_not_mix_with_organisations_of_the_same_names(self) -> None:
        add_organisation(slug="halden", name="Another Halden", at=NOW)
        with pytest.raises(Refused) as refused:
            load(on=NOW.date(), at=NOW)
        (refusal,) = refused.value.refusals
        assert refusal.message == "Organisations with names of the demo world are here already: halden."
        assert organisation_by_slug("meridian") is None
