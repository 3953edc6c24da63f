"""Readiness: every named check, by clause."""

from django.urls import path

from assaymark.web.readiness import views

app_name = "readiness"
urlpatterns = [
    path("", views.checks, name="checks"),
]
