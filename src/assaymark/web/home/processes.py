"""The matrix by process: what each process in use has behind it and before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from assaymark.core.programme import add_months
from assaymark.core.readiness.checks.planning import HIGH
from assaymark.core.readiness.facts import Fact, Process, Snapshot
from assaymark.web.readiness import lines


@dataclass(frozen=True, slots=True)
class ProcessLine:
    """One process. Pairs count (all, of them asking for something)."""

    label: str
    address: str
    owner: str
    last_audit: date | None
    audit_late: bool
    findings: tuple[int, int]
    risks: tuple[int, int]
    objectives: tuple[int, int]
    instruments: tuple[int, int]

    @property
    def calm(self) -> bool:
        """Whether nothing asks for anything."""
        return not (self.audit_late or any(bad for _, bad in self._pairs))

    @property
    def _pairs(self) -> tuple[tuple[int, int], ...]:
        return self.findings, self.risks, self.objectives, self.instruments

    @property
    def state(self) -> str:
        """The sign."""
        return "conforming" if self.calm else "attention"


def by_process(snapshot: Snapshot, *, slug: str) -> list[ProcessLine]:
    """Processes in use, by number."""
    day = snapshot.day
    pursued = [o for o in snapshot.objectives if o.state == "pursued"]
    used = [i for i in snapshot.instruments if i.state == "in_use"]
    findings = _pairs(snapshot.findings, [f for f in snapshot.findings if f.due and f.due < day])
    live = [r for r in snapshot.risks if r.state != "gone"]
    risks = _pairs(live, [r for r in live if r.state == "open" and r.level >= HIGH])
    objectives = _pairs(pursued, [o for o in pursued if o.on_target is False])
    instruments = _pairs(used, [i for i in used if i.due_on is None or i.due_on < day])
    return [
        ProcessLine(
            label=process.record.label,
            address=lines.address(process.record, slug=slug),
            owner=snapshot.members.get(process.owner_id, "") if process.owner_id else "",
            last_audit=process.last_audit,
            audit_late=_late(process, snapshot),
            findings=findings(process),
            risks=risks(process),
            objectives=objectives(process),
            instruments=instruments(process),
        )
        for process in snapshot.running
    ]


def _late(process: Process, snapshot: Snapshot) -> bool:
    return process.last_audit is None or add_months(process.last_audit, snapshot.audit_months) < snapshot.day


def _pairs(facts: Sequence[Fact], bad: Sequence[Fact]) -> Callable[[Process], tuple[int, int]]:
    """Counted once by process, so that many processes cost no more than one."""
    every, failing = Counter(f.process_id for f in facts), Counter(f.process_id for f in bad)
    return lambda process: (every[process.record.id], failing[process.record.id])
