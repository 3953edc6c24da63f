"""Rules as data: what a norm demands of an assessment, with its clause, its limits and its words.

Rules that hold here:
- A rule belongs to kinds of assessment and is in force from a day on: `RuleBook.for_kind(kind, on=day)`.
- A rule either blocks or warns; both are shown with their clause.
- Limits (months, years, lists) are parameters: a body may set its own where its scheme allows it (`with_parameters`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from assaymark.core.refusal import Refusal

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class _Blank(dict[str, object]):
    """Leaves a visible blank for a fact that the caller did not give, instead of failing while refusing."""

    def __missing__(self, key: str) -> str:
        return f"[{key}]"


@dataclass(frozen=True)
class Rule:
    """One rule.

    id              "DEC-1"
    norm, edition   "ISO/IEC 17021-1", "2015"
    clause          "9.5.1.1"
    kinds           kinds of assessment it belongs to, such as {"certification"}
    severity        "block" or "warn"
    title           the rule as one short statement
    message         what to say when it is broken; names in braces are filled in by `refusal`
    next_step       what to do about it
    source          how we know: "seen", "secondary" or "memory"
    parameters      limits by name, such as {"months": 6}
    """

    id: str
    norm: str
    edition: str
    clause: str
    kinds: frozenset[str]
    severity: str
    title: str
    message: str
    next_step: str
    source: str
    effective_from: date
    effective_until: date | None = None
    parameters: Mapping[str, Any] = field(default_factory=lambda: _NOTHING, hash=False)

    @property
    def blocks(self) -> bool:
        """Whether breaking the rule stands in the way, rather than being a warning."""
        return self.severity == "block"

    @property
    def citation(self) -> str:
        """Norm, edition and clause, such as "ISO/IEC 17021-1:2015, 9.5.1.1"."""
        return f"{self.norm}:{self.edition}, {self.clause}" if self.clause else f"{self.norm}:{self.edition}"

    def in_force_on(self, day: date) -> bool:
        """Whether the rule applies on that day."""
        return self.effective_from <= day and (self.effective_until is None or day <= self.effective_until)

    def number(self, name: str) -> int:
        """A limit as a whole number: `rule.number("months")`. Raises `KeyError` when the rule has no such limit."""
        return int(self.parameters[name])

    def words(self, name: str) -> tuple[str, ...]:
        """A limit that is a list: `rule.words("covers")`. Raises `KeyError` when the rule has no such list."""
        return tuple(str(word) for word in self.parameters[name])

    def refusal(self, **facts: object) -> Refusal:
        """The refusal in the rule's words. facts fill the braces beside the parameters; dates read 3 Mar 2026."""
        known = _Blank({**self.parameters, **facts})
        for name, value in known.items():
            if isinstance(value, date):
                known[name] = f"{value.day} {value:%b %Y}"
            elif isinstance(value, (list, tuple)):
                known[name] = ", ".join(str(item).replace("_", " ") for item in value)
        return Refusal(
            rule=self.id,
            clause=self.citation,
            message=self.message.format_map(known),
            next_step=self.next_step.format_map(known),
            blocks=self.blocks,
        )


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of assessment: one engine, set by these values.

    party      "first", "second" or "third" (ISO/IEC 17000:2020)
    stages     the audits it may consist of, in order
    attests    what its decision gives: "certification", "accreditation", "recognition", "approval" or ""
    word       the word for who received it: "certified", "accredited", "recognised", "approved" or ""
    verb          what the assessing organisation does: "certifies", "accredits", "recognises"
    attestation   what is issued, in a word: "certificate", "accreditation", "recognition"
    client, body  what the assessed and the assessing organisation are called
    criteria      keys of the editions that are assessed against, the usual one first
    """

    key: str
    title: str
    party: str
    norm: str
    edition: str
    clause: str
    stages: tuple[str, ...]
    attests: str
    word: str
    separate_decision: bool
    verb: str = ""
    attestation: str = ""
    client: str = ""
    body: str = ""
    criteria: tuple[str, ...] = ()


@dataclass(frozen=True)
class RuleBook:
    """The rules at hand, to be asked by kind and day."""

    rules: tuple[Rule, ...]

    def for_kind(self, kind: str, *, on: date) -> dict[str, Rule]:
        """Rules in force for that kind on that day, by id."""
        return {rule.id: rule for rule in self.rules if kind in rule.kinds and rule.in_force_on(on)}

    def rule(self, rule_id: str) -> Rule:
        """The rule with this id. Raises `KeyError`."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def with_parameters(self, own: Mapping[str, Mapping[str, object]]) -> RuleBook:
        """A book in which some limits are a body's own: `{"S1-3": {"days": 90}}`.

        Raises `KeyError` for a rule or a limit that does not exist, so that a misspelt limit cannot pass for a set one.
        """
        for rule_id, limits in own.items():
            known = self.rule(rule_id).parameters
            for name in limits:
                if name not in known:
                    raise KeyError(f"{rule_id} has no limit {name}")
        return RuleBook(rules=tuple(_with_own(rule, own.get(rule.id, {})) for rule in self.rules))


def _with_own(rule: Rule, limits: Mapping[str, object]) -> Rule:
    if not limits:
        return rule
    return dataclasses.replace(rule, parameters=MappingProxyType({**rule.parameters, **limits}))


def merge(books: Iterable[RuleBook]) -> RuleBook:
    """One book from several. Raises `ValueError` when two rules share an id, since a refusal names its rule by it."""
    rules = tuple(rule for book in books for rule in book.rules)
    twice = sorted({rule.id for rule in rules if sum(other.id == rule.id for other in rules) > 1})
    if twice:
        raise ValueError(f"These rule ids occur twice: {', '.join(twice)}.")
    return RuleBook(rules=rules)
