from django.urls import path

from assaymark.web.gallery import views

urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("public/", views.public, name="gallery-public"),
]
