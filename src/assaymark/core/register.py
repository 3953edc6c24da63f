"""The public register's ideas: what an entry says, how names and numbers are compared, how a difference becomes events.

Rules that hold here
* An entry has two times: *valid* time (the day from which the register says it) and *recorded* time (the moment at
  which we learnt of it). Both are asked apart; nothing is overwritten.
* What leaves the register leaves a tombstone ("listed until …"). Absence alone is no answer (ISO/IEC 17021-1, 8.1.2).
* A value that cannot be true is named and kept aside; it is never guessed.
* Names are compared by a key: Latin letters, no case, no accents, no spaces, and German and Nordic double letters
  folded, so that Müller, Mueller and Muller are one.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from anyascii import anyascii

from assaymark.core.scripts import pieces, settled, stretches

LONGEST_KEY, LONGEST_WORD, MOST_WORDS = 120, 40, 24
VARIANT_LENGTH, TAIL_LENGTH, LONG_WORD = 7, 6, 8
_FOLDED = str.maketrans({"'": "", "’": "", "`": "", "´": ""})
_PAIRS = (("ue", "u"), ("oe", "o"), ("ae", "a"), ("aa", "a"))
_EARLIEST, _LATEST = dt.date(1980, 1, 1), dt.date(2200, 1, 1)


class ListingStatus(StrEnum):
    """What a register says of a certification. Expiry is also read off the date on the day that is asked."""

    VALID = "valid"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    INACTIVE = "inactive"


class EventKind(StrEnum):
    """What happened to a listing, one or several at a time."""

    LISTED = "listed"
    CHANGED = "changed"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    INACTIVE = "inactive"
    DELISTED = "delisted"
    RELISTED = "relisted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a register says of one certification at one time. Countries are ISO 3166-1 alpha-2; dates are days.

    other_names  trading, English and former names of the holder
    iaf          sector codes of IAF ID 1, "1" to "39"
    sites        [{name, street, city, state, postcode, country, scope}], as far as they are given
    extra        what a source gives beyond that, kept so that it can be given back
    kind         "accreditation" or "recognition"; nothing for a certificate, which most entries are
    """

    number: str
    holder: str
    standard: str
    status: str
    body: str = ""
    holder_id: str = ""
    body_id: str = ""
    country: str = ""
    issued: str = ""
    expires: str = ""
    original_issue: str = ""
    scope: str = ""
    address: str = ""
    website: str = ""
    accreditation_body: str = ""
    accredited: str = ""
    status_since: str = ""
    identity_number: str = ""
    visibility: str = "public"
    other_names: tuple[str, ...] = ()
    iaf: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    sites: tuple[Mapping[str, str], ...] = ()
    extra: Mapping[str, Any] | None = None
    kind: str = ""

    def values(self) -> dict[str, Any]:
        """As JSON: only what is said; lists for tuples."""
        said = ((name, getattr(self, name)) for name in self.__slots__)
        return {
            name: [dict(v) if isinstance(v, Mapping) else v for v in value] if isinstance(value, tuple) else value
            for name, value in said
            if value not in ("", (), None, {})
        }

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Entry:
        """The entry that `values()` described."""
        known: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items() if k in FIELDS}
        return cls(**known)

    @property
    def standard_key(self) -> str:
        """The standard without its edition, `standard_key(standard)`."""
        return standard_key(self.standard)

    @property
    def identity(self) -> str:
        """By what it is known again: body, number and standard. One number may stand for two standards."""
        return f"{name_key(self.body_id or self.body)}|{number_key(self.number)}|{self.standard_key}"


FIELDS = frozenset(f.name for f in fields(Entry))


def plain(text: str) -> str:
    """Latin letters and digits in lower case, single spaces between words and writings, double letters folded."""
    apart = " ".join(part for part, _ in stretches(settled(text)))
    ascii_text = anyascii(apart).translate(_FOLDED).lower()
    folded = " ".join(re.findall(r"[a-z0-9]+", ascii_text))
    for pair, single in _PAIRS:
        folded = folded.replace(pair, single)
    return folded


