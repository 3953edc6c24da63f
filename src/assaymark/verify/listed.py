"""A body's signed register, certificate by certificate: what is the body's word is judged without its signature.

Rules that hold here
* A certificate of the usual form (`formats.usual_form`) is judged from its own words and from what the `Judge` keeps.
  Any other is read like a signed one, and what that does not weigh goes to the rich engine.
* A member that stands twice, and a spelling other than the one, are found in each certificate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import orjson

from assaymark.core.trust import ScopeRow
from assaymark.formats.usual_form import OtherForm, read, repeated
from assaymark.verify.many import (
    ALL_YES,
    SUSPENDED,
    WITHDRAWN,
    YES,
    Brief,
    Judge,
    Kinds,
    Outcome,
    Unusual,
    brief,
    plainly_covered,
)

_BOTH = (YES, YES)
_MOST = 10_000  # entries kept of each kind: enough for a large body, bounded for a hostile one


@dataclass(slots=True)
class _Shared:
    """What the parts mean that many certificates have alike.

    parent    the accreditation that is named, as JSON
    rows      those of the one accreditation on the day (none: there is more than one, or none)
    covered   the outcome of what lies in these rows, by kinds of activity
    outcomes  the outcome of what does not, by scope as JSON
    """

    parent: bytes
    rows: tuple[ScopeRow, ...] = ()
    covered: dict[Kinds, Outcome] = field(default_factory=dict)
    outcomes: dict[bytes, Outcome] = field(default_factory=dict)


class Listed:
    """Judges the certificates of one body's register, whose content is known to be its word (`snapshot`)."""

    def __init__(self, judge: Judge, issuer: str) -> None:
        self._judge, self._did = judge, issuer
        self._eventful = judge.eventful.get(issuer)
        self._suspended = judge.bits_of(issuer, "suspension")
        self._revoked = judge.bits_of(issuer, "revocation")
        self._shared: dict[bytes, _Shared] = {}

    def judge(self, contents: Iterable[bytes]) -> Iterator[Brief]:
        """Judge certificates by their contents (JSON), each for itself."""
        periods, read_rows, eventful = self._judge.periods.get, self._judge.rows.get, self._eventful
        revoked_in, suspended_in = self._revoked, self._suspended
        last, shared = b"", _Shared(b"")
        for content in contents:
            try:
                found = read(content)
                if (parts := repeated(found)) != last:  # most are like the one before
                    shared = self._shared.get(parts) or self._new_shared(parts, content)
                    last = parts
                if eventful and found.id in eventful:
                    raise Unusual
                scope = bytes(found.credentialSubject.scope)
                rows, kinds = read_rows(scope) or self._judge.rows_of(scope)
                outcome = shared.covered.get(kinds)
                if outcome is None or not plainly_covered(rows, shared.rows):
                    outcome = shared.outcomes.get(scope) or self._new_outcome(shared, scope, content)
                dates = found.validFrom, found.validUntil
                in_force = periods(dates) or self._judge.period(*dates)
                revoked, suspended = found.withdrawalStatus, found.credentialStatus
                one, other = revoked.statusListIndex, suspended.statusListIndex
                if revoked_in[revoked.statusListCredential][one >> 3] & (0x80 >> (one & 7)):
                    in_force = WITHDRAWN
                elif suspended_in[suspended.statusListCredential][other >> 3] & (0x80 >> (other & 7)):
                    in_force = SUSPENDED
                verdict = ALL_YES if in_force is YES and outcome is _BOTH else brief(in_force, *outcome)
            except (OtherForm, Unusual, ValueError, KeyError, IndexError, TypeError, AttributeError):
                verdict = self._judge.judge_content(content, issuer=self._did)
            yield verdict

    def _new_shared(self, parts: bytes, content: bytes) -> _Shared:
        """Weigh what many certificates of the register share, by the whole rules of a signed one."""
        claims = self._judge.usual_claims(content, issuer=self._did)
        parent = claims["issuer"].get("recognizedIn")
        if not parent and "authorisation" in claims["credentialSubject"]:
            raise Unusual
        found = _Shared(orjson.dumps(parent) if parent else b"")
        if len(self._shared) < _MOST:
            self._shared[parts] = found
        return found

    def _new_outcome(self, shared: _Shared, scope: bytes, content: bytes) -> Outcome:
        """Ask the judge; what lies in a row of the one accreditation has the outcome of its kinds from then on."""
        key = self._did, shared.parent
        found = self._judge.outcome(key, scope, lambda: orjson.loads(content))
        if found == _BOTH:
            found = _BOTH
        rows, kinds = self._judge.rows_of(scope)
        shared.rows = self._judge.only_rows(key)
        if plainly_covered(rows, shared.rows):
            shared.covered[kinds] = found
        elif len(shared.outcomes) < _MOST:
            shared.outcomes[scope] = found
        return found
