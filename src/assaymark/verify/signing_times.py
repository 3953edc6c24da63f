"""When a credential was signed, as far as others than its issuer prove it.

A status log names the digest of each signed document, and proves that its events are in the issuer's log at a
checkpoint. Who saw that checkpoint at a time (a witness that the verifier trusts, or a timestamp authority that it
trusts: RFC 3161) has thereby seen the document. So has the authority whose timestamp lies over a whole PDF. Everything
else that states a time is the issuer's claim.

Rules that hold here
* A witness's line counts only for the checkpoint's exact text; a timestamp is over that text.
* Nothing here rests on the issuer's signature: whoever stole its key cannot move a time back.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assaymark.formats import jws, strict_json
from assaymark.formats.bundle import Carried
from assaymark.formats.cosignature import WitnessKey, sightings
from assaymark.formats.multibase import digest_multibase
from assaymark.formats.note import BadNote, text_of
from assaymark.formats.status_log import BadStatusLog, unverified_log
from assaymark.verify.policy import Policy


@dataclass(frozen=True, slots=True)
class ProvenTime:
    """That a document existed at a moment, and who saw it."""

    at: dt.datetime
    by: str


class SigningTimes:
    """By digest of a credential, the earliest moment at which somebody trusted has seen it."""

    def __init__(self, policy: Policy) -> None:
        self._witnesses = tuple(WitnessKey.parse(key) for key in policy.witnesses)
        self._roots = policy.timestamp_roots
        self._times: dict[str, ProvenTime] = {}

    def of(self, digest: str) -> ProvenTime | None:
        """Return what is proven of the document with that digest."""
        return self._times.get(digest)

    def learn(self, carried: Carried) -> bool:
        """Take in what a bundle brings; tells whether a time became known, or an earlier one."""
        seen = self._seen(carried.checkpoints, carried.timestamps)
        learnt = [self._take(token, seen) for token in carried.status_logs] if seen else []
        return any(learnt)

    def saw(self, texts: Iterable[str], moment: ProvenTime) -> None:
        """Take in that somebody trusted saw these texts at a moment, such as those within a file with a timestamp."""
        for text in texts:
            digest = digest_multibase(text.encode("utf-8", "surrogatepass"))
            known = self._times.get(digest)
            if known is None or moment.at < known.at:
                self._times[digest] = moment

    def _take(self, token: str, seen: dict[str, ProvenTime]) -> bool:
        """Use one log whose checkpoint was seen; its proofs are checked, its signature is not needed."""
        try:
            claims = strict_json.loads_object(jws.split(token).payload)
            note = claims.get("checkpoint")
            moment = seen.get(text_of(note)) if isinstance(note, str) else None
            if moment is None:
                return False
            digests = [event.digest for event in unverified_log(claims).events if event.digest]
        except (jws.BadToken, strict_json.BadJson, BadNote, BadStatusLog):
            return False
        new = [one for one in digests if one not in self._times or moment.at < self._times[one].at]
        self._times.update(dict.fromkeys(new, moment))
        return bool(new)

    def _seen(self, notes: Sequence[str], timestamps: Sequence[str]) -> dict[str, ProvenTime]:
        """By text of a checkpoint, when it was seen first and by whom."""
        found: dict[str, ProvenTime] = {}
        for note in notes:
            try:
                text = text_of(note)
                saw = [ProvenTime(one.at, one.witness) for one in sightings(note, keys=self._witnesses)]
            except BadNote:
                continue
            saw += self._stamped(text, timestamps)
            if saw:
                found[text] = min(saw, key=lambda one: one.at)
        return found

    def _stamped(self, text: str, timestamps: Iterable[str]) -> list[ProvenTime]:
        if not self._roots:
            return []
        # pyHanko takes a second to import
        from assaymark.formats.timestamp_authorities import roots_of
        from assaymark.formats.timestamps import BadTimestamp, authority_of, digest_of, verify_timestamp

        found, roots = [], roots_of(self._roots)
        for encoded in timestamps:
            try:
                token = base64.b64decode(encoded, validate=True)
                found.append(ProvenTime(verify_timestamp(token, digest_of(text.encode()), roots), authority_of(token)))
            except (BadTimestamp, binascii.Error, ValueError):
                continue
        return found
