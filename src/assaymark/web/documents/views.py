"""Pages of documents that show, ask and edit. Steps of the life cycle are in `steps`, downloads in `files`."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assaymark.core import comparison
from assaymark.core.refusal import Refusal, Refused
from assaymark.records.documents import actions, queries
from assaymark.records.parties import queries as parties
from assaymark.web.documents import record_page, rendering
from assaymark.web.documents.forms import DayForm, DraftForm, FactsForm, NewForm, UploadForm
from assaymark.web.page import OrganisationRequest, page

ROWS = 50
ORDERS = (("number", "By number"), ("title", "By title"), ("path", "By path"), ("review", "By next review"),
          ("-since", "Newest in force first"))  # fmt: skip


def _people() -> list[tuple[str, str]]:
    return [(str(m.person_id), m.person.name) for m in parties.members(at=timezone.now())]


def to_record(request: OrganisationRequest, document_id: Any, *, revision: str = "") -> HttpResponseBase:
    """To the document's page, at a revision or at what matters now."""
    answer = redirect("documents:record", organisation=request.actor.organisation_slug, document_id=document_id)
    if revision:
        answer["Location"] += f"?revision={revision}"
    return answer


@page("documents.read")
@require_safe
def documents(request: OrganisationRequest) -> HttpResponseBase:
    """The list, by selection, with words and order."""
    today = timezone.now().date()
    selection = request.GET.get("show", "in-force")
    selection = selection if selection in queries.SELECTIONS else "in-force"
    words, order = request.GET.get("q", "")[:200], request.GET.get("order", "number")
    drafts = queries.sees_drafts(request.actor)
    counts = queries.counts(on=today, drafts=drafts)
    rows = queries.selected(selection=selection, words=words, order=order, on=today, drafts=drafts)
    context = {
        "tabs": [(name, title, counts[name]) for name, title in queries.SELECTIONS.items() if drafts or counts[name]],
        "selection": selection,
        "words": words,
        "order": order,
        "orders": ORDERS,
        "page_obj": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "total": counts["all"],
    }
    return render(request, "documents/list.html", context)


@page("documents.read")
@require_safe
def record(request: OrganisationRequest, document_id: Any) -> HttpResponseBase:
    """One document: content, facts, revisions, the next step."""
    context = record_page.context_of(
        document_id=document_id, label=request.GET.get("revision", ""), actor=request.actor, at=timezone.now()
    )
    return render(request, "documents/record.html", context)


@page("documents.write")
def new(request: OrganisationRequest) -> HttpResponseBase:
    """A new document; its first draft opens next."""
    form = NewForm(request.POST or None, people=_people())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        document = actions.create(
            title=given["title"],
            owner_id=given["owner"] or None,
            clauses=given["clauses"],
            readers=given["readers"],
            review_months=given["review_months"],
            by=request.actor,
            at=timezone.now(),
        )
        draft = queries.revisions(document_id=document.pk)[0]
        return redirect("documents:edit", organisation=request.actor.organisation_slug, revision_id=draft.pk)
    return render(request, "documents/new.html", {"form": form})


@page("documents.write")
def facts(request: OrganisationRequest, document_id: Any) -> HttpResponseBase:
    """Owner, clauses, readers and review interval."""
    document = queries.document(document_id=document_id)
    initial = {
        "owner": str(document.owner_id or ""),
        "clauses": ", ".join(document.clauses),
        "readers": document.readers,
        "review_months": document.review_months,
    }
    form = FactsForm(request.POST or None, initial=initial, people=_people())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data | {"owner_id": form.cleaned_data["owner"] or None}
        given.pop("owner")
        actions.change_facts(document_id=document_id, by=request.actor, at=timezone.now(), **given)
        return to_record(request, document_id)
    return render(request, "documents/facts.html", {"form": form, "document": document})


@page("documents.write")
def edit(request: OrganisationRequest, revision_id: Any) -> HttpResponseBase:
    """The editor of a draft. What was typed stays on the page when it cannot be saved."""
    revision = queries.revision(revision_id=revision_id)
    initial = {name: getattr(revision, name) for name in ("title", "text", "change_summary", "version")}
    form = DraftForm(request.POST or None, initial=initial)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_draft(revision_id=revision_id, by=request.actor, at=timezone.now(), **form.cleaned_data)
        except Refused as refused:
            refusals = refused.refusals
        else:
            return to_record(request, revision.document_id, revision=revision.label)
    context = {"form": form, "revision": revision, "refusals": refusals}
    return render(request, "documents/edit.html", context, status=409 if refusals else 200)


@page("documents.write")
def upload(request: OrganisationRequest, revision_id: Any) -> HttpResponseBase:
    """Put a file in place of a draft's content."""
    revision = queries.revision(revision_id=revision_id)
    initial = {name: getattr(revision, name) for name in ("title", "change_summary", "version")}
    form = UploadForm(request.POST or None, request.FILES or None, initial=initial)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        file = given.pop("file")
        given |= {"content": file.read(), "file_name": file.name}
        try:
            actions.upload(revision_id=revision_id, by=request.actor, at=timezone.now(), **given)
        except Refused as refused:
            refusals = refused.refusals
        else:
            return to_record(request, revision.document_id, revision=revision.label)
    context = {"form": form, "revision": revision, "refusals": refusals}
    return render(request, "documents/upload.html", context, status=409 if refusals else 200)


@page("documents.write")
@require_POST
def preview(request: OrganisationRequest) -> HttpResponseBase:
    """The typed text as it will look; a piece of HTML for the editor."""
    return HttpResponse(rendering.as_html(request.POST.get("text", "")[:2_000_000]))


@page("documents.read")
@require_safe
def compare(request: OrganisationRequest, document_id: Any) -> HttpResponseBase:
    """Two revisions beside each other, or in one column. `from` and `to` are labels."""
    document = queries.document(document_id=document_id)
    rows = [r for r in queries.revisions(document_id=document_id) if queries.may_see(request.actor, r)]
    labels = [r.label for r in rows]
    new_label = request.GET.get("to") or (labels[0] if labels else "")
    old_label = request.GET.get("from") or (labels[1] if len(labels) > 1 else new_label)
    if new_label not in labels or old_label not in labels:
        raise Http404
    old, new_ = (queries.revision_by_label(document_id=document_id, label=x) for x in (old_label, new_label))
    texts = not old.blob and not new_.blob
    context = {
        "document": document,
        "rows": rows,
        "old": old,
        "new": new_,
        "unified": request.GET.get("as") == "unified",
        "difference": comparison.compare(old.text, new_.text) if texts else None,
    }
    return render(request, "documents/compare.html", context)


@page("documents.read")
@require_safe
def in_force(request: OrganisationRequest) -> HttpResponseBase:
    """What was, is or will be in force on a day."""
    form = DayForm(request.GET if "on" in request.GET else {"on": timezone.now().date().isoformat()})
    found = queries.in_force(on=form.cleaned_data["on"]) if form.is_valid() else []
    context = {"form": form, "page_obj": Paginator(found, 200).get_page(request.GET.get("page")), "found": found}
    return render(request, "documents/in_force.html", context)


@page("documents.acknowledge")
@require_safe
def to_read(request: OrganisationRequest) -> HttpResponseBase:
    """What the person still has to read and confirm."""
    return render(request, "documents/to_read.html", {"tasks": queries.to_read(person_id=request.actor.person_id)})
