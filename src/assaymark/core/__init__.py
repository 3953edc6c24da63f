"""The ideas. Pure Python: no Django, no clock, no network, no disk."""
