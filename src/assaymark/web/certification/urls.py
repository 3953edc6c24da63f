"""Addresses of these pages; they live in the namespace `assessments`, beside the pages of audits."""

from django.urls import path

from assaymark.web.certification import applications, attestation, clients, decisions, people, plan, suspicious

urlpatterns = [
    path("applications/", applications.listed, name="applications"),
    path("applications/apply/", applications.apply, name="apply"),
    path("applications/enter/", applications.enter, name="enter-application"),
    path("applications/<uuid:application_id>/", applications.record, name="application"),
    path("applications/<uuid:application_id>/change/", applications.change, name="change-application"),
    path("applications/<uuid:application_id>/review/", applications.review, name="review-application"),
    path("clients/", clients.listed, name="clients"),
    path("clients/<uuid:client_id>/", clients.record, name="client"),
    path("decisions/", decisions.listed, name="decisions"),
    path("decisions/<uuid:decision_id>/", decisions.record, name="decision"),
    path("decisions/<uuid:decision_id>/issue/", attestation.attest, name="attest"),
    path("competence/", people.competence, name="competence"),
    path("competence/record/", people.record_competence, name="record-competence"),
    path("impartiality/", people.impartiality, name="impartiality"),
    path("impartiality/record/", people.record_relation, name="record-relation"),
    path("impartiality/<uuid:relation_id>/end/", people.end_relation, name="end-relation"),
    path("suspicious/", suspicious.listed, name="suspicious"),
    path("suspicious/export.<slug:kind>", suspicious.export, name="suspicious-export"),
    path("suspicious/<slug:digest>/", suspicious.record, name="suspicion"),
    path("suspicious/<slug:digest>/explain/", suspicious.explain, name="explain-suspicion"),
    path("<uuid:assessment_id>/dates/", plan.dates, name="dates"),
    path("<uuid:assessment_id>/accept/", plan.accept, name="accept"),
    path("<uuid:assessment_id>/object/", plan.object_to, name="object"),
    path("<uuid:assessment_id>/answer/", plan.answer, name="answer"),
    path("<uuid:assessment_id>/review/", decisions.review, name="review"),
    path("<uuid:assessment_id>/decide/", decisions.decide, name="decide"),
]
