from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class DocumentsConfig(AppConfig):
    name = "assaymark.records.documents"
    label = "documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        from assaymark.records.documents import due, triggers
        from assaymark.records.evidence import subjects
        from assaymark.records.journal.triggers import guard
        from assaymark.records.work import providers

        providers.add("documents", due.due_items, waiting=due.waiting)
        subjects.add(
            subjects.Subject(
                kind="documents.document",
                read="documents.read",
                write="documents.write",
                page=due.PAGE,
                page_id="document_id",
            )
        )

        for table in ("documents_approval", "documents_documentimport", "documents_review"):
            guard(table)
        pre_migrate.connect(triggers.remove, sender=self, dispatch_uid="documents.triggers.remove")
        post_migrate.connect(triggers.install, sender=self, dispatch_uid="documents.triggers.install")
