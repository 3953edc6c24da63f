"""`assaymark register`: import foreign registers, verify a whole register. Each part loads on call."""

from __future__ import annotations

from assaymark.cli.main import Lazy

COMMANDS: dict[str, tuple[str, str, bool]] = {
    "import": ("assaymark.cli.register_import:import_", "Take a snapshot of a foreign register.", True),
    "export": ("assaymark.cli.register_import:export", "Write a register for the international database.", True),
    "coverage": ("assaymark.cli.register_import:coverage", "State since when a body is listed completely.", True),
    "body-change": ("assaymark.cli.register_bodies:body_change", "Record that a body was renamed or merged.", True),
    "body-changes": ("assaymark.cli.register_bodies:body_changes", "List what became of bodies.", True),
    "refresh": ("assaymark.cli.register_import:refresh", "Bring this installation's own listings up to date.", True),
    "sources": ("assaymark.cli.register_import:sources", "List the registers that are held here.", True),
    "suspicious": ("assaymark.cli.register_suspicious:suspicious", "List facts that call for a question.", True),
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
