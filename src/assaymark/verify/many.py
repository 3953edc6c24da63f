"""Many certificates with one chain: the same verdicts as the rich engine, at the price of their signatures.

What is the same for many certificates is judged once: the issuer's key, its accreditations, who recognises them, the
status lists, a scope against a row. What is left for each certificate is its signature, its form, its dates, its bit.
Whatever is not of the usual form is handed to the rich engine, so that nothing is decided twice in two ways.

Rules that hold here
* A payload counts when it is spelled in one way (``orjson.dumps(orjson.loads(p)) == p``), which leaves no room for a
  member that stands there twice; any other spelling goes the slow way.
* With a signed snapshot of the issuer's register no certificate's own signature needs to be checked (`snapshot`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

import orjson
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError
from pybase64 import b64decode

from assaymark.core.attestation import AttestationKind
from assaymark.core.trust import ANY, Anchor, Containment, ScopeRow, containment, within
from assaymark.formats import jws, schemas
from assaymark.formats.credential import (
    BadCredential,
    Credential,
    UnsupportedCredential,
    read_credential,
    scope_rows_of,
    values_of,
)
from assaymark.formats.did import UnresolvedIdentifier, key_id
from assaymark.formats.keys import KeyKind
from assaymark.formats.moments import read_instant
from assaymark.formats.status_list import StatusList
from assaymark.formats.strict_json import loads_object
from assaymark.verify import chain
from assaymark.verify.chain import Accreditation
from assaymark.verify.evidence import Pool
from assaymark.verify.identifiers import CurrentKeys
from assaymark.verify.policy import Policy
from assaymark.verify.status import standing
from assaymark.verify.takeover import heirs_of
from assaymark.verify.verdict import Answer, Code, Finding, summed_up

Answered = tuple[Answer, Code]
YES = (Answer.YES, Code.VALID)
SUSPENDED, WITHDRAWN = (Answer.NO, Code.SUSPENDED), (Answer.NO, Code.WITHDRAWN)
_CONTAINED = {
    Containment.COVERED: YES,
    Containment.NOT_STATED: (Answer.UNKNOWN, Code.SCOPE_NOT_STATED),
    Containment.EXCEEDED: (Answer.NO, Code.OUT_OF_SCOPE),
}
_MOST = 200_000  # entries kept of each kind; a register has fewer, a hostile one may have more


@dataclass(frozen=True, slots=True)
class Brief:
    """A verdict without its sentences: the code of the whole, and (answer, code) of each question in order."""

    code: Code
    authentic: Answered
    in_force: Answered
    accredited: Answered
    recognised: Answered

    @property
    def answers(self) -> tuple[Answer, Answer, Answer, Answer]:
        """The four answers."""
        return self.authentic[0], self.in_force[0], self.accredited[0], self.recognised[0]


Kinds = frozenset[tuple[str, str, str]]


@dataclass(slots=True)
class _Issuer:
    """What is known of a header: whose it is, and its key."""

    did: str
    key: bytes


@dataclass(slots=True)
class _Above:
    """One accreditation of an issuer, as far as it does not depend on the certificate."""

    credential: Credential
    status: Finding
    stands: Answered
    rows: tuple[ScopeRow, ...]  # those that hold on the day
    recognised: dict[Kinds, tuple[Answered, int]] = field(default_factory=dict)


Rows = tuple[tuple[ScopeRow, ...], Kinds]
Outcome = tuple[Answered, Answered]  # accredited, recognised


_TYPES = ["DigitalConformityCredential", "VerifiableCredential"]


class Unusual(Exception):
    """The certificate is not of the form that is read fast."""


class Judge:
    """Judges certificates on one moment from evidence that is read once.

    ``evidence``: accreditations, recognitions, status lists and logs as signed tokens; ``at``: the moment asked about,
    at which the status lists must be known (older lists follow the policy). What is refused of the evidence is named in
    ``notices``.
    """

    def __init__(
        self,
        evidence: Iterable[str],
        *,
        anchors: Sequence[Anchor] | None,
        at: dt.datetime,
        policy: Policy | None = None,
    ) -> None:
        self.at, self.day, self.anchors = at, at.date(), anchors
        self.resolver = CurrentKeys(now=at)
        self.policy = policy or Policy(max_tokens=1_000_000)
        self.pool = Pool(resolver=self.resolver, known_at=at, now=at, policy=self.policy)
        for token in evidence:
            self.pool.add(token, source="evidence")
        self._issuers: dict[bytes, _Issuer] = {}
        self._above: dict[tuple[str, bytes], list[_Above]] = {}
        self._without: dict[tuple[str, bytes], Outcome] = {}
        self.rows: dict[bytes, Rows] = {}
        self._kinds: dict[Kinds, Kinds] = {}  # each once
        self.periods: dict[tuple[str, str], Answered] = {}
        self.spans: dict[tuple[bytes, bytes], Answered] = {}
        self.eventful: dict[str, set[str]] = defaultdict(set)  # certificates whose events are at hand, by issuer
        for log in self.pool.logs.values():
            self.eventful[log.issuer].add(log.target)
        self._lists: dict[tuple[str, str], list[StatusList]] = defaultdict(list)
        for (who, _, purpose), found in self.pool.lists.items():
            if found.written == at and found.size == 1:
                self._lists[who, purpose].append(found)
        self._valid = schemas.validator(schemas.CONFORMITY_CREDENTIAL).is_valid

    @property
    def notices(self) -> list[str]:
        """What was left out of the evidence, and why."""
        return self.pool.notices

    def judge(self, token: bytes) -> Brief:
        """Judge one signed certificate (compact ``vc+jwt``)."""
        try:
            return self._fast(token)
        except Unusual:
            return self._slow(token)

    def judge_content(self, content: bytes, *, issuer: str) -> Brief:
        """Judge a certificate by its content (JSON), known to be the issuer's word from its signed snapshot."""
        try:
            return self._judged(self.usual_claims(content, issuer=issuer), issuer)
        except (Unusual, KeyError, TypeError, AttributeError, ValueError):
            return self._slow_listed(content, issuer)

    def usual_claims(self, content: bytes, *, issuer: str) -> dict[str, Any]:
        """A certificate's claims when spelling, form, type and issuer are the usual; raises `Unusual` or ValueError."""
        claims = orjson.loads(content)
        if orjson.dumps(claims) != content or not self._valid(claims):
            raise Unusual
        by = claims["issuer"]
        if not isinstance(by, dict) or by["id"] != issuer or claims["type"] != _TYPES:
            raise Unusual
        return cast(dict[str, Any], claims)

    def bits_of(self, issuer: str, purpose: str) -> dict[str, bytes]:
        """The issuer's status lists of a purpose that are written at the very moment, unpacked, by their addresses."""
        return {found.id: found.bits for found in self._lists.get((issuer, purpose), ())}

    # -- the usual form

    def _fast(self, token: bytes) -> Brief:
        first = token.find(b".")
        last = token.rfind(b".")
        if first < 1 or last <= first or len(token) > jws.MAX_TOKEN:
            raise Unusual
        issuer = self._issuers.get(token[:first]) or self._new_issuer(token[:first])
        try:
            payload = _unpacked(token[first + 1 : last])
            signature = _unpacked(token[last + 1 :])
        except ValueError as error:
            raise Unusual from error
        if len(signature) != 64:
            raise Unusual
        try:
            crypto_sign_open(signature + token[:last], issuer.key)
        except BadSignatureError:
            return REFUSED  # under the one key that such a header can mean
        try:
            claims = orjson.loads(payload)
            if orjson.dumps(claims) != payload or not self._valid(claims):
                raise Unusual
            return self._judged(claims, issuer.did)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise Unusual from error

    def _new_issuer(self, head: bytes) -> _Issuer:
        try:
            header = loads_object(_unpacked(head), max_bytes=8192)
            did = header["iss"]
            if header != {"alg": "EdDSA", "typ": "vc+jwt", "cty": "vc", "kid": key_id(did), "iss": did}:
                raise Unusual
            key = self.resolver.verification_key(did, key_id(did)).key
        except (ValueError, KeyError, TypeError, AttributeError, UnresolvedIdentifier) as error:
            raise Unusual from error
        if key.kind is not KeyKind.ED25519:
            raise Unusual
        found = _Issuer(did, key.raw)
        if len(self._issuers) < _MOST:
            self._issuers[head] = found
        return found

    def period(self, begins: str, ends: str) -> Answered:
        """Whether the moment asked about lies between the dates on a certificate."""
        found = self.periods.get((begins, ends))
        if found is None:
            found = YES
            if self.at < read_instant(begins):
                found = Answer.NO, Code.NOT_YET_VALID
            elif self.at > read_instant(ends):
                found = Answer.NO, Code.EXPIRED
            if len(self.periods) < _MOST:
                self.periods[begins, ends] = found
        return found

    def span(self, dates: tuple[bytes, bytes]) -> Answered:
        """The same, of dates that are still bytes; raises ValueError for what is no moment."""
        found = self.period(dates[0].decode(), dates[1].decode())
        if len(self.spans) < _MOST:
            self.spans[dates] = found
        return found

    def _judged(self, claims: dict[str, Any], did: str) -> Brief:
        issuer, subject = claims["issuer"], claims["credentialSubject"]
        if issuer["id"] != did or "vc" in claims or "vp" in claims or claims.get("iss", did) != did:
            raise Unusual
        if "nbf" in claims or "exp" in claims or "proof" in claims:
            raise Unusual
        if claims["type"] != _TYPES:
            raise Unusual
        if claims["id"] in self.eventful.get(did, ()):
            raise Unusual  # its events are at hand, which say more than its bits
        suspended = self._bit(claims["credentialStatus"], "suspension", did)
        in_force = self.period(claims["validFrom"], claims["validUntil"])
        if self._bit(claims["withdrawalStatus"], "revocation", did):
            in_force = WITHDRAWN
        elif suspended:
            in_force = SUSPENDED
        outcome = self._chain(claims, issuer, subject, did)
        return ALL_YES if in_force is outcome[0] is outcome[1] is YES else brief(in_force, *outcome)

    def _bit(self, entry: dict[str, Any], purpose: str, did: str) -> bool:
        """Read a bit of a list that is written at the very moment; anything else is weighed by the rich engine."""
        index = entry["statusListIndex"]
        found = self.pool.lists.get((did, entry["statusListCredential"], purpose))
        if type(index) is not int or entry["statusPurpose"] != purpose or "statusSize" in entry:
            raise Unusual
        if found is None or found.written != self.at or found.size != 1:
            raise Unusual
        bits = found.bits
        if not 0 <= index < len(bits) * 8:
            raise Unusual
        return bool(bits[index >> 3] & (0x80 >> (index & 7)))

    # -- what is judged once for many

    def _chain(self, claims: dict[str, Any], issuer: dict[str, Any], subject: dict[str, Any], did: str) -> Outcome:
        parent = issuer.get("recognizedIn")
        if not parent and "authorisation" in subject:
            raise Unusual
        above = (did, orjson.dumps(parent) if parent else b"")
        return self.outcome(above, orjson.dumps(subject["scope"]), lambda: claims)

    def outcome(self, key: tuple[str, bytes], scope: bytes, whole: Callable[[], dict[str, Any]]) -> Outcome:
        """Ask the rich engine's own rules, with what does not depend on the scope judged once.

        key: issuer and the accreditation that it names; scope: the certificate's rows, both as JSON; whole: the claims.
        """
        above = self._above.get(key)
        if above is None:
            above = self._above[key] = self._candidates(self._credential(whole()))
        if not above:
            found = self._without.get(key)
            if found is None:
                certificate = self._credential(whole())
                missing = chain.no_accreditation(certificate)
                top = self._recognition(certificate, missing)
                found = self._without[key] = _short(missing.finding), _short(top.finding)
            return found
        rows, kinds = self.rows_of(scope)
        if len(above) == 1:
            return self._pair(whole, rows, kinds, above[0])[1]
        return max((self._pair(whole, rows, kinds, one) for one in above), key=lambda pair: pair[0])[1]

    def rows_of(self, scope: bytes) -> Rows:
        """The rows of a scope, read once; raises `Unusual` for another spelling, and where editions have ends."""
        read = self.rows.get(scope)
        if read is None:
            ends = self.policy.edition_ends
            try:
                listed = orjson.loads(scope)
                rows = scope_rows_of(listed)
            except (KeyError, TypeError, AttributeError, ValueError) as error:
                raise Unusual from error
            if orjson.dumps(listed) != scope:
                raise Unusual
            if any((row.standard, one) in ends for row in rows for one in row.editions):
                raise Unusual  # the rich engine knows when an edition ends
            kinds = frozenset((row.activity, row.competence, row.standard) for row in rows)
            read = rows, self._kinds.setdefault(kinds, kinds)
            if len(self.rows) < _MOST:
                self.rows[scope] = read
        return read

    def only_rows(self, key: tuple[str, bytes]) -> tuple[ScopeRow, ...]:
        """The rows on the day of the one accreditation that was found before; none when there is not just one."""
        above = self._above.get(key, ())
        return above[0].rows if len(above) == 1 else ()

    def _recognition(self, certificate: Credential, accredited: Accreditation) -> chain.Recognition:
        """Follow recognition upwards; the limit of steps is that of one certificate, not of all."""
        self.pool.steps = 0
        return chain.recognition_of(certificate, accredited, self.pool, self.anchors, self.at)

    def _credential(self, claims: dict[str, Any]) -> Credential:
        try:
            return values_of("", AttestationKind.CERTIFICATE, claims)
        except (TypeError, ValueError, KeyError, AttributeError, OverflowError) as error:
            raise Unusual from error

    def _candidates(self, certificate: Credential) -> list[_Above]:
        if heirs_of(certificate.issuer, AttestationKind.ACCREDITATION, self.pool):
            raise Unusual  # its body ended: the rich engine weighs who answers for it
        held = self.pool.held_by(certificate.issuer, AttestationKind.ACCREDITATION)
        found = chain.not_pinned_otherwise(held, certificate, self.pool)
        return [
            _Above(
                credential=one,
                status=(status := standing(one, self.pool, at=self.at, noun="accreditation")),
                stands=_short(status),
                rows=tuple(row for row in one.scope if within(row.valid_from, row.valid_until, self.day)),
            )
            for one in found
        ]

    def _pair(
        self, whole: Callable[[], dict[str, Any]], rows: tuple[ScopeRow, ...], kinds: Kinds, above: _Above
    ) -> tuple[tuple[int, int, int, dt.datetime], Outcome]:
        held = above.credential
        scope = YES
        if not plainly_covered(rows, above.rows):
            scope = _CONTAINED[containment(claims=rows, scope=held.scope, on=self.day)]
        worst = above.stands
        if scope is not YES and chain.RANK[scope[0]] < chain.RANK[worst[0]]:
            worst = scope
        if kinds not in above.recognised:
            certificate = self._credential(whole())
            finding = chain.scope_within(certificate, held.scope, held, self.at)
            accredited = Accreditation(finding, above.status, finding, held)
            top = self._recognition(certificate, accredited)
            above.recognised[kinds] = _short(top.finding), chain.RANK[top.finding.answer]
        recognised, high = above.recognised[kinds]
        low = 2 if worst is YES else chain.RANK[worst[0]]
        return (min(low, high) // 2, high, low, held.valid_from), (worst, recognised)

    # -- anything else

    def _slow(self, token: bytes) -> Brief:
        """Let the rich engine judge, over the same evidence."""
        text = token.decode("ascii", "replace")
        try:
            credential = read_credential(text, resolver=self.resolver)
        except UnsupportedCredential:
            return _unsupported()
        except BadCredential:
            return REFUSED
        return self._weighed(credential)

    def _slow_listed(self, content: bytes, issuer: str) -> Brief:
        try:
            claims = loads_object(content)
            if claims["issuer"]["id"] != issuer or not self._valid(claims):
                return REFUSED
            return self._weighed(values_of("", AttestationKind.CERTIFICATE, claims))
        except (TypeError, ValueError, KeyError, AttributeError, OverflowError):
            return REFUSED

    def _weighed(self, credential: Credential) -> Brief:
        if credential.kind is not AttestationKind.CERTIFICATE:
            return REFUSED
        in_force = standing(credential, self.pool, at=self.at, noun="certificate")
        above, top = chain.chain_above(credential, in_force, self.pool, self.anchors, at=self.at)
        return brief(_short(in_force), _short(above.finding), _short(top.finding))


ALL_YES = Brief(Code.VALID, YES, YES, YES, YES)
_NOT_ASKED = (Answer.UNKNOWN, Code.INVALID)
REFUSED = Brief(Code.INVALID, (Answer.NO, Code.INVALID), _NOT_ASKED, _NOT_ASKED, _NOT_ASKED)


@lru_cache(maxsize=4096)
def brief(in_force: Answered, accredited: Answered, recognised: Answered) -> Brief:
    """A verdict from its answers: a *no* explains it before an *unknown* does, in the order of the questions."""
    named = (("in_force", in_force), ("accredited", accredited), ("recognised", recognised))
    code = next((summed_up(n, a, c) for n, (a, c) in named if a is Answer.NO), None)
    if code is None:
        code = next((c for _, (a, c) in named if a is Answer.UNKNOWN), Code.VALID)
    return Brief(code, YES, in_force, accredited, recognised)


def plainly_covered(claims: tuple[ScopeRow, ...], rows: tuple[ScopeRow, ...]) -> bool:
    """Tell whether each claim is stated in full and lies in one row: then no more needs to be weighed."""
    for claim in claims:
        if not (claim.editions and claim.iaf and claim.countries):
            return False
        for row in rows:
            if (
                row.standard in (claim.standard, ANY)
                and row.activity in (claim.activity, ANY)
                and row.competence in (claim.competence, ANY)
                and (ANY in row.iaf or claim.iaf <= row.iaf)
                and (ANY in row.countries or claim.countries <= row.countries)
                and (ANY in row.editions or claim.editions <= row.editions)
            ):
                break
        else:
            return False
    return bool(claims)


def _short(finding: Finding) -> Answered:
    return YES if finding.code is Code.VALID and finding.answer is Answer.YES else (finding.answer, finding.code)


def _unsupported() -> Brief:
    unknown = (Answer.UNKNOWN, Code.UNSUPPORTED)
    return Brief(Code.UNSUPPORTED, unknown, unknown, unknown, unknown)


def _unpacked(text: bytes) -> bytes:
    """Base64url without padding, in its one spelling: unused bits that are set are refused."""
    data = b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    rest = len(text) % 4
    if rest and not _ONE_SPELLING[rest][text[-1]]:
        raise ValueError("base64url in another than its one spelling")
    return data


_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_ONE_SPELLING = {
    1: bytes(256),
    2: bytes(int(char in _ALPHABET and _ALPHABET.index(char) % 16 == 0) for char in range(256)),
    3: bytes(int(char in _ALPHABET and _ALPHABET.index(char) % 4 == 0) for char in range(256)),
}
