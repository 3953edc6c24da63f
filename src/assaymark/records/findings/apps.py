"""The findings' app; when it is ready, findings take evidence and tell of what is due."""

from __future__ import annotations

from django.apps import AppConfig


class FindingsConfig(AppConfig):
    """See the module."""

    name = "assaymark.records.findings"
    label = "findings"
    verbose_name = "Findings"

    def ready(self) -> None:
        from assaymark.records.evidence import subjects
        from assaymark.records.findings import due
        from assaymark.records.work import providers

        providers.add("findings", due.due_items, waiting=due.waiting)
        subjects.add(
            subjects.Subject(
                kind="findings.nonconformity",
                read="findings.read",
                write="findings.raise",
                page="findings:record",
                page_id="finding_id",
            )
        )
