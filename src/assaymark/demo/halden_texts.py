"""What Halden's documents say. Short, as a shop of twelve people writes them.

written   days on which revisions were approved, counted from today (of a waiting one: submitted three days before)
waits     which of the revisions wait for approval
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A document with all its revisions, oldest first; changes: what each but the first changed."""

    title: str
    clauses: tuple[str, ...]
    owner: str
    written: tuple[int, ...]
    revisions: tuple[str, ...]
    changes: tuple[str, ...] = ()
    read: bool = True
    review_months: int = 24
    reviewed: int = 0
    waits: tuple[int, ...] = ()
    minute: int = 0


SCOPE = """# Quality system of Halden Precision

## What it covers

Precision turning and grinding of shafts and bushes for pumps and drives, at the works in Canal Road and the stores in
Armley.

## What does not apply

8.3 Design and development: we make to our customers' drawings and change none of them.

## How it is arranged

| Part | Where it is |
|---|---|
| Processes and who answers for them | register of processes |
| Risks and what we do about them | register of risks |
| Objectives and how far we are | register of objectives |
| How things are done | documents in force |

## Who answers for what

The managing director answers for the system. The quality manager keeps it, and reports to the managing director every
month. Whoever runs a process answers for what it delivers.
"""
SCOPE_2 = SCOPE.replace(
    "answers for what it delivers.\n",
    "answers for what it delivers.\n\n## Climate\n\nWe asked in spring whether climate change bears on us: heat on "
    "the floor in summer does, and so do\ncustomers who ask for carbon figures. Both stand in the registers.\n",
)
POLICY = """# Quality policy

We make shafts and bushes that fit, on the day we said.

1. **What was promised is kept.** An order is confirmed when we know that we can make it.
2. **Nobody passes on what is not right.** Whoever sees a problem stops, says so, and is thanked.
3. **We measure, then we talk.** Objectives have a number, an owner and a day.
4. **We get better at something each month**, and write down what it was.

M. Halden, managing director
"""
RELEASE = """# Final inspection and release

## Before

The lot is complete, clean, and has rested in the measuring room for an hour.

## Check

1. Take the sample that the inspection plan names, at least five pieces.
2. Measure what the drawing marks as critical. Write down values, not ticks.
3. Compare instrument and date on its label: past the date, do not use it.

## Release

Released lots carry the stamp of whoever released them. A lot that does not conform goes to the blocked store the same
hour, with a red card.

## Who may release

I. Fenner, P. Novak.
"""
RELEASE_2 = RELEASE.replace(
    "Released lots carry the stamp of whoever released them.",
    "Released lots carry the personal stamp of whoever released them; the bench has no stamp of its own.",
).replace("I. Fenner, P. Novak.", "I. Fenner, P. Novak, D. Okello (grinding only).")
RELEASE_3 = RELEASE_2.replace(
    "## Release\n\n",
    "## Release\n\nThe router holds the lot: the step “dispatch” opens only when the final check is entered.\n\n",
)
GAUGES = """# Measuring equipment

- Every instrument has a number, an owner and a day by which it is calibrated.
- Calibration once a year by Aire Valley Calibration, traceable to national standards.
- An instrument past its day is not used. Hang it on the red hook.
- Out of tolerance: say at once which lots were measured with it since the last calibration.
"""
GAUGES_2 = GAUGES.replace(
    "traceable to national standards.\n",
    "traceable to national standards.\n"
    "- A new instrument stays blocked until somebody has read its certificate and entered it.\n",
)
GAUGES_3 = GAUGES_2.replace(
    "- Calibration once a year by Aire Valley Calibration",
    "- Micrometers: calibration after 5,000 measurements, at the latest after a year.\n"
    "- Everything else: calibration once a year by Aire Valley Calibration",
)
PURCHASING = """# Purchasing

## Suppliers

We buy what goes into the product from approved suppliers only. Approved is who delivered three trial orders without
fault, or whose certificate we verified with its body and the accreditation behind it.

## Orders

Say grade, dimension, heat treatment, certificate 3.1 and day. For instruments: calibration traceable to national
standards.

## On arrival

Count, look, compare the certificate. Alloy steel goes to the spectrometer. Wrong goods go to the red shelf.

## Twice a year

Deliveries on the day, faults, prices. Below 90 of 100 points: talk. Below 75: another supplier.
"""
NONCONFORMING = """# When something is not right

1. Stop. Put the parts on the red shelf, or hang the red card on the machine.
2. Raise it in the system: what, where, how many. Thirty seconds.
3. The owner of the process contains it the same day and tells the customer when parts have left.
4. The cause is sought with those who were there. “Human error” is no cause.
5. Somebody who did not carry out the action checks on the day set whether it worked.
"""
AUDITS = """# Internal audits

Every process is audited within twelve months; those with complaints or changes first. Nobody audits a process they
answer for. The report is out within a week, and what was raised is closed by somebody else.
"""
TURNING = """# Turning: first piece and series

| When | What | Who |
|---|---|---|
| First piece | all dimensions of the drawing | setter, then a second person |
| Every 20th piece | critical diameters | operator |
| After a change of tool | critical diameters, two pieces | operator |

Write the values into the router. A value in the outer quarter of the tolerance: correct the tool now.
"""
GRINDING = """# Grinding: heat and size

Parts rest until they have the temperature of the room. Dress the wheel after 60 pieces or when the surface says so.
Measure at 20 °C. On hot days the final check is made in the measuring room only.
"""
DISPATCH = """# Packing and dispatch

Oil, wrap, lay between foam. No part touches another. Papers: delivery note, certificate 3.1, release. The carrier signs
for the number of boxes and that they are whole.
"""
TRAINING = """# New people and new work

Nobody runs a machine alone before two people have signed that they can. The first month has a named companion. What
somebody can do stands in their competence record; the matrix hangs in the canteen.
"""
REVIEW = """# Minutes of the management review

**Present:** M. Halden, P. Novak, J. Osei, I. Fenner

| Topic | What we saw | What we decided |
|---|---|---|
| Earlier decisions | five of six done | second coater: audit by spring |
| Customers | complaints down to 1.2 per 100 lots | keep the Monday talk |
| Objectives | on time 95 %, scrap 2.1 % | scrap target stays 1.5 % |
| Audits | four internal, one surveillance | stamps made personal |
| Suppliers | coater late twice | see risks |
| Means | cylindrical grinder is due for overhaul | 18,000 set aside |

The system is suitable and effective. Next review in a year.
"""

