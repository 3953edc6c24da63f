"""From the address of the list to its rows: the page and its export ask the same."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from assaymark.records.findings import queries
from assaymark.records.findings.queries import Nonconformity
from assaymark.web.findings.forms import FilterForm


def asked(address: QueryDict) -> tuple[str, dict[str, Any]]:
    """View and filters. What makes no sense filters nothing."""
    view = address.get("view", "open")
    filters = FilterForm(address)
    filters.is_valid()
    return view if view in queries.VIEWS else "open", filters.cleaned_data


def rows_for(*, view: str, given: dict[str, Any], day: date) -> QuerySet[Nonconformity]:
    """The rows in the order asked for."""
    return queries.listed(
        day=day,
        view=view,
        search=given.get("q", ""),
        grade=given.get("grade", ""),
        clause=given.get("clause", ""),
        process_id=given.get("process"),
        owner_id=given.get("owner"),
        sort=given.get("sort", ""),
    )
