from django.apps import AppConfig


class StandardsConfig(AppConfig):
    name = "assaymark.records.standards"
    label = "standards"
    verbose_name = "Standards"
