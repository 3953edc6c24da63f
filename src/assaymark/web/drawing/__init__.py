"""Drawings made on the server: pure functions from values to SVG.

They carry classes, never styles, so the strict security policy holds and light, dark and print come from one style
sheet (static/css/drawing.css). Each has a title and a description; the table of the same numbers is the caller's.
Nothing here reads a clock or a row: `today` is an argument.
"""

from assaymark.web.drawing.bars import bars, counts, pareto, sparkline
from assaymark.web.drawing.coverage import coverage
from assaymark.web.drawing.fishbone import Cause, fishbone
from assaymark.web.drawing.matrix import risk_matrix, risk_tone
from assaymark.web.drawing.spans import Row, Span, gantt, status_line
from assaymark.web.drawing.trend import Point, trend

__all__ = [
    "Cause",
    "Point",
    "Row",
    "Span",
    "bars",
    "counts",
    "coverage",
    "fishbone",
    "gantt",
    "pareto",
    "risk_matrix",
    "risk_tone",
    "sparkline",
    "status_line",
    "trend",
]
