"""Assessments of every kind on one set of tables.

Rules that hold here
* An assessment belongs to the organisation that assesses; its client sees it. Of an internal audit both are the same.
* What the client may not see stands in rows of its own: checklist notes, review, confidential notes of a decision.
* `kind` is a key of the catalogue's kinds; nothing here differs by kind.
* What a client's attestation is worth follows from the decisions in their order (`core.programme.cycle_of`).
* Who decided was not in the team: enforced by the action under a lock, since no CHECK can look into another table.
"""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from assaymark import catalogue
from assaymark.core import assessment as engine
from assaymark.core.competence import RelationKind, TeamRole
from assaymark.core.programme import DECISION_NAMES, DecisionFacts, DecisionKind, StageFacts
from assaymark.core.rules import Kind
from assaymark.core.standards import Edition
from assaymark.records.parties.models import Organisation, Person
from assaymark.records.scope import Owned

_BOTH = "organisation_id = {organisation} OR client_id = {organisation}"
_THROUGH = (
    "organisation_id = {organisation} OR assessment_id IN"
    " (SELECT id FROM assessments_assessment WHERE client_id = {organisation})"
)
KINDS: dict[str, Kind] = {kind.key: kind for kind in catalogue.kinds()}
KIND_CHOICES = [(kind.key, kind.title) for kind in catalogue.kinds()]


def _text() -> models.TextField[str, str]:
    return models.TextField(blank=True, default="")


def _words(names: type[TeamRole] | type[RelationKind]) -> list[tuple[str, str]]:
    return [(name.value, name.value.replace("_", " ").capitalize()) for name in names]


class _Seen(Owned):
    """Rows with a client: owned by the body, visible to both."""

    client = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    ROW_SECURITY: ClassVar[str] = _BOTH

    class Meta(Owned.Meta):
        abstract = True

    @classmethod
    def visible_to(cls, organisation_id: UUID) -> Q:
        return Q(organisation_id=organisation_id) | Q(client_id=organisation_id)


class _PartOfAssessment(Owned):
    """Rows below an assessment that its client sees too."""

    assessment = models.ForeignKey("assessments.Assessment", on_delete=models.PROTECT, related_name="%(class)ss")

    ROW_SECURITY: ClassVar[str] = _THROUGH

    class Meta(Owned.Meta):
        abstract = True

    @classmethod
    def visible_to(cls, organisation_id: UUID) -> Q:
        return Q(organisation_id=organisation_id) | Q(assessment__client_id=organisation_id)


