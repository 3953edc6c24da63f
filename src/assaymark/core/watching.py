"""Watching a certificate: what was seen of it, and what is otherwise now.

Rules that hold here
* What is compared are the four answers with their codes, never the sentences: those carry dates and change by
  themselves.
* Where nothing signed is at hand, the four answers are unknown and stay so; what changes is the register's own word,
  and it is told as its word.
* *Worse* is whatever takes a certainty away: yes to unknown, unknown to no, suspended to withdrawn. It is told at once.
* ISO 9001:2015, 8.4.1: performance of external providers is monitored, and documented information kept of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

QUESTIONS: dict[str, str] = {
    "authentic": "Authentic",
    "in_force": "In force",
    "accredited": "Accredited",
    "recognised": "Recognised",
}
LISTED = "listed"
NAMES = QUESTIONS | {LISTED: "Listed"}
WORDS = {
    "yes": "yes",
    "no": "no",
    "unknown": "cannot tell",
    LISTED: "listed",
    "delisted": "no longer listed",
}

_RANK = {"no": 0, "unknown": 1, "yes": 2}
_WORD_RANK = {"valid": 2, LISTED: 2, "suspended": 1}
_LIGHTER = frozenset({"SUSPENDED", "NOT_YET_VALID"})
_ENDED = {
    "suspended": ("SUSPENDED", "It is suspended."),
    "withdrawn": ("WITHDRAWN", "It was withdrawn."),
    "cancelled": ("WITHDRAWN", "It was cancelled."),
    "inactive": ("WITHDRAWN", "It is no longer active."),
    "expired": ("EXPIRED", "It has expired."),
}
_BECAUSE = {
    "SUSPENDED": "It is suspended. It may be restored.",
    "WITHDRAWN": "It was withdrawn.",
    "EXPIRED": "It has expired.",
    "NOT_YET_VALID": "It has not begun.",
    "OUT_OF_SCOPE": "It lies outside what its body is accredited for.",
    "UNACCREDITED": "No accreditation stands behind it.",
    "UNRECOGNISED": "Nobody in the trust list recognises the accreditation body.",
    "INVALID": "Its signature does not hold.",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: yes, no or unknown; its machine code; one sentence of reason."""

    answer: str
    code: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a certificate at one moment.

    said     the four answers by the names of `QUESTIONS`
    listed   the register's own word where nothing could be verified ("valid", "suspended", …), else "listed";
             "delisted" once the register no longer holds it
    code     the code that sums the four up
    """

    said: Mapping[str, Said]
    listed: str
    code: str

    def values(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "said": {name: [one.answer, one.code, one.reason] for name, one in self.said.items()},
            "listed": self.listed,
            "code": self.code,
        }

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Seen:
        """What `values()` described."""
        return cls(
            {name: Said(*values["said"][name]) for name in QUESTIONS}, str(values["listed"]), str(values["code"])
        )

    @property
    def answers(self) -> tuple[str, ...]:
        """The four answers in order."""
        return tuple(self.said[name].answer for name in QUESTIONS)

    @property
    def answer(self) -> str:
        """*No* when anything is no, else *unknown* when anything is unknown, else *yes*."""
        return min(self.answers, key=_RANK.__getitem__)


@dataclass(frozen=True, slots=True)
class Change:
    """One question that is answered otherwise than before. before, after: answers, or the register's words."""

    question: str
    before: str
    after: str
    before_code: str
    after_code: str
    worse: bool
    sentence: str

    @property
    def name(self) -> str:
        """The question in words."""
        return NAMES[self.question]


def by_word(*, status: str, source: str) -> Seen:
    """A certificate of which only the register's word is known."""
    why = f"This is the word of {source}; nothing signed is at hand."
    return Seen(dict.fromkeys(QUESTIONS, Said("unknown", "MISSING", why)), status, "MISSING")


def by_status(*, status: str) -> Seen:
    """A certificate of which its register tells the status and nothing else."""
    kept = Said("unknown", "MISSING", "Of this certificate the register tells the status and nothing else.")
    code, reason = _ENDED.get(status, ("VALID", "It is in force."))
    force = Said("yes" if code == "VALID" else "no", code, reason)
    return Seen(dict.fromkeys(QUESTIONS, kept) | {"in_force": force}, LISTED, "MISSING" if code == "VALID" else code)


def by_answers(*, answers: Sequence[str], code: str, status: str) -> Seen:
    """A certificate that was verified when its register was taken, with what the register says of it since.

    status   the register's word today, expiry included; one that has ended is not in force, whatever was verified
    """
    said = {
        name: Said(answer, "VALID" if answer == "yes" else code, "" if answer == "yes" else _BECAUSE.get(code, ""))
        for name, answer in zip(QUESTIONS, answers, strict=True)
    }
    if status in _ENDED and said["in_force"].answer != "no":
        ended, reason = _ENDED[status]
        said["in_force"] = Said("no", ended, reason)
        code = ended if code == "VALID" else code
    return Seen(said, "delisted" if status == "delisted" else LISTED, code)


def changes(*, before: Seen, after: Seen) -> tuple[Change, ...]:
    """What is answered otherwise; nothing when all is as it was."""
    found = [
        Change(name, was.answer, now.answer, was.code, now.code, _rank(now) < _rank(was), _sentence(name, was, now))
        for name in QUESTIONS
        if ((was := before.said[name]).answer, was.code) != ((now := after.said[name]).answer, now.code)
    ]
    if before.listed != after.listed:
        found.append(_word_change(before.listed, after.listed))
    return tuple(found)


def _rank(one: Said) -> tuple[int, int]:
    return _RANK.get(one.answer, 1), int(one.code in _LIGHTER)


def _sentence(name: str, was: Said, now: Said) -> str:
    again = "" if was.answer != now.answer else " Still so, for another reason."
    if now.reason:
        return now.reason + again
    return f"{QUESTIONS[name]}: {WORDS[now.answer]}.{again}"


def _word_change(before: str, after: str) -> Change:
    worse = _WORD_RANK.get(after, 0) < _WORD_RANK.get(before, 0)
    if after == "delisted":
        sentence = "The register no longer lists it. It may have ended, or have moved to another register."
    elif before == "delisted":
        sentence = "The register lists it again."
    elif after == LISTED:
        sentence = "It is signed now, and was verified."
    elif before == LISTED:
        sentence = f"The register lists it as {after}; what was signed is no longer at hand."
    else:
        sentence = f"The register lists it as {after}; before, as {before}."
    return Change(LISTED, before, after, "", "", worse, sentence)
