"""Risks: what may go wrong, how likely, how bad, what is done about it (ISO 9001:2015, 6.1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q

from assaymark.core.refusal import Refusal
from assaymark.core.registers import RowFacts, State
from assaymark.records.registers.declaration import Column, DueField, MatrixChart, Register, Section, View, declare
from assaymark.records.registers.row import LongText, RegisterRow, state_is_one_of

HIGH = 10  # likelihood times impact from which a risk is not accepted without treatment
CLAUSE = "ISO 9001:2015, 6.1.2"

LIKELIHOOD = [(1, "1 Rare"), (2, "2 Unlikely"), (3, "3 Possible"), (4, "4 Likely"), (5, "5 Almost certain")]
IMPACT = [(1, "1 Slight"), (2, "2 Minor"), (3, "3 Moderate"), (4, "4 Major"), (5, "5 Severe")]


class RiskState(models.TextChoices):
    """Where the risk stands."""

    OPEN = "open", "Open"
    TREATED = "treated", "In treatment"
    CONTROLLED = "controlled", "Controlled"
    ACCEPTED = "accepted", "Accepted"
    GONE = "gone", "Gone"


class Strategy(models.TextChoices):
    """What is done about it (6.1.2, note 1)."""

    AVOID = "avoid", "Avoid"
    REDUCE = "reduce", "Reduce"
    SHARE = "share", "Share"
    ACCEPT = "accept", "Accept by decision"


def _grade(choices: list[tuple[int, str]], **options: Any) -> models.PositiveSmallIntegerField[Any, Any]:
    return models.PositiveSmallIntegerField(choices=choices, **options)


class Risk(RegisterRow):
    """A risk; its title says what may happen."""

    cause = LongText(help_text="What it comes from")
    effect = LongText(help_text="What it would do to products, services or customers")
    process = models.ForeignKey("registers.Process", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    likelihood = _grade(LIKELIHOOD, default=3)
    impact = _grade(IMPACT, default=3)
    strategy = models.CharField(max_length=20, choices=Strategy.choices, blank=True, default="")
    treatment = LongText(help_text="What is done about it, and within which process (6.1.2 b)")
    treatment_due = models.DateField(null=True, blank=True)
    residual_likelihood = _grade(LIKELIHOOD, null=True, blank=True)
    residual_impact = _grade(IMPACT, null=True, blank=True)
    effectiveness = LongText(help_text="How it was seen that the treatment works (6.1.2 b 2)")

    class Meta(RegisterRow.Meta):
        abstract = False
        constraints = [
            *RegisterRow.Meta.constraints,
            state_is_one_of(RiskState, name="risk_state_is_known"),
            models.CheckConstraint(condition=Q(likelihood__range=(1, 5), impact__range=(1, 5)), name="risk_is_graded"),
            models.CheckConstraint(
                condition=Q(residual_likelihood__isnull=True, residual_impact__isnull=True)
                | Q(
                    residual_likelihood__isnull=False,
                    residual_impact__isnull=False,
                    residual_likelihood__range=(1, 5),
                    residual_impact__range=(1, 5),
                ),
                name="risk_residual_is_graded_twice",
                violation_error_message="Grade both residual likelihood and residual impact, or neither.",
                violation_error_code="field:residual_impact",
            ),
        ]

    @property
    def level(self) -> int:
        """Likelihood times impact, 1 to 25."""
        return int(self.likelihood * self.impact)

    @property
    def residual(self) -> int | None:
        """The level that remains after treatment."""
        if self.residual_likelihood is None or self.residual_impact is None:
            return None
        return int(self.residual_likelihood * self.residual_impact)


def residual_is_judged(facts: RowFacts, state: str, at: datetime) -> Iterator[Refusal]:
    """Controlled: what remains is graded and below the limit. Accepting a high one is a decision."""
    values = facts.values
    remaining = (values["residual_likelihood"] or values["likelihood"]) * (
        values["residual_impact"] or values["impact"]
    )
    if state == RiskState.CONTROLLED and remaining >= HIGH:
        yield Refusal(
            "risk-residual-high",
            CLAUSE,
            f"What remains is {remaining} of 25; from {HIGH} on a risk is not under control.",
            "Treat it further, or accept it by decision.",
        )
    if state == RiskState.ACCEPTED and remaining >= HIGH and values["strategy"] != Strategy.ACCEPT:
        yield Refusal(
            "risk-accept-high",
            CLAUSE,
            f"A risk of {remaining} of 25 is accepted only by decision.",
            "Choose the strategy “Accept by decision” and say why under treatment.",
        )


_IS_HIGH = Q(pk__in=[])
for _step in range(1, 6):
    _IS_HIGH |= Q(likelihood=_step, impact__gte=-(-HIGH // _step))

_TREATMENT = ("owner", "strategy", "treatment", "treatment_due")

RISKS = declare(
    Register(
        slug="risks",
        model=Risk,
        name="Risks",
        one="risk",
        prefix="R-",
        clause="6.1",
        clauses=("6.1.1", "6.1.2"),
        group="Planning",
        icon="alert-triangle",
        title_label="What may happen",
        purpose="What may keep you from delivering what was promised, and what you do about it.",
        example="Our only heat treatment supplier fails. Likelihood 2, impact 5. Treatment: a second one by June.",
        states=(
            State("open", "Open", "attention", to=("treated", "accepted", "gone"), verb="Open again"),
            State(
                "treated",
                "In treatment",
                "in-review",
                requires=_TREATMENT,
                to=("controlled", "accepted", "gone"),
                verb="Start the treatment",
            ),
            State(
                "controlled",
                "Controlled",
                "conforming",
                requires=("owner", "treatment", "residual_likelihood", "residual_impact", "effectiveness"),
                to=("open", "treated", "gone"),
                verb="Declare it controlled",
            ),
            State("accepted", "Accepted", "neutral", requires=("owner",), to=("open", "gone"), verb="Accept the risk"),
            State("gone", "Gone", "closed", verb="Close: it cannot happen any more"),
        ),
        sections=(
            Section("What may happen", ("cause", "effect", "process")),
            Section("How likely, how bad", ("likelihood", "impact")),
            Section("What we do about it", ("strategy", "treatment", "treatment_due")),
            Section("What remains", ("residual_likelihood", "residual_impact", "effectiveness")),
        ),
        columns=(
            Column("number"),
            Column("title"),
            Column("process"),
            Column("likelihood", shown=False),
            Column("impact", shown=False),
            Column("level", "Level", sort=F("likelihood") * F("impact")),
            Column("residual", "Residual", sort=F("residual_likelihood") * F("residual_impact")),
            Column("owner"),
            Column("state"),
            Column("treatment_due"),
            Column("review_on", shown=False),
        ),
        filters=("state", "process", "strategy", "likelihood", "impact", "owner"),
        search=("number", "title", "cause", "effect", "treatment"),
        views=(View("high", "High", _IS_HIGH),),
        quick_add=("title", "likelihood", "impact", "owner"),
        due=(DueField("treatment_due", "Finish the treatment", states=("open", "treated")),),
        review_months=6,
        review_states=("open", "treated", "controlled", "accepted"),
        charts=(MatrixChart("Risks by likelihood and impact", likelihood="likelihood", impact="impact"),),
        rules=(residual_is_judged,),
    )
)
