"""A real organisation's handbook with its whole history, for demo and tests. See ATTRIBUTION.md."""

from __future__ import annotations

from pathlib import Path

HANDBOOK = Path(__file__).parent / "publiccodenet_about.versions.jsonl.xz"
