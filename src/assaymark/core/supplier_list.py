"""A list of suppliers held against a register: one answer a row, in plain words, with what to do.

Rules that hold here
* *Good* needs a certificate that was verified, whose number and name belong together. *Stop* needs a reason that
  stands in the evidence. Everything else is *Look*: unknown is neither yes nor no.
* A name that is nearly right is never taken for the right one: the row asks "did you mean". With the right number
  beside it, a misspelt name is said and no more.
* Of a certificate that is told on exact request only, its status is said and never whose it is: the name in the row
  changes nothing in the answer, so that nobody can try names against a number.
* That nothing is found means *no* only where the body states that it publishes completely.

Pure: the register is a protocol, files and databases stand behind it.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from assaymark.core.register import name_key, number_key, standard_key

SAME_NAME, LIKE_NAME = 0.999, 0.8


class Outcome(StrEnum):
    """What a buyer does with the row."""

    GOOD = "Good"
    LOOK = "Look"
    STOP = "Stop"


@dataclass(frozen=True, slots=True)
class Supplier:
    """A row of the list. ``file``: the name of a certificate file, when the list names one."""

    line: int
    name: str = ""
    number: str = ""
    standard: str = ""
    country: str = ""
    body: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A certificate as a register or a file tells it. ``code``: of the verdict; "" when it was never verified.

    answers   authentic, in force, accredited, recognised; empty when not verified
    status    what the register says (`core.register.ListingStatus`)
    """

    number: str
    holder: str
    standard: str = ""
    body: str = ""
    country: str = ""
    expires: dt.date | None = None
    status: str = ""
    code: str = ""
    answers: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    source: str = ""
    url: str = ""
    public: bool = True


@dataclass(frozen=True, slots=True)
class Near:
    """A holder whose name is like the one asked for, with its certificates. score 100: the same."""

    name: str
    score: float
    listed: tuple[Listed, ...]


class Register(Protocol):
    """Where certificates are looked up, many at once."""

    def by_numbers(self, numbers: Sequence[str]) -> dict[str, list[Listed]]:
        """Certificates by number key; numbers that are unknown are left out."""
        ...

    def by_names(self, names: Sequence[str]) -> list[list[Near]]:
        """For each name the holders that are meant or nearly so, best first."""
        ...

    def by_file(self, name: str) -> Listed | None:
        """The certificate in a file that the list names; None when there is no such file."""
        ...

    def complete_for(self, body: str, on: dt.date) -> str:
        """The statement that the body publishes here completely, or nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer to one row. ``near``: names to choose from."""

    supplier: Supplier
    outcome: Outcome
    code: str
    why: str
    todo: str = ""
    found: Listed | None = None
    near: tuple[str, ...] = ()


_STOP = {
    "SUSPENDED": ("The certificate is suspended.", "Ask the supplier until when, and what it covers meanwhile."),
    "WITHDRAWN": ("The certificate was withdrawn.", "Ask for a certificate that is in force."),
    "EXPIRED": ("The certificate has expired.", "Ask for the renewed certificate."),
    "NOT_YET_VALID": ("The certificate is not valid yet.", "Ask for the one that is in force today."),
    "OUT_OF_SCOPE": (
        "The certificate lies outside what its body is accredited for.",
        "Ask the body which accreditation covers it.",
    ),
    "UNACCREDITED": (
        "No accreditation stands behind the body for this certificate.",
        "Ask for a certificate from an accredited body.",
    ),
    "UNRECOGNISED": ("Nobody you trust recognises the accreditation body.", "Ask who recognises it, and decide."),
    "INVALID": ("The certificate is not authentic.", "Ask the body that it names whether it issued it."),
}
_LOOK = {
    "SCOPE_NOT_STATED": ("The certificate does not say enough about its scope.", "Ask for its sectors."),
    "STALE": ("What is known about it is too old.", "Ask for a fresh bundle, or look it up online."),
    "MISSING": ("Evidence is missing, so it cannot be told.", "Ask for a bundle, or look it up online."),
    "NO_TRUST_LIST": ("No trust list was given.", "Give one: --trust anchors.json."),
    "UNSUPPORTED": ("It is signed in a way that cannot be checked here.", "Ask for it as vc+jwt."),
}
_ENDED = {
    "suspended": "SUSPENDED",
    "withdrawn": "WITHDRAWN",
    "cancelled": "WITHDRAWN",
    "inactive": "WITHDRAWN",
    "expired": "EXPIRED",
}


