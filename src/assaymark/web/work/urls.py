from django.urls import path

from assaymark.web.work import views

app_name = "work"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("all/", views.everybody, name="everybody"),
]
