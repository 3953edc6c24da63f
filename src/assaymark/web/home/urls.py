from django.urls import path

from assaymark.web.home import views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("o/<slug:organisation>/", views.home, name="home"),
]
