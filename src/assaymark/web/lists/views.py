"""Check a list of suppliers: a page in, answers out, a workbook to keep."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assaymark.core.supplier_list import Outcome, Supplier, check
from assaymark.formats import supplier_workbook
from assaymark.records.register.lists import Records
from assaymark.web.downloads import table_file
from assaymark.web.limits import limited
from assaymark.web.lists.forms import ListForm, RowsForm, rows_of
from assaymark.web.page import public_page

# The worst first: how it looks, and what it means.
_PARTS = (
    (Outcome.STOP, "no", "Do not rely on these."),
    (Outcome.LOOK, "unknown", "Nobody can say yet; each row says what to do."),
    (Outcome.GOOD, "yes", "Verified."),
)
EXAMPLE = (
    "Supplier,Certificate number,Standard,Country\r\n"
    "Halden Precision Ltd,NC-26-00417,ISO 9001,GB\r\n"
    "Brandt Coatings Ltd,,ISO 9001,\r\n"
)


@csrf_exempt  # changes nothing and knows nobody: public pages set no cookie
@require_http_methods(["GET", "HEAD", "POST"])
@limited("verify-list", a_minute=12)
@public_page
def verify_list(request: HttpRequest) -> HttpResponseBase:
    """Hand in a list; one answer a row, the worst first."""
    if request.method != "POST":
        return render(request, "lists/list.html", {"form": ListForm()})
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "lists/list.html", {"form": form}, status=422)
    return render(request, "lists/answers.html", _answered(form.suppliers))


def _answered(suppliers: list[Supplier]) -> dict[str, object]:
    checked = list(check(suppliers, Records(), on=timezone.now().date()))
    parts = [(*part, [one for one in checked if one.outcome is part[0]]) for part in _PARTS]
    rows = RowsForm(initial={"rows": rows_of(suppliers)})
    return {"parts": [part for part in parts if part[3]], "many": len(checked), "rows": rows, "now": timezone.now()}


@csrf_exempt  # changes nothing and knows nobody
@require_POST
@limited("verify-list", a_minute=12)
@public_page
def download(request: HttpRequest) -> HttpResponseBase:
    """The answers as a workbook, checked once more."""
    form = RowsForm(request.POST)
    if not form.is_valid():
        return render(request, "lists/list.html", {"form": ListForm(), "wrong": form.errors}, status=422)
    now = timezone.now()
    checked = list(check(form.suppliers, Records(), on=now.date()))
    about = [("Asked", "the register of this installation"), ("For", f"{now:%Y-%m-%d %H:%M} UTC")]
    return table_file(supplier_workbook.write_result(checked, about=about), name="answers.xlsx")


@require_safe
@public_page
def example(request: HttpRequest) -> HttpResponseBase:
    """A list to try with."""
    return table_file("\ufeff" + EXAMPLE, name="suppliers.csv")
