"""People, organisations and what a person may do where.

Roles belong to a membership (a person in an organisation); permissions follow from roles by the table below and
from nothing else. What an organisation *is* in the chain (client, certification body, accreditation body,
arrangement) is no field here: it follows from the attestations that it issues and holds (ISO/IEC 17000, 4.6, 4.7).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """A role that a membership or an engagement gives."""

    ADMINISTRATOR = "administrator"
    QUALITY_MANAGER = "quality_manager"
    AUDITOR = "auditor"
    CONTRIBUTOR = "contributor"
    VIEWER = "viewer"
    CERTIFICATION_OFFICE = "certification_office"
    DECISION_MAKER = "decision_maker"
    ACCREDITATION_ASSESSOR = "accreditation_assessor"
    GUEST_AUDITOR = "guest_auditor"  # only by engagement, never by membership


ROLE_NAMES: dict[Role, str] = {
    Role.ADMINISTRATOR: "Administrator",
    Role.QUALITY_MANAGER: "Quality manager",
    Role.AUDITOR: "Auditor",
    Role.CONTRIBUTOR: "Contributor",
    Role.VIEWER: "Viewer",
    Role.CERTIFICATION_OFFICE: "Certification office",
    Role.DECISION_MAKER: "Decision maker",
    Role.ACCREDITATION_ASSESSOR: "Accreditation assessor",
    Role.GUEST_AUDITOR: "Guest auditor",
}

_OWN_WORK = frozenset({"work.read", "findings.raise", "documents.acknowledge", "comments.write"})
_READ = frozenset(
    {
        "home.read",
        "standards.read",
        "documents.read",
        "registers.read",
        "findings.read",
        "assessments.read",
        "attestations.read",
        "readiness.read",
        "journal.read",
        "parties.read",
    }
)
# Whom an organisation buys from is its own business: guests, who read nearly everything, do not read watch lists.
_WATCH = frozenset({"watch.read", "watch.write"})
_QUALITY = (
    _OWN_WORK
    | _READ
    | {
        "documents.write",
        "documents.approve",
        "registers.write",
        "findings.work",
        "findings.close",
        "assessments.plan",
        "assessments.perform",
        "attestations.apply",
    }
    | _WATCH
)

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.VIEWER: _READ | {"work.read", "documents.acknowledge", "watch.read"},
    Role.CONTRIBUTOR: _OWN_WORK
    | {"standards.read", "documents.read", "registers.read", "findings.read", "findings.work", "watch.read"},
    Role.QUALITY_MANAGER: _QUALITY,
    Role.AUDITOR: _OWN_WORK | _READ | _WATCH | {"assessments.perform", "findings.work"},
    Role.CERTIFICATION_OFFICE: _OWN_WORK
    | _READ
    | _WATCH
    | {
        "assessments.plan",
        "assessments.perform",
        "assessments.review",
        "attestations.maintain",
        "documents.write",
        "findings.work",
    },
    Role.DECISION_MAKER: _OWN_WORK
    | _READ
    | {"assessments.decide", "attestations.decide", "documents.approve", "watch.read"},
    Role.ACCREDITATION_ASSESSOR: _OWN_WORK
    | _READ
    | _WATCH
    | {
        "assessments.plan",
        "assessments.perform",
        "assessments.review",
        "attestations.maintain",
        "findings.work",
    },
    Role.ADMINISTRATOR: _QUALITY | {"parties.manage", "journal.export", "identifiers.change"},
    # A guest looks; the audit itself is a record of the body that sent them, and is worked on there.
    Role.GUEST_AUDITOR: _READ | {"work.read"},
}

ALL_PERMISSIONS: frozenset[str] = frozenset().union(*PERMISSIONS.values())


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting in an organisation; what every action takes as `by=`.

    engagement_id is set when the person is a guest there (ISO/IEC 17021-1 auditor at a client, witness at a body);
    home_organisation_id is then the organisation that sent them.
    """

    person_id: UUID
    name: str
    organisation_id: UUID
    organisation_slug: str
    organisation_name: str
    roles: frozenset[Role]
    engagement_id: UUID | None = None
    home_organisation_id: UUID | None = None

    @property
    def permissions(self) -> frozenset[str]:
        """Everything that the roles allow together."""
        return frozenset().union(*(PERMISSIONS[role] for role in self.roles))

    def may(self, permission: str) -> bool:
        """Whether the actor holds the permission, such as `actor.may("documents.approve")`."""
        return any(permission in PERMISSIONS[role] for role in self.roles)
