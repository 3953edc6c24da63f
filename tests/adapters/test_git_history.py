"""The history of a git repository, in first-parent order, with nothing of the repository being run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from assaymark.adapters import git_history
from assaymark.core.document_history import HistoryRefused, check


class Repository:
    """A repository in a folder, with a clock of its own (a day a commit)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.days = 0
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        moment = f"2020-01-{self.days + 1:02}T12:00:00+02:00"
        environment = os.environ | {
            "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "a@x.example", "GIT_COMMITTER_NAME": "Ada",
            "GIT_COMMITTER_EMAIL": "a@x.example", "GIT_AUTHOR_DATE": "2001-01-01T00:00:00Z",
            "GIT_COMMITTER_DATE": moment, "GIT_CONFIG_GLOBAL": "/dev/null",
        }  # fmt: skip
        done = subprocess.run(
            ["git", "-C", str(self.folder), *arguments], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    def commit(self, message: str, **files: str | bytes | None) -> None:
        for name, content in files.items():
            path = self.folder / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        self.days += 1

    def read(self) -> list[tuple[str, str, bytes | None]]:
        changes = git_history.read(self.folder)
        assert check(changes) == []
        return [(c.status, c.path, c.content) for c in changes]

    def at(self, commit: str) -> dict[str, str]:
        """What git itself says is there: path → blob."""
        listed = self.git("ls-tree", "-r", commit).splitlines()
        return {row.split("\t")[1]: row.split()[2] for row in listed}


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[Repository]:
    yield Repository(tmp_path / "handbook")


class TestAHistory:
    def test_is_read_from_the_first_commit_on(self, repository: Repository) -> None:
        repository.commit("one", **{"a.md": "1", "deep/b.txt": "b"})
        repository.commit("two", **{"a.md": "2"})
        repository.commit("gone", **{"deep/b.txt": None})
        assert repository.read() == [
            ("A", "a.md", b"1"),
            ("A", "deep/b.txt", b"b"),
            ("M", "a.md", b"2"),
            ("D", "deep/b.txt", None),
        ]

    def test_tells_a_rename_as_deletion_and_addition_in_one_commit(self, repository: Repository) -> None:
        repository.commit("one", **{"old name.md": "text"})
        repository.git("mv", "old name.md", "ümlaut.md")
        repository.commit("renamed")
        changes = git_history.read(repository.folder)
        assert [(c.status, c.path) for c in changes[1:]] == [("D", "old name.md"), ("A", "ümlaut.md")]
        assert changes[1].commit == changes[2].commit

    def test_counts_a_merge_as_one_change_on_its_day(self, repository: Repository) -> None:
        repository.commit("one", **{"a.md": "1"})
        repository.git("checkout", "-q", "-b", "side")
        repository.commit("side 1", **{"b.md": "draft"})
        repository.commit("side 2", **{"b.md": "final"})
        repository.git("checkout", "-q", "main")
        repository.commit("main goes on", **{"a.md": "2"})
        repository.git("merge", "-q", "--no-ff", "-m", "Take it", "side")
        changes = git_history.read(repository.folder)
        assert [(c.path, c.content) for c in changes] == [("a.md", b"1"), ("a.md", b"2"), ("b.md", b"final")]
        assert changes[-1].message == "Take it"
        assert changes[-1].day.isoformat() == "2020-01-05"

    def test_ends_where_git_says_it_ends(self, repository: Repository) -> None:
        import hashlib

        for number in range(6):
            repository.commit(f"{number}", **{f"{number % 3}.md": f"text {number}", "x.md": f"{number}"})
        there: dict[str, str] = {}
        for status, path, content in repository.read():
            if content is None:
                there.pop(path)
            else:
                assert status in "AM"
                there[path] = hashlib.sha1(b"blob %d\x00" % len(content) + content, usedforsecurity=False).hexdigest()
        assert there == repository.at("HEAD")

    def test_leaves_out_links_submodules_and_what_is_no_document(self, repository: Repository) -> None:
        (repository.folder / "link.md").symlink_to("/etc/passwd")
        repository.commit("one", **{"a.md": "1", "logo.png": b"\x89PNG", "code.py": "x"})
        assert repository.read() == [("A", "a.md", b"1")]

    def test_takes_a_file_that_becomes_a_link_as_deleted(self, repository: Repository) -> None:
        repository.commit("one", **{"a.md": "1"})
        (repository.folder / "a.md").unlink()
        (repository.folder / "a.md").symlink_to("/etc/passwd")
        repository.commit("link")
        assert repository.read() == [("A", "a.md", b"1"), ("D", "a.md", None)]

    def test_survives_names_and_messages_meant_to_confuse(self, repository: Repository) -> None:
        names = [":100644 weird.md", "-rf.md", "new -> old.md", 'quote".md']
        repository.commit("\x02\x02 :000000\nbody", **dict.fromkeys(names, "x"))
        assert sorted(path for _, path, _ in repository.read()) == sorted(names)

    def test_with_a_name_of_control_characters_is_left_to_the_checks(self, repository: Repository) -> None:
        repository.commit("one", **{"new\nline.md": "x"})
        assert len(check(git_history.read(repository.folder))) == 1


class TestAHostileRepository:
    def test_runs_no_program_that_its_configuration_names(self, repository: Repository, tmp_path: Path) -> None:
        mark = tmp_path / "ran"
        script = tmp_path / "evil.sh"
        script.write_text(f"#!/bin/sh\ntouch {mark}\n")
        script.chmod(0o755)
        repository.commit("one", **{"a.md": "1", ".gitattributes": "*.md diff=evil filter=evil\n"})
        for name in ("core.fsmonitor", "core.pager", "diff.external", "diff.evil.command", "diff.evil.textconv",
                     "filter.evil.smudge", "core.sshCommand", "gpg.program"):  # fmt: skip
            repository.git("config", name, str(script))
        repository.git("config", "log.showSignature", "true")
        assert repository.read() == [("A", "a.md", b"1")]
        assert not mark.exists()

    def test_cannot_hide_its_first_commit(self, repository: Repository) -> None:
        repository.commit("one", **{"a.md": "1"})
        repository.git("config", "log.showRoot", "false")
        assert repository.read() == [("A", "a.md", b"1")]

    def test_with_a_missing_object_is_refused(self, repository: Repository) -> None:
        repository.commit("one", **{"a.md": "1"})
        blob = repository.at("HEAD")["a.md"]
        (repository.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
        with pytest.raises(HistoryRefused, match="missing"):
            git_history.read(repository.folder)

    def test_without_a_commit_is_refused(self, repository: Repository) -> None:
        with pytest.raises(HistoryRefused, match="git says"):
            git_history.read(repository.folder)


class TestAFolder:
    def test_is_a_repository_when_checked_out_or_bare(self, repository: Repository, tmp_path: Path) -> None:
        repository.commit("one", **{"a.md": "1"})
        bare = tmp_path / "bare.git"
        repository.git("clone", "-q", "--bare", str(repository.folder), str(bare))
        assert git_history.is_repository(repository.folder)
        assert git_history.is_repository(bare)
        assert not git_history.is_repository(tmp_path)
        assert [c.path for c in git_history.read(bare)] == ["a.md"]