TEXTS = (
    Text(title="Quality system and its scope", clauses=("4.3", "4.4", "5.3"), owner="p.novak", written=(-744, -260),
         revisions=(SCOPE, SCOPE_2), changes=("Climate change considered; both points stand in the registers.",),
         read=False, review_months=24, minute=1),
    Text(title="Quality policy", clauses=("5.2",), owner="m.halden", written=(-744,), revisions=(POLICY,),
         review_months=36, minute=2),
    Text(title="Final inspection and release", clauses=("8.6", "8.7"), owner="i.fenner", written=(-741, -288, -14),
         revisions=(RELEASE, RELEASE_2, RELEASE_3),
         changes=("Personal stamps; who may release.", "The router holds a lot until the final check is entered."),
         minute=3),
    Text(title="Measuring equipment", clauses=("7.1.5",), owner="i.fenner", written=(-740, -648, 0),
         revisions=(GAUGES, GAUGES_2, GAUGES_3),
         changes=("New instruments stay blocked until their certificate is read.",
                  "Micrometers are calibrated by number of measurements."),
         waits=(2,), minute=4),
    Text(title="Purchasing", clauses=("8.4",), owner="a.brandt", written=(-738,), revisions=(PURCHASING,), read=False,
         review_months=24, minute=5),
    Text(title="When something is not right", clauses=("8.7", "10.2"), owner="p.novak", written=(-737,),
         revisions=(NONCONFORMING,), reviewed=-30, minute=6),
    Text(title="Internal audits", clauses=("9.2",), owner="p.novak", written=(-736,), revisions=(AUDITS,), read=False,
         reviewed=-20, minute=7),
    Text(title="Turning: first piece and series", clauses=("8.5.1",), owner="j.osei", written=(-735,),
         revisions=(TURNING,), review_months=24, minute=8),
    Text(title="Grinding: heat and size", clauses=("8.5.1", "7.1.4"), owner="d.okello", written=(-520,),
         revisions=(GRINDING,), minute=9),
    Text(title="Packing and dispatch", clauses=("8.5.4", "8.5.5"), owner="t.quayle", written=(-515,),
         revisions=(DISPATCH,), minute=10),
    Text(title="New people and new work", clauses=("7.2", "7.3"), owner="p.novak", written=(-510,),
         revisions=(TRAINING,), read=False, minute=11),
    Text(title="Minutes of the management review", clauses=("9.3",), owner="m.halden", written=(-341,),
         revisions=(REVIEW,), read=False, review_months=36, minute=12),
)  # fmt: skip
