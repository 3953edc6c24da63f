"""Reads about parties: who acts, where, and in which role."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from assaymark.core.parties import Actor, Role
from assaymark.records.parties.models import Engagement, Membership, Organisation, Person
from assaymark.records.scope import system_scope


def actor_for(*, person_id: UUID, organisation_slug: str, at: datetime) -> Actor | None:
    """The person as an actor in that organisation on that day, or None when they have no business there.

    A membership in force wins over an engagement in force. Costs at most two queries.
    """
    day = at.date()
    with system_scope():
        membership = (
            Membership.unscoped.select_related("organisation", "person")
            .filter(
                person_id=person_id,
                person__is_active=True,
                organisation__slug=organisation_slug,
                since__lte=day,
            )
            .filter(Q(until__isnull=True) | Q(until__gte=day))
            .first()
        )
        if membership is not None:
            return _actor(membership.person, membership.organisation, frozenset(Role(r) for r in membership.roles))
        engagement = (
            Engagement.unscoped.select_related("organisation")
            .filter(organisation__slug=organisation_slug, people=person_id, since__lte=day, until__gte=day)
            .filter(revoked_at__isnull=True)
            .filter(people__is_active=True)
            .order_by("-until")
            .first()
        )
        if engagement is None:
            return None
        person = Person.objects.get(pk=person_id)
        return _actor(person, engagement.organisation, frozenset({Role.GUEST_AUDITOR}), engagement=engagement)


def _actor(
    person: Person, organisation: Organisation, roles: frozenset[Role], engagement: Engagement | None = None
) -> Actor:
    return Actor(
        person_id=person.pk,
        name=person.name,
        organisation_id=organisation.pk,
        organisation_slug=organisation.slug,
        organisation_name=organisation.name,
        roles=roles,
        engagement_id=engagement.pk if engagement else None,
        home_organisation_id=engagement.guest_id if engagement else None,
    )


def workplaces(*, person_id: UUID, at: datetime) -> list[Organisation]:
    """Organisations where the person may act on that day, members first; for the switcher."""
    day = at.date()
    with system_scope():
        member = list(
            Organisation.objects.filter(
                pk__in=Membership.unscoped.filter(person_id=person_id, since__lte=day)
                .filter(Q(until__isnull=True) | Q(until__gte=day))
                .values("organisation_id")
            )
        )
        guest = list(
            Organisation.objects.filter(
                pk__in=Engagement.unscoped.filter(
                    people=person_id, since__lte=day, until__gte=day, revoked_at__isnull=True
                ).values("organisation_id")
            ).exclude(pk__in=[o.pk for o in member])
        )
    return member + guest


def person_by_email(email: str) -> Person | None:
    """The account with this address, whatever its case."""
    return Person.objects.filter(email__iexact=email.strip()).first()


def organisation_by_slug(slug: str) -> Organisation | None:
    """The organisation with this slug, or None."""
    return Organisation.objects.filter(slug=slug).first()


def members(*, at: datetime) -> list[Membership]:
    """Memberships in force in the current scope, by name."""
    day = at.date()
    return list(
        Membership.objects.select_related("person")
        .filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)
        .order_by("person__name")
    )


def organisations() -> list[Organisation]:
    """All organisations on this installation, by name; for the operator."""
    return list(Organisation.objects.order_by("name"))
