"""Reads about attestations: inside an organisation, and for the public register.

Functions named `public_…` open the system scope themselves: certificates that are public are public. Everything else
runs in the caller's scope.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet, Subquery

from assaymark.core.attestation import AttestationKind, Status, status_as_of
from assaymark.core.attestation import StatusEvent as StatusEventFacts
from assaymark.core.trust import Anchor
from assaymark.records.attestations import past
from assaymark.records.attestations.models import Attestation, Issue, Scope, StatusEvent, TrustAnchor
from assaymark.records.identifiers.models import LogEntry
from assaymark.records.parties.models import Organisation
from assaymark.records.scope import current_scope, system_scope

__all__ = [
    "Attestation",
    "anchors",
    "attestation",
    "attestations",
    "by_number",
    "chain_above",
    "counts",
    "current_above",
    "events_of",
    "everything",
    "find_by_number",
    "held_in_force",
    "issue_on",
    "listed",
    "newest_event",
    "newest_issue",
    "organisations_of",
    "place_in_chain",
    "public_attestation",
    "public_bodies",
    "public_by_number",
    "public_issuer",
    "public_organisation",
    "public_organisations",
    "public_search",
    "stamp_of",
    "status_bits",
    "status_on",
    "who_accredits",
    "with_parts",
]


def with_parts(queryset: QuerySet[Attestation]) -> QuerySet[Attestation]:
    """Issuer, holder, scope, events and issues in a constant number of queries."""
    return queryset.select_related("organisation", "holder").prefetch_related(
        Prefetch("scopes", queryset=Scope.unscoped.all()),
        Prefetch("statusevents", queryset=StatusEvent.unscoped.order_by("seq")),
        Prefetch("issues", queryset=Issue.unscoped.order_by("revision")),
    )


def attestations() -> QuerySet[Attestation]:
    """All that the scope's organisation issued or holds, with their parts."""
    return with_parts(Attestation.objects.all())


def _of_view(view: str) -> Q:
    scope = current_scope()
    assert scope is not None and scope.organisation_id is not None
    own = scope.organisation_id
    return {"issued": Q(organisation_id=own), "held": Q(holder_id=own)}.get(view, Q())


def listed(*, view: str, search: str = "") -> QuerySet[Attestation]:
    """What the scope's organisation issued ("issued") or holds ("held"), with both parties and the events."""
    rows = Attestation.objects.filter(_of_view(view)).select_related("organisation", "holder")
    if search:
        other = Q(holder__name__icontains=search) | Q(organisation__name__icontains=search)
        rows = rows.filter(Q(number__icontains=search) | other)
    events = Prefetch("statusevents", queryset=StatusEvent.unscoped.order_by("seq"))
    return rows.prefetch_related(events).order_by("number")


def counts() -> dict[str, int]:
    """How many there are of each view, in one query."""
    views = {view: Count("id", filter=_of_view(view)) for view in ("issued", "held")}
    found: dict[str, int] = Attestation.objects.aggregate(all=Count("id"), **views)
    return found


def attestation(*, attestation_id: UUID) -> Attestation:
    """One of them, with its parts. Raises DoesNotExist outside the scope."""
    return attestations().get(pk=attestation_id)


def by_number(*, number: str) -> Attestation | None:
    """The one with this number in the scope, issued before held."""
    return attestations().filter(number=number).first()


def find_by_number(*, number: str) -> list[Attestation]:
    """All with this number on the installation; for the operator and the register."""
    with system_scope():
        return list(with_parts(Attestation.unscoped.filter(number__iexact=number.strip())))


def everything() -> list[Attestation]:
    """Every attestation of the installation; for the operator."""
    with system_scope():
        return list(with_parts(Attestation.unscoped.all()))


def events_of(row: Attestation) -> tuple[StatusEventFacts, ...]:
    """The row's events as facts; uses what is prefetched."""
    return tuple(event.facts() for event in row.statusevents.all())


def status_on(
    row: Attestation, *, at: dt.datetime, known_at: dt.datetime | None = None
) -> tuple[Status, StatusEventFacts | None]:
    """Status on a moment as known on another (default: now), expiry included, with the event that made it so."""
    status, cause = status_as_of(events_of(row), at=at, known_at=known_at or max(at, dt.datetime.now(dt.UTC)))
    if status in (None, Status.VALID) and row.valid_until and at.date() > row.valid_until:
        return Status.EXPIRED, None
    return status or Status.VALID, cause


def newest_issue(row: Attestation) -> Issue:
    """The issue signed last."""
    return max(row.issues.all(), key=lambda issue: issue.revision)


