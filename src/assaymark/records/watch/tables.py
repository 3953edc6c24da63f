"""The watch list as a table that leaves: what is watched with its answers, and everything that changed."""

from __future__ import annotations

from collections.abc import Iterable

from assaymark.core.watching import QUESTIONS
from assaymark.formats import csv_table, xlsx
from assaymark.formats.table import MOST_ROWS, Sheet
from assaymark.records.watch.models import WatchedCertificate, WatchEvent
from assaymark.records.watch.queries import shown

_HEADINGS = (
    "Name", "Certificate number", "Holder", "Standard", "Body", "Register", "Until", *QUESTIONS.values(), "Code",
    "Register says", "Watched since", "Changed", "Looked at",
)  # fmt: skip
_CHANGES = ("Noticed", "Name", "Certificate number", "Question", "Before", "Now", "Worse", "Why", "Seen", "Seen by")


def list_sheet(rows: Iterable[WatchedCertificate]) -> Sheet:
    """What is watched, a row each; at most `MOST_ROWS`. The first two columns are read back as a list of suppliers."""
    lines = []
    for row in list(rows)[:MOST_ROWS]:
        one = shown(row)
        answers = tuple(said.answer for _, said in one.said)
        lines.append(
            (
                one.label, one.number, one.holder, one.standard, one.body, one.register, one.expires, *answers,
                one.code, one.listed, one.since.date(), one.changed_at.date() if one.changed_at else None,
                one.seen_at.date(),
            )
        )  # fmt: skip
    return Sheet("Watch list", _HEADINGS, tuple(lines))


def changes_sheet(events: Iterable[WatchEvent]) -> Sheet:
    """What changed, newest first."""
    return Sheet(
        "Changes",
        _CHANGES,
        tuple(
            (
                event.noticed_at.date(), event.watched.label, event.watched.listing.number,
                event.get_question_display(), event.before, event.after, "yes" if event.worse else "no",
                event.sentence, event.read_at.date() if event.read_at else None,
                event.read_by.name if event.read_by else "",
            )
            for event in list(events)[:MOST_ROWS]
        ),
    )  # fmt: skip


def export_csv(rows: Iterable[WatchedCertificate]) -> bytes:
    """What is watched as CSV."""
    return csv_table.write(sheet=list_sheet(rows))


def export_xlsx(rows: Iterable[WatchedCertificate], events: Iterable[WatchEvent]) -> bytes:
    """Both as a workbook."""
    return xlsx.write(sheets=[list_sheet(rows), changes_sheet(events)])
