"""Review and decision: the page where everything that stands in the way is said beside the button, with its clause.

Which decisions there are follows from the facts (`core.assessment.open_decisions`); one page serves them all, at every
level. Notes are for the body alone and are asked apart from the reasons, which the client reads.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assaymark.core import assessment as engine
from assaymark.core import programme
from assaymark.core.assessment import Step
from assaymark.core.programme import DecisionKind, add_months
from assaymark.core.refusal import Refused
from assaymark.records.assessments import actions, queries
from assaymark.records.assessments.dossier import attested_by, decision, note_on, review_of, to_attest
from assaymark.records.findings.queries import raised_in
from assaymark.web.assessments.record_page import SIGNS
from assaymark.web.assessments.views import to_record
from assaymark.web.certification.codes import area, date_field, given, sector_words
from assaymark.web.findings.record_page import sign_of
from assaymark.web.page import OrganisationRequest, page

# What a decision does, as its button and its title say it; the object is the kind's word for what is attested.
VERBS: dict[DecisionKind, tuple[str, str]] = {
    DecisionKind.GRANT: ("Grant the {attestation}", "circle-check"),
    DecisionKind.REFUSE: ("Refuse the {attestation}", "circle-x"),
    DecisionKind.MAINTAIN: ("Maintain the {attestation}", "check"),
    DecisionKind.RENEW: ("Renew the {attestation}", "refresh"),
    DecisionKind.EXTEND: ("Extend the scope", "arrow-up"),
    DecisionKind.REDUCE: ("Reduce the scope", "arrow-down"),
    DecisionKind.SUSPEND: ("Suspend the {attestation}", "player-pause"),
    DecisionKind.RESTORE: ("Restore the {attestation}", "player-play"),
    DecisionKind.WITHDRAW: ("Withdraw the {attestation}", "ban"),
}
SHOWN = 300
_AGAINST = frozenset({DecisionKind.REFUSE, DecisionKind.SUSPEND, DecisionKind.WITHDRAW, DecisionKind.REDUCE})
_ASKED: dict[DecisionKind, tuple[str, ...]] = {
    DecisionKind.GRANT: ("scope", "effective", "expires"),
    DecisionKind.REFUSE: (),
    DecisionKind.RENEW: ("scope", "effective", "expires"),
    DecisionKind.EXTEND: ("scope", "effective"),
    DecisionKind.REDUCE: ("scope", "part", "effective"),
    DecisionKind.SUSPEND: ("part", "effective", "until"),
}


class ReviewForm(forms.Form):
    """The review of the results before a decision (ISO/IEC 17000:2020, 7.1)."""

    recommendation = area("Recommendation", "What the results speak for.", required=True, rows=2)
    application_confirmed = forms.BooleanField(label="What the application said is confirmed", required=False)
    objectives_reached = forms.BooleanField(label="The objectives of the audit are reached", required=False)
    notes = area("Notes", "For your own people; the client never sees them.", rows=2)


class DecisionForm(forms.Form):
    """A decision; only what the chosen one needs is asked."""

    reasons = area("Reasons", "The client reads them.")
    scope = area("Scope in words", "As it is to stand in public.", rows=2)
    part = forms.CharField(label="Part it concerns", max_length=300, required=False, help_text="Empty: all of it.")
    effective = date_field("In effect from")
    expires = date_field("Ends on", "As the rules give it; an earlier day may be set.", required=False)
    until = date_field("Suspended until", "By then it is restored, reduced or withdrawn.", required=False)
    notes = area("Notes", "For your own people; the client never sees them.", rows=2)

    def __init__(self, *args: Any, taken: DecisionKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = {"reasons", "notes", *_ASKED.get(taken, ("effective",))}
        for name in set(self.fields) - kept:
            del self.fields[name]
        self.fields["reasons"].required = taken in _AGAINST


def verb(taken: DecisionKind, row: Any) -> str:
    """A decision in words."""
    return VERBS[taken][0].format(attestation=row.about.attestation)


@page("assessments.read")
@require_safe
def listed(request: OrganisationRequest) -> HttpResponseBase:
    """What waits for a decision or to be issued, and what was decided."""
    own = request.actor.organisation_id
    every = list(queries.decisions()[:SHOWN])
    waiting = list(queries.awaiting_decision())
    context = {
        "waiting": waiting,
        "unissued": [(row, queries.KINDS[row.assessment_kind]) for row in to_attest()],
        "taken": [row for row in every if row.organisation_id == own],
        "about_us": [row for row in every if row.organisation_id != own],
        "total": len(waiting),
        "section": "decisions",
    }
    return render(request, "certification/decisions.html", context)


@page("assessments.read")
@require_safe
def record(request: OrganisationRequest, decision_id: UUID) -> HttpResponseBase:
    """One decision, for body and client; the note for the body alone."""
    row = decision(decision_id=decision_id)
    owned = row.organisation_id == request.actor.organisation_id
    kind = queries.KINDS[row.assessment_kind]
    issued = row.attestation_id is not None
    context = {
        "row": row,
        "kind": kind,
        "owned": owned,
        "note": note_on(row) if owned else "",
        "standard": queries.standard_name(row.standard),
        "sectors": sector_words(row.sectors),
        "to_issue": owned and not issued and row.kind in {"grant", "extend", "renew"},
        "section": "decisions" if owned else "audits",
    }
    return render(request, "certification/decision.html", context)


@page("assessments.review")
def review(request: OrganisationRequest, assessment_id: UUID) -> HttpResponseBase:
    """Review the results, apart from those who found them."""
    found = queries.record(assessment_id=assessment_id)
    row, now = found.row, timezone.now()
    form = ReviewForm(given(request), initial={"recommendation": row.recommendation})
    act = engine.Act(by=request.actor.person_id, by_name=request.actor.name, at=now)
    rules = queries.rules_for(row.kind, on=now.date())
    refusals, status = engine.reasons_not_to(Step.REVIEW, row.facts(), act=act, rules=rules), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.review(assessment_id=assessment_id, by=request.actor, at=now, **form.cleaned_data)
                return to_record(request, assessment_id)
            except Refused as refused:
                refusals, status = refused.refusals, 409
    context = {"form": form, "row": row, "refusals": refusals, **_file(found), "section": "audits"}
    return render(request, "certification/review.html", context, status=status)


def _file(found: queries.Record) -> dict[str, Any]:
    """What review and decision rest on: findings, team, stages, the review."""
    findings: list[Any] = list(raised_in(assessment_id=found.row.pk))
    for finding in findings:
        finding.sign = sign_of(finding.state)
    return {
        "found": found,
        "findings": findings,
        "review": review_of(assessment_id=found.row.pk),
        "sign": SIGNS[engine.State(found.row.state)],
    }


def _initial(row: Any, facts: engine.AssessmentFacts, taken: DecisionKind, at: datetime) -> dict[str, Any]:
    """What the rules propose for a decision."""
    day, rules = at.date(), queries.rules_for(row.kind, on=at.date())
    cycle = facts.cycle if taken is DecisionKind.RENEW else None
    suspended = rules.get("SUS-3")
    return {
        "scope": row.scope,
        "effective": day,
        "expires": programme.expiry(rules=rules, effective_from=day, cycle=cycle),
        "until": add_months(day, suspended.number("months")) if suspended else None,
    }


def _chosen(request: OrganisationRequest, open_now: tuple[DecisionKind, ...]) -> DecisionKind:
    asked = request.GET.get("decision", "")
    found = [taken for taken in open_now if taken == asked]
    return next(iter([*found, *open_now]), DecisionKind.GRANT)


@page("assessments.decide")
def decide(request: OrganisationRequest, assessment_id: UUID) -> HttpResponseBase:
    """Decide. `?decision=` chooses among those that are open; what stands in the way of it is beside its button."""
    found = queries.record(assessment_id=assessment_id)
    row, now = found.row, timezone.now()
    facts = row.facts()
    open_now = engine.open_decisions(facts)
    taken = _chosen(request, open_now)
    form = DecisionForm(given(request), taken=taken, initial=_initial(row, facts, taken, now))
    refusals, status = queries.refusals_to_decide(facts, by=request.actor, at=now, decision=taken), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = actions.decide(
                    assessment_id=assessment_id, decision=taken, by=request.actor, at=now, **form.cleaned_data
                )
                return redirect("assessments:decision", request.actor.organisation_slug, made.pk)
            except Refused as refused:
                refusals, status = refused.refusals, 409
    context = {"form": form, "row": row, "choices": _choices(request, open_now, row), "cycle": facts.cycle}
    blocked = any(refusal.blocks for refusal in refusals)
    context |= _words(taken, row) | _file(found) | {"refusals": refusals, "blocked": blocked, "section": "decisions"}
    return render(request, "certification/decide.html", context, status=status)


def _words(taken: DecisionKind, row: Any) -> dict[str, Any]:
    """How the decision is called and looks."""
    tone = "danger" if taken in _AGAINST else "primary"
    return {"taken": taken, "verb": verb(taken, row), "icon": VERBS[taken][1], "tone": tone}


def _choices(request: OrganisationRequest, open_now: tuple[DecisionKind, ...], row: Any) -> list[tuple[str, str, str]]:
    """The decisions that are open, with their addresses. What remains after a reduction is asked row by row, beside
    the attestation."""
    attested = attested_by(row)
    found = []
    for one in open_now:
        address = f"?decision={one.value}"
        if one is DecisionKind.REDUCE and attested is not None:
            address = reverse("attestations:decide", args=[request.actor.organisation_slug, attested, one.value])
        found.append((one.value, one.capitalize(), address))
    return found