def issue_on(row: Attestation, *, on: dt.date) -> Issue:
    """The issue that counts on a day: the newest that has begun by then, before the grant the first."""
    issues = sorted(row.issues.all(), key=lambda issue: issue.revision)
    begun = [issue for issue in issues if issue.effective_from is None or issue.effective_from <= on]
    return begun[-1] if begun else issues[0]


def current_above(*, organisation_id: UUID, kind: AttestationKind, on: dt.date) -> Attestation | None:
    """The attestation that the organisation itself rests on: the newest in force, else the newest at all."""
    with system_scope():
        rows = list(
            with_parts(Attestation.unscoped.filter(holder_id=organisation_id, kind=kind, valid_from__lte=on)).order_by(
                "-valid_from"
            )
        )
    at = dt.datetime.combine(on, dt.time(23, 59, 59), dt.UTC)
    in_force = [row for row in rows if status_on(row, at=at)[0] is Status.VALID]
    return next(iter(in_force or rows), None)


def place_in_chain(*, organisation_id: UUID) -> frozenset[str]:
    """What the organisation is, from what it issued and holds.

    "certified", "accredited", "recognised" by what it holds; "certifies", "accredits", "recognises" by what it issued.
    """
    with system_scope():
        issued = set(Attestation.unscoped.filter(organisation_id=organisation_id).values_list("kind", flat=True))
        held = set(Attestation.unscoped.filter(holder_id=organisation_id).values_list("kind", flat=True))
    does = {"certificate": "certifies", "accreditation": "accredits", "recognition": "recognises"}
    is_ = {"certificate": "certified", "accreditation": "accredited", "recognition": "recognised"}
    return frozenset({does[kind] for kind in issued} | {is_[kind] for kind in held})


def anchors() -> tuple[Anchor, ...]:
    """Whom this installation trusts at the top."""
    return tuple(row.facts() for row in TrustAnchor.objects.all())


def status_bits(*, organisation_id: UUID, at: dt.datetime) -> tuple[list[int], list[int]]:
    """Indices set in the suspension and in the revocation list of an issuer at a moment.

    Withdrawn and superseded issues are in both, suspended ones in the first (UNTP 0.7.0 allows one status entry).
    """
    with system_scope():
        issues = Issue.unscoped.filter(organisation_id=organisation_id).values_list(
            "attestation_id", "revision", "status_index", "effective_from"
        )
        counts: dict[UUID, int] = defaultdict(int)
        for attestation_id, revision, _, begins in issues:
            if begins is None or begins <= at.date():
                counts[attestation_id] = max(counts[attestation_id], revision)
        events: dict[UUID, list[StatusEventFacts]] = defaultdict(list)
        for event in StatusEvent.unscoped.filter(organisation_id=organisation_id).exclude(event="issued"):
            events[event.attestation_id].append(event.facts())
    suspended: list[int] = []
    revoked: list[int] = []
    for attestation_id, revision, index, _ in issues:
        status, _ = status_as_of(events.get(attestation_id, ()), at=at, known_at=at)
        if revision < counts[attestation_id] or status is Status.WITHDRAWN:
            suspended.append(index)
            revoked.append(index)
        elif status is Status.SUSPENDED:
            suspended.append(index)
    return suspended, revoked


def public_attestation(*, issuer_slug: str, number: str) -> Attestation:
    """One attestation for its public page. Raises DoesNotExist."""
    with system_scope():
        return with_parts(Attestation.unscoped.all()).get(organisation__slug=issuer_slug, number=number)


def public_search(*, text: str, limit: int = 50) -> list[Attestation]:
    """Listed attestations whose number or holder contains the text."""
    text = text.strip()
    if not text:
        return []
    match = Q(number__icontains=text) | Q(holder__name__icontains=text)
    with system_scope():
        found = with_parts(Attestation.unscoped.filter(match, public=True))
        return list(found.order_by("holder__name", "number")[:limit])


def public_bodies(*, text: str, limit: int = 12) -> list[Attestation]:
    """Listed accreditations and recognitions whose number or holder contains the text; certificates have their own
    search."""
    text = text.strip()
    if not text:
        return []
    match = Q(number__icontains=text) | Q(holder__name__icontains=text)
    with system_scope():
        rows = Attestation.unscoped.filter(match, public=True).exclude(kind=AttestationKind.CERTIFICATE)
        return list(with_parts(rows).order_by("holder__name", "number")[:limit])


def public_by_number(*, number: str) -> list[Attestation]:
    """All attestations with exactly this number, unlisted ones too: whoever knows the number may ask for the status."""
    return find_by_number(number=number) if number.strip() else []


