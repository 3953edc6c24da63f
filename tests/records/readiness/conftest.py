"""The cast of readiness is that of the registers: Halden Castings and an outsider."""

from tests.register_cast import elsewhere, halden

__all__ = ["elsewhere", "halden"]
