"""Evidence: what points from a record to a requirement, and what may be kept with a record.

Rules that hold here
- A link names edition and requirement (or clause), so that a new edition of a standard changes no old link.
- A file is known by the SHA-256 of its content; its name is only what people call it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from assaymark.core.refusal import Refusal

CLAUSE = "ISO 9001:2015, 7.5.3"
LONGEST_NAME = 200
LARGEST_FILE = 50 * 1024 * 1024

# What a browser might run when it is opened; kept out because nobody needs it as evidence.
REFUSED_ENDINGS = frozenset({"exe", "com", "bat", "cmd", "scr", "msi", "js", "vbs", "ps1", "jar", "hta", "lnk"})


@dataclass(frozen=True, slots=True)
class RequirementRef:
    """A requirement or clause of an edition, such as ("iso-9001-2015", "6.1.2 b1") or ("iso-9001-2015", "8.4")."""

    edition: str
    requirement: str

    @classmethod
    def parse(cls, *, text: str) -> RequirementRef:
        """Reads "iso-9001-2015 6.1.2 b1". Raises `ValueError` when one half is missing."""
        edition, _, requirement = text.strip().partition(" ")
        if not edition or not requirement.strip():
            raise ValueError("Write the edition's key, a space, and the clause, such as iso-9001-2015 8.4.")
        return cls(edition, requirement.strip())

    def __str__(self) -> str:
        return f"{self.edition} {self.requirement}"


def file_name(*, given: str) -> str:
    """A name that is safe to show and to offer for download: no folders, no control or direction signs, NFC."""
    base = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in base if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}).strip(" .")
    if len(kept) > LONGEST_NAME:
        stem, dot, ending = kept.rpartition(".")
        kept = (
            f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}"
            if dot and len(ending) < 20
            else kept[:LONGEST_NAME]
        )
    return kept or "file"


def reasons_not_to_attach(*, name: str, size: int, largest: int = LARGEST_FILE) -> list[Refusal]:
    """Why a file may not be kept with a record. size: bytes."""
    refusals = []
    if size == 0:
        refusals.append(Refusal("file-empty", CLAUSE, f"{name} is empty.", "Choose the file again."))
    if size > largest:
        refusals.append(
            Refusal(
                "file-size",
                CLAUSE,
                f"{name} has {size // (1024 * 1024)} MB; {largest // (1024 * 1024)} MB is the limit.",
                "Make it smaller or split it.",
            )
        )
    if name.rpartition(".")[2].lower() in REFUSED_ENDINGS:
        refusals.append(
            Refusal("file-program", CLAUSE, f"{name} is a program, not a record.", "Attach a document or a picture.")
        )
    return refusals


def reasons_not_to_link(*, ref: RequirementRef, known: Collection[str] | None) -> list[Refusal]:
    """Why a record cannot be linked to the requirement. known: all of the edition, None if there is none."""
    if known is None:
        return [
            Refusal("edition-unknown", "", f"There is no edition {ref.edition} here.", "Choose one of the standards.")
        ]
    if ref.requirement not in known:
        return [
            Refusal(
                "requirement-unknown",
                "",
                f"{ref.edition} has no requirement {ref.requirement}.",
                "Choose a clause or requirement of that edition.",
            )
        ]
    return []
