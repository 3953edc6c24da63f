"""Tables that leave a page as a file: CSV or XLSX, named, and never guessed at by a browser."""

from __future__ import annotations

from pathlib import PurePath

from django.http import Http404, HttpResponse

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def known(kind: str) -> str:
    """The kind of table that an address names. Raises Http404 for others."""
    if kind not in TYPES:
        raise Http404
    return kind


def table_file(content: bytes | str, *, name: str) -> HttpResponse:
    """The table as a file to keep; the ending of its name says which kind it is."""
    return HttpResponse(
        content,
        content_type=TYPES[PurePath(name).suffix.removeprefix(".")],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )
