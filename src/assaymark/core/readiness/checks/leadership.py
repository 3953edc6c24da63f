"""Checks of ISO 9001:2015, chapter 5: the policy, and who answers for what."""

from __future__ import annotations

from assaymark.core.readiness import Finding, check, judged, missing, not_applicable, unrecorded
from assaymark.core.readiness.checks.context import documents_serving
from assaymark.core.readiness.facts import Document, Fact, Snapshot


def _policies(snapshot: Snapshot) -> list[Document]:
    return [d for d in snapshot.documents if d.serves("5.2")]


@check("5.2", "The quality policy is a document in force")
def policy_is_documented(snapshot: Snapshot) -> Finding:
    """Documents in force that name clause 5.2."""
    return documents_serving(
        snapshot, "5.2", what="the quality policy", none=missing("No document in force names 5.2.")
    )


@check("5.2", "The policy was read and understood")
def policy_was_read(snapshot: Snapshot) -> Finding:
    """Confirmations of reading of the policy: somebody was asked, and nobody is late (5.2.2 b)."""
    policies = _policies(snapshot)
    if not policies:
        return not_applicable("There is no policy to read.")
    read, asked = sum(d.read for d in policies), sum(d.read + d.unread for d in policies)
    bad = [(d, f"{d.late} late") for d in policies if d.late]
    if not asked:
        bad = [(policies[0], "nobody was asked to read it")]
    return judged(
        policies,
        bad,
        conforms=f"{read} of {asked} confirmed it; nobody is late.",
        fails=f"{read} of {asked} confirmed it." if asked else "Nobody was asked to read it.",
        open_words="to communicate" if not asked else "read late",
        shown=f"{read} of {asked} read it" if asked else "",
    )


@check("5.3", "Roles and responsibilities are written down")
def roles_are_documented(snapshot: Snapshot) -> Finding:
    """Documents in force that name clause 5.3."""
    none = unrecorded("No register records responsibilities yet, and no document in force names 5.3.")
    return documents_serving(snapshot, "5.3", what="roles and responsibilities", none=none)


@check("5.3", "Whoever answers for a record still belongs to the organisation")
def owners_are_here(snapshot: Snapshot) -> Finding:
    """The owners of processes, parties, risks, objectives, instruments and documents, against today's members."""
    groups: tuple[tuple[Fact, ...], ...] = (
        snapshot.running,
        snapshot.parties,
        snapshot.risks,
        snapshot.objectives,
        snapshot.instruments,
        snapshot.documents,
    )
    owned = [fact for group in groups for fact in group if fact.owner_id]
    if not owned:
        return unrecorded("No record has an owner yet.")
    people = len({fact.owner_id for fact in owned})
    return judged(
        owned,
        [(fact, "owner left") for fact in owned if fact.owner_id not in snapshot.members],
        conforms=f"{people} {'person answers' if people == 1 else 'people answer'} for {len(owned)} records.",
        fails="Their owners have left.",
        open_words="without owner",
        shown=f"{people} {'person answers' if people == 1 else 'people answer'} for {len(owned)} records",
    )


CHECKS = (policy_is_documented, policy_was_read, roles_are_documented, owners_are_here)
