"""The rows that readiness looks at, as legs of one UNION ALL: one query, however many ideas and rows.

Every leg gives the same columns (`COLUMNS`); what a leg does not have is NULL of the column's type, because PostgreSQL
wants the types of all legs to agree. `reading` knows what a leg's columns mean.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    UUIDField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, TruncDate

from assaymark.core.findings import State as FindingState
from assaymark.records.assessments.models import Assessment, AuditedProcess, Decision, Stage, TeamMember
from assaymark.records.assessments.queries import OPEN_STATES
from assaymark.records.attestations.models import Attestation
from assaymark.records.documents.models import Acknowledgement
from assaymark.records.documents.queries import revisions_in_force
from assaymark.records.evidence.models import Attachment, RequirementLink
from assaymark.records.findings.models import CorrectiveAction, Nonconformity
from assaymark.records.registers.declared.interested_parties import InterestedParty, PartyRequirement
from assaymark.records.registers.declared.measuring_equipment import Calibration, MeasuringEquipment, Outcome
from assaymark.records.registers.declared.objectives import Direction, Objective
from assaymark.records.registers.declared.processes import Process
from assaymark.records.registers.declared.risks import Risk
from assaymark.records.scope import current_scope

COLUMNS: dict[str, Any] = {
    "kind": CharField(),
    "key": UUIDField(),
    "owner": UUIDField(),
    "process": UUIDField(),
    "number": CharField(),
    "title": CharField(),
    "state": CharField(),
    "changed": DateField(),
    "on_1": DateField(),
    "on_2": DateField(),
    "on_3": DateField(),
    "n_1": IntegerField(),
    "n_2": IntegerField(),
    "n_3": IntegerField(),
    "n_4": IntegerField(),
    "text_1": TextField(),
    "text_2": TextField(),
}
Rows = QuerySet[Any, Any]


def leg(kind: str, rows: Any, **columns: Combinable | str) -> Rows:
    """Rows of one kind in the common columns; a string names a field."""
    given: dict[str, Any] = {"kind": Value(kind), **columns}
    made = {
        f"leg_{name}": Cast(F(value) if isinstance(value := given.get(name), str) else value or Value(None), field)
        for name, field in COLUMNS.items()
    }
    found: Rows = rows.order_by().annotate(**made).values_list(*made)
    return found


def yes(condition: Q | Exists) -> Case:
    """1 or 0."""
    return Case(When(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def filled(*fields: str) -> Case:
    """1 when all of these texts are there."""
    condition = Q()
    for field in fields:
        condition &= ~Q(**{field: ""})
    return yes(condition)


def counted(rows: Any, by: str) -> Subquery:
    """How many rows point to the outer one through `by`; NULL for none."""
    grouped = rows.filter(**{by: OuterRef("pk")}).order_by().values(by).annotate(n=Count("pk"))
    return Subquery(grouped.values("n"), output_field=IntegerField())


def _register(kind: str, model: Any, **columns: Combinable | str) -> Rows:
    rows = model.objects.filter(retired_at=None)
    common = {"key": "pk", "owner": "owner_id", "number": "number", "title": "title", "state": "state"}
    return leg(kind, rows, **common, changed=TruncDate("updated_at"), **columns)


def registers() -> list[Rows]:
    """Interested parties, processes, risks, objectives, measuring equipment."""
    audits = AuditedProcess.objects.filter(process=OuterRef("pk"), assessment__reported_at__isnull=False).order_by()
    latest = Calibration.objects.filter(equipment=OuterRef("pk")).order_by("-calibrated_on", "-id")
    latest_of_outer = Calibration.objects.filter(equipment=OuterRef(OuterRef("pk"))).order_by("-calibrated_on", "-id")
    # A certificate is a file of the latest calibration; one attached to the instrument since is taken for it too.
    of_latest = Q(subject_kind=Calibration.subject_kind(), subject_id=Subquery(latest_of_outer.values("pk")[:1]))
    of_instrument = Q(subject_kind=MeasuringEquipment.subject_kind(), subject_id=OuterRef("pk"))
    of_instrument &= Q(at__date__gte=OuterRef("calibrated_on"))
    files = Attachment.objects.filter(of_latest | of_instrument, removed_at=None)
    meets = Q(direction=Direction.UP, latest_value__gte=F("target"))
    meets |= Q(direction=Direction.DOWN, latest_value__lte=F("target"))
    on_target = Case(
        When(Q(latest_value=None) | Q(target=None), then=Value(None)),
        When(meets, then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )
    planned = yes(~Q(indicator="") & ~Q(plan="") & Q(target__isnull=False, due_on__isnull=False, owner__isnull=False))
    return [
        _register(
            "party",
            InterestedParty,
            on_1="review_on",
            n_1=counted(PartyRequirement.objects, "party"),
            n_2=yes(Q(climate_considered=True)),
        ),
        _register(
            "process",
            Process,
            on_1="review_on",
            on_2=Subquery(audits.values("process").annotate(last=Max("assessment__ends")).values("last")),
            n_1=filled("measures"),
            text_1="clauses",
        ),
        _register(
            "risk",
            Risk,
            process="process_id",
            on_1="review_on",
            on_2="treatment_due",
            n_1=F("likelihood") * F("impact"),
            n_2=F("residual_likelihood") * F("residual_impact"),
            n_3=filled("strategy", "treatment"),
        ),
        _register(
            "objective", Objective, process="process_id", on_1="due_on", on_2="latest_on", n_1=on_target, n_2=planned
        ),
        _register(
            "instrument",
            MeasuringEquipment,
            process="process_id",
            on_1="calibration_due",
            on_2="calibrated_on",
            n_1=Subquery(latest.annotate(out=yes(Q(outcome=Outcome.OUT))).values("out")[:1]),
            n_2=Subquery(latest.annotate(said=filled("impact")).values("said")[:1]),
            n_3=Subquery(latest.annotate(named=filled("certificate_number")).values("named")[:1]),
            n_4=yes(Exists(files)),
        ),
    ]


def documents(day: date) -> list[Rows]:
    """Documents in force on the day, with the confirmations of their reading."""
    tasks = Acknowledgement.objects.filter(cancelled_at=None)
    unread = tasks.filter(acknowledged_at=None)
    return [
        leg(
            "document",
            revisions_in_force(day),
            key="document_id",
            owner="document__owner_id",
            number="document__number",
            title="title",
            changed="effective_from",
            on_1="document__next_review",
            state=Case(
                When(approved_by__isnull=False, then=Value("approved")),
                When(imported_by__isnull=False, then=Value("imported")),
                default=Value(""),
                output_field=CharField(),
            ),
            n_1=counted(tasks.filter(acknowledged_at__isnull=False), "revision"),
            n_2=counted(unread, "revision"),
            n_3=counted(unread.filter(due__lt=day), "revision"),
            text_1="document__clauses",
        )
    ]


def findings(own: Any) -> list[Rows]:
    """Findings that are not closed, and corrective actions that are not done."""
    opened = Nonconformity.objects.filter(organisation_id=own).exclude(state=FindingState.CLOSED)
    undone = CorrectiveAction.objects.filter(organisation_id=own, done_at=None)
    return [
        leg(
            "finding",
            opened,
            key="pk",
            owner="owner_id",
            process="process_id",
            number="number",
            title="title",
            state="state",
            changed=TruncDate("raised_at"),
            on_1="due",
            on_2="answer_due",
            on_3="check_due",
            n_1=filled("cause"),
            n_2=yes(Q(assessment__isnull=False)),
            text_1="requirement",
            text_2="grade",
        ),
        leg(
            "action",
            undone,
            key="nonconformity_id",
            owner="owner_id",
            number="nonconformity__number",
            title="description",
            on_1="due",
        ),
    ]


def audits(own: Any, day: date) -> list[Rows]:
    """Audits by and of the organisation that are not over, and their stages that are to come."""
    answering = AuditedProcess.objects.filter(
        assessment=OuterRef("assessment"), process__owner_id=OuterRef("person")
    )  # fmt: skip
    conflicted = TeamMember.objects.filter(Exists(answering), assessment=OuterRef("pk"))
    opened = Assessment.objects.filter(Q(client_id=own) | Q(organisation_id=own), state__in=OPEN_STATES)
    coming = Stage.objects.filter(assessment__client_id=own, concluded_at=None, starts__gte=day)
    coming = coming.filter(assessment__state__in=OPEN_STATES)
    return [
        leg(
            "audit",
            opened,
            key="pk",
            number="number",
            title="title",
            state="state",
            changed=TruncDate("planned_at"),
            on_1="starts",
            on_2="ends",
            n_1=yes(Q(client_id=own, organisation_id=own)),
            n_2=yes(Exists(conflicted)),
            text_1="kind",
        ),
        leg(
            "stage",
            coming,
            key="assessment_id",
            number="assessment__number",
            title="assessment__title",
            state="kind",
            on_1="starts",
            n_1=yes(Q(assessment__organisation_id=own)),
            text_1="assessment__kind",
            text_2="assessment__organisation__name",
        ),
    ]


def attested(own: Any) -> list[Rows]:
    """Attestations held, the decisions about them and the surveillance carried out."""
    decided = Decision.objects.filter(client_id=own)
    held = Stage.objects.filter(assessment__client_id=own, concluded_at__isnull=False)
    held = held.exclude(assessment__organisation_id=own)
    return [
        leg(
            "certificate",
            Attestation.objects.filter(holder_id=own),
            key="pk",
            number="number",
            title="standard_label",
            state="edition_key",
            changed="valid_from",
            on_1="valid_until",
            text_1="exclusions",
            text_2="statement",
        ),
        leg(
            "decision",
            decided,
            key="attestation_id",
            number="organisation__name",
            title="kind",
            state="assessment_kind",
            changed=TruncDate("decided_at"),
            on_1="effective_from",
            on_2="expires",
            text_1="standard",
        ),
        leg(
            "held",
            held,
            key="assessment_id",
            title="kind",
            state="assessment__kind",
            on_1="starts",
            on_2="ends",
            n_1=yes(Q(on_site=True)),
            text_1="assessment__standard",
        ),
    ]


def links(edition: str) -> list[Rows]:
    """Links from records to the edition's requirements, counted by requirement."""
    rows = RequirementLink.objects.filter(edition=edition)
    return [leg("link", rows, key="subject_id", state="requirement")]


def rows(*, day: date, edition: str) -> list[tuple[Any, ...]]:
    """Everything in one query, each row in the order of `COLUMNS`."""
    scope = current_scope()
    assert scope is not None and scope.organisation_id is not None
    own = scope.organisation_id
    first, *others = (
        *registers(),
        *documents(day),
        *findings(own),
        *audits(own, day),
        *attested(own),
        *links(edition),
    )
    return list(first.union(*others, all=True))
