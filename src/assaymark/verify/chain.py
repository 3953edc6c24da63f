"""The chain above a certificate: who accredited its body, who recognised that accreditation body, up to an anchor.

Rules that hold here
* Each link is an attestation whose subject is the issuer of the link below (identifiers, never names).
* A body never accredits itself; a party that was only accredited recognises nobody; chains are at most four links
  long and pass no party twice.
* Accreditation covers standard, edition, sector and country of the certificate (ISO/IEC 17011:2017 7.8.3); each
  exceedance is named by row and dimension. Recognition covers the activity and the competence standard.
* An attestation that the link below pins by digest is refused when the digest differs. A successor under another
  identifier counts: accreditations are renewed without certificates being reissued.
* An anchor counts on the days of its interval; what a predecessor stated before its end counts on under its successor
  (`core.succession`). A body that merged is spoken for by its heir's attestation (`verify.takeover`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assaymark.core.attestation import AttestationKind
from assaymark.core.recognition_labels import label_on, label_sentence
from assaymark.core.succession import Standing, standing_of
from assaymark.core.trust import EVERYTHING, Anchor, Containment, ScopeRow, evaluate_scope
from assaymark.formats.credential import Credential
from assaymark.formats.moments import in_words
from assaymark.verify.evidence import Pool
from assaymark.verify.identifiers import CurrentKeys
from assaymark.verify.status import standing
from assaymark.verify.takeover import Heir, heirs_of, stated_on, too_late, transfer_over
from assaymark.verify.verdict import Answer, Code, Finding

RANK = {Answer.YES: 2, Answer.UNKNOWN: 1, Answer.NO: 0}


@dataclass(frozen=True, slots=True)
class Accreditation:
    """What was found about the accreditation of a certificate's body, and the attestation it rests on."""

    finding: Finding
    status: Finding
    scope: Finding
    credential: Credential | None = None
    heir: Heir | None = None


@dataclass(frozen=True, slots=True)
class Recognition:
    """What was found about recognition, the attestations passed on the way up, and the anchor reached.

    ``label`` is the recognition label that was right on the date; ``remark`` tells of an anchor that has ended;
    ``heirs`` are those of the path that stand for others.
    """

    finding: Finding
    path: tuple[Credential, ...] = ()
    anchor: Anchor | None = None
    label: str = ""
    remark: str = ""
    heirs: tuple[Heir, ...] = ()


def not_pinned_otherwise(found: list[Credential], below: Credential, pool: Pool) -> list[Credential]:
    """Drop a substitute: same identifier as the link below names, another digest than it pins."""
    kept = []
    for candidate in found:
        if candidate.id == below.parent_id and below.parent_digest not in ("", candidate.digest):
            pool.notice(f"{candidate.id}: left out, it is not the {candidate.kind.value} whose digest is pinned below.")
        else:
            kept.append(candidate)
    return kept


def chain_above(
    credential: Credential,
    in_force: Finding,
    pool: Pool,
    anchors: Sequence[Anchor] | None,
    *,
    at: dt.datetime,
) -> tuple[Accreditation, Recognition]:
    """Judge accreditation and recognition together, and choose the accreditation that leads furthest.

    One that leads to an anchor counts before one that does not: an accreditation by a stranger, added to the file,
    must not hide that the real one was withdrawn. ``in_force`` is the finding about the credential itself.
    """
    if credential.kind is AttestationKind.CERTIFICATE:
        candidates = _accreditations(credential, pool, at)
    else:
        scope = Finding(Answer.YES, Code.VALID, "The attestation states its own scope.")
        candidates = [Accreditation(in_force, in_force, scope, credential)]
    pool.steps = 0
    pairs = [(found, recognition_of(credential, found, pool, anchors, at)) for found in candidates]
    return max(pairs, key=_worth)


