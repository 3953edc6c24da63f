"""Being a witness: a checkpoint comes in, a cosignature goes out (C2SP tlog-witness, tlog-cosignature).

Rules that hold here
* Who watches whom is known: a body watches the journals, and the status logs, of those who hold or apply for its
  attestations. A journal of another installation is watched when its key was accepted.
* A witness never cosigns two histories: what it saw last is compared and set under a lock, outside of the database, and
  is on the disk before the answer leaves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction

from assaymark.adapters.keys import KeyStore, SigningKey
from assaymark.formats.cosignature import SIZE_TYPE, Request, WitnessKey, answer_to, cosign
from assaymark.formats.note import BadNote, Checkpoint, VerifierKey, open_checkpoint, unverified_checkpoint
from assaymark.records.attestations import log as status_log
from assaymark.records.journal import checkpoints
from assaymark.records.journal.actions import append
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope
from assaymark.records.witness import queries, seen
from assaymark.records.witness.models import WatchedLog, Witness, Witnessed

_ORIGIN = re.compile(r"/log/([-a-z0-9_]{1,60})/e([1-9][0-9]{0,8})\Z")
_STATUS_ORIGIN = re.compile(r"/status-log/([-a-z0-9_]{1,60})\Z")
_PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the witness answers: status, body and its type."""

    status: HTTPStatus
    text: str
    content_type: str = _PLAIN


def signing_key(witness: Organisation) -> SigningKey:
    """The key with which an organisation cosigns: another than that of its own journal. Made on first use."""
    return KeyStore(Path(settings.HOME)).key(f"witness-{witness.pk.hex}")


def witness_key(witness: Organisation) -> WitnessKey:
    """What readers need to check its cosignatures."""
    return WitnessKey(queries.witness_name(witness.slug), signing_key(witness).public_key)


def add_checkpoint(*, witness: Organisation, body: str, at: datetime) -> Answer:
    """Answer a log that wants its checkpoint cosigned by this organisation."""
    try:
        request = Request.parse(body)
        origin = unverified_checkpoint(request.note).origin
    except BadNote as error:
        return Answer(HTTPStatus.BAD_REQUEST, f"{error}\n")
    keys = _keys_of(origin, witness=witness)
    if not keys:
        return Answer(HTTPStatus.NOT_FOUND, f"{witness.name} does not watch {origin}\n")
    try:
        new = open_checkpoint(request.note, keys=keys)
    except BadNote as error:
        return Answer(HTTPStatus.FORBIDDEN, f"{error}\n")
    with seen.locked(witness.pk, origin):
        return _compare_and_set(request, new, witness=witness, at=at)


def _compare_and_set(request: Request, new: Checkpoint, *, witness: Organisation, at: datetime) -> Answer:
    """Runs under the lock of what the witness saw of this log."""
    held = seen.read(witness.pk, new.origin)
    last = unverified_checkpoint(held) if held else None
    status = answer_to(request, new, seen=last)
    if status == HTTPStatus.CONFLICT:
        return Answer(status, f"{last.size if last else 0}\n", SIZE_TYPE)
    if status != HTTPStatus.OK:
        return Answer(status, "The proof does not lead from the old checkpoint to the new one.\n")
    if last is None or new.size > last.size:
        seen.write(witness.pk, new.origin, request.note)
        _remember(request.note, new, witness=witness, at=at)
    line = cosign(request.note, key=witness_key(witness), at=at, signer=signing_key(witness).sign)
    return Answer(HTTPStatus.OK, line)


def _remember(note: str, new: Checkpoint, *, witness: Organisation, at: datetime) -> None:
    """For people to read. An older database may hold the row of another history already: what decides is the file."""
    with organisation_scope(witness.pk):
        try:
            with transaction.atomic():
                Witnessed.objects.create(organisation_id=witness.pk, origin=new.origin, size=new.size, note=note, at=at)
        except IntegrityError:
            return


def _keys_of(origin: str, *, witness: Organisation) -> list[VerifierKey]:
    """The keys of a log that this witness watches; none when it does not."""
    with organisation_scope(witness.pk):
        accepted = [VerifierKey.parse(key) for key in WatchedLog.objects.values_list("key", flat=True)]
    if found := [key for key in accepted if key.name == origin]:
        return found
    of_journal, of_status = _ORIGIN.search(origin), _STATUS_ORIGIN.search(origin)
    named = of_journal or of_status
    owner = Organisation.objects.filter(slug=named[1]).first() if named else None
    if owner is None or witness.pk not in queries.bodies_of(owner.pk):
        return []
    if of_journal and origin == checkpoints.origin(owner.slug, int(of_journal[2])):
        return checkpoints.verifier_keys(owner, [int(of_journal[2])])
    return status_log.verifier_keys(owner) if origin == status_log.origin(owner.slug) else []


def watch(*, witness: Organisation, key: VerifierKey, at: datetime) -> None:
    """Agree to watch a journal of another installation. An act of the operator."""
    with transaction.atomic(), organisation_scope(witness.pk):
        row, new = WatchedLog.objects.get_or_create(organisation_id=witness.pk, key=str(key))
        if new:
            append(
                organisation_id=witness.pk,
                verb="witness.log_accepted",
                subject_kind=WatchedLog.subject_kind(),
                subject_id=row.pk,
                subject_label=key.name,
                by=None,
                at=at,
                after={"key": str(key)},
            )


def add_witness(*, organisation: Organisation, url: str, key: WitnessKey, at: datetime) -> None:
    """Ask a witness of another installation from the next checkpoint on. url: its prefix. An act of the operator."""
    with transaction.atomic(), organisation_scope(organisation.pk):
        row, new = Witness.objects.get_or_create(
            organisation_id=organisation.pk, key=str(key), defaults={"url": url.rstrip("/")}
        )
        if new:
            append(
                organisation_id=organisation.pk,
                verb="witness.added",
                subject_kind=Witness.subject_kind(),
                subject_id=row.pk,
                subject_label=key.name,
                by=None,
                at=at,
                after={"url": row.url, "key": str(key)},
            )
