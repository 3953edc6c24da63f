from django.urls import path

from assaymark.web.attestations import views

app_name = "attestations"
_ONE = "<uuid:attestation_id>/"

urlpatterns = [
    path("", views.listed, name="list"),
    path(_ONE, views.record, name="record"),
    path(f"{_ONE}certificate.pdf", views.pdf, name="pdf"),
    path(f"{_ONE}kept/<uuid:version_id>.pdf", views.kept, name="kept"),
    path(f"{_ONE}bundle.json", views.bundle, name="bundle"),
    path(f"{_ONE}listing/", views.listing, name="listing"),
    path(f"{_ONE}decide/<str:decision>/", views.decide, name="decide"),
]
