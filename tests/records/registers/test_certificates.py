"""A calibration keeps its certificate itself (ISO 9001:2015, 7.1.5.2): file, table, history, other organisations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assaymark.core.refusal import Forbidden
from assaymark.records.evidence import actions as evidence
from assaymark.records.evidence import subjects
from assaymark.records.evidence.models import Attachment
from assaymark.records.journal import queries as journal
from assaymark.records.registers import actions, exchange, intake, queries, registry
from assaymark.records.registers.declared.measuring_equipment import Calibration
from assaymark.records.registers.entry import Invalid
from assaymark.records.scope import organisation_scope
from tests.register_cast import NOW, Company

CERTIFICATE = ("M-07 certificate.pdf", b"%PDF-1.7 in tolerance")


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.BLOBS = tmp_path


def gauge(company: Company) -> Any:
    """A caliper of the company."""
    return company.add("measuring-equipment", "Caliper")


def calibrate(company: Company, row: Any, on: str = "2026-10-01", file: tuple[str, bytes] | None = CERTIFICATE) -> Any:
    """A calibration of it, with a certificate unless told."""
    return actions.add_entry(
        register="measuring-equipment", row_id=row.pk, child="calibrations", file=file,
        values={"calibrated_on": on, "outcome": "in_tolerance"}, by=company.anna, at=NOW,
    )  # fmt: skip


def signed_in(company: Company, who: str = "anna") -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(company.people[who])
    return client


class TestACertificate:
    def test_is_kept_with_its_calibration(self, halden: Company) -> None:
        row = gauge(halden)
        entry = calibrate(halden, row)
        kept = Attachment.objects.get()
        assert (kept.subject_kind, kept.subject_id) == ("registers.calibration", entry.pk)

    def test_stands_in_the_row_of_its_calibration_and_no_other(self, halden: Company) -> None:
        row = gauge(halden)
        calibrate(halden, row)
        calibrate(halden, row, on="2026-11-01", file=None)
        record = queries.record(register=registry.get("measuring-equipment"), row_id=row.pk, at=NOW)
        _, entered = record.children[0]
        assert [[file.name for file in line.files] for line in entered] == [["M-07 certificate.pdf"], []]

    def test_is_told_in_the_history_of_the_instrument(self, halden: Company) -> None:
        row = gauge(halden)
        entry = calibrate(halden, row)
        newest = journal.history(subject_kind=row.subject_kind(), subject_id=row.pk)[0]
        assert newest.verb == "evidence.attached"
        said = json.loads(bytes(newest.body))["after"]
        assert said["file"] == "M-07 certificate.pdf"
        assert said["of"] == {"kind": "registers.calibration", "id": str(entry.pk), "label": str(entry)}

    def test_may_come_later_and_be_taken_off_again(self, halden: Company) -> None:
        row = gauge(halden)
        entry = calibrate(halden, row, file=None)
        client = signed_in(halden)
        page = f"/o/{halden.slug}/r/measuring-equipment/{row.pk}/"
        address = f"/o/{halden.slug}/evidence/registers.calibration/{entry.pk}/attach"
        assert address in client.get(page).content.decode()
        answer = client.post(address, {"file": SimpleUploadedFile("late.pdf", b"%PDF-1.7")})
        assert answer["Location"] == f"{page}#files"
        kept = Attachment.objects.get(subject_id=entry.pk)
        shown = client.get(page).content.decode()
        assert f"/o/{halden.slug}/evidence/file/{kept.pk}" in shown
        assert client.post(f"/o/{halden.slug}/evidence/file/{kept.pk}/detach")["Location"].startswith(page)
        assert "late.pdf" not in client.get(page).content.decode().split('id="calibrations"')[1].split("</table>")[0]

    def test_is_downloaded_by_who_may_read_the_register(self, halden: Company) -> None:
        calibrate(halden, gauge(halden))
        kept = Attachment.objects.get()
        answer = signed_in(halden, "vera").get(f"/o/{halden.slug}/evidence/file/{kept.pk}")
        assert answer.content == CERTIFICATE[1]
        assert answer["Content-Disposition"].startswith("attachment")

    def test_is_attached_only_by_who_may_write_the_register(self, halden: Company) -> None:
        entry = calibrate(halden, gauge(halden), file=None)
        with pytest.raises(Forbidden):
            evidence.attach(
                subject_kind="registers.calibration",
                subject_id=entry.pk,
                name="x",
                content=b"x",
                by=halden.vera,
                at=NOW,
            )

    def test_of_another_organisation_is_absent(self, halden: Company, elsewhere: Company) -> None:
        with organisation_scope(elsewhere.organisation.pk):
            entry = calibrate(elsewhere, gauge(elsewhere))
            kept = Attachment.objects.get()
        client = signed_in(halden)
        assert client.get(f"/o/{halden.slug}/evidence/file/{kept.pk}").status_code == 404
        address = f"/o/{halden.slug}/evidence/registers.calibration/{entry.pk}/attach"
        assert client.post(address, {"file": SimpleUploadedFile("x.pdf", b"x")}).status_code == 404
        with organisation_scope(elsewhere.organisation.pk):
            assert Attachment.objects.count() == 1

    def test_costs_one_query_however_many_there_are(self, halden: Company) -> None:
        row = gauge(halden)
        asked = []
        for month in range(1, 9):
            calibrate(halden, row, on=f"2026-{month:02d}-01", file=(f"{month}.pdf", b"%d" % month))
            with CaptureQueriesContext(connection) as captured:
                queries.record(register=registry.get("measuring-equipment"), row_id=row.pk, at=NOW)
            asked.append(len(captured))
        assert len(set(asked)) == 1

    def test_leaves_tables_as_they_are(self, halden: Company) -> None:
        row = gauge(halden)
        calibrate(halden, row)
        register = registry.get("measuring-equipment")
        content = exchange.export_xlsx(register=register, rows=[type(row).objects.get(pk=row.pk)])
        report = intake.import_sheets(
            register=register.slug, sheets=exchange.sheets_in(name="x", content=content), dry_run=False,
            by=halden.anna, at=NOW,
        )  # fmt: skip
        assert not report.errors
        assert Calibration.objects.count() == 1


class TestAnEntryWithoutFiles:
    def test_takes_none(self, halden: Company) -> None:
        row = halden.add("objectives", "On time", target="97")
        with pytest.raises(Invalid, match="No file is kept with a measurement"):
            actions.add_entry(
                register="objectives", row_id=row.pk, child="measurements", file=CERTIFICATE,
                values={"measured_on": "2026-10-01", "value": "90"}, by=halden.anna, at=NOW,
            )  # fmt: skip

    def test_is_no_subject_of_evidence(self) -> None:
        assert "registers.measurement" not in subjects.kinds()
        assert "registers.calibration" in subjects.kinds()
