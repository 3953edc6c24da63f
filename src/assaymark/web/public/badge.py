"""The badge for a holder's own site: a drawing that says what the verifier says at this moment, never more.

It stands alone (an image on a stranger's page has no style sheet), follows light and dark, and says its state by word
and sign as well as by colour.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from assaymark.verify import Answer, CertificateVerdict, Code
from assaymark.web.dates import day

WIDTH, HEIGHT = 320, 72
_CHECK, _CROSS, _QUESTION = "M5 12l5 5L20 7", "M6 6l12 12M18 6L6 18", "M9 9a3 3 0 1 1 4 3q-1 .5-1 2M12 18v.01"
_TONES = {
    Answer.YES: ("good", "#1b7a2d", "#63c978", _CHECK),
    Answer.NO: ("bad", "#b42b2c", "#ff8b8b", _CROSS),
    Answer.UNKNOWN: ("attention", "#8a5a00", "#e7b34d", _QUESTION),
}
_WORDS = {
    Code.SUSPENDED: "Suspended",
    Code.WITHDRAWN: "Withdrawn",
    Code.EXPIRED: "Expired",
    Code.NOT_YET_VALID: "Not yet valid",
    Code.OUT_OF_SCOPE: "Outside the accreditation",
    Code.UNACCREDITED: "Not accredited",
    Code.UNRECOGNISED: "Accreditation not recognised",
    Code.INVALID: "Not authentic",
}


@dataclass(frozen=True, slots=True)
class Badge:
    """What stands on it: a headline with the standard, the state in a few words, when it was looked at."""

    headline: str
    state: str
    checked: str
    answer: Answer

    @property
    def words(self) -> str:
        """All of it in one line, for those who do not see it."""
        return f"{self.headline}: {self.state}. {self.checked}."


def badge_of(verdict: CertificateVerdict, *, now: dt.datetime) -> Badge:
    """The badge that a verdict allows."""
    if verdict.answer is Answer.YES:
        state = "In force, accredited, recognised"
    else:
        state = _WORDS.get(verdict.code, "Cannot be told now")
    return Badge(f"{verdict.standard or 'Certificate'}", state, f"Checked {day(now)}", verdict.answer)


def drawn(badge: Badge) -> SafeString:
    """The badge as SVG, 320 × 72."""
    tone, light, dark, sign = _TONES[badge.answer]
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" '
        'aria-label="{words}" class="{tone}" font-family="Inter, Segoe UI, Helvetica, Arial, sans-serif">'
        "<title>{words}</title><style>@media (prefers-color-scheme:dark){{.card{{fill:#191f29;stroke:#2a3140}}"
        ".ink{{fill:#e6e9ef}}.mute{{fill:#9aa4b5}}.tone{{fill:{dark}}}.line{{stroke:{dark}}}}}</style>"
        '<rect class="card" x=".5" y=".5" width="319" height="71" rx="8" fill="#fff" stroke="#e4e7ec"/>'
        '<g fill="none" stroke="{light}" class="line" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">'
        '<circle cx="38" cy="36" r="22"/><path transform="translate(26 24)" d="{sign}"/></g>'
        '<text class="ink" x="74" y="27" font-size="14" font-weight="600" fill="#1c2330">{headline}</text>'
        '<text class="tone" x="74" y="45" font-size="12" font-weight="600" fill="{light}">{state}</text>'
        '<text class="mute" x="74" y="60" font-size="10.5" fill="#5d6778">{checked}</text></svg>',
        w=WIDTH,
        h=HEIGHT,
        words=badge.words,
        tone=tone,
        light=light,
        dark=dark,
        sign=sign,
        headline=badge.headline[:30],
        state=badge.state,
        checked=badge.checked,
    )
