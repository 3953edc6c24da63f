"""Writes about attestations. Every one of them carries out a decision of the engine.

`issue` and `carry_out` run inside the transaction of the action that took or carries out the decision
(`records.assessments.actions`), which has checked permission and rules (DEC-1 and its kin). A decision is carried out
once: its id is unique among issues, and an event names it.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from assaymark import catalogue
from assaymark.core.attestation import AttestationKind, Site, StatusEventKind
from assaymark.core.parties import Actor
from assaymark.core.programme import DecisionKind
from assaymark.core.refusal import Refusal, refuse
from assaymark.core.trust import Containment, ScopeRow, evaluate_scope
from assaymark.formats.multibase import digest_multibase
from assaymark.formats.status_list import SIZE
from assaymark.records.actions import action
from assaymark.records.attestations import export, log, queries
from assaymark.records.attestations.anchors import trust_anchor as trust_anchor
from assaymark.records.attestations.models import Attestation, Issue, Scope, StatusEvent
from assaymark.records.journal.actions import append
from assaymark.records.parties.actions import next_number
from assaymark.records.scope import new_id, organisation_scope

# What a decision does to the status; decisions that are missing here change no status.
_EVENTS = {
    DecisionKind.SUSPEND: StatusEventKind.SUSPENDED,
    DecisionKind.RESTORE: StatusEventKind.REINSTATED,
    DecisionKind.WITHDRAW: StatusEventKind.WITHDRAWN,
    DecisionKind.REDUCE: StatusEventKind.SCOPE_REDUCED,
}
_REDUCING = "ISO/IEC 17021-1:2015, 9.6.5.5"
# Who else is told of every change, inside its transaction: the public register joins in its `AppConfig.ready()`.
followers: list[Callable[[Attestation], None]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a favourable decision grants. number empty: the issuer's next one, such as "NC-26-00417" (`next_of`)."""

    decision_id: UUID
    kind: AttestationKind
    holder_id: UUID
    edition_key: str
    statement: str
    scope: tuple[ScopeRow, ...]
    decided_on: dt.date
    effective_from: dt.date
    expires: dt.date | None
    sites: tuple[Site, ...] = ()
    exclusions: tuple[tuple[str, str], ...] = ()
    number: str = ""
    prefix: str = ""


def issue(*, grant: Grant, by: Actor, at: dt.datetime) -> Attestation:
    """Make the attestation that a grant speaks of, sign its first issue, tell issuer's and holder's journals.

    Runs in a transaction and in the issuer's scope. The decision must not have been carried out before (unique).
    """
    row: Attestation = Attestation.objects.create(
        organisation_id=by.organisation_id,
        holder_id=grant.holder_id,
        kind=grant.kind,
        number=grant.number or next_of(issuer_name=by.organisation_name, prefix=grant.prefix, on=at.date()),
        edition_key=grant.edition_key,
        standard_label=_label(grant.edition_key),
        statement=grant.statement,
        exclusions=[{"clause": clause, "justification": why} for clause, why in grant.exclusions],
        sites=[{"name": s.name, "address": s.address, "country": s.country} for s in grant.sites],
        original_issue=grant.effective_from,
        valid_from=grant.effective_from,
        valid_until=grant.expires,
    )
    _write_scope(row, grant.scope)
    signed = _sign_issue(row, scope=grant.scope, decision_id=grant.decision_id, decided_on=grant.decided_on, at=at)
    _add_event(
        row,
        StatusEventKind.ISSUED,
        effective=grant.effective_from,
        at=at,
        decision_id=grant.decision_id,
        signed=signed,
    )
    _tell(row, "attestations.issued", by=by, at=at, after={"number": row.number, "holder": str(row.holder_id)})
    return row


def initials_of(name: str) -> str:
    """Up to four Latin initials of a name, "NC" of Northfield Certification; "A" when it has none."""
    firsts = (word[0] for word in name.upper().split())
    return "".join(letter for letter in firsts if letter.isascii() and letter.isalnum())[:4] or "A"


def next_of(*, issuer_name: str, prefix: str, on: dt.date) -> str:
    """The issuer's next free number: its initials and the year unless a prefix is given, "NC-26-00001".

    Numbers that somebody gave by hand are passed over. Runs in the issuer's transaction and scope.
    """
    prefix = prefix or f"{initials_of(issuer_name)}-{on:%y}-"
    while True:
        number = next_number(prefix, width=5)
        if not Attestation.objects.filter(number=number).exists():
            return number


