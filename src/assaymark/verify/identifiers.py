"""Issuers' identifiers turned into keys: did:key, did:web and did:webvh, from what is given or what may be fetched.

Rules that hold here
* Without ``fetch`` nothing is asked of the network. With it, a log that a file brings is held against the published
  one: the longer counts, so that no file hides that a key was replaced; two that part are a *no*.
* Nothing at hand, or nobody answering, is :class:`NotAtHand` (unknown); a document or log that is wrong is a *no*.
* A did:web document that travels in a bundle is the bundle's word and proves nothing: it is fetched or unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from assaymark.formats import did_document, did_webvh, strict_json
from assaymark.formats.bundle import Carried, carried_in
from assaymark.formats.did import KEY, KeyResolver, NotAtHand, Resolver, UnresolvedIdentifier, VerificationKey, key_id
from assaymark.formats.given_keys import short_names
from assaymark.formats.keys import multikey
from assaymark.formats.multibase import digest_multibase
from assaymark.verify.policy import Policy
from assaymark.verify.signing_times import SigningTimes

Fetch = Callable[[str], bytes]
MAX_LOGS = 4  # of one identifier; more than a few files bring is somebody's idea of an attack


class Identifiers:
    """Resolves identifiers within one verification; each is looked up once.

    ``documents``: those that the verifier itself trusts, by identifier of any kind. ``logs``: texts of ``did.jsonl``;
    ``witnesses``: texts of ``did-witness.json``, for logs whose changes others must approve.
    """

    def __init__(
        self,
        documents: Mapping[str, dict[str, strict_json.Json]] | None = None,
        logs: Sequence[str] = (),
        fetch: Fetch | None = None,
        *,
        now: dt.datetime,
        witnesses: Sequence[str] = (),
    ) -> None:
        self._witnesses = witnesses
        self._documents, self._logs, self._fetch, self._now = dict(documents or {}), logs, fetch, now
        self._known: dict[str, dict[str, VerificationKey] | UnresolvedIdentifier] = {}
        self._asked: dict[str, str | NotAtHand] = {}

    def verification_key(self, did: str, kid: str) -> VerificationKey:
        """Return the key that ``kid`` names; raises :class:`NotAtHand` or :class:`UnresolvedIdentifier`."""
        if did.startswith(KEY):
            return KeyResolver().verification_key(did, kid)
        if did not in self._known:
            try:
                self._known[did] = self._keys(did)
            except UnresolvedIdentifier as error:
                self._known[did] = error
        found = self._known[did]
        if isinstance(found, UnresolvedIdentifier):
            raise found
        if kid not in found:
            raise UnresolvedIdentifier("the signature names a key that is not the issuer's")
        return found[kid]

    def kid_of(self, did: str, multibase: str) -> str:
        """Return how a key is named among the issuer's own, of now or of before; empty when it is not one of them."""
        if did.startswith(KEY):
            return key_id(did) if did == KEY + multibase else ""
        with suppress(UnresolvedIdentifier):
            self.verification_key(did, f"{did}#")
        known = self._known.get(did)
        if known is None or isinstance(known, UnresolvedIdentifier):
            return ""
        return next((kid for kid, found in known.items() if multikey(found.key) == multibase), "")

    def _keys(self, did: str) -> dict[str, VerificationKey]:
        document = self._documents.get(did)
        if document is not None:
            keys = did_document.assertion_keys(document, did=did)
            named = {short: keys[kid] for short, kid in short_names(document).items() if kid in keys}
            return {kid: VerificationKey(key) for kid, key in (named | keys).items()}
        if did.startswith(did_webvh.WEBVH):
            return self._history(did)
        if not did.startswith(did_document.WEB):
            raise NotAtHand(f"{did[:80]}: its keys are not looked up here, and were not given")
        document = _document(self._fetched(did, did_document.document_address(did)))
        return {kid: VerificationKey(key) for kid, key in did_document.assertion_keys(document, did=did).items()}

    def _history(self, did: str) -> dict[str, VerificationKey]:
        scid, _ = did_webvh.scid_and_place(did)
        did_webvh.log_address(did)
        given = list(dict.fromkeys(log for log in self._logs if f'"{scid}"' in log.partition("\n")[0]))
        published = self._published(did, needed=not given)
        found = [self._replayed(did, scid, published)] if published is not None else []
        failed: UnresolvedIdentifier | None = None
        for log in given[:MAX_LOGS]:
            try:
                found.append(self._replayed(did, scid, log))
            except UnresolvedIdentifier as error:
                failed = error  # whoever adds a bad log to a file spoils no good one
        if not found:
            raise failed or UnresolvedIdentifier(f"no log of {did[:80]} is at hand")
        keys = _newest_of(found).keys
        return {kid: key for kid, key in keys.items() if kid.startswith(f"{did}#")}

    def _published(self, did: str, *, needed: bool) -> str | None:
        """The log as it is published now, which may be longer than a given one; asked for once."""
        if did not in self._asked:
            try:
                self._asked[did] = self._fetched(did, did_webvh.log_address(did)).decode("utf-8", "replace")
            except NotAtHand as error:
                self._asked[did] = error
        answer = self._asked[did]
        if isinstance(answer, str):
            return answer
        if needed:
            raise answer
        return None

    def _replayed(self, did: str, scid: str, log: str) -> did_webvh.History:
        history = did_webvh.replay(log, now=self._now, witnesses=self._approvals(did, log))
        if history.scid != scid or did not in history.dids:
            raise UnresolvedIdentifier(f"the log is not that of {did[:80]}")
        return history

    def _approvals(self, did: str, log: str) -> Sequence[str]:
        if self._witnesses or self._fetch is None or not did_webvh.needs_witnesses(log):
            return self._witnesses
        return [self._fetched(did, did_webvh.witnesses_address(did)).decode("utf-8", "replace")]

    def _fetched(self, did: str, address: str) -> bytes:
        if self._fetch is None:
            raise NotAtHand(f"what {did[:120]} leads to is not at hand, and nothing is fetched")
        try:
            return self._fetch(address)
        except (OSError, ValueError) as error:
            raise NotAtHand(f"{address[:200]} could not be fetched: {error}") from error


