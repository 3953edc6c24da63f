"""What the frame of every page needs: who acts, where else they may go, which rail they see.

The rail is in the order of the standard (ISO 9001, clauses 4 to 10), because the people who work here think in it. A
certification or accreditation body sees the rail of its own work. Entries are data; one whose page does not exist, or
whose permission the actor lacks, is left out, so the rail grows with the house.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from assaymark.core.parties import Actor, Role
from assaymark.records.parties import queries
from assaymark.records.scope import organisation_scope

BODY_ROLES = frozenset({Role.CERTIFICATION_OFFICE, Role.DECISION_MAKER, Role.ACCREDITATION_ASSESSOR})


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the rail. `pages` are URL names, best first, each with the arguments after the organisation's slug."""

    key: str
    name: str
    icon: str
    permission: str
    pages: tuple[tuple[str, ...], ...]
    also: tuple[str, ...] = ()  # further URL names whose pages belong to this entry


@dataclass(frozen=True, slots=True)
class Link:
    """An entry that this actor sees, with its address."""

    key: str
    name: str
    icon: str
    address: str
    active: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Rail:
    """Groups of links with an optional title.

    bar     what the phone shows at the bottom: at most four, then More
    doings  what the palette offers to do, beside the places to go
    """

    groups: tuple[tuple[str, tuple[Link, ...]], ...]
    bar: tuple[Link, ...]
    doings: tuple[Link, ...] = ()

    @property
    def links(self) -> tuple[Link, ...]:
        """All links in their order."""
        return tuple(link for _, links in self.groups for link in links)


HOME = Entry("home", "Home", "home", "work.read", (("home",),))
MY_WORK = Entry("work", "My work", "checkbox", "work.read", (("work:mine",),))
REPORT = Entry("report", "Report a problem", "plus", "findings.raise", (("findings:raise",),))
DOCUMENTS = Entry("documents", "Documents", "files", "documents.read", (("documents:list",),))
STANDARDS = Entry("standards", "Standards", "book", "standards.read", (("standards:list",), ("standards",)))
JOURNAL = Entry("journal", "Journal", "link", "journal.read", (("journal:list",), ("journal",)))
PEOPLE = Entry("people", "People", "users", "parties.read", (("people:list",), ("people:members",)))
AUDITS = Entry("audits", "Audits", "clipboard-check", "assessments.read", (("assessments:list",),))
CERTIFICATES = Entry(
    "certificates", "Certificates", "certificate", "attestations.read", (("certificates:list",), ("attestations:list",))
)

WATCH = Entry("watch", "Watch list", "eye", "watch.read", (("watch:list",),))

IDENTIFIER = Entry("identifier", "Identifier and keys", "key", "attestations.read", (("identifiers:record",),))


def _register(key: str, name: str, icon: str, *slugs: str) -> Entry:
    """A chapter of the standard: its own page when there is one, else its first register."""
    pages = (("registers:chapter", key), *(("registers:list", slug) for slug in slugs))
    return Entry(key, name, icon, "registers.read", pages, also=tuple(slugs))


STANDARD_ORDER: tuple[Entry, ...] = (
    HOME,
    _register("context", "Context", "compass", "interested-parties", "processes"),
    _register("leadership", "Leadership", "affiliate", "responsibilities", "policies"),
    _register("planning", "Planning", "route", "risks", "objectives"),
    _register("support", "Support", "tools", "measuring-equipment", "equipment", "competences"),
    _register("operation", "Operation", "settings-cog", "suppliers", "orders"),
    Entry(
        "evaluation",
        "Evaluation",
        "chart-line",
        "readiness.read",
        (("registers:chapter", "evaluation"), ("readiness:checks",), ("readiness:list",)),
    ),
    Entry("improvement", "Improvement", "refresh", "findings.read", (("findings:list",),)),
)
EVERYWHERE: tuple[Entry, ...] = (MY_WORK, DOCUMENTS, AUDITS, CERTIFICATES, WATCH, STANDARDS, JOURNAL, PEOPLE)

BODY_ORDER: tuple[Entry, ...] = (
    HOME,
    Entry("applications", "Applications", "mail", "assessments.read", (("assessments:applications",),)),
    Entry("clients", "Clients", "building-factory-2", "assessments.read", (("assessments:clients",),)),
    Entry("programme", "Programme", "calendar", "assessments.read", (("assessments:programmes",),)),
    AUDITS,
    Entry("decisions", "Decisions", "scale", "assessments.read", (("assessments:decisions",),)),
    CERTIFICATES,
    Entry("suspicious", "Suspicious", "flag", "assessments.read", (("assessments:suspicious",),)),
    Entry("competence", "Competence", "school", "assessments.read", (("assessments:competence",),)),
    Entry("impartiality", "Impartiality", "affiliate", "assessments.read", (("assessments:impartiality",),)),
    replace(PEOPLE, name="People"),
    JOURNAL,
)
BODY_EVERYWHERE: tuple[Entry, ...] = (
    MY_WORK,
    Entry("improvement", "Findings", "refresh", "findings.read", (("findings:list",),)),
    DOCUMENTS,
    _register("registers", "Registers", "list", "processes"),
    WATCH,
    IDENTIFIER,
    STANDARDS,
)
CONTRIBUTOR: tuple[Entry, ...] = (replace(HOME, name="Home"), MY_WORK, REPORT, DOCUMENTS)

