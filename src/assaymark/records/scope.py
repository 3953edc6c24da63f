"""Scope: the one gateway between a query and the rows of an organisation.

Rules
* `Model.objects` answers only inside a scope, and then only with rows that the scope's organisation may see. Outside
  it raises `NoScope`: forgetting the scope is an error, never a leak.
* `Model.unscoped` sees everything; it is for the system (migrations, the public register, background sweeps) and
  must run inside `system_scope()`, because PostgreSQL's row-level security is the second line and asks for the same.
* A row visible to a second organisation says so twice, once for each line: `visible_to` and `ROW_SECURITY`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import ClassVar, Self, TypeVar
from uuid import UUID

from django.db import models

M = TypeVar("M", bound="Owned")


class NoScope(RuntimeError):
    """A scoped query was made outside any scope."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows are visible. Exactly one of the two is set."""

    organisation_id: UUID | None = None
    system: bool = False


_scope: ContextVar[Scope | None] = ContextVar("assaymark_scope", default=None)


def current_scope() -> Scope | None:
    """The scope of this request, task or command, or None."""
    return _scope.get()


@contextmanager
def organisation_scope(organisation_id: UUID) -> Iterator[None]:
    """Everything inside sees the rows of this organisation."""
    token = _scope.set(Scope(organisation_id=organisation_id))
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def system_scope() -> Iterator[None]:
    """Everything inside sees all rows. Callers are listed in tests/records/test_scope.py."""
    token = _scope.set(Scope(system=True))
    try:
        yield
    finally:
        _scope.reset(token)


def new_id() -> UUID:
    """UUID version 7 (RFC 9562, 5.7): milliseconds first, so that index order is time order."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


class ScopedManager(models.Manager[M]):
    """Filters by the current scope and fails closed."""

    def get_queryset(self) -> models.QuerySet[M]:
        scope = current_scope()
        if scope is None:
            raise NoScope(f"{self.model.__name__} was queried outside a scope. Use organisation_scope() or an action.")
        queryset = super().get_queryset()
        if scope.system:
            return queryset
        assert scope.organisation_id is not None
        return queryset.filter(self.model.visible_to(scope.organisation_id))


class Owned(models.Model):
    """A row that belongs to an organisation. `_base_manager` is `unscoped`, so relations follow foreign keys."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey("parties.Organisation", on_delete=models.PROTECT, related_name="+")

    # SQL condition of row-level security on PostgreSQL; {organisation} stands for the scope's organisation.
    ROW_SECURITY: ClassVar[str] = "organisation_id = {organisation}"

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()
    unscoped: ClassVar[models.Manager[Self]] = models.Manager()  # type: ignore[no-redef, unused-ignore]

    class Meta:
        abstract = True
        base_manager_name = "unscoped"
        default_manager_name = "objects"

    @classmethod
    def visible_to(cls, organisation_id: UUID) -> models.Q:
        """Rows that this organisation may see; widen together with ROW_SECURITY."""
        return models.Q(organisation_id=organisation_id)

    @classmethod
    def subject_kind(cls) -> str:
        """The name by which something generic points here, such as "findings.nonconformity"."""
        return cls._meta.label_lower

    @classmethod
    def for_update(cls, pk: UUID) -> Self:
        """The row, locked until the transaction ends; DoesNotExist when it is outside the scope.

        Only the owner's rows: what another organisation merely lets us see is not ours to change.
        """
        scope = current_scope()
        queryset = cls.objects.select_for_update(of=("self",))
        if scope is not None and not scope.system:
            queryset = queryset.filter(organisation_id=scope.organisation_id)
        row: Self = queryset.get(pk=pk)
        return row
