"""The report of an audit as PDF."""

from __future__ import annotations

import dataclasses
import io
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from assaymark.formats.audit_report import Report, ReportedFinding, ReportedLine, render

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
REPORT = Report(
    body="Halden Precision Ltd",
    number="IA-0007",
    kind="Internal audit",
    title="Turning and final inspection",
    facts=(("Criteria", "ISO 9001:2015"), ("Team", "A. Brandt (leader)")),
    summary="Turning conforms, except for the final check.",
    recommendation="",
    findings=(
        ReportedFinding("NC-0042", "Lot without check", "Minor", "ISO 9001:2015, 8.6", "Lot 2291 left.", "IR-2291"),
    ),
    checklist=(ReportedLine("8.6 (1)", "Output is released after checks.", "nonconform", "Does not conform", "2291"),),
    issued="24 Nov 2026",
    issued_by="A. Brandt",
)


def text_of(report: Report) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(render(report, at=AT))).pages)


class TestTheReport:
    def test_says_what_was_audited_found_and_concluded(self) -> None:
        said = text_of(REPORT)
        for words in (
            "IA-0007",
            "Turning and final inspection",
            "A. Brandt (leader)",
            "except for the final check",
            "NC-0042",
            "IR-2291",
            "Does not conform",
        ):
            assert words in said

    def test_says_so_when_nothing_was_found(self) -> None:
        assert "No finding was raised." in text_of(dataclasses.replace(REPORT, findings=()))

    def test_is_the_same_for_the_same_content(self) -> None:
        assert render(REPORT, at=AT) == render(REPORT, at=AT)

    @pytest.mark.parametrize("hostile", ['#read("/etc/passwd")', "*bold* $x^2$ @ref", "“Ünïcode” 試験\x07", "[" * 200])
    def test_sets_any_text_as_text(self, hostile: str) -> None:
        pdf = render(dataclasses.replace(REPORT, summary=hostile, title=hostile), at=AT)
        assert pdf.startswith(b"%PDF")
        if hostile.startswith("#"):
            assert "#read" in text_of(dataclasses.replace(REPORT, summary=hostile))
