from django.apps import AppConfig


class WitnessConfig(AppConfig):
    name = "assaymark.records.witness"
    label = "witness"
    verbose_name = "Witness"

    def ready(self) -> None:
        from assaymark.records.journal.tasks import after_checkpoint
        from assaymark.records.journal.triggers import guard
        from assaymark.records.witness.tasks import want_cosignatures

        guard("witness_witnessed")
        after_checkpoint(want_cosignatures)
