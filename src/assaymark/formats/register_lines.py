"""The lines of a body's register: patterns of what its certificates have alike, and what each has of its own.

    =…      a pattern: the content of a certificate with marks (control characters) where its own values belong
    {…      the content of a certificate, as it is
    …       a certificate by the pattern above it: its values, parted by tabs, in the order of `VALUES`

Rules that hold here
* Nothing is left out and nothing is said twice: pattern and values give the content back, byte for byte.
* A certificate that does not fit is written as it is. No writer has to know a pattern beforehand.
* A mark can stand for text between quotes (which then holds no quote, backslash or control character), the index for
  digits, scope and sites for JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import orjson

VALUES = (
    *("id", "number", "holder id", "holder", "statement", "address", "country"),
    *("from", "until", "first issued", "decided", "index", "scope", "sites"),
)
FROM, UNTIL, INDEX = VALUES.index("from"), VALUES.index("until"), VALUES.index("index")
_TEXTS = len(VALUES) - 2  # values that stand between quotes, or digits; after them scope and sites
_MARKS = tuple(bytes([0x0E + place]) for place in range(len(VALUES)))
_MARKED = re.compile(b"[" + _MARKS[0] + b"-" + _MARKS[-1] + b"]")
_is_plain = re.compile(rb"[\t !#-\[\]-\xff]*").fullmatch


# Marks of a pattern, and bytes of a line of values: so that short lines do not become long contents.
MOST_MARKS, MOST_VALUES = 64, 65_536


class BadLine(ValueError):
    """The line gives no certificate."""


@dataclass(frozen=True, slots=True)
class Values:
    """What a certificate has of its own, as it stands in its content. ``texts``: the values before the scope."""

    texts: list[bytes]
    scope: bytes
    sites: bytes


def _probe(number: int) -> Values:
    """Values that no certificate has, of the form that a certificate's have."""
    texts = [f"https://probe-{number}.example/{name.replace(' ', '-')}".encode() for name in VALUES[:_TEXTS]]
    texts[FROM], texts[UNTIL] = b"190%d-01-01T00:00:00Z" % number, b"190%d-12-31T23:59:59Z" % number
    texts[VALUES.index("first issued")] = texts[VALUES.index("decided")] = b"190%d-01-01" % number
    texts[VALUES.index("country")], texts[INDEX] = b"%c%c" % (65 + number, 90), b"90%d" % number
    return Values(texts, b'[{"activity":"probe-%d"}]' % number, b"[]")


def values_of(line: bytes) -> Values:
    """Read a line of values; raises :class:`BadLine`."""
    if len(line) > MOST_VALUES:
        raise BadLine("too long for the values of a certificate")
    head, _, rest = line.rpartition(b"\t")
    head, _, scope = head.rpartition(b"\t")
    texts = head.split(b"\t")
    index = texts[-1]
    if len(texts) != _TEXTS or not _is_plain(head) or not index.isdigit() or (index[0] == 48 and len(index) > 1):
        raise BadLine("not the values of a certificate")
    if not head.isascii():
        try:
            head.decode()
        except UnicodeDecodeError as error:
            raise BadLine("not UTF-8") from error
    return Values(texts, scope, rest)


class Pattern:
    """What certificates have alike. Raises :class:`BadLine` when it has too many marks."""

    __slots__ = ("_parts", "_places", "text")

    def __init__(self, text: bytes) -> None:
        self.text = text
        if len(_MARKED.findall(text)) > MOST_MARKS:
            raise BadLine("too many marks for a pattern")
        self._parts = _MARKED.split(text)
        self._places = [mark[0] - 0x0E for mark in _MARKED.findall(text)]

    def filled(self, values: Values) -> bytes:
        """The content of a certificate."""
        given = (*values.texts, values.scope, values.sites)
        own = [given[place] for place in self._places]
        return b"".join(part for pair in zip(self._parts, (*own, b""), strict=True) for part in pair)


def packed(content: bytes, pattern: Pattern | None = None) -> tuple[bytes, bytes]:
    """The text of the pattern of a certificate's content, and its line of values; twice nothing when none fits.

    pattern: the one that is tried first.
    """
    try:
        own = _own_values(orjson.loads(content))
        line = b"\t".join(own)
        values = values_of(line)
    except (KeyError, TypeError, AttributeError, BadLine, orjson.JSONDecodeError):
        return b"", b""
    if line[:1] in b"={":
        return b"", b""
    if pattern and pattern.filled(values) == content:
        return pattern.text, line
    text = content
    for (before, after), place in _WHERE:
        if own[place]:
            text = text.replace(before + own[place] + after, before + _MARKS[place] + after)
    return (text, line) if Pattern(text).filled(values) == content else (b"", b"")


def _own_values(claims: dict[str, object]) -> list[bytes]:
    """The values of a certificate, each as it stands in its content."""
    subject, status = claims["credentialSubject"], claims["credentialStatus"]
    assert isinstance(subject, dict) and isinstance(status, dict)
    party = subject["issuedToParty"]
    texts = [claims["id"], subject["certificateNumber"], party["id"], party["name"], subject["scopeStatement"]]
    texts += [subject["address"], subject["country"], claims["validFrom"], claims["validUntil"]]
    texts += [subject["originalIssueDate"], subject["decisionDate"]]
    found = [orjson.dumps(text)[1:-1] for text in texts]
    parts = status["statusListIndex"], subject["scope"], subject["certifiedSite"]
    return [*found, *(orjson.dumps(part) for part in parts)]


_WHERE = tuple(
    (around, VALUES.index(name))
    for name, *places in (
        ("scope", (b'"scope":', b',"certifiedSite":')),
        ("sites", (b'"certifiedSite":', b',"conformityAssessment":')),
        ("address", (b'"address":"', b'","country"')),
        ("country", (b'","country":"', b'","decisionDate"')),
        ("from", (b'"validFrom":"', b'"')),
        ("until", (b'"validUntil":"', b'"')),
        ("first issued", (b'"originalIssueDate":"', b'"')),
        ("decided", (b'"assessmentDate":"', b'"'), (b'"decisionDate":"', b'"')),
        ("index", (b'#', b'","type":"BitstringStatusListEntry"'), (b'"statusListIndex":', b",")),
        ("statement", (b'"description":"', b'"'), (b'"scopeStatement":"', b'"')),
        ("holder", (b'"name":"', b'"'), (b" certificate of ", b'"')),
        ("holder id", (b'"id":"', b'"')),
        ("id", (b'"', b'"'), (b'"', b"#"), (b'"', b"/")),
        ("number", (b'"certificateNumber":"', b'"'), (b" certificate ", b'"')),
    )
    for around in places
)  # fmt: skip


def lines_of(contents: Iterable[bytes]) -> Iterator[bytes]:
    """Write a register: a pattern when two certificates in a row have it, and from then on values where it fits."""
    pattern, before = None, b""
    for content in contents:
        text, values = packed(content, pattern)
        if text and text == before and (pattern is None or text != pattern.text):
            pattern = Pattern(text)
            yield b"=" + text
        yield values if pattern is not None and text == pattern.text else content
        before = text


def contents_of(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Read a register back: the content of each of its certificates. Raises :class:`BadLine`."""
    pattern: Pattern | None = None
    for line in lines:
        if line.startswith(b"="):
            pattern = Pattern(line[1:])
        elif line.startswith(b"{"):
            yield line
        elif pattern is None:
            raise BadLine("values without a pattern")
        else:
            yield pattern.filled(values_of(line))


PROBES = (_probe(3), _probe(4))
