"""From a public page to one's own watch list: which organisation's, when there are several.

Public pages know nobody, so their "Watch" is a plain link to here, the same for everybody.
"""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assaymark.records.parties import queries as parties
from assaymark.web.page import signed_in_page


@signed_in_page
@require_safe
def watch(request: HttpRequest) -> HttpResponseBase:
    """Choose the organisation that shall watch; straight on when only one can."""
    asked = {name: value[:200] for name in ("entry", "q") if (value := request.GET.get(name, "").strip())}
    at, query, person_id = timezone.now(), urlencode(asked), cast("UUID", request.user.pk)
    found = []
    for workplace in parties.workplaces(person_id=person_id, at=at):
        actor = parties.actor_for(person_id=person_id, organisation_slug=workplace.slug, at=at)
        if actor is not None and actor.may("watch.write"):
            found.append((workplace, f"{reverse('watch:add', args=[workplace.slug])}?{query}"))
    if len(found) == 1:
        return redirect(found[0][1])
    return render(request, "watch/choose.html", {"workplaces": found})
