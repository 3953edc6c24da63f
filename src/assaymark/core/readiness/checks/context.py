"""Checks of ISO 9001:2015, chapter 4: context, interested parties, scope, processes (with Amd 1:2024)."""

from __future__ import annotations

from assaymark.core.programme import add_months
from assaymark.core.readiness import Finding, Outcome, check, judged, missing, not_applicable, unrecorded
from assaymark.core.readiness.facts import Party, Snapshot, say

CONTEXT_MONTHS = 12


def _relevant(snapshot: Snapshot) -> tuple[Party, ...]:
    return tuple(p for p in snapshot.parties if p.state != "not_relevant")


def documents_serving(snapshot: Snapshot, clause: str, *, what: str, none: Finding) -> Finding:
    """Conforming when a document in force names the clause; `none` otherwise. what: "the scope"."""
    found = [d for d in snapshot.documents if d.serves(clause)]
    if not found:
        return none
    first = found[0]
    return Finding(
        Outcome.CONFORMING,
        f"{len(found)} {'document' if len(found) == 1 else 'documents'} in force on {what}.",
        records=tuple(d.record for d in found[:5]),
        looked_at=len(found),
        shown=first.record.label if len(found) == 1 else f"{len(found)} documents",
        fresh_on=max((d.on for d in found if d.on), default=None),
        owners=tuple(d.owner_id for d in found if d.owner_id),
    )


@check("4.1", "Issues inside and outside are written down")
def issues_are_documented(snapshot: Snapshot) -> Finding:
    """Documents in force that name clause 4.1, such as a strategy paper or an analysis of the context."""
    none = unrecorded("No register records issues yet, and no document in force names 4.1.")
    return documents_serving(snapshot, "4.1", what="the organisation and its context", none=none)


@check("4.1", "The issues were looked at within a year")
def issues_were_looked_at(snapshot: Snapshot) -> Finding:
    """The newest effective date of the documents that name clause 4.1."""
    found = [d for d in snapshot.documents if d.serves("4.1")]
    newest = max((d.on for d in found if d.on), default=None)
    if newest is None:
        return not_applicable("There is no document to look at again.")
    old = add_months(newest, CONTEXT_MONTHS) < snapshot.day
    return judged(
        found,
        [(found[0], f"in force since {say(newest)}")] if old else [],
        conforms=f"Last brought up to date on {say(newest)}.",
        fails=f"Nothing changed since {say(newest)}; more than {CONTEXT_MONTHS} months.",
        open_words="to look at again",
    )


@check("4.2", "Interested parties and what they require are known")
def parties_have_requirements(snapshot: Snapshot) -> Finding:
    """Every interested party that is watched or relevant has at least one requirement."""
    parties = _relevant(snapshot)
    if not parties:
        return missing("No interested party is recorded.")
    count = sum(p.requirements for p in parties)
    return judged(
        parties,
        [(p, "no requirement") for p in parties if not p.requirements],
        conforms=f"Each of {len(parties)} has requirements, {count} together.",
        fails="Nothing says what these require.",
        open_words="without requirement",
        shown=f"{len(parties)} {'party' if len(parties) == 1 else 'parties'}, "
        f"{count} {'requirement' if count == 1 else 'requirements'}",
    )


@check("4.2", "Interested parties are reviewed in time")
def parties_are_reviewed(snapshot: Snapshot) -> Finding:
    """The review date of every interested party that is watched or relevant."""
    parties = _relevant(snapshot)
    if not parties:
        return not_applicable("There is none to review.")
    late = [(p, f"due {say(p.review_on)}") for p in parties if p.review_on and p.review_on < snapshot.day]
    return judged(
        parties,
        late,
        conforms="No review is late.",
        fails="The review of these is late.",
        open_words="past review",
    )


