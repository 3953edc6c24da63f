"""The register as a list of suppliers asks it: many numbers and names at once (`core.supplier_list.Register`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings

from assaymark.core.register import name_key
from assaymark.core.supplier_list import Listed, Near
from assaymark.records.register import queries
from assaymark.records.register.models import Coverage, Listing


def listed_of(row: Listing, *, others: tuple[str, ...] = ()) -> Listed:
    """A listing as lists show it. Of one that is not public nothing tells whose it is, not even to who compares."""
    status = "inactive" if row.listed_until else row.status
    return Listed(
        number=row.number,
        holder=row.holder.name if row.public else "",
        standard=row.standard,
        body=row.body.name if row.body else "",
        country=(row.country or row.holder.country) if row.public else "",
        expires=row.expires,
        status=status,
        code=row.verdict_code,
        answers=tuple(row.verdicts.split(",")) if row.verdicts else (),
        other_names=others if row.public else (),
        source=row.source.name,
        url=address_of(row),
        public=row.public,
    )


def address_of(row: Listing) -> str:
    """The listing's own page."""
    return f"{settings.PUBLIC_URL}/register/entries/{row.pk}/"


def _certificates(rows: Sequence[Listing]) -> list[Listing]:
    return [row for row in rows if row.kind == Listing.CERTIFICATE]


class Records:
    """The listings of this installation."""

    def by_numbers(self, numbers: Sequence[str]) -> dict[str, list[Listed]]:
        """Certificates by number key, with former names of their holders. An accreditation is no certificate."""
        found = {
            key: certificates
            for key, rows in queries.by_numbers(numbers).items()
            if (certificates := _certificates(rows))
        }
        others = queries.other_names([row.holder_id for rows in found.values() for row in rows])
        return {
            key: [listed_of(row, others=others.get(row.holder_id, ())) for row in rows] for key, rows in found.items()
        }

    def by_names(self, names: Sequence[str]) -> list[list[Near]]:
        """For each name the holders that are meant or nearly so, with their certificates."""
        near = queries.candidates(names)
        held = queries.held_by([one.party_id for row in near for one in row])
        found: list[list[Near]] = []
        for name, row in zip(names, near, strict=True):
            key = name_key(name)
            found.append(
                [
                    Near(
                        one.name,
                        100.0 if name_key(one.name) == key else min(one.score, 99.0),
                        tuple(map(listed_of, certificates)),
                    )
                    for one in row
                    if (certificates := _certificates(held.get(one.party_id, ())))
                ]
            )
        return found

    def by_file(self, name: str) -> Listed | None:
        """A register holds no files."""
        return None

    def complete_for(self, body: str, on: dt.date) -> str:
        """The statement of a body of this name that it publishes here completely."""
        key = name_key(body)
        for one in Coverage.objects.select_related("body").exclude(body=None).filter(since__lte=on):
            if one.body and name_key(one.body.name) == key and (one.until is None or on <= one.until):
                return one.statement
        return ""
