"""Certificates, accreditations and recognitions as credentials: write with a key, read without trust.

Rules that hold here (W3C VC Data Model 2.0; UNTP 0.7.0; signatures: ``formats.secured``)
* A credential is a compact token (``vc+jwt``) or JSON text with an embedded proof; its digest is over these bytes.
* The issuer in the content is the one whose key signed; ``nbf``, ``exp`` and the proof's ``expires`` only narrow the
  dates of the content.
* A writer refuses to sign what its schema refuses. A reader takes integer and string status indexes, one entry or
  several (both profiles in use), and a foreign UNTP credential without this project's terms.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import orjson

from assaymark.core.attestation import AttestationKind, CertificateContent, RecognitionContent
from assaymark.core.trust import ScopeRow
from assaymark.formats import data_integrity, jws, schemas, secured
from assaymark.formats.credential_claims import certificate_claims, recognition_claims
from assaymark.formats.did import Resolver, VerificationKey
from assaymark.formats.moments import read_day, read_instant
from assaymark.formats.multibase import digest_multibase
from assaymark.formats.status_list import entry_size
from assaymark.formats.strict_json import Json

MAX_ROWS = 2_000
MAX_CODES = 400
_ONLY_W3C = frozenset({"statusSize", "statusMessage", "statusReference"})


class BadCredential(ValueError):
    """The credential is malformed, of an unknown kind, or its signature does not hold."""


class UnsupportedCredential(BadCredential):
    """Whether the signature holds cannot be told here: a suite, context or data model that is not read."""


class ForeignCredential(BadCredential):
    """The signature holds, but what is signed is neither a certificate nor an accreditation nor a recognition."""


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """Where one entry of this credential's status is kept; ``size`` is its bits, ``None`` where it does not say."""

    purpose: str
    list_id: str
    index: int
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential whose form was checked and whose signature holds. ``token`` is the signed form.

    ``key`` signed it (``None`` only where a signed snapshot stands for the signature); ``signed_at`` is when, as the
    signer says: claim ``iat`` of a token, ``created`` of an embedded proof, ``None`` when it says nothing.
    """

    token: str
    kind: AttestationKind
    id: str
    issuer: str
    issuer_name: str
    valid_from: dt.datetime
    valid_until: dt.datetime | None
    subject: str
    subject_name: str
    number: str
    label: str
    scope: tuple[ScopeRow, ...]
    statuses: tuple[StatusEntry, ...]
    log_url: str
    parent_id: str
    parent_name: str
    parent_digest: str
    public_url: str
    claims: dict[str, Json]
    key: VerificationKey | None = None
    signed_at: dt.datetime | None = None

    @property
    def digest(self) -> str:
        """The digest by which the link below pins this credential."""
        return digest_multibase(self.token.encode("utf-8"))

    @property
    def revision(self) -> int:
        """The number of this document among those about the same attestation; 0: it does not say."""
        stated = self.claims["credentialSubject"].get("revision")
        return stated if isinstance(stated, int) and 0 < stated < 2**31 else 0


def issue_certificate_credential(content: CertificateContent, *, key: jws.Signer) -> str:
    """Sign a certificate; raises ``ValueError`` when the content breaks the schema or names another issuer."""
    return _issue(certificate_claims(content), schema=schemas.CONFORMITY_CREDENTIAL, key=key)


def issue_recognition_credential(content: RecognitionContent, *, key: jws.Signer) -> str:
    """Sign an accreditation (body accredits body) or a recognition (arrangement recognises accreditation body)."""
    if content.kind is AttestationKind.CERTIFICATE:
        raise ValueError("a certificate is issued by issue_certificate_credential")
    return _issue(recognition_claims(content), schema=schemas.IDENTITY_ANCHOR, key=key)


def _issue(claims: dict[str, Json], *, schema: str, key: jws.Signer) -> str:
    _check_before_signing(claims, schema=schema, key=key)
    return jws.sign(orjson.dumps(claims), signer=key, typ="vc+jwt", cty="vc")


def _check_before_signing(claims: dict[str, Json], *, schema: str, key: jws.Signer) -> None:
    if claims["issuer"]["id"] != key.did:
        raise ValueError("the issuer named in the content is not the owner of the key")
    wrong = schemas.complaints(claims, schema=schema)
    if wrong:
        raise ValueError("the content breaks its schema: " + "; ".join(wrong))


def sign_credential(claims: dict[str, Json], *, key: jws.Signer, created: dt.datetime) -> str:
    """Return a credential with an embedded ``eddsa-jcs-2022`` proof, as JSON text; refuses what its schema refuses."""
    _check_before_signing(claims, schema=_schema(_kind(claims)), key=key)
    return data_integrity.sign(claims, key=key, created=created)


def read_credential(token: str, *, resolver: Resolver) -> Credential:
    """Read and check one signed credential: a compact token, or JSON text with an embedded proof.

    Raises :class:`BadCredential`; its kinds :class:`UnsupportedCredential` and :class:`ForeignCredential` tell that
    the signature could not be checked, or that it holds but no certificate or recognition is signed.
    """
    try:
        return credential_from(token, secured.check(token, resolver=resolver))
    except secured.UnsupportedSecured as error:
        raise UnsupportedCredential(str(error)) from error
    except secured.BadSecured as error:
        raise BadCredential(str(error)) from error


def credential_of(token: str, parts: jws.Token, claims: dict[str, Json], *, resolver: Resolver) -> Credential:
    """Check a compact token that is already taken apart; raises :class:`BadCredential`."""
    try:
        return credential_from(token, secured.check_token(parts, claims, resolver=resolver))
    except secured.UnsupportedSecured as error:
        raise UnsupportedCredential(str(error)) from error
    except secured.BadSecured as error:
        raise BadCredential(str(error)) from error


def credential_from(token: str, found: secured.Secured) -> Credential:
    """Read the values of a credential whose signature holds; raises :class:`BadCredential`."""
    claims = found.claims
    kind = _kind(claims)
    if isinstance(claims["issuer"], str):  # the W3C model allows the bare identifier, UNTP does not
        claims = claims | {"issuer": {"id": found.issuer, "name": found.issuer}}
    wrong = schemas.complaints(_without_strings(claims), schema=_schema(kind), limit=2)
    if wrong:
        raise BadCredential("the content breaks the UNTP 0.7.0 schema: " + "; ".join(wrong))
    try:
        return values_of(token, kind, claims, found=found)
    except (TypeError, ValueError, KeyError, AttributeError, OverflowError, OSError) as error:
        raise BadCredential(f"the content is malformed: {error}") from error


def _schema(kind: AttestationKind) -> str:
    return schemas.CONFORMITY_CREDENTIAL if kind is AttestationKind.CERTIFICATE else schemas.IDENTITY_ANCHOR


def _kind(claims: dict[str, Json]) -> AttestationKind:
    types = claims.get("type")
    if not isinstance(types, list) or "VerifiableCredential" not in types:
        raise BadCredential("not a Verifiable Credential")
    if "DigitalConformityCredential" in types:
        return AttestationKind.CERTIFICATE
    if "DigitalIdentityAnchor" in types or "RecognizedEntityCredential" in types:
        subject = claims.get("credentialSubject")
        named = subject.get("recognitionKind") if isinstance(subject, dict) else None
        return AttestationKind.RECOGNITION if named == "recognition" else AttestationKind.ACCREDITATION
    raise ForeignCredential("neither a conformity credential nor an identity anchor")


def _entries(claims: dict[str, Json]) -> list[dict[str, Json]]:
    found: list[dict[str, Json]] = []
    for name in ("credentialStatus", "withdrawalStatus"):
        value = claims.get(name)
        rows = value if isinstance(value, list) else [value] if value is not None else []
        found.extend(row for row in rows if isinstance(row, dict))
    if len(found) > 8:
        raise BadCredential("more than eight status entries")
    return found


def _without_strings(claims: dict[str, Json]) -> dict[str, Json]:
    """Bring the W3C profile of status (string index, several entries) into UNTP's, for the schema only."""
    status = claims.get("credentialStatus")
    if isinstance(status, dict) and isinstance(status.get("statusListIndex"), int) and _ONLY_W3C.isdisjoint(status):
        return claims
    if status is None:
        return claims
    first = status[0] if isinstance(status, list) and status else status
    if not isinstance(first, dict):
        return claims
    entry = {name: value for name, value in first.items() if name not in _ONLY_W3C} | {
        "statusListIndex": _index(first.get("statusListIndex"))
    }
    return claims | {"credentialStatus": entry}


