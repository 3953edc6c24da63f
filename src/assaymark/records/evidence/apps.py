from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "assaymark.records.evidence"
    label = "evidence"
    verbose_name = "Evidence"
