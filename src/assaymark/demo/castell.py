"""Castell Packaging Group: twelve sites, one system, an objective for each site, problems from everywhere."""

from __future__ import annotations

from assaymark.core.findings import Grade
from assaymark.core.parties import Actor
from assaymark.demo import dealing
from assaymark.demo.dealing import Act, Answer
from assaymark.demo.timeline import Story
from assaymark.demo.world import World
from assaymark.records.findings import actions as findings
from assaymark.records.parties.actions import add_site
from assaymark.records.registers import actions as registers

# name, town, street, country, what is done there, people
SITES = (
    ("Manchester works", "Manchester", "100 Mill Lane", "GB", "Corrugated board, printing; head office", 310),
    ("Liverpool works", "Liverpool", "Dock Road 18", "GB", "Corrugated board", 142),
    ("Hull works", "Hull", "Humber Way 3", "GB", "Boxes for fish and vegetables", 96),
    ("Cardiff works", "Cardiff", "Tide Street 40", "GB", "Boxes, displays", 104),
    ("Glasgow works", "Glasgow", "Clyde Quay 11", "GB", "Boxes for bottles", 118),
    ("Belfast works", "Belfast", "Linen Yard 2", "GB", "Boxes", 61),
    ("Norwich moulding", "Norwich", "Fen Road 77", "GB", "Plastic trays", 88),
    ("Leicester moulding", "Leicester", "Soar Works 5", "GB", "Plastic crates", 93),
    ("Exeter moulding", "Exeter", "Quayside 9", "GB", "Plastic tubs", 57),
    ("Cork works", "Cork", "Marsh Lane 21", "IE", "Boxes", 64),
    ("Doncaster depot", "Doncaster", "Railport 6", "GB", "Stores, transport", 72),
    ("Swindon depot", "Swindon", "Junction 15", "GB", "Stores, transport", 35),
)
PROCESSES = (
    ("Selling and order review", "management"),
    ("Corrugating", "core"),
    ("Printing", "core"),
    ("Moulding", "core"),
    ("Stores and transport", "core"),
    ("Buying", "support"),
    ("Group quality", "support"),
)
# site, day, title, what happened, requirement, how far it has come
PROBLEMS = (
    ("Hull works", -380, "Boxes soften in cold stores", "Board took up water at 2 °C; 400 boxes.", "8.5.1 d", "closed"),
    ("Glasgow works", -310, "Wrong print on 6,000 boxes", "Plate of the former design.", "8.5.2 (1)", "closed"),
    ("Norwich moulding", -240, "Trays warp after stacking", "Cooled for 9 instead of 14 s.", "8.5.1 c", "closed"),
    ("Cork works", -170, "Scale past its calibration", "Due five weeks before.", "7.1.5.2 a", "closed"),
    ("Leicester moulding", -90, "Colour differs between two lots", "Masterbatch of a new maker.", "8.4.2", "planned"),
    ("Swindon depot", -33, "Pallets mixed up for two customers", "Labels read from far.", "8.5.4 (1)", "contained"),
    ("Manchester works", -11, "Glue line open on display boxes", "Found by the customer.", "8.6 b", "raised"),
)


def sites(world: World) -> Story:
    """The twelve sites and the seven processes that they share."""
    at = yield world.calendar.at(-420)
    director, quality = world.who("r.castell@castell"), world.who("n.ferreira@castell")
    for name, town, street, country, activity, personnel in SITES:
        add_site(
            name=name,
            street=street,
            locality=town,
            country=country,
            activity=activity,
            personnel=personnel,
            by=director,
            at=at,
        )
    for title, kind in PROCESSES:
        values = {
            "title": title,
            "owner": "n.ferreira@castell.example",
            "kind_of": kind,
            "inputs": "Orders and material",
            "outputs": "What the customer ordered",
        }
        registers.create(register="processes", values=values, state="active", by=quality, at=at)


def objective(world: World, place: int) -> Story:
    """Complaints of one site, measured every quarter."""
    name = SITES[place][0]
    calendar, quality = world.calendar, world.who("n.ferreira@castell")
    at = yield calendar.at(-410, 10, place)
    values = {
        "title": f"Complaints at {name}",
        "owner": "n.ferreira@castell.example",
        "indicator": "Complaints per million boxes or trays",
        "unit": "ppm",
        "target": "40",
        "direction": "down",
        "plan": "Looked at in the monthly call of the sites.",
        "due_on": calendar.day(60).isoformat(),
    }
    row = registers.create(register="objectives", values=values, by=quality, at=at)
    registers.move(register="objectives", row_id=row.pk, to="pursued", by=quality, at=at)
    for quarter in range(5):
        offset = -380 + 90 * quarter
        at = yield calendar.at(offset, 10, place)
        value = 78 - 9 * quarter + (place * 5) % 13 - (place * quarter) % 4
        entry = {"measured_on": calendar.day(offset).isoformat(), "value": str(value)}
        registers.add_entry(register="objectives", row_id=row.pk, child="measurements", values=entry, by=quality, at=at)


def problem(world: World, number: int) -> Story:
    """A nonconformity of one site, as far as it has come."""
    site, offset, title, happened, requirement, known = PROBLEMS[number]
    calendar, manager = world.calendar, world.who("c.duarte@castell")
    at = yield calendar.at(offset, 10)
    row = findings.raise_finding(
        title=f"{title} ({site})",
        happened=happened,
        grade=Grade.MINOR,
        requirement=requirement,
        owner_id=manager.person_id,
        by=world.who("e.strand@castell") if site == "Cork works" else manager,
        at=at,
    )
    if known == "raised":
        return
    answer = _answer(manager, offset, known)
    plan = yield from dealing.answered(calendar, row.pk, answer, by=manager, offset=offset + 1)
    if known == "closed":
        yield from dealing.acted(calendar, plan)
        yield from dealing.closed(calendar, row.pk, answer, by=world.who("n.ferreira@castell"))


def _answer(manager: Actor, offset: int, known: str) -> Answer:
    if known == "contained":
        return Answer(containment="Both customers told; pallets exchanged the same day.")
    done = offset + 20 if known == "closed" else None
    return Answer(
        containment="Lot blocked, customer told.",
        correction="Lot replaced.",
        cause="The setting was known to one shift only.",
        similar="The other sites were asked: one had the same, changed.",
        acts=(Act("Setting written into the job sheet at all sites", manager, offset + 20, done),),
        criterion="Ten lots without it.",
        check_due=offset + 80,
        result="Twelve lots, none.",
        risks="No change needed.",
        changes="Job sheet changed.",
    )


def stories(world: World) -> list[Story]:
    """Sites, objectives and problems."""
    return [
        sites(world),
        *(objective(world, place) for place in range(len(SITES))),
        *(problem(world, number) for number in range(len(PROBLEMS))),
    ]
