"""An application is completed while it waits for its review (ISO/IEC 17021-1:2015, 9.1.2: differences are resolved)."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any
from uuid import UUID

from assaymark.core.parties import Actor
from assaymark.core.refusal import Refusal, refuse
from assaymark.records.actions import action
from assaymark.records.assessments.models import Application
from assaymark.records.assessments.planning import ApplicationContent, tell
from assaymark.records.scope import organisation_scope

# Body, client and kind of an application stand; everything else can be completed.
_CHANGED = ("standard", "scope", "sectors", "languages", "sites", "processes", "personnel", "consultancy")


@action("attestations.apply")
def change_application(*, application_id: UUID, content: ApplicationContent, by: Actor, at: datetime) -> Application:
    """Change one's own application before the body reviewed it. DoesNotExist when it is not one's own."""
    row: Application = Application.objects.get(pk=application_id, client_id=by.organisation_id)
    with organisation_scope(row.organisation_id):
        return _change(application_id, content, by=by, at=at)


@action("assessments.plan")
def complete_application(*, application_id: UUID, content: ApplicationContent, by: Actor, at: datetime) -> Application:
    """Complete, as the body, what the client told on another way; the journal keeps what stood before."""
    return _change(application_id, content, by=by, at=at)


def _change(application_id: UUID, content: ApplicationContent, *, by: Actor, at: datetime) -> Application:
    row = Application.for_update(application_id)
    late = Refusal("reviewed-already", "ISO/IEC 17021-1:2015, 9.1.2", "It has been reviewed already.", "Apply anew.")
    refuse([late] if row.state != Application.State.SUBMITTED else [])
    given = {name: _plain(value) for name, value in dataclasses.asdict(content).items() if name in _CHANGED}
    before = {name: getattr(row, name) for name in _CHANGED if getattr(row, name) != given[name]}
    for name in before:
        setattr(row, name, given[name])
    row.save()
    if before:
        tell(row, "application_changed", by=by, at=at, before=before, after={name: given[name] for name in before})
    return row


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, tuple) else value
