"""Reads about parties: who acts, where, and in which role."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from assaymark.core.parties import Actor, Role
from assaymark.records.parties.models import Engagement, Membership, Organisation, Person, Site
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
            )
            .filter(_in_force(day))
            .first()
        )
        if membership is not None:
            return _actor(membership.person, membership.organisation, frozenset(Role(r) for r in membership.roles))
        engagement = (
            Engagement.unscoped.select_related("organisation")
            .filter(organisation__slug=organisation_slug, people=person_id, since__lte=day, until__gte=day)
            .filter(revoked_at__isnull=True)
            .filter(_still_sent(person_id, day))
            .order_by("-until")
            .first()
        )
        if engagement is None:
            return None
        person = Person.objects.filter(pk=person_id, is_active=True).first()
        if person is None:
            return None
        return _actor(person, engagement.organisation, frozenset({Role.GUEST_AUDITOR}), engagement=engagement)


def _in_force(day: date) -> Q:
    """Memberships of that day that nobody has ended."""
    return Q(since__lte=day, ended_at__isnull=True) & (Q(until__isnull=True) | Q(until__gte=day))


def _still_sent(person_id: UUID, day: date) -> Exists:
    """A guest is sent by an organisation: who no longer belongs to it is a guest no longer."""
    return Exists(Membership.unscoped.filter(_in_force(day), person_id=person_id, organisation_id=OuterRef("guest_id")))


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
    """Organisations where the person may act on that day, members first; for the switcher. One query."""
    day = at.date()
    with system_scope():
        member = Membership.unscoped.filter(_in_force(day), person_id=person_id)
        guest = Engagement.unscoped.filter(
            _still_sent(person_id, day),
            people=person_id,
            since__lte=day,
            until__gte=day,
            revoked_at__isnull=True,
        )
        found = Organisation.objects.annotate(is_member=Exists(member.filter(organisation_id=OuterRef("pk"))))
        return list(
            found.filter(Q(is_member=True) | Q(pk__in=guest.values("organisation_id"))).order_by("-is_member", "name")
        )


def person_by_email(email: str) -> Person | None:
    """The account with this address, whatever its case."""
    return Person.objects.filter(email__iexact=email.strip()).first()


def organisation_by_slug(slug: str) -> Organisation | None:
    """The organisation with this slug, or None."""
    return Organisation.objects.filter(slug=slug).first()


def members(*, at: datetime) -> list[Membership]:
    """Memberships in force in the current scope, by name."""
    day = at.date()
    return list(Membership.objects.select_related("person").filter(_in_force(day)).order_by("person__name"))


def some_people(*, at: datetime, most: int, text: str = "", exactly: str = "") -> list[Person]:
    """At most so many people with a membership in force in the current scope, by name.

    text: part of name or e-mail address. exactly: the whole of either, or the person's id.
    """
    rows = Person.objects.filter(pk__in=Membership.objects.filter(_in_force(at.date())).values("person_id"))
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(email__icontains=text))
    if exactly:
        named = Q(name__iexact=exactly) | Q(email__iexact=exactly)
        rows = rows.filter(named | Q(pk=key) if (key := as_key(exactly)) else named)
    return list(rows.order_by("name", "pk")[:most])


def as_key(text: str) -> UUID | None:
    """The id that a text is, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def membership(*, membership_id: UUID, at: datetime) -> Membership:
    """A membership in force of the scope; DoesNotExist otherwise."""
    return Membership.objects.select_related("person").filter(_in_force(at.date())).get(pk=membership_id)


def people_of(*, organisation_id: UUID, emails: Iterable[str], at: datetime) -> dict[str, UUID]:
    """Address → person, for those of the addresses that belong to members of an organisation now."""
    with system_scope():
        rows = Membership.unscoped.filter(
            _in_force(at.date()), organisation_id=organisation_id, person__email__in=list(emails)
        )
        return dict(rows.values_list("person__email", "person_id"))


def sites() -> list[Site]:
    """Sites of the scope, by name."""
    return list(Site.objects.order_by("name"))


def site(*, site_id: UUID) -> Site:
    """A site of the scope; DoesNotExist otherwise."""
    return Site.objects.get(pk=site_id)


def engagements(*, host_id: UUID) -> list[Engagement]:
    """Who was let in here, latest end first."""
    rows = Engagement.objects.filter(organisation_id=host_id).select_related("guest").prefetch_related("people")
    return list(rows.order_by("-until"))


def engagements_elsewhere(*, guest_id: UUID) -> list[Engagement]:
    """Where people of this organisation were let in, latest end first."""
    rows = Engagement.objects.filter(guest_id=guest_id).select_related("organisation").prefetch_related("people")
    return list(rows.order_by("-until"))


def organisations() -> list[Organisation]:
    """All organisations on this installation, by name; for the operator."""
    return list(Organisation.objects.order_by("name"))
