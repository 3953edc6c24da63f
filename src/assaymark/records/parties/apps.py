from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "assaymark.records.parties"
    label = "parties"
    verbose_name = "Parties"
