"""Personal tokens for the REST interface. A token may do what its person may; it is shown once and kept as a hash.

The secret has 256 bits from the system's source, so a plain SHA-256 keeps it: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from assaymark.core.refusal import Refusal, refuse
from assaymark.records.parties.models import ApiToken, Person

LONGEST = timedelta(days=366)
MOST = 20
_USE_IS_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token and its secret, which is nowhere else."""

    token: ApiToken
    secret: str


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def create(*, person_id: UUID, name: str, expires_at: datetime, at: datetime) -> NewToken:
    """Make a token for oneself, for a year at most."""
    reasons = []
    if not at < expires_at <= at + LONGEST:
        reasons.append(
            Refusal("token-period", "", "A token lasts from a day to a year.", "Choose a date within a year.")
        )
    if in_force(person_id=person_id, at=at).count() >= MOST:
        reasons.append(Refusal("too-many-tokens", "", f"You have {MOST} tokens.", "Revoke one you no longer use."))
    refuse(reasons)
    secret = f"aym_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        person_id=person_id,
        name=name,
        beginning=secret[:10],
        digest=_digest(secret),
        created_at=at,
        expires_at=expires_at,
    )
    return NewToken(token, secret)


def in_force(*, person_id: UUID, at: datetime) -> QuerySet[ApiToken]:
    """A person's tokens that open something, newest first."""
    return ApiToken.objects.filter(person_id=person_id, revoked_at__isnull=True, expires_at__gt=at)


def revoke(*, token_id: UUID, person_id: UUID, at: datetime) -> None:
    """Make a token of one's own worthless. Raises DoesNotExist for anybody else's."""
    token = ApiToken.objects.get(pk=token_id, person_id=person_id, revoked_at__isnull=True)
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])


def person_of(secret: str, *, at: datetime) -> Person | None:
    """Whose token it is, or None when it opens nothing; notes the use, at most once a minute."""
    token = (
        ApiToken.objects.select_related("person")
        .filter(digest=_digest(secret), revoked_at__isnull=True, expires_at__gt=at, person__is_active=True)
        .first()
    )
    if token is None:
        return None
    ApiToken.objects.filter(
        Q(last_used_at__isnull=True) | Q(last_used_at__lt=at - _USE_IS_NOTED_EVERY), pk=token.pk
    ).update(last_used_at=at)
    return token.person
