"""Attestation: a decision is carried out (ISO/IEC 17000:2020, 7.3). Without a decision there is no attestation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from assaymark import catalogue
from assaymark.core import assessment as engine
from assaymark.core.attestation import AttestationKind, Site
from assaymark.core.parties import Actor
from assaymark.core.programme import DecisionKind
from assaymark.core.refusal import Refusal, refuse
from assaymark.core.trust import EVERYTHING, ScopeRow
from assaymark.records.actions import action
from assaymark.records.assessments.models import KINDS, Decision
from assaymark.records.assessments.planning import tell
from assaymark.records.attestations import actions as attestations
from assaymark.records.attestations.models import Attestation
from assaymark.records.parties.models import Organisation

ATTESTS: dict[str, AttestationKind] = {
    "certification": AttestationKind.CERTIFICATE,
    "accreditation": AttestationKind.ACCREDITATION,
    "recognition": AttestationKind.RECOGNITION,
}
MANAGEMENT_SYSTEMS = "ms-certification"
COMPETENCE = "urn:iso:std:iso-iec:17021:-1"
# Decisions whose content somebody has to state before they can be carried out.
_STATED = frozenset({DecisionKind.GRANT, DecisionKind.EXTEND, DecisionKind.RENEW})


def standing(decision: Decision) -> Attestation | None:
    """The attestation that earlier decisions about this client, kind and standard have made."""
    made = (
        Decision.objects.filter(
            organisation_id=decision.organisation_id,
            client_id=decision.client_id,
            assessment_kind=decision.assessment_kind,
            standard=decision.standard,
            attestation_id__isnull=False,
        )
        .order_by("decided_at", "id")
        .last()
    )
    if made is None or made.attestation_id is None:
        return None
    return Attestation.objects.filter(pk=made.attestation_id).first()


def standard_urn(edition_key: str) -> str:
    """The standard of an edition as a scope names it: "iso-9001-2015" is of "urn:iso:std:iso:9001"."""
    return f"urn:iso:std:{catalogue.edition(edition_key).standard.key.replace('-', ':', 1)}"


def scope_of(decision: Decision) -> tuple[ScopeRow, ...]:
    """The scope of a certificate as one row: its standard and edition, the sectors decided on, the client's country.

    Empty for accreditation and recognition, whose scope has to be stated.
    """
    if KINDS[decision.assessment_kind].attests != "certification":
        return ()
    edition = catalogue.edition(decision.standard)
    country = Organisation.objects.get(pk=decision.client_id).country
    return (
        ScopeRow(
            activity=MANAGEMENT_SYSTEMS,
            competence=COMPETENCE,
            standard=standard_urn(decision.standard),
            editions=frozenset({edition.label}),
            iaf=frozenset(str(code) for code in decision.sectors) or EVERYTHING,
            countries=frozenset({country}) if country else EVERYTHING,
            row="1",
        ),
    )


@action("attestations.maintain")
def attest(
    *,
    decision_id: UUID,
    by: Actor,
    at: datetime,
    scope: Sequence[ScopeRow] = (),
    statement: str = "",
    sites: Sequence[Site] = (),
    exclusions: Sequence[tuple[str, str]] = (),
    number: str = "",
    prefix: str = "",
) -> Attestation:
    """Carry a decision out: issue the attestation of a grant, reissue it after an extension or a renewal.

    scope       rows stated; of a certificate those of `scope_of` when none are
    statement   scope in words; that of the decision when empty
    exclusions  (clause, why it does not apply)
    """
    decision = Decision.for_update(decision_id)
    rows = tuple(scope) or scope_of(decision)
    missing = [*([] if rows else [_scope_missing()]), *([_end_missing()] if _needs_an_end(decision) else [])]
    refuse([*reasons_not_to_attest(decision), *missing])
    row = (
        _issue(
            decision,
            rows=rows,
            statement=statement,
            sites=sites,
            exclusions=exclusions,
            number=number,
            prefix=prefix,
            by=by,
            at=at,
        )
        if decision.kind == DecisionKind.GRANT
        else _carry_out(decision, by=by, at=at, rows=tuple(scope) or None, statement=statement or decision.scope)
    )
    _settle(decision, row, by=by, at=at)
    return row


def carry_out_at_once(
    decision: Decision,
    *,
    by: Actor,
    at: datetime,
    rows: tuple[ScopeRow, ...] | None = None,
    statement: str | None = None,
) -> None:
    """What needs no statement takes effect with the decision, when there is an attestation; inside its transaction.

    rows, statement   the scope that remains after a reduction
    """
    if DecisionKind(decision.kind) in _STATED or decision.kind == DecisionKind.REFUSE:
        return
    if standing(decision) is not None:
        _settle(decision, _carry_out(decision, by=by, at=at, rows=rows, statement=statement), by=by, at=at)


def _issue(
    decision: Decision,
    *,
    rows: tuple[ScopeRow, ...],
    statement: str,
    sites: Sequence[Site],
    exclusions: Sequence[tuple[str, str]],
    number: str,
    prefix: str,
    by: Actor,
    at: datetime,
) -> Attestation:
    return attestations.issue(
        grant=attestations.Grant(
            decision_id=decision.pk,
            kind=ATTESTS[KINDS[decision.assessment_kind].attests],
            holder_id=decision.client_id,
            edition_key=decision.standard,
            statement=statement or decision.scope,
            scope=rows,
            decided_on=decision.decided_at.date(),
            effective_from=decision.effective_from,
            expires=decision.expires,
            sites=tuple(sites),
            exclusions=tuple(exclusions),
            number=number,
            prefix=prefix,
        ),
        by=by,
        at=at,
    )


def _carry_out(
    decision: Decision, *, by: Actor, at: datetime, rows: tuple[ScopeRow, ...] | None, statement: str | None
) -> Attestation:
    row = standing(decision)
    if row is None:
        refuse([Refusal("attestation-missing", "ISO/IEC 17000:2020, 7.3", "Nothing was attested that could change.")])
        raise AssertionError  # refuse has raised
    return attestations.carry_out(
        attestation_id=row.pk,
        decision=DecisionKind(decision.kind),
        decision_id=decision.pk,
        decided_on=decision.decided_at.date(),
        effective_from=decision.effective_from,
        by=by,
        at=at,
        reason=decision.reasons,
        expires=decision.expires,
        scope=rows,
        statement=statement,
    )


def _settle(decision: Decision, row: Attestation, *, by: Actor, at: datetime) -> None:
    decision.attestation_id = row.pk
    decision.save(update_fields=["attestation_id"])
    tell(decision, "attested", by=by, at=at, after={"attestation": row.number})


def reasons_not_to_attest(decision: Decision) -> tuple[Refusal, ...]:
    """Why a decision cannot be carried out: it was a refusal, or it has been carried out."""
    return engine.reasons_not_to_attest(
        kind=KINDS[decision.assessment_kind],
        decision=DecisionKind(decision.kind),
        decided_by=str(decision.decided_by_id),
        attested=decision.attestation_id is not None,
    )


def _needs_an_end(decision: Decision) -> bool:
    granted = decision.kind == DecisionKind.GRANT and decision.expires is None
    return granted and KINDS[decision.assessment_kind].attests == "certification"


def _end_missing() -> Refusal:
    return Refusal(
        "end-missing",
        "ISO/IEC 17021-1:2015, 8.2.2",
        "The decision sets no last day, and a certificate has to name one.",
        "Decide anew with the day on which the certification ends.",
    )


def _scope_missing() -> Refusal:
    return Refusal(
        "scope-missing",
        "ISO/IEC 17011:2017, 7.8.3",
        "The scope names no activity, standard and sector.",
        "State the rows of the scope.",
    )
