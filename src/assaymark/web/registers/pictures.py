"""The charts of a register, drawn from its declaration; the table that they show is on the same page."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.safestring import SafeString

from assaymark.records.registers.queries import Listing, Record
from assaymark.web.drawing.matrix import risk_matrix
from assaymark.web.drawing.trend import Point, trend
from assaymark.web.registers.asking import query_without


def matrices(listing: Listing, request: HttpRequest) -> list[tuple[str, SafeString]]:
    """(title, picture) of each matrix; a cell leads to its rows. None while there are no rows."""
    if not listing.count:
        return []
    result = []
    for chart, counts in listing.matrices:

        def address(likelihood: int, impact: int, names: tuple[str, str] = (chart.likelihood, chart.impact)) -> str:
            query = query_without(request.GET, *names)
            query[names[0]], query[names[1]] = str(likelihood), str(impact)
            return f"?{query.urlencode()}"

        result.append((chart.title, risk_matrix(counts, title=chart.title, link=address)))
    return result


def trends(record: Record) -> list[tuple[str, SafeString]]:
    """(title, picture) of each trend that has a point."""
    unit = str(getattr(record.row, "unit", ""))
    return [
        (
            t.chart.title,
            trend(
                [Point(at, float(value)) for at, value in t.points],
                title=t.chart.title,
                unit=unit,
                target=float(t.target) if t.target is not None else None,
            ),
        )
        for t in record.trends
        if t.points
    ]
