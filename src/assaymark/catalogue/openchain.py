"""Reads the OpenChain Specification (ISO/IEC 5230) from its Markdown into clauses.

The specification says that a requirement consists of its verification materials, each numbered below its clause;
they become the requirements. The clause's own sentence stays its text, the rationale its guidance.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from assaymark.core.standards import Clause, Malformed, Requirement, parent_number

_HEADING = re.compile(r"^#{1,3} (?P<number>\d+(?:\.\d+)*) - (?P<title>.+?)\s*$")
_PART = re.compile(r"^#### (?P<name>Verification material\(s\)|Rationale):\s*$")
_MATERIAL = re.compile(r"^- (?P<number>\d+(?:\.\d+){3}) - (?P<text>.+?)\s*$")
_LINK = re.compile(r"\[(?P<text>[^\]]+)\]\((?P<address>[^)]+)\)")
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")


@dataclass
class _Open:
    """A clause while its lines are still coming."""

    number: str
    title: str
    text: list[str] = field(default_factory=list)
    rationale: list[str] = field(default_factory=list)
    materials: list[Requirement] = field(default_factory=list)

    def closed(self) -> Clause:
        return Clause(
            number=self.number,
            title=self.title[:1].upper() + self.title[1:],
            parent=parent_number(self.number),
            text=_plain(self.text),
            guidance=_plain(self.rationale),
            requirements=tuple(self.materials),
        )


def read_specification(markdown: str, *, questions: Mapping[str, str]) -> tuple[Clause, ...]:
    """The clauses of the specification in reading order.

    questions  what an auditor asks, by number of the verification material
    Raises `Malformed` when the text holds no numbered verification material, or a question belongs to none.
    """
    clauses: list[_Open] = []
    part = "outside"
    for line in markdown.splitlines():
        if heading := _HEADING.match(line):
            # The table of contents uses the same headings; what comes later is the clause itself.
            clauses = [clause for clause in clauses if clause.number != heading["number"]]
            clauses.append(_Open(number=heading["number"], title=heading["title"]))
            part = "text"
        elif section := _PART.match(line):
            part = "rationale" if section["name"] == "Rationale" else "materials"
        elif line.startswith("#"):
            part = "outside"
        elif clauses:
            _take(clauses[-1], part, line, questions)
    found = {material.id for clause in clauses for material in clause.materials}
    if not found:
        raise Malformed("No numbered verification material found. Give the Markdown of the OpenChain Specification.")
    if strangers := sorted(set(questions) - found):
        raise Malformed(f"These questions belong to no verification material: {', '.join(strangers)}.")
    return tuple(clause.closed() for clause in clauses)


def _plain(lines: list[str]) -> str:
    """The lines without Markdown's pictures and links; a link's address stays where its text does not say it."""

    def words(match: re.Match[str]) -> str:
        text, address = match["text"], match["address"]
        return text if text in address else f"{text} ({address})"

    return _LINK.sub(words, _PICTURE.sub("", "\n".join(lines))).strip()


def _take(clause: _Open, part: str, line: str, questions: Mapping[str, str]) -> None:
    if part == "text":
        clause.text.append(line)
    elif part == "rationale":
        clause.rationale.append(line)
    elif part == "materials" and (material := _MATERIAL.match(line)):
        number = material["number"]
        clause.materials.append(
            Requirement(
                id=number,
                clause=clause.number,
                text=material["text"],
                question=questions.get(number, ""),
            )
        )
    elif part == "materials" and line.strip():
        clause.text.append(line)
