"""Checks that are asked of every clause: what speaks against it, what names it. None of them makes a clause conform."""

from __future__ import annotations

from assaymark.core.readiness import Finding, Outcome, check, judged
from assaymark.core.readiness.facts import Snapshot, within


@check("", "Nothing weighty is open against this clause", decides=False)
def nothing_is_open(snapshot: Snapshot, clause: str) -> Finding:
    """Open nonconformities that name the clause: a major one, or one past its due date, asks for attention."""
    against = [f for f in snapshot.findings if f.weighs and within(f.clause, clause)]
    bad = [
        (f, "major" if f.grade == "major" else "late")
        for f in against
        if f.grade == "major" or (f.due and f.due < snapshot.day)
    ]
    return judged(
        against,
        bad,
        conforms=f"{len(against)} minor, none late.",
        fails="These weigh.",
        open_words="against it",
    )


@check("", "Documents and records name this clause", decides=False)
def evidence_names_it(snapshot: Snapshot, clause: str) -> Finding:
    """Documents in force, processes in use and links from records that name the clause. They help an auditor find."""
    documents = [d for d in snapshot.documents if d.serves(clause)]
    processes = [p for p in snapshot.running if any(within(c, clause) for c in p.clauses)]
    links = sum(count for named, count in snapshot.evidence.items() if within(named, clause))
    everything = len(documents) + len(processes) + links
    parts = [_counted(len(documents), "document"), _counted(len(processes), "process"), _counted(links, "record")]
    said = " and ".join(p for p in parts if p)
    return Finding(
        Outcome.CONFORMING,
        f"{said} {'names' if everything == 1 else 'name'} it." if said else "Nothing names it.",
        records=tuple(f.record for f in (*documents[:3], *processes[:2])),
        looked_at=everything,
        shown=f"named by {said}" if said else "",
        fresh_on=max((f.on for f in (*documents, *processes) if f.on), default=None),
    )


def _counted(number: int, word: str) -> str:
    plural = "processes" if word == "process" else f"{word}s"
    return "" if not number else f"{number} {word if number == 1 else plural}"


CHECKS = (nothing_is_open, evidence_names_it)
