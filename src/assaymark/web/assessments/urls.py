from django.urls import path

from assaymark.web.assessments import checklist, programmes, report, views
from assaymark.web.certification import urls as certification

app_name = "assessments"
urlpatterns = [
    *certification.urlpatterns,
    path("", views.listed, name="list"),
    path("plan/", views.plan, name="plan"),
    path("programmes/", programmes.listed, name="programmes"),
    path("programmes/new/", programmes.new, name="new-programme"),
    path("programmes/<uuid:programme_id>/", programmes.record, name="programme"),
    path("lines/<uuid:line_id>/", checklist.judge, name="judge"),
    path("lines/<uuid:line_id>/raise/", checklist.raise_finding, name="raise"),
    path("<uuid:assessment_id>/", views.record, name="record"),
    path("<uuid:assessment_id>/team/", views.add_member, name="add-member"),
    path("<uuid:assessment_id>/team/<uuid:member_id>/remove/", views.remove_member, name="remove-member"),
    path("<uuid:assessment_id>/send/", views.send, name="send"),
    path("<uuid:assessment_id>/start/", views.start, name="start"),
    path("<uuid:assessment_id>/conclude/<uuid:stage_id>/", views.conclude, name="conclude"),
    path("<uuid:assessment_id>/close/", views.close, name="close"),
    path("<uuid:assessment_id>/cancel/", views.cancel, name="cancel"),
    path("<uuid:assessment_id>/checklist/", checklist.checklist, name="checklist"),
    path("<uuid:assessment_id>/report/", report.write, name="report"),
    path("<uuid:assessment_id>/report.pdf", report.download, name="report-pdf"),
]
