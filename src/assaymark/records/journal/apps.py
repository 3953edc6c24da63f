from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "assaymark.records.journal"
    label = "journal"
    verbose_name = "Journal"
