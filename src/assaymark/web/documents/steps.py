"""Steps of a document's life, each one POST. A refused one answers 409 with every reason (`web.refusals`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from assaymark.core.documents import Change, Verdict
from assaymark.core.refusal import Refusal, Refused
from assaymark.records.documents import actions, queries, reading
from assaymark.records.parties import queries as parties
from assaymark.web.dates import day as in_words
from assaymark.web.documents import forms
from assaymark.web.documents.views import to_record
from assaymark.web.page import OrganisationRequest, page


def _given(form: Form) -> Mapping[str, Any]:
    """The form's values; what is no value at all is refused with the field's own words."""
    if not form.is_valid():
        raise Refused(
            Refusal("form", "", f"{form.fields[name].label or name.capitalize()}: {error}", "Go back and correct it.")
            for name, errors in form.errors.items()
            for error in errors
        )
    return form.cleaned_data


@page("documents.write")
@require_POST
def start(request: OrganisationRequest, document_id: Any) -> HttpResponseBase:
    """Start a new draft."""
    change = Change(_given(forms.StartForm(request.POST))["change"])
    revision = actions.start_revision(document_id=document_id, change=change, by=request.actor, at=timezone.now())
    return to_record(request, document_id, revision=revision.label)


@page("documents.write")
@require_POST
def submit(request: OrganisationRequest, revision_id: Any) -> HttpResponseBase:
    """Send a draft into review."""
    revision = actions.submit(revision_id=revision_id, by=request.actor, at=timezone.now())
    messages.success(request, f"Revision {revision.label} is in review. Somebody who did not write it approves it.")
    return to_record(request, revision.document_id, revision=revision.label)


@page("documents.approve")
@require_POST
def approve(request: OrganisationRequest, revision_id: Any) -> HttpResponseBase:
    """Approve a revision."""
    given = _given(forms.ApproveForm(request.POST))
    revision = actions.approve(
        revision_id=revision_id, by=request.actor, at=timezone.now(), effective_from=given["effective_from"]
    )
    messages.success(
        request, f"Revision {revision.label} is approved and in force from {in_words(revision.effective_from)}."
    )
    return to_record(request, revision.document_id, revision=revision.label)


@page("documents.approve")
@require_POST
def send_back(request: OrganisationRequest, revision_id: Any) -> HttpResponseBase:
    """Send a revision back to its author."""
    reason = _given(forms.ReasonForm(request.POST))["reason"]
    revision = actions.send_back(revision_id=revision_id, reason=reason, by=request.actor, at=timezone.now())
    messages.info(request, f"Revision {revision.label} is a draft again.")
    return to_record(request, revision.document_id, revision=revision.label)


@page("documents.write")
@require_POST
def take_back(request: OrganisationRequest, revision_id: Any) -> HttpResponseBase:
    """Take one's own revision back out of review."""
    revision = actions.take_back(revision_id=revision_id, by=request.actor, at=timezone.now())
    messages.info(request, f"Revision {revision.label} is a draft again.")
    return to_record(request, revision.document_id, revision=revision.label)


@page("documents.write")
@require_POST
def discard(request: OrganisationRequest, revision_id: Any) -> HttpResponseBase:
    """Throw a draft away."""
    document = actions.discard(revision_id=revision_id, by=request.actor, at=timezone.now())
    messages.info(request, "The draft is thrown away.")
    if document is None:
        return redirect("documents:list", request.actor.organisation_slug)
    return to_record(request, document.pk)


@page("documents.approve")
@require_POST
def withdraw(request: OrganisationRequest, document_id: Any) -> HttpResponseBase:
    """Withdraw a document."""
    given = _given(forms.WithdrawForm(request.POST))
    document = actions.withdraw(document_id=document_id, by=request.actor, at=timezone.now(), **given)
    messages.info(request, f"{document.number} is withdrawn. It stays readable, marked as such.")
    return to_record(request, document_id)


@page("documents.write")
@require_POST
def review(request: OrganisationRequest, document_id: Any) -> HttpResponseBase:
    """Record a periodic review."""
    given = _given(forms.ReviewForm(request.POST))
    actions.record_review(
        document_id=document_id,
        verdict=Verdict(given["verdict"]),
        note=given["note"],
        by=request.actor,
        at=timezone.now(),
    )
    messages.success(request, "The review is recorded.")
    return to_record(request, document_id)


@page("documents.acknowledge")
@require_POST
def acknowledge(request: OrganisationRequest, revision_id: Any) -> HttpResponseBase:
    """Confirm having read and understood."""
    task = reading.acknowledge(revision_id=revision_id, by=request.actor, at=timezone.now())
    messages.success(request, f"Noted: you have read and understood revision {task.revision.label}.")
    return to_record(request, task.revision.document_id)


@page("documents.write")
@require_POST
def assign(request: OrganisationRequest, revision_id: Any) -> HttpResponseBase:
    """Ask people to read a revision."""
    people = [(str(m.person_id), m.person.name) for m in parties.members(at=timezone.now())]
    given = _given(forms.AssignForm(request.POST, people=people))
    revision = queries.revision(revision_id=revision_id)
    added = reading.assign(
        revision_id=revision_id, people=given["people"], due=given["due"], by=request.actor, at=timezone.now()
    )
    messages.success(request, f"{added} people are asked to read revision {revision.label}.")
    return to_record(request, revision.document_id, revision=revision.label)