@check("4.2", "Climate change was considered for each party (Amd 1:2024)")
def parties_and_climate(snapshot: Snapshot) -> Finding:
    """Whether each interested party was asked about requirements on climate change."""
    parties = _relevant(snapshot)
    if not parties:
        return not_applicable("There is no party to consider it for.")
    without = [(p, "not considered") for p in parties if not p.climate]
    return judged(
        parties,
        without,
        conforms=f"Considered for all {len(parties)}.",
        fails="Not considered for these.",
        open_words="without climate",
        shown="" if without else "climate considered",
    )


@check("4.3", "The scope is a document in force")
def scope_is_documented(snapshot: Snapshot) -> Finding:
    """Documents in force that name clause 4.3; where there is none, the scope on a certificate that is held."""
    certified = [c for c in snapshot.certificates if c.statement]
    none = missing("No document in force names 4.3.")
    if certified:
        none = Finding(
            Outcome.ATTENTION,
            "The scope stands on the certificate, but in no document of your own.",
            records=(certified[0].record,),
            looked_at=1,
            open=1,
            open_words="to write down",
            fresh_on=certified[0].on,
        )
    return documents_serving(snapshot, "4.3", what="the scope", none=none)


@check("4.3", "What is excluded is justified")
def exclusions_are_justified(snapshot: Snapshot) -> Finding:
    """The exclusions on the newest certificate, each with its justification."""
    if not snapshot.certificates:
        return not_applicable("There is no certificate yet, so nothing is excluded here.")
    excluded = snapshot.exclusions
    bare = [e.clause for e in excluded if not e.justification.strip()]
    newest = max(snapshot.certificates, key=lambda c: (c.on is not None, c.on))
    names = ", ".join(e.clause for e in excluded)
    return judged(
        [newest],
        [(newest, f"{', '.join(bare)} without a reason")] if bare else [],
        conforms=f"{names} excluded, with reasons." if excluded else "Nothing is excluded.",
        fails="An exclusion has no justification.",
        open_words="without a reason",
        shown=f"{names} excluded" if excluded else "nothing excluded",
    )


@check("4.4", "Each process has somebody who answers for it")
def processes_are_owned(snapshot: Snapshot) -> Finding:
    """Every process in use has an owner who belongs to the organisation today."""
    processes = snapshot.running
    if not processes:
        return missing("No process is in use.")
    gone = [
        (p, "nobody" if p.owner_id is None else "owner left") for p in processes if p.owner_id not in snapshot.members
    ]
    return judged(
        processes,
        gone,
        conforms=f"All {len(processes)} have an owner.",
        fails="Nobody answers for these now.",
        open_words="without owner",
        shown=f"{len(processes)} {'process' if len(processes) == 1 else 'processes'}" + ("" if gone else ", all owned"),
    )


@check("4.4", "Each process says how it is seen to work")
def processes_are_measured(snapshot: Snapshot) -> Finding:
    """Criteria, methods or indicators of every process in use (4.4.1 c)."""
    processes = snapshot.running
    if not processes:
        return not_applicable("There is no process in use.")
    return judged(
        processes,
        [(p, "no measure") for p in processes if not p.measured],
        conforms=f"All {len(processes)} name their measures.",
        fails="These name none.",
        open_words="unmeasured",
    )


@check("4.4", "Processes are reviewed in time")
def processes_are_reviewed(snapshot: Snapshot) -> Finding:
    """The review date of every process in use."""
    processes = snapshot.running
    if not processes:
        return not_applicable("There is no process in use.")
    return judged(
        processes,
        [(p, f"due {say(p.review_on)}") for p in processes if p.review_on and p.review_on < snapshot.day],
        conforms="No review is late.",
        fails="The review of these is late.",
        open_words="past review",
    )


CHECKS = (
    issues_are_documented,
    issues_were_looked_at,
    parties_have_requirements,
    parties_are_reviewed,
    parties_and_climate,
    scope_is_documented,
    exclusions_are_justified,
    processes_are_owned,
    processes_are_measured,
    processes_are_reviewed,
)
