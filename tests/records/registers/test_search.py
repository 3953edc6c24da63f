"""Rows are found by what people wrote in them, by whoever may read them, and nowhere else."""

from __future__ import annotations

import pytest

from assaymark.records.registers import actions, exchange, intake
from assaymark.records.search.queries import search
from tests.register_cast import NOW, TODAY, Company


def found(text: str) -> list[str]:
    """Numbers of what is found."""
    return [hit.number for hit in search(text=text, day=TODAY)]


class TestFinding:
    def test_looks_into_every_text_of_a_row(self, halden: Company) -> None:
        halden.add("risks", "The furnace fails", cause="Corroded thermocouple")
        assert found("furnace") == found("thermocouple") == ["R-0001"]

    def test_follows_changes(self, halden: Company) -> None:
        risk = halden.add("risks", "The furnace fails", cause="Corroded thermocouple")
        actions.change(register="risks", row_id=risk.pk, values={"cause": "Cracked lining"}, by=halden.anna, at=NOW)
        assert found("thermocouple") == []
        assert found("lining") == ["R-0001"]

    def test_leaves_out_what_is_retired_until_it_is_back(self, halden: Company) -> None:
        risk = halden.add("risks", "The furnace fails")
        actions.retire(register="risks", row_id=risk.pk, by=halden.anna, at=NOW, reason="Sold")
        assert found("furnace") == []
        actions.bring_back(register="risks", row_id=risk.pk, by=halden.anna, at=NOW)
        assert found("furnace") == ["R-0001"]

    def test_knows_what_was_imported(self, halden: Company) -> None:
        halden.add("risks", "The furnace fails")
        content = b"Number,What may happen\nR-0001,The kiln cracks\n,Flooded cellar\n"
        sheets = exchange.sheets_in(name="x", content=content)
        assert intake.import_sheets(register="risks", sheets=sheets, by=halden.anna, at=NOW).done
        assert (found("furnace"), found("kiln"), found("cellar")) == ([], ["R-0001"], ["R-0002"])

    @pytest.mark.parametrize("register", ["interested-parties", "processes", "objectives", "measuring-equipment"])
    def test_works_for_every_register(self, halden: Company, register: str) -> None:
        row = halden.add(register, "Quicksilver")
        assert found("quicksilver") == [row.number]

    def test_does_not_look_elsewhere(self, halden: Company, elsewhere: Company) -> None:
        elsewhere.add("risks", "The furnace fails")
        assert found("furnace") == []
