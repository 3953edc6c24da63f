"""The field set of the international certificate database: its records ↔ our entries, as JSON and CSV.

Version 1 is read and written, with what accreditation bodies add to it. Of version 2 what is published is read: the
entity in an object of its own, its registered address, technical sectors.

Rules that hold here
* What we hold of a record leaves as it came: fields that we have no place for travel along in `Entry.extra`.
* One record may hold several standards; each is an entry of ours. Written, entries of one number and body are one
  record again.
* Days are written YYYYMMDD. A record with status "hidden" is a draft: read, it is told on exact request only.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from assaymark.core.register import Entry, number_key
from assaymark.formats import countries
from assaymark.formats.register_mapping import FieldMapping, Row
from assaymark.formats.register_mapping import rows as mapped
from assaymark.formats.register_snapshot import Record, Shape
from assaymark.formats.table import harmless, restored

FIELDS = (
    "certificate_number", "certificate_identity_number", "certification_status", "certificate_accreditation_status",
    "certification_type", "certification_scope", "certification_original_issue_date", "certification_issue_date",
    "certification_expiry_date", "certified_entity_name", "certified_entity_trading_name",
    "certified_entity_english_name", "certified_entity_unique_id", "certified_entity_street_address",
    "certified_entity_city", "certified_entity_state", "certified_entity_post_code", "certified_entity_country",
    "certified_entity_website", "certification_body_name", "certification_body_acronym_name",
    "certification_body_identity_number", "accreditation_body_name", "accreditation_body_acronym_name", "schemes",
    "sites",
)  # fmt: skip
NEEDED = frozenset(FIELDS) - {
    "certificate_identity_number", "certification_scope", "certification_original_issue_date",
    "certified_entity_trading_name", "certified_entity_english_name", "certified_entity_state",
    "certified_entity_post_code", "certified_entity_website", "certification_body_name",
    "certification_body_acronym_name", "certification_body_identity_number", "sites",
}  # fmt: skip
MAPPING = FieldMapping(
    shape=Shape(),
    fields={
        "number": ("certificate_number",),
        "identity_number": ("certificate_identity_number",),
        "status": ("certification_status",),
        "accredited": ("certificate_accreditation_status",),
        "scope": ("certification_scope",),
        "original_issue": ("certification_original_issue_date",),
        "issued": ("certification_issue_date",),
        "expires": ("certification_expiry_date",),
        "holder": ("certified_entity_name",),
        "other_names": ("certified_entity_trading_name", "certified_entity_english_name"),
        "holder_id": ("certified_entity_unique_id",),
        "address": ("certified_entity_street_address",),
        "country": ("certified_entity_country",),
        "website": ("certified_entity_website",),
        "body": ("certification_body_name",),
        "accreditation_body": ("accreditation_body_name",),
        "standard": ("schemes.standard_list.standards_name",),
        "sites": ("sites",),
        "iaf": ("certification_sectors.sector_code", "technical_sectors.sector_code"),
        "body_id": (),
        "status_since": (),
        "countries": (),
    },
    sites={
        "name": "name",
        "street": "street",
        "city": "city",
        "state": "state",
        "country": "country",
        "postcode": "postcode",
        "scope": "scope_description",
    },
    dates=("%Y%m%d",),
    status={"hidden": "inactive", "draft": "inactive"},
    extra=("*",),
)
# Kept beside the entry although the mapping reads them, because reading loses how they were written.
_AS_WRITTEN = (
    "certified_entity_trading_name", "certified_entity_english_name", "certification_status",
    "certified_entity_country", "schemes", "sites",
)  # fmt: skip
_WORDS = {"valid": "active"}


def read(records: Iterable[Record]) -> Iterator[Row]:
    """Our rows for its records. Cells of CSV that hold JSON (schemes, sites) are unfolded."""
    unfolded = (replace(record, raw=_unfolded(record.raw)) for record in records)
    for row in mapped(unfolded, MAPPING):
        yield replace(row, entries=tuple(_kept(entry, row.raw) for entry in row.entries))


def _unfolded(raw: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in raw.items():
        text: Any = restored(value) if isinstance(value, str) else value
        if name in ("schemes", "sites") and isinstance(text, str):
            try:
                text = orjson.loads(text) if text.strip() else []
            except orjson.JSONDecodeError:
                text = text.strip()
        found[name] = text
    entity = found.get("certified_entities")
    for name, value in (_entity(entity) if entity else {}).items():
        found.setdefault(name, value)
    if isinstance(found.get("schemes"), str):
        names = [part.strip() for part in found["schemes"].split(";") if part.strip()]
        found["schemes"] = [{"standard_list": [{"standards_name": name} for name in names]}]
    return found


_ADDRESS = {
    "business_registered_street": "certified_entity_street_address",
    "business_registered_full_address": "certified_entity_street_address",
    "business_registered_city": "certified_entity_city",
    "business_registered_state": "certified_entity_state",
    "business_registered_post_code": "certified_entity_post_code",
    "business_registered_country": "certified_entity_country",
}


def _entity(told: Any) -> dict[str, Any]:
    """The certified entity of a record of version 2 by the names of version 1; the first when there are several."""
    first = told[0] if isinstance(told, list) and told else told
    if not isinstance(first, dict):
        return {}
    found: dict[str, Any] = {}
    for name, value in first.items():
        if value not in (None, ""):
            found.setdefault(_ADDRESS.get(str(name), str(name)), value)
    return {name: value for name, value in found.items() if name in FIELDS}


def _kept(entry: Entry, raw: Mapping[str, Any]) -> Entry:
    written = {name: raw[name] for name in _AS_WRITTEN if raw.get(name) not in (None, "")}
    extra = {**(entry.extra or {}), **written}
    draft = str(raw.get("certification_status", "")).strip().lower() in ("hidden", "draft")
    return replace(entry, extra=extra, visibility="status-only" if draft else "public")


def records(entries: Iterable[Entry]) -> Iterator[dict[str, Any]]:
    """Its records for our entries, which must come with those of one number and body together."""
    group: list[Entry] = []
    for entry in entries:
        if group and (number_key(group[0].number), group[0].body) != (number_key(entry.number), entry.body):
            yield _record(group)
            group = []
        group.append(entry)
    if group:
        yield _record(group)


def _record(group: list[Entry]) -> dict[str, Any]:
    """One record: what travelled along, and over it what we hold."""
    first = group[0]
    extra = dict(first.extra or {})
    extra.pop("sectors", None)
    standards = [entry.standard for entry in group]
    trading = extra.get("certified_entity_trading_name")
    english = extra.get("certified_entity_english_name")
    others = [name for name in first.other_names if name not in (trading, english)]
    found: dict[str, Any] = {
        **extra,
        "certificate_number": first.number,
        "certificate_identity_number": first.identity_number,
        "certification_status": _status(first, extra),
        "certificate_accreditation_status": first.accredited,
        "certification_type": extra.get("certification_type", "Management System"),
        "certification_scope": first.scope,
        "certification_original_issue_date": first.original_issue.replace("-", ""),
        "certification_issue_date": first.issued.replace("-", ""),
        "certification_expiry_date": first.expires.replace("-", ""),
        "certified_entity_name": first.holder,
        "certified_entity_trading_name": trading or next(iter(others), ""),
        "certified_entity_english_name": english or next(iter(others[1:]), ""),
        "certified_entity_unique_id": first.holder_id,
        "certified_entity_street_address": first.address,
        "certified_entity_country": _country(first.country, extra.get("certified_entity_country")),
        "certified_entity_website": first.website,
        "certification_body_name": first.body,
        "accreditation_body_name": first.accreditation_body,
        "schemes": _schemes(standards, extra.get("schemes")),
        "sites": _sites(first, extra.get("sites")),
    }
    ordered = {name: found[name] for name in FIELDS if found.get(name) not in (None, "", [])}
    return {**ordered, **{name: value for name, value in found.items() if name not in FIELDS}}


def _status(entry: Entry, extra: Mapping[str, Any]) -> str:
    """The word as it came while it still means the same; ours otherwise."""
    written = str(extra.get("certification_status", ""))
    known = {**MAPPING.status, "active": "valid"}
    if known.get(written.strip().lower(), written.strip().lower()) == entry.status:
        return written
    return _WORDS.get(entry.status, entry.status)


def _country(code: str, written: Any) -> str:
    same = isinstance(written, str) and countries.code_of(written) == code
    return str(written) if same else countries.name_of(code)


def _schemes(standards: list[str], written: Any) -> Any:
    """As they came while they hold the same standards; otherwise one scheme for each."""
    named = [
        one.get("standards_name")
        for scheme in (written if isinstance(written, list) else [])
        for one in (scheme.get("standard_list") or [] if isinstance(scheme, dict) else [])
        if isinstance(one, dict)
    ]
    if named and sorted(set(map(str, named))) == sorted(set(standards)):
        return written
    return [{"scheme_name": name, "standard_list": [{"standards_name": name}]} for name in standards]


def _sites(entry: Entry, written: Any) -> Any:
    if isinstance(written, list) and len(written) == len(entry.sites):
        return written
    places = MAPPING.sites
    return [
        {places[k]: countries.name_of(v) if k == "country" else v for k, v in site.items() if k in places}
        for site in entry.sites
    ]


def missing(record: Mapping[str, Any]) -> list[str]:
    """Mandatory fields that a record leaves empty, for whoever uploads it."""
    return sorted(name for name in NEEDED if record.get(name) in (None, "", []))


def write_json(found: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """One document of JSON in pieces, a record a line."""
    yield b"["
    for number, record in enumerate(found):
        yield (b",\n" if number else b"\n") + orjson.dumps(record)
    yield b"\n]\n"


def write_csv(found: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """CSV in UTF-8 with a mark, formulas made harmless; schemes and sites as JSON in their cells."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    yield b"\xef\xbb\xbf"
    for record in found:
        cells = (record.get(name, "") for name in FIELDS)
        writer.writerow(
            [harmless(cell) if isinstance(cell, str) else orjson.dumps(cell).decode() if cell else "" for cell in cells]
        )
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()
    yield out.getvalue().encode()
