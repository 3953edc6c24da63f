from django.urls import path

from assaymark.web.documents import files, steps, views

app_name = "documents"
urlpatterns = [
    path("", views.documents, name="list"),
    path("new/", views.new, name="new"),
    path("in-force/", views.in_force, name="in-force"),
    path("to-read/", views.to_read, name="to-read"),
    path("preview/", views.preview, name="preview"),
    path("<uuid:document_id>/", views.record, name="record"),
    path("<uuid:document_id>/facts/", views.facts, name="facts"),
    path("<uuid:document_id>/compare/", views.compare, name="compare"),
    path("<uuid:document_id>/start/", steps.start, name="start"),
    path("<uuid:document_id>/withdraw/", steps.withdraw, name="withdraw"),
    path("<uuid:document_id>/review/", steps.review, name="review"),
    path("revisions/<uuid:revision_id>/edit/", views.edit, name="edit"),
    path("revisions/<uuid:revision_id>/upload/", views.upload, name="upload"),
    path("revisions/<uuid:revision_id>/submit/", steps.submit, name="submit"),
    path("revisions/<uuid:revision_id>/approve/", steps.approve, name="approve"),
    path("revisions/<uuid:revision_id>/send-back/", steps.send_back, name="send-back"),
    path("revisions/<uuid:revision_id>/take-back/", steps.take_back, name="take-back"),
    path("revisions/<uuid:revision_id>/discard/", steps.discard, name="discard"),
    path("revisions/<uuid:revision_id>/acknowledge/", steps.acknowledge, name="acknowledge"),
    path("revisions/<uuid:revision_id>/assign/", steps.assign, name="assign"),
    path("revisions/<uuid:revision_id>/file/", files.original, name="file"),
    path("revisions/<uuid:revision_id>/pdf/", files.pdf, name="pdf"),
]
