"""The assessments' app; when it is ready, assessments take evidence and tell of what is due."""

from __future__ import annotations

from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    """See the module."""

    name = "assaymark.records.assessments"
    label = "assessments"
    verbose_name = "Assessments"

    def ready(self) -> None:
        from assaymark.records.assessments import due
        from assaymark.records.evidence import subjects
        from assaymark.records.journal.triggers import guard
        from assaymark.records.work import providers

        guard("assessments_explanation")
        providers.add("assessments", due.due_items, waiting=due.waiting)
        subjects.add(
            subjects.Subject(
                kind="assessments.assessment",
                read="assessments.read",
                write="assessments.perform",
                page="assessments:record",
                page_id="assessment_id",
            )
        )
