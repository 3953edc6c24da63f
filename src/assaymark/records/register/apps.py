from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "assaymark.records.register"
    label = "register"
    verbose_name = "Public register"

    def ready(self) -> None:
        from assaymark.records.attestations import past
        from assaymark.records.attestations.actions import followers
        from assaymark.records.journal.triggers import guard
        from assaymark.records.register import changes
        from assaymark.records.register.own import follow

        guard("register_listingversion")
        guard("register_intake")
        guard("register_bodychange")
        if follow not in followers:
            followers.append(follow)
        if changes.past_of not in past.tellers:
            past.tellers.append(changes.past_of)
            past.heirs.append(changes.heirs_of)
