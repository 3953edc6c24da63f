"""A list of suppliers in, its answers out: CSV or XLSX, columns known by their headings in several languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from assaymark.core.register import name_key
from assaymark.core.supplier_list import Checked, Outcome, Supplier
from assaymark.formats import csv_table
from assaymark.formats.table import Cell, Sheet, TableError, as_text

FIELDS = ("name", "number", "standard", "country", "body", "file")
# Headings as people write them, folded by `name_key`: English, German, French, Spanish, Italian.
_HEADINGS = {
    "name": "name supplier suppliername vendor vendorname company companyname organisation organization holder client "
    "certifiedentity certifiedentityname lieferant firma fournisseur entreprise proveedor empresa fornitore azienda",
    "number": "number certificate certificatenumber certificateno certno certificateid cert zertifikat zertifikatsnr "
    "zertifikatsnummer nr numero numerodecertificat numerocertificado numerodecertificado numerocertificato certificat",
    "standard": "standard norm norme norma scheme managementsystem managementsystemstandard isostandard",
    "country": "country countrycode land pays pais paese",
    "body": "body certificationbody certifier certifyingbody issuer registrar zertifizierer zertifizierungsstelle "
    "organismedecertification organismodecertificacion entedicertificazione certificationbodyname",
    "file": "file filename document datei fichier archivo",
}
_BY_HEADING = {name_key(word): field for field, words in _HEADINGS.items() for word in words.split()}
# Headings of the answers, with the width of each column in characters.
RESULT = (
    ("Answer", 9), ("Supplier", 28), ("Number", 16), ("Why", 44), ("What to do", 36), ("Holder", 28),
    ("Certificate", 16), ("Standard", 15), ("Body", 26), ("Until", 12), ("Did you mean", 34), ("Authentic", 11),
    ("In force", 10), ("Accredited", 12), ("Recognised", 13), ("Code", 18), ("Line", 7),
)  # fmt: skip


def read_suppliers(content: bytes, *, name: str, columns: Mapping[str, str] | None = None) -> list[Supplier]:
    """The rows of a list. columns: field → heading, for headings that are not known by themselves.

    Raises `TableError` with what to do.
    """
    sheet = _sheet(content, name)
    places = _places(sheet, columns or {})
    if not {"name", "number", "file"} & set(places):
        raise TableError(
            f"No column for name, number or file is recognised among {', '.join(sheet.headings[:8])}. "
            "Say which: --column name=HEADING --column number=HEADING."
        )
    found = []
    for line, cells in sheet.numbered():
        values = {field: as_text(cells[place]).strip()[:300] for field, place in places.items()}
        found.append(Supplier(line, **values))
    if not found:
        raise TableError("The list has headings and no rows.")
    return found


def _sheet(content: bytes, name: str) -> Sheet:
    if content[:2] == b"PK":
        from assaymark.formats import xlsx

        sheets = xlsx.read(content=content)
        if not sheets:
            raise TableError("The workbook is empty.")
        return sheets[0]
    return csv_table.read(content=content, name=name)


def _places(sheet: Sheet, columns: Mapping[str, str]) -> dict[str, int]:
    places: dict[str, int] = {}
    for field, heading in columns.items():
        if field not in FIELDS:
            raise TableError(f"There is no field {field}; there are {', '.join(FIELDS)}.")
        if heading not in sheet.headings:
            raise TableError(f"There is no column {heading}; there are {', '.join(sheet.headings[:12])}.")
        places[field] = sheet.headings.index(heading)
    for place, heading in enumerate(sheet.headings):
        known = _BY_HEADING.get(name_key(heading))
        if known and place not in places.values():
            places.setdefault(known, place)
    return places


def result_rows(checked: Sequence[Checked]) -> list[tuple[Cell, ...]]:
    """The cells of each answer, in the columns of `RESULT`."""
    rows: list[tuple[Cell, ...]] = []
    for one in checked:
        found = one.found if one.found and one.found.public else None
        answers = (*(found.answers if found else ()), "", "", "", "")[:4]
        rows.append(
            (
                one.outcome.value,
                one.supplier.name or one.supplier.file,
                one.supplier.number,
                one.why,
                one.todo,
                found.holder if found else "",
                found.number if found else "",
                found.standard if found else "",
                found.body if found else "",
                found.expires if found else None,
                "; ".join(one.near),
                *answers,
                one.code,
                one.supplier.line,
            )
        )
    return rows


def counts(checked: Sequence[Checked]) -> dict[str, int]:
    """How many rows are good, to be looked at, to be stopped."""
    found = Counter(one.outcome for one in checked)
    return {outcome.value: found[outcome] for outcome in Outcome}


def write_csv(checked: Sequence[Checked]) -> bytes:
    """The answers as CSV."""
    headings = tuple(heading for heading, _ in RESULT)
    return csv_table.write(sheet=Sheet("Answers", headings, tuple(result_rows(checked))))
