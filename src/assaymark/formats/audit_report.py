"""The report of an audit as PDF: criteria, scope, team, conclusion, findings, checklist (ISO 19011:2018, 6.5.1).

Values in, bytes out. Nothing of a text is evaluated as markup of the typesetter; the same report gives the same bytes.
Needs typst, which belongs to the server part; it is imported when a report is made.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources

import orjson


@dataclass(frozen=True, slots=True)
class ReportedFinding:
    """A finding as the report tells it. grade and requirement in words."""

    number: str
    title: str
    grade: str
    requirement: str
    happened: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class ReportedLine:
    """A judged line. key: the judgement's key, which decides its colour; judgement: its word."""

    requirement: str
    text: str
    key: str
    judgement: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything the report says. facts: (name, value) in order; issued: the day in words."""

    body: str
    number: str
    kind: str
    title: str
    facts: tuple[tuple[str, str], ...]
    summary: str
    recommendation: str
    findings: tuple[ReportedFinding, ...]
    checklist: tuple[ReportedLine, ...]
    issued: str
    issued_by: str


def render(report: Report, *, at: datetime) -> bytes:
    """The PDF. at: when the report was issued, written into the file as its date."""
    import typst

    compiler = typst.Compiler(
        input=resources.files("assaymark").joinpath("formats", "audit_report.typ").read_bytes(),
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=True),
        sys_inputs={"content": orjson.dumps(dataclasses.asdict(report)).decode()},
    )
    pdf = compiler.compile(format="pdf", timestamp=at.astimezone(UTC).replace(microsecond=0))
    assert isinstance(pdf, bytes)
    return pdf