def check(suppliers: Sequence[Supplier], register: Register, *, on: dt.date) -> Iterator[Checked]:
    """Answer each row, in order. Numbers and names are looked up for all at once."""
    numbers = register.by_numbers([one.number for one in suppliers if one.number])
    nameless = [one for one in suppliers if one.name and not one.file and number_key(one.number) not in numbers]
    names = {one.name for one in nameless}
    ordered = sorted(names)
    near = dict(zip(ordered, register.by_names(ordered), strict=True))
    for supplier in suppliers:
        if supplier.file:
            yield _by_file(supplier, register, on)
        elif found := numbers.get(number_key(supplier.number)) if supplier.number else None:
            yield _by_number(supplier, found, on)
        elif supplier.number:
            yield _unknown_number(supplier, near.get(supplier.name, []), register, on)
        elif supplier.name:
            yield _by_name(supplier, near[supplier.name], on)
        else:
            yield Checked(supplier, Outcome.LOOK, "EMPTY", "The row names nobody.", "Give a name, a number or a file.")


def _by_file(supplier: Supplier, register: Register, on: dt.date) -> Checked:
    found = register.by_file(supplier.file)
    if found is None:
        why = f"There is no file {supplier.file}."
        return Checked(supplier, Outcome.LOOK, "NO_FILE", why, "Put it into the folder of bundles.")
    return _judged(supplier, found, on)


def _by_number(supplier: Supplier, found: list[Listed], on: dt.date) -> Checked:
    """Of several with the same number, the one that fits the row best; one that is not public fits every name."""
    public = [one for one in found if one.public]
    fitting = [one for one in public if not supplier.name or _likeness(supplier.name, one) >= LIKE_NAME]
    if not fitting and len(public) < len(found):
        kept = [one for one in found if not one.public]
        return _status_only(supplier, max(kept, key=lambda one: _likeness_of(supplier.body, one.body)), on)
    best = max(public, key=lambda one: (_likeness(supplier.name, one), _likeness_of(supplier.body, one.body)))
    if not fitting:
        return Checked(
            supplier,
            Outcome.STOP,
            "OTHER_HOLDER",
            f"The number belongs to {best.holder}, not to {supplier.name}.",
            "Ask the supplier for its own certificate.",
            best,
            (best.holder,),
        )
    if len(found) > 1 and not supplier.name and not supplier.body:
        holders = tuple(dict.fromkeys(one.holder for one in found if one.public))
        why = f"The number stands {len(found)} times in the register."
        return Checked(
            supplier, Outcome.LOOK, "SEVERAL", why, "Add the name or the body to the row.", None, holders[:5]
        )
    return _judged(supplier, best, on)


def _unknown_number(supplier: Supplier, near: list[Near], register: Register, on: dt.date) -> Checked:
    names = tuple(f"{one.name}: {listed.number}" for one in near[:3] for listed in one.listed[:2])
    stated = register.complete_for(supplier.body, on) if supplier.body else ""
    if stated:
        why = f"No certificate has this number. {stated}"
        return Checked(supplier, Outcome.STOP, "NOT_FOUND", why, "Ask the body whether it issued it.", None, names)
    why = "No certificate with this number is known here. It may be false, or not be published here."
    return Checked(supplier, Outcome.LOOK, "NOT_FOUND", why, "Compare the number with the certificate.", None, names)


