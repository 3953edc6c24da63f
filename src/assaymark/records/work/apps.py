from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "assaymark.records.work"
    label = "work"
    verbose_name = "Work"
