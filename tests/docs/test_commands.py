"""Commands in the documentation are commands that exist, and the reference is what the commands say of themselves."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from assaymark.cli.main import main
from tests.docs.pages import ROOT, blocks, commands, name, pages, text
from tools import commands as reference

# Programs of others that a guide may name; anything else in a console block is a slip of the pen.
OTHERS = {
    "curl", "cp", "createdb", "dropdb", "export", "git", "install", "pg_dump", "pg_restore", "psql", "python", "rsync",
    "sqlite3", "sudo", "systemctl", "tar",
}  # fmt: skip

# Commands that answer nothing to a program: they write the file that is asked for, or run until stopped.
ANSWER_NOTHING = {"bundle", "world bundle", "init", "serve", "certificate export", "trust export"}

LEAVES = [
    (full.removeprefix("assaymark "), context)
    for full, context in reference.tree(main, "assaymark")
    if not isinstance(context.command, click.Group)
]


def words(line: str) -> list[str]:
    """A command line as a shell reads it: no comment, no settings in front, nothing after a pipe."""
    found = shlex.split(line, comments=True)
    end = next((i for i, word in enumerate(found) if word in {"|", "&&", ";", ">"}), len(found))
    while found and re.match(r"[A-Z_]+=", found[0]):
        found, end = found[1:], end - 1
    return found[:end]


def fault(line: str) -> str:
    """What is wrong with a command of the documentation; empty when it parses."""
    program, *arguments = words(line)
    if program == "make":
        targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        return "" if all("=" in word or word in targets for word in arguments) else "no such target"
    if program.removeprefix(".venv/bin/") != "assaymark":
        return "" if program in OTHERS else f"{program}: a program that no page has named before"
    return parsed(main, click.Context(main, info_name="assaymark"), arguments)


def parsed(command: click.Command, context: click.Context, arguments: list[str]) -> str:
    """The same for arguments of one of our commands. Files need not exist."""
    if {"--help", "--version"} & set(arguments):
        return ""
    if isinstance(command, click.Group):
        below = command.get_command(context, arguments[0]) if arguments else None
        if below is None:
            return f"{context.command_path} has no {arguments[0] if arguments else 'verb'}"
        return parsed(below, click.Context(below, info_name=arguments[0], parent=context), arguments[1:])
    try:
        values, rest, _ = command.make_parser(context).parse_args(list(arguments))
    except click.UsageError as error:
        return error.format_message()
    missing = [p.name for p in command.params if p.required and values.get(str(p.name)) in (None, (), [])]
    return f"left over: {rest}" if rest else f"missing: {missing}" if missing else ""


class TestConsoleBlocks:
    @pytest.mark.parametrize("page", [page for page in pages() if blocks(page, "console")], ids=name)
    def test_hold_commands_that_exist(self, page: Path) -> None:
        lines = [line for block in blocks(page, "console") for line in commands(block)]
        assert lines, "a console block shows what is typed after '$ '"
        assert [f"{line}: {fault(line)}" for line in lines if fault(line)] == []

    @pytest.mark.parametrize("page", pages(), ids=name)
    def test_are_marked_as_such(self, page: Path) -> None:
        """A command in a block that names no language would escape the test above."""
        bare = [line for block in blocks(page, "") for line in block.splitlines()]
        assert [line for line in bare if re.match(r"(\$ )?(assaymark|make|curl) ", line)] == []

    @pytest.mark.parametrize(
        "wrong",
        [
            "assaymark dokuments import x",
            "assaymark documents import",
            "assaymark documents import a b --organisation halden",
            "assaymark verify x.pdf --trust-list a.json",
            "make tests",
            "asaymark verify x.pdf",
        ],
    )
    def test_would_not_hold_a_wrong_one(self, wrong: str) -> None:
        assert fault(wrong)


class TestTheReference:
    def test_is_what_the_commands_say(self) -> None:
        assert text(reference.PAGE) == reference.page(), "run: python tools/commands.py"


class TestEveryCommand:
    @pytest.mark.parametrize(("command", "context"), LEAVES, ids=[command for command, _ in LEAVES])
    def test_shows_an_example_that_parses(self, command: str, context: click.Context) -> None:
        _, _, example = (context.command.help or "").partition("Example")
        lines = [line.strip() for line in example.splitlines() if "assaymark " in line]
        assert lines, "its --help has no example"
        assert [f"{line}: {fault(line)}" for line in lines if fault(line)] == []
        assert any(f"assaymark {command}" in line for line in lines)

    @pytest.mark.parametrize(("command", "context"), LEAVES, ids=[command for command, _ in LEAVES])
    def test_answers_programs_too(self, command: str, context: click.Context) -> None:
        has_json = any("--json" in option.opts for option in context.command.params)
        assert has_json != (command in ANSWER_NOTHING)

    @pytest.mark.parametrize(("command", "context"), LEAVES, ids=[command for command, _ in LEAVES])
    def test_explains_each_option(self, command: str, context: click.Context) -> None:
        options = [option for option in context.command.params if isinstance(option, click.Option)]
        assert [option.name for option in options if not option.help] == []
