"""The process that turns a credential into canonical RDF (RDFC-1.0, with PyLD), started and killed by ``json_ld``.

Rules that hold here
* It stands alone: no import of this package, no network, no file; contexts come with the question.
* The operating system bounds memory to 60 MB over what the libraries take, which is 100 MB in all, and work to one
  second of processor time; whoever waits bounds the waiting, and kills it.
* What the RDF form would lose silently is an error: undefined terms, relative identifiers (Data Integrity 1.0,
  section on undefined terms): a signature does not cover it, so it could be added by anybody.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

MEMORY = 60 * 1024 * 1024
SECONDS = 1
RELATIVE = "relative:///"  # what a relative identifier would resolve against; no document may mean it
MISSING, LOST, REFUSED = "missing", "lost", "refused"


def _bound() -> None:
    # Not every system has these limits; where it has not, the limit of waiting alone holds.
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        taken = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (taken + MEMORY, taken + MEMORY))


def _relative(value: Any) -> str:
    """Name the first relative identifier or type of an expanded document; empty when there is none."""
    if isinstance(value, list):
        return next((found for found in map(_relative, value) if found), "")
    if not isinstance(value, dict) or "@value" in value:
        return ""
    types = value.get("@type", [])
    for name in [value.get("@id", "_:"), *(types if isinstance(types, list) else [types])]:
        if ":" not in str(name) or str(name).startswith(RELATIVE):
            return str(name)
    return next(
        (found for key, item in value.items() if key not in ("@id", "@type") and (found := _relative(item))), ""
    )


def canonical(jsonld: Any, document: dict[str, Any], loader: Callable[..., Any]) -> str:
    """Return the canonical N-Quads of a document; raises ``ValueError`` naming what would be lost."""
    dropped: list[str] = []
    options = {"documentLoader": loader, "base": RELATIVE}
    expanded = jsonld.expand(document, options, on_property_dropped=lambda name: dropped.append(str(name)))
    lost = dropped[0] if dropped else _relative(expanded)
    if lost:
        raise ValueError(lost)
    rdf = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": loader}
    return str(jsonld.normalize(expanded, rdf))


def main() -> None:
    """Answer one question from standard input on standard output."""
    try:
        from pyld import jsonld
    except ImportError:
        json.dump({"error": MISSING}, sys.stdout)
        return
    question = json.load(sys.stdin)
    contexts = question["contexts"]

    def load(url: str, _options: Any = None) -> dict[str, Any]:
        if url not in contexts:
            raise jsonld.JsonLdError(f"context {url} is not at hand", "jsonld.LoadDocumentError")
        document = contexts[url]
        return {"contextUrl": None, "documentUrl": url, "contentType": "application/ld+json", "document": document}

    _bound()
    try:
        answer: dict[str, Any] = {
            "documents": [canonical(jsonld, document, load) for document in question["documents"]]
        }
    except ValueError as error:
        answer = {"error": LOST, "what": str(error)[:200]}
    except (jsonld.JsonLdError, RecursionError, KeyError, TypeError, AttributeError) as error:
        answer = {"error": REFUSED, "what": f"{type(error).__name__}: {error}".splitlines()[0][:200]}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
