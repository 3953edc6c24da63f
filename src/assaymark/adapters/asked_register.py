"""Another installation's register, asked over its public interface (`core.supplier_list.Register`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import orjson

from assaymark.adapters.fetch import Fetcher
from assaymark.core.supplier_list import Listed, Near

BATCH = 500


class BadAnswer(ValueError):
    """The register cannot be asked, or answers in another shape."""


class AskedRegister:
    """Asks `<address>/api/v1/register/match`, 500 rows at a time."""

    def __init__(self, address: str, *, allow_loopback: bool = False) -> None:
        self.address = address.rstrip("/")
        self.allow_loopback = allow_loopback

    def by_numbers(self, numbers: Sequence[str]) -> dict[str, list[Listed]]:
        """Certificates by number key."""
        found: dict[str, list[Listed]] = {}
        for start in range(0, len(numbers), BATCH):
            told = self._ask({"numbers": list(numbers[start : start + BATCH])})
            for key, rows in told["numbers"].items():
                found[key] = [_listed(row) for row in rows]
        return found

    def by_names(self, names: Sequence[str]) -> list[list[Near]]:
        """For each name the holders that are meant or nearly so."""
        found: list[list[Near]] = []
        for start in range(0, len(names), BATCH):
            part = list(names[start : start + BATCH])
            told = self._ask({"names": part})["names"]
            if len(told) != len(part):
                raise BadAnswer(f"{self.address} did not answer every name.")
            found += [
                [Near(one["name"], float(one["score"]), tuple(map(_listed, one["listed"]))) for one in row]
                for row in told
            ]
        return found

    def by_file(self, name: str) -> Listed | None:
        """A register holds no files."""
        return None

    def complete_for(self, body: str, on: dt.date) -> str:
        """What the body states of its completeness there."""
        return str(self._ask({"body": body, "on": on.isoformat()})["coverage"])

    def _ask(self, question: dict[str, Any]) -> Any:
        fetch = Fetcher(allow_loopback=self.allow_loopback, timeout=30.0, total=60.0, max_bytes=20 * 1024 * 1024)
        try:
            status, answer = fetch.post(f"{self.address}/api/v1/register/match", orjson.dumps(question))
            if status != 200:
                raise BadAnswer(f"the server answered {status}")
            told = orjson.loads(answer)
            if not isinstance(told, dict):
                raise BadAnswer(f"{self.address} answers in another shape.")
            return told
        except (OSError, ValueError) as error:
            raise BadAnswer(f"{self.address} cannot be asked: {error}. Check the address, or try later.") from error


def _listed(row: dict[str, Any]) -> Listed:
    try:
        return Listed(
            number=str(row["number"])[:200],
            holder=str(row["holder"])[:400],
            standard=str(row["standard"])[:200],
            body=str(row["body"])[:400],
            country=str(row["country"])[:2],
            expires=dt.date.fromisoformat(row["expires"]) if row["expires"] else None,
            status=str(row["status"])[:30],
            code=str(row["code"])[:30],
            answers=tuple(str(answer)[:10] for answer in row["answers"][:4]),
            other_names=tuple(str(name)[:400] for name in row["other_names"][:20]),
            source=str(row["source"])[:200],
            url=str(row["url"])[:500],
            public=bool(row["public"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswer(f"The register answers in another shape ({error}).") from error
