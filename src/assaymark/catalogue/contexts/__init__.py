"""JSON-LD contexts that ship, so that nothing is fetched; see ATTRIBUTION.md."""
