"""Nonconformities and their actions (ISO 9001:2015, 10.2): own ones, and those that another body raised here."""
