"""Mail about changes: what is worse at once, the rest in one mail in the evening, nothing twice.

Rules that hold here
* Whoever added a certificate gets mail until they say otherwise; others who may read the list can ask for it.
* Until 18:00 UTC what is no worse than before waits; from then on every hourly look tells what is new. So each change
  is told on the day on which it was noticed.
* A person who left, or whose role no longer reads the list, gets none.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse

from assaymark.core.parties import PERMISSIONS, Role
from assaymark.core.watching import WORDS
from assaymark.records.parties import queries as parties
from assaymark.records.parties.models import Organisation, Person
from assaymark.records.scope import organisation_scope
from assaymark.records.watch.models import Watcher, WatchEvent, WatchMail

EVENING = dt.time(18, 0)
MOST_SHOWN = 50
_TOO_OLD = dt.timedelta(days=7)
_LOG = logging.getLogger(__name__)


def tell_watchers(*, organisation_id: UUID, at: dt.datetime) -> int:
    """Mail everybody of an organisation who wants it what they were not told yet. Gives how many mails left."""
    with organisation_scope(organisation_id):
        people = wanting_mail(at=at)
        if not people:
            return 0
        events = WatchEvent.objects.select_related("watched__listing__holder", "watched__listing__body")
        recent = list(events.filter(noticed_at__gt=at - _TOO_OLD, noticed_at__lte=at).order_by("noticed_at", "pk"))
        if not recent:
            return 0
        organisation = Organisation.objects.get(pk=organisation_id)
        return sum(_tell(organisation, watcher, recent, at) for watcher in people)


def wanting_mail(*, at: dt.datetime) -> list[Watcher]:
    """Who of the scope wants mail and may read the list."""
    reading = {
        m.person_id for m in parties.members(at=at) if m.person.is_active and _reads(frozenset(map(Role, m.roles)))
    }
    rows = Watcher.objects.filter(mail=True, person_id__in=reading).select_related("person")
    return list(rows.order_by("person__name", "pk"))


def _reads(roles: frozenset[Role]) -> bool:
    return any("watch.read" in PERMISSIONS[role] for role in roles)


def _tell(organisation: Organisation, watcher: Watcher, recent: Sequence[WatchEvent], at: dt.datetime) -> bool:
    mails = WatchMail.objects.filter(person_id=watcher.person_id, event__noticed_at__gt=at - _TOO_OLD)
    told = set(mails.values_list("event_id", flat=True))
    new = [event for event in recent if event.pk not in told and event.noticed_at >= watcher.since]
    if not new or not (any(event.worse for event in new) or _is_time(new, at)):
        return False
    try:
        with transaction.atomic():
            WatchMail.objects.bulk_create(
                (
                    WatchMail(organisation=organisation, person_id=watcher.person_id, event=event, sent_at=at)
                    for event in new
                ),
                batch_size=500,
            )
            send_mail(
                _subject(organisation, new), _body(organisation, watcher.person, new), None, [watcher.person.email]
            )
    except IntegrityError:
        return False
    except (
        OSError
    ):  # SMTPException is one too: this person is tried again with the next hour, others are not kept waiting
        _LOG.exception("Mail to %s about watched certificates", watcher.person_id)
        return False
    return True


def _is_time(new: Sequence[WatchEvent], at: dt.datetime) -> bool:
    """Evening, or something is left from a day before (the background stood still)."""
    return at.time() >= EVENING or any(event.noticed_at.date() < at.date() for event in new)


def _subject(organisation: Organisation, new: Sequence[WatchEvent]) -> str:
    labels = list(dict.fromkeys(event.watched.label for event in new))
    worse = list(dict.fromkeys(event.watched.label for event in new if event.worse))
    if len(labels) == 1:
        what = f"{labels[0]}: {_short(new)}"
    elif worse:
        what = f"{len(worse)} watched certificates are worse than before"
        what = what.replace("1 watched certificates are", "1 watched certificate is") if len(worse) == 1 else what
    else:
        what = f"{len(labels)} watched certificates changed"
    # A name with a line break would end the header.
    return " ".join(f"{organisation.name}: {what}".split())[:200]


def _short(new: Sequence[WatchEvent]) -> str:
    """The newest answers of one certificate: "In force: no"."""
    last = {event.question: event for event in new}
    return ", ".join(f"{e.get_question_display().lower()}: {WORDS.get(e.after, e.after)}" for e in last.values())


def _body(organisation: Organisation, person: Person, new: Sequence[WatchEvent]) -> str:
    groups: dict[UUID, list[WatchEvent]] = {}
    for event in new:
        groups.setdefault(event.watched_id, []).append(event)
    ordered = sorted(groups.values(), key=lambda events: not any(event.worse for event in events))
    shown = ordered[:MOST_SHOWN]
    context = {
        "person": person,
        "organisation": organisation,
        "groups": [(events[0].watched, events, _address(organisation, events[0].watched_id)) for events in shown],
        "more": len(ordered) - len(shown),
        "list": f"{settings.PUBLIC_URL}{reverse('watch:list', args=[organisation.slug])}",
    }
    return render_to_string("watch/mail.txt", context)


def _address(organisation: Organisation, watched_id: UUID) -> str:
    return f"{settings.PUBLIC_URL}{reverse('watch:record', args=[organisation.slug, watched_id])}"
