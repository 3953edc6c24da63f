"""Nonconformities and the actions against them.

Rules that hold here
* A nonconformity belongs to the organisation that has to deal with it; whoever raised it there sees it too.
* `state` follows from the facts (`core.findings.state_of`) and is written by actions only; lists filter by it.
* What was closed has its day and its person, and is not changed any more (10.2.2).
"""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from assaymark import catalogue
from assaymark.core import findings
from assaymark.records.parties.models import Organisation, Person
from assaymark.records.scope import Owned


class Source(models.TextChoices):
    """Where a finding came from."""

    REPORT = "report", "Report"
    AUDIT = "audit", "Audit"
    COMPLAINT = "complaint", "Complaint"
    SUPPLIER = "supplier", "Supplier"
    PROCESS = "process", "Process"
    REVIEW = "review", "Management review"


def _text() -> models.TextField[str, str]:
    return models.TextField(blank=True, default="")


class Nonconformity(Owned):
    """Something that does not meet a requirement, or a remark worth keeping (grade observation, opportunity)."""

    number = models.CharField(max_length=30)
    title = models.CharField(max_length=200)
    grade = models.CharField(max_length=20, choices=[(g.value, g.value.capitalize()) for g in findings.Grade])
    state = models.CharField(
        max_length=20,
        choices=[(key.value, word) for key, word in findings.STATE_NAMES.items()],
        default=findings.State.RAISED.value,
    )
    source = models.CharField(max_length=20, choices=Source.choices, default=Source.REPORT)
    happened = _text()
    evidence = _text()
    standard = models.CharField(max_length=60, blank=True, default="", help_text="Key of the edition")
    requirement = models.CharField(max_length=40, blank=True, default="", help_text="Clause or requirement, 8.6 a")
    process = models.ForeignKey(
        "registers.Process", on_delete=models.PROTECT, null=True, blank=True, related_name="findings"
    )
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    raised_by_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    assessment = models.ForeignKey(
        "assessments.Assessment", on_delete=models.PROTECT, null=True, blank=True, related_name="findings"
    )
    line = models.ForeignKey(
        "assessments.ChecklistLine", on_delete=models.PROTECT, null=True, blank=True, related_name="findings"
    )
    due = models.DateField(null=True, blank=True)
    answer_due = models.DateField(null=True, blank=True)

    containment = _text()
    correction = _text()
    contained_at = models.DateTimeField(null=True, blank=True)
    contained_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    cause = _text()
    whys = models.JSONField(default=list, blank=True)
    fishbone = models.JSONField(default=dict, blank=True)
    similar = _text()
    analysed_at = models.DateTimeField(null=True, blank=True)
    analysed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    criterion = _text()
    check_due = models.DateField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    check_result = _text()
    effective = models.BooleanField(null=True, blank=True)
    risks = _text()
    changes = _text()

    answer_accepted_at = models.DateTimeField(null=True, blank=True)
    answer_accepted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer_note = _text()
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    ROW_SECURITY: ClassVar[str] = "organisation_id = {organisation} OR raised_by_organisation_id = {organisation}"

    class Meta(Owned.Meta):
        ordering = ("-raised_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="nonconformity_number_once"),
            models.CheckConstraint(
                condition=Q(grade__in=[item.value for item in findings.Grade]), name="nonconformity_grade_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[item.value for item in findings.State]), name="nonconformity_state_known"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="closed", closed_at__isnull=False, closed_by__isnull=False)
                    | (~Q(state="closed") & Q(closed_at__isnull=True, closed_by__isnull=True))
                ),
                name="nonconformity_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(checked_at__isnull=True) | Q(effective__isnull=False, checked_by__isnull=False),
                name="nonconformity_check_has_result",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed")
                | Q(grade__in=["observation", "opportunity"])
                | Q(effective=True, effective__isnull=False),
                name="nonconformity_closed_when_effective",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed")
                | Q(grade__in=["observation", "opportunity"])
                | Q(raised_by_organisation=F("organisation"))
                | Q(answer_accepted_at__isnull=False),
                name="nonconformity_closed_when_accepted",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "due"], name="nonconformity_open"),
            models.Index(fields=["organisation", "-raised_at"], name="nonconformity_newest"),
            models.Index(fields=["organisation", "requirement"], name="nonconformity_by_clause"),
            models.Index(fields=["assessment"], name="nonconformity_by_audit"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @classmethod
    def visible_to(cls, organisation_id: UUID) -> Q:
        return Q(organisation_id=organisation_id) | Q(raised_by_organisation_id=organisation_id)

    @property
    def clause(self) -> str:
        """The clause of the requirement: "8.6" for "8.6 a"."""
        return self.requirement.split(" ")[0]

    @property
    def citation(self) -> str:
        """Requirement with its standard, "ISO 9001:2015, 8.6 a"; empty when none is named."""
        if not self.requirement:
            return ""
        try:
            return f"{catalogue.edition(self.standard).name}, {self.requirement}"
        except KeyError:
            return self.requirement

    @property
    def clause_title(self) -> str:
        """The clause's short title, empty when the edition does not know it."""
        try:
            return catalogue.edition(self.standard).clause(self.clause).title
        except KeyError:
            return ""

    @property
    def is_open(self) -> bool:
        """Whether it still has to be dealt with."""
        return self.state != findings.State.CLOSED

    @property
    def from_another(self) -> bool:
        """Whether another organisation raised it here."""
        return self.raised_by_organisation_id != self.organisation_id

    def facts(self) -> findings.NonconformityFacts:
        """What the core decides by. Costs at most two queries: actions with their people, and who raised it."""
        return findings.NonconformityFacts(
            number=self.number,
            title=self.title,
            grade=findings.Grade(self.grade),
            raised_on=self.raised_at.date(),
            happened=self.happened,
            evidence=self.evidence,
            requirement=self.citation,
            containment=self.containment,
            correction=self.correction,
            cause=self.cause,
            whys=tuple(self.whys),
            similar=self.similar,
            actions=tuple(action.facts() for action in self.actions.all()) if self.pk else (),
            criterion=self.criterion,
            check_due=self.check_due,
            checked_on=self.checked_at.date() if self.checked_at else None,
            checked_by=self.checked_by_id,
            effective=self.effective,
            risks=self.risks,
            changes=self.changes,
            closed_on=self.closed_at.date() if self.closed_at else None,
            raised_by_body=self.raised_by_organisation.name if self.from_another else "",
            answer_accepted_on=self.answer_accepted_at.date() if self.answer_accepted_at else None,
            verified_on=self.verified_at.date() if self.verified_at else None,
            due=self.due,
        )


class CorrectiveAction(Owned):
    """One action against the cause (10.2.1 c), with its owner and due date."""

    nonconformity = models.ForeignKey(Nonconformity, on_delete=models.PROTECT, related_name="actions")
    description = models.CharField(max_length=300)
    owner = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    due = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_note = _text()

    ROW_SECURITY: ClassVar[str] = (
        "organisation_id = {organisation} OR nonconformity_id IN"
        " (SELECT id FROM findings_nonconformity WHERE raised_by_organisation_id = {organisation})"
    )

    class Meta(Owned.Meta):
        ordering = ("due", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(done_by__isnull=False), name="corrective_action_done_by_somebody"
            )
        ]
        indexes = [models.Index(fields=["organisation", "done_at", "due"], name="corrective_action_open")]

    def __str__(self) -> str:
        return self.description

    @classmethod
    def visible_to(cls, organisation_id: UUID) -> Q:
        return Q(organisation_id=organisation_id) | Q(nonconformity__raised_by_organisation_id=organisation_id)

    def facts(self) -> findings.ActionFacts:
        """What the core decides by."""
        return findings.ActionFacts(
            description=self.description,
            owner_id=self.owner_id,
            owner_name=self.owner.name,
            due=self.due,
            done_on=self.done_at.date() if self.done_at else None,
            done_by=self.done_by_id,
        )
