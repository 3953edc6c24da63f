from django.urls import path

from assaymark.web.witness import views

app_name = "witness"
urlpatterns = [path("<slug:slug>/add-checkpoint", views.add_checkpoint, name="add-checkpoint")]
