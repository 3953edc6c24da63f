"""Writes about members, sites and guests by an administrator of the organisation."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from assaymark.core.membership import reasons_not_to_give, reasons_not_to_take_administrator
from assaymark.core.parties import Actor, Role
from assaymark.core.refusal import Refusal, refuse
from assaymark.records.actions import action
from assaymark.records.journal.actions import append
from assaymark.records.parties import queries
from assaymark.records.parties.actions import open_engagement
from assaymark.records.parties.models import Engagement, Membership, Organisation, Site


def _administrators(at: datetime) -> set[UUID]:
    return {m.person_id for m in queries.members(at=at) if Role.ADMINISTRATOR in m.roles}


@action("parties.manage")
def change_roles(
    *, membership_id: UUID, roles: Collection[Role], by: Actor, at: datetime, job_title: str | None = None
) -> Membership:
    """Give a member other roles, in force with their next request."""
    row = Membership.for_update(membership_id)
    reasons = reasons_not_to_give(roles)
    if Role.ADMINISTRATOR not in roles:
        reasons += reasons_not_to_take_administrator(person_id=row.person_id, administrators=_administrators(at))
    refuse(reasons)
    before = {"roles": row.roles, "job_title": row.job_title}
    row.roles = sorted(str(role) for role in roles)
    row.job_title = row.job_title if job_title is None else job_title
    row.save(update_fields=["roles", "job_title"])
    _note(
        row,
        "parties.roles_changed",
        by=by,
        at=at,
        before=before,
        after={"roles": row.roles, "job_title": row.job_title},
    )
    return row


@action("parties.manage")
def end_membership(*, membership_id: UUID, by: Actor, at: datetime, reason: str = "") -> Membership:
    """End a membership at once: the person's next request finds nothing."""
    row = Membership.for_update(membership_id)
    refuse(reasons_not_to_take_administrator(person_id=row.person_id, administrators=_administrators(at)))
    row.until = max(at.date(), row.since)
    row.ended_at = at
    row.save(update_fields=["until", "ended_at"])
    _note(row, "parties.membership_ended", by=by, at=at, before={"roles": row.roles}, after=None, reason=reason)
    return row


def _note(
    row: Membership,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
    reason: str = "",
) -> None:
    append(
        organisation_id=row.organisation_id,
        verb=verb,
        subject_kind=Membership.subject_kind(),
        subject_id=row.pk,
        subject_label=row.person.name,
        by=by,
        at=at,
        before=before,
        after=after,
        reason=reason,
    )


@action("parties.manage")
def change_site(
    *,
    site_id: UUID,
    name: str,
    by: Actor,
    at: datetime,
    street: str = "",
    locality: str = "",
    country: str = "",
    activity: str = "",
    personnel: int = 0,
) -> Site:
    """Change what is known of a site."""
    row = Site.for_update(site_id)
    new = {
        "name": name,
        "street": street,
        "locality": locality,
        "country": country,
        "activity": activity,
        "personnel": personnel,
    }
    changed = {field: value for field, value in new.items() if getattr(row, field) != value}
    before = {field: getattr(row, field) for field in changed}
    for field, value in changed.items():
        setattr(row, field, value)
    if changed:
        row.save(update_fields=list(changed))
        append(
            organisation_id=row.organisation_id,
            verb="parties.site_changed",
            subject_kind=Site.subject_kind(),
            subject_id=row.pk,
            subject_label=name,
            by=by,
            at=at,
            before=before,
            after=changed,
        )
    return row


@action("parties.manage")
def let_in(
    *, guest_slug: str, purpose: str, emails: Iterable[str], since: date, until: date, by: Actor, at: datetime
) -> Engagement:
    """Open an engagement: people of another organisation work here from `since` to `until`, both included."""
    guest = Organisation.objects.filter(slug=guest_slug).exclude(pk=by.organisation_id).first()
    wanted = sorted({email.strip().lower() for email in emails if email.strip()})
    known = queries.people_of(organisation_id=guest.pk, emails=wanted, at=at) if guest else {}
    refuse(_reasons_not_to_let_in(guest_slug, guest=guest, wanted=wanted, known=known, since=since, until=until))
    assert guest is not None
    return open_engagement(
        host_id=by.organisation_id,
        guest_id=guest.pk,
        purpose=purpose,
        people=known.values(),
        since=since,
        until=until,
        at=at,
        by=by,
    )


def _reasons_not_to_let_in(
    slug: str,
    *,
    guest: Organisation | None,
    wanted: list[str],
    known: dict[str, UUID],
    since: date,
    until: date,
) -> list[Refusal]:
    found = []
    if guest is None:
        found.append(Refusal("unknown-guest", "", f"No other organisation here is called {slug}.", "Check its name."))
    unknown = [email for email in wanted if email not in known]
    if guest is not None and (unknown or not wanted):
        who = ", ".join(unknown) or "Nobody"
        found.append(
            Refusal("not-their-people", "", f"{who}: not a member of {guest.name}.", "Name people who work there.")
        )
    if until < since:
        found.append(Refusal("ends-before-start", "", "The engagement would end before it begins.", "Check the dates."))
    return found


@action("parties.manage")
def revoke_engagement(*, engagement_id: UUID, by: Actor, at: datetime, reason: str = "") -> Engagement:
    """Take back the leave to work here, at once."""
    row = Engagement.for_update(engagement_id)
    refuse(
        [Refusal("engagement-revoked", "", "This engagement was taken back already.")]
        if row.revoked_at is not None
        else []
    )
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    append(
        organisation_id=row.organisation_id,
        verb="parties.engagement_revoked",
        subject_kind=Engagement.subject_kind(),
        subject_id=row.pk,
        subject_label=row.purpose,
        by=by,
        at=at,
        reason=reason,
    )
    return row
