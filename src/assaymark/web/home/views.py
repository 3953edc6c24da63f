"""Landing page and home."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from assaymark.records.parties import queries
from assaymark.web.page import OrganisationRequest, page, public_page


@public_page
def landing(request: HttpRequest) -> HttpResponseBase:
    """Visitors get the public front page; people with one workplace go straight there."""
    if not request.user.is_authenticated:
        return render(request, "home/landing.html")
    workplaces = queries.workplaces(person_id=request.user.pk, at=timezone.now())
    if len(workplaces) == 1:
        return redirect("home", organisation=workplaces[0].slug)
    return render(request, "home/workplaces.html", {"workplaces": workplaces})


@page("work.read")
def home(request: OrganisationRequest) -> HttpResponseBase:
    """The home page of an organisation."""
    return render(request, "home/home.html")
