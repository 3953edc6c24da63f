from django.urls import path

from assaymark.web.registers import forms_views, list_views, picker, record_views, step_views, table_views

app_name = "registers"
urlpatterns = [
    path("chapter/<slug:chapter>/", list_views.chapter, name="chapter"),
    path("choices/<slug:kind>", picker.choices, name="choices"),
    path("r/<slug:register>/", list_views.rows, name="list"),
    path("r/<slug:register>/bulk", list_views.bulk, name="bulk"),
    path("r/<slug:register>/keep-view", list_views.keep_view, name="keep_view"),
    path("r/<slug:register>/views/<uuid:view_id>/drop", list_views.drop_view, name="drop_view"),
    path("r/<slug:register>/new", forms_views.new, name="new"),
    path("r/<slug:register>/import", table_views.intake, name="import"),
    path("r/<slug:register>/template.xlsx", table_views.template, name="template"),
    path("r/<slug:register>/export.<slug:kind>", table_views.export, name="export"),
    path("r/<slug:register>/<uuid:row_id>/", record_views.record, name="record"),
    path("r/<slug:register>/<uuid:row_id>/edit", forms_views.edit, name="edit"),
    path("r/<slug:register>/<uuid:row_id>/move", step_views.move, name="move"),
    path("r/<slug:register>/<uuid:row_id>/review", step_views.review, name="review"),
    path("r/<slug:register>/<uuid:row_id>/retire", step_views.retire, name="retire"),
    path("r/<slug:register>/<uuid:row_id>/bring-back", step_views.bring_back, name="bring_back"),
    path("r/<slug:register>/<uuid:row_id>/<slug:child>/add", forms_views.add_entry, name="add_entry"),
    path(
        "r/<slug:register>/<uuid:row_id>/<slug:child>/<uuid:entry_id>/remove",
        step_views.remove_entry,
        name="remove_entry",
    ),
]
