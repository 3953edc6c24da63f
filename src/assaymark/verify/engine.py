"""The verification: open every file, pool what is known, judge each certificate on a date.

The eight steps are those of the documentation: form, signature, links, dates, status, scope, anchor, freshness.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assaymark.core.attestation import AttestationKind
from assaymark.core.trust import Anchor
from assaymark.formats import json_ld
from assaymark.formats.body_history import former_names_of
from assaymark.formats.credential import Credential
from assaymark.formats.did import Resolver
from assaymark.formats.moments import in_words
from assaymark.formats.strict_json import Json
from assaymark.verify.chain import Accreditation, Recognition, chain_above
from assaymark.verify.evidence import Fetch, Pool
from assaymark.verify.identifiers import CurrentKeys
from assaymark.verify.policy import Policy
from assaymark.verify.reading import Opened, open_file
from assaymark.verify.status import standing
from assaymark.verify.verdict import Answer, CertificateVerdict, ChainLink, Code, Finding, LinkFinding, Step


@dataclass(frozen=True, slots=True)
class Input:
    """One file: the name under which its verdict is reported, and its bytes."""

    name: str
    data: bytes


@json_ld.bounded()
def verify(
    inputs: Iterable[Input],
    *,
    at: dt.datetime,
    now: dt.datetime | None = None,
    known_at: dt.datetime | None = None,
    anchors: Sequence[Anchor] | None = None,
    fetch: Fetch | None = None,
    policy: Policy | None = None,
    documents: Mapping[str, dict[str, Json]] | None = None,
    resolver: Resolver | None = None,
) -> list[CertificateVerdict]:
    """Judge every certificate among the inputs on a date.

    ``at``: the moment asked about; ``now``: the present, after which nothing can have been written (default: ``at``;
    pass it when asking about the past); ``known_at``: count only what was recorded by then (default: ``now``). Aware.
    ``anchors``: the verifier's trust list; ``None`` means that none was given (recognised stays unknown), an empty
    list trusts nobody. ``fetch``: a bounded getter for addresses in the credentials; ``None`` stays offline.
    ``documents``: of identifiers, as the verifier got them by another way (`formats.given_keys`).
    All inputs together form the evidence: a fresh bundle beside an old PDF makes the PDF's status fresh.
    Files that hold only evidence (a status list) get no verdict unless nothing else was given.
    """
    policy, present = policy or Policy(), now or at
    resolver = resolver or CurrentKeys(fetch=fetch, now=present, policy=policy, documents=documents)
    pool = Pool(resolver=resolver, known_at=known_at or present, now=present, policy=policy, fetch=fetch)
    files = list(inputs)
    opened = [open_file(item.name, item.data, resolver=resolver, policy=policy, now=present) for item in files]
    brought = isinstance(resolver, CurrentKeys) and resolver.was_given_logs
    if len(files) > 1 and (brought or any(one.unsupported or one.problem for one in opened)):
        # A later file may have brought what an earlier one lacked, or hid: an identifier's log, or who saw it when.
        opened = [open_file(item.name, item.data, resolver=resolver, policy=policy, now=present) for item in files]
    for one in opened:
        for token in _evidence_of(one):
            pool.add(token, source=one.name)
    judged = [one for one in opened if not one.only_evidence]
    if any(_is_certificate(one) or one.problem for one in judged):
        judged = [one for one in judged if one.problem or one.unsupported or _is_certificate(one)]
    if not judged:
        return [_not_a_certificate(one, pool) for one in opened]
    return [_verdict(one, pool, anchors, at) for one in judged]


def _is_certificate(one: Opened) -> bool:
    return one.credential is not None and one.credential.kind is AttestationKind.CERTIFICATE


def _evidence_of(one: Opened) -> Iterable[str]:
    yield from one.evidence
    if one.credential and not one.problem:
        yield one.credential.token


def _not_a_certificate(one: Opened, pool: Pool) -> CertificateVerdict:
    reason = "The file holds a signed statement, but no certificate. Give it beside a certificate."
    left_out = [notice for notice in pool.notices if notice.startswith(f"{one.name}: left out")]
    if left_out:
        return _all_unknown(one, Finding(Answer.NO, Code.INVALID, left_out[0]), pool)
    return _all_unknown(one, Finding(Answer.UNKNOWN, Code.UNSUPPORTED, reason), pool)


def _only_signed(one: Opened, pool: Pool) -> CertificateVerdict:
    """A credential of another kind: its signature is judged, and nothing else, since nothing else is claimed."""
    rest = Finding(Answer.UNKNOWN, Code.UNSUPPORTED, "This is a signed credential, but no certificate.")
    authentic = Finding(Answer.YES, Code.VALID, one.signed)
    return replace(_all_unknown(one, authentic, pool), in_force=rest, accredited=rest, recognised=rest)


def _all_unknown(one: Opened, authentic: Finding, pool: Pool) -> CertificateVerdict:
    rest = Finding(
        Answer.UNKNOWN, authentic.code, "Not looked at: nothing in this file can be relied on before it is authentic."
    )
    credential = one.credential
    return CertificateVerdict(
        file=one.name,
        authentic=authentic,
        in_force=rest,
        accredited=rest,
        recognised=rest,
        certificate_number=credential.number if credential else None,
        holder=credential.subject_name if credential else None,
        standard=credential.label if credential else None,
        credential_id=credential.id if credential else None,
        steps=(Step(1, "Form and signature", authentic.answer, authentic.reason),),
        notices=tuple(pool.notices),
    )


def _verdict(one: Opened, pool: Pool, anchors: Sequence[Anchor] | None, at: dt.datetime) -> CertificateVerdict:
    credential = one.credential
    if one.unsupported:
        return _all_unknown(one, Finding(Answer.UNKNOWN, Code.UNSUPPORTED, one.unsupported), pool)
    if one.signed:
        return _only_signed(one, pool)
    if one.problem or credential is None:
        return _all_unknown(one, Finding(Answer.NO, Code.INVALID, one.problem), pool)
    pool.refresh(credential)
    authentic = _authentic(one, credential, pool.resolver)
    in_force = standing(credential, pool, at=at, noun=credential.kind.value)
    above, top = chain_above(credential, in_force, pool, anchors, at=at)
    return CertificateVerdict(
        file=one.name,
        authentic=authentic,
        in_force=in_force,
        accredited=above.finding,
        recognised=top.finding,
        certificate_number=credential.number or None,
        holder=credential.subject_name,
        standard=credential.label,
        credential_id=credential.id,
        issuer_name=credential.issuer_name,
        issuer_did=credential.issuer,
        kind=credential.kind.value,
        statement=str(credential.claims["credentialSubject"].get("scopeStatement", "")),
        valid_from=credential.valid_from,
        valid_until=credential.valid_until,
        public_url=credential.public_url,
        chain=_links(credential, above, top),
        steps=_steps(authentic, in_force, above, top),
        link_findings=_link_findings(credential, in_force, above, top, pool, at),
        notices=tuple(pool.notices) + _name_notice(credential, above),
        claims=credential.claims,
    )


def _authentic(one: Opened, credential: Credential, resolver: Resolver) -> Finding:
    proven = resolver.times.of(credential.digest) if isinstance(resolver, CurrentKeys) else None
    time = f"signed by {in_words(proven.at)}, when {proven.by} saw it" if proven else "when it was signed is claimed"
    return Finding(
        Answer.YES,
        Code.VALID,
        f"Signed by {credential.issuer_name} and unchanged since.",
        (f"key of the issuer: {credential.issuer}", time, *one.notes),
    )


def _name_notice(credential: Credential, above: Accreditation) -> tuple[str, ...]:
    """A look-alike name shows here: what a body calls itself against what its accreditation calls it."""
    held = above.credential
    if held is None or held is credential or held.subject_name == credential.issuer_name:
        return ()
    if above.heir is not None:
        return (above.heir.sentence,)
    old = next((one for one in former_names_of(held.claims) if one.name == credential.issuer_name), None)
    if old is not None:
        return (f"{old.name} was the name of {held.subject_name} until {in_words(old.until)}.",)
    return (f"The issuer calls itself {credential.issuer_name}; its accreditation names it {held.subject_name}.",)


def _links(credential: Credential, above: Accreditation, top: Recognition) -> tuple[ChainLink, ...]:
    """Draw the chain from the bottom up: each party with the attestation that it holds."""
    rungs = [credential]
    if above.credential and above.credential is not credential:
        rungs.append(above.credential)
    rungs.extend(top.path)
    roles = {
        AttestationKind.CERTIFICATE: "organisation",
        AttestationKind.ACCREDITATION: "certification body",
        AttestationKind.RECOGNITION: "accreditation body",
    }
    heirs = (*((above.heir,) if above.heir else ()), *top.heirs)
    remarks = {heir.credential.id: heir.remark for heir in heirs}
    links = [
        ChainLink(
            roles[rung.kind],
            rung.subject_name,
            rung.subject,
            rung.id,
            rung.number,
            rung.valid_from,
            rung.valid_until,
            rung.public_url,
            remark=remarks.get(rung.id, ""),
        )
        for rung in rungs
    ]
    last = rungs[-1]
    above_last = {
        AttestationKind.CERTIFICATE: "certification body",
        AttestationKind.ACCREDITATION: "accreditation body",
        AttestationKind.RECOGNITION: "arrangement",
    }
    links.append(ChainLink(above_last[last.kind], last.issuer_name, last.issuer, label=top.label, remark=top.remark))
    return tuple(links)


def _link_findings(
    credential: Credential, in_force: Finding, above: Accreditation, top: Recognition, pool: Pool, at: dt.datetime
) -> tuple[LinkFinding, ...]:
    """Tell of each attestation of the chain how it stands, and whether it covers the certificate."""
    found = [LinkFinding(f"{credential.kind.value} {credential.number}", "Is it in force?", in_force)]
    held = above.credential
    if held is not None and held is not credential:
        name = f"{held.kind.value} {held.number}"
        found.append(LinkFinding(name, "Is it in force?", above.status))
        found.append(LinkFinding(name, "Does it cover the certificate?", above.scope))
    for rung in top.path:
        status = standing(rung, pool, at=at, noun=rung.kind.value)
        found.append(LinkFinding(f"{rung.kind.value} {rung.number}", "Is it in force?", status))
    return tuple(found)


def _anchor_said(top: Recognition) -> str:
    if top.anchor is None:
        return top.finding.reason
    label = f" ({top.label})" if top.label else ""
    return f"{top.anchor.name}{label} is in the trust list."


def _steps(authentic: Finding, in_force: Finding, above: Accreditation, top: Recognition) -> tuple[Step, ...]:
    linked = Answer.YES if above.credential else above.finding.answer
    parents = tuple(f"{one.kind.value}: {one.id}" for one in (above.credential, *top.path) if one)
    dates = Answer.NO if in_force.code in (Code.EXPIRED, Code.NOT_YET_VALID) else Answer.YES
    fresh = [f for f in (in_force, above.status, top.finding) if f.code in (Code.STALE, Code.MISSING)]
    anchored = Answer.YES if top.anchor else top.finding.answer
    known = tuple(f"known on {in_words(f.known_at)}" for f in (in_force, above.status, top.finding) if f.known_at)
    return (
        Step(1, "Form", Answer.YES, "The file and the credential in it have the form that they claim."),
        Step(2, "Signature", authentic.answer, authentic.reason, authentic.evidence),
        Step(
            3,
            "Links",
            linked,
            "Each issuer is the subject above." if above.credential else above.finding.reason,
            parents or above.finding.evidence,
        ),
        Step(4, "Dates", dates, in_force.reason if dates is Answer.NO else "The date lies within the validity."),
        Step(5, "Status", in_force.answer, in_force.reason, in_force.evidence),
        Step(6, "Scope", above.scope.answer, above.scope.reason, above.scope.evidence),
        Step(7, "Anchor", anchored, _anchor_said(top), (f"anchor: {top.anchor.did}",) if top.anchor else ()),
        Step(
            8,
            "Freshness",
            Answer.UNKNOWN if fresh else Answer.YES,
            fresh[0].reason if fresh else "The knowledge is fresh enough for the date.",
            known,
        ),
    )
