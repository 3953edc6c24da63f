#!/usr/bin/env python3
"""Writes docs/reference/commands.md from the commands themselves. `tests/docs` compares.

python tools/commands.py
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from assaymark.cli.main import main

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "commands.md"
HEAD = """# Commands

Written from the commands' own help by `tools/commands.py`; a test compares. `assaymark COMMAND --help` says the same.

State lives under `ASSAYMARK_HOME` ([settings](settings.md)). Errors go to standard error with what to do next.
Exit status: 0 done, 1 refused or not as it should be, 2 wrong use. `verify` adds 3: nothing is *no*, something is
*unknown*. `verify` and `journal verify` need neither server nor database.
"""


def tree(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[tuple[str, click.Context]]:
    """Every command with its full name and a context, groups before what is in them."""
    context = click.Context(command, info_name=name.rpartition(" ")[2], parent=parent)
    yield name, context
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            assert found is not None
            yield from tree(found, f"{name} {below}", context)


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for name, context in tree(main, "assaymark"):
        if name == "assaymark":
            continue
        level = "##" if name.count(" ") == 1 else "###"
        parts.append(f"{level} {name}\n\n{_described(context)}")
    return "\n".join(parts)


def _described(context: click.Context) -> str:
    command = context.command
    words, _, example = inspect.cleandoc(command.help or "").replace("\b\n", "").partition("\nExample")
    lines = [line.strip() for line in example.partition(":\n")[2].splitlines()]
    parts = [words.strip()]
    if not isinstance(command, click.Group):
        usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
        parts.append(f"`{usage}`")
        options = [row for row in (_row(option, context) for option in command.get_params(context)) if row]
        if options:
            parts.append("\n".join(["| option | meaning |", "|---|---|", *options]))
        parts.append("\n".join(["```console", *(f"$ {line}" for line in lines), "```"]))
    return "\n\n".join(parts) + "\n"


def _row(option: click.Parameter, context: click.Context) -> str:
    if not isinstance(option, click.Option) or "--help" in option.opts:
        return ""
    record = option.get_help_record(context)
    assert record is not None
    words = f"{record[1]} Needed." if option.required and "required" not in record[1] else record[1]
    words = words.replace("  [required]", " Needed.").replace("  [", " [")
    return f"| `{record[0].replace('|', '/')}` | {words} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.name}: {len(list(tree(main, 'assaymark'))) - 1} commands")