def carry_out(
    *,
    attestation_id: UUID,
    decision: DecisionKind,
    decision_id: UUID,
    decided_on: dt.date,
    effective_from: dt.date,
    by: Actor,
    at: dt.datetime,
    reason: str = "",
    expires: dt.date | None = None,
    scope: tuple[ScopeRow, ...] | None = None,
    statement: str | None = None,
) -> Attestation:
    """Carry out a decision about an attestation that exists: status, scope, dates.

    SUSPEND, RESTORE, WITHDRAW add an event. EXTEND, REDUCE and RENEW sign a new issue (scope, statement, expires) and
    revoke the index of the former. MAINTAIN changes nothing but is journalled. Runs in the issuer's transaction.
    """
    row = Attestation.for_update(attestation_id)
    if decision is DecisionKind.REDUCE and scope is None:
        missing = "What remains of the scope is not stated."
        refuse([Refusal("remaining-missing", _REDUCING, missing, "State it on the page of the certificate.")])
    signed = None
    if decision in (DecisionKind.EXTEND, DecisionKind.REDUCE, DecisionKind.RENEW) or (
        decision is DecisionKind.RESTORE and expires and expires != row.valid_until
    ):
        _reissue(row, scope=scope, statement=statement, expires=expires, effective_from=effective_from)
        new_scope = tuple(s.facts() for s in Scope.objects.filter(attestation=row))
        signed = _sign_issue(row, scope=new_scope, decision_id=decision_id, decided_on=decided_on, at=at)
    if event := _EVENTS.get(decision):
        reduced = signed if event is StatusEventKind.SCOPE_REDUCED else None
        _add_event(row, event, effective=effective_from, at=at, reason=reason, decision_id=decision_id, signed=reduced)
    if signed and decision is not DecisionKind.REDUCE:
        begins = _moment(signed.effective_from or effective_from, at=at)
        log.tell(row, StatusEventKind.REISSUED, effective_from=begins, at=at, reason=reason, signed=signed)
    _tell(
        row,
        f"attestations.{decision.value}",
        by=by,
        at=at,
        reason=reason,
        after={"decision": decision.value, "effective_from": effective_from.isoformat()},
    )
    return row


def sign_again(*, attestation_id: UUID, at: dt.datetime, reason: str) -> Attestation:
    """Sign the newest issue anew, with the identifiers that issuer and holder have now; nothing else changes.

    It counts from where the former one did, whose place in the status list is revoked. The operator's act, in the
    issuer's transaction and scope.
    """
    row = Attestation.for_update(attestation_id)
    former = queries.newest_issue(row)
    row.revision += 1
    row.save(update_fields=["revision"])
    scope = tuple(line.facts() for line in Scope.objects.filter(attestation=row))
    signed = _sign_issue(row, scope=scope, decision_id=new_id(), decided_on=former.decided_on, at=at)
    begins = _moment(signed.effective_from or row.original_issue, at=at)
    log.tell(row, StatusEventKind.REISSUED, effective_from=begins, at=at, reason=reason, signed=signed)
    _tell(row, "attestations.signed_again", by=None, at=at, after={"revision": str(row.revision)}, reason=reason)
    return row


def scope_warnings(
    *, issuer_id: UUID, kind: AttestationKind, scope: tuple[ScopeRow, ...], on: dt.date
) -> tuple[Refusal, ...]:
    """What the issuer's own accreditation says about a scope that it wants to attest. Warnings, not blocks: a body may
    issue outside its accreditation, but not as accredited, and verification will say so (ISO/IEC 17011:2017, 7.8.3)."""
    if kind is not AttestationKind.CERTIFICATE:
        return ()
    above = queries.current_above(organisation_id=issuer_id, kind=AttestationKind.ACCREDITATION, on=on)
    clause = "ISO/IEC 17011:2017, 7.8.3"
    if above is None:
        return (
            Refusal(
                "body-not-accredited",
                clause,
                "Your body holds no accreditation: verification will answer “accredited: no”.",
                "Say so to the client before you issue.",
                blocks=False,
            ),
        )
    result = evaluate_scope(claims=scope, scope=tuple(s.facts() for s in above.scopes.all()), on=on)
    if result.containment is Containment.COVERED:
        return ()
    why = result.gaps[0].sentence() if result.gaps else "The scope is not stated well enough to compare."
    return (
        Refusal(
            "outside-accreditation",
            clause,
            f"The scope lies outside your accreditation {above.number}. {why}",
            "Reduce the scope, or extend the accreditation first.",
            blocks=False,
        ),
    )


