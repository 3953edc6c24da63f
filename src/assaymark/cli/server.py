"""Opens the door from a command to the records: Django, time, operator's scope, errors in words."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn, ParamSpec, TypeVar

import click

from assaymark.core.refusal import Forbidden, Refused

P = ParamSpec("P")
R = TypeVar("R")


def start_django() -> None:
    """Load settings and apps once."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assaymark.config.settings")
    import django

    django.setup()


def fail(message: str, *, next_step: str = "", status: int = 1) -> NoReturn:
    """Say on standard error what happened and what to do, and exit. status 2 = wrong use."""
    click.echo(f"{message}\n{next_step}".rstrip(), err=True)
    sys.exit(status)


def with_server(function: Callable[P, R]) -> Callable[P, R]:
    """Run a command's body with Django loaded; refusals become sentences and exit status 1."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        start_django()
        from django.db.utils import OperationalError, ProgrammingError

        try:
            return function(*args, **kwargs)
        except Refused as refused:
            for refusal in refused.refusals:
                clause = f" ({refusal.clause})" if refusal.clause else ""
                click.echo(f"{refusal.message}{clause} {refusal.next_step}".rstrip(), err=True)
            sys.exit(1)
        except Forbidden as forbidden:
            fail(str(forbidden))
        except (OperationalError, ProgrammingError) as error:
            if "no such table" in str(error) or "does not exist" in str(error):
                fail("This installation has no database yet, or an older one.", next_step="Run: assaymark init")
            raise

    return run


def organisation_or_fail(slug: str) -> Any:
    """The organisation with this short name; exit status 2 with the known names otherwise."""
    from assaymark.records.parties.queries import organisation_by_slug

    organisation = organisation_by_slug(slug)
    if organisation is None:
        fail(f"There is no organisation {slug}.", next_step="List them: assaymark organisation list", status=2)
    return organisation


def actor_or_fail(email: str, slug: str) -> Any:
    """The person as an actor in the organisation; exit status 2 when they have no role there."""
    from django.utils import timezone

    from assaymark.records.parties.queries import actor_for, person_by_email

    person = person_by_email(email)
    actor = person and actor_for(person_id=person.pk, organisation_slug=slug, at=timezone.now())
    if not actor:
        fail(
            f"{email} has no role in {slug}.",
            next_step=f"See who has: assaymark organisation people {slug}",
            status=2,
        )
    return actor