def _worth(pair: tuple[Accreditation, Recognition]) -> tuple[int, int, int, dt.datetime]:
    accredited, recognised = RANK[pair[0].finding.answer], RANK[pair[1].finding.answer]
    held = pair[0].credential
    start = held.valid_from if held else dt.datetime.min.replace(tzinfo=dt.UTC)
    return (min(accredited, recognised) // 2, recognised, accredited, start)


def _accreditations(certificate: Credential, pool: Pool, at: dt.datetime) -> list[Accreditation]:
    pool.get(certificate.parent_id)
    found = not_pinned_otherwise(pool.held_by(certificate.issuer, AttestationKind.ACCREDITATION), certificate, pool)
    heirs = heirs_of(certificate.issuer, AttestationKind.ACCREDITATION, pool, on=at.date())
    for candidate in (*found, *(heir.credential for heir in heirs)):
        pool.refresh(candidate)
    own = [_judge(certificate, candidate, pool, at) for candidate in found] or [no_accreditation(certificate)]
    inherited = [_judge_heir(certificate, heir, found, pool, at) for heir in heirs]
    return [_told_of_end(one, heirs) for one in own] + inherited


def _told_of_end(accredited: Accreditation, heirs: Sequence[Heir]) -> Accreditation:
    """Say beside an accreditation that does not stand that its body merged or handed on."""
    held = accredited.credential
    told = [heir.sentence for heir in heirs if held is None or heir.credential.issuer == held.issuer]
    if not told or accredited.finding.answer is Answer.YES:
        return accredited
    finding = replace(accredited.finding, reason=f"{accredited.finding.reason} {told[0]}")
    return replace(accredited, finding=finding)


def _judge_heir(
    certificate: Credential, heir: Heir, own: Sequence[Credential], pool: Pool, at: dt.datetime
) -> Accreditation:
    """Judge a certificate of a former body by the accreditation of the one that answers for it."""
    judged = replace(_judge(certificate, heir.credential, pool, at), heir=heir)
    against = (
        too_late(certificate, heir)
        or _failed_on_the_eve(certificate, heir, own, pool)
        or transfer_over(certificate, heir, pool, on=at.date())
    )
    if against:
        return replace(judged, finding=Finding(Answer.NO, Code.UNACCREDITED, against, judged.finding.evidence))
    return replace(judged, finding=replace(judged.finding, reason=f"{heir.sentence} {judged.finding.reason}"))


def _failed_on_the_eve(certificate: Credential, heir: Heir, own: Sequence[Credential], pool: Pool) -> str:
    """Return why the former body's own accreditation had failed before the heir came; empty when none is known to."""
    eve = dt.datetime.combine(heir.of.since - dt.timedelta(days=1), dt.time(23, 59, 59), dt.UTC)
    judged = [_judge(certificate, candidate, pool, eve).finding for candidate in own]
    if not judged or any(finding.answer is not Answer.NO for finding in judged):
        return ""
    return f"On the eve {heir.of.name} was not accredited for this: {judged[0].reason} {heir.sentence}"


def no_accreditation(certificate: Credential) -> Accreditation:
    """Tell what it means that no accreditation of the body is at hand."""
    if certificate.parent_id:
        by = f" by {certificate.parent_name}" if certificate.parent_name else ""
        finding = Finding(
            Answer.UNKNOWN,
            Code.MISSING,
            f"The certificate names an accreditation{by}, but it is not at hand. "
            "Give a bundle beside the file, or verify online.",
            (f"named: {certificate.parent_id}",),
        )
    else:
        finding = Finding(
            Answer.NO,
            Code.UNACCREDITED,
            f"{certificate.issuer_name} names no accreditation, and none is at hand.",
        )
    return Accreditation(finding, finding, finding)


def _judge(certificate: Credential, candidate: Credential, pool: Pool, at: dt.datetime) -> Accreditation:
    status = standing(candidate, pool, at=at, noun="accreditation")
    scope = scope_within(certificate, candidate.scope, candidate, at)
    parts = (status, scope)
    worst = min(parts, key=lambda finding: RANK[finding.answer])
    who = f"{candidate.subject_name}, accreditation {candidate.number}, by {candidate.issuer_name}"
    if worst.answer is Answer.YES:
        finding = Finding(
            Answer.YES,
            Code.VALID,
            f"{candidate.issuer_name} accredits {candidate.subject_name} for this scope "
            f"(accreditation {candidate.number}), as known on {in_words(status.known_at or at)}.",
            (who, *status.evidence, *scope.evidence),
            status.known_at,
        )
    else:
        finding = replace(worst, evidence=(who, *status.evidence, *scope.evidence))
    return Accreditation(finding, status, scope, candidate)


def scope_within(certificate: Credential, rows: Sequence[ScopeRow], holder: Credential, at: dt.datetime) -> Finding:
    """Compare a certificate with the rows of what its body holds; every gap is named."""
    result = evaluate_scope(claims=certificate.scope, scope=rows, on=at.date())
    gaps = tuple(gap.sentence() for gap in result.gaps[:5])
    what = f"{holder.kind.value} {holder.number}"
    if result.containment is Containment.COVERED:
        used = ", ".join(row for row in result.rows if row)
        return Finding(Answer.YES, Code.VALID, f"Covered by {what}.", (f"scope rows: {used}",) if used else ())
    if result.containment is Containment.NOT_STATED:
        return Finding(
            Answer.UNKNOWN,
            Code.SCOPE_NOT_STATED,
            f"The certificate does not state enough of its scope to compare it with {what}.",
            gaps,
        )
    return Finding(
        Answer.NO, Code.OUT_OF_SCOPE, f"The certificate lies outside {what}. {gaps[0] if gaps else ''}".strip(), gaps
    )


def recognition_of(
    certificate: Credential,
    accredited: Accreditation,
    pool: Pool,
    anchors: Sequence[Anchor] | None,
    at: dt.datetime,
) -> Recognition:
    """Follow recognition upwards from the accreditation body to an anchor of the verifier."""
    below = accredited.credential
    if below is None:
        if accredited.finding.answer is Answer.NO:
            reason = "There is no accreditation, so there is nothing that could be recognised."
            return Recognition(Finding(Answer.NO, Code.UNACCREDITED, reason))
        reason = "The accreditation is not at hand, so who stands above it is not known."
        return Recognition(Finding(Answer.UNKNOWN, Code.MISSING, reason))
    passed = () if below is certificate else (certificate.issuer,)
    return _climb(certificate, below, pool, anchors, at, passed)


def _standing(
    below: Credential, certificate: Credential, anchors: Sequence[Anchor] | None, pool: Pool, at: dt.datetime
) -> Standing:
    """Tell how the issuer of ``below`` stands to the trust list, for all activities of the certificate."""
    return standing_of(
        below.issuer,
        anchors=anchors or (),
        on=at.date(),
        stated_on=stated_on(below),
        activities={row.activity for row in certificate.scope},
        predecessors=pool.policy.predecessors,
    )


def _anchored(
    standing_: Standing, certificate: Credential, below: Credential, pool: Pool, at: dt.datetime
) -> Recognition:
    """The top is reached: say by whom, and under which label on the date."""
    held = standing_.holder
    assert held is not None and standing_.anchor is not None
    activities = {row.activity for row in certificate.scope}
    name = held.label or standing_.anchor.label
    told = label_sentence(name, on=at.date(), activities=activities)
    reason = f"{standing_.reason} {told}." if told else standing_.reason
    evidence = (f"anchor: {below.issuer}", *((f"source: {held.source}",) if held.source else ()))
    label = label_on(name, on=at.date(), activities=activities)
    remark = ""
    if standing_.successor is not None and standing_.anchor.valid_until is not None:
        remark = f"until {in_words(standing_.anchor.valid_until)}, succeeded by {standing_.successor.name}"
        evidence = (*evidence, _stated(below, standing_.anchor.valid_until, pool))
    return Recognition(Finding(Answer.YES, Code.VALID, reason, evidence), (), standing_.anchor, label, remark)


def _stated(below: Credential, end: dt.date, pool: Pool) -> str:
    """Say how it is known that a statement was made before its issuer ended: seen by others, or its own word."""
    times = pool.resolver.times if isinstance(pool.resolver, CurrentKeys) else None
    seen = times.of(below.digest) if times else None
    if seen and seen.at.date() <= end:
        return f"{below.kind.value} {below.number}: seen before that end, on {in_words(seen.at)} by {seen.by}"
    return f"{below.kind.value} {below.number}: of {in_words(stated_on(below))}, as its issuer says"


def _climb(
    certificate: Credential,
    below: Credential,
    pool: Pool,
    anchors: Sequence[Anchor] | None,
    at: dt.datetime,
    passed: tuple[str, ...],
) -> Recognition:
    """Judge the issuer of ``below``: an anchor itself, or recognised by somebody who leads to one."""
    did = below.issuer
    top = _standing(below, certificate, anchors, pool, at)
    if top.counts:
        return _anchored(top, certificate, below, pool, at)
    if did in passed or len(passed) >= pool.policy.max_depth:
        reason = "The chain runs in a circle or is too long." if did in passed else "The chain is too long."
        return Recognition(Finding(Answer.NO, Code.UNRECOGNISED, reason))
    if pool.steps > pool.policy.max_steps:  # unknown, never no: a way that was not followed may lead to an anchor
        return Recognition(Finding(Answer.UNKNOWN, Code.MISSING, "Too many recognitions to follow them all."))
    pool.get(below.parent_id)
    found = not_pinned_otherwise(pool.held_by(did, AttestationKind.RECOGNITION), below, pool)
    heirs = heirs_of(did, AttestationKind.RECOGNITION, pool, on=at.date())
    pool.steps += 1 + len(found) + len(heirs)
    if not found and not heirs:
        return Recognition(_top(below, top, anchors))
    steps = []
    for candidate in found:
        pool.refresh(candidate)
        steps.append(_step(certificate, candidate, pool, anchors, at, (*passed, did)))
    for heir in heirs:
        pool.refresh(heir.credential)
        steps.append(_inherited(certificate, below, heir, pool, anchors, at, (*passed, did)))
    return max(steps, key=lambda step: (RANK[step.finding.answer], len(step.path)))


def _inherited(
    certificate: Credential,
    below: Credential,
    heir: Heir,
    pool: Pool,
    anchors: Sequence[Anchor] | None,
    at: dt.datetime,
    passed: tuple[str, ...],
) -> Recognition:
    """Judge what a former accreditation body stated by the recognition of the one that answers for it."""
    if late := too_late(below, heir):
        return Recognition(Finding(Answer.NO, Code.UNRECOGNISED, late))
    found = _step(certificate, heir.credential, pool, anchors, at, passed)
    finding = replace(found.finding, reason=f"{heir.sentence} {found.finding.reason}")
    return replace(found, finding=finding, heirs=(heir, *found.heirs))


def _top(below: Credential, top: Standing, anchors: Sequence[Anchor] | None) -> Finding:
    """Tell that nobody above is at hand, and why the issuer itself is no anchor on the date."""
    name = below.issuer_name
    if below.parent_id:
        by = f" by {below.parent_name}" if below.parent_name else ""
        reason = f"{name} names a recognition{by}, but it is not at hand."
        return Finding(Answer.UNKNOWN, Code.MISSING, reason, (f"named: {below.parent_id}",))
    if anchors is None:
        reason = f"The chain ends at {name}. No trust list was given to hold it against."
        return Finding(Answer.UNKNOWN, Code.NO_TRUST_LIST, reason)
    reason = top.reason or (
        f"The chain ends at {name}, which is not in your trust list and names nobody who recognises it."
    )
    return Finding(Answer.NO, Code.UNRECOGNISED, reason, (f"top of the chain: {below.issuer}",))


def _step(
    certificate: Credential,
    candidate: Credential,
    pool: Pool,
    anchors: Sequence[Anchor] | None,
    at: dt.datetime,
    passed: tuple[str, ...],
) -> Recognition:
    status = standing(candidate, pool, at=at, noun="recognition")
    anywhere = tuple(replace(row, countries=EVERYTHING, iaf=EVERYTHING, editions=EVERYTHING) for row in candidate.scope)
    scope = scope_within(certificate, anywhere, candidate, at)
    above = _climb(certificate, candidate, pool, anchors, at, passed)
    path = (candidate, *above.path)
    worst = min((status, scope, above.finding), key=lambda finding: RANK[finding.answer])
    if worst.answer is not Answer.YES:
        return replace(above, finding=worst, path=path)
    finding = Finding(
        Answer.YES,
        Code.VALID,
        f"{candidate.issuer_name} recognises {candidate.subject_name} ({candidate.number}); {above.finding.reason}",
        (*status.evidence, *above.finding.evidence),
        status.known_at,
    )
    return replace(above, finding=finding, path=path)