def _by_name(supplier: Supplier, near: list[Near], on: dt.date) -> Checked:
    same = [one for one in near if one.score >= 100 * SAME_NAME]
    if not same:
        if not near:
            why = "Nobody with this name, or one like it, is known here."
            return Checked(supplier, Outcome.LOOK, "NOT_FOUND", why, "Ask the supplier for its certificate number.")
        names = tuple(one.name for one in near[:5])
        why = f"Nobody has exactly this name. Did you mean {names[0]}?"
        return Checked(supplier, Outcome.LOOK, "NEAR", why, "Correct the name, or give the number.", None, names)
    fitting = [one for party in same for one in party.listed if _fits(supplier, one)]
    if not fitting:
        why = f"{same[0].name} is known, but without a certificate that fits the row."
        return Checked(supplier, Outcome.LOOK, "NOT_FOUND", why, "Ask the supplier for its certificate number.")
    holders = {(one.holder, one.country) for one in fitting}
    if len(holders) > 1:
        names = tuple(f"{holder} ({country}): {_numbers(fitting, holder)}" for holder, country in sorted(holders))
        why = f"{len(holders)} holders have this name."
        return Checked(supplier, Outcome.LOOK, "SEVERAL", why, "Add the country or the number.", None, names[:5])
    return _judged(supplier, max(fitting, key=lambda one: (one.code == "VALID", one.expires or dt.date.min)), on)


def _numbers(listed: Iterable[Listed], holder: str) -> str:
    return ", ".join(one.number for one in listed if one.holder == holder)


def _fits(supplier: Supplier, listed: Listed) -> bool:
    asked = standard_key(supplier.standard)
    if asked and asked != standard_key(listed.standard):
        return False
    return not (supplier.country and listed.country and supplier.country.upper() != listed.country.upper())


def _code(listed: Listed, on: dt.date) -> str:
    """The verdict's code, or what the register's word comes to, on that day."""
    code = listed.code or _ENDED.get(listed.status, "LISTED")
    if code in ("VALID", "LISTED") and listed.expires and listed.expires < on:
        return "EXPIRED"
    return _ENDED[listed.status] if code == "VALID" and listed.status in _ENDED else code


def _status_only(supplier: Supplier, listed: Listed, on: dt.date) -> Checked:
    code = _code(listed, on)
    if code in _STOP:
        return Checked(supplier, Outcome.STOP, code, *_STOP[code], found=listed)
    why = "This number is listed, and nothing says that it ended. Whose it is is not public: no name was compared."
    return Checked(supplier, Outcome.LOOK, "STATUS_ONLY", why, "Compare the name with the certificate itself.", listed)


def _judged(supplier: Supplier, listed: Listed, on: dt.date) -> Checked:
    code = _code(listed, on)
    if code in _STOP:
        return Checked(supplier, Outcome.STOP, code, *_STOP[code], found=listed)
    if code in _LOOK:
        return Checked(supplier, Outcome.LOOK, code, *_LOOK[code], found=listed)
    asked = standard_key(supplier.standard)
    if asked and asked != standard_key(listed.standard):
        why = f"The certificate is for {listed.standard}, not for {supplier.standard}."
        return Checked(supplier, Outcome.LOOK, "OTHER_STANDARD", why, "Ask for the certificate that you need.", listed)
    if code == "LISTED":
        why = f"{listed.source or 'A register'} lists it as in force; there is nothing signed that could be verified."
        return Checked(supplier, Outcome.LOOK, "LISTED", why, "Ask the supplier for the signed certificate.", listed)
    why = "Authentic, in force, accredited and recognised."
    if supplier.name and _likeness(supplier.name, listed) < SAME_NAME:
        why += f" The certificate spells the name {listed.holder}."
    return Checked(supplier, Outcome.GOOD, "VALID", why, "", listed)


def _likeness(name: str, listed: Listed) -> float:
    """How like the name is to any name of the holder: 1 is the same but for signs; no name fits everybody."""
    if not name or not listed.holder:  # a register may keep the holder to itself
        return 1.0
    return max(_likeness_of(name, other) for other in (listed.holder, *listed.other_names))


def _likeness_of(name: str, other: str) -> float:
    a, b = name_key(name), name_key(other)
    if a == b or not a:
        return 1.0
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= LIKE_NAME else 0.0
