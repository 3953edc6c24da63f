"""How things travel: bytes to values and back. No Django, no clock, no network."""
