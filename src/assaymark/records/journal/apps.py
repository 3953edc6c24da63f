from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class JournalConfig(AppConfig):
    name = "assaymark.records.journal"
    label = "journal"
    verbose_name = "Journal"

    def ready(self) -> None:
        from assaymark.records import row_security
        from assaymark.records.journal import triggers

        for receiver in (triggers.remove, row_security.stand_aside):
            pre_migrate.connect(receiver, sender=self, dispatch_uid=receiver.__qualname__)
        for receiver in (triggers.install, row_security.install):
            post_migrate.connect(receiver, sender=self, dispatch_uid=f"{receiver.__module__}.install")
