from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    name = "assaymark.records.archive"
    label = "archive"
    verbose_name = "Archive"

    def ready(self) -> None:
        from assaymark.records.archive.tasks import want_kept
        from assaymark.records.journal.tasks import after_checkpoint
        from assaymark.records.journal.triggers import guard

        guard("archive_archivedversion")
        after_checkpoint(want_kept)
