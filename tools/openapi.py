#!/usr/bin/env python3
"""Writes docs/reference/openapi.json from the code; a test compares."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from assaymark.api.interface import api

    target = ROOT / "docs" / "reference" / "openapi.json"
    target.write_text(json.dumps(api.get_openapi_schema(), indent=1, default=str) + "\n", encoding="utf-8")
