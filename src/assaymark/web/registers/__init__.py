"""Pages of all registers: list, record, form, import. What they show follows from the declaration."""
