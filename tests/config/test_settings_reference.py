"""Every setting that is read from the environment is documented, and no other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class TestTheReference:
    def test_names_what_the_settings_read(self) -> None:
        source = (ROOT / "src" / "assaymark" / "config" / "settings.py").read_text(encoding="utf-8")
        read = set(re.findall(r'environ(?:\.get\(|\[)"([A-Z_]+)"', source))
        document = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
        documented = set(re.findall(r"^\| `([A-Z_]+)`", document, re.MULTILINE))
        assert documented == read
