"""Reminders by mail: a digest per person and organisation, at most one a day, only when something is due.

Run by the background worker (`tasks`); an operator may run it by hand. It tells, and changes nothing but `Digest`.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse

from assaymark.core.work import Due, WorkList
from assaymark.records.parties import queries as parties
from assaymark.records.parties.models import Organisation, Person
from assaymark.records.scope import organisation_scope
from assaymark.records.work import queries
from assaymark.records.work.models import Digest


def send_digests(*, organisation_id: UUID, at: datetime) -> int:
    """Mail every member what is late and what is due soon. Gives how many mails left.

    A person who had today's digest gets none again, also when two workers run this at the same time.
    """
    organisation = Organisation.objects.get(pk=organisation_id)
    with organisation_scope(organisation_id):
        people = [m.person for m in parties.members(at=at) if m.person.is_active]
        return sum(_send(organisation, person, at) for person in people)


def _send(organisation: Organisation, person: Person, at: datetime) -> bool:
    work = queries.work_of(person_id=person.pk, at=at)
    if not work.late and not work.soon:
        return False
    try:
        with transaction.atomic():
            Digest.objects.create(
                organisation=organisation,
                person=person,
                day=at.date(),
                sent_at=at,
                late=len(work.late),
                soon=len(work.soon),
            )
            send_mail(_subject(organisation, work), _body(organisation, person, work, at), None, [person.email])
    except IntegrityError:
        return False
    return True


def _subject(organisation: Organisation, work: WorkList) -> str:
    parts = [f"{len(work.late)} late"] if work.late else []
    parts += [f"{len(work.soon)} due within a week"] if work.soon else []
    # A name with a line break would end the header.
    return " ".join(f"{organisation.name}: {', '.join(parts)}".split())


def _body(organisation: Organisation, person: Person, work: WorkList, at: datetime) -> str:
    context = {
        "person": person,
        "organisation": organisation,
        "late": [(item, item.days_late(day=at.date()), _address(organisation, item)) for item in work.late],
        "soon": [(item, 0, _address(organisation, item)) for item in work.soon],
    }
    return render_to_string("work/digest.txt", context)


def _address(organisation: Organisation, item: Due) -> str:
    try:
        path = reverse(item.page, kwargs={"organisation": organisation.slug, **item.arguments})
    except NoReverseMatch:
        return ""
    return f"{settings.PUBLIC_URL}{path}"
