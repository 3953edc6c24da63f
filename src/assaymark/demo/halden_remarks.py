"""Observations and ideas of people at Halden, with what became of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Remark:
    """An observation or opportunity. answer empty: still open."""

    raised: int
    by: str
    grade: str
    title: str
    process: str
    owner: str
    answer: str


REMARKS = (
    Remark(
        -705,
        "d.okello",
        "opportunity",
        "Hooks for gauges at the grinder",
        "Grinding",
        "d.okello",
        "Made the same week.",
    ),
    Remark(
        -680,
        "t.quayle",
        "observation",
        "Delivery notes are printed twice",
        "Stores and dispatch",
        "t.quayle",
        "Printer's setting changed.",
    ),
    Remark(
        -668,
        "b.lister",
        "observation",
        "Emergency lamp at the stairs is weak",
        "Maintenance",
        "b.lister",
        "Battery changed.",
    ),
    Remark(
        -640,
        "l.whitfield",
        "opportunity",
        "Quotation texts as building blocks",
        "Quotation and order review",
        "m.halden",
        "Twelve blocks written; quotations take a day less.",
    ),
    Remark(-622, "k.adair", "observation", "Chips in the walkway at lathe 2", "Turning", "j.osei", "Guard made wider."),
    Remark(
        -601,
        "i.fenner",
        "opportunity",
        "Values straight from the micrometer into the sheet",
        "Measuring equipment",
        "i.fenner",
        "Cable bought for two micrometers.",
    ),
    Remark(
        -575,
        "s.marlow",
        "observation",
        "Old router forms still in the drawer",
        "Quality system",
        "p.novak",
        "Thrown away.",
    ),
    Remark(
        -560,
        "a.brandt",
        "observation",
        "Supplier list names a company that closed",
        "Purchasing",
        "a.brandt",
        "Taken off.",
    ),
    Remark(
        -521, "r.teale", "opportunity", "Second dresser for the grinder", "Grinding", "d.okello", "Bought in summer."
    ),
    Remark(
        -505,
        "t.quayle",
        "observation",
        "Foam runs short every third week",
        "Stores and dispatch",
        "t.quayle",
        "Minimum stock set.",
    ),
    Remark(
        -470,
        "b.lister",
        "opportunity",
        "Vibration of the spindle as a trend",
        "Maintenance",
        "b.lister",
        "Measured monthly; it showed the bearing in time.",
    ),
    Remark(
        -455,
        "l.whitfield",
        "observation",
        "Two spellings of a customer's name",
        "Quotation and order review",
        "m.halden",
        "Records joined.",
    ),
    Remark(
        -430,
        "k.adair",
        "opportunity",
        "Tool presetting away from the machine",
        "Turning",
        "j.osei",
        "Not now: too few changes a day. Looked at again next year.",
    ),
    Remark(
        -390, "i.fenner", "observation", "Labels fade in oil", "Measuring equipment", "i.fenner", "Engraved instead."
    ),
    Remark(
        -372,
        "d.okello",
        "observation",
        "Fan above the grinder blows on the gauge",
        "Grinding",
        "d.okello",
        "Turned away.",
    ),
    Remark(
        -365,
        "a.brandt",
        "observation",
        "Samples of the second coater have no place",
        "Purchasing",
        "a.brandt",
        "Shelf 4, marked.",
    ),
    Remark(
        -333,
        "s.marlow",
        "opportunity",
        "Photos in the instruction for packing",
        "Stores and dispatch",
        "t.quayle",
        "Four photos added.",
    ),
    Remark(
        -298,
        "a.brandt",
        "observation",
        "Price list of the merchant is a year old",
        "Purchasing",
        "a.brandt",
        "New one in file.",
    ),
    Remark(
        -275,
        "b.lister",
        "opportunity",
        "Air leaks found with soap water",
        "Maintenance",
        "b.lister",
        "Nine leaks closed; 4 % less energy.",
    ),
    Remark(-240, "r.teale", "observation", "Light above the bench flickers", "Grinding", "d.okello", "Lamp changed."),
    Remark(
        -190,
        "l.whitfield",
        "opportunity",
        "Customers' scorecards in one table",
        "Direction",
        "m.halden",
        "Made; read monthly.",
    ),
    Remark(
        -170,
        "j.osei",
        "observation",
        "Machine plan shows holidays of last year",
        "Planning",
        "j.osei",
        "Calendar renewed.",
    ),
    Remark(
        -128,
        "k.adair",
        "opportunity",
        "Deburr in the machine instead of by hand",
        "Turning",
        "j.osei",
        "Tried on three parts; kept for two.",
    ),
    Remark(
        -96,
        "i.fenner",
        "observation",
        "Sample size differs between two plans",
        "Final inspection and release",
        "i.fenner",
        "Both plans now say five.",
    ),
    Remark(
        -74,
        "t.quayle",
        "opportunity",
        "Pallets come back from the customer",
        "Stores and dispatch",
        "t.quayle",
        "Agreed with one customer; a lorry less a month.",
    ),
    Remark(-25, "d.okello", "opportunity", "Grinding fluid filtered finer", "Grinding", "d.okello", ""),
)