def _newest_of(histories: Sequence[did_webvh.History]) -> did_webvh.History:
    """The longest of several logs of one identifier; each shorter one must be its beginning."""
    newest = max(histories, key=lambda one: len(one.versions))
    if any(newest.versions[: len(one.versions)] != one.versions for one in histories):
        raise UnresolvedIdentifier("the issuer keeps two histories of its identifier, and neither is believed")
    return newest


def _document(data: bytes) -> dict[str, strict_json.Json]:
    try:
        return strict_json.loads_object(data, max_bytes=256 * 1024)
    except strict_json.BadJson as error:
        raise UnresolvedIdentifier(f"the document is malformed: {error}") from error


class CurrentKeys(Identifiers):
    """Identifiers with the rule that a former key proves nothing unless the signature is proven to be older.

    That it is older would be the signer's own claim, so it stays unknown. Of a key that others may have had, it would
    be anybody's: that is a *no*. Proven it is by whom the verifier trusts (`signing_times`); without ``policy`` by
    nobody.
    """

    def __init__(
        self, *, now: dt.datetime, fetch: Fetch | None = None, policy: Policy | None = None, **given: Any
    ) -> None:
        super().__init__(fetch=fetch, now=now, **given)
        self.times = SigningTimes(policy or Policy())
        self._digest = ""

    @property
    def was_given_logs(self) -> bool:
        """Whether files brought logs, of which a later one may tell of a change that an earlier one does not."""
        return bool(self._logs)

    def learn(self, carried: Carried) -> bool:
        """Take in what a bundle brings; tells whether anything that was looked at before may now read otherwise."""
        texts = [log for log in carried.did_logs if log not in self._logs and log not in self._witnesses]
        self._logs = (*self._logs, *(text for text in texts if not text.startswith("[")))
        self._witnesses = (*self._witnesses, *(text for text in texts if text.startswith("[")))
        if texts:
            self._known.clear()
        return self.times.learn(carried) or bool(texts)

    def about(self, token: str) -> None:
        """Say which document is being looked at: what is proven of its time counts for its key."""
        self._digest = digest_multibase(token.encode("utf-8", "surrogatepass")) if token else ""

    def verification_key(self, did: str, kid: str) -> VerificationKey:
        """Return the key when it is the issuer's now, or was when the document was signed, which others prove.

        Raises :class:`NotAtHand` for a former one, :class:`UnresolvedIdentifier` for one that is compromised.
        """
        found = super().verification_key(did, kid)
        proven = self.times.of(self._digest)
        since, until = found.compromised_since, found.valid_until
        if since is not None and not (proven and proven.at < since):
            raise UnresolvedIdentifier(
                f"others may have had this key since {since:%Y-%m-%d}; that the signature is older is not proven"
            )
        if until is not None and not (proven and proven.at < until):
            raise NotAtHand(f"the key was replaced on {until:%Y-%m-%d}; that the signature is older is not proven")
        return found


def about(resolver: Resolver, token: str) -> None:
    """Tell a resolver that weighs times which document it is asked for; to others it makes no difference."""
    if isinstance(resolver, CurrentKeys):
        resolver.about(token)


def learn(resolver: Resolver, document: dict[str, strict_json.Json]) -> bool:
    """Let a resolver that weighs times use what a bundle brings, before its seal is checked."""
    return isinstance(resolver, CurrentKeys) and resolver.learn(carried_in(document))
