"""Asking the same witnesses to cosign the newest checkpoint of an issuer's status log.

The journal says what its organisation did; the status log is what strangers rely on, so both are watched. A witness
that saw another history refuses, and is shown with what it says; nothing stops, because a database that lost entries
stops at its journal already (`asking`).
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from assaymark.core.growing_tree import GrowingTree
from assaymark.formats.cosignature import Request, WitnessKey
from assaymark.records.attestations import log
from assaymark.records.attestations.models import StatusCheckpoint, StatusCosignature
from assaymark.records.scope import organisation_scope
from assaymark.records.witness import actions
from assaymark.records.witness.asking import NotCosigned, Post, own_line, post_to, problem_of, size_in, time_in
from assaymark.records.witness.models import Witness


def ask_all_of_status(organisation_id: UUID, *, at: datetime, post: Post = post_to) -> bool:
    """Ask every witness that has not cosigned the newest checkpoint of the status log; whether all have now."""
    with organisation_scope(organisation_id):
        newest = StatusCheckpoint.objects.filter(organisation_id=organisation_id).order_by("-size").first()
        if newest is None:
            return True
        tree = log.tree_of(organisation_id)
        rows = list(Witness.objects.filter(organisation_id=organisation_id).select_related("body"))
        answers = [_ask(row, newest, tree, at=at, post=post) for row in rows]
        return all(answers)


def _ask(row: Witness, checkpoint: StatusCheckpoint, tree: GrowingTree, *, at: datetime, post: Post) -> bool:
    key = WitnessKey.parse(row.key)
    seen = StatusCosignature.objects.filter(organisation_id=row.organisation_id, witness=key.name)
    if seen.filter(checkpoint=checkpoint).exists():
        return True
    old = seen.aggregate(size=Max("checkpoint__size"))["size"] or 0

    def asked() -> None:
        line = _line(row, checkpoint, tree, old=old, at=at, post=post)
        seen_at = time_in(checkpoint.note, line, key=key)
        with transaction.atomic():
            StatusCosignature.objects.create(
                organisation_id=row.organisation_id,
                checkpoint=checkpoint,
                witness=key.name,
                key=row.key,
                line=line,
                at=seen_at,
            )

    problem = problem_of(asked)
    if problem and not row.problem:
        row.problem = f"Of the status log: {problem}"[:300]
        row.save(update_fields=["problem"])
    return not problem


def _line(row: Witness, checkpoint: StatusCheckpoint, tree: GrowingTree, *, old: int, at: datetime, post: Post) -> str:
    """The line of this witness; asks a second time when it knows another size than we thought."""
    for _ in range(2):
        proof = tuple(tree.consistency(old, size=checkpoint.size)) if old else ()
        request = Request(old, proof, checkpoint.note).text
        if row.body is not None:
            answer = actions.add_checkpoint(witness=row.body, body=request, at=at)
            status, text = int(answer.status), answer.text
        else:
            status, text = post(f"{row.url}/add-checkpoint", request)
        if status == HTTPStatus.OK:
            return own_line(text, WitnessKey.parse(row.key))
        if status != HTTPStatus.CONFLICT:
            raise NotCosigned(f"It answered {status}: {' '.join(text.split())[:160]}")
        old = size_in(text)
        if old > checkpoint.size:
            raise NotCosigned(f"It saw {old} events, and the log has {checkpoint.size}.")
    raise NotCosigned("It saw another history of it.")
