"""The cast of home: Halden Castings and an outsider."""

from tests.register_cast import elsewhere, halden

__all__ = ["elsewhere", "halden"]
