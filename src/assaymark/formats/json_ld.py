"""Canonical RDF of credentials (JSON-LD 1.1, RDFC-1.0) for ``eddsa-rdfc-2022``: bounded, offline, by a library.

Rules that hold here
* Canonical RDF of hostile graphs takes for ever: it is made in a process of its own that ends after a second of work,
  and is killed when a busy machine does not let it get there. A file full of them is bounded as a whole.
* Contexts come from this package only; an unknown one is *unsupported*, as is one written into the document, since
  whoever changes it changes what the signed words mean.
* The reader reads JSON, not RDF. Spellings that are the same RDF and other JSON are refused: keywords and addresses
  as member names, the credential described again further inside.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from importlib import resources
from pathlib import Path

import orjson

from assaymark.formats import json_ld_worker, strict_json
from assaymark.formats.strict_json import Json

TIMEOUT = 4.0
ALLOWANCE, FOR_A_FILE = 0.7, 0.3  # seconds of work; a credential of the usual size takes two tenths
KNOWN, MAX_KNOWN = 64, 64 * 1024
TOO_LONG = "its canonical RDF form takes too long to make"
_OUT_OF_TIME = (-signal.SIGXCPU, -signal.SIGKILL) if hasattr(signal, "SIGXCPU") else ()
_left: ContextVar[list[float] | None] = ContextVar("left", default=None)
_CONTEXTS = {
    "https://www.w3.org/ns/credentials/v2": ("contexts", "credentials-v2.jsonld"),
    "https://www.w3.org/ns/credentials/examples/v2": ("contexts", "credentials-examples-v2.jsonld"),
    "https://www.w3.org/ns/credentials/undefined-terms/v2": ("contexts", "credentials-undefined-terms-v2.jsonld"),
    "https://w3id.org/citizenship/v4rc1": ("contexts", "citizenship-v4rc1.jsonld"),
    "https://w3id.org/security/data-integrity/v2": ("contexts", "data-integrity-v2.jsonld"),
    "https://w3id.org/assaymark/trust/v1": ("contexts", "trust-v1.jsonld"),
    "https://vocabulary.uncefact.org/untp/0.7.0/context/": ("untp", "untp-context.jsonld"),
}


class BadJsonLd(ValueError):
    """The document has no canonical form that a signature could cover."""


class UnsupportedJsonLd(ValueError):
    """The canonical form cannot be made here: library missing, context unknown, or it takes too long."""


@lru_cache(maxsize=16)
def _context(url: str) -> Json:
    if url not in _CONTEXTS:
        raise UnsupportedJsonLd(f"context {url[:200]} is not among those that ship, so its words cannot be understood")
    folder, name = _CONTEXTS[url]
    return strict_json.loads(resources.files("assaymark").joinpath("catalogue", folder, name).read_bytes())


def contexts_of(document: dict[str, Json]) -> list[str]:
    """List the contexts of a document; raises :class:`UnsupportedJsonLd` when one is written out in it."""
    value = document.get("@context", [])
    found = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in found):
        raise UnsupportedJsonLd("a context is written into the credential itself; only published ones are read")
    return found


def _check_names(document: dict[str, Json]) -> None:
    stack: list[Json] = [value for name, value in document.items() if name != "@context"]
    names = [name for name in document if name != "@context"]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, dict):
            if "id" in document and item.get("id") == document["id"] and len(item) > 1:
                raise BadJsonLd("the credential is described a second time inside itself")
            names.extend(item)
            stack.extend(item.values())
    odd = [name for name in names if name.startswith("@") or ":" in name]
    if odd:
        raise BadJsonLd(f"member {odd[0][:80]!r} is a keyword or an address where a word is expected")


@contextmanager
def bounded() -> Iterator[None]:
    """Bound the work of everything in here together: a file full of slow graphs costs a second or two, not many.

    Each file that is opened adds a little (:func:`grant`). Entering again inside changes nothing.
    """
    if _left.get() is not None:
        yield
        return
    token = _left.set([ALLOWANCE])
    try:
        yield
    finally:
        _left.reset(token)


def grant() -> None:
    """Allow some more work, because one more file is looked at."""
    left = _left.get()
    if left is not None and left[0] > 0:
        left[0] += FOR_A_FILE


def canonical(documents: list[dict[str, Json]], *, timeout: float = TIMEOUT) -> list[bytes]:
    """Return the canonical N-Quads of each document, made together in one bounded process."""
    urls = {url for document in documents for url in contexts_of(document)}
    for url in urls:
        _context(url)
    for document in documents:
        _check_names(document)
    asked = orjson.dumps(documents)
    make = _made if len(asked) < MAX_KNOWN else _made.__wrapped__
    return list(make(asked, tuple(sorted(urls)), timeout))


@lru_cache(maxsize=KNOWN)
def _made(asked: bytes, urls: tuple[str, ...], timeout: float) -> tuple[bytes, ...]:
    left = _left.get() or [ALLOWANCE]
    if left[0] <= 0:
        raise UnsupportedJsonLd("the canonical RDF forms in this file take too long to make")
    question = {"contexts": {url: _context(url) for url in urls}, "documents": orjson.Fragment(asked)}
    began = _worked()
    try:
        return _answer(_ask(orjson.dumps(question), timeout))
    finally:
        left[0] -= _worked() - began


def _worked() -> float:
    """Processor time of finished processes; where the system does not tell, the time that went by."""
    spent = os.times()
    return spent.children_user + spent.children_system if os.name == "posix" else spent.elapsed


def _ask(question: bytes, timeout: float) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            [sys.executable, "-I", str(Path(json_ld_worker.__file__))],
            input=question,
            capture_output=True,
            timeout=timeout,
            check=False,
            env={name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ},
        )
    except subprocess.TimeoutExpired as error:
        raise UnsupportedJsonLd(TOO_LONG) from error


def _answer(done: subprocess.CompletedProcess[bytes]) -> tuple[bytes, ...]:
    if done.returncode in _OUT_OF_TIME:
        raise UnsupportedJsonLd(TOO_LONG)
    try:
        answer = strict_json.loads_object(done.stdout.strip(), max_bytes=16 * 1024 * 1024)
    except strict_json.BadJson as error:
        raise UnsupportedJsonLd("its canonical RDF form takes too much memory to make") from error
    if answer.get("error") == json_ld_worker.MISSING:
        raise UnsupportedJsonLd("for this signature suite install assaymark[rdf] (PyLD)")
    if answer.get("error") == json_ld_worker.LOST:
        raise BadJsonLd(f"{answer['what']!r} is not defined by any context, so no signature covers it")
    if "documents" not in answer:
        raise BadJsonLd(f"not JSON-LD that has a canonical form ({answer.get('what', '')})")
    return tuple(text.encode() for text in answer["documents"])
