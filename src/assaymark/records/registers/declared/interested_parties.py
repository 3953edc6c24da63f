"""Interested parties and what they require (ISO 9001:2015, 4.2, with Amd 1:2024 on climate change)."""

from __future__ import annotations

from django.db import models

from assaymark.core.registers import State
from assaymark.records.registers.declaration import Child, Column, Register, Section, View, declare
from assaymark.records.registers.row import LongText, RegisterEntry, RegisterRow, state_is_one_of


class PartyState(models.TextChoices):
    """Whether the party matters to the management system."""

    WATCHED = "watched", "Watched"
    RELEVANT = "relevant", "Relevant"
    NOT_RELEVANT = "not_relevant", "Not relevant"


class Relation(models.TextChoices):
    """Who they are to the organisation."""

    CUSTOMER = "customer", "Customer"
    SUPPLIER = "supplier", "Supplier"
    PERSONNEL = "personnel", "Personnel"
    OWNER = "owner", "Owner or investor"
    AUTHORITY = "authority", "Authority"
    NEIGHBOUR = "neighbour", "Neighbour or society"
    OTHER = "other", "Other"


class InterestedParty(RegisterRow):
    """A party whose requirements bear on the management system; its title is its name."""

    relation = models.CharField(max_length=20, choices=Relation.choices, default=Relation.CUSTOMER)
    relevance = LongText(help_text="Why they matter to the quality of what is delivered (4.2 a)")
    watched_how = LongText(
        "how they are listened to", help_text="Where their requirements are monitored and reviewed (4.2)"
    )
    climate_considered = models.BooleanField(
        "climate change considered",
        default=False,
        help_text="Parties can have requirements about climate change (Amd 1:2024, note to 4.2)",
    )

    class Meta(RegisterRow.Meta):
        abstract = False
        constraints = [*RegisterRow.Meta.constraints, state_is_one_of(PartyState, name="party_state_is_known")]


class PartyRequirement(RegisterEntry):
    """One thing that the party requires (4.2 b)."""

    party = models.ForeignKey(InterestedParty, on_delete=models.PROTECT, related_name="requirements")
    text = models.TextField("requirement", max_length=2000)
    binding = models.BooleanField("adopted as binding", default=False, help_text="Law, contract or own commitment")
    met_by = models.CharField(max_length=300, blank=True, default="", help_text="Process or document that meets it")

    class Meta(RegisterEntry.Meta):
        abstract = False

    def __str__(self) -> str:
        return self.text[:80]


INTERESTED_PARTIES = declare(
    Register(
        slug="interested-parties",
        model=InterestedParty,
        name="Interested parties",
        one="interested party",
        prefix="IP-",
        clause="4.2",
        group="Context",
        icon="users",
        title_label="Name",
        purpose="Who has requirements that bear on what you deliver, and which of them you meet.",
        example="Railway operators: castings with full traceability. Watched in the yearly framework talks.",
        states=(
            State("watched", "Watched", "neutral", to=("relevant", "not_relevant"), verb="Only watch"),
            State(
                "relevant",
                "Relevant",
                "conforming",
                requires=("relevance",),
                to=("watched", "not_relevant"),
                verb="Mark as relevant",
            ),
            State(
                "not_relevant",
                "Not relevant",
                "not-applicable",
                to=("watched", "relevant"),
                verb="Mark as not relevant",
            ),
        ),
        sections=(
            Section("Who they are", ("relation", "relevance")),
            Section("How we listen", ("watched_how", "climate_considered")),
        ),
        columns=(
            Column("number"),
            Column("title"),
            Column("relation"),
            Column("relevance", shown=False),
            Column("climate_considered"),
            Column("owner"),
            Column("state"),
            Column("review_on"),
        ),
        filters=("state", "relation", "climate_considered", "owner"),
        search=("number", "title", "relevance", "watched_how"),
        views=(View("climate", "Climate not considered", models.Q(climate_considered=False)),),
        quick_add=("title", "relation", "relevance"),
        review_months=12,
        review_states=("watched", "relevant"),
        children=(
            Child(
                name="requirements",
                label="Requirements",
                one="requirement",
                model=PartyRequirement,
                parent="party",
                fields=("text", "binding", "met_by"),
                order="entered_at",
            ),
        ),
    )
)