@action("attestations.maintain")
def set_listing(*, attestation_id: UUID, public: bool, by: Actor, at: dt.datetime) -> Attestation:
    """List it in the public register or not. Unlisted, its status is told to whoever asks for the exact number
    (ISO/IEC 17021-1:2015, 8.1.3: access may be limited at the client's request, the status may not)."""
    row = Attestation.for_update(attestation_id)
    if row.public is not public:
        row.public = public
        row.save(update_fields=["public"])
        verb = "attestations.listed" if public else "attestations.unlisted"
        _tell(row, verb, by=by, at=at, after={"public": "yes" if public else "no"})
    return row


def _label(edition_key: str) -> str:
    try:
        return catalogue.edition(edition_key).name
    except KeyError:
        return edition_key


def _write_scope(row: Attestation, scope: tuple[ScopeRow, ...]) -> None:
    Scope.objects.bulk_create(
        Scope(
            organisation_id=row.organisation_id,
            attestation=row,
            row=line.row or f"r{number}",
            activity=line.activity,
            competence=line.competence,
            standard=line.standard,
            editions=sorted(line.editions),
            iaf=sorted(line.iaf),
            countries=sorted(line.countries),
            valid_from=line.valid_from,
            valid_until=line.valid_until,
        )
        for number, line in enumerate(scope, start=1)
    )


def _reissue(
    row: Attestation,
    *,
    scope: tuple[ScopeRow, ...] | None,
    statement: str | None,
    expires: dt.date | None,
    effective_from: dt.date,
) -> None:
    row.revision += 1
    row.valid_from = max(row.valid_from, effective_from)
    row.valid_until = expires or row.valid_until
    row.statement = row.statement if statement is None else statement
    row.save(update_fields=["revision", "valid_from", "valid_until", "statement"])
    if scope is not None:
        Scope.objects.filter(attestation=row).delete()
        _write_scope(row, scope)


def _sign_issue(
    row: Attestation, *, scope: tuple[ScopeRow, ...], decision_id: UUID, decided_on: dt.date, at: dt.datetime
) -> Issue:
    index = _free_index(row.organisation_id)
    content = export.content_of(row, scope=scope, index=index, decided_on=decided_on)
    token = export.sign(content, issuer=row.organisation)
    signed: Issue = Issue.objects.create(
        organisation_id=row.organisation_id,
        attestation=row,
        revision=row.revision,
        decision_id=decision_id,
        decided_on=decided_on,
        effective_from=row.valid_from,
        issued_at=at,
        credential=token,
        digest=digest_multibase(token.encode()),
        status_index=index,
    )
    return signed


def _free_index(organisation_id: UUID) -> int:
    """A random free place in the status list, so that neighbours say nothing about each other (W3C BSL, 6.1)."""
    while True:
        index = secrets.randbelow(SIZE)
        if not Issue.objects.filter(organisation_id=organisation_id, status_index=index).exists():
            return index


def _moment(day: dt.date, *, at: dt.datetime) -> dt.datetime:
    """What takes effect today does so now, and on any other day at its beginning."""
    return at if day == at.date() else dt.datetime.combine(day, dt.time(), dt.UTC)


def _add_event(
    row: Attestation,
    event: StatusEventKind,
    *,
    effective: dt.date,
    at: dt.datetime,
    decision_id: UUID,
    reason: str = "",
    signed: Issue | None = None,
) -> None:
    moment = _moment(effective, at=at)
    StatusEvent.objects.create(
        organisation_id=row.organisation_id,
        attestation=row,
        seq=StatusEvent.objects.filter(attestation=row).count() + 1,
        event=event,
        effective_from=moment,
        recorded_at=at,
        reason=reason,
        decision_id=decision_id,
    )
    log.tell(row, event, effective_from=moment, at=at, reason=reason, signed=signed)


def _tell(
    row: Attestation, verb: str, *, by: Actor | None, at: dt.datetime, after: dict[str, str], reason: str = ""
) -> None:
    """Journal entries at issuer and holder; a checkpoint at once, because outsiders rely on it."""
    from assaymark.records.journal.checkpoints import checkpoint_now

    for organisation_id in (row.organisation_id, row.holder_id):
        with organisation_scope(organisation_id):
            append(
                organisation_id=organisation_id,
                verb=verb,
                subject_kind="attestations.attestation",
                subject_id=row.pk,
                subject_label=f"{row.standard_label} {row.number}",
                by=by,
                at=at,
                after=after,
                reason=reason,
            )
    transaction.on_commit(lambda: checkpoint_now(row.organisation_id))
    for follow in followers:
        follow(row)
