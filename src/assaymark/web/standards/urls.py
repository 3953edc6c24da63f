from django.urls import path

from assaymark.web.standards import views

app_name = "standards"
urlpatterns = [
    path("", views.standards, name="list"),
    path("<slug:key>/", views.standard, name="read"),
]
