"""Refusals: the one way in which Assaymark says no.

A pure function in `core` collects *every* reason why an act is not allowed; the action raises them together.
The page greys out its button with them, the API answers 409 with them, the command line prints them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why something cannot be done now.

    rule       identifier of the rule, such as "DEC-1" or "document-author-approves"
    clause     the norm and clause it rests on, such as "ISO/IEC 17021-1:2015, 9.5.1.1"
    message    what stands in the way, one sentence
    next_step  what to do about it, one sentence; empty when there is nothing to do
    blocks     False for a warning: shown, recorded, not in the way
    """

    rule: str
    clause: str
    message: str
    next_step: str = ""
    blocks: bool = True


class Refused(Exception):
    """An action was refused; carries all blocking refusals."""

    def __init__(self, refusals: Iterable[Refusal]) -> None:
        self.refusals: tuple[Refusal, ...] = tuple(refusals)
        super().__init__("; ".join(r.message for r in self.refusals))


class Forbidden(Exception):
    """The actor's roles do not carry the permission. Shape: `Forbidden("documents.approve")`."""

    def __init__(self, permission: str) -> None:
        self.permission = permission
        super().__init__(f"Your role does not allow this ({permission}). Ask an administrator of your organisation.")


def refuse(refusals: Iterable[Refusal]) -> tuple[Refusal, ...]:
    """Raise `Refused` when any of the refusals blocks; return the warnings otherwise."""
    collected = tuple(refusals)
    blocking = tuple(r for r in collected if r.blocks)
    if blocking:
        raise Refused(blocking)
    return collected
