"""The cast: see tests/register_cast.py."""

from tests.register_cast import elsewhere, halden

__all__ = ["elsewhere", "halden"]
