"""Making the certificates of a world: content by the plan, a defect for some, the code that a verifier must find.

A defect is made where it happens in life: a suspension is an event and a bit in a list, a forgery has another key.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import orjson

from assaymark.core.attestation import (
    AttestationKind,
    AttestationPointer,
    CertificateContent,
    Party,
    RecognitionContent,
    Site,
    StatusEvent,
    StatusEventKind,
    StatusPointer,
)
from assaymark.core.trust import ANY, Anchor, ScopeRow
from assaymark.formats import jws
from assaymark.formats.credential import issue_recognition_credential
from assaymark.formats.credential_claims import certificate_claims
from assaymark.world.plan import ACTIVITY, AT, COMPETENCE, SECTORS, STANDARD, Body, Certifier, Plan, generator, sectors

# Per thousand certificates; the rest is in order. Each of these is drawn for a certificate before anything else.
DEFECTS = {
    "suspended": 20,
    "withdrawn": 15,
    "expired": 25,
    "not-begun": 2,
    "other-sector": 8,
    "other-country": 4,
    "other-edition": 3,
    "no-sector": 5,
    "edited": 2,
    "other-key": 2,
    "member-twice": 1,
    "reinstated": 20,
}
_CODES = {
    "suspended": "SUSPENDED",
    "withdrawn": "WITHDRAWN",
    "expired": "EXPIRED",
    "not-begun": "NOT_YET_VALID",
    "edited": "INVALID",
    "other-key": "INVALID",
    "member-twice": "INVALID",
}
_BEYOND = ("other-sector", "other-country", "other-edition")
_DAY = dt.timedelta(days=1)
_CYCLE = dt.timedelta(days=1095)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_FIRST = _words("Al Bar Cor Dal El Fer Gar Hol Ives Jan Kar Lin Mar Nor Ol Per Quin Ros Sand Tor Ulm Vel Wes")
_MIDDLE = _words("a be co de en fi go ha il ka lo mi na or pa ri so ta un vi")
_LAST = _words("beck berg ding feld gate haus ington kamp lund mann nova ota pool quist roth sen ski ton vik")
_TRADES = _words(
    "Alloys Assemblies Automation Bearings Castings Ceramics Chemicals Coatings Components Controls Drives "
    "Electronics Engineering Fasteners Filters Forge Foundry Gears Glass Hydraulics Instruments Laser "
    "Logistics Machining Metals Moulding Optics Packaging Plastics Precision Presswork Pumps Rubber "
    "Springs Steel Systems Textiles Tooling Valves Welding"
)
_FORMS = {"DE": "GmbH", "AT": "GmbH", "CH": "AG", "IT": "S.p.A.", "ES": "S.L.", "FR": "SAS", "BR": "Ltda."}
_FORMS |= {"CN": "Co., Ltd.", "JP": "K.K.", "IN": "Pvt. Ltd.", "US": "Inc.", "GB": "Ltd", "NL": "B.V."}
_FORMS |= {"SE": "AB", "PL": "Sp. z o.o."}


@dataclass(frozen=True)
class Made:
    """One certificate: its signed form, what must be found, and what happened to it."""

    number: int
    token: bytes
    content: bytes
    code: str
    events: tuple[StatusEvent, ...]
    suspended: bool
    withdrawn: bool


def number_of(certifier: Certifier, number: int) -> str:
    """The number on the certificate; its last part finds the line in the folder."""
    return f"{certifier.body.code}-{number:08d}"


def pointer(body: Body, index: int, target: str) -> StatusPointer:
    """Where a body publishes status."""
    base = f"{body.address}/status"
    return StatusPointer(f"{base}/suspension", f"{base}/revocation", index, f"{target}/status-log")


@cache
def party(body: Body) -> Party:
    """A body as attestations name it."""
    return Party(body.key.did, body.name, country=body.country)


def address_of(certifier: Certifier, number: int) -> str:
    """The identifier of a certificate."""
    return f"{certifier.body.address}/c/{number_of(certifier, number)}"


def content_of(plan: Plan, number: int) -> tuple[CertificateContent, str]:
    """The content of a certificate and the name of its defect ("" for none)."""
    certifier = plan.certifier_of(number)
    chance = generator(plan.seed, "certificate", number)
    defect = _defect(chance)
    country = chance.choice(certifier.countries) if certifier.countries else _country(chance)
    held = certifier.sectors
    codes = [code for code in chance.choices(SECTORS, sectors(), k=chance.choice((1, 1, 1, 2))) if code in held]
    iaf = frozenset(codes or [chance.choice(held)])
    row = ScopeRow(ACTIVITY, COMPETENCE, STANDARD, frozenset({"2015"}), iaf, frozenset({country}))
    row, defect = _beyond(row, defect, certifier, chance)
    begins, ends = _dates(defect, chance)
    address = address_of(certifier, number)
    holder = _holder(chance, country, number)
    accreditor = certifier.accreditor
    edition = next(iter(row.editions))
    content = CertificateContent(
        credential_id=address,
        number=number_of(certifier, number),
        issuer=party(certifier.body),
        holder=holder,
        standard_id=f"{STANDARD}:ed-5",
        standard_label=f"ISO 9001:{edition}",
        edition=f"iso-9001-{edition}",
        statement=f"Design and manufacture of {chance.choice(_TRADES).lower()} and {chance.choice(_TRADES).lower()}",
        scope=(row,),
        original_issue=begins - dt.timedelta(days=chance.choice((0, 0, 1095, 2190, 3285))),
        valid_from=begins,
        valid_until=ends,
        status=pointer(certifier.body, number - certifier.first, address),
        decided_on=begins - _DAY,
        sites=tuple(
            Site(f"Site {n + 1}", f"{chance.randint(1, 200)} Works Road", country)
            for n in range(chance.choices((0, 1, 2, 3), (70, 18, 8, 4))[0])
        ),
        recognised_in=(
            AttestationPointer(
                certifier.accreditation_id, accreditor.name, accreditor.key.did, number=f"{certifier.body.code}-ACC"
            )
            if accreditor
            else None
        ),
        public_url=f"{address}/",
    )
    return content, defect


def _country(chance: random.Random) -> str:
    from assaymark.world.plan import countries

    names, shares = countries()
    return chance.choices(names, shares)[0]


def _defect(chance: random.Random) -> str:
    drawn = chance.uniform(0, 1000)
    for name, weight in DEFECTS.items():
        if drawn < weight:
            return name
        drawn -= weight
    return ""


def _beyond(row: ScopeRow, defect: str, certifier: Certifier, chance: random.Random) -> tuple[ScopeRow, str]:
    """Move a scope beyond its body's accreditation; where there is no beyond, the certificate is in order."""
    if defect == "other-sector":
        others = [code for code in SECTORS if code not in certifier.sectors]
        return (replace(row, iaf=frozenset({chance.choice(others)})), defect) if others else (row, "")
    if defect == "other-country":
        return (replace(row, countries=frozenset({"NZ"})), defect) if certifier.countries else (row, "")
    if defect == "other-edition":
        return replace(row, editions=frozenset({"2026"})), defect
    if defect == "no-sector":
        return replace(row, iaf=frozenset()), defect
    return row, defect


