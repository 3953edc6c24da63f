"""Opening what a stranger hands in: a PDF certificate, a bundle, a signed credential, or something else.

Whether anything was changed is decided here: an opened file either is intact, or has a problem that is said in one
sentence. Evidence from a file with a problem is not used.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assaymark.formats import json_ld, jws, secured, strict_json
from assaymark.formats.bundle import BadBundle, Bundle, UnsettledBundle, is_bundle, read_bundle
from assaymark.formats.credential import (
    BadCredential,
    Credential,
    ForeignCredential,
    UnsupportedCredential,
    read_credential,
)
from assaymark.formats.did import NotAtHand, Resolver, UnresolvedIdentifier
from assaymark.formats.keys import multikey
from assaymark.formats.status_log import TYP as LOG_TYP
from assaymark.formats.timestamp_authorities import roots_of
from assaymark.verify.identifiers import CurrentKeys, Identifiers, about, learn
from assaymark.verify.policy import Policy
from assaymark.verify.signing_times import ProvenTime

if TYPE_CHECKING:
    from assaymark.formats.pdf_signature import SignedPdf


@dataclass(frozen=True, slots=True)
class Opened:
    """A file taken apart. ``problem`` is why it is not authentic; ``unsupported`` why that cannot be told;
    ``signed`` that a signature holds on a credential which is no certificate."""

    name: str
    form: str
    credential: Credential | None = None
    evidence: tuple[str, ...] = ()
    problem: str = ""
    unsupported: str = ""
    signed: str = ""
    notes: tuple[str, ...] = ()
    only_evidence: bool = False


def open_file(name: str, data: bytes, *, resolver: Resolver, policy: Policy, now: dt.datetime) -> Opened:
    """Open one file of any kind; never raises on hostile input. ``now`` is the present, up to which timestamps last."""
    json_ld.grant()
    if len(data) > policy.max_file:
        return Opened(name, "file", problem=f"The file is larger than {policy.max_file // 1024**2} MB.")
    if data.startswith(b"%PDF-"):
        return _open_pdf(name, data, resolver, policy, now)
    if data.lstrip()[:1] == b"{":
        return _open_json(name, data, resolver)
    return _open_token(name, data, resolver)


def _open_token(name: str, data: bytes, resolver: Resolver) -> Opened:
    text = data.removesuffix(b"\n")
    if text.startswith(b"ey") and b"~" in text:
        reason = "This is a credential with selective disclosure (SD-JWT); whether it is authentic is not checked here."
        return Opened(name, "credential", unsupported=reason)
    if text.count(b".") != 2 or not text.startswith(b"ey") or not text.isascii():
        reason = "This is neither a certificate PDF nor a bundle nor a signed credential, or it is damaged."
        return Opened(name, "unknown", problem=reason)
    token = text.decode("ascii")
    if _only_evidence(token):
        return Opened(name, "statement", evidence=(token,), only_evidence=True)
    return _open_credential(name, token, resolver)


def _open_credential(name: str, token: str, resolver: Resolver) -> Opened:
    about(resolver, token)
    try:
        return Opened(name, "credential", read_credential(token, resolver=resolver))
    except ForeignCredential as error:
        return Opened(name, "credential", signed=f"Signed by its issuer and unchanged since, but {error}.")
    except UnsupportedCredential as error:
        return Opened(name, "credential", unsupported=f"Whether the credential is authentic cannot be told: {error}.")
    except BadCredential as error:
        return Opened(name, "credential", problem=f"The credential is not authentic: {error}.")


def _only_evidence(token: str) -> bool:
    """Tell whether a token says that it is a status list or a status log; its signature is checked in the pool."""
    try:
        parts = jws.split(token)
        types = strict_json.loads_object(parts.payload).get("type")
    except (jws.BadToken, strict_json.BadJson):
        return False
    return parts.header.get("typ") == LOG_TYP or (isinstance(types, list) and "BitstringStatusListCredential" in types)


def _open_json(name: str, data: bytes, resolver: Resolver) -> Opened:
    try:
        document = strict_json.loads(data)
    except strict_json.BadJson as error:
        return Opened(name, "JSON", problem=f"The file cannot be read: {error}.")
    if is_bundle(document):
        return _open_bundle(name, "bundle", data, resolver)
    if isinstance(document, dict) and "credentialSubject" in document:
        if "proof" in document:
            return _open_embedded(name, document, data, resolver)
        return Opened(name, "credential", problem="The credential carries no signature, so anyone may have written it.")
    return Opened(name, "JSON", problem="This is neither a bundle nor a credential, or it is damaged.")


def _open_embedded(name: str, document: dict[str, strict_json.Json], data: bytes, resolver: Resolver) -> Opened:
    text = data.decode("utf-8")
    types = document.get("type")
    if isinstance(types, list) and "BitstringStatusListCredential" in types:
        return Opened(name, "statement", evidence=(text,), only_evidence=True)
    return _open_credential(name, text, resolver)


def _open_bundle(name: str, form: str, data: bytes, resolver: Resolver) -> Opened:
    try:
        learn(resolver, strict_json.loads_object(data))
        about(resolver, data.decode("utf-8", "replace"))
        bundle = read_bundle(data, resolver=resolver)
    except UnsettledBundle as error:
        return Opened(name, form, unsupported=f"Whether the bundle is authentic cannot be told: {error}.")
    except (BadBundle, strict_json.BadJson) as error:
        return Opened(name, form, problem=f"The bundle is not authentic: {error}.")
    about(resolver, bundle.certificate)
    try:
        credential = read_credential(bundle.certificate, resolver=resolver)
    except UnsupportedCredential as error:
        return Opened(name, form, unsupported=f"Whether the credential is authentic cannot be told: {error}.")
    except BadCredential as error:
        return Opened(name, form, problem=f"The credential in the bundle is not authentic: {error}.")
    problem = ""
    if bundle.sealed_by != credential.issuer and bundle.sealed_by not in _issuers(bundle):
        problem = "The bundle was sealed by somebody outside the chain that it holds."
    return Opened(name, form, credential, _evidence(bundle), problem)


def _evidence(bundle: Bundle) -> tuple[str, ...]:
    return (*bundle.chain, *bundle.status_lists, *bundle.status_logs)


def _issuers(bundle: Bundle) -> set[str]:
    """Who the chain's parts say they are from. Anybody can sign a part in their own name, so it is not checked here."""
    found = set()
    for text in bundle.chain:
        try:
            raw = text.encode() if secured.is_embedded(text) else jws.split(text).payload
            found.add(secured.issuer_of(strict_json.loads_object(raw)))
        except (jws.BadToken, strict_json.BadJson, secured.BadSecured, UnicodeEncodeError):
            continue
    return found


