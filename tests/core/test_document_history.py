"""Whether the changes of a history follow from each other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from assaymark.core.document_history import SourceChange, check, continued, what_is_wrong_with_path

AT = datetime(2020, 1, 1, tzinfo=UTC)


def change(path: str, status: str = "A", commit: str = "c1", content: bytes | None = b"x") -> SourceChange:
    where = f"{commit} {path}"
    return SourceChange(where, path, commit, AT, "Ada", "m", status, None if status == "D" else content)


class TestAPath:
    @pytest.mark.parametrize("path", ["a.md", "deep/er/ü b.md", "-dash.md", "a..b.md", ".hidden.md"])
    def test_inside_the_source_is_fine(self, path: str) -> None:
        assert what_is_wrong_with_path(path) == ""

    @pytest.mark.parametrize(
        "path",
        ["", "/etc/passwd", "../up.md", "a/../../b.md", "a//b.md", "a/./b.md", "a/", "C:/x.md", "a\\b.md", "a\nb.md",
         "a\x00.md", "evil\u202egpj.md", "zero\u200bwidth.md", "half\ud800.md", "x" * 401],
    )  # fmt: skip
    def test_that_leaves_it_or_deceives_is_wrong(self, path: str) -> None:
        assert what_is_wrong_with_path(path).startswith("The path")


class TestAHistory:
    def test_adds_changes_deletes_and_adds_again(self) -> None:
        steps = [change("a", s, f"c{n}") for n, s in enumerate(["A", "M", "D", "A", "M"])]
        assert check(steps) == []

    @pytest.mark.parametrize("steps", [["M"], ["D"], ["A", "A"], ["A", "D", "M"], ["A", "D", "D"]], ids="".join)
    def test_that_does_not_follow_is_refused_at_its_step(self, steps: list[str]) -> None:
        (problem,) = check([change("a", s, f"c{n}") for n, s in enumerate(steps)])
        assert problem.where == f"c{len(steps) - 1} a"

    def test_with_one_document_twice_in_a_commit_is_refused(self) -> None:
        assert len(check([change("a"), change("a", "M")])) == 1

    def test_names_each_wrong_change_up_to_a_hundred(self) -> None:
        assert len(check([change(f"../{n}") for n in range(3)])) == 3
        assert len(check([change(f"../{n}") for n in range(300)])) == 100


class TestARename:
    def test_is_found_by_the_same_bytes(self) -> None:
        commit = [change("old", "D"), change("new", content=b"same")]
        assert continued({"old": b"same"}, commit) == {"new": "old"}

    def test_is_found_when_most_lines_are_the_same(self) -> None:
        commit = [change("old", "D"), change("new", content=b"1\n2\n3\n4\nfive")]
        assert continued({"old": b"1\n2\n3\n4\n5"}, commit) == {"new": "old"}
        assert continued({"old": b"a\nb\nc"}, commit) == {}

    def test_prefers_the_same_file_name_and_continues_each_document_once(self) -> None:
        commit = [change("x/a", "D"), change("x/b", "D"), change("y/b", content=b"t"), change("y/a", content=b"t")]
        assert continued({"x/a": b"t", "x/b": b"t"}, commit) == {"y/a": "x/a", "y/b": "x/b"}
