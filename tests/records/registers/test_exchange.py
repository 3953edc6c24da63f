"""Import and export: nothing lost on the way out and back, nothing half done, an error for every row."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assaymark.core.refusal import Forbidden
from assaymark.formats import csv_table, xlsx
from assaymark.formats.table import Sheet, TableError
from assaymark.records.journal.queries import newest
from assaymark.records.registers import actions, exchange, intake, registry, snapshot
from assaymark.records.registers.declared.measuring_equipment import Calibration, MeasuringEquipment
from assaymark.records.registers.declared.objectives import Measurement, Objective
from assaymark.records.registers.declared.risks import Risk
from assaymark.records.scope import organisation_scope
from tests.register_cast import NOW, Company, found

LATER = NOW + dt.timedelta(days=1)
CSV, XLSX = "csv", "xlsx"
COPIES = itertools.count()


def written(register: str, kind: str = XLSX) -> bytes:
    """The whole register as a file."""
    declared = registry.get(register)
    rows = declared.model.objects.order_by("number")
    if kind == CSV:
        return exchange.export_csv(register=declared, rows=rows)
    return exchange.export_xlsx(register=declared, rows=rows)


def read(company: Company, register: str, content: bytes, *, dry_run: bool = False) -> intake.Report:
    """Import a file as Anna."""
    sheets = exchange.sheets_in(name="file", content=content)
    return intake.import_sheets(register=register, sheets=sheets, by=company.anna, at=LATER, dry_run=dry_run)


def table(*lines: str) -> bytes:
    """Lines of CSV."""
    return "\n".join(lines).encode()


def contents(register: str) -> list[dict[str, Any]]:
    """Everything that the rows and their entries say, apart from ids and times."""
    declared = registry.get(register)
    said = []
    for row in declared.model.objects.order_by("number"):
        entries = {c.name: list(snapshot.entries_of(child=c, row=row)) for c in declared.children}
        values = {n: str(snapshot.text_of(row, n) or "") for n in declared.fields if n != "owner"}
        for child in declared.children:
            values[child.name] = str([snapshot.journal_values(e, child.fields) for e in entries[child.name]])
        said.append({"number": row.number, "state": row.state, **values})
    return said


# Text as a form would keep it.
texts = st.text(
    st.one_of(st.characters(exclude_categories=["Cc", "Cs"]), st.sampled_from("\n\t=+-@'\",;")), max_size=30
).map(str.strip)
titles = texts.filter(bool)
rows_of_risks = st.lists(
    st.fixed_dictionaries(
        {
            "title": titles,
            "cause": texts,
            "treatment": texts,
            "likelihood": st.integers(1, 5),
            "strategy": st.sampled_from(["", "avoid", "reduce", "share", "accept"]),
            "treatment_due": st.one_of(st.none(), st.dates(dt.date(1900, 1, 1), dt.date(2200, 12, 31))),
        }
    ),
    max_size=4,
)


class TestRoundTrip:
    @pytest.mark.parametrize("kind", [CSV, XLSX])
    @given(rows=rows_of_risks)
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_into_another_house_gives_the_same_rows(self, halden: Company, kind: str, rows: Any) -> None:
        copy = next(COPIES)
        sender, receiver = found(f"sender-{copy}", "Sender"), found(f"receiver-{copy}", "Receiver")
        with organisation_scope(sender.organisation.pk):
            for values in rows:
                actions.create(register="risks", values=values, by=sender.anna, at=NOW)
            content, before = written("risks", kind), contents("risks")
        with organisation_scope(receiver.organisation.pk):
            report = read(receiver, "risks", content)
            assert report.done, report.errors
            assert contents("risks") == before
            assert written("risks", kind) == content or kind == XLSX

    @pytest.mark.parametrize("register", [r.slug for r in registry.all()])
    def test_into_the_same_house_changes_nothing(self, halden: Company, register: str) -> None:
        for title in ("=1+1", "Zeile\nzwei; drei", "漢字 'quoted'"):
            actions.create(
                register=register, values={"title": title, "owner": halden.anna.person_id}, by=halden.anna, at=NOW
            )
        before, journalled = contents(register), newest().count()
        for kind in (CSV, XLSX):
            report = read(halden, register, written(register, kind))
            assert (report.done, report.count("unchanged")) == (True, 3)
        assert (contents(register), newest().count()) == (before, journalled)

    def test_carries_entries_and_states(self, halden: Company) -> None:
        objective = halden.add(
            "objectives", "On time", target="97", indicator="Share", plan="Plan", due_on="2027-01-01",
            owner=halden.anna.person_id,
        )  # fmt: skip
        actions.move(register="objectives", row_id=objective.pk, to="pursued", by=halden.anna, at=NOW)
        for day, value in (("2026-10-01", "90"), ("2026-11-01", "97.25")):
            actions.add_entry(
                register="objectives", row_id=objective.pk, child="measurements",
                values={"measured_on": day, "value": value, "note": "=x"}, by=halden.anna, at=NOW,
            )  # fmt: skip
        actions.move(register="objectives", row_id=objective.pk, to="reached", by=halden.anna, at=NOW)
        content, before = written("objectives"), contents("objectives")
        receiver = found("receiver", "Receiver")
        with organisation_scope(receiver.organisation.pk):
            # Anna of Halden is nobody at the receiver.
            report = read(receiver, "objectives", content)
            assert [o.errors[0][0] for o in report.errors] == ["Owner"]
            sheets = exchange.sheets_in(name="x", content=content)
            index = sheets[0].headings.index("Owner")
            sheets[0] = Sheet(
                sheets[0].name,
                sheets[0].headings,
                tuple((*r[:index], receiver.people["anna"].email, *r[index + 1 :]) for r in sheets[0].rows),
            )
            report = intake.import_sheets(register="objectives", sheets=sheets, by=receiver.anna, at=LATER)
            assert report.done, report.errors
            assert contents("objectives") == before
            assert Objective.objects.get().latest_value == Decimal("97.25")
            assert Measurement.objects.count() == 2

    def test_of_rows_that_refer_to_each_other_works_in_any_order(self, halden: Company) -> None:
        content = table("Number,Name,Comes after", "P-2,Casting,P-1", "P-1,Moulding,", "P-3,Fettling,Casting")
        assert read(halden, "processes", content).done
        assert [r["comes_after"] for r in contents("processes")] == ["", "P-1", "P-2"]


class TestImporting:
    def test_gives_numbers_that_neither_file_nor_register_has(self, halden: Company) -> None:
        halden.add("risks", "Here already")
        content = table("Number,What may happen", ",first", "R-0002,second", ",third", "Own-7,fourth")
        assert read(halden, "risks", content).done
        assert list(Risk.objects.order_by("number").values_list("number", "title")) == [
            ("Own-7", "fourth"),
            ("R-0001", "Here already"),
            ("R-0002", "second"),
            ("R-0003", "first"),
            ("R-0004", "third"),
        ]
        assert halden.add("risks", "next").number == "R-0005"

    def test_understands_labels_and_names_in_any_case(self, halden: Company) -> None:
        content = table("WHAT MAY HAPPEN,likelihood,Impact,State", "x,4 Likely,2,In Treatment")
        report = read(halden, "risks", content)
        assert report.errors[0].errors[0][1].startswith("Owner is empty")
        assert read(halden, "risks", table("title,LIKELIHOOD", "x,4 likely")).done
        assert Risk.objects.get().likelihood == 4

    def test_changes_rows_by_their_number_and_leaves_other_fields(self, halden: Company) -> None:
        halden.add("risks", "The furnace fails", cause="Age", likelihood=2)
        report = read(halden, "risks", table("Number,Likelihood", "r-0001,5"))
        assert (report.done, report.count("changed")) == (True, 1)
        risk = Risk.objects.get()
        assert (risk.likelihood, risk.cause, risk.version) == (5, "Age", 2)
        assert newest()[0].reason == "Import"

    def test_empties_a_field_that_the_file_leaves_empty(self, halden: Company) -> None:
        halden.add("risks", "The furnace fails", cause="Age")
        assert read(halden, "risks", table("Number,Cause", "R-0001,")).done
        assert Risk.objects.get().cause == ""

    def test_refuses_a_row_that_was_changed_since_the_file_was_written(self, halden: Company) -> None:
        risk = halden.add("risks", "The furnace fails")
        content = written("risks", CSV).replace(b"The furnace fails", b"The furnace bursts")
        actions.change(register="risks", row_id=risk.pk, values={"cause": "Age"}, by=halden.anna, at=NOW)
        report = read(halden, "risks", content)
        assert "changed by somebody else" in report.errors[0].errors[0][1]
        assert Risk.objects.get().title == "The furnace fails"

    def test_of_one_bad_row_brings_in_none(self, halden: Company) -> None:
        journalled = newest().count()
        content = table("What may happen,Likelihood,Treatment due", "good,3,", "bad,9,", "worse,3,31.12.26", ",2,")
        report = read(halden, "risks", content)
        assert not report.done
        assert [(o.line, [column for column, _ in o.errors]) for o in report.errors] == [
            (3, ["Likelihood"]), (4, ["Treatment due"]), (5, ["What may happen"]),
        ]  # fmt: skip
        assert (Risk.objects.count(), newest().count()) == (0, journalled)

    def test_as_a_dry_run_tells_the_same_and_keeps_nothing(self, halden: Company) -> None:
        journalled = newest().count()
        report = read(halden, "risks", table("What may happen", "one", "two"), dry_run=True)
        assert (report.done, report.count("created"), report.errors) == (False, 2, [])
        assert (Risk.objects.count(), newest().count()) == (0, journalled)
        assert halden.add("risks", "x").number == "R-0001"

    def test_asks_the_rules_of_the_state(self, halden: Company) -> None:
        report = read(halden, "measuring-equipment", table("What it is,State", "Caliper,In use"))
        assert report.errors[0].errors == [("State", "Calibration due is empty; in use asks for it.")]
        assert read(
            halden, "measuring-equipment", table("What it is,State,Calibration due", "Caliper,in_use,2027-01-01")
        ).done

    def test_moves_only_along_the_declared_ways(self, halden: Company) -> None:
        risk = halden.add("risks", "The furnace fails")
        actions.move(register="risks", row_id=risk.pk, to="gone", by=halden.anna, at=NOW)
        report = read(halden, "risks", table("Number,State", "R-0001,Open"))
        assert "cannot become open" in report.errors[0].errors[0][1]

    @pytest.mark.parametrize(
        ("lines", "said"),
        [
            (("What may happen,Nonsense", "x,y"), "Nonsense"),
            (("What may happen,title", "x,y"), "title"),
            (("organisation,What may happen", "x,y"), "organisation"),
        ],
    )
    def test_drops_no_column_in_silence(self, halden: Company, lines: tuple[str, ...], said: str) -> None:
        with pytest.raises(TableError, match=said):
            read(halden, "risks", table(*lines))

    @pytest.mark.parametrize(
        "lines",
        [
            ("Number,What may happen", "A,x", "a,y"),
            ("Number,What may happen", f"{'A' * 41},x"),
            ("What may happen,State", "x,eternal"),
            ("What may happen,Owner", "x,nobody@example.com"),
            ("Number,What may happen,Version", "R-0001,changed,99"),
        ],
    )
    def test_reports_what_no_row_may_be(self, halden: Company, lines: tuple[str, ...]) -> None:
        halden.add("risks", "Here already")
        assert read(halden, "risks", table(*lines)).errors

    def test_does_not_reach_into_another_organisation(self, halden: Company, elsewhere: Company) -> None:
        with organisation_scope(elsewhere.organisation.pk):
            theirs = elsewhere.add("risks", "Theirs")
            elsewhere.add("processes", "Their casting")
        assert read(halden, "risks", table("Number,What may happen", "R-0001,Ours")).done
        assert read(halden, "risks", table("What may happen,Process", "x,Their casting")).errors
        with organisation_scope(elsewhere.organisation.pk):
            assert Risk.objects.get(pk=theirs.pk).title == "Theirs"

    def test_needs_the_permission(self, halden: Company) -> None:
        sheets = exchange.sheets_in(name="x", content=table("title", "x"))
        with pytest.raises(Forbidden):
            intake.import_sheets(register="risks", sheets=sheets, by=halden.carl, at=NOW)

    def test_enters_calibrations_once_and_carries_them_forward(self, halden: Company) -> None:
        rows = Sheet("Measuring equipment", ("Number", "What it is"), (("ME-0001", "Caliper"),))
        calibrations = Sheet(
            "Calibrations", ("Number", "Calibrated on", "Result"), (("ME-0001", "2026-10-01", "In tolerance"),)
        )
        content = xlsx.write(sheets=[rows, calibrations])
        assert read(halden, "measuring-equipment", content).count("entered") == 1
        assert MeasuringEquipment.objects.get().calibration_due == dt.date(2027, 10, 1)
        again = read(halden, "measuring-equipment", content)
        assert (again.count("entered"), Calibration.objects.count()) == (0, 1)

    def test_names_entries_that_belong_to_no_row(self, halden: Company) -> None:
        rows = Sheet("Measuring equipment", ("Number", "What it is"), (("ME-0001", "Caliper"),))
        stray = Sheet("Calibrations", ("Number", "Calibrated on", "Result"), (("ME-9", "2026-10-01", "In tolerance"),))
        report = read(halden, "measuring-equipment", xlsx.write(sheets=[rows, stray]))
        assert [(o.sheet, o.line) for o in report.errors] == [("Calibrations", 2)]
        assert MeasuringEquipment.objects.count() == 0

    def test_refuses_old_excel_files_by_what_they_are(self) -> None:
        with pytest.raises(TableError, match="XLSX"):
            exchange.sheets_in(name="x.csv", content=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest")

    def test_offers_a_form_to_fill_in(self) -> None:
        register = registry.get("measuring-equipment")
        sheets = xlsx.read(content=exchange.template(register=register))
        assert sheets[0].headings[:2] == ("Number", "What it is")
        assert [s.name for s in sheets] == ["Measuring equipment", "Calibrations"]


def test_csv_holds_no_formula(halden: Company) -> None:
    """CWE-1236: what a spreadsheet would run stays text."""
    halden.add("risks", '=HYPERLINK("http://evil.example")', cause="@x")
    assert all(not str(cell).startswith(("=", "@")) for cell in csv_table.write(sheet=exchange.sheets_of(
        register=registry.get("risks"), rows=Risk.objects.all())[0]).decode().split(","))  # fmt: skip
