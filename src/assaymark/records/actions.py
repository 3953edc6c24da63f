"""What every action has in common: permission, transaction, scope.

An action is a keyword-only function with `by: Actor` and `at: datetime`. The decorator checks the permission, opens the
transaction and enters the actor's scope; the body decides (core), saves and appends to the journal.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import transaction

from assaymark.core.parties import ALL_PERMISSIONS, Actor
from assaymark.core.refusal import Forbidden
from assaymark.records.scope import organisation_scope

P = ParamSpec("P")
R = TypeVar("R")


def action(permission: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a function an action. Raises `Forbidden` when the actor lacks the permission, `ValueError` at once when
    no role carries it: a misspelt name would shut everybody out."""
    if permission not in ALL_PERMISSIONS:
        raise ValueError(f"No role carries the permission {permission}; see core.parties.PERMISSIONS.")

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def act(*args: P.args, **kwargs: P.kwargs) -> R:
            by = kwargs["by"]
            assert isinstance(by, Actor)
            if not by.may(permission):
                raise Forbidden(permission)
            with transaction.atomic(), organisation_scope(by.organisation_id):
                return function(*args, **kwargs)

        return act

    return decorate
