"""Readiness on records: takes the snapshot that the checks of `core.readiness` look at. Keeps nothing of its own."""