class Programme(Owned):
    """A set of audits planned for a period (ISO 19011:2018, 5; ISO 9001:2015, 9.2.2 a)."""

    kind = models.CharField(max_length=40, choices=KIND_CHOICES)
    title = models.CharField(max_length=200)
    starts = models.DateField()
    ends = models.DateField()
    objectives = _text()
    considered = models.TextField(blank=True, default="", help_text="Importance, changes, earlier results, risk")

    class Meta(Owned.Meta):
        ordering = ("-starts", "title")
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="programme_ends_after_start"),
            models.UniqueConstraint(fields=["organisation", "kind", "title"], name="programme_title_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Application(_Seen):
    """What a client asks a body to assess (ISO/IEC 17021-1:2015, 9.1.1; ISO/IEC 17011:2017, 7.2)."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", "Submitted"
        ACCEPTED = "accepted", "Accepted"
        REFUSED = "refused", "Refused"

    number = models.CharField(max_length=30)
    kind = models.CharField(max_length=40, choices=KIND_CHOICES)
    standard = models.CharField(max_length=60, help_text="Key of the edition")
    scope = _text()
    sectors = models.JSONField(default=list, blank=True)
    languages = models.JSONField(default=list, blank=True)
    sites = _text()
    processes = _text()
    personnel = models.PositiveIntegerField(null=True, blank=True)
    consultancy = models.TextField(blank=True, default="", help_text="Consultancy received and from whom, or none")
    state = models.CharField(max_length=20, choices=State.choices, default=State.SUBMITTED)
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verdict = models.TextField(blank=True, default="", help_text="Why it was accepted or refused")

    class Meta(_Seen.Meta):
        abstract = False
        ordering = ("-submitted_at",)
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="application_number_once"),
            models.CheckConstraint(
                condition=Q(state="submitted") | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="application_verdict_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.client}"

    def facts(self) -> engine.ApplicationFacts:
        """What the core decides by."""
        values = {
            "scope": self.scope,
            "sites": self.sites,
            "processes": self.processes,
            "personnel": self.personnel,
            "standards": self.standard,
            "consultancy": self.consultancy,
        }
        accepted = self.state == self.State.ACCEPTED and self.reviewed_at is not None
        return engine.ApplicationFacts(
            missing=tuple(name for name, value in values.items() if not value),
            accepted_on=self.reviewed_at.date() if accepted and self.reviewed_at else None,
        )


class Assessment(_Seen):
    """One audit or assessment, from its plan to its end."""

    number = models.CharField(max_length=30)
    kind = models.CharField(max_length=40, choices=KIND_CHOICES)
    title = models.CharField(max_length=200)
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, null=True, blank=True, related_name="assessments"
    )
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, null=True, blank=True, related_name="assessments"
    )
    standard = models.CharField(max_length=60, help_text="Key of the edition")
    criteria = _text()
    scope = _text()
    objectives = _text()
    sectors = models.JSONField(default=list, blank=True)
    languages = models.JSONField(default=list, blank=True)
    state = models.CharField(
        max_length=20,
        choices=[(key.value, word) for key, word in engine.STATE_NAMES.items()],
        default=engine.State.PLANNED.value,
    )
    starts = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    planned_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    objection = _text()
    summary = models.TextField(blank=True, default="", help_text="Conclusion of the audit, in the report")
    recommendation = _text()
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta(_Seen.Meta):
        abstract = False
        ordering = ("-starts", "-id")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="assessment_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=[item.value for item in engine.State]), name="assessment_state_known"
            ),
            models.CheckConstraint(
                condition=Q(starts__isnull=True) | Q(ends__gte=F("starts")), name="assessment_ends_after_start"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["reported", "reviewed"]) | Q(reported_at__isnull=False),
                name="assessment_report_has_day",
            ),
            models.CheckConstraint(
                condition=~Q(kind="internal_audit") | Q(client=F("organisation")), name="internal_audit_is_of_oneself"
            ),
            models.CheckConstraint(
                condition=Q(kind="internal_audit") | ~Q(client=F("organisation")), name="assessment_is_of_another"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "kind", "state", "starts"], name="assessment_by_state"),
            models.Index(fields=["client", "kind"], name="assessment_by_client"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def about(self) -> Kind:
        """The kind's words and settings."""
        return KINDS[self.kind]

    @property
    def edition(self) -> Edition:
        """The edition assessed against. Raises KeyError when it does not ship."""
        return catalogue.edition(self.standard)

    @property
    def standard_name(self) -> str:
        """The standard as it is cited; its key when the edition does not ship."""
        try:
            return self.edition.name
        except KeyError:
            return self.standard

    @property
    def own(self) -> bool:
        """Whether an organisation assesses itself."""
        return self.client_id == self.organisation_id

    def facts(self) -> engine.AssessmentFacts:
        """What the core decides by; a constant number of queries (`records.assessments.facts`)."""
        from assaymark.records.assessments.facts import facts_of

        return facts_of(self)


class Stage(_PartOfAssessment):
    """One audit within an assessment: stage 1, stage 2, surveillance, witness; of an internal audit the only one."""

    kind = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    starts = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)
    days = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True, help_text="Audit days")
    on_site = models.BooleanField(default=True)
    started_at = models.DateTimeField(null=True, blank=True)
    concluded_at = models.DateTimeField(null=True, blank=True)
    conclusion = _text()
    reported_at = models.DateTimeField(null=True, blank=True)

    class Meta(_PartOfAssessment.Meta):
        abstract = False
        ordering = ("position", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts__isnull=True) | Q(ends__gte=F("starts")), name="stage_ends_after_start"
            ),
            models.UniqueConstraint(fields=["assessment", "position"], name="stage_position_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Its kind in words."""
        return self.kind.replace("_", " ").capitalize()

    def facts(self) -> StageFacts:
        """What the core decides by."""
        return StageFacts(
            kind=self.kind,
            starts=self.starts,
            ends=self.ends,
            on_site=self.on_site,
            done=self.concluded_at is not None,
            concluded_on=self.concluded_at.date() if self.concluded_at else None,
            reported=self.reported_at is not None,
        )


class TeamMember(_PartOfAssessment):
    """Somebody in the team."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=_words(TeamRole))
    under = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(_PartOfAssessment.Meta):
        abstract = False
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["assessment", "person"], name="team_member_once"),
            models.UniqueConstraint(fields=["assessment"], condition=Q(role="lead"), name="team_has_one_leader"),
            models.CheckConstraint(condition=Q(role__in=[item.value for item in TeamRole]), name="team_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.role})"

    def facts(self) -> engine.Member:
        """What the core decides by."""
        return engine.Member(self.person_id, self.person.name, TeamRole(self.role), self.under_id)


class AuditedProcess(Owned):
    """A process within an audit of one's own organisation."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="audited_processes")
    process = models.ForeignKey("registers.Process", on_delete=models.PROTECT, related_name="+")

    class Meta(Owned.Meta):
        constraints = [models.UniqueConstraint(fields=["assessment", "process"], name="audited_process_once")]

    def __str__(self) -> str:
        return str(self.process)


class ChecklistLine(Owned):
    """One question of the checklist with its judgement; seen by the body alone."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    clause = models.CharField(max_length=40)
    requirement = models.CharField(max_length=40)
    text = models.TextField()
    question = _text()
    process = models.ForeignKey("registers.Process", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    judgement = models.CharField(
        max_length=20,
        blank=True,
        default="",
        choices=[(key.value, word) for key, word in engine.JUDGEMENT_NAMES.items()],
    )
    note = _text()
    evidence = _text()
    judged_at = models.DateTimeField(null=True, blank=True)
    judged_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Owned.Meta):
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["assessment", "position"], name="checklist_position_once"),
            models.CheckConstraint(
                condition=Q(judgement="") | Q(judged_at__isnull=False, judged_by__isnull=False),
                name="checklist_judged_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(judgement="") | Q(judgement__in=[item.value for item in engine.Judgement]),
                name="checklist_judgement_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement} {self.text}"


class Review(Owned):
    """The review of an assessment's results before a decision (ISO/IEC 17000:2020, 7.1); seen by the body alone."""

    assessment = models.OneToOneField(Assessment, on_delete=models.PROTECT, related_name="review")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    recommendation = _text()
    application_confirmed = models.BooleanField(default=False)
    objectives_reached = models.BooleanField(default=False)
    notes = _text()

    class Meta(Owned.Meta):
        pass

    def __str__(self) -> str:
        return self.recommendation

    def facts(self) -> engine.ReviewFacts:
        """What the core decides by."""
        return engine.ReviewFacts(
            by=self.by_id,
            by_name=self.by.name,
            on=self.at.date(),
            recommendation=self.recommendation,
            application_confirmed=self.application_confirmed,
            objectives_reached=self.objectives_reached,
        )


class Decision(_Seen):
    """What the body decided; an attestation and each of its changes rest on one (ISO/IEC 17000:2020, 7.2).

    attestation_id   the attestation that carried it out, set by `records.attestations`
    """

    number = models.CharField(max_length=30)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=20, choices=[(key.value, word) for key, word in DECISION_NAMES.items()])
    assessment_kind = models.CharField(max_length=40, choices=KIND_CHOICES)
    standard = models.CharField(max_length=60)
    scope = _text()
    sectors = models.JSONField(default=list, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    effective_from = models.DateField()
    expires = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True, help_text="Last day of a suspension")
    part = models.CharField(max_length=300, blank=True, default="", help_text="whole, or the part it concerns")
    reasons = _text()
    attestation_id = models.UUIDField(null=True, blank=True)

    class Meta(_Seen.Meta):
        abstract = False
        ordering = ("decided_at", "id")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="decision_number_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[item.value for item in DecisionKind]), name="decision_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(expires__isnull=True) | Q(expires__gte=F("effective_from")),
                name="decision_expires_after_start",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["suspend", "withdraw", "refuse", "reduce"]) | ~Q(reasons=""),
                name="decision_against_has_reasons",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "client", "assessment_kind"], name="decision_by_client")]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"

    def facts(self) -> DecisionFacts:
        """What the core decides by."""
        return DecisionFacts(DecisionKind(self.kind), self.decided_at.date(), self.effective_from, self.expires)


