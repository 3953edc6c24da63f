from django.urls import path

from assaymark.web.people import token_views, views, visitor_views

app_name = "people"
urlpatterns = [
    path("o/<slug:organisation>/people/", views.members, name="list"),
    path("o/<slug:organisation>/people/invitations/", views.invite, name="invite"),
    path("o/<slug:organisation>/people/invitations/<uuid:invitation>/", views.withdraw, name="withdraw"),
    path("o/<slug:organisation>/people/<uuid:membership>/", views.member, name="member"),
    path("o/<slug:organisation>/people/<uuid:membership>/end/", views.end, name="end"),
    path("o/<slug:organisation>/sites/", visitor_views.sites, name="sites"),
    path("o/<slug:organisation>/sites/new/", visitor_views.new_site, name="new-site"),
    path("o/<slug:organisation>/sites/<uuid:site>/", visitor_views.site, name="site"),
    path("o/<slug:organisation>/guests/", visitor_views.guests, name="guests"),
    path("o/<slug:organisation>/guests/new/", visitor_views.let_in, name="let-in"),
    path("o/<slug:organisation>/guests/<uuid:engagement>/revoke/", visitor_views.revoke, name="revoke-guest"),
    path("account/tokens/", token_views.tokens, name="tokens"),
    path("account/tokens/<uuid:token>/revoke/", token_views.revoke, name="revoke-token"),
    path("account/invitation/<str:secret>/", token_views.invitation, name="invitation"),
]