def _dates(defect: str, chance: random.Random) -> tuple[dt.date, dt.date]:
    today = AT.date()
    begins = today - dt.timedelta(days=chance.randint(2, 1080))
    if defect == "expired":
        begins = today - _CYCLE - dt.timedelta(days=chance.randint(1, 600))
    if defect == "not-begun":
        begins = today + dt.timedelta(days=chance.randint(1, 60))
    return begins, begins + _CYCLE - _DAY


def _holder(chance: random.Random, country: str, number: int) -> Party:
    name = f"{chance.choice(_FIRST)}{chance.choice(_MIDDLE)}{chance.choice(_LAST)} {chance.choice(_TRADES)}"
    place = f"{chance.choice(_FIRST)}{chance.choice(_LAST)}"
    form = _FORMS.get(country, "Ltd")
    street = f"{chance.randint(1, 300)} {chance.choice(_TRADES)} Street, {chance.randint(10000, 99999)} {place}"
    return Party(f"https://holder.example/{number:08d}", f"{name} {place} {form}", address=street, country=country)


def events_of(plan: Plan, number: int, content: CertificateContent, defect: str) -> tuple[StatusEvent, ...]:
    """What happened to a certificate, its issue first; some of it was recorded later than it took effect."""
    chance = generator(plan.seed, "events", number)
    begins = dt.datetime.combine(content.valid_from, dt.time(), dt.UTC)
    found = [StatusEvent(1, StatusEventKind.ISSUED, begins, begins, "")]
    age = (AT - begins).days

    def add(kind: StatusEventKind, when: dt.datetime, late: int, reason: str) -> None:
        recorded = min(when + dt.timedelta(days=late), AT - dt.timedelta(hours=1))
        found.append(StatusEvent(len(found) + 1, kind, when, max(recorded, found[-1].recorded_at), reason))

    if age < 2:
        return tuple(found)
    when = begins + dt.timedelta(days=chance.randint(1, age), hours=-3)
    late = chance.choice((0, 0, 0, 2, 9, 30))
    if defect in ("suspended", "reinstated"):
        add(StatusEventKind.SUSPENDED, when, late, "Surveillance was not allowed")
    if defect == "reinstated":
        later = when + (AT - when) * chance.uniform(0.2, 0.9)
        add(StatusEventKind.REINSTATED, later.replace(microsecond=0), 0, "Surveillance was done")
    if defect == "withdrawn":
        add(StatusEventKind.WITHDRAWN, when, late, "Fees and audits were refused")
    return tuple(found)


