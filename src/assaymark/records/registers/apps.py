from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "assaymark.records.registers"
    label = "registers"
    verbose_name = "Registers"
