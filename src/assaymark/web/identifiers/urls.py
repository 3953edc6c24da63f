from django.urls import path

from assaymark.web.identifiers import views

app_name = "identifiers"
urlpatterns = [
    path("", views.record, name="record"),
    path("replace/", views.replace, name="replace"),
    path("keys/<str:public>/compromised/", views.compromised, name="compromised"),
]
