"""A verdict in words: the sentence below the name, the four answers with their reasons, what a reader can do.

Organisations are certified, certification bodies are accredited, accreditation bodies are recognised: each sentence
uses the one word that fits. The answers are the verifier's; only their reasons are said shorter here, because the page
shows numbers and dates beside them.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from assaymark.core.trust import ANY
from assaymark.records.attestations import queries
from assaymark.records.attestations.queries import Attestation
from assaymark.verify import Answer, CertificateVerdict, Code, Finding
from assaymark.web.attestations.scope_words import sector_titles, standard_name
from assaymark.web.dates import day

_ASKED = {
    "certificate": {
        "authentic": "Is it authentic?",
        "in_force": "Is it in force?",
        "accredited": "Accredited for this?",
        "recognised": "Recognised?",
    },
    "accreditation": {"authentic": "Is it authentic?", "in_force": "Is it in force?", "recognised": "Recognised?"},
    "recognition": {
        "authentic": "Is it authentic?",
        "in_force": "Is it in force?",
        "recognised": "Trusted here?",
    },
}
_ENDED = {
    Code.SUSPENDED: "suspended",
    Code.WITHDRAWN: "withdrawn",
    Code.EXPIRED: "expired",
    Code.NOT_YET_VALID: "not yet valid",
}
_NEAREST = re.compile(r"Nearest scope row [^:]*: ")


@dataclass(frozen=True, slots=True)
class Question:
    """One of the answers as a card."""

    question: str
    answer: str
    because: str


@dataclass(frozen=True, slots=True)
class Tense:
    """How verbs stand: in the present, or in the past when the question is about a day gone by."""

    be: str
    hold: str

    @classmethod
    def of(cls, asked: dt.date | None, *, today: dt.date) -> Tense:
        """The tense for a day."""
        return cls("was", "held") if asked and asked < today else cls("is", "holds")


def questions(verdict: CertificateVerdict, row: Attestation | None = None, *, now: dt.datetime) -> list[Question]:
    """The cards, in order. row: the attestation when the register has it, for shorter reasons with its dates."""
    asked = _ASKED.get(verdict.kind or "certificate", _ASKED["certificate"])
    findings = verdict.findings
    return [
        Question(words, findings[name].answer.value, _because(name, verdict, row, now)) for name, words in asked.items()
    ]


def _because(name: str, verdict: CertificateVerdict, row: Attestation | None, now: dt.datetime) -> str:
    finding = verdict.findings[name]
    if row is not None and finding.answer is Answer.YES:
        said = {"authentic": _signed, "in_force": _until, "accredited": _within, "recognised": _recognised}[name]
        if words := said(verdict, row, now):
            return words
    text = _NEAREST.sub("", finding.reason).replace("your trust list", "the trust list of this register")
    return f"{text} It may be restored." if finding.code is Code.SUSPENDED and name == "in_force" else text


def _signed(verdict: CertificateVerdict, row: Attestation, now: dt.datetime) -> str:
    begun = verdict.valid_from.date() if verdict.valid_from else row.valid_from
    issue = queries.issue_on(row, on=begun)
    return f"Signed by {row.organisation.name} on {day(issue.issued_at)}; unchanged since."


def _until(verdict: CertificateVerdict, row: Attestation, now: dt.datetime) -> str:
    end = f"Until {day(verdict.valid_until)}." if verdict.valid_until else "No end is set."
    return f"{end} Status as known on {day(verdict.in_force.known_at or now)}."


def _within(verdict: CertificateVerdict, row: Attestation, now: dt.datetime) -> str:
    if len(verdict.chain) < 2 or not verdict.chain[1].number:
        return ""
    what = [standard_name(s) for s in sorted({scope.standard for scope in row.scopes.all()})]
    sectors = sorted({c for scope in row.scopes.all() for c in scope.iaf if c != ANY}, key=lambda c: (len(c), c))
    countries = sorted({c for scope in row.scopes.all() for c in scope.countries if c != ANY})
    if sectors:
        what.append(f"sector{'s' if len(sectors) > 1 else ''} {', '.join(sectors)}")
    what += countries
    return f"{', '.join(what)}: within accreditation {verdict.chain[1].number}."


def _recognised(verdict: CertificateVerdict, row: Attestation, now: dt.datetime) -> str:
    top = verdict.chain[-1]
    below = verdict.chain[-2] if len(verdict.chain) > 1 else None
    label = f" Label: {top.label}." if top.label else ""
    if below is None or verdict.kind == "recognition" or not below.attestation or below.role != "accreditation body":
        trusted = f"was trusted by this register {top.remark}" if top.remark else "is trusted by this register"
        return f"{top.name} {trusted}.{label}"
    trusts = f"trusted {top.remark}" if top.remark else "trusts"
    return f"{below.name} is recognised by {top.name} (no. {below.number}), which this register {trusts}.{label}"


def lead(verdict: CertificateVerdict, row: Attestation, *, asked: dt.date | None, now: dt.datetime) -> SafeString:
    """ "is certified to ISO 9001:2015 by Y, which is accredited for it by Z. Certificate N." and all its other ends."""
    tense = Tense.of(asked, today=now.date())
    issuer = format_html('<a href="{}">{}</a>', reverse("organisation", args=[row.organisation.slug]), row.organisation)
    told = {"certificate": _of_certificate, "accreditation": _of_accreditation, "recognition": _of_recognition}
    sentence = told[row.kind](verdict, row, issuer, tense)
    return format_html("{} {} {}.", sentence, row.get_kind_display(), row.number)


def _of_certificate(verdict: CertificateVerdict, row: Attestation, issuer: SafeString, tense: Tense) -> SafeString:
    standard, above = row.standard_label, verdict.chain[2].name if len(verdict.chain) > 2 else ""
    if verdict.in_force.answer is not Answer.YES:
        held = format_html(
            "{} a certificate to {} from {}, {}.", _held(verdict, tense), standard, issuer, _end(verdict, tense)
        )
        return format_html("{} {}", held, _body(verdict, row, above, tense))
    if verdict.accredited.answer is Answer.YES:
        words = "{be} <b>certified</b> to {} by {}, which {be} <b>accredited</b> for it by {}."
        return format_html(words, standard, issuer, above, be=tense.be)
    if verdict.accredited.code is Code.UNACCREDITED:
        held = format_html("{} a certificate to {} from {}.", tense.hold, standard, issuer)
        return format_html("{} {}", held, _body(verdict, row, above, tense))
    certified = format_html("{} <b>certified</b> to {} by {}.", tense.be, standard, issuer)
    return format_html("{} {}", certified, _body(verdict, row, above, tense))


def _held(verdict: CertificateVerdict, tense: Tense) -> str:
    """ "holds" while it may come back, "held" when it is gone."""
    return "held" if verdict.in_force.code in (Code.WITHDRAWN, Code.EXPIRED) else tense.hold


def _end(verdict: CertificateVerdict, tense: Tense) -> SafeString:
    if verdict.in_force.answer is Answer.UNKNOWN:
        return format_html("and whether it {} <b>in force</b> cannot be told", tense.be)
    if verdict.in_force.code is Code.EXPIRED:
        return format_html("which <b>expired</b> on {}", day(verdict.valid_until))
    be = "was" if verdict.in_force.code is Code.WITHDRAWN else tense.be
    return format_html("which {} <b>{}</b>", be, _ENDED.get(verdict.in_force.code, "not in force"))


def _body(verdict: CertificateVerdict, row: Attestation, above: str, tense: Tense) -> SafeString:
    """What stands behind the certification body, in a sentence of its own."""
    name, finding = row.organisation.name, verdict.accredited
    if finding.answer is Answer.YES:
        return format_html("{} {} accredited for it by {}.", name, tense.be, above)
    if finding.code is Code.UNACCREDITED:
        words = "It {} <b>not accredited</b>: no accreditation body stands behind {} for this standard."
        return format_html(words, tense.be, name)
    if finding.code is Code.OUT_OF_SCOPE:
        words = "It {} <b>not accredited</b>: it lies outside what {} accredits {} for."
        return format_html(words, tense.be, above, name)
    if finding.code in _ENDED:
        words = "It {} <b>not accredited</b>: the accreditation of {} by {} {} {}."
        verb = "has" if finding.code is Code.EXPIRED and tense.be == "is" else tense.be
        return format_html(words, tense.be, name, above, verb, _ENDED[finding.code])
    return format_html("Whether {} {} accredited for it cannot be told.", name, tense.be)


def _of_accreditation(verdict: CertificateVerdict, row: Attestation, issuer: SafeString, tense: Tense) -> SafeString:
    top = verdict.chain[-1].name
    if verdict.in_force.answer is not Answer.YES:
        words = "{} an accreditation as certification body ({}) from {}, {}."
        return format_html(words, _held(verdict, tense), row.standard_label, issuer, _end(verdict, tense))
    words = "{be} <b>accredited</b> as certification body ({}) by {}, which {}."
    above = _standing_of(verdict.recognised, tense, "recognised", top)
    return format_html(words, row.standard_label, issuer, above, be=tense.be)


def _of_recognition(verdict: CertificateVerdict, row: Attestation, issuer: SafeString, tense: Tense) -> SafeString:
    if verdict.in_force.answer is not Answer.YES:
        words = "{} a recognition as accreditation body ({}) from {}, {}."
        return format_html(words, _held(verdict, tense), row.standard_label, issuer, _end(verdict, tense))
    trusted = "trusts" if verdict.recognised.answer is Answer.YES else "does not trust"
    words = "{} <b>recognised</b> as accreditation body ({}) by {}, which this register {}."
    return format_html(words, tense.be, row.standard_label, issuer, trusted)


def _standing_of(finding: Finding, tense: Tense, word: str, by: str) -> SafeString:
    if finding.answer is Answer.YES:
        return format_html("{} <b>{}</b> by {}", tense.be, word, by)
    if finding.answer is Answer.UNKNOWN:
        return format_html("may or may not be {}: that cannot be told", word)
    return format_html("{} <b>not {}</b>", tense.be, word)


def advice(verdict: CertificateVerdict, row: Attestation) -> str:
    """What a reader can do when not all is well; empty when it is, and for what is no certificate."""
    if verdict.answer is Answer.YES or row.kind != "certificate":
        return ""
    holder, issuer = row.holder.name, row.organisation.name
    if verdict.in_force.answer is not Answer.YES:
        return f"What you can do: ask {holder} for a certificate that is in force, or ask {issuer} why this one is not."
    if verdict.accredited.code is Code.UNACCREDITED:
        return f"What you can do: ask {holder} for a certificate from a body that is accredited for its sector."
    if verdict.accredited.answer is not Answer.YES:
        return f"What you can do: ask {issuer} why its accreditation does not reach this certificate."
    return "What you can do: ask the accreditation body who recognises it."


def sectors(row: Attestation) -> list[str]:
    """The sectors of the scope in words, such as "17 Basic metals and fabricated metal products"."""
    titles = sector_titles()
    codes = {code for scope in row.scopes.all() for code in scope.iaf if code != ANY}
    return [f"{code} {titles.get(code, '')}".strip() for code in sorted(codes, key=lambda c: (len(c), c))]
