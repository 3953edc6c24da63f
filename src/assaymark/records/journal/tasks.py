"""Background work of the journal: a checkpoint at most a minute after a change."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django_tasks import task

_FOLLOWERS: list[Callable[[UUID], None]] = []


def after_checkpoint(follower: Callable[[UUID], None]) -> None:
    """Call this with the organisation after each checkpoint of the background; other apps register in `ready`."""
    if follower not in _FOLLOWERS:
        _FOLLOWERS.append(follower)


@task()
def sign_checkpoint(organisation_id: str) -> int:
    """Sign what the journal holds now; returns its size."""
    from assaymark.records.journal.checkpoints import sign

    size = sign(UUID(organisation_id)).size
    for follower in _FOLLOWERS:
        follower(UUID(organisation_id))
    return size