DOINGS: tuple[Entry, ...] = (
    REPORT,
    Entry("new-document", "Write a document", "file-plus", "documents.write", (("documents:new",),)),
    Entry("plan-audit", "Plan an audit", "calendar", "assessments.plan", (("assessments:new",), ("assessments:plan",))),
    Entry("watch-one", "Watch a certificate", "eye", "watch.write", (("watch:add",),)),
    Entry("apply", "Apply to a body", "send", "attestations.apply", (("assessments:apply",),)),
    Entry("invite", "Invite a person", "user-plus", "parties.manage", (("people:invite",),)),
    Entry("let-in", "Let a guest in", "user-check", "parties.manage", (("people:let-in",),)),
    Entry("in-force", "Show documents in force on a day", "calendar", "documents.read", (("documents:in-force",),)),
)


def _address(entry: Entry, slug: str) -> str:
    for name, *args in entry.pages:
        try:
            return reverse(name, args=[slug, *args])
        except NoReverseMatch:
            continue
    return ""


def _links(entries: tuple[Entry, ...], actor: Actor) -> tuple[Link, ...]:
    found = ((e, _address(e, actor.organisation_slug)) for e in entries if actor.may(e.permission))
    return tuple(Link(e.key, e.name, e.icon, address) for e, address in found if address)


def _groups(actor: Actor) -> tuple[tuple[str, tuple[Link, ...]], ...]:
    if actor.roles <= {Role.CONTRIBUTOR}:
        return (("", _links(CONTRIBUTOR, actor)),)
    if actor.roles & BODY_ROLES:
        return (("", _links(BODY_ORDER, actor)), ("Everywhere", _links(BODY_EVERYWHERE, actor)))
    return (("", _links(STANDARD_ORDER, actor)), ("Everywhere", _links(EVERYWHERE, actor)))


def _active_key(links: tuple[Link, ...], *, path: str, section: str) -> str:
    """The section a page names itself; else the entry whose address is the longest beginning of the path."""
    if section:
        return section
    beginnings = [link for link in links if path.startswith(link.address)]
    return max(beginnings, key=lambda link: len(link.address)).key if beginnings else ""


Counts = Mapping[str, int]
_providers: list[Callable[[Actor], Counts]] = []


def provide_counts(provider: Callable[[Actor], Counts]) -> Callable[[Actor], Counts]:
    """Register a function that says how much is open per rail entry, such as `{"improvement": 4, "work": 2}`.

    Called at most once per page, inside the organisation's scope; it costs every page its queries, so at most one.
    Works as a decorator; an app registers in `ready()`.
    """
    if provider not in _providers:
        _providers.append(provider)
    return provider


def counts_for(actor: Actor) -> dict[str, int]:
    """What all providers say together. Opens the scope itself: a page of refusals is drawn outside of any."""
    found: dict[str, int] = {}
    with organisation_scope(actor.organisation_id):
        for provider in _providers:
            for key, number in provider(actor).items():
                found[key] = found.get(key, 0) + number
    return found


def rail_for(*, actor: Actor, path: str, section: str = "", counts: Counts | None = None) -> Rail:
    """The rail of an actor on a page. `section` is an entry's key, given by pages whose address does not show it."""
    groups = _groups(actor)
    active = _active_key(tuple(link for _, links in groups for link in links), path=path, section=section)
    open_things = counts or {}

    def marked(links: tuple[Link, ...]) -> tuple[Link, ...]:
        return tuple(replace(e, active=e.key == active, count=open_things.get(e.key)) for e in links)

    bar = _links((HOME, MY_WORK, replace(REPORT, name="Report"), AUDITS, DOCUMENTS), actor)[:4]
    return Rail(
        groups=tuple((title, marked(links)) for title, links in groups if links),
        bar=marked(bar),
        doings=_links(DOINGS, actor),
    )


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `actor` (or None) and, lazily, `workplaces` and `rail_counts`."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return {"actor": None}
    return {
        "actor": actor,
        "rail_counts": SimpleLazyObject(lambda: counts_for(actor)),
        "workplaces": lambda: queries.workplaces(person_id=actor.person_id, at=timezone.now()),
    }
