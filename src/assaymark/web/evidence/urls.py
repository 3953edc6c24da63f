from django.urls import path

from assaymark.web.evidence import views

app_name = "evidence"
urlpatterns = [
    path("file/<uuid:attachment_id>", views.file, name="file"),
    path("file/<uuid:attachment_id>/detach", views.detach, name="detach"),
    path("comment/<uuid:comment_id>/take-back", views.take_back, name="take_back"),
    path("link/<uuid:link_id>/remove", views.unlink, name="unlink"),
    path("<str:kind>/<uuid:subject_id>/attach", views.attach, name="attach"),
    path("<str:kind>/<uuid:subject_id>/comment", views.comment, name="comment"),
    path("<str:kind>/<uuid:subject_id>/link", views.link, name="link"),
]
