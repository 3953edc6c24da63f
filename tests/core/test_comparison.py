"""The comparison of two texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assaymark.core.comparison import Comparison, Kind, compare

texts = st.lists(st.sampled_from(["one", "two words", "three", "", "# Heading", "two other words"]), max_size=30).map(
    "\n".join
)


def side(comparison: Comparison, which: str) -> list[str]:
    """The lines of one side that are shown."""
    return ["".join(t for t, _ in getattr(row, which)) for row in comparison.rows if getattr(row, f"{which}_number")]


class TestComparison:
    def test_of_a_text_with_itself_says_so(self) -> None:
        assert compare("a\nb", "a\nb").same

    def test_marks_the_words_that_differ(self) -> None:
        (row,) = compare("Check every part.", "Check each part.").rows
        assert row.kind == Kind.CHANGED
        assert row.left == (("Check ", False), ("every", True), (" part.", False))
        assert row.right == (("Check ", False), ("each", True), (" part.", False))

    def test_counts_lines_in_and_out(self) -> None:
        found = compare("a\nb\nc", "a\nc\nd\ne")
        assert (found.removed, found.added) == (1, 2)

    def test_leaves_out_what_is_far_from_any_change(self) -> None:
        old = "\n".join(str(n) for n in range(40))
        found = compare(old, old.replace("20", "twenty"))
        assert [row.skipped for row in found.rows if row.kind == Kind.GAP] == [17, 16]
        assert len(found.rows) == 3 + 1 + 3 + 2

    def test_in_one_column_shows_a_changed_line_out_then_in(self) -> None:
        kinds = [row.kind for row in compare("old line", "new line").unified()]
        assert kinds == [Kind.REMOVED, Kind.ADDED]

    def test_takes_very_long_lines_as_a_whole(self) -> None:
        (row,) = compare("word " * 2000, "word " * 1999).rows
        assert row.left == (("word " * 2000, True),)

    @given(texts, texts)
    def test_shows_every_line_of_both_sides_but_those_it_says_it_left_out(self, old: str, new: str) -> None:
        found = compare(old, new)
        skipped = sum(row.skipped for row in found.rows)
        assert len(side(found, "left")) + skipped == len(old.splitlines())
        assert len(side(found, "right")) + skipped == len(new.splitlines())
        assert found.same == (old.splitlines() == new.splitlines())
        for which, text in (("left", old), ("right", new)):
            numbers = [getattr(row, f"{which}_number") for row in found.rows if getattr(row, f"{which}_number")]
            assert numbers == sorted(numbers)
            assert side(found, which) == [text.splitlines()[n - 1] for n in numbers]
