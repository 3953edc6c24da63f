"""Reads of nonconformities in the current scope: the list, one record, what resembles it, what is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, F, Prefetch, Q, QuerySet

from assaymark.core.findings import Likeness, Sketch, State, similar, words_of
from assaymark.records.findings.models import CorrectiveAction, Nonconformity
from assaymark.records.registers.models import Process
from assaymark.records.scope import current_scope

__all__ = [
    "SORTS",
    "VIEWS",
    "Nonconformity",
    "counts",
    "listed",
    "open_actions",
    "open_findings",
    "overdue",
    "raised_in",
    "record",
    "running_processes",
    "similar_to",
]

# Views of the list, as tabs.
VIEWS: dict[str, str] = {"open": "Open", "late": "Late", "check": "Check due", "closed": "Closed", "all": "All"}
SORTS: dict[str, tuple[str, ...]] = {
    "number": ("number",),
    "title": ("title",),
    "grade": ("grade", "-raised_at"),
    "state": ("state", "due"),
    "due": (F("due").asc(nulls_last=True),),  # type: ignore[dict-item]
    "raised": ("raised_at",),
}


def _own() -> QuerySet[Nonconformity]:
    """Findings of the scope's own organisation (those that it raised elsewhere are listed with their audit)."""
    scope = current_scope()
    assert scope is not None and scope.organisation_id is not None
    return Nonconformity.objects.filter(organisation_id=scope.organisation_id)


def _in_view(view: str, *, day: date) -> Q:
    if view == "open":
        return ~Q(state=State.CLOSED)
    if view == "late":
        return ~Q(state=State.CLOSED) & Q(due__lt=day)
    if view == "check":
        return Q(state=State.CHECK_DUE, check_due__lte=day + timedelta(days=7))
    return Q(state=State.CLOSED) if view == "closed" else Q()


def listed(
    *,
    day: date,
    view: str = "open",
    search: str = "",
    grade: str = "",
    clause: str = "",
    process_id: UUID | None = None,
    owner_id: UUID | None = None,
    sort: str = "",
) -> QuerySet[Nonconformity]:
    """The rows of the list page, with owner and process. Sorting only by names of `SORTS`, "-" in front descends."""
    rows = _own().filter(_in_view(view, day=day)).select_related("owner", "process")
    if search:
        rows = rows.filter(Q(title__icontains=search) | Q(number__icontains=search) | Q(happened__icontains=search))
    if grade:
        rows = rows.filter(grade=grade)
    if clause:
        rows = rows.filter(
            Q(requirement=clause) | Q(requirement__startswith=f"{clause}.") | Q(requirement__startswith=f"{clause} ")
        )
    if process_id:
        rows = rows.filter(process_id=process_id)
    if owner_id:
        rows = rows.filter(owner_id=owner_id)
    order = SORTS.get(sort.lstrip("-"))
    if order is None:
        return rows.order_by("-raised_at", "-id")
    rows = rows.order_by(*order, "id")
    return rows.reverse() if sort.startswith("-") else rows


def counts(*, day: date) -> dict[str, int]:
    """How many rows each view has, in one query."""
    wanted = {view: Count("id", filter=_in_view(view, day=day)) for view in VIEWS if view != "all"}
    found: dict[str, int] = _own().aggregate(all=Count("id"), **wanted)
    return found


def record(*, nonconformity_id: UUID) -> Nonconformity:
    """One finding with everything its page shows; DoesNotExist outside the scope. Two queries."""
    people = ("owner", "raised_by", "contained_by", "analysed_by", "checked_by", "closed_by")
    body = ("answer_accepted_by", "verified_by", "raised_by_organisation", "organisation")
    actions = Prefetch("actions", CorrectiveAction.objects.select_related("owner", "done_by"))
    rows = Nonconformity.objects.select_related(*people, *body, "process", "assessment", "line")
    row: Nonconformity = rows.prefetch_related(actions).get(pk=nonconformity_id)
    return row


def running_processes() -> QuerySet[Process]:
    """Processes of the scope's organisation that are not retired, by name; for pickers."""
    return Process.objects.filter(retired_at__isnull=True).order_by("title")


def similar_to(row: Nonconformity) -> Sequence[Likeness]:
    """Findings that look like this one: candidates share clause or process, or are among the newest 300. One query."""
    near = Q(requirement=row.requirement) if row.requirement else Q()
    if row.process_id:
        near |= Q(process_id=row.process_id)
    candidates = (
        _own()
        .exclude(pk=row.pk)
        .filter(near)
        .order_by("-raised_at")
        .values_list("pk", "number", "requirement", "process_id", "title", "happened")[:300]
    )
    return similar(
        sketch(row.pk, row.number, row.requirement, row.process_id, row.title, row.happened),
        [sketch(*candidate) for candidate in candidates],
    )


def sketch(key: UUID, number: str, requirement: str, process: UUID | None, title: str, happened: str) -> Sketch:
    """What recurrence is judged by."""
    return Sketch(key, number, requirement.split(" ")[0], process, words_of(title, happened))


def raised_in(*, assessment_id: UUID) -> QuerySet[Nonconformity]:
    """Findings of an assessment, wherever they are dealt with."""
    rows = Nonconformity.objects.filter(assessment_id=assessment_id).select_related("owner", "organisation")
    return rows.order_by("raised_at", "id")


def overdue(*, day: date) -> QuerySet[Nonconformity]:
    """Open findings past their due date; for readiness and work."""
    return _own().filter(_in_view("late", day=day)).order_by("due")


def open_actions(*, person_id: UUID | None = None) -> QuerySet[CorrectiveAction]:
    """Actions that are not done, soonest due first."""
    scope = current_scope()
    assert scope is not None and scope.organisation_id is not None
    rows = CorrectiveAction.objects.filter(organisation_id=scope.organisation_id, done_at__isnull=True)
    rows = rows.select_related("nonconformity", "owner").order_by("due")
    return rows.filter(owner_id=person_id) if person_id else rows


def open_findings(*, person_id: UUID | None = None) -> QuerySet[Nonconformity]:
    """Findings that are not closed, soonest due first; of one owner when a person is given."""
    rows = _own().exclude(state=State.CLOSED).order_by("due")
    return rows.filter(owner_id=person_id) if person_id else rows