def _index(value: Json) -> int:
    if isinstance(value, bool):
        raise BadCredential("a status index is not a number")
    if isinstance(value, int):
        return value
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 12:
        return int(value)
    raise BadCredential("a status index is neither an integer nor its decimal text")


def _status(entry: dict[str, Json]) -> StatusEntry:
    size = entry_size(entry["statusSize"]) if "statusSize" in entry else None
    purpose, place = _text(entry["statusPurpose"]), _text(entry["statusListCredential"])
    return StatusEntry(purpose, place, _index(entry["statusListIndex"]), size)


def values_of(
    token: str,
    kind: AttestationKind,
    claims: dict[str, Json],
    *,
    found: secured.Secured | None = None,
) -> Credential:
    """Read the values of claims that were checked before; raises what malformed content raises."""
    subject, issuer = claims["credentialSubject"], claims["issuer"]
    parent = issuer.get("recognizedIn") if isinstance(issuer.get("recognizedIn"), dict) else {}
    starts = [read_instant(claims["validFrom"])]
    ends = [read_instant(claims["validUntil"])] if "validUntil" in claims else []
    for name, bounds in (("nbf", starts), ("exp", ends)):
        if name in claims:
            bounds.append(dt.datetime.fromtimestamp(int(claims[name]), dt.UTC))
    if found and found.expires:
        ends.append(found.expires)
    if kind is AttestationKind.CERTIFICATE:
        party = subject["issuedToParty"]
        who, name = party["id"], party["name"]
        number = subject.get("certificateNumber", "")
        label = subject.get("standardLabel") or subject["referenceScheme"]["name"]
        if not parent:
            parent = _endorsed(subject)
    else:
        who, name = subject["id"], subject["registeredName"]
        number, label = subject["registeredId"], kind.value
    return Credential(
        token=token,
        kind=kind,
        id=_text(claims["id"]),
        issuer=_text(issuer["id"]),
        issuer_name=_text(issuer["name"]),
        valid_from=max(starts),
        valid_until=min(ends, default=None),
        subject=_text(who),
        subject_name=_text(name),
        number=_text(number),
        label=_text(label),
        scope=scope_rows_of(subject.get("scope", [])),
        statuses=tuple(_status(entry) for entry in _entries(claims)),
        log_url=_text(claims.get("statusLog", "")),
        parent_id=_text(parent.get("id", "")),
        parent_name=_text(parent.get("issuerName", "")),
        parent_digest=_text(parent.get("digestMultibase", "")),
        public_url=_text(subject.get("publicPage", "")),
        claims=claims,
        key=found.key if found else None,
        signed_at=found.signed_at if found else None,
    )


