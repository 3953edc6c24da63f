"""Valid on D, as known on K: the verifier against a reading of the ground truth that shares no code with it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from assaymark.world import folder as folders

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture(scope="module")
def history() -> ModuleType:
    sys.path.insert(0, str(BENCH))
    try:
        spec = importlib.util.spec_from_file_location("history", BENCH / "history.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(BENCH))
    return module


def test_200_random_triples_agree_with_an_independent_reading(history: ModuleType, tmp_path: Path) -> None:
    world = tmp_path / "world"
    folders.make(world, certificates=1500, seed=23, jobs=1, done=lambda many: None)
    agree, differ = history.compare(world, 200)
    assert differ == []
    assert agree == 200
