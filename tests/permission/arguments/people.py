"""Arguments of the pages about people."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from assaymark.core.parties import Role
from assaymark.records.parties import invitations, queries, tokens
from assaymark.records.parties.actions import add_site, open_engagement
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import organisation_scope
from tests.permission.house import House, arguments_for


@arguments_for("people:member", "people:end")
def membership(house: House) -> dict[str, Any]:
    with organisation_scope(house.organisation.pk):
        rows = queries.members(at=timezone.now())
    return {"membership": next(m.pk for m in rows if m.roles == ["viewer"])}


def _invited(house: House) -> invitations.Invited:
    return house.once(
        "invited",
        lambda: invitations.invite(
            email=f"new@{house.word.lower()}.example",
            roles=[Role.VIEWER],
            job_title=house.word,
            by=house.actors["administrator"],
            at=timezone.now(),
        ),
    )


@arguments_for("people:withdraw")
def invitation(house: House) -> dict[str, Any]:
    return {"invitation": _invited(house).invitation.pk}


@arguments_for("people:invitation")
def secret(house: House) -> dict[str, Any]:
    return {"secret": _invited(house).secret}


@arguments_for("people:site")
def site(house: House) -> dict[str, Any]:
    row = add_site(
        name=f"{house.word} works",
        locality=house.word,
        activity=house.word,
        by=house.actors["administrator"],
        at=timezone.now(),
    )
    return {"site": row.pk}


@arguments_for("people:revoke-guest")
def engagement(house: House) -> dict[str, Any]:
    guest = Organisation.objects.create(
        slug=f"guests-of-{house.organisation.slug}", name=f"{house.word} Guests", created_at=timezone.now()
    )
    today = timezone.now().date()
    with transaction.atomic():
        row = open_engagement(
            host_id=house.organisation.pk,
            guest_id=guest.pk,
            purpose=f"{house.word} audit",
            people=[],
            since=today,
            until=today + timedelta(days=3),
            at=timezone.now(),
            by=house.actors["administrator"],
        )
    return {"engagement": row.pk}


@arguments_for("people:revoke-token")
def token(house: House) -> dict[str, Any]:
    now = timezone.now()
    made = tokens.create(
        person_id=house.people["viewer"].pk, name=house.word, expires_at=now + timedelta(days=3), at=now
    )
    return {"token": made.token.pk}
