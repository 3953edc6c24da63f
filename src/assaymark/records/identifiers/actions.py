"""Taking an identifier with a history, replacing its key, and saying that a key was compromised.

Rules that hold here (docs/adr/0048-identifiers.md; did:webvh 1.0)
* Each is one transaction: log entry, key, event and journal. Key files are made before it and put aside after it, so
  that a crash leaves a file too many and never one too few.
* The key for the next change is announced by its hash and made at once; the one that signed an entry is destroyed.
* Who holds the log's key and the database may rotate; who stole the signing key may not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import orjson
from django.conf import settings
from django.db import transaction

from assaymark.adapters.keys import KeyStore, SigningKey
from assaymark.core.identifiers import KeyEventKind, KeyFacts
from assaymark.core.parties import Actor
from assaymark.core.refusal import refuse
from assaymark.formats.webvh_writing import Document, create, update
from assaymark.records.actions import action
from assaymark.records.identifiers import queries
from assaymark.records.identifiers.models import IssuerKey, KeyEvent, LogEntry
from assaymark.records.journal.actions import append
from assaymark.records.journal.checkpoints import checkpoint_now
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope


def identify(*, organisation: Organisation, at: dt.datetime, by: Actor | None = None) -> LogEntry:
    """Give an organisation a did:webvh. A key that it has already becomes the first that signs. The operator's act.

    Raises `Refused`: it has one, or the installation has no public name.
    """
    store = KeyStore(settings.HOME)
    with transaction.atomic(), organisation_scope(organisation.pk):
        Organisation.objects.select_for_update().get(pk=organisation.pk)
        refuse(queries.reasons_not_to_identify(organisation_id=organisation.pk))
        with _made(store, organisation.slug) as made:
            signs = store.key(organisation.slug)
            changes, announced = SigningKey.fresh(), made()
            line = create(
                place=queries.place_of(organisation.slug),
                document=Document(keys=[signs.multikey], also_known_as=[_web(organisation), signs.did]),
                signer=changes,
                announced=[announced.multikey],
                at=at,
            )
            entry = _record(organisation, line, number=1, signs=signs, announced=announced, at=at)
            key = _take_into_use(organisation, entry, signs)
            _tell(
                organisation,
                "identifiers.identifier_taken",
                key,
                by=by,
                at=at,
                after={"did": entry.did, "key": key.public},
            )
    return entry


@action("identifiers.change")
def rotate_key(*, by: Actor, at: dt.datetime, reason: str, compromised_since: dt.datetime | None = None) -> IssuerKey:
    """Replace the key that signs for the actor's organisation. Raises `Refused`."""
    organisation = Organisation.objects.get(pk=by.organisation_id)
    return replace_key(organisation=organisation, at=at, reason=reason, compromised_since=compromised_since, by=by)


def replace_key(
    *,
    organisation: Organisation,
    at: dt.datetime,
    reason: str,
    compromised_since: dt.datetime | None = None,
    destroy: bool = False,
    by: Actor | None = None,
) -> IssuerKey:
    """Replace the key that signs for an organisation; the operator's act, or through :func:`rotate_key`.

    compromised_since: others may have had the former key since then. destroy: delete its file instead of putting it
    aside. Raises `Refused`, and `KeyProblem` when the announced key is not among the files.
    """
    at, store = _second(at), KeyStore(settings.HOME)
    compromised_since = _second(compromised_since) if compromised_since else None
    with transaction.atomic(), organisation_scope(organisation.pk):
        known = _known(organisation, at=at, compromised_since=compromised_since, reason=reason)
        with _made(store, organisation.slug) as made:
            signs, announced = made(), made()
            entry = _change(
                organisation,
                known,
                signs=signs,
                announced=announced,
                at=at,
                compromised=(known.signs, compromised_since),
            )
            former = IssuerKey.objects.get(organisation=organisation, public=known.signs)
            _add_event(former, KeyEventKind.REPLACED, since=at, at=at, reason=reason)
            if compromised_since is not None:
                _add_event(former, KeyEventKind.COMPROMISED, since=compromised_since, at=at, reason=reason)
            key = _take_into_use(organisation, entry, signs)
            after = {"key": key.public, "former": known.signs}
            if compromised_since is not None:
                after["compromised_since"] = compromised_since.isoformat()
            _tell(organisation, "identifiers.key_replaced", key, by=by, at=at, after=after, reason=reason)
            transaction.on_commit(lambda: _put_aside(store, organisation.slug, known, destroy=destroy))
    return key


@action("identifiers.change")
def report_compromise(*, public: str, since: dt.datetime, reason: str, by: Actor, at: dt.datetime) -> IssuerKey:
    """Say of a key of the actor's organisation that others may have had it. Raises `Refused`."""
    organisation = Organisation.objects.get(pk=by.organisation_id)
    return compromise(organisation=organisation, public=public, since=since, reason=reason, at=at, by=by)


