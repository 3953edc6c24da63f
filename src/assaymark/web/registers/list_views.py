"""Lists: a chapter of the standard with its registers, and one register's rows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assaymark.core.refusal import Refused
from assaymark.records.registers import actions, queries, views
from assaymark.records.registers.entry import Directory, Invalid
from assaymark.records.registers.registry import Register
from assaymark.web.page import OrganisationRequest, page
from assaymark.web.registers import asking, chapters, pictures
from assaymark.web.registers.forms import form_of
from assaymark.web.registers.gate import register_page, to_list


@page("registers.read")
@require_safe
def chapter(request: OrganisationRequest, *, chapter: str) -> HttpResponseBase:
    """A chapter of the standard: its clauses, and for each what records it here."""
    found = chapters.chapter(chapter, actor=request.actor)
    if found is None:
        raise Http404
    return render(request, "registers/chapter.html", {"chapter": found, "section": chapter})


@register_page("registers.read")
@require_safe
def rows(request: OrganisationRequest, register: Register) -> HttpResponseBase:
    """The list of a register."""
    return render(request, "registers/list.html", _list_context(request, register))


def _list_context(request: OrganisationRequest, register: Register) -> dict[str, Any]:
    now = timezone.now()
    query = asking.asked(register, request.GET)
    listing = queries.listing(register=register, query=query, at=now, person_id=request.actor.person_id)
    directory = Directory(at=now)
    paginator = Paginator(range(listing.count), listing.query.size)
    narrowed = query.view != "all" or query.text.strip() or query.filters or query.due
    return {
        "register": register,
        "listing": listing,
        "headings": asking.headings(listing, request.GET),
        "chips": asking.chips(listing.filters, request.GET),
        "page_obj": paginator.page(listing.query.page),
        "query": asking.query_without(request.GET).urlencode(),
        "kept": asking.query_without(request.GET, "q", "due", *register.filters, "columns"),
        "chosen_columns": {column.name for column in listing.columns},
        "quick": form_of(model=register.model, names=register.quick_add, directory=directory, labels=register.labels),
        "pictures": pictures.matrices(listing, request),
        "may_write": request.actor.may("registers.write"),
        "is_empty": listing.count == 0 and not narrowed,
        "people": directory.choices(register.model._meta.get_field("owner").related_model),
        "section": register.group.lower(),
    }


@register_page("registers.write")
@require_POST
def bulk(request: OrganisationRequest, register: Register) -> HttpResponseBase:
    """Change owner, next review or state of the ticked rows; all or none."""
    ids = [found for text in request.POST.getlist("row") if (found := _uuid(text))]
    values = {name: request.POST[name] for name in ("owner", "review_on") if request.POST.get(name)}
    to = request.POST.get("to", "")
    if not ids or not (values or to in register.by_state):
        messages.warning(request, "Nothing was changed: tick rows and choose what to change.")
        return to_list(request, register)
    try:
        done = actions.change_many(
            register=register.slug, row_ids=ids, values=values, to=to, by=request.actor, at=timezone.now()
        )
    except (Refused, Invalid) as no:
        return _bulk_refused(request, register, no)
    messages.info(request, f"{done} {'row was' if done == 1 else 'rows were'} changed.")
    return to_list(request, register)


def _bulk_refused(request: OrganisationRequest, register: Register, no: Refused | Invalid) -> HttpResponse:
    refusals = no.refusals if isinstance(no, Refused) else ()
    if isinstance(no, Invalid):
        messages.error(request, str(no))
    context = _list_context(request, register) | {"refusals": refusals}
    return render(request, "registers/list.html", context, status=409)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@register_page("registers.read")
@require_POST
def keep_view(request: OrganisationRequest, register: Register) -> HttpResponseBase:
    """Keep the list as it is arranged, under a name."""
    kept = views.keep(
        register=register.slug,
        name=request.POST.get("name", ""),
        query=request.POST.get("query", ""),
        for_everybody=request.POST.get("for") == "all",
        by=request.actor,
        at=timezone.now(),
    )
    answer = to_list(request, register)
    answer["Location"] += f"?{kept.query}"
    return answer


@register_page("registers.read")
@require_POST
def drop_view(request: OrganisationRequest, register: Register, *, view_id: UUID) -> HttpResponseBase:
    """Let go of a kept view."""
    views.drop(view_id=view_id, by=request.actor, at=timezone.now())
    return redirect("registers:list", organisation=request.actor.organisation_slug, register=register.slug)
