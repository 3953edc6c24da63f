"""Three bodies, one story: Northfield certifies Halden, Meridian accredits Northfield, the arrangement recognises
Meridian. Who acts at which level is told here once; what they do is the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assaymark.core.parties import Actor, Role
from assaymark.records.parties.actions import add_organisation
from assaymark.records.parties.models import Organisation, Person
from tests.audit_cast import actor


@dataclass(frozen=True)
class Level:
    """One level of the chain: a client and its body, and the people of both."""

    kind: str
    standard: str
    clause: str
    stages: tuple[str, ...]
    office_role: Role
    word: str
    attestation: str
    sectors: str = "17"


CERTIFICATION = Level(
    "certification",
    "iso-9001-2015",
    "8.6",
    ("stage_1", "stage_2"),
    Role.CERTIFICATION_OFFICE,
    "certified",
    "certificate",
)
ACCREDITATION = Level(
    "accreditation",
    "iso-iec-17021-1-2015",
    "9.5",
    ("document_review", "office_assessment", "witness"),
    Role.ACCREDITATION_ASSESSOR,
    "accredited",
    "accreditation",
    "17, 18",
)
RECOGNITION = Level(
    "peer_assessment",
    "iso-iec-17011-2017",
    "7.7",
    ("document_review", "office_assessment"),
    Role.ACCREDITATION_ASSESSOR,
    "recognised",
    "recognition",
    "",
)


@dataclass
class Stage:
    """A level with its people: the client's manager and worker; the body's office, lead, reviewer and decider."""

    level: Level
    client: Organisation
    body: Organisation
    manager: Actor
    worker: Actor
    office: Actor
    lead: Actor
    reviewer: Actor
    decider: Actor


def set_stage(level: Level) -> Stage:
    """Everybody of a level."""
    at = timezone.now()
    client = add_organisation(slug="client", name="Client Works", country="GB", at=at)
    body = add_organisation(slug="body", name="The Body", country="GB", at=at)
    return Stage(
        level=level,
        client=client,
        body=body,
        manager=actor(client, "P. Novak", Role.QUALITY_MANAGER),
        worker=actor(client, "J. Osei", Role.CONTRIBUTOR),
        office=actor(body, "C. Office", level.office_role),
        lead=actor(body, "M. Kowalska", Role.AUDITOR),
        reviewer=actor(body, "R. Eviewer", level.office_role),
        decider=actor(body, "D. Ecider", Role.DECISION_MAKER),
    )


class Browser:
    """Somebody in front of a browser, in their own organisation unless told."""

    def __init__(self, who: Actor) -> None:
        self.who = who
        self.client = Client()
        self.client.force_login(Person.objects.get(pk=who.person_id))

    def address(self, name: str, *args: object, at: str = "") -> str:
        return reverse(name if ":" in name else f"assessments:{name}", args=[at or self.who.organisation_slug, *args])

    def see(self, name: str, *args: object, at: str = "", query: str = "") -> str:
        answer = self.client.get(self.address(name, *args, at=at) + query)
        assert answer.status_code == 200, (name, answer.status_code)
        return answer.text

    def status(self, name: str, *args: object, at: str = "") -> int:
        return self.client.get(self.address(name, *args, at=at)).status_code

    def send(self, name: str, *args: object, query: str = "", at: str = "", **data: Any) -> Any:
        return self.client.post(self.address(name, *args, at=at) + query, data, follow=True)

    def do(self, name: str, *args: object, query: str = "", at: str = "", **data: Any) -> str:
        """Send a form that is taken: the answer is a redirect to the page returned."""
        answer = self.send(name, *args, query=query, at=at, **data)
        assert answer.redirect_chain, (name, answer.status_code, answer.text[-3000:])
        assert answer.status_code == 200
        return str(answer.text)


APPLICATION = {
    "scope": "Precision turning and grinding of shafts",
    "languages": "en",
    "sites": "Works, 14 Canal Road, Leeds",
    "processes": "Turning, grinding, inspection",
    "personnel": "12",
    "consultancy": "none",
}
