"""OSCAL catalogs (NIST's Open Security Controls Assessment Language, JSON) read into an edition with clauses.

Rules that hold here:
- All of it or nothing: groups at any depth, controls and enhancements, statements item by item, guidance, assessment
  objectives and the objects to look at. Parameters are inserted as "[label]" or as their choices.
- The input is a stranger's: size, depth and number are bounded before anything is built from it.
- A refusal says where the file is wrong and what to do about it; all faults found are told together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson

from assaymark.core.standards import Clause, Edition, Requirement, Standard, reasons_malformed

LARGEST_FILE = 32 * 1024 * 1024
DEEPEST = 16
MOST_CLAUSES = 20_000
MOST_FAULTS = 20
LONGEST_TEXT = 40_000

_INSERT = re.compile(r"\{\{\s*(?:insert:\s*param,)?\s*(?P<id>[A-Za-z0-9_.\-]+)\s*\}\}")
_STATEMENTS = {"statement"}
_GUIDANCE = {"guidance", "overview", "instruction"}
_OBJECTIVES = {"objective", "assessment-objective"}
_OBJECTS = {"objects", "assessment-objects"}
_METHODS = {"assessment", "assessment-method"}


class NotACatalog(ValueError):
    """The bytes are no OSCAL catalog that can be read; `faults` are sentences, each with its place."""

    def __init__(self, faults: list[str], *, more: int = 0) -> None:
        self.faults = tuple(faults[:MOST_FAULTS])
        left = more + max(0, len(faults) - MOST_FAULTS)
        super().__init__("\n".join(self.faults) + (f"\n… and {left} more faults." if left else ""))


@dataclass(frozen=True, slots=True)
class Imported:
    """A catalog as an edition, with the counts that let one check that nothing was lost."""

    edition: Edition
    groups: int
    controls: int


@dataclass
class _Reading:
    """What is gathered while walking the catalog."""

    parameters: dict[str, Mapping[str, Any]]
    numbers: dict[str, str]  # id of a control or group → the number it is shown under
    clauses: list[Clause] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    groups: int = 0
    controls: int = 0

    def insert(self, prose: str, *, depth: int = 0) -> str:
        """The prose with its parameters in place."""

        def value(match: re.Match[str]) -> str:
            return self._parameter(match["id"], depth)

        return _INSERT.sub(value, prose)[:LONGEST_TEXT]

    def _parameter(self, identifier: str, depth: int) -> str:
        parameter = self.parameters.get(identifier)
        if parameter is None or depth > 4:
            return f"[{identifier}]"
        if values := _texts(parameter.get("values")):
            return ", ".join(values)
        select = parameter.get("select")
        if isinstance(select, dict) and (choices := _texts(select.get("choice"))):
            several = "one or more of: " if select.get("how-many") == "one-or-more" else "one of: "
            return f"[{several}{'; '.join(self.insert(choice, depth=depth + 1) for choice in choices)}]"
        label = parameter.get("label")
        return f"[{label if isinstance(label, str) and label else identifier}]"


def read_catalog(raw: bytes, *, key: str = "") -> Imported:
    """The catalog in these bytes.

    key  identifier to file it under; made from title and version when empty
    Raises `NotACatalog` with every fault found.
    """
    catalog = _catalog(raw)
    metadata = _mapping(catalog.get("metadata"))
    title = str(metadata.get("title") or "").strip()
    if not title:
        raise NotACatalog(["catalog.metadata.title is missing. Add the title of the catalog."])
    reading = _Reading(parameters={}, numbers={})
    _index(catalog, reading, where="catalog", depth=0)
    _refuse(reading)
    _walk(catalog, reading, parent="", depth=0)
    version = str(metadata.get("version") or "").strip()
    edition = Edition(
        key=key or _slug(title, version),
        label=version[:80],
        standard=Standard(key=key or _slug(title), designation=title[:200], title=title[:300]),
        clauses=tuple(reading.clauses),
        published=_day(metadata.get("published")),
        source="imported",
        licence="As the catalog's publisher says",
        attribution=_publisher(metadata),
    )
    reading.faults.extend(reasons_malformed(edition))
    if reading.controls == 0:
        reading.faults.append("The catalog holds no control. Check that the file is the whole catalog.")
    _refuse(reading)
    return Imported(edition=edition, groups=reading.groups, controls=reading.controls)


def _refuse(reading: _Reading) -> None:
    if reading.faults:
        raise NotACatalog(reading.faults)


def _catalog(raw: bytes) -> Mapping[str, Any]:
    if len(raw) > LARGEST_FILE:
        raise NotACatalog([f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB. Split the catalog."])
    if b"\\u0000" in raw:
        raise NotACatalog(["The file contains NUL characters (\\u0000). Remove them."])
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        hint = " It looks like XML." if raw.lstrip()[:1] == b"<" else ""
        raise NotACatalog([f"The file is not JSON ({error}).{hint} Give the catalog in OSCAL's JSON form."]) from error
    if not isinstance(document, dict) or not isinstance(document.get("catalog"), dict):
        if isinstance(document, dict) and "profile" in document:
            raise NotACatalog(
                ["This is an OSCAL profile. Resolve it to a catalog first, then import the resolved catalog."]
            )
        raise NotACatalog(['The file has no "catalog" at its top. Give an OSCAL catalog.'])
    catalog: Mapping[str, Any] = document["catalog"]
    return catalog


def _index(holder: Mapping[str, Any], reading: _Reading, *, where: str, depth: int) -> None:
    """First pass: parameters and numbers, which later text may point to before they are met; and all bounds."""
    if depth > DEEPEST:
        raise NotACatalog([f"{where}: nested deeper than {DEEPEST} levels. Flatten the catalog."])
    for parameter in _listed(holder, "params", reading, where):
        if isinstance(parameter.get("id"), str):
            reading.parameters[parameter["id"]] = parameter
    for word in ("groups", "controls"):
        for place, child in enumerate(_listed(holder, word, reading, where)):
            identifier = child.get("id")
            here = f"{where}.{word}[{place}]" if not isinstance(identifier, str) else f"{word[:-1]} {identifier}"
            if word == "controls" and not isinstance(identifier, str):
                reading.faults.append(f"{here} has no id. Give it one.")
            if not isinstance(child.get("title"), str) or not child["title"].strip():
                reading.faults.append(f"{here} has no title. Give it one.")
            if isinstance(identifier, str):
                if identifier in reading.numbers:
                    reading.faults.append(f"{here} occurs twice. Give each its own id.")
                reading.numbers[identifier] = _number(child, taken=set(reading.numbers.values()))
            if len(reading.numbers) > MOST_CLAUSES:
                raise NotACatalog([f"The catalog holds more than {MOST_CLAUSES} entries. Split it."])
            _index(child, reading, where=here, depth=depth + 1)


def _walk(holder: Mapping[str, Any], reading: _Reading, *, parent: str, depth: int) -> None:
    """Second pass: clauses in reading order."""
    for group in holder.get("groups", ()):
        reading.groups += 1
        identifier = group.get("id")
        number = reading.numbers[identifier] if isinstance(identifier, str) else f"G{reading.groups}"
        reading.clauses.append(_clause(group, reading, number=number, parent=parent))
        _walk(group, reading, parent=number, depth=depth + 1)
    for control in holder.get("controls", ()):
        reading.controls += 1
        number = reading.numbers[control["id"]]
        reading.clauses.append(_clause(control, reading, number=number, parent=parent))
        _walk(control, reading, parent=number, depth=depth + 1)


def _clause(entry: Mapping[str, Any], reading: _Reading, *, number: str, parent: str) -> Clause:
    requirements: list[Requirement] = []
    guidance: list[str] = []
    checks: list[str] = []
    shown_by: list[str] = []
    for part in _listed(entry, "parts", reading, number):
        name = part.get("name")
        if name in _STATEMENTS:
            requirements.extend(_statement(part, reading, clause=number))
        elif name in _OBJECTIVES:
            checks.extend(_prose(part, reading))
        elif name in _METHODS:
            shown_by.extend(_objects(part, reading))
        else:
            guidance.extend(_prose(part, reading))
    if related := _related(entry, reading):
        guidance.append(f"See also {', '.join(related)}.")
    return Clause(
        number=number,
        title=str(entry["title"]).strip()[:300],
        parent=parent,
        text="Withdrawn by its publisher." if _prop(entry, "status").lower() == "withdrawn" else "",
        requirements=tuple(_distinct(requirements)),
        shown_by=tuple(shown_by),
        checks=tuple(checks),
        guidance="\n\n".join(guidance),
    )


def _statement(part: Mapping[str, Any], reading: _Reading, *, clause: str) -> Iterator[Requirement]:
    """A statement and its items, each a requirement: "AC-2" itself, "AC-2 a", "AC-2 d.1"."""

    def items(of: Mapping[str, Any], path: str, depth: int) -> Iterator[Requirement]:
        if depth > DEEPEST:
            raise NotACatalog([f"{clause}: its statement is nested deeper than {DEEPEST} levels. Flatten it."])
        if prose := str(of.get("prose") or "").strip():
            identifier = f"{clause} {path}" if path else clause
            yield Requirement(id=identifier, clause=clause, text=reading.insert(prose))
        for place, item in enumerate(_listed(of, "parts", reading, clause), start=1):
            label = _prop(item, "label").strip(" .()") or str(place)
            yield from items(item, f"{path}.{label}" if path else label, depth + 1)

    yield from items(part, "", 0)


def _distinct(requirements: list[Requirement]) -> Iterator[Requirement]:
    """Ids made unique: some catalogs label two items of one statement alike."""
    seen: dict[str, int] = {}
    for requirement in requirements:
        count = seen[requirement.id] = seen.get(requirement.id, 0) + 1
        if count == 1:
            yield requirement
        else:
            yield Requirement(id=f"{requirement.id} ({count})", clause=requirement.clause, text=requirement.text)


def _prose(part: Mapping[str, Any], reading: _Reading, *, depth: int = 0) -> Iterator[str]:
    """All prose of a part and below, labels in front, in order."""
    if depth > DEEPEST:
        raise NotACatalog([f"A part is nested deeper than {DEEPEST} levels. Flatten it."])
    if prose := str(part.get("prose") or "").strip():
        label = _prop(part, "label")
        yield f"{label} {reading.insert(prose)}" if label else reading.insert(prose)
    for child in _listed(part, "parts", reading, "part"):
        yield from _prose(child, reading, depth=depth + 1)


def _objects(method: Mapping[str, Any], reading: _Reading) -> Iterator[str]:
    """What to examine, whom to interview, what to test: "examine: access control policy; …"."""
    how = _prop(method, "method").lower()
    for part in _listed(method, "parts", reading, "part"):
        if part.get("name") in _OBJECTS and isinstance(part.get("prose"), str):
            listed = "; ".join(line.strip() for line in part["prose"].splitlines() if line.strip())
            if listed:
                yield f"{how}: {reading.insert(listed)}" if how else reading.insert(listed)


def _related(entry: Mapping[str, Any], reading: _Reading) -> list[str]:
    numbers = []
    for link in _listed(entry, "links", reading, "link"):
        target = str(link.get("href") or "").removeprefix("#")
        if link.get("rel") == "related" and target in reading.numbers:
            numbers.append(reading.numbers[target])
    return numbers


def _number(entry: Mapping[str, Any], *, taken: set[str]) -> str:
    """The label that readers know ("AC-2(1)"), else the id; never one that is taken."""
    labels = [p for p in _props(entry) if p.get("name") == "label" and isinstance(p.get("value"), str)]
    plain = next((p["value"] for p in labels if not p.get("class")), labels[0]["value"] if labels else "")
    number = str(plain or entry["id"].upper()).strip()[:60]
    return number if number not in taken else entry["id"][:60]


def _props(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    props = entry.get("props")
    return [p for p in props if isinstance(p, dict)] if isinstance(props, list) else []


def _prop(entry: Mapping[str, Any], name: str) -> str:
    found = [p for p in _props(entry) if p.get("name") == name]
    plain = next((p for p in found if not p.get("class")), found[0] if found else {})
    return str(plain.get("value") or "")


def _listed(holder: Mapping[str, Any], word: str, reading: _Reading, where: str) -> list[Mapping[str, Any]]:
    """A list of objects; anything else is a fault."""
    value = holder.get(word, [])
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    reading.faults.append(f"{where}.{word} is not a list of objects. Check it against the OSCAL catalog schema.")
    return []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _slug(*parts: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", " ".join(part for part in parts if part).lower()).strip("-")[:120]


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _publisher(metadata: Mapping[str, Any]) -> str:
    parties = metadata.get("parties")
    names = (
        [p["name"] for p in parties if isinstance(p, dict) and isinstance(p.get("name"), str)]
        if isinstance(parties, list)
        else []
    )
    return ", ".join(dict.fromkeys(names))[:300]
