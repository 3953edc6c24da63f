"""PostgreSQL with the scope in the session.

Before a statement the session variables `assaymark.organisation` and `assaymark.system` are set when the scope has
changed since the last one. A rollback undoes `set_config`, so it forgets what was set. The policies that read the
variables are made by `records.row_security`.

PostgreSQL answers a COMMIT after an error with a rollback and no complaint. Whoever swallowed that error would believe
that something was kept, and the session would stand in the scope of an earlier request; so it is an error here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base
from django.db.transaction import TransactionManagementError
from psycopg.pq import TransactionStatus

_SET = "SELECT set_config('assaymark.organisation', %s, false), set_config('assaymark.system', %s, false)"
_UNKNOWN = object()
_TRANSACTION_CONTROL = {"SAVEPOINT", "RELEASE", "ROLLBACK"}


class DatabaseWrapper(base.DatabaseWrapper):
    """See the module."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._scope_in_session: object = _UNKNOWN
        self.execute_wrappers.append(self._with_scope)

    def _with_scope(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        # Not at the top: the module declares a model, and declaring one asks for the connection.
        from assaymark.records.scope import current_scope

        word = sql.split(None, 1)[0].upper() if isinstance(sql, str) and sql.strip() else ""
        if word in _TRANSACTION_CONTROL:
            # After an error nothing but a rollback is heard, and what was set since the savepoint is undone by it.
            if word == "ROLLBACK":
                self._scope_in_session = _UNKNOWN
            return execute(sql, params, many, context)
        scope = current_scope()
        if scope != self._scope_in_session:
            organisation = str(scope.organisation_id) if scope and scope.organisation_id else ""
            system = "on" if scope and scope.system else "off"
            context["cursor"].cursor.execute(_SET, (organisation, system))
            self._scope_in_session = scope
        return execute(sql, params, many, context)

    def _commit(self) -> Any:
        if self.connection is not None and self.connection.info.transaction_status == TransactionStatus.INERROR:
            raise TransactionManagementError("An error was passed over inside this transaction: nothing of it is kept.")
        return super()._commit()  # type: ignore[misc]

    def _rollback(self) -> Any:
        self._scope_in_session = _UNKNOWN
        return super()._rollback()  # type: ignore[misc]

    def connect(self) -> None:
        self._scope_in_session = _UNKNOWN
        super().connect()
