"""Two organisations, alike but for a word that every text of theirs carries: who works in one never meets the other.

The crawl begins at every page that the factories of the permission matrix can reach, follows all links, and reads
pages, downloads (inside of spreadsheets and PDF too) and the REST interface. The other direction: every address of A
with an object of B is "not found".
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from assaymark.records.scope import new_id
from tests.permission.asking import MissingArguments, arguments_of
from tests.permission.house import House, build_house, load_factories
from tests.permission.routes import Route, all_routes

WORD_A, WORD_B = "QUILLFEATHER", "ZEPHYRSTONE"
# Who applies chooses among the bodies that the public register names.
OTHERS_MAY_MEET = re.compile(r"^/((account|gallery|static)/|o/[a-z]+/audits/applications/apply/)")
MOST_PAGES = 800
ROLES = ("administrator", "quality_manager", "contributor", "certification_office", "decision_maker")
_LINK = re.compile(rb'(?:href|src|action|hx-get)="([^"#]+)"')


@pytest.fixture
def twins(db: None) -> tuple[House, House]:
    """A and B, both furnished with everything that a factory makes."""
    cache.clear()
    load_factories()
    pair = build_house("quill", word=WORD_A), build_house("zephyr", word=WORD_B)
    for house in pair:
        for route in all_routes():
            try_arguments(route, house)
    return pair


def try_arguments(route: Route, house: House) -> dict[str, Any] | None:
    """The arguments of a route, or None: that a factory is missing is for the matrix to say."""
    try:
        return arguments_of(route, house)
    except MissingArguments:
        return None


def is_of_an_organisation(route: Route) -> bool:
    return "organisation" in route.arguments


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def text_of(answer: Any) -> bytes:
    """What a reader of the answer can read: packed parts unpacked, streams of a PDF inflated."""
    content = body_of(answer)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return b"\n".join(packed.read(name) for name in packed.namelist())
    if content.startswith(b"%PDF"):
        try:
            pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
        except PyPdfError:  # only begins like one: what can be read of it are its bytes
            pages = []
        return "\n".join([*pages, content.decode("latin-1")]).encode()
    return content


def signed_in(house: House, role: str) -> tuple[Client, dict[str, str]]:
    client = Client(raise_request_exception=False)  # a failure is the matrix's matter; what it shows is ours
    client.force_login(house.people[role], backend=settings.AUTHENTICATION_BACKENDS[0])
    return client, {"Authorization": f"Bearer {house.secrets[role]}"}


def starts(house: House) -> list[str]:
    """Every address of the house that can be read."""
    found = []
    for route in all_routes():
        arguments = try_arguments(route, house)
        if is_of_an_organisation(route) and arguments is not None and "GET" in route.methods:
            found.append(route.address(arguments))
    return found


def crawl(house: House, role: str, word: str) -> dict[str, int]:
    """Pages on which the word occurs, and how often; follows links inside the house and to public pages."""
    client, headers = signed_in(house, role)
    waiting = ["/", *starts(house)]
    seen: set[str] = set()
    met: dict[str, int] = {}
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        if address in seen or OTHERS_MAY_MEET.match(address):
            continue
        seen.add(address)
        answer = client.get(address, headers=headers if address.startswith("/api/") else {}, follow=True)
        content = text_of(answer)
        if word.encode() in content or word in str(answer.headers):
            met[address] = content.count(word.encode())
        for link in _LINK.findall(content):
            target = link.decode("utf-8", "replace").replace("&amp;", "&")
            if target.startswith("/") and not target.startswith("//"):
                waiting.append(target)
    cache.clear()
    return met


@pytest.mark.slow
class TestACrawl:
    def test_as_one_never_meets_the_other(self, twins: tuple[House, House]) -> None:
        ours, _ = twins
        met = {role: crawl(ours, role, WORD_B) for role in ROLES}
        assert met == {role: {} for role in ROLES}

    def test_reads_inside_of_files(self, twins: tuple[House, House]) -> None:
        """Exports as CSV and XLSX, documents and certificates as PDF: one's own word is found in each."""
        ours, _ = twins
        client, _ = signed_in(ours, "administrator")
        found = {route.name: route for route in all_routes()}
        for name, other in (
            ("registers:export", {"kind": "csv"}),
            ("registers:export", {"kind": "xlsx"}),
            ("findings:export", {"kind": "xlsx"}),
            ("documents:pdf", {}),
            ("attestations:pdf", {}),
            ("assessments:report-pdf", {}),
        ):
            address = found[name].address({**arguments_of(found[name], ours), **other})
            assert WORD_A.encode() in text_of(client.get(address)), address

    def test_meets_ones_own(self, twins: tuple[House, House]) -> None:
        """The crawl sees something: without this, silence would prove nothing."""
        ours, _ = twins
        assert len(crawl(ours, "administrator", WORD_A)) > 10


class TestAnAddress:
    def test_of_ours_with_an_object_of_theirs_is_not_there(self, twins: tuple[House, House]) -> None:
        ours, theirs = twins
        client, headers = signed_in(ours, "administrator")
        found = []
        for route in all_routes():
            own, foreign = try_arguments(route, ours), try_arguments(route, theirs)
            if not is_of_an_organisation(route) or own is None or foreign is None:
                continue
            if all(own[name] == foreign[name] for name in route.arguments if name != "organisation"):
                continue  # nothing of anybody's in it: a register's name, a standard of the catalogue
            address = route.address({**foreign, "organisation": ours.organisation.slug})
            for method in route.methods:
                extra: dict[str, Any] = {"headers": headers} if address.startswith("/api/") else {}
                answer = client.generic(method, address, **extra)
                if answer.status_code == 302:
                    unknown = {k: new_id() if isinstance(v, UUID) else v for k, v in foreign.items()}
                    nowhere = route.address({**unknown, "organisation": ours.organisation.slug})
                    if client.generic(method, nowhere, **extra).status_code == 302:
                        continue  # led back without looking at any object: the same for one that does not exist
                if answer.status_code < 400 or WORD_B.encode() in body_of(answer):
                    found.append(f"{method} {route.name}: {answer.status_code}")
        assert found == []

    def test_takes_no_evidence_about_theirs_whatever_is_sent(self, twins: tuple[House, House]) -> None:
        ours, theirs = twins
        client, _ = signed_in(ours, "administrator")
        found = {route.name: route for route in all_routes()}
        for name, sent in (
            ("evidence:attach", {}),
            ("evidence:attach", {"file": SimpleUploadedFile("note.txt", b"ours")}),
            ("evidence:comment", {"text": "ours"}),
            ("evidence:link", {"ref": "nonsense"}),
            ("evidence:link", {"ref": "iso-9001-2015 6.2"}),
        ):
            foreign = {**arguments_of(found[name], theirs), "organisation": ours.organisation.slug}
            assert client.post(found[name].address(foreign), sent).status_code == 404, name
