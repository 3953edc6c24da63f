from django.urls import path

from assaymark.web.search import views

urlpatterns = [path("", views.search, name="search")]
