"""The pool of what is known: signed attestations, status lists and logs from every intact input.

Rules that hold here
* Only what is signed by its own issuer enters; what does not is left out and named in a notice.
* A statement dated after ``now`` is refused: nobody knows the future.
* A list written after ``known_at`` was not known then and is left out; of a log, only what was recorded by then counts.
* Of several statements about the same thing, the newest counts.
* An issuer that shows two histories of its status log (two roots of one size) is believed in neither.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from assaymark.core.attestation import AttestationKind
from assaymark.formats import jws, secured, strict_json
from assaymark.formats.bundle import BadBundle, is_bundle, read_bundle
from assaymark.formats.credential import BadCredential, Credential, credential_from, credential_of
from assaymark.formats.did import Resolver
from assaymark.formats.moments import instant
from assaymark.formats.status_list import BadStatusList, StatusList, status_list_from, status_list_of
from assaymark.formats.status_log import TYP as LOG_TYP
from assaymark.formats.status_log import BadStatusLog, StatusLog, status_log_of
from assaymark.verify.identifiers import about, learn
from assaymark.verify.policy import Policy

Fetch = Callable[[str], bytes]
EMBEDDED_SECONDS = 1.0  # of our own work; canonical RDF has a bound of its own


@dataclass
class Pool:
    """What one verification knows. Filled from inputs first, then from addresses within the budget."""

    resolver: Resolver
    known_at: dt.datetime
    now: dt.datetime
    policy: Policy
    fetch: Fetch | None = None
    attestations: list[Credential] = field(default_factory=list)
    lists: dict[tuple[str, str, str], StatusList] = field(default_factory=dict)
    logs: dict[tuple[str, str], StatusLog] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    steps: int = 0
    _by_subject: dict[str, list[Credential]] = field(default_factory=dict)
    _successions: list[Credential] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _fetched: set[str] = field(default_factory=set)
    _embedded_seconds: float = 0.0
    _roots: dict[tuple[str, str, int], bytes] = field(default_factory=dict)
    _forked: set[str] = field(default_factory=set)

    def add(self, token: str, *, source: str) -> None:
        """Take in a signed token of any kind; what is not accepted becomes a notice."""
        if token in self._seen:
            return
        if len(self._seen) >= self.policy.max_tokens:
            self.notice(f"{source}: more than {self.policy.max_tokens} tokens; the rest was left out.")
            return
        self._seen.add(token)
        about(self.resolver, token)
        try:
            if secured.is_embedded(token):
                self._take_embedded(token, source)
                return
            parts = jws.split(token)
            claims = strict_json.loads_object(parts.payload)
            self._take(token, parts, claims, source)
        except (jws.BadToken, strict_json.BadJson, BadCredential, BadStatusList, BadStatusLog) as error:
            self.notice(f"{source}: left out, {error}.")

    def _take(self, token: str, parts: jws.Token, claims: dict[str, strict_json.Json], source: str) -> None:
        types = claims.get("type")
        if parts.header.get("typ") == LOG_TYP:
            log = status_log_of(parts, claims, resolver=self.resolver)
            key = (log.issuer, log.target)
            if self._too_new(log.as_of, self.now, "status events", source) or self._two_histories(log, source):
                return
            known = self.logs.get(key)
            # Moments are whole seconds: of two logs of the same second, the longer one was written later.
            if known is None or (known.as_of, len(known.events)) < (log.as_of, len(log.events)):
                self.logs[key] = log
        elif isinstance(types, list) and "BitstringStatusListCredential" in types:
            self._take_list(status_list_of(parts, claims, resolver=self.resolver), source)
        else:
            credential = credential_of(token, parts, claims, resolver=self.resolver)
            if credential.kind is not AttestationKind.CERTIFICATE:
                self._keep(credential)

    def _take_embedded(self, text: str, source: str) -> None:
        """Take in JSON text with an embedded proof: an attestation or a status list."""
        if self._embedded_seconds > EMBEDDED_SECONDS:
            raise BadCredential("checking the embedded proofs takes too long")
        began = time.process_time()
        try:
            found = secured.check(text, resolver=self.resolver)
        except (secured.BadSecured, secured.UnsupportedSecured) as error:
            raise BadCredential(str(error)) from error
        finally:
            self._embedded_seconds += time.process_time() - began
        types = found.claims["type"]
        if isinstance(types, list) and "BitstringStatusListCredential" in types:
            self._take_list(status_list_from(found), source)
            return
        credential = credential_from(text, found)
        if credential.kind is not AttestationKind.CERTIFICATE:
            self._keep(credential)

    def _keep(self, credential: Credential) -> None:
        """Keep an attestation where it is looked for: with a whole register there are thousands."""
        self.attestations.append(credential)
        self._by_subject.setdefault(credential.subject, []).append(credential)
        if "succeeds" in credential.claims["credentialSubject"]:
            self._successions.append(credential)

    def _take_list(self, found: StatusList, source: str) -> None:
        if self._too_new(found.written, min(self.now, self.known_at), "a status list", source):
            return
        for purpose in found.purposes:
            place = (found.issuer, found.id, purpose)
            if place not in self.lists or self.lists[place].written <= found.written:
                self.lists[place] = found

    def _too_new(self, written: dt.datetime, limit: dt.datetime, what: str, source: str) -> bool:
        if written <= limit + self.policy.clock_skew:
            return False
        self.notice(f"{source}: left out, {what} dated {instant(written)}, after the moment of knowledge.")
        return True

    def _two_histories(self, log: StatusLog, source: str) -> bool:
        """Of an issuer whose log shows two roots of one size, no log is believed any more."""
        if log.checkpoint is not None:
            place = (log.issuer, log.checkpoint.origin, log.checkpoint.size)
            if self._roots.setdefault(place, log.checkpoint.root) != log.checkpoint.root:
                self._forked.add(log.issuer)
                self.logs = {key: known for key, known in self.logs.items() if key[0] != log.issuer}
        if log.issuer not in self._forked:
            return False
        self.notice(f"{source}: left out, the issuer shows two histories of its status log under the same number.")
        return True

    def known_of(self, log: StatusLog) -> dt.datetime:
        """Return up to when a log tells everything, as known at the moment of knowledge."""
        return min(log.as_of, self.known_at)

    def notice(self, text: str) -> None:
        """Keep a remark for the reader, once, and not without end."""
        if len(self.notices) < 50 and text not in self.notices:
            self.notices.append(text)

    def held_by(self, subject: str, kind: AttestationKind) -> list[Credential]:
        """List the attestations of a kind that a party holds from somebody else."""
        held = self._by_subject.get(subject, ())
        return [c for c in held if c.kind is kind and c.issuer != subject]

    def successions(self) -> list[Credential]:
        """List the attestations that say whom their subject succeeds."""
        return self._successions

    def get(self, url: str) -> None:
        """Fetch an address once, within the budget, and take in what it holds (a token, or a bundle)."""
        if self.fetch is None or not url or url in self._fetched:
            return
        if len(self._fetched) >= self.policy.max_fetches:
            self.notice(f"{url[:200]}: not fetched, the limit of {self.policy.max_fetches} addresses is reached.")
            return
        self._fetched.add(url)
        try:
            data = self.fetch(url)
        except (OSError, ValueError) as error:
            self.notice(f"{url[:200]}: could not be fetched ({str(error)[:200]}).")
            return
        self._unpack(data, source=url[:200])

    def _unpack(self, data: bytes, *, source: str) -> None:
        text = data.strip()
        if not text.startswith(b"{"):
            self.add(text.decode("ascii", "replace"), source=source)
            return
        try:
            document = strict_json.loads(data)
            if isinstance(document, dict) and "proof" in document:
                self.add(data.decode("utf-8"), source=source)
            elif isinstance(document, dict) and is_bundle(document):
                learn(self.resolver, document)
                bundle = read_bundle(data, resolver=self.resolver)
                for token in (*bundle.chain, *bundle.status_lists, *bundle.status_logs):
                    self.add(token, source=source)
            else:
                self.notice(f"{source}: neither a token nor a bundle.")
        except (strict_json.BadJson, BadBundle) as error:
            self.notice(f"{source}: left out, {error}.")

    def refresh(self, credential: Credential) -> None:
        """Fetch the newest status of a credential, when fetching is allowed."""
        for entry in credential.statuses:
            self.get(entry.list_id)
        self.get(credential.log_url)
