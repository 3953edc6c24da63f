"""OSCAL catalogs: read whole, counted, bounded, and refused with words that help."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assaymark.core.standards import reasons_malformed, tree
from assaymark.formats import oscal
from assaymark.formats.oscal import Imported, NotACatalog, read_catalog

WORDS = [
    "groups",
    "controls",
    "parts",
    "params",
    "props",
    "links",
    "id",
    "title",
    "prose",
    "name",
    "value",
    "select",
    "choice",
]
CATALOGUES = Path(__file__).parent.parent / "data" / "catalogues"


def nist(revision: int) -> bytes:
    return lzma.decompress((CATALOGUES / f"nist-sp-800-53-rev{revision}-moderate.json.xz").read_bytes())


def control(identifier: str = "ac-1", **more: Any) -> dict[str, Any]:
    statement = {"name": "statement", "prose": "Do it."}
    return {"id": identifier, "title": f"Control {identifier}", "parts": [statement], **more}


def catalog(*controls: dict[str, Any], **more: Any) -> bytes:
    inside = {"metadata": {"title": "House rules", "version": "1.0"}, "controls": list(controls), **more}
    return json.dumps({"catalog": inside}).encode()


def faults(raw: bytes) -> str:
    with pytest.raises(NotACatalog) as caught:
        read_catalog(raw)
    return str(caught.value)


@pytest.fixture(scope="module")
def rev5() -> Imported:
    return read_catalog(nist(5))


class TestTheNistCatalogs:
    @pytest.mark.parametrize(("revision", "groups", "controls"), [(4, 17, 261), (5, 18, 287)])
    def test_import_completely(self, revision: int, groups: int, controls: int) -> None:
        imported = read_catalog(nist(revision))
        assert (imported.groups, imported.controls) == (groups, controls)
        assert len(imported.edition.clauses) == groups + controls
        assert reasons_malformed(imported.edition) == ()

    @pytest.mark.parametrize("revision", [4, 5])
    def test_no_statement_item_guidance_objective_or_object_is_lost(self, revision: int) -> None:
        """Counted in the source without our reader: every part with prose arrives somewhere."""
        raw = nist(revision)
        expected = {"statement": 0, "guidance": 0, "objective": 0, "objects": 0}

        def count(part: dict[str, Any], kind: str) -> None:
            name = part["name"].removeprefix("assessment-")
            kind = name if name in expected else kind
            if part.get("prose") and kind in expected:
                expected[kind] += 1
            for child in part.get("parts", []):
                count(child, kind)

        def walk(holder: dict[str, Any]) -> None:
            for part in holder.get("parts", []):
                count(part, "")
            for child in [*holder.get("groups", []), *holder.get("controls", [])]:
                walk(child)

        walk(json.loads(raw)["catalog"])
        edition = read_catalog(raw).edition
        assert sum(1 for _ in edition.requirements()) == expected["statement"]
        assert sum(len(c.checks) for c in edition.clauses) == expected["objective"]
        assert sum(len(c.shown_by) for c in edition.clauses) == expected["objects"]
        assert sum(1 for c in edition.clauses if c.guidance.removeprefix("See also")) >= expected["guidance"]

    @pytest.mark.parametrize("revision", [4, 5])
    def test_leave_no_parameter_uninserted(self, revision: int) -> None:
        edition = read_catalog(nist(revision)).edition
        texts = [r.text for r in edition.requirements()] + [t for c in edition.clauses for t in c.checks]
        assert [t for t in texts if "{{" in t or "_prm_" in t or "_odp" in t] == []

    def test_enhancements_stand_below_their_control(self, rev5: Imported) -> None:
        roots = {node.clause.number: node for node in tree(rev5.edition.clauses)}
        account_management = next(n for n in roots["AC"].children if n.clause.number == "AC-2")
        assert account_management.children[0].clause.number == "AC-2(1)"
        assert account_management.children[0].depth == 2

    def test_items_of_a_statement_are_requirements_with_their_path(self, rev5: Imported) -> None:
        assert rev5.edition.requirement("AC-2 d.1").text == "Authorized users of the system;"
        assert rev5.edition.requirement("AC-2 d").text == "Specify:"

    def test_parameters_stand_in_brackets(self, rev5: Imported) -> None:
        assert rev5.edition.requirement("AC-2 j").text.endswith("requirements [frequency];")

    def test_choices_are_spelt_out_with_what_is_nested_in_them(self, rev5: Imported) -> None:
        text = rev5.edition.requirement("AC-1 a.1").text
        assert "[one or more of: organization-level; mission/business process-level; system-level]" in text

    def test_related_controls_and_objects_are_kept(self, rev5: Imported) -> None:
        clause = rev5.edition.clause("AC-2")
        assert "See also AC-3, AC-5" in clause.guidance
        assert clause.shown_by[0].startswith("examine: Access control policy; ")

    def test_are_named_with_their_version(self, rev5: Imported) -> None:
        assert rev5.edition.name.endswith("MODERATE IMPACT BASELINE 5.1.1+u4")
        assert rev5.edition.key.startswith("nist-special-publication-800-53-revision-5")


class TestCatalogsOfOtherMakers:
    def test_controls_without_groups_are_read(self) -> None:
        imported = read_catalog(catalog(control("a"), control("b")))
        assert (imported.groups, imported.controls) == (0, 2)
        assert [c.number for c in imported.edition.clauses] == ["A", "B"]

    def test_groups_in_groups_are_read(self) -> None:
        inner = {"id": "in", "title": "Inner", "controls": [control("x")]}
        imported = read_catalog(catalog(groups=[{"id": "out", "title": "Outer", "groups": [inner]}]))
        assert [(c.number, c.parent) for c in imported.edition.clauses] == [("OUT", ""), ("IN", "OUT"), ("X", "IN")]

    def test_a_group_without_id_is_numbered(self) -> None:
        imported = read_catalog(catalog(groups=[{"title": "Nameless", "controls": [control("x")]}]))
        assert [(c.number, c.parent) for c in imported.edition.clauses] == [("G1", ""), ("X", "G1")]

    def test_set_values_replace_the_label(self) -> None:
        text = {"name": "statement", "prose": "Keep for {{ insert: param, p1 }} or {{ p2 }}."}
        params = [{"id": "p1", "label": "time", "values": ["6 years"]}, {"id": "p2", "label": "longer"}]
        imported = read_catalog(catalog(control("a", params=params, parts=[text])))
        assert imported.edition.requirement("A").text == "Keep for 6 years or [longer]."

    def test_a_parameter_that_contains_itself_ends(self) -> None:
        text = {"name": "statement", "prose": "{{ insert: param, p }}"}
        params = [{"id": "p", "select": {"choice": ["again {{ insert: param, p }}"]}}]
        imported = read_catalog(catalog(control("a", params=params, parts=[text])))
        assert "[p]" in imported.edition.requirement("A").text

    def test_two_items_with_one_label_both_arrive(self) -> None:
        item = {"name": "item", "prose": "Same.", "props": [{"name": "label", "value": "a."}]}
        imported = read_catalog(catalog(control("c", parts=[{"name": "statement", "parts": [item, dict(item)]}])))
        assert [r.id for r in imported.edition.requirements()] == ["C a", "C a (2)"]

    def test_items_without_label_are_counted(self) -> None:
        parts = [{"name": "statement", "parts": [{"name": "item", "prose": "One."}, {"name": "item", "prose": "Two."}]}]
        imported = read_catalog(catalog(control("c", parts=parts)))
        assert [r.id for r in imported.edition.requirements()] == ["C 1", "C 2"]

    def test_two_controls_with_one_label_both_arrive(self) -> None:
        label = [{"name": "label", "value": "L-1"}]
        imported = read_catalog(catalog(control("a", props=label), control("b", props=label)))
        assert [c.number for c in imported.edition.clauses] == ["L-1", "b"]

    def test_a_withdrawn_control_says_so(self) -> None:
        withdrawn = {"id": "ac-13", "title": "Gone", "props": [{"name": "status", "value": "withdrawn"}]}
        imported = read_catalog(catalog(control("a"), withdrawn))
        assert imported.edition.clause("AC-13").text == "Withdrawn by its publisher."

    def test_a_key_of_ones_own_is_used(self) -> None:
        assert read_catalog(catalog(control()), key="our-rules").edition.key == "our-rules"


class TestRefusals:
    @pytest.mark.parametrize(
        ("raw", "words"),
        [
            (b"", "not JSON"),
            (b"<catalog/>", "looks like XML"),
            (b"[]", 'no "catalog"'),
            (b'{"profile": {}}', "Resolve it to a catalog first"),
            (b'{"catalog": {}}', "title is missing"),
            (b'{"catalog": {"metadata": {"title": "T"}}}', "holds no control"),
            (catalog({"id": "x"}), "control x has no title"),
            (catalog({"title": "t"}), "has no id"),
            (catalog(control("a"), control("a")), "control a occurs twice"),
            (catalog(groups="many"), "not a list of objects"),
            (catalog(control("a", parts=["text"])), "not a list of objects"),
            (catalog(control("a", title="nul \x00 inside")), "NUL"),
        ],
    )
    def test_say_what_is_wrong(self, raw: bytes, words: str) -> None:
        assert words in faults(raw)

    def test_all_faults_are_told_together(self) -> None:
        told = faults(catalog({"id": "x"}, {"title": "no id"}, control("a"), control("a")))
        assert all(words in told for words in ("control x has no title", "has no id", "control a occurs twice"))

    def test_a_flood_of_faults_is_cut_and_counted(self) -> None:
        told = faults(catalog(*({"id": f"c{i}"} for i in range(50))))
        assert len(told.splitlines()) == oscal.MOST_FAULTS + 1
        assert "30 more faults" in told


class TestBounds:
    def test_a_file_too_large_is_not_even_parsed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(oscal, "LARGEST_FILE", 10)
        assert "larger than" in faults(b"{" * 11)

    def test_controls_nested_too_deep_are_refused(self) -> None:
        deep = control("c0")
        for level in range(1, 40):
            deep = control(f"c{level}", controls=[deep])
        assert "nested deeper" in faults(catalog(deep))

    def test_statements_nested_too_deep_are_refused(self) -> None:
        part: dict[str, Any] = {"name": "item", "prose": "Deep."}
        for _ in range(40):
            part = {"name": "item", "parts": [part]}
        assert "nested deeper" in faults(catalog(control("a", parts=[{"name": "statement", "parts": [part]}])))
        assert "nested deeper" in faults(catalog(control("a", parts=[{"name": "guidance", "parts": [part]}])))

    def test_too_many_controls_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(oscal, "MOST_CLAUSES", 5)
        assert "more than 5 entries" in faults(catalog(*(control(f"c{i}") for i in range(7))))

    @given(st.binary(max_size=200))
    def test_any_bytes_are_read_or_refused(self, raw: bytes) -> None:
        with pytest.raises(NotACatalog):
            read_catalog(raw)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(WORDS),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=25,
        )
    )
    def test_any_shape_under_a_title_is_read_or_refused(self, shape: object) -> None:
        inside = shape if isinstance(shape, dict) else {"controls": shape}
        raw = json.dumps({"catalog": {"metadata": {"title": "T"}, **inside}}).encode()
        try:
            assert read_catalog(raw).controls > 0
        except NotACatalog as refused:
            assert refused.faults
