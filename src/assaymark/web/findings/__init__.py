"""Pages of findings: the list, reporting a problem, the record with its story and its steps."""
