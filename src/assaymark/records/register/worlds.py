"""A folder of signed certificates (`verify.bulk`) as entries of the register, each with its verdict.

Rules that hold here
* Each certificate is judged by the same function that `register verify` runs; the register shows what was found.
* What cannot be read as a certificate at all is left out and counted among the missing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from assaymark.core.register import Entry, ListingStatus, standard_key
from assaymark.formats.jws import BadToken, split
from assaymark.formats.moments import read_instant
from assaymark.records.register.keeping import Judged
from assaymark.verify.bulk import BadRegister, judge_of
from assaymark.verify.many import Brief
from assaymark.verify.verdict import Code

_STATUS = {
    Code.SUSPENDED: ListingStatus.SUSPENDED,
    Code.WITHDRAWN: ListingStatus.WITHDRAWN,
    Code.EXPIRED: ListingStatus.EXPIRED,
}


class NoWorld(ValueError):
    """The folder holds no certificates that can be read; the text says what is missing."""


def _described(folder: Path) -> dict[str, Any]:
    try:
        world = orjson.loads((folder / "world.json").read_bytes())
        if isinstance(world, dict) and isinstance(world.get("shards"), list) and isinstance(world.get("at"), str):
            return world
    except (OSError, orjson.JSONDecodeError) as error:
        raise NoWorld(f"{folder} holds no world.json. Make a world: assaymark world make -o {folder}") from error
    raise NoWorld(f"{folder / 'world.json'} does not describe a world.")


def count(folder: Path) -> int:
    """How many certificates the folder says it holds."""
    said = _described(folder).get("certificates")
    return said if isinstance(said, int) else 0


def entries(folder: Path) -> Iterator[tuple[Entry, Judged]]:
    """Every certificate with its verdict, in the order of the files. Raises `NoWorld`."""
    world = _described(folder)
    at = read_instant(world["at"])
    try:
        judge = judge_of(folder, at=at)
        for name in world["shards"]:
            with (folder / Path(str(name)).name).open("rb") as lines:
                for line in lines:
                    token = line.strip()
                    brief = judge.judge(token)
                    entry = _entry(token, brief) if token else None
                    if entry is not None:
                        a, b, c, d = (str(answer) for answer in brief.answers)
                        yield entry, Judged(str(brief.code), (a, b, c, d), at)
    except BadRegister as error:
        raise NoWorld(str(error)) from error
    except FileNotFoundError as error:
        raise NoWorld(f"{error.filename} is missing.") from error


def _entry(token: bytes, brief: Brief) -> Entry | None:
    status = str(_STATUS.get(brief.in_force[1], ListingStatus.VALID))
    try:
        claims = orjson.loads(split(token.decode("ascii")).payload)
        issuer, subject = claims["issuer"], claims["credentialSubject"]
        holder, rows = subject["issuedToParty"], subject.get("scope") or []
        country = str(subject.get("country", ""))[:2]
        entry = Entry(
            number=str(subject["certificateNumber"]),
            holder=str(holder["name"]),
            holder_id=str(holder.get("id", "")),
            country=country,
            body=str(issuer["name"]),
            body_id=str(issuer["id"]),
            accreditation_body=str((issuer.get("recognizedIn") or {}).get("issuerName", "")),
            standard=str(subject["standardLabel"]),
            status=status,
            issued=_day(claims.get("validFrom")),
            expires=_day(claims.get("validUntil")),
            original_issue=_day(subject.get("originalIssueDate")),
            scope=str(subject.get("scopeStatement", "")),
            address=str(subject.get("address", "")),
            iaf=tuple(sorted({str(code) for row in rows for code in row.get("iaf", ())})),
            countries=tuple(sorted({str(code) for row in rows for code in row.get("countries", ())})),
            sites=tuple(
                {"name": str(site.get("name", "")), "street": str(site.get("address", ""))}
                for site in subject.get("certifiedSite", ())
            ),
            extra={"credential": str(claims["id"])},
        )
    except (BadToken, UnicodeDecodeError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return entry if standard_key(entry.standard) and entry.number else None


def _day(said: object) -> str:
    """The day of an instant, or nothing when it is none."""
    if not isinstance(said, str):
        return ""
    try:
        return dt.date.fromisoformat(said[:10]).isoformat()
    except ValueError:
        return ""
