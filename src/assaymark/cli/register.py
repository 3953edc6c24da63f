"""`assaymark register`: import foreign registers, verify a whole register. Each part loads on call."""

from __future__ import annotations

from assaymark.cli.main import Lazy

COMMANDS: dict[str, tuple[str, str, bool]] = {
    "verify": ("assaymark.cli.register_verify:verify", "Verify every certificate of a register.", False),
}

register = Lazy(
    "register",
    COMMANDS,
    help="""The public register: import snapshots of other registers, verify all its certificates.

    \b
    Example:
      assaymark register verify world/ --json
    """,
)
