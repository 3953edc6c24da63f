"""Accounts of people, apart from what they do in an organisation. Acts of the operator, so no actor.

A disabled account opens nothing, with the next request: no sign-in, no session, no token, no guest's visit. Nothing
is deleted: what the person did stays theirs (ISO 9001:2015, 7.5.3.2), and the account can be opened again.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from assaymark.core.refusal import Refusal, refuse
from assaymark.records.journal.actions import append
from assaymark.records.parties.models import Membership, Person
from assaymark.records.scope import organisation_scope, system_scope


@transaction.atomic
def switch(*, email: str, open_: bool, reason: str, at: datetime) -> Person:
    """Disable an account, or open it again; told in the journal of every organisation where the person is a member.

    Raises DoesNotExist when there is no such account, and Refused when it is so already.
    """
    person = Person.objects.select_for_update().get(email__iexact=email)
    state = "open" if open_ else "disabled"
    already = Refusal("account-state", "", f"The account {person.email} is {state} already.", "Nothing is to be done.")
    refuse([already] if person.is_active == open_ else [])
    person.is_active = open_
    person.save(update_fields=["is_active"])
    with system_scope():
        memberships = list(Membership.objects.filter(person=person, ended_at__isnull=True).order_by("organisation_id"))
    for row in memberships:
        with organisation_scope(row.organisation_id):
            append(
                organisation_id=row.organisation_id,
                verb="parties.account_opened" if open_ else "parties.account_disabled",
                subject_kind=Membership.subject_kind(),
                subject_id=row.pk,
                subject_label=person.name,
                by=None,
                at=at,
                reason=reason.strip(),
            )
    return person
