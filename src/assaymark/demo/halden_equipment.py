"""Halden's measuring equipment: 46 instruments with their calibrations, one past its date, one blocked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assaymark.demo.halden_registers import email
from assaymark.demo.timeline import Story
from assaymark.demo.world import World
from assaymark.records.registers import actions as registers

LABORATORY = "Aire Valley Calibration"
NATIONAL = "Length standards of the national institute"


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument. last: day of its last calibration, counted from today."""

    title: str
    maker: str
    serial: str
    measures: str
    tolerance: str
    location: str
    process: str
    last: int
    out: str = ""


def instruments() -> Iterator[Instrument]:
    """All of them, family by family; the days of calibration are spread over the year."""
    families = (
        ("Micrometer M-{:02}", 14, "Stahlwerk Messzeuge", "0 to 25 mm", "± 2 µm", "Turning", "Turning"),
        ("Plug gauge PG-{:02}", 16, "Dales Gauge", "go and not go, 20 H7", "± 1 µm", "Inspection bench",
         "Final inspection and release"),
        ("Caliper C-{:02}", 8, "Stahlwerk Messzeuge", "0 to 150 mm", "± 20 µm", "Turning", "Turning"),
        ("Dial gauge D-{:02}", 5, "Orrin", "0 to 10 mm", "± 5 µm", "Grinding", "Grinding"),
    )  # fmt: skip
    place = 0
    for name, count, maker, measures, tolerance, location, process in families:
        for number in range(1, count + 1):
            place += 1
            title = name.format(number)
            last = -369 if title == "Micrometer M-07" else -(15 + place * 37 % 320)
            out = "Lots of six weeks measured again; two blocked, none delivered." if title == "Dial gauge D-03" else ""
            yield Instrument(
                title,
                maker,
                f"{maker[:2].upper()}-{4100 + 17 * place}",
                measures,
                tolerance,
                location,
                process,
                last,
                out,
            )
    room = ("Measuring room", "Final inspection and release")
    yield Instrument(
        "Coordinate measuring machine", "Kestrel", "KS-9-0117", "700 × 500 × 400 mm", "± 3 µm", *room, -140
    )
    yield Instrument("Roughness tester", "Orrin", "OR-2210", "Ra 0.05 to 10 µm", "± 5 %", *room, -75)
    yield Instrument("Room thermometer", "Fell", "FE-88-204", "0 to 40 °C", "± 0.2 K", *room, -210)


def life_of(world: World, instrument: Instrument) -> Story:
    """Bought, calibrated once a year, released after the first time."""
    calendar, novak = world.calendar, world.who("p.novak@halden")
    days = [day for day in (instrument.last - 724, instrument.last - 362, instrument.last) if day >= -750]
    at = yield calendar.at(days[0] - 2, 9)
    values = {
        "title": instrument.title,
        "maker": instrument.maker,
        "serial_number": instrument.serial,
        "measures": instrument.measures,
        "tolerance": instrument.tolerance,
        "location": instrument.location,
        "process": instrument.process,
        "owner": email("i.fenner"),
        "interval_months": 12,
    }
    row = registers.create(register="measuring-equipment", values=values, by=novak, at=at)
    for number, day in enumerate(days):
        at = yield calendar.at(day, 12)
        certificate = f"AV-{calendar.day(day):%y%m}-{instrument.serial[-4:]}"
        failed = instrument.out if day == instrument.last else ""
        entry = {
            "calibrated_on": calendar.day(day).isoformat(),
            "outcome": "out_of_tolerance" if failed else "in_tolerance",
            "laboratory": LABORATORY,
            "certificate_number": certificate,
            "standard_used": NATIONAL,
            "impact": failed,
        }
        registers.add_entry(
            register="measuring-equipment",
            row_id=row.pk,
            child="calibrations",
            values=entry,
            file=(f"{certificate}.txt", _certificate(instrument, certificate, entry)),
            by=novak,
            at=at,
        )
        if number == 0:
            registers.move(register="measuring-equipment", row_id=row.pk, to="in_use", by=novak, at=at)


def _certificate(instrument: Instrument, number: str, entry: dict[str, str]) -> bytes:
    lines = (
        f"{LABORATORY}: calibration certificate {number}",
        f"Instrument: {instrument.title}, {instrument.maker}, serial {instrument.serial}",
        f"Range: {instrument.measures}. Largest permitted error: {instrument.tolerance}",
        f"Calibrated on {entry['calibrated_on']} at 20 °C. Traceable to: {NATIONAL}",
        f"Result: {entry['outcome'].replace('_', ' ')}",
    )
    return "\n".join((*lines, "")).encode()


def stories(world: World) -> list[Story]:
    """One story for each instrument."""
    return [life_of(world, instrument) for instrument in instruments()]
