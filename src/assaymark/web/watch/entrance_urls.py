from django.urls import path

from assaymark.web.watch import entrance

urlpatterns = [path("watch/", entrance.watch, name="watch")]
