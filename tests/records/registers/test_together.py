"""Two people at the same time, each on a connection of their own: one wins, the other is told (reliability, 12)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from assaymark.core.refusal import Refused
from assaymark.records.registers import actions
from assaymark.records.registers.declared.risks import Risk
from assaymark.records.scope import organisation_scope
from tests.register_cast import NOW, found


def at_once(acts: list[Callable[[], Any]]) -> list[str]:
    """Do all at the same moment; "done" or "refused" for each."""
    results: list[str] = []
    barrier = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> None:
        try:
            barrier.wait()
            act()
            results.append("done")
        except Refused:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_changing_the_same_version_one_is_refused(self) -> None:
        company = found("halden", "Halden Castings")
        risk = company.add("risks", "The furnace fails")

        def change(cause: str) -> Callable[[], Any]:
            return lambda: actions.change(
                register="risks", row_id=risk.pk, values={"cause": cause}, version=1, by=company.anna, at=NOW
            )

        assert at_once([change("Age"), change("Wear")]) == ["done", "refused"]
        with organisation_scope(company.organisation.pk):
            assert Risk.objects.get().version == 2

    def test_adding_rows_gives_each_its_own_number(self) -> None:
        company = found("halden", "Halden Castings")
        acts = [lambda: company.add("risks", "x") for _ in range(4)]
        assert at_once(acts) == ["done"] * 4
        with organisation_scope(company.organisation.pk):
            numbers = sorted(Risk.objects.values_list("number", flat=True))
        assert numbers == ["R-0001", "R-0002", "R-0003", "R-0004"]