def name_key(text: str) -> str:
    """What a name is compared by: `plain` without spaces, at most 120 characters."""
    return plain(text).replace(" ", "")[:LONGEST_KEY]


@dataclass(frozen=True, slots=True)
class Spelt:
    """A word by which a name is found. piece: it is part of a stretch without spaces, whose errors are not its own."""

    word: str
    piece: bool = False


def spelt_words(text: str) -> list[Spelt]:
    """The words of a name, each once, at most twenty-four; of writing without spaces its pieces (`core.scripts`)."""
    found: dict[str, Spelt] = {}
    for part, together in stretches(settled(text)):
        words = [plain(piece).replace(" ", "") for piece in pieces(part)] if together else plain(part).split()
        for word in words:
            if word:
                found.setdefault(word[:LONGEST_WORD], Spelt(word[:LONGEST_WORD], together))
    return list(found.values())[:MOST_WORDS]


def name_words(text: str) -> list[str]:
    """The words of `spelt_words` alone."""
    return [spelt.word for spelt in spelt_words(text)]


def number_key(text: str) -> str:
    """What a number is compared by: capital letters and digits only. "nc-26 00417" and "NC-26-00417" are one."""
    return re.sub(r"[^A-Z0-9]", "", anyascii(text).upper())[:60]


def standard_key(text: str) -> str:
    """The standard without edition, spaces and case: "ISO 9001:2015" and "iso9001" are "iso9001"."""
    bare = re.sub(r"(?<=\d)\s*[:(]\s*(19|20)\d\d\)?.*$", "", text.strip())
    bare = re.sub(r"\b(DIN|EN|BS|UNI|NF|UNE|NEN|SS|GB/T|JIS|TS)\b[\s/-]*(?=.*\bISO)", "", bare, flags=re.IGNORECASE)
    return re.sub(r"[^a-z0-9]", "", anyascii(bare).lower())[:40]


def edition_year(text: str) -> str:
    """The year of the edition in a label of a standard, or nothing: "2015" of "ISO 9001:2015"."""
    found = re.search(r"[:(]\s*((?:19|20)\d\d)", text)
    return found.group(1) if found else ""


