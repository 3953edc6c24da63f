"""The map of all pages. Every route needs a row in tests/permission/matrix.toml."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("account/", include("assaymark.web.account.urls")),
    path("", include("assaymark.web.home.urls")),
    path("o/<slug:organisation>/standards/", include("assaymark.web.standards.urls")),
]
if not settings.PRODUCTION:
    urlpatterns += [path("gallery/", include("assaymark.web.gallery.urls"))]
