"""A decision is carried out: what the certificate, accreditation or recognition states, row by row (7.8.3, 8.2.2).

Warnings say before the signature what a verifier will say after it: that the body is not accredited, or not for this
scope (ISO/IEC 17011:2017, 7.8.3). They do not block: a body may certify
outside its accreditation, but not as accredited.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db import IntegrityError, transaction
from django.forms import formset_factory
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from assaymark import catalogue
from assaymark.core.attestation import AttestationKind, Site
from assaymark.core.refusal import Refusal, Refused
from assaymark.core.rules import Kind
from assaymark.core.trust import ANY, EVERYTHING, ScopeRow
from assaymark.records.assessments import actions, queries
from assaymark.records.assessments.actions.attestation import (
    ATTESTS,
    COMPETENCE,
    MANAGEMENT_SYSTEMS,
    reasons_not_to_attest,
    scope_of,
    standard_urn,
    standing,
)
from assaymark.records.assessments.dossier import decision
from assaymark.records.assessments.queries import Decision
from assaymark.records.attestations.actions import scope_warnings
from assaymark.records.attestations.queries import attestation as attestation_of
from assaymark.web.certification.codes import CodesField, PairsField, SectorsField, area
from assaymark.web.page import OrganisationRequest, page

ROWS = 4


def _standards() -> list[tuple[str, str]]:
    """Standards that a scope can name: those that anything is certified to, once each; and all of them."""
    certified = next(kind for kind in catalogue.kinds() if kind.attests == "certification")
    names = {standard_urn(key): catalogue.edition(key).standard.designation for key in certified.criteria}
    return [*names.items(), (ANY, "Every standard")]


class RowForm(forms.Form):
    """One row of a scope."""

    standard = forms.ChoiceField(label="Standard", required=False)
    editions = CodesField(label="Editions", pattern=r"\d{4}", example="2015")
    iaf = SectorsField(label="Sectors")
    countries = CodesField(label="Countries", pattern="[A-Z]{2}", example="GB, IE", upper=True)
    activity = forms.CharField(initial=MANAGEMENT_SYSTEMS, max_length=40, widget=forms.HiddenInput)
    competence = forms.CharField(initial=COMPETENCE, max_length=80, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["standard"].choices = [("", "No row"), *_standards()]  # type: ignore[attr-defined]

    def row(self, number: int) -> ScopeRow | None:
        """The row, when a standard is named."""
        data = self.cleaned_data
        if not data.get("standard"):
            return None
        return ScopeRow(
            activity=data["activity"],
            competence=data["competence"],
            standard=data["standard"],
            editions=frozenset(data["editions"]) or EVERYTHING,
            iaf=frozenset(str(code) for code in data["iaf"]) or EVERYTHING,
            countries=frozenset(data["countries"]) or EVERYTHING,
            row=str(number),
        )


class StatementForm(forms.Form):
    """What is stated beside the rows."""

    statement = area("Scope in words", "As it stands in public.", required=True)
    sites = area("Sites", "One a line: name; address; country code.", rows=3)
    exclusions = PairsField(
        label="Requirements that do not apply",
        example="8.3: Customers give the drawings.",
        help_text="One a line, with the reason: 8.3: Customers give the drawings.",
    )
    number = forms.CharField(label="Number", max_length=40, required=False, help_text="Empty: the next one.")

    def __init__(self, *args: Any, first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not first:  # an extension and a renewal state scope and dates; the rest stands
            for name in ("sites", "exclusions", "number"):
                del self.fields[name]

    def clean_sites(self) -> tuple[Site, ...]:
        """Sites of the form “Works; 14 Canal Road, Leeds; GB”."""
        found = []
        for line in self.cleaned_data["sites"].splitlines():
            if line.strip():
                name, address, country = (*(part.strip() for part in line.split(";")), "", "")[:3]
                if len(country) > 2:
                    raise forms.ValidationError(f"“{country}” is not a country code of two letters.")
                found.append(Site(name, address, country.upper()))
        return tuple(found)


Rows = formset_factory(RowForm, extra=0, max_num=20, validate_max=True)


def _first_rows(row: Decision) -> tuple[ScopeRow, ...]:
    """The rows proposed: those that stand, those of the decision, or one with the sectors applied for."""
    made = standing(row)
    if made is not None:
        return tuple(scope.facts() for scope in attestation_of(attestation_id=made.pk).scopes.all())
    return scope_of(row) or (
        ScopeRow(
            MANAGEMENT_SYSTEMS,
            COMPETENCE,
            _standards()[0][0] if row.sectors else ANY,
            iaf=frozenset(str(code) for code in row.sectors) or EVERYTHING,
        ),
    )


def _initial_rows(rows: tuple[ScopeRow, ...]) -> list[dict[str, Any]]:
    def stated(codes: frozenset[str], *, number: bool = False) -> list[str]:
        return [] if ANY in codes else sorted(codes, key=lambda code: int(code) if number else code)

    given = [
        {
            "activity": row.activity,
            "competence": row.competence,
            "standard": row.standard,
            "editions": stated(row.editions),
            "iaf": stated(row.iaf, number=True),
            "countries": stated(row.countries),
        }
        for row in rows
    ]
    return given + [{"activity": MANAGEMENT_SYSTEMS, "competence": COMPETENCE}] * max(1, ROWS - len(given))


def _statement(row: Decision) -> dict[str, Any]:
    application, country = row.assessment.application, row.client.country
    lines = (application.sites if application else "").splitlines()
    sites = ["; ".join([*(part.strip() for part in line.split(",", 1)), country]) for line in lines if line.strip()]
    return {"statement": row.scope, "sites": "\n".join(sites)}


def _warnings(row: Decision, rows: tuple[ScopeRow, ...]) -> tuple[Refusal, ...]:
    kind = ATTESTS.get(queries.KINDS[row.assessment_kind].attests, AttestationKind.CERTIFICATE)
    return scope_warnings(issuer_id=row.organisation_id, kind=kind, scope=rows, on=row.effective_from)


def _issue(row: Decision, form: StatementForm, rows: tuple[ScopeRow, ...], request: OrganisationRequest) -> None:
    """Sign it; a number that is taken is said beside its field."""
    try:
        with transaction.atomic():
            actions.attest(decision_id=row.pk, scope=rows, by=request.actor, at=timezone.now(), **form.cleaned_data)
    except IntegrityError:
        form.add_error("number" if "number" in form.fields else None, "This number is taken.")


@page("attestations.maintain")
def attest(request: OrganisationRequest, decision_id: UUID) -> HttpResponseBase:
    """State the scope and issue. “Check” answers with the warnings only; “Issue” signs."""
    row = decision(decision_id=decision_id)
    kind: Kind = queries.KINDS[row.assessment_kind]
    given = request.POST if "form-TOTAL_FORMS" in request.POST else None
    proposed = _first_rows(row)
    form = StatementForm(given, first=row.kind == "grant", initial=_statement(row))
    lines = Rows(given, initial=_initial_rows(proposed))
    refusals, status = reasons_not_to_attest(row), 200 if request.method == "GET" else 422
    warnings = _warnings(row, proposed)
    if given is not None and form.is_valid() and lines.is_valid():
        rows = tuple(r for r in (line.row(n) for n, line in enumerate(lines, start=1)) if r)
        warnings, status = _warnings(row, rows), 200
        if "issue" in given:
            try:
                _issue(row, form, rows, request)
                if form.is_valid():
                    return redirect("assessments:decision", request.actor.organisation_slug, row.pk)
            except Refused as refused:
                refusals = refused.refusals
            status = 409 if refusals else 422
    context = {"row": row, "kind": kind, "form": form, "lines": lines, "warnings": warnings, "refusals": refusals}
    context |= {"section": "decisions", "codes": catalogue.sectors()}
    return render(request, "certification/attest.html", context, status=status)
