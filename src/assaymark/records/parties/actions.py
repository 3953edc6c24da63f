"""Writes about parties: organisations, members, sites, engagements, numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from assaymark.core.parties import Actor, Role
from assaymark.core.refusal import Refusal, refuse
from assaymark.records.actions import action
from assaymark.records.journal.actions import append
from assaymark.records.parties.models import Engagement, Membership, Organisation, Person, Sequence, Site
from assaymark.records.scope import current_scope, organisation_scope, system_scope


@transaction.atomic
def add_organisation(
    *,
    slug: str,
    name: str,
    at: datetime,
    country: str = "",
    locality: str = "",
    street: str = "",
    website: str = "",
    registered_id: str = "",
) -> Organisation:
    """Found an organisation on this installation. An act of the operator, so no actor."""
    taken = Organisation.objects.filter(slug=slug).exists()
    refuse(
        [
            Refusal(
                "slug-taken",
                "",
                f"There is already an organisation with the short name {slug}.",
                "Choose another short name.",
            )
        ]
        if taken
        else []
    )
    organisation = Organisation.objects.create(
        slug=slug,
        name=name,
        country=country,
        locality=locality,
        street=street,
        website=website,
        registered_id=registered_id,
        created_at=at,
    )
    with organisation_scope(organisation.pk):
        append(
            organisation_id=organisation.pk,
            verb="parties.organisation_added",
            subject_kind="parties.organisation",
            subject_id=organisation.pk,
            subject_label=name,
            by=None,
            at=at,
            after={"slug": slug, "name": name},
        )
    return organisation


@transaction.atomic
def add_member(
    *,
    organisation: Organisation,
    email: str,
    name: str,
    roles: Iterable[Role],
    at: datetime,
    password: str | None = None,
    job_title: str = "",
    since: date | None = None,
    by: Actor | None = None,
) -> Membership:
    """Give a person (created when unknown) roles in an organisation. By the operator, or by `invite` on acceptance."""
    with system_scope():
        person = Person.objects.filter(email__iexact=email).first()
        if person is None:
            person = Person.objects.create_user(email=email, name=name, password=password)
    with organisation_scope(organisation.pk):
        membership: Membership = Membership.objects.update_or_create(
            organisation=organisation,
            person=person,
            defaults={
                "roles": sorted(str(r) for r in roles),
                "job_title": job_title,
                "since": since or at.date(),
                "until": None,
                "ended_at": None,
            },
        )[0]
        append(
            organisation_id=organisation.pk,
            verb="parties.member_added",
            subject_kind=Membership.subject_kind(),
            subject_id=membership.pk,
            subject_label=person.name,
            by=by,
            at=at,
            after={"roles": membership.roles},
        )
    return membership


@action("parties.manage")
def add_site(
    *,
    name: str,
    by: Actor,
    at: datetime,
    street: str = "",
    locality: str = "",
    country: str = "",
    activity: str = "",
    personnel: int = 0,
) -> Site:
    """Add a site to the actor's organisation."""
    site = Site.objects.create(
        organisation_id=by.organisation_id,
        name=name,
        street=street,
        locality=locality,
        country=country,
        activity=activity,
        personnel=personnel,
    )
    append(
        organisation_id=by.organisation_id,
        verb="parties.site_added",
        subject_kind=Site.subject_kind(),
        subject_id=site.pk,
        subject_label=name,
        by=by,
        at=at,
        after={"name": name, "locality": locality, "country": country},
    )
    return site


def open_engagement(
    *,
    host_id: UUID,
    guest_id: UUID,
    purpose: str,
    people: Iterable[UUID],
    since: date,
    until: date,
    at: datetime,
    by: Actor | None,
    assessment_id: UUID | None = None,
) -> Engagement:
    """Let people of `guest` work in `host` from `since` to `until`, both included.

    Called by actions of the host (an acceptance of a plan) inside their transaction; journalled at the host.
    """
    with organisation_scope(host_id):
        engagement: Engagement = Engagement.objects.create(
            organisation_id=host_id,
            guest_id=guest_id,
            purpose=purpose,
            since=since,
            until=until,
            assessment_id=assessment_id,
        )
        engagement.people.set(Person.objects.filter(pk__in=list(people)))
        append(
            organisation_id=host_id,
            verb="parties.engagement_opened",
            subject_kind=Engagement.subject_kind(),
            subject_id=engagement.pk,
            subject_label=purpose,
            by=by,
            at=at,
            after={"since": since.isoformat(), "until": until.isoformat(), "guest": str(guest_id)},
        )
    return engagement


def close_engagements(*, host_id: UUID, assessment_id: UUID, by: Actor, at: datetime) -> int:
    """End the leave that was given for an assessment whose plan no longer stands; journalled at the host.

    Called inside the transaction of the action that undid the plan. Answers how many were ended.
    """
    with organisation_scope(host_id):
        rows = Engagement.objects.select_for_update(of=("self",)).filter(
            organisation_id=host_id, assessment_id=assessment_id, revoked_at__isnull=True
        )
        ended = list(rows)
        for row in ended:
            row.revoked_at = at
            row.save(update_fields=["revoked_at"])
            append(
                organisation_id=host_id,
                verb="parties.engagement_revoked",
                subject_kind=Engagement.subject_kind(),
                subject_id=row.pk,
                subject_label=row.purpose,
                by=by,
                at=at,
            )
    return len(ended)


def next_number(prefix: str, *, width: int = 4) -> str:
    """The next number of a kind in the current scope, such as `next_number("NC-")` → "NC-0042".

    Takes a row lock: call it inside the action's transaction.
    """
    scope = current_scope()
    assert scope is not None and scope.organisation_id is not None
    Sequence.objects.get_or_create(organisation_id=scope.organisation_id, prefix=prefix)
    row: Sequence = Sequence.objects.select_for_update().get(prefix=prefix)
    row.value += 1
    row.save(update_fields=["value"])
    return f"{prefix}{row.value:0{width}d}"
