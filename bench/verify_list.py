"""10,000 suppliers against a register, with planted mistakes: how long, and is every one of them found.

A world of certificates is made and imported; a list is drawn from it: 5 % of the names misspelt, 3 % of the rows for
each defect. Bars: 20 s; nothing missed; no false alarm. Baseline: reading and writing the same workbook by openpyxl
without any checking.

    python bench/verify_list.py [certificates in the register, default 60000] [rows, default 10000]
"""

from __future__ import annotations

import csv
import io
import os
import random
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import orjson
from measure import ASSAYMARK, Figure, fresh_home, report, run, seconds
from openpyxl import Workbook, load_workbook

from assaymark.core.register import name_key

DEFECTS = ("SUSPENDED", "WITHDRAWN", "EXPIRED", "OUT_OF_SCOPE", "UNACCREDITED", "UNRECOGNISED")


def holders(world: Path) -> dict[str, list[tuple[str, str]]]:
    """(number, holder) by the code that must be found."""
    from assaymark.formats.jws import split

    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for shard, truth in zip(sorted(world.glob("certificates-*.jwt")), sorted(world.glob("truth-*.tsv")), strict=True):
        with shard.open() as tokens, truth.open() as lines:
            for token, line in zip(tokens, lines, strict=True):
                number, code = line.rstrip("\n").split("\t")
                if code == "VALID" or code in DEFECTS:
                    claims = orjson.loads(split(token.strip()).payload)
                    found[code].append((number, claims["credentialSubject"]["issuedToParty"]["name"]))
    return found


def misspelt(name: str, chance: random.Random) -> str:
    """One letter left out, doubled, swapped or changed, not the first one; spaces do not count as spelling."""
    while name_key(wrong := _once(name, chance)) == name_key(name):
        pass
    return wrong


def _once(name: str, chance: random.Random) -> str:
    at = chance.randrange(2, min(len(name) - 2, 14))
    kind = chance.randrange(4)
    if kind == 0:
        return name[:at] + name[at + 1 :]
    if kind == 1:
        return name[:at] + name[at] + name[at:]
    if kind == 2 and name[at] != name[at + 1]:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + ("z" if name[at] != "z" else "q") + name[at + 1 :]


def draw(world: Path, rows: int) -> tuple[bytes, dict[int, tuple[str, str]]]:
    """The list as CSV, and by its lines what must be answered and the holder that is meant."""
    chance = random.Random(7)
    found = holders(world)
    once = Counter(name for part in found.values() for _, name in part)
    plan: list[tuple[str, str, str, str]] = []
    for code in DEFECTS:
        part = chance.sample(found[code], min(len(found[code]), rows * 3 // 100))
        plan += [(number, name, code, name) for number, name in part]
    good = [pair for pair in found["VALID"] if once[pair[1]] == 1]
    chance.shuffle(good)
    share = rows * 3 // 100
    plan += [(f"XX-{n:06d}", good.pop()[1], "NOT_FOUND", "") for n in range(share)]
    plan += [(good.pop()[0], chance.choice(good)[1], "OTHER_HOLDER", "") for _ in range(share)]
    for _ in range(rows * 5 // 100):
        _, name = good.pop()
        plan.append(("", misspelt(name, chance), "NEAR", name))
    while len(plan) < rows:
        number, name = good.pop()
        plan.append((number if chance.random() < 0.6 else "", name, "VALID", name))
    chance.shuffle(plan)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Supplier", "Certificate number"])
    writer.writerows((name, number) for number, name, _, _ in plan)
    return out.getvalue().encode(), {n: (code, meant) for n, (_, _, code, meant) in enumerate(plan, start=2)}


def judge(result: Path, expected: dict[int, tuple[str, str]]) -> tuple[int, int, int]:
    """Planted mistakes that were missed, rows that were alarmed falsely, near names without the one that is meant."""
    page = load_workbook(result, read_only=True)["Answers"]
    lines = page.iter_rows(values_only=True)
    headings = {name: place for place, name in enumerate(next(lines))}
    missed = alarms = unlike = 0
    for row in lines:
        code, meant = expected[int(row[headings["Line"]])]
        got, outcome = row[headings["Code"]], row[headings["Answer"]]
        if code == "VALID":
            alarms += outcome != "Good"
        elif code == "NEAR":
            missed += outcome == "Good"
            if meant not in str(row[headings["Did you mean"]]):
                unlike += 1
                print(f"  {row[headings['Supplier']]}: {meant} was not offered, but {row[headings['Did you mean']]}")
        else:
            missed += got != code
            if got != code:
                print(f"  line {row[headings['Line']]}: {code} was answered {got}: {row[headings['Why']]}")
    return missed, alarms, unlike


def bare(content: bytes, result: Path) -> None:
    """Only reading the list and writing a workbook of the result's size."""
    rows = list(csv.reader(io.StringIO(content.decode())))
    book = Workbook(write_only=True)
    page = book.create_sheet()
    for row in rows:
        page.append((row * 9)[:17])
    book.save(result)


def main() -> int:
    """Measure and print."""
    certificates = int(sys.argv[1]) if len(sys.argv) > 1 else 60_000
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    with fresh_home() as home:
        world, suppliers, result = home / "world", home / "suppliers.csv", home / "answers.xlsx"
        run([ASSAYMARK, "world", "make", "--certificates", str(certificates), "-o", str(world), "--seed", "11"])
        run([ASSAYMARK, "init"], home=home)
        run([ASSAYMARK, "register", "import", str(world), "--as-of", "2026-11-24", "--source", "world"], home=home)
        content, expected = draw(world, rows)
        suppliers.write_bytes(content)
        command = [ASSAYMARK, "verify-list", str(suppliers), "-o", str(result), "--at", "2026-11-24"]
        environment = {**os.environ, "ASSAYMARK_HOME": str(home)}
        took = seconds(lambda: subprocess.run(command, env=environment, capture_output=True, check=False))
        baseline = seconds(lambda: bare(content, home / "bare.xlsx"))
        missed, alarms, unlike = judge(result, expected)
    print(
        f"register {certificates:,} certificates, list {rows:,} rows: {dict(Counter(c for c, _ in expected.values()))}"
    )
    print(f"planted mistakes missed {missed}, false alarms {alarms}, near names without the right one {unlike}")
    code = report([Figure("list answered", took, "s", baseline, "reading and writing the workbook alone", 20.0)])
    return 1 if missed or alarms else code


if __name__ == "__main__":
    sys.exit(main())
