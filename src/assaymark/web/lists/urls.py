from django.urls import path

from assaymark.web.lists import views

urlpatterns = [
    path("verify/list/", views.verify_list, name="verify-list"),
    path("verify/list/answers.xlsx", views.download, name="verify-list-download"),
    path("verify/list/example.csv", views.example, name="verify-list-example"),
]
