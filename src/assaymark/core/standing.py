"""Whether an attestation that stands can be suspended, restored, reduced or withdrawn, by its own state and scope.

Rules that hold here
* Only what is in force is suspended, only what is suspended (or expired, REC-5) is restored; what was withdrawn comes
  back by a new grant alone (ISO/IEC 17021-1:2015, 9.6.5; ISO/IEC 17011:2017, 7.11).
* A reduction says what remains: less than before, and not nothing (ISO/IEC 17021-1:2015, 9.6.5.5).
These come on top of the rules of deciding (`core.assessment`), which ask who decides, and on what.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from assaymark.core.attestation import Status
from assaymark.core.programme import DecisionKind
from assaymark.core.refusal import Refusal
from assaymark.core.trust import Containment, ScopeRow, evaluate_scope

_CLAUSE = "ISO/IEC 17021-1:2015, 9.6.5"
_REDUCING = "ISO/IEC 17021-1:2015, 9.6.5.5"

# What is decided about an attestation, in the order of their weight.
STANDING = (DecisionKind.SUSPEND, DecisionKind.RESTORE, DecisionKind.REDUCE, DecisionKind.WITHDRAW)


def reasons_not_to_change(*, decision: DecisionKind, status: Status, since: dt.date | None) -> tuple[Refusal, ...]:
    """Why the attestation's own state forbids a standing decision. since: from when it has had that status."""
    when = f" since {since.day} {since:%b %Y}" if since else ""
    if status is Status.WITHDRAWN:
        return (Refusal("withdrawn-already", _CLAUSE, f"It is withdrawn{when}.", "Grant anew after a new assessment."),)
    if decision is DecisionKind.SUSPEND and status is Status.SUSPENDED:
        return (Refusal("suspended-already", _CLAUSE, f"It is suspended{when}.", "Restore, reduce or withdraw it."),)
    if decision is DecisionKind.SUSPEND and status is Status.EXPIRED:
        return (Refusal("expired-already", _CLAUSE, "It has expired; there is nothing to suspend."),)
    if decision is DecisionKind.RESTORE and status is Status.VALID:
        return (Refusal("in-force-already", _CLAUSE, "It is in force; there is nothing to restore."),)
    return ()


def reasons_not_to_reduce(
    *, scope: Sequence[ScopeRow], remaining: Sequence[ScopeRow], on: dt.date
) -> tuple[Refusal, ...]:
    """Why a scope cannot be reduced to what is said to remain."""
    if not remaining:
        return (Refusal("nothing-remains", _REDUCING, "Nothing would remain.", "Withdraw it instead."),)
    result = evaluate_scope(claims=remaining, scope=scope, on=on)
    if result.containment is not Containment.COVERED:
        why = result.gaps[0].sentence() if result.gaps else ""
        message = f"What remains goes beyond the scope as it is. {why}".strip()
        return (Refusal("not-a-reduction", _REDUCING, message, "Extend the scope by a decision of its own."),)
    if evaluate_scope(claims=scope, scope=remaining, on=on).containment is Containment.COVERED:
        message = "The scope would stay as it is."
        return (Refusal("nothing-reduced", _REDUCING, message, "Say which part no longer belongs to it."),)
    return ()
