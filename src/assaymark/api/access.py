"""Who asks, where, and whether they may: the same answers as the pages give.

No or a worthless token: 401. No business in the organisation, or an object outside the scope: 404. The role lacks the
permission: 403. Refused by a rule: 409 with every reason. Wrong shape: 422. Too often: 429.

A POST with `Idempotency-Key` has one effect however often it is sent: its answer is kept in the transaction of its
change and given again for a day. The same key with other content is refused (409).
"""

from __future__ import annotations

import functools
import hashlib
import inspect
from collections.abc import Callable
from typing import Any, cast

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Status
from ninja.errors import HttpError
from ninja.security import HttpBearer

from assaymark.core.parties import Actor
from assaymark.core.refusal import Forbidden
from assaymark.records.parties import queries, receipts, tokens
from assaymark.records.scope import organisation_scope

View = Callable[..., Any]


class ApiRequest(HttpRequest):
    """A request that has been let in."""

    actor: Actor
    auth: Any


class PersonalToken(HttpBearer):
    """`Authorization: Bearer aym_…`, made under "API tokens" in the account menu; looked at before the request is read.

    permission: what the person's roles must carry in the organisation that the address names.
    """

    openapi_name = "PersonalToken"

    def __init__(self, permission: str) -> None:
        super().__init__()
        self.permission = permission

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The person whose token it is; None leads to 401. Raises HttpError 404 and Forbidden."""
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise HttpError(400, "An address has no NUL in it.")
        now = timezone.now()
        person = tokens.person_of(token, at=now)
        if person is None:
            return None
        assert request.resolver_match is not None
        slug = request.resolver_match.kwargs["organisation"]
        actor = queries.actor_for(person_id=person.pk, organisation_slug=slug, at=now)
        if actor is None:
            raise HttpError(404, "Not found.")
        if not actor.may(self.permission):
            raise Forbidden(self.permission)
        cast("ApiRequest", request).actor = actor
        return person


def may(permission: str) -> PersonalToken:
    """For `auth=` of an operation under an organisation's address."""
    return PersonalToken(permission)


def in_scope(view: View) -> View:
    """Run a view in the organisation's scope, at most once per Idempotency-Key.

    It returns plain values (or a Status with values), because the scope ends with it.
    """

    @functools.wraps(view)
    def scoped(request: Any, organisation: str, **arguments: Any) -> Any:
        with organisation_scope(request.actor.organisation_id):
            key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
            if not key:
                return view(request, organisation, **arguments)
            return _once(request, key, lambda: view(request, organisation, **arguments))

    # Resolved here: the interface's own reading would look the names up in this module.
    scoped.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
    return scoped


def _once(request: ApiRequest, key: str, run: Callable[[], Any]) -> Any:
    """Run, and keep the answer under the key; or give the answer that was kept."""
    if len(key) > receipts.LONGEST_KEY:
        raise HttpError(422, f"An Idempotency-Key has at most {receipts.LONGEST_KEY} characters.")
    content = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    with transaction.atomic():
        receipt = receipts.open_receipt(
            by=request.actor, key=key, digest=hashlib.sha256(content).hexdigest(), at=timezone.now()
        )
        if receipt.answer is not None:
            return Status(*receipt.answer)
        answer = run()
        whole = answer if isinstance(answer, Status) else Status(200, answer)
        receipts.close_receipt(receipt=receipt, answer=(whole.status_code, whole.value))
        return whole
