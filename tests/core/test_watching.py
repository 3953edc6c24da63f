"""What counts as a change, and which change is for the worse."""

from __future__ import annotations

import pytest

from assaymark.core.watching import LISTED, Said, Seen, by_answers, by_status, by_word, changes

GOOD = by_answers(answers=("yes",) * 4, code="VALID", status="valid")


def seen(code: str, answer: str, *, question: str = "in_force", reason: str = "") -> Seen:
    """All is yes but for one question."""
    return Seen({**GOOD.said, question: Said(answer, code, reason)}, LISTED, code)


def told(before: Seen, after: Seen) -> list[tuple[str, str, str, bool]]:
    return [(one.question, one.before, one.after, one.worse) for one in changes(before=before, after=after)]


class TestAChange:
    def test_is_none_when_all_is_as_it_was(self) -> None:
        assert told(GOOD, GOOD) == []

    def test_is_none_when_only_the_sentence_differs(self) -> None:
        before, after = (
            seen("SUSPENDED", "no", reason=reason) for reason in ("since 1 May", "since 1 May, until July")
        )
        assert told(before, after) == []

    @pytest.mark.parametrize(
        ("before", "after", "worse"),
        [
            (("VALID", "yes"), ("SUSPENDED", "no"), True),
            (("VALID", "yes"), ("MISSING", "unknown"), True),
            (("MISSING", "unknown"), ("WITHDRAWN", "no"), True),
            (("SUSPENDED", "no"), ("WITHDRAWN", "no"), True),
            (("WITHDRAWN", "no"), ("SUSPENDED", "no"), False),
            (("SUSPENDED", "no"), ("VALID", "yes"), False),
            (("MISSING", "unknown"), ("VALID", "yes"), False),
            (("WITHDRAWN", "no"), ("MISSING", "unknown"), False),
            (("MISSING", "unknown"), ("STALE", "unknown"), False),
        ],
    )
    def test_is_worse_when_it_takes_a_certainty_away(
        self, before: tuple[str, str], after: tuple[str, str], worse: bool
    ) -> None:
        assert [one[3] for one in told(seen(*before), seen(*after))] == [worse]

    def test_is_told_for_each_question_apart(self) -> None:
        after = Seen(
            {**GOOD.said, "accredited": Said("no", "UNACCREDITED"), "recognised": Said("unknown", "MISSING")},
            LISTED,
            "UNACCREDITED",
        )
        assert [one[0] for one in told(GOOD, after)] == ["accredited", "recognised"]

    def test_says_the_verifiers_reason(self) -> None:
        (change,) = changes(before=GOOD, after=seen("SUSPENDED", "no", reason="It is suspended since 21 Nov 2026."))
        assert (change.name, change.sentence) == ("In force", "It is suspended since 21 Nov 2026.")

    def test_with_the_same_answer_says_that_the_reason_is_another(self) -> None:
        (change,) = changes(before=seen("SUSPENDED", "no"), after=seen("WITHDRAWN", "no", reason="It was withdrawn."))
        assert change.sentence == "It was withdrawn. Still so, for another reason."

    def test_without_a_reason_says_the_answer(self) -> None:
        (change,) = changes(before=seen("SUSPENDED", "no"), after=GOOD)
        assert change.sentence == "In force: yes."


class TestARegistersWord:
    def test_leaves_the_four_answers_unknown(self) -> None:
        assert by_word(status="valid", source="A register").answers == ("unknown",) * 4

    @pytest.mark.parametrize(
        ("before", "after", "worse", "sentence"),
        [
            ("valid", "suspended", True, "The register lists it as suspended; before, as valid."),
            ("suspended", "withdrawn", True, "The register lists it as withdrawn; before, as suspended."),
            ("suspended", "valid", False, "The register lists it as valid; before, as suspended."),
            ("valid", "delisted", True, "no longer lists it"),
            ("delisted", "valid", False, "lists it again"),
            ("valid", LISTED, False, "It is signed now"),
            (LISTED, "valid", False, "no longer at hand"),
        ],
    )
    def test_is_told_as_its_word(self, before: str, after: str, worse: bool, sentence: str) -> None:
        a, b = by_word(status=before, source="A register"), by_word(status=after, source="A register")
        (change,) = changes(before=a, after=b)
        assert (change.question, change.worse) == (LISTED, worse)
        assert sentence in change.sentence


class TestWhatWasVerified:
    def test_is_no_longer_in_force_once_the_register_says_so(self) -> None:
        later = by_answers(answers=("yes",) * 4, code="VALID", status="expired")
        assert (later.answers, later.code) == (("yes", "no", "yes", "yes"), "EXPIRED")

    def test_keeps_a_no_that_was_found(self) -> None:
        found = by_answers(answers=("yes", "no", "yes", "yes"), code="WITHDRAWN", status="suspended")
        assert found.said["in_force"].code == "WITHDRAWN"

    def test_that_has_left_its_register_is_so_told(self) -> None:
        assert by_answers(answers=("yes",) * 4, code="VALID", status="delisted").listed == "delisted"

    @pytest.mark.parametrize(
        ("answers", "answer"),
        [
            (("yes",) * 4, "yes"),
            (("yes", "unknown", "yes", "yes"), "unknown"),
            (("unknown", "unknown", "no", "yes"), "no"),
        ],
    )
    def test_is_summed_up_by_its_worst_answer(self, answers: tuple[str, ...], answer: str) -> None:
        assert by_answers(answers=answers, code="X", status="valid").answer == answer


class TestAStatusAlone:
    @pytest.mark.parametrize(
        ("status", "answer"), [("valid", "yes"), ("suspended", "no"), ("withdrawn", "no"), ("expired", "no")]
    )
    def test_answers_one_question(self, status: str, answer: str) -> None:
        assert by_status(status=status).answers == ("unknown", answer, "unknown", "unknown")


def test_what_was_seen_survives_being_kept() -> None:
    for one in (GOOD, by_word(status="suspended", source="X"), by_status(status="valid")):
        assert Seen.of(one.values()) == one
