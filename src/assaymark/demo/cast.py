"""Who is in the demo world: organisations and people, all invented. Addresses end in .example, which nobody owns."""

from __future__ import annotations

from dataclasses import dataclass

from assaymark.core.parties import ROLE_NAMES, Role

PASSWORD = "try-assaymark"  # noqa: S105  # printed for everybody; refused in production


@dataclass(frozen=True, slots=True)
class Member:
    """A person in one organisation. story: why one signs in as them; empty for those who cannot sign in."""

    key: str
    name: str
    roles: tuple[Role, ...]
    job_title: str
    story: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """An organisation with its people."""

    slug: str
    name: str
    country: str
    locality: str
    street: str
    registered_id: str
    members: tuple[Member, ...]

    def email(self, member: Member) -> str:
        """The address by which the member signs in."""
        return f"{member.key}@{self.slug}.example"


@dataclass(frozen=True, slots=True)
class SignIn:
    """A line of the table that says who can sign in."""

    name: str
    email: str
    organisation: str
    roles: str
    story: str


HALDEN = House(
    "halden",
    "Halden Precision Ltd",
    "GB",
    "Leeds",
    "14 Canal Road",
    "GB-04417208",
    (
        Member("m.halden", "M. Halden", (Role.ADMINISTRATOR,), "Managing director", "approves and closes"),
        Member("p.novak", "P. Novak", (Role.QUALITY_MANAGER,), "Quality manager", "runs the quality system"),
        Member("j.osei", "J. Osei", (Role.CONTRIBUTOR,), "Head of turning", "raises and works on problems"),
        Member("a.brandt", "A. Brandt", (Role.AUDITOR,), "Purchasing, internal auditor", "audits inside the house"),
        Member("l.whitfield", "L. Whitfield", (Role.VIEWER,), "Office", "may look, no more"),
        Member("k.adair", "K. Adair", (Role.CONTRIBUTOR,), "Turner"),
        Member("s.marlow", "S. Marlow", (Role.CONTRIBUTOR,), "Turner"),
        Member("d.okello", "D. Okello", (Role.CONTRIBUTOR,), "Grinder"),
        Member("r.teale", "R. Teale", (Role.CONTRIBUTOR,), "Grinder"),
        Member("i.fenner", "I. Fenner", (Role.CONTRIBUTOR,), "Final inspection"),
        Member("t.quayle", "T. Quayle", (Role.CONTRIBUTOR,), "Stores and dispatch"),
        Member("b.lister", "B. Lister", (Role.CONTRIBUTOR,), "Maintenance"),
    ),
)
NORTHFIELD = House(
    "northfield",
    "Northfield Certification",
    "GB",
    "York",
    "3 Foundry Court",
    "GB-05521377",
    (
        Member(
            "e.sandhu",
            "E. Sandhu",
            (Role.CERTIFICATION_OFFICE, Role.CONTRIBUTOR),
            "Certification office",
            "plans and issues",
        ),
        Member("m.kowalska", "M. Kowalska", (Role.AUDITOR,), "Lead auditor", "audits Halden"),
        Member("c.lindqvist", "C. Lindqvist", (Role.CERTIFICATION_OFFICE,), "Technical reviewer", "reviews results"),
        Member("v.adeyemi", "V. Adeyemi", (Role.DECISION_MAKER,), "Head of certification", "decides"),
        Member(
            "g.marsh", "G. Marsh", (Role.AUDITOR, Role.DECISION_MAKER), "Lead auditor", "decides, but not on own audits"
        ),
        Member("h.rowan", "H. Rowan", (Role.QUALITY_MANAGER,), "Quality manager"),
    ),
)
CRESTLINE = House(
    "crestline",
    "Crestline Certificates",
    "GB",
    "Bristol",
    "Suite 9, Harbour House",
    "GB-11840266",
    (
        Member("n.pryce", "N. Pryce", (Role.CERTIFICATION_OFFICE,), "Office", "a body that nobody accredited"),
        Member("o.vance", "O. Vance", (Role.AUDITOR,), "Auditor"),
        Member("q.hale", "Q. Hale", (Role.DECISION_MAKER, Role.CERTIFICATION_OFFICE), "Director"),
    ),
)
MERIDIAN = House(
    "meridian",
    "Meridian Accreditation Service",
    "GB",
    "London",
    "22 Observatory Row",
    "GB-03116540",
    (
        Member("s.okafor", "S. Okafor", (Role.ACCREDITATION_ASSESSOR,), "Lead assessor", "assesses Northfield"),
        Member("l.brunner", "L. Brunner", (Role.ACCREDITATION_ASSESSOR,), "Accreditation office", "plans and issues"),
        Member("t.vidal", "T. Vidal", (Role.DECISION_MAKER,), "Accreditation committee", "decides on accreditation"),
        Member("y.hartmann", "Y. Hartmann", (Role.QUALITY_MANAGER,), "Quality manager"),
    ),
)
ARRANGEMENT = House(
    "arrangement",
    "Mutual recognition arrangement",
    "CH",
    "Geneva",
    "Rue des Tilleuls 8",
    "CHE-244.818.930",
    (
        Member("a.moreau", "A. Moreau", (Role.ACCREDITATION_ASSESSOR,), "Secretariat", "keeps the list of signatories"),
        Member("j.tanaka", "J. Tanaka", (Role.ACCREDITATION_ASSESSOR,), "Peer evaluator"),
        Member("f.lopes", "F. Lopes", (Role.DECISION_MAKER,), "Arrangement council", "decides on recognition"),
    ),
)
BRANDT_COATINGS = House(
    "brandt-coatings",
    "Brandt Coatings Ltd",
    "GB",
    "Bradford",
    "Unit 7, Airedale Works",
    "GB-06602915",
    (
        Member("w.brandt", "W. Brandt", (Role.ADMINISTRATOR,), "Owner", "a client whose certificate is suspended"),
        Member("u.keane", "U. Keane", (Role.CONTRIBUTOR,), "Coating line"),
    ),
)
THORNBURY = House(
    "thornbury",
    "Thornbury Springs Ltd",
    "GB",
    "Sheffield",
    "41 Kelham Street",
    "GB-07733148",
    (
        Member("z.thornbury", "Z. Thornbury", (Role.ADMINISTRATOR,), "Director", "waits for a first certificate"),
        Member("x.ellery", "X. Ellery", (Role.CONTRIBUTOR,), "Head of production"),
    ),
)
CASTELL = House(
    "castell",
    "Castell Packaging Group",
    "GB",
    "Manchester",
    "Castell House, 100 Mill Lane",
    "GB-02298451",
    (
        Member("r.castell", "R. Castell", (Role.ADMINISTRATOR,), "Group director"),
        Member("n.ferreira", "N. Ferreira", (Role.QUALITY_MANAGER,), "Group quality", "runs 12 sites"),
        Member("p.lang", "P. Lang", (Role.AUDITOR,), "Group auditor"),
        Member("c.duarte", "C. Duarte", (Role.CONTRIBUTOR,), "Site manager, Manchester"),
        Member("e.strand", "E. Strand", (Role.CONTRIBUTOR,), "Site manager, Cork"),
    ),
)
OPENFIELD = House(
    "openfield",
    "Openfield Software",
    "NL",
    "Utrecht",
    "Oudegracht 260",
    "NL-68120474",
    (
        Member("b.devries", "B. de Vries", (Role.ADMINISTRATOR,), "Director"),
        Member("i.jansen", "I. Jansen", (Role.QUALITY_MANAGER,), "Quality and handbook", "keeps 390 documents"),
        Member("o.bakker", "O. Bakker", (Role.CONTRIBUTOR,), "Developer"),
    ),
)

HOUSES = (
    ARRANGEMENT,
    MERIDIAN,
    NORTHFIELD,
    CRESTLINE,
    HALDEN,
    BRANDT_COATINGS,
    THORNBURY,
    CASTELL,
    OPENFIELD,
)


def sign_ins() -> list[SignIn]:
    """Everybody who can sign in, the machine shop first."""
    houses = sorted(HOUSES, key=lambda house: house is not HALDEN)
    return [
        SignIn(
            member.name,
            house.email(member),
            house.name,
            ", ".join(ROLE_NAMES[role] for role in member.roles),
            member.story,
        )
        for house in houses
        for member in house.members
        if member.story
    ]