class DecisionNote(Owned):
    """What the body noted on a decision for itself; never shown to the client."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="note")
    text = models.TextField()

    class Meta(Owned.Meta):
        pass

    def __str__(self) -> str:
        return self.text[:60]


class CompetenceRecord(Owned):
    """What a person was evaluated to be able to do (ISO/IEC 17021-1:2015, 7.1 and 7.2)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    standard = models.CharField(max_length=60)
    role = models.CharField(max_length=20, choices=_words(TeamRole))
    sectors = models.JSONField(default=list, blank=True)
    languages = models.JSONField(default=list, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    basis = models.TextField(blank=True, default="", help_text="What the evaluation rests on")
    evaluated_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    evaluated_at = models.DateTimeField()

    class Meta(Owned.Meta):
        ordering = ("standard", "since")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="competence_ends_after_start"
            )
        ]
        indexes = [models.Index(fields=["organisation", "person"], name="competence_by_person")]

    def __str__(self) -> str:
        return f"{self.person}: {self.standard}"


class RelationRecord(Owned):
    """A tie of a person, or of the body itself (person empty), with a client (ISO/IEC 17021-1:2015, 5.2)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    client = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30, choices=_words(RelationKind))
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True, help_text="Empty while it goes on")
    note = _text()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta(Owned.Meta):
        ordering = ("client", "kind")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[item.value for item in RelationKind]), name="relation_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="relation_ends_after_start",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "client"], name="relation_by_client")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.client}"


class Explanation(Owned):
    """What somebody said of a suspicious pattern: why it is put aside, or why it is taken up again. Append-only.

    digest   of pattern, certificate and facts (`core.suspicion.Suspicion.digest`); other facts, nothing said yet
    """

    pattern = models.CharField(max_length=60)
    digest = models.CharField(max_length=32)
    number = models.CharField(max_length=100, help_text="Number of the certificate")
    aside = models.BooleanField(help_text="Otherwise it is taken up again")
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta(Owned.Meta):
        ordering = ("at", "id")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="explanation_has_reason")]
        indexes = [models.Index(fields=["organisation", "digest"], name="explanation_by_digest")]

    def __str__(self) -> str:
        return f"{self.number}: {self.pattern}"
