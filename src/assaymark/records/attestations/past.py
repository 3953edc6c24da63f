"""The past of bodies, as far as attestations tell it: the public register knows it, and joins in its `AppConfig`.

Rules that hold here
* An accreditation or a recognition states under which names its holder attested before, and whose attestations it
  answers for (`core.body_changes`). It does so in its next issue; nothing signed changes.
* A bundle of a certificate whose body has ended carries the accreditation of the body that answers for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from assaymark.core.body_changes import FormerName, Predecessor
from assaymark.records.parties.models import Organisation


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of an organisation: names that it had, and parties that it answers for."""

    former_names: tuple[FormerName, ...] = ()
    predecessors: tuple[Predecessor, ...] = ()


# Whoever records changes of bodies: what is known of one, and (by short names) who answers for which.
tellers: list[Callable[[Organisation], Past]] = []
heirs: list[Callable[[Iterable[str]], set[str]]] = []


def of(organisation: Organisation) -> Past:
    """All that is told of an organisation."""
    told = [tell(organisation) for tell in tellers]
    return Past(
        tuple(name for past in told for name in past.former_names),
        tuple(one for past in told for one in past.predecessors),
    )


def who_answers_for(slugs: Iterable[str]) -> set[str]:
    """The organisations (by short name) that answer for these, which have ended."""
    wanted = list(slugs)
    return {slug for tell in heirs for slug in tell(wanted)}
