"""A table that leaves is named, says what it is, and is of a kind that is written."""

from __future__ import annotations

import pytest
from django.http import Http404

from assaymark.web.downloads import known, table_file


class TestATable:
    @pytest.mark.parametrize(
        ("name", "kind"),
        [("halden-risks.csv", "text/csv; charset=utf-8"), ("answers.xlsx", "application/vnd.openxmlformats")],
    )
    def test_is_a_file_with_its_name_and_kind(self, name: str, kind: str) -> None:
        answer = table_file(b"a;b", name=name)
        assert answer["Content-Type"].startswith(kind)
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer.content == b"a;b"

    def test_of_another_kind_is_not_found(self) -> None:
        assert known("csv") == "csv"
        with pytest.raises(Http404):
            known("pdf")
