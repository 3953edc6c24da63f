from django.urls import path

from assaymark.web.public import badge_views, machine_views, register_views, views

_ONE = "c/<slug:issuer>/<str:number>/"

urlpatterns = [
    path("verify/", views.verify, name="verify"),
    path("learn/", views.learn, name="learn"),
    path("register/", register_views.register, name="register"),
    path("register/entries/<int:listing_id>/", register_views.listing, name="listing"),
    path("register/parties/<int:party_id>/", register_views.party, name="register-party"),
    path("organisations/<slug:slug>/", views.organisation, name="organisation"),
    path(_ONE, views.attestation, name="attestation"),
    path(f"{_ONE}certificate.pdf", machine_views.pdf, name="attestation-pdf"),
    path(f"{_ONE}bundle.json", machine_views.bundle, name="attestation-bundle"),
    path(f"{_ONE}credential.jwt", machine_views.credential, name="attestation-credential"),
    path(f"{_ONE}verdict.json", machine_views.verdict, name="attestation-verdict"),
    path(f"{_ONE}badge.svg", badge_views.badge, name="attestation-badge"),
    path(f"{_ONE}badge/", badge_views.badge_page, name="attestation-badge-page"),
    path(f"{_ONE}qr.svg", badge_views.qr_code, name="attestation-qr"),
    path(f"{_ONE}linkset.json", badge_views.linkset, name="attestation-linkset"),
    path(f"{_ONE}status-log", machine_views.status_log, name="attestation-status-log"),
    path("status-log/<slug:issuer>/checkpoint", machine_views.log_checkpoint, name="status-log-checkpoint"),
    path("status-log/<slug:issuer>/leaves", machine_views.log_leaves, name="status-log-leaves"),
    path("status/<slug:issuer>/<str:purpose>", machine_views.status_list, name="status-list"),
    path("did/<slug:slug>/did.json", machine_views.did_document, name="did-document"),
    path("did/<slug:slug>/did.jsonl", machine_views.did_log, name="did-log"),
]
