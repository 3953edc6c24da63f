"""Released schemas and context of UNTP 0.7.0; see ATTRIBUTION.md."""
