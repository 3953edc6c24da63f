"""Standards as reference data: what ships, what was imported, and the dates that an operator confirms."""
