from django.urls import path

from assaymark.web.journal import views

app_name = "journal"
urlpatterns = [
    path("", views.entries, name="list"),
    path("checkpoint/", views.checkpoint, name="checkpoint"),
    path("export/", views.export, name="export"),
    path("<uuid:entry>/", views.entry, name="entry"),
    path("<uuid:entry>/proof/", views.proof, name="proof"),
]
