from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "assaymark.web"
    label = "web"
