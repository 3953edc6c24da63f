"""Who may be given which role, and when a membership may change or end.

Rules of the house, so no clause: an organisation always keeps an administrator, or nobody could let anybody in; the
role of a guest comes from an engagement with dates and from nothing else.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from assaymark.core.parties import Role
from assaymark.core.refusal import Refusal

INVITATION_LASTS = timedelta(days=7)
INVITATIONS_A_DAY = 100


def reasons_not_to_give(roles: Collection[Role]) -> list[Refusal]:
    """Why these roles cannot be a membership's; empty when they can."""
    found = []
    if not roles:
        found.append(
            Refusal("membership-without-role", "", "A member without a role could do nothing.", "Choose a role.")
        )
    if Role.GUEST_AUDITOR in roles:
        found.append(
            Refusal(
                "guest-by-engagement",
                "",
                "Guest auditor is no role of a member.",
                "Open an engagement for the people of the other organisation.",
            )
        )
    return found


def reasons_not_to_take_administrator(*, person_id: UUID, administrators: Collection[UUID]) -> list[Refusal]:
    """Why this person must stay administrator. administrators: ids of all who are now."""
    if person_id in administrators and len(set(administrators)) == 1:
        return [
            Refusal(
                "last-administrator",
                "",
                "This is the only administrator: without one, nobody could let anybody in.",
                "Make another member administrator first.",
            )
        ]
    return []


def reasons_not_to_invite(*, is_member: bool, invited_today: int) -> list[Refusal]:
    """Why nobody is invited under this address now. invited_today: invitations of the last 24 hours."""
    found = []
    if is_member:
        found.append(
            Refusal("member-already", "", "This person is a member already.", "Change their roles on their page.")
        )
    if invited_today >= INVITATIONS_A_DAY:
        found.append(
            Refusal(
                "too-many-invitations",
                "",
                f"{INVITATIONS_A_DAY} invitations went out in the last 24 hours.",
                "Invite further people tomorrow.",
            )
        )
    return found


def reasons_not_to_accept(
    *, at: datetime, expires_at: datetime, accepted_at: datetime | None, revoked_at: datetime | None
) -> list[Refusal]:
    """Why an invitation opens nothing any more: it is for one use and seven days."""
    ask = "Ask whoever invited you for a new one."
    if accepted_at is not None:
        return [Refusal("invitation-used", "", "This invitation was used already.", "Sign in instead.")]
    if revoked_at is not None:
        return [Refusal("invitation-revoked", "", "This invitation was withdrawn.", ask)]
    if at >= expires_at:
        return [Refusal("invitation-expired", "", "This invitation has expired.", ask)]
    return []
