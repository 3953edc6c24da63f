"""Asking witnesses to cosign the newest checkpoint of a journal, inside of this installation and over the wire.

Rules that hold here
* A witness that does not answer, or refuses, stands in nobody's way: it is written down and asked again.
* A cosignature is kept only when it verifies with the witness's key.
* A witness here that saw more than this journal has proves it with a checkpoint that our own key signed: then nothing
  is written until the journal is recovered. A witness elsewhere can only claim it: that is shown, and stops nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.db import transaction

from assaymark.adapters.witness import WitnessPost
from assaymark.formats.cosignature import Request, WitnessKey, sightings
from assaymark.formats.note import BadNote, VerifierKey, open_checkpoint
from assaymark.records.journal import checkpoints, last_signed
from assaymark.records.journal.models import Checkpoint, Cosignature
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope
from assaymark.records.witness import actions, queries, seen
from assaymark.records.witness.models import Witness

Post = Callable[[str, str], tuple[int, str]]


class NotCosigned(Exception):
    """Why a witness did not cosign, in one sentence for the page."""


def post_to(url: str, body: str) -> tuple[int, str]:
    """Ask a witness elsewhere; status and text of its answer."""
    return WitnessPost()(url, body)


def ask_all(organisation_id: UUID, *, at: datetime, post: Post = post_to) -> bool:
    """Ask every witness of an organisation that has not cosigned its newest checkpoint; whether all have now."""
    with organisation_scope(organisation_id):
        _know_bodies(organisation_id)
        checkpoint = Checkpoint.objects.order_by("-epoch", "-size").first()
        if checkpoint is None:
            return True
        answers = [_ask(row, checkpoint, at=at, post=post) for row in Witness.objects.select_related("body")]
        return all(answers)


def _know_bodies(organisation_id: UUID) -> None:
    """A row for each body that watches this organisation here."""
    bodies = queries.bodies_of(organisation_id)
    known = set(Witness.objects.filter(body__in=bodies).values_list("body_id", flat=True))
    for body in Organisation.objects.filter(pk__in=bodies - known):
        key = str(actions.witness_key(body))
        Witness.objects.get_or_create(organisation_id=organisation_id, key=key, defaults={"body": body})


def _ask(row: Witness, checkpoint: Checkpoint, *, at: datetime, post: Post) -> bool:
    """Ask one witness; the row says how it went."""
    key = WitnessKey.parse(row.key)
    if Cosignature.objects.filter(checkpoint=checkpoint, witness=key.name).exists():
        return True

    def asked() -> None:
        line = _line(row, checkpoint, at=at, post=post)
        seen_at = time_in(checkpoint.note, line, key=key)
        with transaction.atomic():
            Cosignature.objects.create(
                organisation_id=row.organisation_id,
                checkpoint=checkpoint,
                witness=key.name,
                key=row.key,
                line=line,
                at=seen_at,
            )
        row.epoch, row.size, row.seen_at = checkpoint.epoch, checkpoint.size, seen_at

    row.asked_at, row.problem = at, problem_of(asked)
    row.save(update_fields=["asked_at", "problem", "epoch", "size", "seen_at"])
    return not row.problem


def problem_of(asked: Callable[[], None]) -> str:
    """Why a witness did not cosign, in a sentence; empty when it did."""
    try:
        asked()
    except NotCosigned as reason:
        return str(reason)[:300]
    except BadNote as error:
        return f"Its answer is no cosignature: {error}."[:300]
    except (OSError, ValueError) as error:
        return f"It could not be reached: {error}."[:300]
    return ""


def time_in(note: str, line: str, *, key: WitnessKey) -> datetime:
    """When the witness says that it saw the checkpoint; raises NotCosigned, and BadNote for a wrong line."""
    sighted = sightings(note + line, keys=[key])
    if len(sighted) != 1:
        raise NotCosigned("It answered without its cosignature.")
    return sighted[0].at


def _line(row: Witness, checkpoint: Checkpoint, *, at: datetime, post: Post) -> str:
    """The line of this witness; asks a second time when it knows another size than we thought."""
    old = row.size if row.epoch == checkpoint.epoch and row.size <= checkpoint.size else 0
    for _ in range(2):
        proof = tuple(checkpoints.extension(old=old, checkpoint=checkpoint))
        request = Request(old, proof, checkpoint.note).text
        if row.body is not None:
            answer = actions.add_checkpoint(witness=row.body, body=request, at=at)
            status, text = int(answer.status), answer.text
        else:
            status, text = post(f"{row.url}/add-checkpoint", request)
        if status == HTTPStatus.OK:
            return own_line(text, WitnessKey.parse(row.key))
        if status == HTTPStatus.UNPROCESSABLE_ENTITY:
            _take_what_it_proves(row, checkpoint)
        if status != HTTPStatus.CONFLICT:
            raise NotCosigned(f"It answered {status}: {' '.join(text.split())[:160]}")
        old = size_in(text)
        if old > checkpoint.size or (old == checkpoint.size and not _fits(row, checkpoint)):
            if Checkpoint.objects.filter(epoch=checkpoint.epoch, size=old).exclude(pk=checkpoint.pk).exists():
                raise NotCosigned("It has seen a newer checkpoint in the meantime.")
            _take_what_it_proves(row, checkpoint)
            raise NotCosigned(f"It saw another history: {old} entries, and this journal has {checkpoint.size}.")
    raise NotCosigned("It saw another history of this journal.")


def own_line(text: str, key: WitnessKey) -> str:
    """Of an answer's lines the one of this key: a witness with several keys answers with several."""
    lines = [line for line in text.splitlines() if line.startswith(f"— {key.name} ")]
    if not lines:
        raise NotCosigned("It answered without its cosignature.")
    return f"{lines[0][:590]}\n"


def size_in(text: str) -> int:
    """The size that a witness says it saw last; raises NotCosigned."""
    number = text.strip()
    if not number.isascii() or not number.isdigit() or len(number) > 19:
        raise NotCosigned("It saw another checkpoint last, and does not say which.")
    return int(number)


def _fits(row: Witness, checkpoint: Checkpoint) -> bool:
    """Whether a witness that saw as many entries saw these; of one elsewhere the next answer tells."""
    held = seen.read(row.body_id, _origin(checkpoint)) if row.body_id else None
    return held is None or open_checkpoint(held, keys=_keys(checkpoint)).root == bytes(checkpoint.root)


def _take_what_it_proves(row: Witness, checkpoint: Checkpoint) -> None:
    """What a witness here cosigned, our own key had signed: so that is what was last signed, whatever the home says."""
    held = seen.read(row.body_id, _origin(checkpoint)) if row.body_id else None
    if held is None:
        return
    with last_signed.locked(row.organisation_id):
        last_signed.write(row.organisation_id, held)


def _origin(checkpoint: Checkpoint) -> str:
    return checkpoint.note.partition("\n")[0]


def _keys(checkpoint: Checkpoint) -> list[VerifierKey]:
    return checkpoints.verifier_keys(checkpoint.organisation, [checkpoint.epoch])
