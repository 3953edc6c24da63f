"""Files of foreign registers as they come: separators, encodings, nested documents, and what is refused."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from assaymark.formats import register_snapshot
from assaymark.formats.register_snapshot import Progress, Shape, SnapshotError, dig, read


def records(path: Path, content: str | bytes, name: str = "a.csv", **shape: str) -> list[tuple[int, dict[str, object]]]:
    file = path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [(r.line, dict(r.raw)) for r in read(file, Shape(**shape))]


def troubles(path: Path, content: str, name: str = "a.csv") -> list[tuple[int, str]]:
    file = path / name
    file.write_text(content, encoding="utf-8")
    return [(r.line, r.trouble) for r in read(file, Shape()) if r.trouble]


class TestTables:
    @pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
    def test_have_one_of_four_separators(self, tmp_path: Path, sign: str) -> None:
        assert records(tmp_path, f"No{sign}Name\nA-1{sign}Halden\n") == [(2, {"No": "A-1", "Name": "Halden"})]

    def test_may_have_another_that_is_named(self, tmp_path: Path) -> None:
        assert records(tmp_path, "No#Name\nA-1#Halden\n", separator="#") == [(2, {"No": "A-1", "Name": "Halden"})]

    def test_may_say_their_separator_as_spreadsheets_do(self, tmp_path: Path) -> None:
        assert records(tmp_path, "sep=;\nNo;Name, full\nA-1;Halden\n")[0][1] == {"No": "A-1", "Name, full": "Halden"}

    def test_may_break_lines_inside_of_quotes(self, tmp_path: Path) -> None:
        found = records(tmp_path, 'No,Name\nA-1,"Halden\nPrecision, ""the"" works"\nA-2,Brandt\n')
        assert found == [
            (2, {"No": "A-1", "Name": 'Halden\nPrecision, "the" works'}),
            (4, {"No": "A-2", "Name": "Brandt"}),
        ]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_in_unicode_are_read_as_they_are(self, tmp_path: Path, encoding: str) -> None:
        assert records(tmp_path, "No,Name\nA-1,Müller\n".encode(encoding)) == [(2, {"No": "A-1", "Name": "Müller"})]

    def test_in_latin_letters_are_refused_with_advice_and_read_when_told(self, tmp_path: Path) -> None:
        content = "No,Name\nA-1,Müller\n".encode("cp1252")
        with pytest.raises(SnapshotError, match='encoding = "cp1252"'):
            records(tmp_path, content)
        assert records(tmp_path, content, encoding="cp1252")[0][1]["Name"] == "Müller"

    def test_pass_blank_lines_over(self, tmp_path: Path) -> None:
        assert records(tmp_path, "No,Name\n\n , \nA-1,Halden\r\n") == [(4, {"No": "A-1", "Name": "Halden"})]

    def test_leave_out_columns_without_heading(self, tmp_path: Path) -> None:
        assert records(tmp_path, "No,,Name\nA-1,x,Halden\n") == [(2, {"No": "A-1", "Name": "Halden"})]

    def test_say_of_each_row_what_is_wrong_with_it(self, tmp_path: Path) -> None:
        assert troubles(tmp_path, "No,Name\nA-1,Halden,GB\nA-2,Brandt\nA-3\n") == [
            (2, "The row has 3 cells, the headings are 2."),
            (4, "The row has 1 cells, the headings are 2."),
        ]

    def test_say_of_an_endless_cell_that_it_is_one(self, tmp_path: Path) -> None:
        ((line, trouble),) = troubles(tmp_path, f"No,Name\nA-1,{'x' * 100_001}\n")
        assert (line, "100000" in trouble) == (2, True)

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("", "empty"),
            ("  \n ", "empty"),
            (",,\n1,2,3\n", "no headings"),
            ("No,No\n1,2\n", "stands twice"),
            ('No,Name\nA-1,"Halden\n', "quotes"),
            (",".join(f"c{n}" for n in range(600)) + "\n", "500 columns"),
        ],
    )
    def test_as_a_whole_are_refused_with_what_to_do(self, tmp_path: Path, content: str, words: str) -> None:
        with pytest.raises(SnapshotError, match=words):
            records(tmp_path, content)


class TestJson:
    def test_a_list_of_records_is_read(self, tmp_path: Path) -> None:
        assert records(tmp_path, '[{"no": "A-1"}, {"no": "A-2"}]', "a.json") == [(1, {"no": "A-1"}), (2, {"no": "A-2"})]

    def test_the_only_list_inside_is_found(self, tmp_path: Path) -> None:
        content = '{"meta": {"n": 1, "tags": ["a"]}, "data": {"items": [{"no": "A-1"}]}}'
        assert records(tmp_path, content, "a.json") == [(1, {"no": "A-1"})]

    def test_one_of_several_lists_must_be_named(self, tmp_path: Path) -> None:
        content = '{"certs": [{"no": "A-1"}], "bodies": [{"name": "N"}]}'
        with pytest.raises(SnapshotError, match="“certs”, “bodies”"):
            records(tmp_path, content, "a.json")
        assert records(tmp_path, content, "a.json", records="certs") == [(1, {"no": "A-1"})]

    def test_lines_are_read_one_by_one(self, tmp_path: Path) -> None:
        found = records(tmp_path, '{"no": "A-1"}\n\n{"no": "A-2"}\n', "a.txt")
        assert found == [(1, {"no": "A-1"}), (3, {"no": "A-2"})]

    def test_a_broken_line_concerns_that_line_alone(self, tmp_path: Path) -> None:
        ((line, trouble), (other, _)) = troubles(tmp_path, '{"no": 1}\n{"no": \n[1]\n{"no": 2}\n', "a.jsonl")
        assert (line, other, "no JSON" in trouble) == (2, 3, True)

    def test_a_member_that_is_no_record_is_told(self, tmp_path: Path) -> None:
        assert troubles(tmp_path, '[{"no": "A-1"}, 7]', "a.json") == [(2, "The record is no object of JSON.")]

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ('{"a": [', "well-formed"),
            ('{"a": 1}', "Which list"),
            ("[" * 5000, "well-formed"),
            ('[{"a": NaN}]', "well-formed"),
        ],
    )
    def test_that_is_none_is_refused(self, tmp_path: Path, content: str, words: str) -> None:
        with pytest.raises(SnapshotError, match=words):
            records(tmp_path, content, "a.json")

    def test_a_table_that_is_called_json_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(SnapshotError, match="called JSON"):
            records(tmp_path, "No,Name\n", "a.json")

    def test_a_document_too_large_to_hold_is_refused_with_another_way(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(register_snapshot, "MOST_JSON", 10)
        with pytest.raises(SnapshotError, match="JSON Lines"):
            records(tmp_path, '[{"no": "A-1"}]', "a.json")


class TestHostileFiles:
    def test_archives_are_named_and_not_unpacked(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.csv", b"0" * 10_000_000)
        for content, words in ((gzip.compress(b"No\n1\n"), "gzip"), ((tmp_path / "bomb.zip").read_bytes(), "ZIP")):
            with pytest.raises(SnapshotError, match=words):
                records(tmp_path, content)

    def test_one_endless_line_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(register_snapshot, "MOST_LINE", 1000)
        with pytest.raises(SnapshotError, match="A line has more"):
            records(tmp_path, "No\n" + "x" * 5000)

    def test_a_file_too_large_is_refused_before_it_is_read(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(register_snapshot, "MOST_BYTES", 3)
        with pytest.raises(SnapshotError, match="Split it"):
            records(tmp_path, "No\n1\n")

    def test_zero_bytes_become_a_sign_for_them(self, tmp_path: Path) -> None:
        assert records(tmp_path, b"No\nA\x001\n") == [(2, {"No": "A\ufffd1"})]

    def test_an_unknown_encoding_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(SnapshotError, match="not known"):
            records(tmp_path, "No\n1\n", encoding="klingon")

    def test_a_file_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(SnapshotError, match="cannot be read"):
            list(read(tmp_path / "none.csv", Shape()))


class TestProgress:
    def test_is_told_in_bytes(self, tmp_path: Path) -> None:
        file = tmp_path / "a.csv"
        file.write_text("No\n" + "1\n" * 10_000)
        progress = Progress()
        assert len(list(read(file, Shape(), progress=progress))) == 10_000
        assert progress.read == progress.total == file.stat().st_size


class TestAPath:
    VALUE = {
        "holder": {"name": "Halden", "sites": [{"city": "Leeds"}, {"city": "York"}, {}]},
        "a.b": "dotted",
        "lists": [{"of": [1, 2]}, {"of": [3]}],
    }

    @pytest.mark.parametrize(
        ("path", "found"),
        [
            ("holder.name", "Halden"),
            ("holder.sites.city", ["Leeds", "York"]),
            ("holder.sites.1.city", "York"),
            ("holder.sites.9.city", None),
            ("lists.of", [1, 2, 3]),
            ("a.b", "dotted"),
            ("nothing", None),
            ("holder.name.deeper", None),
            ("", None),
        ],
    )
    def test_leads_through_objects_and_lists(self, path: str, found: object) -> None:
        assert dig(self.VALUE, path) == found
