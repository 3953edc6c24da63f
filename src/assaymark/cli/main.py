"""`assaymark`: the command line. Modules load on call, so that `--help` is quick and the verifier needs no Django.

Rules: errors on standard error with what to do next; exit status 2 for wrong use; `--json` where something is
answered; every command's help has an example.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

import click

from assaymark import __version__

# name → (module:attribute, help line, needs the server part)
COMMANDS: dict[str, tuple[str, str, bool]] = {
    "init": ("assaymark.cli.installation:init", "Create or migrate the database of this installation.", True),
    "check": (
        "assaymark.cli.installation:check",
        "Check settings and database; refuse what is unsafe.",
        True,
    ),
    "serve": ("assaymark.cli.installation:serve", "Serve pages and run the background worker.", True),
    "organisation": ("assaymark.cli.organisation:organisation", "Organisations and their people.", True),
    "demo": ("assaymark.cli.demo:demo", "The demo world.", True),
    "standards": ("assaymark.cli.standards:standards", "Standards: load, import, list.", True),
    "documents": ("assaymark.cli.documents:documents", "Documents: import, in force on a day.", True),
    "readiness": ("assaymark.cli.readiness:readiness", "The clause matrix of an organisation.", True),
    "certificate": ("assaymark.cli.certificate:certificate", "Certificates: list, export, status.", True),
    "trust": ("assaymark.cli.trust:trust", "The trust list.", True),
    "register": ("assaymark.cli.register:register", "The public register: import, verify.", False),
    "verify": ("assaymark.cli.verify:verify", "Verify a certificate: credential, PDF or bundle.", False),
    "explain": ("assaymark.cli.explain:explain", "Explain a verdict, step by step.", False),
    "lint": ("assaymark.cli.lint:lint", "Say what a certificate lacks: clause and next step.", False),
    "watch": ("assaymark.cli.watch:watch", "Watch lists: list, add, look at once.", True),
    "world": ("assaymark.cli.world:world", "A synthetic world of certificates, with its truth.", False),
    "verify-list": ("assaymark.cli.verify_list:verify_list", "Check a list of suppliers against a register.", False),
    "bundle": ("assaymark.cli.bundle:bundle", "Everything about one certificate for offline use.", False),
    "journal": ("assaymark.cli.journal:journal", "The journal: export, verify.", False),
}


class Lazy(click.Group):
    """A group that lists its commands without importing them."""

    def __init__(self, name: str | None, commands: dict[str, tuple[str, str, bool]], **settings: Any) -> None:
        super().__init__(name, **settings)
        self.known = commands

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self.known)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.known:
            return None
        target, _, needs_server = self.known[cmd_name]
        module, attribute = target.split(":")
        if needs_server and importlib.util.find_spec("django") is None:
            raise click.UsageError(
                f"`assaymark {cmd_name}` needs the server part. Install it: pip install 'assaymark[server]'"
            )
        command: Any = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if not self.known:
            return
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line, _) in sorted(self.known.items())])


class Commands(Lazy):
    """All that this program does."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(commands=COMMANDS, **{"name": None, **settings})


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="assaymark")
def main() -> None:
    """Assaymark runs a quality management system, carries it to accredited certification, and verifies certificates.

    \b
    Example:
      assaymark verify certificate.pdf --trust anchors.json
    """


if __name__ == "__main__":
    main()
