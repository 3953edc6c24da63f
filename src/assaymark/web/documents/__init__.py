"""Pages of controlled documents: list, record, editor, comparison, in force on a day, to read."""
