"""The map of all pages. Every route needs a row in tests/permission/matrix.toml."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("account/", include("assaymark.web.account.urls")),
    path("", include("assaymark.web.home.urls")),
]
