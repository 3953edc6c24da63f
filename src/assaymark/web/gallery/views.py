"""The gallery page."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from assaymark.web.gallery import samples
from assaymark.web.page import public_page


@public_page
def gallery(request: HttpRequest) -> HttpResponseBase:
    """Every component once, with sample values, in the frame of an organisation that does not exist.

    `?fresh` shows the form as it is before anything was typed.
    """
    fresh = "fresh" in request.GET
    form: forms.Form = samples.SampleForm(None if fresh else {"title": "", "grade": "minor"})
    return render(request, "gallery/gallery.html", samples.context(form=form))


@public_page
def public(request: HttpRequest) -> HttpResponseBase:
    """A certificate's page as it should look, with sample values."""
    return render(request, "gallery/public.html", samples.public_context())