def _open_pdf(name: str, data: bytes, resolver: Resolver, policy: Policy, now: dt.datetime) -> Opened:
    # pyHanko takes a second to import
    from assaymark.formats.pdf_signature import BadPdf, UnsupportedPdf, read_signed_pdf

    try:
        pdf = read_signed_pdf(data, roots=roots_of(policy.timestamp_roots), now=now)
    except BadPdf as error:
        return Opened(name, "PDF", problem=f"The PDF is not authentic: {error}.")
    except UnsupportedPdf as error:
        return Opened(name, "PDF", unsupported=f"Whether the PDF is authentic cannot be told: {error}.")
    if pdf.attachment is None:
        return _other_pdf(name, pdf)
    if pdf.proven_at is not None and isinstance(resolver, CurrentKeys):
        resolver.times.saw(_texts_in(pdf.attachment), ProvenTime(pdf.proven_at, pdf.proven_by))
    inner = _open_bundle(name, "PDF", pdf.attachment, resolver)
    if inner.credential is None or inner.problem:
        return inner
    try:
        problem = _signed_by_another(pdf, inner.credential, resolver) or pdf.problem
    except NotAtHand as error:
        return Opened(name, "PDF", unsupported=f"Whether the PDF is authentic cannot be told: {error}.")
    if problem:
        return Opened(name, "PDF", inner.credential, (), f"{problem}.")
    notes = (f"PDF signature of {pdf.signer_name} covers the whole file ({pdf.signing_time})",)
    return Opened(name, "PDF", inner.credential, inner.evidence, notes=notes)


def _texts_in(attachment: bytes) -> list[str]:
    """What a timestamp over the whole PDF proves to be as old: the bundle, and each signed text in it."""
    found = [attachment.decode("utf-8", "replace")]
    try:
        document = strict_json.loads_object(attachment)
    except strict_json.BadJson:
        return found
    for name in ("certificate", "chain", "statusLists", "statusLogs"):
        value = document.get(name)
        found.extend(text for text in (value if isinstance(value, list) else [value]) if isinstance(text, str))
    return found


def _signed_by_another(pdf: SignedPdf, credential: Credential, resolver: Resolver) -> str:
    """Return why the PDF's signer is not the issuer, or empty. Raises `NotAtHand` for a key that was replaced."""
    another = "The PDF was signed by somebody other than the body that issued the certificate"
    if not pdf.signer_key:
        return another
    kid = resolver.kid_of(credential.issuer, pdf.signer_key) if isinstance(resolver, Identifiers) else ""
    if not kid:
        own = [f"did:key:{multikey(credential.key.key)}"] if credential.key else []
        return "" if f"did:key:{pdf.signer_key}" in (credential.issuer, *own) else another
    about(resolver, (pdf.attachment or b"").decode("utf-8", "replace"))
    try:
        resolver.verification_key(credential.issuer, kid)
    except NotAtHand:
        raise
    except UnresolvedIdentifier as error:
        return f"The signature of the PDF proves nothing: {error}"
    return ""


def _other_pdf(name: str, pdf: SignedPdf) -> Opened:
    """Somebody's signed PDF without a certificate's credential: changed is *no*; whose it is leads to nobody known."""
    if pdf.problem:
        return Opened(name, "PDF", problem=f"{pdf.problem}.")
    who = pdf.signer_name or "somebody without a name"
    since = f"after signing, as the signer allowed: {pdf.allowed}" if pdf.allowed else "unchanged since"
    return Opened(
        name,
        "PDF",
        unsupported=f"The PDF is signed by {who} and {since} ({pdf.signing_time}). It carries no certificate "
        "credential, and that the signer is who the signature says leads to nobody that you trust.",
    )
