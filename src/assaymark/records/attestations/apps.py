from django.apps import AppConfig


class AttestationsConfig(AppConfig):
    name = "assaymark.records.attestations"
    label = "attestations"
    verbose_name = "Attestations"

    def ready(self) -> None:
        from assaymark.records.journal.triggers import guard

        guard("attestations_statusevent")
        guard("attestations_issue")
        guard("attestations_trustchange")
        guard("attestations_statusleaf")
        guard("attestations_statuscosignature")
