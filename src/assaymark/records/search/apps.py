from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class SearchConfig(AppConfig):
    name = "assaymark.records.search"
    label = "search"
    verbose_name = "Search"

    def ready(self) -> None:
        from assaymark.records.search import engines

        pre_migrate.connect(engines.put_aside, sender=self, dispatch_uid="search.engines.put_aside")
        post_migrate.connect(engines.install, sender=self, dispatch_uid="search.engines.install")
