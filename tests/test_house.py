"""The house rules of CONTRIBUTING.md that a machine can check, each failing with the places to mend."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "assaymark"

# "About 500", "about 50", "about 80": a little over is a matter of taste, more is a matter for this test.
LONGEST_MODULE = 550
LONGEST_FUNCTION = 60
LONGEST_TEMPLATE = 100
LONGEST_VIEW = 25

# What the innermost layer must not reach for: a clock, the network, the disk, another process, chance.
OUTSIDE_WORLD = {
    "io", "os", "pathlib", "random", "requests", "secrets", "shutil", "socket", "subprocess", "tempfile", "time",
    "urllib.request",
}  # fmt: skip
CLOCK_CALLS = {"now", "utcnow", "today"}
SELF_EVIDENT = {"apps.py", "urls.py"}
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}


@cache
def modules() -> tuple[Path, ...]:
    """Every module of the package but migrations, which are generated."""
    return tuple(sorted(p for p in PACKAGE.rglob("*.py") if "migrations" not in p.parts))


@cache
def tree_of(module: Path) -> ast.Module:
    """The module, parsed once."""
    return ast.parse(module.read_text(encoding="utf-8"))


def place(file: Path, line: int = 1) -> str:
    """A path that an editor can open."""
    return f"{file.relative_to(ROOT)}:{line}"


def listed(found: Iterable[str] | dict[str, int]) -> str:
    """All places, one a line, so that nothing hides behind an abbreviation."""
    lines = [f"{where} ({n} lines)" for where, n in found.items()] if isinstance(found, dict) else list(found)
    return "\n".join(["", *lines])


def functions(module: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions and methods of a module."""
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without decorators and docstring."""
    documented = ast.get_docstring(node) is not None
    docstring = node.body[0]
    skipped = (docstring.end_lineno or 0) - docstring.lineno + 1 if documented else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - skipped


def imported_names(module: Path) -> Iterator[tuple[str, int]]:
    """Dotted names that a module imports, with lines."""
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def is_view(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """A function that takes a request first."""
    return bool(node.args.args) and node.args.args[0].arg == "request"


class TestEveryModule:
    def test_opens_with_what_it_is(self) -> None:
        without = [
            place(module)
            for module in modules()
            if module.name not in SELF_EVIDENT
            and module.read_text(encoding="utf-8").strip()
            and ast.get_docstring(tree_of(module)) is None
        ]
        assert not without, listed(without)

    def test_stays_short(self) -> None:
        lengths = {place(m): len(m.read_text(encoding="utf-8").splitlines()) for m in modules()}
        too_long = {where: n for where, n in lengths.items() if n > LONGEST_MODULE}
        assert not too_long, listed(too_long)

    def test_has_a_name_from_the_field(self) -> None:
        nameless = [place(m) for m in modules() if NAMELESS & {part.removesuffix(".py") for part in m.parts}]
        assert not nameless, listed(nameless)

    def test_has_functions_that_stay_short(self) -> None:
        long = {place(m, f.lineno): length(f) for m in modules() for f in functions(m)}
        too_long = {where: n for where, n in long.items() if n > LONGEST_FUNCTION}
        assert not too_long, listed(too_long)


class TestCore:
    def test_reaches_for_nothing_outside(self) -> None:
        reached = [
            f"{place(module, line)} {name}"
            for module in (PACKAGE / "core").rglob("*.py")
            for name, line in imported_names(module)
            if name in OUTSIDE_WORLD
        ]
        assert not reached, listed(reached)

    def test_has_no_clock(self) -> None:
        calls = [
            place(module, node.lineno)
            for module in (PACKAGE / "core").rglob("*.py")
            for node in ast.walk(tree_of(module))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCK_CALLS
        ]
        assert not calls, listed(calls)

    def test_functions_are_called_by_name_and_documented(self) -> None:
        """Public functions of core are annotated in full and say what they do."""
        bare = [
            place(module, node.lineno)
            for module in (PACKAGE / "core").rglob("*.py")
            for node in tree_of(module).body
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
        ]
        assert not bare, listed(bare)


class TestActions:
    def test_take_their_arguments_by_name(self) -> None:
        positional = [
            place(module, node.lineno)
            for module in (PACKAGE / "records").rglob("actions.py")
            if module != PACKAGE / "records" / "actions.py"
            for node in tree_of(module).body
            if isinstance(node, ast.FunctionDef)
            and not node.name.startswith("_")
            and any(getattr(getattr(d, "func", d), "id", "") == "action" for d in node.decorator_list)
            and node.args.args
        ]
        assert not positional, listed(positional)


class TestViews:
    def test_parse_call_and_render_in_25_lines(self) -> None:
        long = {
            place(module, node.lineno): length(node)
            for module in modules()
            if "web" in module.parts and module.stem.endswith("views")
            for node in functions(module)
            if is_view(node)
        }
        too_long = {where: n for where, n in long.items() if n > LONGEST_VIEW}
        assert not too_long, listed(too_long)


class TestTemplates:
    def test_stay_short(self) -> None:
        lengths = {place(t): len(t.read_text(encoding="utf-8").splitlines()) for t in PACKAGE.rglob("*.html")}
        too_long = {where: n for where, n in lengths.items() if n > LONGEST_TEMPLATE}
        assert not too_long, listed(too_long)

    def test_carry_no_inline_style_or_handler(self) -> None:
        """The content security policy would ignore both, and the page would look right on no machine but ours."""
        inline = re.compile(r"""<[^>{]*\s(?:style|on[a-z]+)\s*=\s*["']""")
        found = [
            place(template, number)
            for template in PACKAGE.rglob("*.html")
            for number, line in enumerate(template.read_text(encoding="utf-8").splitlines(), start=1)
            if inline.search(line)
        ]
        assert not found, listed(found)


class TestWords:
    def test_success_is_not_announced_as_such(self) -> None:
        found = [
            place(file, number)
            for file in [*modules(), *PACKAGE.rglob("*.html")]
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
            if re.search(r"\bsuccessful(ly)?\b", line, re.IGNORECASE)
        ]
        assert not found, listed(found)


class TestTheRepository:
    def test_vendored_files_are_what_their_manifest_says(self) -> None:
        import hashlib
        import json

        manifests = sorted((PACKAGE / "web" / "static").rglob("VENDOR.json"))
        assert {m.parent.name.split("-")[0] for m in manifests} == {"icons", "inter", "tabler"}
        for manifest in manifests:
            stated = json.loads(manifest.read_text(encoding="utf-8"))
            assert stated["licence"]
            for entry in stated["files"]:
                found = hashlib.sha256((manifest.parent / entry["file"]).read_bytes()).hexdigest()
                assert found == entry["sha256"], entry["file"]

    def test_locks_name_every_package_by_hash_and_no_host(self) -> None:
        for lock in (ROOT / "requirements").glob("*.lock*"):
            text = lock.read_text(encoding="utf-8")
            entries = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)
            assert entries, lock.name
            assert all("--hash=sha256:" in entry for entry in entries), lock.name
            assert "://" not in text, lock.name

    def test_what_runs_is_what_was_tested(self) -> None:
        """The smaller locks hold the same versions as the one the suite runs under."""

        def versions(name: str) -> set[str]:
            return set(re.findall(r"^\S+==\S+", (ROOT / "requirements" / name).read_text(), re.MULTILINE))

        assert versions("run.lock") - versions("dev.lock") == set()
        assert versions("verify.lock") - versions("run.lock") == set()