def compromise(
    *,
    organisation: Organisation,
    public: str,
    since: dt.datetime,
    reason: str,
    at: dt.datetime,
    by: Actor | None = None,
) -> IssuerKey:
    """Say of a key that others may have had it since a moment; the one that signs now is replaced at the same time."""
    at, since, store = _second(at), _second(since), KeyStore(settings.HOME)
    known = queries.identifier_of(organisation.pk)
    if known is not None and public == known.signs:
        return replace_key(organisation=organisation, at=at, reason=reason, compromised_since=since, by=by)
    with transaction.atomic(), organisation_scope(organisation.pk):
        known = _known(organisation, at=at, of=public, compromised_since=since, reason=reason)
        key: IssuerKey = IssuerKey.objects.get(organisation=organisation, public=public)
        with _made(store, organisation.slug) as made:
            signs, announced = store.held(organisation.slug, known.signs), made()
            _change(organisation, known, signs=signs, announced=announced, at=at, compromised=(public, since))
            _add_event(key, KeyEventKind.COMPROMISED, since=since, at=at, reason=reason)
            after = {"key": public, "compromised_since": since.isoformat()}
            _tell(organisation, "identifiers.key_compromised", key, by=by, at=at, after=after, reason=reason)
            spent = known.announced
            transaction.on_commit(lambda: store.put_aside(organisation.slug, spent, destroy=True))
    return key


def _known(
    organisation: Organisation, *, at: dt.datetime, reason: str, compromised_since: dt.datetime | None, of: str = ""
) -> queries.Identifier:
    """The identifier as it stands, locked; raises `Refused` when it cannot be changed so."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    refuse(
        queries.reasons_not_to_change(
            organisation_id=organisation.pk, at=at, of=of, compromised_since=compromised_since, reason=reason
        )
    )
    known = queries.identifier_of(organisation.pk)
    assert known is not None  # refused above
    return known


def _change(
    organisation: Organisation,
    known: queries.Identifier,
    *,
    signs: SigningKey,
    announced: SigningKey,
    at: dt.datetime,
    compromised: tuple[str, dt.datetime | None],
) -> LogEntry:
    """Write the next entry of the log: these keys, and what is compromised with what was before."""
    store, keys = KeyStore(settings.HOME), queries.keys_of(organisation.pk)
    revoked = _revoked(keys, *compromised)
    first = keys[0]
    former = [] if signs.multikey != first.public else [signs.did]
    line = update(
        queries.log_of(organisation.pk),
        document=Document(keys=[signs.multikey], also_known_as=[_web(organisation), *former], revoked=revoked),
        signer=store.held(organisation.slug, known.announced),
        announced=[announced.multikey],
        at=at,
    )
    number = LogEntry.objects.filter(organisation=organisation).count() + 1
    return _record(organisation, line, number=number, signs=signs, announced=announced, at=at)


def _revoked(keys: list[KeyFacts], public: str, since: dt.datetime | None) -> dict[str, dt.datetime]:
    found = {key.public: told for key in keys if (told := key.compromised_since) is not None}
    if since is not None:
        found[public] = min(since, found.get(public, since))
    return found


def _web(organisation: Organisation) -> str:
    return f"did:web:{queries.place_of(organisation.slug)}"


def _second(at: dt.datetime) -> dt.datetime:
    """Logs count in whole seconds."""
    return at.replace(microsecond=0)


@contextmanager
def _made(store: KeyStore, slug: str) -> Iterator[_Maker]:
    """Hand out new keys, whose files go again when what they were made for fails."""
    maker = _Maker(store, slug)
    try:
        yield maker
    except BaseException:
        for key in maker.keys:
            store.put_aside(slug, key.multikey, destroy=True)
        raise


class _Maker:
    def __init__(self, store: KeyStore, slug: str) -> None:
        self.store, self.slug = store, slug
        self.keys: list[SigningKey] = []

    def __call__(self) -> SigningKey:
        key = self.store.further(self.slug)
        self.keys.append(key)
        return key


def _record(
    organisation: Organisation, line: str, *, number: int, signs: SigningKey, announced: SigningKey, at: dt.datetime
) -> LogEntry:
    entry = orjson.loads(line)
    row: LogEntry = LogEntry.objects.create(
        organisation=organisation,
        number=number,
        did=entry["state"]["id"],
        version_id=entry["versionId"],
        at=_second(at),
        line=line,
        signs=signs.multikey,
        announced=announced.multikey,
    )
    queries.look_again(organisation.pk)
    return row


def _take_into_use(organisation: Organisation, entry: LogEntry, key: SigningKey) -> IssuerKey:
    row: IssuerKey = IssuerKey.objects.create(
        organisation=organisation, kid=key.named(entry.did).kid, public=key.multikey, since=entry.at
    )
    return row


def _add_event(key: IssuerKey, kind: KeyEventKind, *, since: dt.datetime, at: dt.datetime, reason: str) -> None:
    KeyEvent.objects.create(
        organisation_id=key.organisation_id, key=key, event=kind, effective_from=since, recorded_at=at, reason=reason
    )


def _tell(
    organisation: Organisation,
    verb: str,
    key: IssuerKey,
    *,
    by: Actor | None,
    at: dt.datetime,
    after: dict[str, str],
    reason: str = "",
) -> None:
    append(
        organisation_id=organisation.pk,
        verb=verb,
        subject_kind=IssuerKey.subject_kind(),
        subject_id=key.pk,
        subject_label=f"Key {key.public}",
        by=by,
        at=at,
        after=after,
        reason=reason,
    )
    checkpoint_now(organisation.pk)


def _put_aside(store: KeyStore, slug: str, known: queries.Identifier, *, destroy: bool) -> None:
    store.put_aside(slug, known.signs, destroy=destroy)
    store.put_aside(slug, known.announced, destroy=True)