def make(plan: Plan, number: int) -> Made:
    """One certificate of the world, numbered from 0."""
    content, defect = content_of(plan, number)
    certifier = plan.certifier_of(number)
    key = certifier.body.key
    events = events_of(plan, number, content, defect)
    if defect in ("suspended", "withdrawn") and len(events) == 1:
        defect = ""  # too young for anything to have happened
    payload = orjson.dumps(certificate_claims(content))
    if defect == "member-twice":
        payload = b'{"name":"Another certificate",' + payload[1:]
    token = jws.sign(payload, signer=_Forger(key) if defect == "other-key" else key, typ="vc+jwt", cty="vc")
    if defect == "edited":
        token = _edited(token, payload)
    return Made(
        number=number,
        token=token.encode("ascii"),
        content=payload,
        code=_code(certifier, plan, defect),
        events=events,
        suspended=defect == "suspended",
        withdrawn=defect == "withdrawn",
    )


class _Forger:
    """Signs in a body's name with a key of its own."""

    def __init__(self, victim: jws.Signer) -> None:
        from assaymark.adapters.keys import SigningKey

        self.did, self.kid, self.public_key = victim.did, victim.kid, victim.public_key
        self.sign = SigningKey.from_seed(b"forger".ljust(32)).sign


def _edited(token: str, payload: bytes) -> str:
    from assaymark.formats.multibase import base64url_encode

    head, _, signature = token.split(".")
    return f"{head}.{base64url_encode(payload.replace(b'ISO 9001', b'ISO 9002', 1))}.{signature}"


def _code(certifier: Certifier, plan: Plan, defect: str) -> str:
    """What must be found, in the order of the four answers; a *no* goes before an *unknown*."""
    if defect in _CODES:
        return _CODES[defect]
    kinds = {event.event for event in certifier.events}
    ended = StatusEventKind.WITHDRAWN in kinds or certifier.accredited_until < AT.date()
    if certifier.accreditor is None or ended:
        return "UNACCREDITED"
    if defect in _BEYOND:
        return "OUT_OF_SCOPE"
    if certifier.accreditor.code in plan.unrecognised:
        return "UNRECOGNISED"
    return "SCOPE_NOT_STATED" if defect == "no-sector" else "VALID"


def accreditations(plan: Plan) -> Iterator[tuple[str, RecognitionContent, Body, tuple[StatusEvent, ...]]]:
    """Accreditations and recognitions: identifier, content, who attests, what happened."""
    indices: dict[str, int] = {}
    for certifier in plan.certifiers:
        accreditor = certifier.accreditor
        if accreditor is None:
            continue
        index = indices[accreditor.code] = indices.get(accreditor.code, -1) + 1
        above = None
        if accreditor.code not in plan.unrecognised:
            above = AttestationPointer(
                recognition_id(plan, accreditor), plan.arrangement.name, plan.arrangement.key.did
            )
        content = RecognitionContent(
            credential_id=certifier.accreditation_id,
            kind=AttestationKind.ACCREDITATION,
            number=f"{certifier.body.code}-ACC",
            issuer=party(accreditor),
            subject=party(certifier.body),
            scope=certifier.rows,
            registered_on=certifier.accredited_from,
            valid_from=certifier.accredited_from,
            valid_until=certifier.accredited_until,
            status=pointer(accreditor, index, certifier.accreditation_id),
            recognised_in=above,
        )
        yield content.credential_id, content, accreditor, certifier.events
    for index, body in enumerate(plan.accreditors):
        if body.code in plan.unrecognised:
            continue
        address = recognition_id(plan, body)
        content = RecognitionContent(
            credential_id=address,
            kind=AttestationKind.RECOGNITION,
            number=f"{body.code}-MRA",
            issuer=party(plan.arrangement),
            subject=party(body),
            scope=(ScopeRow(ACTIVITY, COMPETENCE, ANY, row="qms"),),
            registered_on=dt.date(2014, 1, 1),
            valid_from=dt.date(2014, 1, 1),
            status=pointer(plan.arrangement, index, address),
        )
        yield address, content, plan.arrangement, ()


def recognition_id(plan: Plan, body: Body) -> str:
    """The identifier of an accreditation body's recognition."""
    return f"{plan.arrangement.address}/recognitions/{body.code}"


def signed(content: RecognitionContent, body: Body) -> str:
    """An accreditation or recognition, signed."""
    return issue_recognition_credential(content, key=body.key)


def anchors(plan: Plan) -> tuple[Anchor, ...]:
    """Whom a verifier of this world trusts."""
    return (Anchor(plan.arrangement.key.did, plan.arrangement.name, valid_from=dt.date(2014, 1, 1)),)
