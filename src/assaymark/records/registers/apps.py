"""The registers' app; when it is ready, every declared register takes evidence and tells of what is due."""

from __future__ import annotations

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """See the module."""

    name = "assaymark.records.registers"
    label = "registers"
    verbose_name = "Registers"

    def ready(self) -> None:
        from assaymark.records.registers import due
        from assaymark.records.work import providers

        providers.add("registers", due.due_items, waiting=due.waiting)
