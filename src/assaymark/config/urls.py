"""The map of all pages. Every route needs a row in tests/permission/matrix.toml."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("assaymark.api.urls")),
    path("account/", include("assaymark.web.account.urls")),
    path("", include("assaymark.web.public.urls")),
    path("", include("assaymark.web.lists.urls")),
    path("", include("assaymark.web.home.urls")),
    path("", include("assaymark.web.people.urls")),
    path("", include("assaymark.web.watch.entrance_urls")),
    path("witness/", include("assaymark.web.witness.urls")),
    path("o/<slug:organisation>/journal/", include("assaymark.web.journal.urls")),
    path("o/<slug:organisation>/readiness/", include("assaymark.web.readiness.urls")),
    path("o/<slug:organisation>/", include("assaymark.web.registers.urls")),
    path("o/<slug:organisation>/evidence/", include("assaymark.web.evidence.urls")),
    path("o/<slug:organisation>/work/", include("assaymark.web.work.urls")),
    path("o/<slug:organisation>/standards/", include("assaymark.web.standards.urls")),
    path("o/<slug:organisation>/documents/", include("assaymark.web.documents.urls")),
    path("o/<slug:organisation>/search/", include("assaymark.web.search.urls")),
    path("o/<slug:organisation>/findings/", include("assaymark.web.findings.urls")),
    path("o/<slug:organisation>/audits/", include("assaymark.web.assessments.urls")),
    path("o/<slug:organisation>/certificates/", include("assaymark.web.attestations.urls")),
    path("o/<slug:organisation>/identifier/", include("assaymark.web.identifiers.urls")),
    path("o/<slug:organisation>/watch/", include("assaymark.web.watch.urls")),
]
if not settings.PRODUCTION:
    urlpatterns += [path("gallery/", include("assaymark.web.gallery.urls"))]
