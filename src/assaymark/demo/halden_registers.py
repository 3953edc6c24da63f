"""Halden's registers: processes, interested parties, risks, and objectives with two years of measurements."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from assaymark.demo.timeline import Story
from assaymark.demo.world import World
from assaymark.records.parties.actions import add_site
from assaymark.records.registers import actions as registers

BEGIN = -755

# name, owner, kind, purpose, inputs, outputs, measures, clauses, what it comes after
PROCESSES = (
    ("Direction", "m.halden", "management", "Sets policy and objectives and provides what they need.",
     "Results of the year\nCustomers' plans", "Policy\nObjectives\nBudget", "Objectives reached",
     "5.1, 5.2, 6.2, 9.3", ""),
    ("Quotation and order review", "m.halden", "core", "From an enquiry to an order that can be kept.",
     "Enquiry\nDrawing", "Reviewed order", "Days to a quotation", "8.2", ""),
    ("Planning", "j.osei", "core", "Brings orders onto machines in time.",
     "Reviewed order", "Router\nMachine plan", "Orders on time", "8.1, 8.5.1", "Quotation and order review"),
    ("Purchasing", "a.brandt", "core", "Buys bar stock, coating and tools from approved suppliers.",
     "Router\nMinimum stock", "Checked goods", "Deliveries without complaint", "8.4", "Planning"),
    ("Turning", "j.osei", "core", "Turns shafts and bushes to the drawing.",
     "Router\nBar stock\nDrawing", "Turned parts", "Scrap, first-piece approval", "8.5.1, 8.5.2", "Purchasing"),
    ("Grinding", "d.okello", "core", "Grinds diameters and faces to final size.",
     "Turned parts\nDrawing", "Ground parts", "Scrap, dimensions in control", "8.5.1", "Turning"),
    ("Final inspection and release", "i.fenner", "core", "Decides whether a lot may leave.",
     "Ground parts\nInspection plan", "Released lot\nBlocked lot", "Complaints per 100 lots", "8.6, 8.7", "Grinding"),
    ("Stores and dispatch", "t.quayle", "core", "Keeps, packs and sends what was released.",
     "Released lot", "Delivery", "Deliveries complete and undamaged", "8.5.4, 8.5.5", "Final inspection and release"),
    ("Maintenance", "b.lister", "support", "Keeps machines able to hold their tolerance.",
     "Maintenance plan\nReports from the floor", "Machine fit for work", "Unplanned hours", "7.1.3", ""),
    ("Measuring equipment", "i.fenner", "support", "Sees that what measures is right.",
     "Instruments\nIntervals", "Calibrated instruments", "Instruments past their date", "7.1.5", ""),
    ("Quality system", "p.novak", "support", "Documents, audits, nonconformities, improvement.",
     "Findings\nChanges", "Documents\nReports", "Actions on time", "7.5, 9.2, 10.2", ""),
)  # fmt: skip

# name, relation, why, how they are heard, climate considered, ((requirement, binding, met by), …)
PARTIES = (
    ("Pump makers", "customer", "Two of them buy 60 % of our shafts.", "Framework talks in March; scorecards monthly",
     True, (("Deliveries on the day confirmed", True, "Planning"),
            ("Material certificates 3.1 for every lot", True, "Purchasing"),
            ("Carbon figures of bar stock from next year", False, "Purchasing"))),
    ("Drive makers", "customer", "Bushes for gearboxes; smallest tolerances.", "Yearly visit, complaints",
     True, (("Diameters within the drawing, measured at 20 °C", True, "Grinding"),
             ("Told before a process changes", True, "Quotation and order review"))),
    ("Bar stock merchants", "supplier", "Steel in the wrong grade stops us.", "Supplier review twice a year",
     True, (("Orders four weeks ahead", False, "Planning"), ("Payment within 30 days", True, "Direction"))),
    ("Brandt Coatings", "supplier", "Coats every second shaft; the only coater near by.", "Calls weekly, audit yearly",
     True, (("Surface free of oil on arrival", True, "Stores and dispatch"),)),
    ("The people who work here", "personnel", "Twelve people who know the machines.", "Monday talk; yearly survey",
     True, (("Know what their work is judged by", False, "Quality system"),
            ("Training before new work", True, "Direction"),
            ("Shop floor below 30 °C in summer", False, "Maintenance"))),
    ("The Halden family", "owner", "Owns the company.", "Meeting each quarter",
     True, (("A margin that keeps the company independent", False, "Direction"),)),
    ("Health and Safety Executive", "authority", "Inspects the works.", "Letters, web site, inspections",
     True, (("Machines guarded; records kept", True, "Maintenance"),)),
    ("Northfield Certification", "other", "Certifies the quality system.", "Audits, letters",
     True, (("Told of important changes without delay", True, "Quality system"),
             ("Certificate used as agreed", True, "Direction"))),
    ("Neighbours on Canal Road", "neighbour", "Houses begin 40 metres from the gate.", "Open day; telephone",
     True, (("Quiet between 22 and 6", True, "Planning"),)),
)  # fmt: skip

# title, process, cause, effect, likelihood, impact, strategy, treatment, then residual and how it was seen to work
RISKS = (
    ("The only coater near by fails", "Purchasing", "One supplier for one process", "Every second order is late",
     3, 5, "reduce", "Second coater approved by audit; 20 % of the work goes there", None),
    ("Undersize shafts reach a customer", "Final inspection and release", "Worn instrument, check not recorded",
     "Pump fails in the field", 3, 4, "reduce",
     "Lots stay blocked in the router until the final check is recorded", None),
    ("Wrong measurement goes unnoticed", "Measuring equipment", "Wear between two calibrations",
     "Wrong parts released, right parts scrapped", 3, 4, "reduce",
     "Interval by use for micrometers; check piece weekly",
     (2, 4, "Check pieces of twelve months: one deviation, found within a week.")),
    ("The experienced grinder leaves", "Grinding", "One person knows the cylindrical grinder",
     "Grinding stops for weeks",
     2, 4, "reduce", "R. Teale trained on the cylindrical grinder, two days a week",
     (2, 2, "R. Teale ran it alone for three weeks in summer; scrap unchanged.")),
    ("Steel in the wrong grade", "Purchasing", "Bars are not marked after cutting", "Parts of the wrong strength",
     2, 5, "reduce", "Bars keep a coloured end; spectrometer at goods inward for alloy steels",
     (1, 5, "Two wrong bars found at goods inward in eighteen months, none after.")),
    ("Main lathe stands still", "Maintenance", "Spindle 11 years old", "A third of the capacity is missing",
     3, 3, "reduce", "Vibration measured monthly; spindle kept in stock",
     (3, 2, "Bearing wear was seen six weeks ahead and changed on a Saturday.")),
    ("Orders are accepted that cannot be kept", "Quotation and order review", "Capacity is estimated by feeling",
     "Late deliveries", 3, 3, "reduce", "Capacity seen in the machine plan before an order is confirmed",
     (2, 2, "Confirmed days kept for 97 of 100 orders.")),
    ("Heat in summer moves dimensions", "Grinding", "Shop floor reaches 34 °C on hot days", "Diameters drift by 6 µm",
     3, 3, "reduce", "Measuring room cooled to 20 °C; parts rest there for an hour before the final check",
     (2, 2, "No drift seen in the heat of July.")),
    ("Files are lost", "Quality system", "One server in the office", "Records of release are missing",
     2, 4, "reduce", "Nightly copy to a second place, restored as a test every quarter",
     (1, 2, "Eight test restores, all complete.")),
    ("Energy prices double", "Direction", "Contract ends next winter", "Margin falls", 3, 2, "accept", "", None),
)  # fmt: skip

# title, process, owner, indicator, unit, target, direction, values month by month (oldest first), state at the end
OBJECTIVES = (
    ("Deliver on time", "Planning", "j.osei", "Order lines delivered on the day confirmed", "%", "97", "up",
     (91, 90.5, 92, 92.4, 91.8, 93, 93.5, 92.9, 94, 94.2, 94.8, 95, 94.1, 95.2, 95.8, 96, 95.4, 96.1, 96.6, 96.2, 96.9,
      97.1, 96.8, 97.3), "pursued"),
    ("Less scrap in turning and grinding", "Turning", "j.osei", "Scrap by value", "%", "1.5", "down",
     (2.9, 3.1, 2.8, 2.7, 2.9, 2.6, 2.4, 2.5, 2.3, 2.2, 2.3, 2.1, 2.0, 2.1, 1.9, 1.8, 1.9, 1.7, 1.8, 1.6, 1.7, 1.6, 2.2,
      1.4), "pursued"),
    ("Quotations within three days", "Quotation and order review", "m.halden", "Days from enquiry to quotation", "days",
     "3", "down", (5.2, 5, 4.8, 4.4, 4.6, 4.1, 3.9, 3.6, 3.4, 3.2, 3.1, 2.9), "reached"),
    ("Fewer complaints", "Final inspection and release", "i.fenner", "Complaints per 100 lots", "per 100", "0.8",
     "down",
     (1.9, 1.8, 1.8, 1.6, 1.7, 1.5, 1.5, 1.4, 1.3, 1.4, 1.2, 1.3, 1.1, 1.2, 1.1, 1.0, 1.0, 0.9, 1.0, 0.9, 0.9, 0.8, 1.0,
      0.9), "pursued"),
    ("Energy per part down by a tenth", "Direction", "b.lister", "Kilowatt hours per part", "kWh", "1.80", "down",
     (2.04, 2.02, 2.03, 2.0, 1.99, 1.97, 1.98, 1.95, 1.93, 1.92, 1.9, 1.91), "pursued"),
)  # fmt: skip


def email(key: str) -> str:
    """The address of somebody at Halden."""
    return f"{key}@halden.example"


def sites(world: World) -> Story:
    """The works and the stores."""
    at = yield world.calendar.at(BEGIN - 3)
    manager = world.who("m.halden@halden")
    add_site(
        name="Works", street="14 Canal Road", locality="Leeds", country="GB",
        activity="Turning, grinding, inspection, office", personnel=10, by=manager, at=at,
    )  # fmt: skip
    add_site(
        name="Stores", street="Unit 3, Armley", locality="Leeds", country="GB",
        activity="Stores and dispatch", personnel=2, by=manager, at=at,
    )  # fmt: skip


def processes(world: World) -> Story:
    """The eleven processes, in the order in which work flows; `world.made["halden.process"]` knows them by name."""
    novak = world.who("p.novak@halden")
    at = yield world.calendar.at(BEGIN)
    known: dict[str, UUID] = {}
    for title, owner, kind, purpose, inputs, outputs, measures, clauses, after in PROCESSES:
        values: dict[str, Any] = {
            "title": title,
            "owner": email(owner),
            "kind_of": kind,
            "purpose": purpose,
            "inputs": inputs,
            "outputs": outputs,
            "measures": measures,
            "resources": "People, machines and rooms as in the maintenance plan",
            "clauses": clauses,
            "comes_after": after,
        }
        row = registers.create(register="processes", values=values, state="active", by=novak, at=at)
        known[title] = row.pk
    world.made["halden.process"] = known
    at = yield world.calendar.at(-90, 10)
    for row_id in known.values():
        registers.review(register="processes", row_id=row_id, note="Walked through with its owner.", by=novak, at=at)


def parties(world: World) -> Story:
    """Nine parties with what they require; looked at again every year."""
    novak, calendar = world.who("p.novak@halden"), world.calendar
    at = yield calendar.at(BEGIN + 2)
    rows = []
    for title, relation, relevance, heard, climate, requirements in PARTIES:
        values = {
            "title": title,
            "relation": relation,
            "relevance": relevance,
            "watched_how": heard,
            "climate_considered": climate,
            "owner": email("p.novak"),
        }
        row = registers.create(register="interested-parties", values=values, state="relevant", by=novak, at=at)
        rows.append(row.pk)
        for text, binding, met_by in requirements:
            entry = {"text": text, "binding": binding, "met_by": met_by}
            registers.add_entry(
                register="interested-parties", row_id=row.pk, child="requirements", values=entry, by=novak, at=at
            )
    for offset in (-391, -21):
        at = yield calendar.at(offset, 10)
        for row_id in rows:
            registers.review(
                register="interested-parties", row_id=row_id, note="Still so; seen in the management review.",
                by=novak, at=at,
            )  # fmt: skip


def risks(world: World) -> Story:
    """Ten risks: most are under control, two in treatment, one accepted."""
    novak, calendar = world.who("p.novak@halden"), world.calendar
    at = yield calendar.at(BEGIN + 4)
    rows = []
    for title, process, cause, effect, likelihood, impact, strategy, treatment, _ in RISKS:
        values = {
            "title": title,
            "process": process,
            "cause": cause,
            "effect": effect,
            "likelihood": likelihood,
            "impact": impact,
            "owner": email(_owner(process)),
        }
        row = registers.create(register="risks", values=values, by=novak, at=at)
        due = {"treatment_due": calendar.day(20 if _ is None else -500).isoformat()}
        registers.change(
            register="risks",
            row_id=row.pk,
            values={"strategy": strategy, "treatment": treatment or "Watched with the budget.", **due},
            by=novak,
            at=at,
        )
        rows.append(row.pk)
        to = "accepted" if strategy == "accept" else "treated"
        registers.move(register="risks", row_id=row.pk, to=to, by=novak, at=at)
    at = yield calendar.at(-480, 10)
    for row_id, risk in zip(rows, RISKS, strict=True):
        remains = risk[-1]
        if remains is None:
            continue
        values = {"residual_likelihood": remains[0], "residual_impact": remains[1], "effectiveness": remains[2]}
        registers.change(register="risks", row_id=row_id, values=values, by=novak, at=at)
        registers.move(register="risks", row_id=row_id, to="controlled", by=novak, at=at)
    for offset in (-300, -119):
        at = yield calendar.at(offset, 10)
        for row_id in rows:
            registers.review(
                register="risks", row_id=row_id, note="Looked at with its owner; grades stand.", by=novak, at=at
            )


def _owner(process: str) -> str:
    return next(owner for title, owner, *_ in PROCESSES if title == process)


def objective(world: World, number: int) -> Story:
    """One objective, measured every month."""
    title, process, owner, indicator, unit, target, direction, series, end = OBJECTIVES[number]
    calendar, novak = world.calendar, world.who("p.novak@halden")
    months = len(series)
    last = -5 if end == "pursued" else -360
    first = last - 30 * (months - 1)
    at = yield calendar.at(max(first - 6, BEGIN + 5), 11)
    values = {
        "title": title,
        "process": process,
        "owner": email(owner),
        "why": "Follows from the policy: what was promised is kept.",
        "indicator": indicator,
        "unit": unit,
        "target": target,
        "direction": direction,
        "plan": "Looked at every month at the Monday talk; measures are decided there.",
        "due_on": calendar.day(37 if end == "pursued" else -340).isoformat(),
    }
    row = registers.create(register="objectives", values=values, by=novak, at=at)
    registers.move(register="objectives", row_id=row.pk, to="pursued", by=novak, at=at)
    for month, value in enumerate(series):
        offset = first + 30 * month
        at = yield calendar.at(offset, 11)
        entry = {"measured_on": calendar.day(offset).isoformat(), "value": str(value)}
        registers.add_entry(register="objectives", row_id=row.pk, child="measurements", values=entry, by=novak, at=at)
    if end == "reached":
        at = yield calendar.at(last + 10, 11)
        registers.move(register="objectives", row_id=row.pk, to="reached", by=novak, at=at)


def stories(world: World) -> list[Story]:
    """All of Halden's registers but the measuring equipment."""
    return [
        sites(world),
        processes(world),
        parties(world),
        risks(world),
        *(objective(world, number) for number in range(len(OBJECTIVES))),
    ]
