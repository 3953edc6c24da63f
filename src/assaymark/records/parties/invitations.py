"""Invitations: the only way to an account. A secret goes out by e-mail; the database keeps its hash.

An invitation is for one address, one use and some days (`core.membership`). Accepting makes the account when there is
none under the address; somebody who has one joins with it, signed in.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from assaymark.core.membership import (
    INVITATION_LASTS,
    reasons_not_to_accept,
    reasons_not_to_give,
    reasons_not_to_invite,
)
from assaymark.core.parties import Actor, Role
from assaymark.core.refusal import Refusal, refuse
from assaymark.records.actions import action
from assaymark.records.journal.actions import append
from assaymark.records.parties import queries
from assaymark.records.parties.actions import add_member
from assaymark.records.parties.models import Invitation, Membership, Person
from assaymark.records.scope import system_scope


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation and its secret, which is nowhere else."""

    invitation: Invitation
    secret: str


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@action("parties.manage")
def invite(*, email: str, roles: Collection[Role], by: Actor, at: datetime, job_title: str = "") -> Invited:
    """Invite an address; an earlier open invitation of it is withdrawn. The caller sends the secret."""
    address = email.strip().lower()
    is_member = any(m.person.email == address for m in queries.members(at=at))
    today = Invitation.objects.filter(created_at__gt=at - timedelta(hours=24)).count()
    refuse(reasons_not_to_give(roles) + reasons_not_to_invite(is_member=is_member, invited_today=today))
    open_for(at).filter(email=address).update(revoked_at=at)
    secret = secrets.token_urlsafe(32)
    row = Invitation.objects.create(
        organisation_id=by.organisation_id,
        email=address,
        roles=sorted(str(role) for role in roles),
        job_title=job_title,
        digest=_digest(secret),
        invited_by_id=by.person_id,
        created_at=at,
        expires_at=at + INVITATION_LASTS,
    )
    _note(row, "parties.invited", by=by, at=at)
    return Invited(row, secret)


@action("parties.manage")
def withdraw(*, invitation_id: UUID, by: Actor, at: datetime) -> Invitation:
    """Take an invitation back."""
    row = Invitation.for_update(invitation_id)
    refuse(
        reasons_not_to_accept(at=at, expires_at=row.expires_at, accepted_at=row.accepted_at, revoked_at=row.revoked_at)
    )
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    _note(row, "parties.invitation_withdrawn", by=by, at=at)
    return row


def _note(row: Invitation, verb: str, *, by: Actor, at: datetime) -> None:
    append(
        organisation_id=row.organisation_id,
        verb=verb,
        subject_kind=Invitation.subject_kind(),
        subject_id=row.pk,
        subject_label="Invitation",  # the address is a person's; it must be erasable
        by=by,
        at=at,
        after={"roles": row.roles},
    )


def open_for(at: datetime) -> QuerySet[Invitation]:
    """Invitations of the scope that can still be accepted, newest first."""
    return Invitation.objects.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=at)


def find(secret: str) -> Invitation:
    """The invitation with this secret; DoesNotExist otherwise. Asked by whoever has the link."""
    with system_scope():
        return Invitation.unscoped.select_related("organisation", "invited_by").get(digest=_digest(secret))


def reasons_against(invitation: Invitation, *, at: datetime) -> list[Refusal]:
    """Why this invitation opens nothing any more; empty when it does."""
    return reasons_not_to_accept(
        at=at,
        expires_at=invitation.expires_at,
        accepted_at=invitation.accepted_at,
        revoked_at=invitation.revoked_at,
    )


@transaction.atomic
def accept(
    *, secret: str, at: datetime, name: str = "", password: str | None = None, person_id: UUID | None = None
) -> Membership:
    """Become a member. person_id: the account that is signed in, which must be the invited one.

    name and password are for a new account. Raises Refused when used, withdrawn, expired, or another's.
    """
    with system_scope():
        row = (
            Invitation.unscoped.select_for_update(of=("self",))
            .select_related("organisation")
            .get(digest=_digest(secret))
        )
        existing = Person.objects.filter(email__iexact=row.email).first()
        refuse(reasons_against(row, at=at) + _reasons_of_identity(existing, person_id=person_id))
        row.accepted_at = at
        row.save(update_fields=["accepted_at"])
    return add_member(
        organisation=row.organisation,
        email=row.email,
        name=name or (existing.name if existing else row.email),
        password=password,
        roles=[Role(role) for role in row.roles],
        job_title=row.job_title,
        at=at,
    )


def _reasons_of_identity(existing: Person | None, *, person_id: UUID | None) -> list[Refusal]:
    if existing is None and person_id is not None:
        return [_another()]
    if existing is not None and person_id is None:
        return [
            Refusal(
                "sign-in-first", "", "There is an account with this address already.", "Sign in, then open the link."
            )
        ]
    if existing is not None and existing.pk != person_id:
        return [_another()]
    return []


def _another() -> Refusal:
    return Refusal(
        "invitation-of-another", "", "This invitation is for another address.", "Sign out, then open the link again."
    )
