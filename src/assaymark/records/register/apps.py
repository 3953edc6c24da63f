from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "assaymark.records.register"
    label = "register"
    verbose_name = "Public register"

    def ready(self) -> None:
        from assaymark.records.journal.triggers import guard

        guard("register_listingversion")
        guard("register_intake")
