"""Identifiers with a history: which keys signed for an organisation from when until when, and what may change.

Rules that hold here
* An identifier is taken once and kept. Keys of it are replaced; what former keys signed in their time stays signed.
* A key that others may have had is *compromised* since a moment: what it signed counts only when it is proven to be
  older. That moment lies in the past, and within the time in which the key existed.
* Of several statements about one key the earliest moment counts: doubt once told is not taken back.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from assaymark.core.refusal import Refusal

_NAME = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_PRIVATE = (".localhost", ".local", ".internal")
_SECOND = dt.timedelta(seconds=1)


class KeyEventKind(StrEnum):
    """What happens to a key after it was taken into use."""

    REPLACED = "replaced"
    COMPROMISED = "compromised"


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """Something that happened to a key: since when it holds, and when it was told."""

    event: KeyEventKind
    effective_from: dt.datetime
    recorded_at: dt.datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """A key of an organisation. ``public``: multibase; ``kid``: its name in signatures."""

    kid: str
    public: str
    since: dt.datetime
    events: tuple[KeyEvent, ...] = ()

    @property
    def until(self) -> dt.datetime | None:
        """When another key took its place; ``None``: it is the one that signs."""
        return self._earliest(KeyEventKind.REPLACED)

    @property
    def compromised_since(self) -> dt.datetime | None:
        """Since when others may have had it."""
        return self._earliest(KeyEventKind.COMPROMISED)

    @property
    def reason(self) -> str:
        """Why it ended, in the words of who ended it: of the compromise when there is one."""
        weightiest = sorted(self.events, key=lambda one: one.event is not KeyEventKind.COMPROMISED)
        return next((one.reason for one in weightiest if one.reason), "")

    @property
    def state(self) -> str:
        """current, replaced or compromised."""
        if self.compromised_since is not None:
            return "compromised"
        return "replaced" if self.until is not None else "current"

    def _earliest(self, kind: KeyEventKind) -> dt.datetime | None:
        return min((one.effective_from for one in self.events if one.event is kind), default=None)


def reasons_not_to_identify(*, taken: str, public_url: str) -> list[Refusal]:
    """Say why an organisation cannot take an identifier with a history now. taken: the one that it has, or ""."""
    found = []
    if taken:
        found.append(Refusal("identifier-taken", "", f"It has its identifier: {taken}.", "Replace its keys instead."))
    address = urlsplit(public_url)
    host = address.hostname or ""
    if address.scheme != "https" or not _NAME.fullmatch(host) or host.endswith(_PRIVATE):
        found.append(
            Refusal(
                "identifier-needs-name",
                "did:webvh 1.0",
                f"The public address {public_url} is not https under a name of the domain name system, and the "
                "identifier would carry it for ever.",
                "Set ASSAYMARK_PUBLIC_URL to the address under which the public will reach this installation.",
            )
        )
    return found


def reasons_not_to_change(
    *,
    keys: Sequence[KeyFacts],
    last_change: dt.datetime | None,
    at: dt.datetime,
    of: str = "",
    compromised_since: dt.datetime | None = None,
    reason: str = "",
) -> list[Refusal]:
    """Say why a key cannot be replaced, or be called compromised, now. of: its public part; "": the one that signs.

    keys: all of the organisation's, oldest first; last_change: of its log; ``None``: it has no log.
    """
    if last_change is None:
        return [
            Refusal(
                "identifier-is-key",
                "did:key",
                "Its identifier is the key itself, so another key would be another issuer.",
                "Take an identifier that keeps: assaymark organisation identify",
            )
        ]
    key = next((one for one in keys if (one.public == of if of else one.until is None)), None)
    if key is None:
        return [Refusal("key-unknown", "", "It never had such a key.", "Name one of the keys listed.")]
    found = []
    if at.replace(microsecond=0) < last_change + _SECOND:
        found.append(
            Refusal("key-changed-now", "did:webvh 1.0", "The last change is not yet a second old.", "Try again.")
        )
    if not reason.strip():
        found.append(Refusal("key-reason", "", "Why is not stated.", "State it: it stays in the journal."))
    if compromised_since is not None:
        found += _reasons_against(key, compromised_since, at)
    return found


def _reasons_against(key: KeyFacts, since: dt.datetime, at: dt.datetime) -> Iterable[Refusal]:
    if since > at:
        yield Refusal(
            "compromise-in-future", "", "The moment of the compromise lies in the future.", "Give one that has passed."
        )
    if since < key.since:
        yield Refusal(
            "compromise-before-key",
            "",
            f"The key is in use only since {key.since:%Y-%m-%d %H:%M} UTC.",
            "Give that moment when everything that it signed is in doubt.",
        )
    if key.compromised_since is not None and since >= key.compromised_since:
        yield Refusal(
            "compromise-known",
            "",
            f"It counts as compromised since {key.compromised_since:%Y-%m-%d %H:%M} UTC already.",
            "Only an earlier moment changes something.",
        )
