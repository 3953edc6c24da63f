from django.apps import AppConfig


class WatchConfig(AppConfig):
    name = "assaymark.records.watch"
    label = "watch"
    verbose_name = "Watch lists"

    def ready(self) -> None:
        from assaymark.records.attestations.actions import followers
        from assaymark.records.register.following import after_change
        from assaymark.records.watch import noticing

        after_change(noticing.listing_changed, noticing.source_changed)
        if noticing.chain_changed not in followers:
            followers.append(noticing.chain_changed)
