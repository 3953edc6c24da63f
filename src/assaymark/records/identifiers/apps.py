from django.apps import AppConfig


class IdentifiersConfig(AppConfig):
    name = "assaymark.records.identifiers"
    label = "identifiers"
    verbose_name = "Identifiers"

    def ready(self) -> None:
        from assaymark.records.journal.triggers import guard

        guard("identifiers_logentry")
        guard("identifiers_issuerkey")
        guard("identifiers_keyevent")
