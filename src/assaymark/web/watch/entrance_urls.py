"""The address to which public pages lead: outside of any organisation, so it stands apart from the list's own."""

from __future__ import annotations

from django.urls import path

from assaymark.web.watch import entrance

urlpatterns = [path("watch/", entrance.watch, name="watch")]
