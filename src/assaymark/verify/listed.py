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
from assaymark.formats.register_lines import FROM, INDEX, PROBES, UNTIL, BadLine, Pattern, values_of
from assaymark.formats.usual_form import are_sites, read, repeated
from assaymark.verify.many import (
    ALL_YES,
    REFUSED,
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


@dataclass(frozen=True, slots=True)
class _Alike:
    """What certificates by one pattern have alike beside that: the lists that hold their status."""

    pattern: Pattern
    shared: _Shared
    suspended: bytes
    revoked: bytes


class Listed:
    """Judges the certificates of one body's register, whose lines are known to be its word (`snapshot`)."""

    def __init__(self, judge: Judge, issuer: str) -> None:
        self._judge, self._did = judge, issuer
        self._eventful = judge.eventful.get(issuer, set())
        self._suspended = judge.bits_of(issuer, "suspension")
        self._revoked = judge.bits_of(issuer, "revocation")
        self._shared: dict[bytes, _Shared] = {}

    def judge(self, lines: Iterable[bytes]) -> Iterator[Brief]:
        """Judge the certificates of a register, in the order of its lines (`formats.register_lines`)."""
        pattern, alike = None, None
        for line in lines:
            if line.startswith(b"{"):
                yield self._by_content(line)
            elif line.startswith(b"="):
                pattern = _pattern_of(line[1:])
                alike = self._new_alike(pattern) if pattern else None
            elif alike is not None:
                yield self._by_values(line, alike)
            elif pattern is not None:
                yield self._filled(line, pattern)
            else:
                yield REFUSED

    def _by_values(self, line: bytes, alike: _Alike) -> Brief:
        try:
            values = values_of(line)
            texts, scope = values.texts, values.scope
            if texts[0].decode() in self._eventful or not (values.sites == b"[]" or are_sites(values.sites)):
                raise Unusual
            rows, kinds = self._judge.rows.get(scope) or self._judge.rows_of(scope)
            shared = alike.shared
            outcome = shared.covered.get(kinds)
            if outcome is None or not plainly_covered(rows, shared.rows):
                outcome = shared.outcomes.get(scope) or self._new_outcome(shared, scope, alike.pattern.filled(values))
            dates = texts[FROM], texts[UNTIL]
            in_force = self._judge.spans.get(dates) or self._judge.span(dates)
            index = int(texts[INDEX])
            place, bit = index >> 3, 0x80 >> (index & 7)
            if alike.revoked[place] & bit:
                in_force = WITHDRAWN
            elif alike.suspended[place] & bit:
                in_force = SUSPENDED
        except (Unusual, ValueError, IndexError):
            return self._filled(line, alike.pattern)
        return ALL_YES if in_force is YES and outcome is _BOTH else brief(in_force, *outcome)

    def _by_content(self, content: bytes) -> Brief:
        try:
            found = read(content)
            if found.id in self._eventful:
                raise Unusual
            shared = self._shared.get(parts := repeated(found)) or self._new_shared(parts, content)
            scope = bytes(found.credentialSubject.scope)
            outcome = shared.outcomes.get(scope) or self._new_outcome(shared, scope, content)
            in_force = self._judge.period(found.validFrom, found.validUntil)
            revoked, suspended = found.withdrawalStatus, found.credentialStatus
            one, other = revoked.statusListIndex, suspended.statusListIndex
            if self._revoked[revoked.statusListCredential][one >> 3] & (0x80 >> (one & 7)):
                in_force = WITHDRAWN
            elif self._suspended[suspended.statusListCredential][other >> 3] & (0x80 >> (other & 7)):
                in_force = SUSPENDED
        except (Unusual, ValueError, KeyError, IndexError):
            return self._judge.judge_content(content, issuer=self._did)
        return ALL_YES if in_force is YES and outcome is _BOTH else brief(in_force, *outcome)

    def _filled(self, line: bytes, pattern: Pattern) -> Brief:
        """Judge a certificate by its whole content, which pattern and values give."""
        try:
            return self._judge.judge_content(pattern.filled(values_of(line)), issuer=self._did)
        except BadLine:
            return REFUSED

    def _new_alike(self, pattern: Pattern) -> _Alike | None:
        """Weigh a pattern: filled with two sets of values it must be of the usual form, and mean these values.

        Then so it is with any: texts stay between quotes, and no mark stands in a part that is not looked into.
        """
        try:
            first, second = (read(pattern.filled(values)) for values in PROBES)
            for found, values in zip((first, second), PROBES, strict=True):
                texts = [text.decode() for text in values.texts]
                told = [found.id, found.validFrom, found.validUntil, found.withdrawalStatus.statusListIndex]
                if told != [texts[0], texts[FROM], texts[UNTIL], int(texts[INDEX])]:
                    return None
                if found.credentialStatus.statusListIndex != int(texts[INDEX]):
                    return None
                if bytes(found.credentialSubject.scope) != values.scope:
                    return None
            parts, lists = repeated(first), (first.credentialStatus, first.withdrawalStatus)
            if parts != repeated(second):
                return None
            shared = self._shared.get(parts) or self._new_shared(parts, pattern.filled(PROBES[0]))
            return _Alike(
                pattern,
                shared,
                self._suspended[lists[0].statusListCredential],
                self._revoked[lists[1].statusListCredential],
            )
        except (Unusual, ValueError, KeyError):
            return None

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


def _pattern_of(text: bytes) -> Pattern | None:
    try:
        return Pattern(text)
    except BadLine:
        return None
