"""Certificates in a folder as a register: every file verified once, found by number, by holder, by file name."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Callable, Sequence
from pathlib import Path

from assaymark.core.register import name_key, number_key
from assaymark.core.supplier_list import Listed, Near
from assaymark.core.trust import Anchor
from assaymark.verify.engine import Input, verify
from assaymark.verify.policy import Policy
from assaymark.verify.verdict import CertificateVerdict

ENDINGS = (".pdf", ".json", ".jwt", ".vc", ".txt")
MOST_FILES = 20_000


class TooManyFiles(ValueError):
    """The folder holds more files than are read at once."""


def listed_of(verdict: CertificateVerdict, *, source: str) -> Listed:
    """A verdict as a listing."""
    subject = verdict.claims.get("credentialSubject", {}) if verdict.claims else {}
    return Listed(
        number=verdict.certificate_number or "",
        holder=verdict.holder or "",
        standard=verdict.standard or "",
        body=verdict.issuer_name or "",
        country=str(subject.get("country", "")),
        expires=verdict.valid_until.date() if verdict.valid_until else None,
        code=verdict.code.value,
        answers=tuple(finding.answer.value for finding in verdict.findings.values()),
        source=source,
        url=verdict.public_url,
    )


class Folder:
    """A folder of PDF certificates, bundles and credentials, as `core.supplier_list.Register`."""

    def __init__(
        self,
        folder: Path,
        *,
        anchors: Sequence[Anchor] | None,
        at: dt.datetime,
        now: dt.datetime,
        done: Callable[[int], None] = lambda files: None,
    ) -> None:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.is_file())
        if len(paths) > MOST_FILES:
            raise TooManyFiles(f"{folder} holds more than {MOST_FILES} certificates. Split it.")
        self._files: dict[str, Listed] = {}
        limit = Policy().max_file + 1
        for path in paths:
            with path.open("rb") as file:
                verdict = verify([Input(path.name, file.read(limit))], at=at, now=now, anchors=anchors)[0]
            self._files[path.name] = listed_of(verdict, source=path.name)
            done(1)
        self._numbers: dict[str, list[Listed]] = {}
        self._names: dict[str, list[Listed]] = {}
        for listed in self._files.values():
            if listed.number:
                self._numbers.setdefault(number_key(listed.number), []).append(listed)
            if listed.holder:
                self._names.setdefault(name_key(listed.holder), []).append(listed)

    def by_numbers(self, numbers: Sequence[str]) -> dict[str, list[Listed]]:
        """Certificates by number key."""
        keys = {number_key(number) for number in numbers}
        return {key: self._numbers[key] for key in keys if key in self._numbers}

    def by_names(self, names: Sequence[str]) -> list[list[Near]]:
        """For each name the holders of the folder that are meant or nearly so."""
        return [self._near(name_key(name)) for name in names]

    def _near(self, key: str) -> list[Near]:
        if key in self._names:
            return [Near(self._names[key][0].holder, 100.0, tuple(self._names[key]))]
        found = []
        for other in difflib.get_close_matches(key, self._names, n=5, cutoff=0.75):
            score = 100 * difflib.SequenceMatcher(None, key, other).ratio()
            found.append(Near(self._names[other][0].holder, min(score, 99.0), tuple(self._names[other])))
        return found

    def by_file(self, name: str) -> Listed | None:
        """The certificate in a file of this folder."""
        return self._files.get(Path(name).name)

    def complete_for(self, body: str, on: dt.date) -> str:
        """A folder is never complete."""
        return ""