def _endorsed(subject: dict[str, Json]) -> dict[str, Json]:
    """Read a foreign certificate's link to its accreditation from UNTP's ``authorisation``."""
    for endorsement in subject.get("authorisation", []):
        evidence = endorsement.get("endorsementEvidence")
        if isinstance(evidence, dict):
            return {
                "id": evidence["linkURL"],
                "issuerName": endorsement["issuingAuthority"]["name"],
                "digestMultibase": evidence.get("digestMultibase", ""),
            }
    return {}


def _text(value: Json) -> str:
    if not isinstance(value, str) or len(value) > 4000:
        raise ValueError("a text is missing or longer than 4,000 characters")
    return value


@lru_cache(maxsize=8192)
def _codes(values: tuple[str, ...]) -> frozenset[str]:
    return frozenset(values)


def _set(value: Json) -> frozenset[str]:
    if not isinstance(value, list) or len(value) > MAX_CODES or not all(isinstance(v, str) for v in value):
        raise ValueError("a scope dimension is not a list of codes")
    return _codes(tuple(value))


def scope_rows_of(rows: Json) -> tuple[ScopeRow, ...]:
    """Read the rows of a scope within bounds; raises what malformed rows raise."""
    if not isinstance(rows, list) or len(rows) > MAX_ROWS:
        raise ValueError(f"the scope is not a list of at most {MAX_ROWS} rows")
    return tuple(
        ScopeRow(
            activity=_text(row["activity"]),
            competence=_text(row["competence"]),
            standard=_text(row["standard"]),
            editions=_set(row.get("editions", [])),
            iaf=_set(row.get("iaf", [])),
            countries=_set(row.get("countries", [])),
            valid_from=read_day(row["from"]) if row.get("from") else None,
            valid_until=read_day(row["until"]) if row.get("until") else None,
            row=_text(row.get("row", "")),
        )
        for row in rows
    )
