"""Background work: ask the witnesses after a checkpoint, and again when one did not answer."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from django_tasks import task

ATTEMPTS = 8


def want_cosignatures(organisation_id: UUID) -> None:
    """Ask in the background if there is anybody to ask (called after each checkpoint)."""
    from assaymark.records.scope import organisation_scope
    from assaymark.records.witness import queries
    from assaymark.records.witness.models import Witness

    with organisation_scope(organisation_id):
        anybody = Witness.objects.exists()
    if anybody or queries.bodies_of(organisation_id):
        ask_witnesses.enqueue(str(organisation_id), 1)


@task()
def ask_witnesses(organisation_id: str, attempt: int) -> bool:
    """Ask all; those who did not cosign are asked again after 1, 2, 4 … minutes. The next checkpoint asks anew."""
    from assaymark.records.witness.asking import ask_all
    from assaymark.records.witness.asking_status import ask_all_of_status

    now, organisation = timezone.now(), UUID(organisation_id)
    done = all([ask_all(organisation, at=now), ask_all_of_status(organisation, at=now)])
    if not done and attempt < ATTEMPTS:
        later = now + timedelta(minutes=2 ** (attempt - 1))
        ask_witnesses.using(run_after=later).enqueue(organisation_id, attempt + 1)
    return done
