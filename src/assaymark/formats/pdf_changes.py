"""What was changed in a PDF after a revision of it was signed, in words: "a page was added", "an annotation was added".

Rules that hold here
* This names changes for people; whether a change matters is judged elsewhere (``formats.pdf_signature``).
* Compared is what a reader sees or uses: pages and what is drawn on them, annotations, form fields and signatures,
  attached files, descriptions, the catalogue. What serves keeping (validation data, archive timestamps) is no change.
* Files come from strangers: the walk is bounded, and names are cut.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

_MAX_STEPS = 50_000
_MAX_NAMED = 5
_MAX_METADATA = 256 * 1024
_UPWARDS = ("/Parent", "/P", "/Prev")
_APART = ("/Pages", "/AcroForm", "/Names", "/AF", "/DSS", "/Metadata", "/Extensions", "/Version", "/MarkInfo")
# Every program that writes a file sets these; they say nothing about the document.
_OF_WRITING = ("/ModDate", "/Producer")
# Bounded on purpose: a stranger's text must not make these look at it again and again.
_WRITTEN = re.compile(
    r'<(\w{1,40}:Producer)>[^<]{0,500}</\1>|\w{1,40}:(?:Producer|xmptk)="[^"]{0,500}"|xmlns:\w{1,40}="[^"]{0,500}"'
    r"|<\?[^>]{0,500}\?>"
)
_SAID = re.compile(r'>([^<>]+)<|[\w:]{1,80}=(?:"([^"]*)"|\'([^\']*)\')')
_DATE = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?")
_PAGE_APART = ("/Annots", "/Parent", "/Contents", "/Type")


class TooMuch(ValueError):
    """The document has far more parts than can be compared."""


class _Look:
    """A document at one revision, and how much of it was looked at."""

    def __init__(self, view: Any) -> None:
        self.view = view
        self._left = _MAX_STEPS

    def step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise TooMuch("it has far more parts than a certificate needs")

    def root(self) -> Any:
        """The catalogue."""
        return self.view.root

    def pages(self) -> list[tuple[int, Any]]:
        """Each page with the number of its object, in order."""
        found: list[tuple[int, Any]] = []
        pending: list[Any] = [_raw(self.root(), "/Pages")]
        seen: set[int] = set()
        while pending:
            self.step()
            raw = pending.pop()
            number = raw.idnum if isinstance(raw, generic.IndirectObject) else -len(found) - 1
            node = _object(raw)
            if number in seen or not isinstance(node, generic.DictionaryObject):
                continue
            seen.add(number)
            kids = _get(node, "/Kids")
            if isinstance(kids, generic.ArrayObject):
                pending.extend(kids.raw_get(n) for n in reversed(range(len(kids))))
            else:
                found.append((number, node))
        return found

    def fields(self) -> dict[str, tuple[str, str]]:
        """Each form field by its full name: its type, and a digest of its value."""
        found: dict[str, tuple[str, str]] = {}
        form = _get(self.root(), "/AcroForm")
        listed = _get(form, "/Fields") if isinstance(form, generic.DictionaryObject) else None
        pending: list[tuple[str, str, Any]] = [("", "", raw) for raw in _items(listed)]
        seen: set[int] = set()
        while pending:
            self.step()
            above, kind, raw = pending.pop()
            node = _object(raw)
            if _known(raw, seen) or not isinstance(node, generic.DictionaryObject):
                continue
            name = ".".join(part for part in (above, str(_get(node, "/T") or "")) if part)
            kind = str(_get(node, "/FT") or kind)
            value = _get(node, "/V")
            if kind == "/Sig" and isinstance(value, generic.DictionaryObject):
                kind = str(_get(value, "/Type") or "/Sig")
            found.setdefault(name, (kind, self.digest(_raw(node, "/V")) if value is not None else ""))
            pending.extend((name, kind, raw) for raw in _items(_get(node, "/Kids")))
        return found

    def attachments(self) -> dict[str, str]:
        """Each attached file by its name, with a digest of what it holds."""
        names = _get(self.root(), "/Names")
        found: dict[str, str] = {}
        pending, seen = [_raw(names, "/EmbeddedFiles")], set[int]()
        while pending:
            self.step()
            raw = pending.pop()
            node = _object(raw)
            if _known(raw, seen) or not isinstance(node, generic.DictionaryObject):
                continue
            entries = list(_items(_get(node, "/Names")))
            for name, file in zip(entries[::2], entries[1::2], strict=False):
                found[str(_object(name))] = self.digest(file)
            pending.extend(_items(_get(node, "/Kids")))
        return found

    def description(self) -> tuple[frozenset[str], dict[str, str]]:
        """What the document says about itself: the words of its metadata, and the entries of its information."""
        stream = _get(self.root(), "/Metadata")
        text = stream.data.decode("utf-8", "replace") if isinstance(stream, generic.StreamObject) else ""
        said = {" ".join("".join(groups).split()) for groups in _SAID.findall(_WRITTEN.sub("", text[:_MAX_METADATA]))}
        info = self.view.trailer_view.raw_get("/Info") if "/Info" in self.view.trailer_view else None
        if isinstance(info, generic.IndirectObject):  # references of a trailer lead to the present
            info = self.view.get_object(info.reference)
        entries = _rest(info, self, _OF_WRITING) if isinstance(info, generic.DictionaryObject) else {}
        return frozenset(words for words in said if words and not _DATE.fullmatch(words)), entries

    def digest(self, raw: Any) -> str:
        """A digest of an object and of all it leads to, downwards."""
        writer = hashlib.sha256()
        pending: list[Any] = [raw]
        seen: set[tuple[int, int]] = set()
        while pending:
            self.step()
            item = pending.pop()
            if isinstance(item, generic.IndirectObject):
                place = (item.idnum, item.generation)
                if place in seen:
                    continue
                seen.add(place)
                item = _object(item)
            if isinstance(item, generic.DictionaryObject):
                if item is not raw and item.get("/Type", None) == "/Page":
                    continue  # pages are compared on their own
                keys = sorted(key for key in item if key not in _UPWARDS)
                writer.update(f"<{'|'.join(keys)}>".encode("utf-8", "replace"))
                if isinstance(item, generic.StreamObject):
                    writer.update(item.encoded_data)
                pending.extend(item.raw_get(key) for key in reversed(keys))
            elif isinstance(item, generic.ArrayObject):
                writer.update(f"[{len(item)}]".encode())
                pending.extend(item.raw_get(n) for n in reversed(range(len(item))))
            else:
                writer.update(repr(item).encode("utf-8", "replace"))
        return writer.hexdigest()


def changes_since(reader: PdfFileReader, revision: int, *, only_seen: bool = False) -> str:
    """Name what differs between a revision and the file as it is now, in one line; empty when nothing does.

    ``only_seen``: leave out objects that were written over though nothing that is compared differs.

    May raise anything on a hostile file: the caller treats that as damage.
    """
    old, new = _Look(reader.get_historical_resolver(revision)), _Look(reader)
    found: list[str] = []
    for look in (_pages, _fields, _attachments, _catalogue):
        found.extend(line for line in look(old, new) if line not in found)
    if not found and not only_seen:
        found.extend(_objects(reader, old, new, revision))
    if len(found) > _MAX_NAMED:
        found = [*found[:_MAX_NAMED], f"and {len(found) - _MAX_NAMED} further changes"]
    return "; ".join(found)


def _pages(old: _Look, new: _Look) -> Iterator[str]:
    before, after = dict(old.pages()), dict(new.pages())
    added, removed = len(set(after) - set(before)), len(set(before) - set(after))
    replaced = min(added, removed)
    yield from _counted(replaced, "a page was replaced", "{} pages were replaced")
    yield from _counted(added - replaced, "a page was added", "{} pages were added")
    yield from _counted(removed - replaced, "a page was removed", "{} pages were removed")
    kept = [number for number in after if number in before]
    if kept != [number for number in before if number in after]:
        yield "the pages were put into another order"
    for place, number in enumerate(after, start=1):
        if number in before:
            yield from _page(place, before[number], after[number], old, new)


def _page(place: int, before: Any, after: Any, old: _Look, new: _Look) -> Iterator[str]:
    if old.digest(_raw(before, "/Contents")) != new.digest(_raw(after, "/Contents")):
        yield f"the content of page {place} was replaced"
    elif _rest(before, old, _PAGE_APART) != _rest(after, new, _PAGE_APART):
        yield f"page {place} was changed"
    yield from _annotations(place, before, after, old, new)


def _annotations(place: int, before: Any, after: Any, old: _Look, new: _Look) -> Iterator[str]:
    was, now = _listed(before, old), _listed(after, new)
    for change, numbers in (("added to", set(now) - set(was)), ("removed from", set(was) - set(now))):
        yield from _counted(
            len(numbers), f"an annotation was {change} page {place}", f"{{}} annotations were {change} page {place}"
        )
    if any(was[number] != now[number] for number in set(was) & set(now)):
        yield f"an annotation on page {place} was changed"


def _listed(page: Any, look: _Look) -> dict[object, str]:
    """The annotations of a page that are no form fields, with a digest of each."""
    found: dict[object, str] = {}
    for place, raw in enumerate(_items(_get(page, "/Annots"))):
        node = _object(raw)
        if isinstance(node, generic.DictionaryObject) and _get(node, "/Subtype") != "/Widget":
            number = raw.idnum if isinstance(raw, generic.IndirectObject) else f"direct {place}"
            found[number] = look.digest(raw)
    return found


def _fields(old: _Look, new: _Look) -> Iterator[str]:
    before, after = old.fields(), new.fields()
    for name, (kind, value) in after.items():
        if kind == "/DocTimeStamp" or before.get(name) == (kind, value):
            continue
        if kind == "/Sig" and value:
            yield "a further signature was added" if not before.get(name, ("", ""))[1] else "a signature was replaced"
        elif name not in before:
            yield f"form field {_named(name)} was added"
        else:
            yield f"form field {_named(name)} was {'changed' if before[name][1] else 'filled in'}"
    yield from (f"form field {_named(name)} was removed" for name in before if name not in after)


def _attachments(old: _Look, new: _Look) -> Iterator[str]:
    before, after = old.attachments(), new.attachments()
    yield from (f"attached file {_named(name)} was added" for name in after if name not in before)
    yield from (f"attached file {_named(name)} was removed" for name in before if name not in after)
    yield from (
        f"attached file {_named(name)} was replaced" for name in after if name in before and before[name] != after[name]
    )


def _catalogue(old: _Look, new: _Look) -> Iterator[str]:
    if old.description() != new.description():
        yield "the description of the document was changed"
    before, after = _rest(old.root(), old, _APART), _rest(new.root(), new, _APART)
    for key in sorted(set(before) | set(after)):
        if before.get(key) != after.get(key):
            yield f"entry {_named(key.removeprefix('/'))} of the document was {_how(key, before, after)}"


def _how(key: str, before: dict[str, str], after: dict[str, str]) -> str:
    if key not in before:
        return "added"
    return "changed" if key in after else "removed"


def _objects(reader: PdfFileReader, old: _Look, new: _Look, revision: int) -> Iterator[str]:
    """Nothing that is reached differs: tell of objects that a later revision writes over all the same."""
    numbers: set[int] = set()
    for later in range(revision + 1, reader.xrefs.total_revisions):
        for reference in reader.xrefs.explicit_refs_in_revision(later):
            old.step()
            if not old.view.is_ref_unassignable(reference):
                numbers.add(reference.idnum)
    root = reader.root_ref.idnum
    numbers -= {root}
    shown = ", ".join(str(number) for number in sorted(numbers)[:3])
    yield from _counted(len(numbers), f"object {shown} was replaced", f"{{}} objects were replaced ({shown} …)")


def _rest(node: Any, look: _Look, apart: Iterable[str]) -> dict[str, str]:
    return {str(key): look.digest(node.raw_get(key)) for key in node if key not in apart}


def _counted(number: int, one: str, many: str) -> Iterator[str]:
    if number:
        yield one if number == 1 else many.format(number)


def _named(name: str) -> str:
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name[:60]) or "without a name"


def _known(raw: Any, seen: set[int]) -> bool:
    """Tell whether an object was met before, and remember it; what stands in its place directly has no number."""
    if not isinstance(raw, generic.IndirectObject):
        return False
    known = raw.idnum in seen
    seen.add(raw.idnum)
    return known


def _object(raw: Any) -> Any:
    return raw.get_object() if isinstance(raw, generic.IndirectObject) else raw  # type: ignore[no-untyped-call]


def _raw(node: Any, key: str) -> Any:
    return node.raw_get(key) if isinstance(node, generic.DictionaryObject) and key in node else None


def _get(node: Any, key: str) -> Any:
    return _object(_raw(node, key))


def _items(array: Any) -> Iterator[Any]:
    if isinstance(array, generic.ArrayObject):
        yield from (array.raw_get(n) for n in range(len(array)))
