"""Data that ships: standards, schemes, sector codes, schemas and contexts, with the loaders that find them.

Loaders are pure reading of package data, parsed once; no Django, no network. Every answer is a frozen value.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

from assaymark.catalogue import openchain
from assaymark.core.audit_time import Band, Reading, TimeTable
from assaymark.core.rules import Kind, Rule, RuleBook, merge
from assaymark.core.standards import (
    Change,
    Clause,
    Documented,
    Edition,
    Malformed,
    Requirement,
    Standard,
    parent_number,
    reasons_malformed,
)

_ROOT = files(__name__)


@dataclass(frozen=True, slots=True)
class Sector:
    """A sector code of certification bodies (IAF ID 1, "EA" codes).

    nace  divisions and groups of NACE that the sector covers, such as ("10", "11", "12"); `but` those it leaves out
    """

    code: int
    title: str
    nace: tuple[str, ...]
    but: tuple[str, ...] = ()

    def covers_nace(self, code: str) -> bool:
        """Whether a NACE code such as "25.4" or "28.11" falls into this sector; the longest match decides."""
        inside = max((len(n) for n in self.nace if _within(code, n)), default=0)
        outside = max((len(n) for n in self.but if _within(code, n)), default=0)
        return inside > outside


def _within(code: str, part: str) -> bool:
    return code == part or (code.startswith(part) and (code[len(part)] == "." or "." in part))


@cache
def standards() -> tuple[Edition, ...]:
    """Every edition that ships, ISO 9001 first. Raises `Malformed` naming file and fault."""
    return tuple(sorted(_editions(), key=lambda edition: (_shelf(edition), edition.key)))


def edition(key: str) -> Edition:
    """The shipped edition with this key, such as "iso-9001-2015". Raises `KeyError`."""
    for candidate in standards():
        if candidate.key == key:
            return candidate
    raise KeyError(key)


@cache
def rule_book() -> RuleBook:
    """Every rule that ships, from all scheme files."""
    return merge(RuleBook(rules=tuple(_rules(parsed))) for name, parsed in _tables("schemes") if "rule" in parsed)


def rules() -> tuple[Rule, ...]:
    """Every rule that ships; `rule_book().for_kind(kind, on=day)` gives those in force."""
    return rule_book().rules


@cache
def kinds() -> tuple[Kind, ...]:
    """The kinds of assessment, in the order of the chain."""
    return tuple(
        Kind(
            key=row["key"],
            title=row["title"],
            party=row["party"],
            norm=row["norm"],
            edition=row["edition"],
            clause=row["clause"],
            stages=tuple(row["stages"]),
            attests=row["attests"],
            word=row["attested_word"],
            separate_decision=row["separate_decision"],
            verb=row["verb"],
            attestation=row["attestation"],
            client=row["client"],
            body=row["body"],
            criteria=tuple(row["criteria"]),
        )
        for _, parsed in _tables("schemes")
        for row in parsed.get("kind", ())
    )


@cache
def sectors() -> tuple[Sector, ...]:
    """The 39 sector codes with their NACE Rev. 2 parts, by code."""
    return tuple(
        Sector(code=row["code"], title=row["title"], nace=tuple(row["nace"]), but=tuple(row.get("but", ())))
        for _, parsed in _tables("sectors")
        for row in parsed["sector"]
    )


@cache
def time_tables() -> tuple[TimeTable, ...]:
    """Tables of audit time by number of people, one for each kind of management system."""
    return tuple(
        TimeTable(
            norm=parsed["norm"],
            edition=parsed["edition"],
            clause=parsed["clause"],
            standards=frozenset(parsed["standards"]),
            bands=tuple(Band(row["up_to"], Fraction(row["days"])) for row in parsed["band"]),
            shares=MappingProxyType({stage: Fraction(share) for stage, share in parsed["shares"].items()}),
            reduction=Fraction(parsed["reduction"]),
            reading=Reading(parsed["reading"]),
            source=parsed["source"],
            confirmed=parsed["confirmed"],
        )
        for _, parsed in _tables("audit_time")
    )


def time_table(edition_key: str) -> TimeTable | None:
    """The table for audits against an edition, such as "iso-9001-2015"; None when none ships."""
    try:
        standard = edition(edition_key).standard.key
    except KeyError:
        return None
    return next((table for table in time_tables() if standard in table.standards), None)


@cache
def survey_weights() -> Mapping[str, Any]:
    """Valid ISO 9001 certificates by country and by sector, as the ISO Survey is quoted; to be used as weights only."""
    found: dict[str, Any] = json.loads(_ROOT.joinpath("iso_survey_weights.json").read_text(encoding="utf-8"))
    return MappingProxyType(found)


def _shelf(edition: Edition) -> int:
    order = ("iso-9001", "iso-iec-17021-1", "iso-iec-17011")
    return order.index(edition.standard.key) if edition.standard.key in order else len(order)


def _tables(folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted(_ROOT.joinpath(folder).iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            yield file.name, tomllib.loads(file.read_text(encoding="utf-8"))


def _editions() -> Iterator[Edition]:
    folder = _ROOT.joinpath("standards")
    for name, parsed in _tables("standards"):
        try:
            found = _edition(parsed, folder)
        except (KeyError, TypeError) as error:
            raise Malformed(f"{name}: {error} is missing or of the wrong form.") from error
        faults = reasons_malformed(found)
        if faults:
            raise Malformed(f"{name}: {' '.join(faults)}")
        yield found


def _edition(parsed: Mapping[str, Any], folder: Traversable) -> Edition:
    about, of = parsed["edition"], parsed["standard"]
    return Edition(
        key=about["key"],
        label=about["label"],
        standard=Standard(
            key=of["key"],
            designation=of["designation"],
            title=of["title"],
            attestation=of.get("attestation", ""),
        ),
        clauses=_clauses(parsed, folder),
        published=about.get("published"),
        amendments=tuple(about.get("amendments", ())),
        transition_ends=about.get("transition_ends"),
        last_audit=about.get("last_audit"),
        replaces=about.get("replaces", ""),
        confirmed=about.get("confirmed", True),
        source=about.get("source", ""),
        licence=about.get("licence", ""),
        attribution=about.get("attribution", ""),
        changes=tuple(
            Change(clause=row["clause"], kind=row["kind"], text=row["text"], was=row.get("was", ""))
            for row in parsed.get("change", ())
        ),
    )


def _clauses(parsed: Mapping[str, Any], folder: Traversable) -> tuple[Clause, ...]:
    if "text_file" in parsed["edition"]:
        return openchain.read_specification(
            folder.joinpath(parsed["edition"]["text_file"]).read_text(encoding="utf-8"),
            questions=parsed["questions"],
        )
    return tuple(_clause(row) for row in parsed["clause"])


def _clause(row: Mapping[str, Any]) -> Clause:
    number = row["number"]
    return Clause(
        number=number,
        title=row["title"],
        parent=row.get("parent", parent_number(number)),
        requirements=tuple(
            Requirement(
                id=item["id"],
                clause=number,
                text=item["text"],
                question=item.get("question", ""),
                documented=Documented(item["documented"]) if "documented" in item else None,
            )
            for item in row.get("requirements", ())
        ),
        shown_by=tuple(row.get("shown_by", ())),
        guidance=row.get("guidance", ""),
    )


def _rules(parsed: Mapping[str, Any]) -> Iterator[Rule]:
    for row in parsed["rule"]:
        since: date = row.get("effective_from", parsed["effective_from"])
        yield Rule(
            id=row["id"],
            norm=row.get("norm", parsed["norm"]),
            edition=row.get("edition", parsed["edition"]),
            clause=row["clause"],
            kinds=frozenset(row.get("kinds", parsed["kinds"])),
            severity=row["severity"],
            title=row["title"],
            message=row["message"],
            next_step=row["next_step"],
            source=row["source"],
            effective_from=since,
            effective_until=row.get("effective_until"),
            parameters=MappingProxyType(dict(row.get("parameters", {}))),
        )