def variants(word: str) -> list[str]:
    """The word's first seven letters, whole and with each one left out; of a long word also its last six, marked "-".

    Two words that differ by one letter more, less, other or swapped within these seven share a variant (symmetric
    deletion), so that a misspelt word is met by equality, which every index can answer. A long word with several
    errors at its beginning is met by its end.
    """
    head = word[:VARIANT_LENGTH]
    if len(head) < 4:
        return [head]
    tail = [f"-{word[-TAIL_LENGTH:]}"] if len(word) >= LONG_WORD else []
    return list(dict.fromkeys([head, *(head[:i] + head[i + 1 :] for i in range(len(head))), *tail]))


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be taken: which field, what is wrong in a sentence."""

    field: str
    message: str


def problems(entry: Entry, *, as_of: dt.date) -> list[Problem]:
    """What cannot be true in a snapshot of that day. Dates are given as ISO days already."""
    found = [
        Problem(name, f"The {name} is missing.")
        for name in ("number", "holder", "standard", "status")
        if not getattr(entry, name).strip()
    ]
    if entry.number.strip() and not number_key(entry.number):
        found.append(Problem("number", f"The number “{entry.number[:40]}” has neither letters nor digits."))
    if entry.holder.strip() and not name_key(entry.holder):
        found.append(Problem("holder", f"The name “{entry.holder[:40]}” has no letters."))
    if entry.status and entry.status not in set(ListingStatus):
        found.append(Problem("status", f"The status word “{entry.status[:40]}” is not known."))
    days = {name: day(getattr(entry, name)) for name in ("original_issue", "issued", "expires", "status_since")}
    found += [
        Problem(name, f"The date “{getattr(entry, name)}” lies outside {_EARLIEST.year} to {_LATEST.year}.")
        for name, value in days.items()
        if value and not _EARLIEST <= value < _LATEST
    ]
    issued, expires, original = days["issued"], days["expires"], days["original_issue"]
    if issued and expires and expires < issued:
        found.append(Problem("expires", f"It expires on {expires}, before its issue on {issued}."))
    if original and issued and original > issued:
        found.append(Problem("original_issue", f"It was first issued on {original}, after its issue on {issued}."))
    if original and expires and not issued and expires < original:
        found.append(Problem("expires", f"It expires on {expires}, before its first issue on {original}."))
    if issued and issued > as_of:
        found.append(Problem("issued", f"It is issued on {issued}, after the day of the snapshot, {as_of}."))
    return found


def day(text: str) -> dt.date | None:
    """An ISO day, or None for nothing."""
    return dt.date.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class Difference:
    """What a new entry changes: the kinds of events, and per field what it said before and says now."""

    kinds: tuple[EventKind, ...]
    changes: Mapping[str, tuple[Any, Any]]

    def __bool__(self) -> bool:
        return bool(self.kinds)


_BECOMES = {
    ListingStatus.VALID: EventKind.REINSTATED,
    ListingStatus.SUSPENDED: EventKind.SUSPENDED,
    ListingStatus.WITHDRAWN: EventKind.WITHDRAWN,
    ListingStatus.CANCELLED: EventKind.CANCELLED,
    ListingStatus.EXPIRED: EventKind.EXPIRED,
    ListingStatus.INACTIVE: EventKind.INACTIVE,
}


def difference(*, before: Mapping[str, Any] | None, after: Mapping[str, Any], listed: bool = True) -> Difference:
    """What the register says anew.

    before   the values of the newest version; None when it was never listed
    listed   whether it was listed until now; what comes back after a tombstone is "relisted"
    """
    if before is None:
        return Difference((EventKind.LISTED,), {})
    changes = {
        name: (before.get(name), after.get(name))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    }
    kinds: list[EventKind] = [] if listed else [EventKind.RELISTED]
    if "status" in changes:
        kinds.append(_BECOMES[ListingStatus(after["status"])])
    if changes.keys() - {"status"}:
        kinds.append(EventKind.CHANGED)
    return Difference(tuple(kinds), changes)


@dataclass(frozen=True, slots=True)
class Version:
    """One thing that the register said: from this day (valid), learnt at this moment (recorded).

    values  the entry; empty for a tombstone
    """

    seq: int
    valid_from: dt.date
    recorded_at: dt.datetime
    kinds: tuple[str, ...]
    values: Mapping[str, Any]
    changes: Mapping[str, Any]

    @property
    def tombstone(self) -> bool:
        """Whether the listing ended here."""
        return EventKind.DELISTED in self.kinds


def version_on(versions: Iterable[Version], *, on: dt.date, known_at: dt.datetime | None = None) -> Version | None:
    """What the register said on a day as known at a moment (None: all that is known). None: it was not listed yet.

    Among what had begun and was recorded, the latest beginning counts, then the latest record.
    """
    known = [v for v in versions if v.valid_from <= on and (known_at is None or v.recorded_at <= known_at)]
    return max(known, key=lambda v: (v.valid_from, v.seq), default=None)


@dataclass(frozen=True, slots=True)
class Interval:
    """A version with both of its intervals. The second ends are the first moment outside; None: still open."""

    version: Version
    valid_until: dt.date | None
    recorded_until: dt.datetime | None


def intervals(versions: Iterable[Version]) -> Iterator[Interval]:
    """Versions by valid time with the ends that follow from the others.

    A version is recorded *until* a later record says something else from the same day.
    """
    ordered = sorted(versions, key=lambda v: (v.valid_from, v.seq))
    for index, version in enumerate(ordered):
        later = ordered[index + 1 :]
        replaced = next((v.recorded_at for v in later if v.valid_from == version.valid_from), None)
        follows = next((v.valid_from for v in later if v.valid_from > version.valid_from), None)
        yield Interval(version, follows, replaced)


def status_on(*, status: str, expires: dt.date | None, on: dt.date) -> str:
    """The status on a day: what is called valid or suspended is expired once its last day has passed."""
    if status in (ListingStatus.VALID, ListingStatus.SUSPENDED) and expires is not None and expires < on:
        return ListingStatus.EXPIRED
    return status
