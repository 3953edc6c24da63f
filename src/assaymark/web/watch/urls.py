from django.urls import path

from assaymark.web.watch import change_views, views

app_name = "watch"
urlpatterns = [
    path("", views.listed, name="list"),
    path("changes/", views.changes, name="changes"),
    path("export.<slug:kind>", views.export, name="export"),
    path("add/", change_views.add, name="add"),
    path("add/by-number/", change_views.add_exact, name="add-exact"),
    path("add/list/", change_views.add_list, name="add-list"),
    path("seen/", change_views.all_seen, name="all-seen"),
    path("mail/", change_views.mail, name="mail"),
    path("<uuid:watched_id>/", views.record, name="record"),
    path("<uuid:watched_id>/seen/", change_views.seen, name="seen"),
    path("<uuid:watched_id>/rename/", change_views.rename, name="rename"),
    path("<uuid:watched_id>/stop/", change_views.stop, name="stop"),
]
