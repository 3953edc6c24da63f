from django.urls import path

from assaymark.web.findings import export_views, views

app_name = "findings"
urlpatterns = [
    path("", views.listed, name="list"),
    path("export.<slug:kind>", export_views.export, name="export"),
    path("report/", views.raise_problem, name="raise"),
    path("<uuid:finding_id>/", views.record, name="record"),
    path("<uuid:finding_id>/close/", views.close, name="close"),
    path("<uuid:finding_id>/answer/<slug:verdict>/", views.judge_answer, name="answer"),
    path("<uuid:finding_id>/actions/<uuid:action_id>/done/", views.done, name="done"),
    path("<uuid:finding_id>/<slug:name>/", views.step, name="step"),
]
