"""What an attacker can do to files of the cast, and the bounds within which each attack must be answered.

An attacker holds every published file, has keys of their own, and can write any bytes. They lack the keys of Hanse
Cert, Nordwerk Accreditation and the Meridian Arrangement, unless a test says that one of them is the attacker.
"""

from __future__ import annotations

import datetime as dt
import time
import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

import orjson
import pyhanko.sign.validation.pdf_embedded  # noqa: F401  (a second of imports must not count as verifying)

from assaymark.adapters.keys import SigningKey
from assaymark.core.trust import Anchor
from assaymark.formats import jws
from assaymark.formats.bundle import Bundle, write_bundle
from assaymark.formats.multibase import base64url_encode
from assaymark.verify import Answer, CertificateVerdict, Code, Input, verify
from tests.trust_cast import ANCHORS, HANSE, NOW, Chain

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
SECONDS = 2.0
MEGABYTES = 100

Fetch = Callable[[str], bytes]


def judge(
    *files: bytes,
    at: dt.datetime = NOW,
    now: dt.datetime | None = None,
    anchors: Sequence[Anchor] | None = ANCHORS,
    fetch: Fetch | None = None,
) -> CertificateVerdict:
    """Verify files together, within the bounds of time and memory; the verdict is about the first.

    Files are verified twice, because counting memory makes parsers many times slower. With a getter only once.
    """
    inputs = [Input(f"file {n}", data) for n, data in enumerate(files)]
    started = time.process_time()
    verdict = verify(inputs, at=at, now=now or at, anchors=anchors, fetch=fetch)[0]
    seconds = time.process_time() - started
    assert seconds < SECONDS, f"took {seconds:.1f} s"
    if fetch is None:
        tracemalloc.start()
        try:
            verify(inputs, at=at, now=now or at, anchors=anchors)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert peak < MEGABYTES * 1024**2, f"took {peak / 1024**2:.0f} MB"
    return verdict


def refused(*files: bytes, **options: Any) -> CertificateVerdict:
    """Verify an attack, and hold that it was not answered with yes."""
    verdict = judge(*files, **options)
    assert verdict.answer is not YES, verdict
    return verdict


def forgery(*files: bytes, **options: Any) -> str:
    """Verify a file whose author is not who it says: not authentic, nothing else is answered. Returns the reason."""
    verdict = refused(*files, **options)
    assert verdict.authentic.answer is NO
    assert verdict.authentic.code is Code.INVALID
    assert [finding.answer for finding in verdict.findings.values()][1:] == [UNKNOWN] * 3
    return verdict.authentic.reason


def answers(verdict: CertificateVerdict) -> list[str]:
    """The four answers in order."""
    return [finding.answer.value for finding in verdict.findings.values()]


def claims_of(token: str) -> dict[str, Any]:
    """The content of a token."""
    found: dict[str, Any] = orjson.loads(jws.split(token).payload)
    return found


def compact(header: dict[str, Any] | bytes, payload: bytes, signer: SigningKey | Callable[[bytes], bytes]) -> bytes:
    """A token with any header, signed by a key or by any other means."""
    first = header if isinstance(header, bytes) else orjson.dumps(header)
    signed = f"{base64url_encode(first)}.{base64url_encode(payload)}".encode()
    sign = signer.sign if isinstance(signer, SigningKey) else signer
    return signed + b"." + base64url_encode(sign(signed)).encode()


def resigned(token: str, signer: SigningKey = HANSE, *, header: dict[str, Any] | None = None, **claims: Any) -> bytes:
    """A token with changed claims (``None`` removes one) and header, signed with a key in its own name."""
    changed = {name: value for name, value in (claims_of(token) | claims).items() if value is not None}
    own = jws.split(token).header | (header or {})
    return compact(own, orjson.dumps(changed), signer)


def with_claims(chain: Chain | None = None, signer: SigningKey = HANSE, **claims: Any) -> bytes:
    """A bundle of the cast around a certificate whose claims were changed and signed again."""
    chain = chain or Chain()
    return bundled(resigned(chain.token, signer, **claims).decode(), chain, signer=signer)


def bundled(
    certificate: str | None = None,
    chain: Chain | None = None,
    *,
    parents: Sequence[str] | None = None,
    lists: Sequence[str] | None = None,
    logs: Sequence[str] | None = None,
    more: Sequence[str] = (),
    signer: SigningKey = HANSE,
    when: dt.datetime = NOW,
) -> bytes:
    """A bundle with any part replaced; what is not named is the cast's own."""
    chain = chain or Chain()
    own_lists = [one for issuer in chain.issuers() for one in issuer.lists(when)]
    own_logs = [issuer.log(when) for issuer in chain.issuers()]
    content = Bundle(
        certificate=certificate or chain.token,
        chain=tuple(chain.parents() if parents is None else parents),
        status_lists=(*(own_lists if lists is None else lists), *more),
        status_logs=tuple(own_logs if logs is None else logs),
        generated_at=when,
    )
    return write_bundle(content, key=signer)
