"""A handbook as JSON lines is read whole, or refused with every wrong line named."""

from __future__ import annotations

import io
import json
import lzma
from typing import Any

import pytest

from assaymark.catalogue.handbook import HANDBOOK
from assaymark.core import document_history
from assaymark.core.document_history import HistoryRefused
from assaymark.formats import handbook


def line(**changed: Any) -> dict[str, Any]:
    whole = {
        "path": "a.md",
        "commit": "c1",
        "date": "2020-01-01T10:00:00+01:00",
        "author": "Ada",
        "message": "Begin",
        "status": "A",
        "content": "# A\n",
    }
    return {k: v for k, v in (whole | changed).items() if v is not ...}


def as_stream(*lines: dict[str, Any] | bytes) -> io.BytesIO:
    return io.BytesIO(b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in lines))


def problems(stream: io.BytesIO) -> list[str]:
    with pytest.raises(HistoryRefused) as caught:
        handbook.read(stream)
    assert all(p.next_step for p in caught.value.problems)
    return [p.where for p in caught.value.problems]


class TestAHandbook:
    def test_that_ships_is_read_whole(self) -> None:
        with HANDBOOK.open("rb") as stream:
            changes = handbook.read(stream)
        assert len(changes) == 2145
        assert len({c.path for c in changes}) == 390
        assert document_history.check(changes) == []

    def test_is_read_plain_and_compressed_alike(self) -> None:
        plain = as_stream(line(), line(path="b.md"), line(commit="c2", status="D", content=...)).getvalue()
        expected = handbook.read(io.BytesIO(plain))
        assert [c.status for c in expected] == ["A", "A", "D"]
        assert handbook.read(io.BytesIO(lzma.compress(plain))) == expected
        half = plain.index(b"\n") + 1
        two_streams = lzma.compress(plain[:half]) + lzma.compress(plain[half:])
        assert handbook.read(io.BytesIO(two_streams)) == expected

    def test_keeps_content_to_the_byte(self) -> None:
        text = "line\r\n\ttab  \nno end ✓"
        (change,) = handbook.read(as_stream(line(content=text)))
        assert change.content == text.encode()

    def test_counts_a_change_from_its_day_in_utc(self) -> None:
        (change,) = handbook.read(as_stream(line(date="2020-01-01T00:30:00+02:00")))
        assert change.day.isoformat() == "2019-12-31"

    @pytest.mark.parametrize(
        "wrong",
        [
            b"not json",
            b'["a list"]',
            b'{"path": "a", "path": "b"}',
            b"[" * 10_000,
            line(path=...),
            line(commit=...),
            line(commit=""),
            line(commit=5),
            line(status="R"),
            line(status=...),
            line(date="yesterday"),
            line(date="2020-01-01T10:00:00"),
            line(date="0000-00-00T00:00:00Z"),
            line(date="9999-12-31T23:59:59-12:00"),
            line(content=...),
            line(content=None),
            line(content="a\x00b"),
            line(status="D", content="still"),
            b'{"path":"a","commit":"c","date":"2020-01-01T00:00:00Z","author":"a","message":"m","status":"A",'
            b'"content":"\\ud800"}',
        ],
        ids=lambda wrong: str(wrong)[:60],
    )
    def test_with_a_wrong_line_names_it(self, wrong: dict[str, Any] | bytes) -> None:
        assert problems(as_stream(line(path="fine.md"), wrong)) == ["line 2"]

    def test_names_every_wrong_line_not_only_the_first(self) -> None:
        assert problems(as_stream(b"x", line(), b"y", line(path=5))) == ["line 1", "line 3", "line 4"]

    def test_keeps_the_lines_of_a_commit_together(self) -> None:
        assert problems(as_stream(line(), line(path="b.md", commit="c2"), line(path="c.md"))) == ["line 3"]

    def test_that_ends_in_the_middle_is_refused(self) -> None:
        whole = lzma.compress(as_stream(line()).getvalue() * 50)
        assert problems(io.BytesIO(whole[:-20])) == ["the file"]

    def test_that_is_no_xz_inside_is_refused(self) -> None:
        assert problems(io.BytesIO(handbook.XZ + b"rubbish" * 20)) == ["the file"]

    @pytest.mark.slow
    def test_that_unpacks_to_gigabytes_is_refused_on_the_way(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(handbook, "LARGEST_HISTORY", 8 * 1024 * 1024)
        bomb = lzma.compress(b"\n" * 64 * 1024 * 1024)
        assert len(bomb) < 20_000
        with pytest.raises(HistoryRefused, match="more than 8 MB"):
            handbook.read(io.BytesIO(bomb))

    def test_with_an_endless_line_is_refused_on_the_way(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(handbook, "LONGEST_LINE", 2 * 1024 * 1024)
        with pytest.raises(HistoryRefused, match="line 2: It is longer"):
            handbook.read(io.BytesIO(json.dumps(line()).encode() + b"\n" + b"x" * 6_000_000))
