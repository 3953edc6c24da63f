"""Background work of the journal: a checkpoint at most a minute after a change."""

from __future__ import annotations

from uuid import UUID

from django_tasks import task


@task()
def sign_checkpoint(organisation_id: str) -> int:
    """Sign what the journal holds now; returns its size."""
    from assaymark.records.journal.checkpoints import sign

    return sign(UUID(organisation_id)).size
