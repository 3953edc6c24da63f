"""Pages for everybody. They read the public register, which opens its own scope."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from assaymark.records.attestations import explanation, identity, queries, verification
from assaymark.records.attestations.queries import Attestation
from assaymark.records.identifiers import queries as identifiers
from assaymark.records.register import changes
from assaymark.verify import CertificateVerdict, Input
from assaymark.web.attestations import scope_words
from assaymark.web.limits import limited
from assaymark.web.page import public_page
from assaymark.web.public import machine_views, pictures, words
from assaymark.web.public.asking import day_asked, wants_credential
from assaymark.web.public.forms import DayForm, FileForm
from assaymark.web.public.kept import kept


@require_safe
@kept
@limited("certificate-page", a_minute=240)
@vary_on_headers("Accept")
@public_page
def attestation(request: HttpRequest, *, issuer: str, number: str) -> HttpResponseBase:
    """A certificate, accreditation or recognition: answers, chain, scope, history; to verifiers the credential."""
    if wants_credential(request):
        return machine_views.credential(request, issuer=issuer, number=number)
    row, now = queries.public_attestation(issuer_slug=issuer, number=number), timezone.now()
    asked = day_asked(request, now=now)
    if not row.public:
        status, cause = queries.status_on(row, at=_end_of(asked) if asked else now)
        context = {"row": row, "now": now, "asked": asked, "status": status.value, "cause": cause}
        return render(request, "public/unlisted.html", context)
    verdict = verification.verdict_on(row, at=_end_of(asked) if asked else now, now=now)
    context = {"row": row, "now": now, "asked": asked, "form": DayForm(request.GET or None), "verdict": verdict}
    return render(request, "public/attestation.html", context | _shown(verdict, row, asked=asked, now=now))


def _end_of(day: dt.date) -> dt.datetime:
    """The last second of a day, as `assaymark verify --at` takes it."""
    return dt.datetime.combine(day, dt.time(23, 59, 59), dt.UTC)


def _shown(
    verdict: CertificateVerdict, row: Attestation, *, asked: dt.date | None, now: dt.datetime
) -> dict[str, object]:
    body = changes.own_party(row.organisation.slug) if row.kind == "certificate" else None
    return {
        "ended": changes.said_of_end(body.pk if body else None, on=asked or now.date()),
        "lead": words.lead(verdict, row, asked=asked, now=now),
        "questions": words.questions(verdict, row, now=now),
        "advice": words.advice(verdict, row),
        "seals": pictures.seals(verdict, row),
        "sectors": words.sectors(row),
        "scope": scope_words.lines(line.facts() for line in row.scopes.all()) if row.kind != "certificate" else (),
        "life": pictures.life(row, now=now),
        "periods": verification.periods(row, now=now),
    }


@csrf_exempt  # changes nothing and knows nobody: public pages set no cookie
@require_http_methods(["GET", "HEAD", "POST"])
@limited("verify-page", a_minute=60)
@public_page
def verify(request: HttpRequest) -> HttpResponseBase:
    """Type a number, or hand in a file: four answers."""
    number = request.GET.get("number", "").strip()[:100]
    if request.method != "POST":
        exact = queries.public_by_number(number=number)
        if len(exact) == 1:
            return redirect("attestation", issuer=exact[0].organisation.slug, number=exact[0].number)
        found = exact or queries.public_search(text=number)
        return render(request, "public/verify.html", {"form": FileForm(), "number": number, "found": found})
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "public/verify.html", {"form": form, "number": ""}, status=422)
    file = form.cleaned_data["file"]
    now = timezone.now()
    verdicts = verification.verdicts_of_files([Input(file.name, file.read())], now=now)
    shown = [(v, words.questions(v, now=now), pictures.seals(v)) for v in verdicts]
    return render(request, "public/verdicts.html", {"shown": shown, "now": now})


@require_safe
@public_page
def learn(request: HttpRequest) -> HttpResponseBase:
    """Is ISO 9001 a certification or an accreditation? In plain words, then for a concrete organisation."""
    text = request.GET.get("organisation", "").strip()[:100]
    found = queries.public_organisations(text=text) if text else []
    if len(found) == 1:
        return redirect("organisation", slug=found[0].slug)
    return render(request, "public/learn.html", {"text": text, "found": found})


@require_safe
@public_page
def organisation(request: HttpRequest, *, slug: str) -> HttpResponseBase:
    """What one organisation is in the chain, concretely: certified, accredited, recognised, by whom and for what."""
    now = timezone.now()
    row, held, issued = queries.public_organisation(slug=slug)
    return render(
        request,
        "public/organisation.html",
        {
            "organisation": row,
            "held": [(one, queries.status_on(one, at=now)[0].value) for one in held],
            "issued": [(one, queries.status_on(one, at=now)[0].value) for one in issued],
            "events": changes.time_line_of(row.slug),
            "told": explanation.told(row, held=held, issued=issued, now=now),
            "identifier": identifiers.identifier_of(row.pk),
            "did": identity.known_did_of(row),
            "keys": list(reversed(identifiers.keys_of(row.pk))),
            "now": now,
        },
    )
