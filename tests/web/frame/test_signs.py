"""States have one look, everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from assaymark.web import signs
from assaymark.web.templatetags import assaymark as tags

TONES = {"good", "attention", "bad", "accent", "neutral"}


class TestAStatesSign:
    @pytest.mark.parametrize("state", signs.states())
    def test_has_a_word_a_colour_of_the_house_and_an_icon_that_ships(self, state: str) -> None:
        sign = signs.sign(state)

        assert sign.label
        assert sign.tone in TONES
        assert (tags.ICONS / f"{sign.icon}.svg").is_file()

    @pytest.mark.parametrize("written", ["in-review", "in_review", "In review", " IN_REVIEW "])
    def test_is_the_same_however_the_state_is_written(self, written: str) -> None:
        assert signs.sign(written) == signs.Sign("accent", "eye", "In review")

    def test_of_an_unknown_state_is_neutral_with_its_own_name(self) -> None:
        assert signs.sign("awaiting_paint") == signs.Sign("neutral", "point", "Awaiting paint")

    def test_takes_another_word_and_another_colour(self) -> None:
        sign = signs.sign("open", label="Effectiveness check due", tone="bad")

        assert (sign.label, sign.tone, sign.icon) == ("Effectiveness check due", "bad", "alert-triangle")


class TestTheStyleSheet:
    @pytest.mark.parametrize("tone", sorted(TONES))
    def test_knows_every_tone_in_light_and_dark(self, tone: str) -> None:
        css = Path(tags.ICONS.parent / "css")
        tokens, parts = (css / "tokens.css").read_text(), (css / "parts.css").read_text()

        assert f".tone-{tone}{{" in parts
        assert tokens.count(f"--{tone}:") == 3  # light, dark, and dark without scripts
