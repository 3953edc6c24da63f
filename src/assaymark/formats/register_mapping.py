"""From a foreign register's record to ours: which of its fields is which of ours, in which words and dates.

A mapping is a file of TOML or JSON; without one, well-known headings are recognised. Rules that hold here
* Nothing is guessed: a word, a date or a country that is not known is a problem of that row.
* A day that could be read in two ways (03/04/2025) is read only as the mapping says.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Any

import orjson
from anyascii import anyascii

from assaymark.core.register import FIELDS, Entry, ListingStatus, Problem
from assaymark.formats import countries
from assaymark.formats.register_snapshot import Record, Shape, SnapshotError, dig

MOST_TEXT, MOST_MEMBERS, FIRST = 20_000, 500, 200
NEEDED = ("number", "holder", "standard", "status")
_DAYS = ("issued", "expires", "original_issue", "status_since")
_LISTS = ("other_names", "iaf", "countries")
_SITE = ("name", "street", "city", "state", "postcode", "country", "scope")
_READ = FIELDS - {"kind"}  # foreign registers list certificates
_OWN_KEYS = {
    "format", "encoding", "separator", "records", "dates", "lists", "fields", "sites", "status", "standards",
    "countries", "constants", "extra",
}  # fmt: skip
_DATES = ("%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%Y/%m/%d", "%d %b %Y", "%d %B %Y", "%d-%b-%Y")

STATUS_WORDS: Mapping[str, str] = {
    **{str(status): str(status) for status in ListingStatus},
    "active": "valid", "current": "valid", "in force": "valid", "certified": "valid", "live": "valid",
    "suspension": "suspended", "on hold": "suspended",
    "revoked": "withdrawn", "terminated": "withdrawn", "withdrawal": "withdrawn",
    "canceled": "cancelled", "cancellation": "cancelled",
    "lapsed": "expired", "not active": "inactive",
}  # fmt: skip

ALIASES: Mapping[str, tuple[str, ...]] = {
    "number": ("certificate number", "certificate no", "cert no", "cert number", "certificate", "certificate id",
               "registration number", "no"),
    "holder": ("organisation", "organization", "company", "company name", "client", "name", "certified entity name",
               "certificate holder", "holder name", "organisation name", "organization name", "client name"),
    "holder_id": ("client id", "certified entity unique id", "organisation id", "company id"),
    "other_names": ("trading name", "english name", "also known as", "former names", "old names", "other name"),
    "country": ("country code", "holder country", "certified entity country"),
    "body": ("certification body", "cb", "issuer", "issued by", "certifier", "certification body name", "registrar"),
    "body_id": ("certification body id", "cb id"),
    "accreditation_body": ("ab", "accreditation body name", "accredited by"),
    "standard": ("standards", "norm", "scheme", "certification standard", "certified standard"),
    "status": ("certificate status", "certification status", "state"),
    "status_since": ("status date", "status changed", "suspended on", "withdrawn on"),
    "issued": ("issue date", "issued on", "date of issue", "valid from", "certification issue date", "start date"),
    "original_issue": ("first issued", "original issue date", "initial certification", "certified since",
                       "certification original issue date"),
    "expires": ("expiry date", "expiry", "expires on", "valid until", "valid to", "expiration date", "end date",
                "certification expiry date", "expiration"),
    "scope": ("scope of certification", "certification scope", "scope text", "activities"),
    "iaf": ("iaf codes", "iaf code", "ea code", "ea codes", "sector", "sectors"),
    "countries": ("site countries",),
    "address": ("street address", "full address"),
    "website": ("web site", "url", "web"),
    "sites": ("locations",),
    "visibility": (),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMapping:
    """How a register is read. `fields`: ours → paths in its record, the first that says something counts."""

    shape: Shape = field(default_factory=Shape)
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sites: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[str, ...] = ()
    lists: str = ";|"
    status: Mapping[str, str] = field(default_factory=dict)
    standards: Mapping[str, str] = field(default_factory=dict)
    countries: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    extra: tuple[str, ...] = ()


def read_mapping(content: bytes, *, name: str = "The mapping") -> FieldMapping:
    """A mapping file, TOML or JSON. Raises `SnapshotError` with what is wrong in it."""
    try:
        text = content.decode("utf-8-sig")
        told = orjson.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (UnicodeDecodeError, ValueError) as error:
        raise SnapshotError(f"{name} is neither TOML nor JSON: {error}") from error
    strange = sorted(set(told) - _OWN_KEYS)
    if strange:
        raise SnapshotError(f"{name}: “{strange[0]}” is not known. Known: {', '.join(sorted(_OWN_KEYS))}.")
    fields = {ours: _paths(theirs) for ours, theirs in _table(told, "fields", name).items()}
    sites = {ours: str(theirs) for ours, theirs in _table(told, "sites", name).items()}
    for given, known in ((fields, _READ), (sites, set(_SITE)), (_table(told, "constants", name), _READ)):
        wrong = sorted(set(given) - known)
        if wrong:
            raise SnapshotError(f"{name}: there is no field “{wrong[0]}”. Fields: {', '.join(sorted(known))}.")
    status = {_word(k): str(v) for k, v in _table(told, "status", name).items()}
    wrong = sorted(set(status.values()) - set(ListingStatus))
    if wrong:
        raise SnapshotError(f"{name}: no status is called “{wrong[0]}”. Statuses: {', '.join(ListingStatus)}.")
    named = {_word(k): countries.code_of(str(v)) for k, v in _table(told, "countries", name).items()}
    if None in named.values():
        word = next(word for word, code in named.items() if code is None)
        raise SnapshotError(f"{name}: what “{word}” stands for is no country of ISO 3166-1.")
    return FieldMapping(
        shape=Shape(**{key: str(told.get(key, "")) for key in ("format", "encoding", "separator", "records")}),
        fields=fields,
        sites=sites,
        dates=_paths(told.get("dates", ())),
        lists=str(told.get("lists", ";|")),
        status=status,
        standards={_word(k): str(v) for k, v in _table(told, "standards", name).items()},
        countries={word: code for word, code in named.items() if code},
        constants={k: str(v) for k, v in _table(told, "constants", name).items()},
        extra=_paths(told.get("extra", ())),
    )


def _table(told: Mapping[str, Any], key: str, name: str) -> Mapping[str, Any]:
    value = told.get(key, {})
    if not isinstance(value, dict):
        raise SnapshotError(f"{name}: “{key}” must be a table.")
    return value


def _paths(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(one) for one in value)


def _leaves(value: Mapping[str, Any], path: str = "", depth: int = 0) -> Iterator[str]:
    """Paths of a record whose values are no objects."""
    for name, child in value.items():
        if isinstance(child, dict) and depth < 3:
            yield from _leaves(child, f"{path}{name}.", depth + 1)
        else:
            yield f"{path}{name}"


def completed(mapping: FieldMapping, first: Iterable[Mapping[str, Any]]) -> FieldMapping:
    """The mapping with well-known headings added for what it leaves open. Raises `SnapshotError` when a field that
    every entry needs is found nowhere in the first records."""
    headings = dict.fromkeys(path for raw in first for path in _leaves(raw))
    by_word: dict[str, str] = {}
    for heading in headings:
        by_word.setdefault(_word(heading), heading)
    fields = dict(mapping.fields)
    taken = {path for paths in fields.values() for path in paths}
    for ours, known in ALIASES.items():
        if ours in fields or ours in mapping.constants:
            continue
        found = [by_word[w] for w in (_word(ours), *known) if w in by_word and by_word[w] not in taken]
        if found:
            fields[ours] = tuple(found if ours in _LISTS else found[:1])
            taken.update(fields[ours])
    missing = [name for name in NEEDED if name not in fields and name not in mapping.constants]
    if missing:
        raise SnapshotError(
            f"Which of its fields is the {' and the '.join(missing)}? It has: {', '.join(list(headings)[:40])}.\n"
            "Write a mapping file, and name it with --mapping:\n[fields]\n"
            + "\n".join(f'{name} = "…"' for name in missing)
        )
    return replace(mapping, fields=fields)


@dataclass(frozen=True, slots=True)
class Row:
    """One record read: an entry for each of its standards, or its problems. number: as far as it could be read."""

    line: int
    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    number: str
    raw: Mapping[str, Any]


def rows(records: Iterable[Record], mapping: FieldMapping) -> Iterator[Row]:
    """Read each record as the mapping says. The mapping is completed by the first records."""
    following = iter(records)
    first = list(islice(following, FIRST))
    if not first:
        return
    whole = completed(mapping, [record.raw for record in first if not record.trouble] or [first[0].raw])
    for record in chain(first, following):
        yield _Reading(whole, record).row()


def _word(text: str) -> str:
    return re.sub(r"[\s_\-.]+", " ", text.strip().casefold()).strip(" :*")


class _Reading:
    """One record being read: values, and problems as they are found."""

    def __init__(self, mapping: FieldMapping, record: Record) -> None:
        self.mapping, self.record = mapping, record
        self.problems: list[Problem] = [Problem("row", record.trouble)] if record.trouble else []

    def row(self) -> Row:
        """All of it."""
        values: dict[str, Any] = {
            name: self.text(name) for name in _READ - {*_DAYS, *_LISTS, "sites", "extra", "standard", "visibility"}
        }
        number = values["number"]
        values["status"] = self.status(values["status"])
        values["country"] = self.country(values["country"], "country")
        for name in _DAYS:
            values[name] = self.day(name)
        values["other_names"] = tuple(n for n in self.members("other_names") if n != values["holder"])
        values["iaf"], others = self.sectors()
        found = [self.country(c, "countries") for c in self.members("countries")]
        values["sites"] = self.sites()
        found += [site["country"] for site in values["sites"] if site.get("country")]
        values["countries"] = tuple(dict.fromkeys(code for code in found if code))
        values["visibility"] = "public" if _word(self.text("visibility")) in ("", "public", "yes") else "status-only"
        values["extra"] = self.kept(others)
        standards = [self.mapping.standards.get(_word(s), s) for s in self.members("standard")] or [""]
        entries = tuple(Entry(standard=standard, **values) for standard in dict.fromkeys(standards))
        return Row(self.record.line, entries, tuple(self.problems), number, self.record.raw)

    def given(self, name: str) -> Any:
        """What the record says for a field of ours: the first path that says something; all of them for lists."""
        found = (dig(self.record.raw, path) for path in self.mapping.fields.get(name, ()))
        said = [value for value in found if value not in (None, "", [], {})]
        if name in _LISTS:
            return [one for value in said for one in (value if isinstance(value, list) else [value])] or None
        return said[0] if said else self.mapping.constants.get(name)

    def text(self, name: str) -> str:
        """A value as text. Several are joined, an object is a problem."""
        value = self.given(name)
        if isinstance(value, list):
            value = "; ".join(self.plain(one, name) for one in value)
        return self.plain(value, name)

    def plain(self, value: Any, name: str) -> str:
        """One value as text, without control signs."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, dict):
            self.problems.append(Problem(name, f"The {name} is an object with {', '.join(list(value)[:5])}, no text."))
            return ""
        text = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", " ", str(value)).strip()
        if len(text) > MOST_TEXT:
            self.problems.append(Problem(name, f"The {name} has more than {MOST_TEXT} characters."))
            return text[:100]
        return text

    def members(self, name: str) -> list[str]:
        """A list as such, or a text with separators."""
        value = self.given(name)
        values = value if isinstance(value, list) else [value]
        if len(values) > MOST_MEMBERS:
            self.problems.append(Problem(name, f"The {name} are more than {MOST_MEMBERS}."))
            return []
        signs = f"[{re.escape(self.mapping.lists)}\n]" if name != "iaf" else r"[;|,/\n]"
        parts = [part.strip() for one in values for part in re.split(signs, self.plain(one, name))]
        return list(dict.fromkeys(part for part in parts if part))

    def status(self, said: str) -> str:
        """The status in our words."""
        word = _word(said)
        found = self.mapping.status.get(word) or STATUS_WORDS.get(word)
        if said and found is None:
            self.problems.append(Problem("status", f"The status word “{said[:40]}” is not known."))
        return found or ""

    def country(self, said: str, name: str) -> str:
        """The country's two letters."""
        if not said:
            return ""
        code = self.mapping.countries.get(_word(said)) or countries.code_of(said)
        if code is None:
            self.problems.append(Problem(name, f"The country “{said[:40]}” is not known."))
        return code or ""

    def day(self, name: str) -> str:
        """A day as ISO text."""
        said = self.text(name)
        if not said:
            return ""
        bare = re.sub(r"[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$", "", said)
        with contextlib.suppress(ValueError):
            if not self.mapping.dates and len(bare) == 10 and bare[4] == "-":
                return dt.date.fromisoformat(bare).isoformat()
        for form in (*self.mapping.dates, *_DATES):
            try:
                return dt.datetime.strptime(bare if form in _DATES else said, form).date().isoformat()
            except ValueError:
                continue
        advice = " Say how dates are written in the mapping: dates." if re.search(r"\d\D\d+\D\d", said) else ""
        self.problems.append(Problem(name, f"“{said[:40]}” is no date that is known.{advice}"))
        return ""

    def sectors(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Codes of IAF ID 1, and whatever else stands there, apart."""
        codes: dict[str, None] = {}
        others: dict[str, None] = {}
        for part in self.members("iaf"):
            found = re.fullmatch(r"(?:IAF|EA|NACE)?\s*0*([1-9]\d?)", part, re.IGNORECASE)
            if found and int(found.group(1)) <= 39:
                codes[found.group(1)] = None
            else:
                others[part] = None
        return tuple(codes), tuple(others)

    def sites(self) -> tuple[Mapping[str, str], ...]:
        """The sites as objects of our fields."""
        value = self.given("sites")
        if isinstance(value, str) and value.startswith("["):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                self.problems.append(Problem("sites", "The sites are not well-formed JSON."))
                return ()
        if isinstance(value, str):
            value = [part.strip() for part in re.split(f"[{re.escape(self.mapping.lists)}\n]", value) if part.strip()]
        members = value if isinstance(value, list) else [value] if value else []
        if len(members) > MOST_MEMBERS:
            self.problems.append(Problem("sites", f"The sites are more than {MOST_MEMBERS}."))
            return ()
        return tuple(site for one in members if (site := self.site(one)))

    def site(self, value: Any) -> dict[str, str]:
        """One of them."""
        if not isinstance(value, dict):
            return {"name": self.plain(value, "sites")}
        theirs = self.mapping.sites or {name: name for name in _SITE}
        found = {ours: self.plain(dig(value, path), "sites") for ours, path in theirs.items()}
        if found.get("country"):
            found["country"] = self.country(found["country"], "sites")
        return {ours: text for ours, text in found.items() if text}

    def kept(self, sectors: tuple[str, ...]) -> dict[str, Any] | None:
        """What is kept as it came. "*": all that the mapping does not name."""
        named = {path for paths in self.mapping.fields.values() for path in paths}
        wanted = [p for p in self.mapping.extra if p != "*"]
        if "*" in self.mapping.extra:
            wanted += [name for name in self.record.raw if name not in named]
        found = {p: value for p in wanted if (value := dig(self.record.raw, p)) not in (None, "")}
        if anything := [anyascii(s) and s for s in sectors]:
            found["sectors"] = anything
        return found or None
