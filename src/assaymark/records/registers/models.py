"""The tables of all registers: every module in `declared` is imported, so that a new register is one new file."""

from __future__ import annotations

import importlib
import pkgutil

from assaymark.records.registers import declared
from assaymark.records.registers.declared.processes import Process as Process  # others hold foreign keys to it
from assaymark.records.registers.row import SavedView as SavedView

for _module in sorted(module.name for module in pkgutil.iter_modules(declared.__path__)):
    importlib.import_module(f"{declared.__name__}.{_module}")
