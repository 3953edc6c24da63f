"""What every action and every page have in common."""

from __future__ import annotations

import pytest

from assaymark.records.actions import action
from assaymark.web.page import page


class TestAPermissionThatNoRoleCarries:
    @pytest.mark.parametrize("gate", [action, page])
    def test_is_refused_when_the_program_starts(self, gate: object) -> None:
        with pytest.raises(ValueError, match=r"No role carries the permission documents\.aprove"):
            gate("documents.aprove")  # type: ignore[operator]

    @pytest.mark.parametrize("gate", [action, page])
    def test_a_known_one_is_taken(self, gate: object) -> None:
        assert callable(gate("documents.approve"))  # type: ignore[operator]