def stamp_of(*, issuer_slug: str, number: str) -> tuple[UUID | None, UUID | None, UUID | None, bool | None]:
    """What an answer about an attestation depends on, in one query: the register's newest event, issue and change of a
    key, and whether the attestation is listed."""
    with system_scope():
        issue = Issue.unscoped.order_by("-id").values("pk")[:1]
        change = LogEntry.unscoped.order_by("-id").values("pk")[:1]
        one = Attestation.unscoped.filter(organisation__slug=issuer_slug, number=number).values("public")[:1]
        events = StatusEvent.unscoped.order_by("-id").annotate(
            issue=Subquery(issue), change=Subquery(change), listed=Subquery(one)
        )
        return events.values_list("pk", "issue", "change", "listed").first() or (None, None, None, None)


def newest_event(*, organisation_id: UUID) -> UUID | None:
    """The last event of an issuer; another one means that a signed status list is out of date."""
    with system_scope():
        events = StatusEvent.unscoped.filter(organisation_id=organisation_id).order_by("-id")
        return events.values_list("pk", flat=True).first()


def public_organisation(*, slug: str) -> tuple[Organisation, list[Attestation], list[Attestation]]:
    """An organisation of the register, what it holds, and how it may issue. Raises DoesNotExist when it is in none."""
    with system_scope():
        organisation = Organisation.objects.get(slug=slug)
        held = list(with_parts(Attestation.unscoped.filter(holder=organisation, public=True)))
        issued = list(with_parts(Attestation.unscoped.filter(organisation=organisation, public=True))[:200])
        if not (held or issued or TrustAnchor.objects.filter(organisation=organisation).exists()):
            raise Organisation.DoesNotExist
    return organisation, held, issued


def held_in_force(*, slug: str, at: dt.datetime) -> list[Attestation]:
    """The accreditations and recognitions that an organisation holds and that have not ended."""
    with system_scope():
        held = Attestation.unscoped.filter(holder__slug=slug).exclude(kind=AttestationKind.CERTIFICATE)
        rows = list(with_parts(held).order_by("number"))
    return [row for row in rows if status_on(row, at=at)[0] not in (Status.WITHDRAWN, Status.EXPIRED)]


def chain_above(row: Attestation) -> list[Attestation]:
    """Every attestation that the row's issuer, and the issuers above it, rest on; nearest first.

    Where an issuer has ended, also those of the body that answers for it.
    """
    found: list[Attestation] = []
    passed: set[UUID] = set()
    with system_scope():
        issuers = [row.organisation]
        for kind in (AttestationKind.ACCREDITATION, AttestationKind.RECOGNITION, AttestationKind.RECOGNITION):
            if row.kind != AttestationKind.CERTIFICATE and kind is AttestationKind.ACCREDITATION:
                if row.kind == AttestationKind.RECOGNITION:
                    break
                continue
            level = _with_heirs(issuers)
            above = list(
                with_parts(
                    Attestation.unscoped.filter(holder_id__in=level, kind=kind).exclude(organisation_id__in=passed)
                )
            )
            passed.update(level)
            found += above
            issuers = [one.organisation for one in above]
    return found


def _with_heirs(organisations: Iterable[Organisation]) -> list[UUID]:
    by_slug = {one.slug: one.pk for one in organisations}
    others = past.who_answers_for(by_slug) - by_slug.keys()
    found = Organisation.objects.filter(slug__in=others).values_list("pk", flat=True) if others else ()
    return [*by_slug.values(), *found]


def who_accredits() -> list[Organisation]:
    """The bodies of this installation that attest of other bodies: they accredit or recognise."""
    with system_scope():
        above = Attestation.unscoped.exclude(kind=AttestationKind.CERTIFICATE).values("organisation_id")
        return list(Organisation.objects.filter(pk__in=above).order_by("slug"))


def organisations_of(rows: Iterable[Attestation]) -> list[Organisation]:
    """The issuers of the rows, each once."""
    return list({row.organisation_id: row.organisation for row in rows}.values())


def public_issuer(*, slug: str) -> Organisation:
    """An organisation that has attested something. Raises DoesNotExist for others."""
    with system_scope():
        organisation = Organisation.objects.get(slug=slug)
        if not Attestation.unscoped.filter(organisation=organisation).exists():
            raise Organisation.DoesNotExist
    return organisation


def public_organisations(*, text: str, limit: int = 20) -> list[Organisation]:
    """Organisations of the register whose name contains the text."""
    with system_scope():
        listed = Attestation.unscoped.filter(public=True)
        known = (
            Q(pk__in=listed.values("holder_id"))
            | Q(pk__in=listed.values("organisation_id"))
            | Q(pk__in=TrustAnchor.objects.filter(organisation__isnull=False).values("organisation_id"))
        )
        return list(Organisation.objects.filter(known, name__icontains=text.strip())[:limit])
