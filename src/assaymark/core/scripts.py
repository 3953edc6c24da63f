"""Writing without spaces between words, and signs that writers leave out: what comparing names must know of scripts.

Rules that hold here
* Chinese, Japanese, Korean, Thai, Lao, Khmer, Burmese and Tibetan names run on without spaces. Each stretch is cut into
  overlapping pieces of its own letters, so that one wrong letter spoils a few pieces and not the whole name.
* Vowel signs of Arabic and Hebrew, and the line that stretches Arabic words, are left out: most writers leave them out.
* What the reader's keyboard makes of one letter (half or full width, joined or apart) is one letter.
"""

from __future__ import annotations

import re
import unicodedata

# How many letters a piece has: two where a letter is a syllable of meaning, more where it is a sound.
_IDEOGRAPHS = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_HANGUL = "\uac00-\ud7a3"
_KANA = "\u3041-\u3096\u3099-\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
_SOUNDS = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff"
_PIECES = ((re.compile(f"[{_IDEOGRAPHS}]"), 2), (re.compile(f"[{_HANGUL}]"), 2), (re.compile(f"[{_KANA}]"), 3))
_OF_SOUNDS = 4
_RUN = re.compile(f"[{_IDEOGRAPHS}]+|[{_HANGUL}]+|[{_KANA}]+|[{_SOUNDS}]+")
_SILENT = re.compile("[\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
_ONE_LETTER = str.maketrans({"ى": "ي", "ی": "ي", "ک": "ك", "ہ": "ه", "ة": "ه"})
# Compatibility forms split this vowel of Thai and Lao in two, which loses its sound.
_AM = {"\u0e4d\u0e32": "\u0e33", "\u0ecd\u0eb2": "\u0eb3"}
_SPLIT_AM = re.compile("|".join(_AM))


def settled(text: str) -> str:
    """The text with one form for each letter and without the signs that writers leave out."""
    if text.isascii():
        return text
    whole = _SPLIT_AM.sub(lambda m: _AM[m.group()], unicodedata.normalize("NFKC", text))
    return _SILENT.sub("", whole).translate(_ONE_LETTER)


def stretches(text: str) -> list[tuple[str, bool]]:
    """The settled text in its order as (part, whether it is a stretch of a script without spaces)."""
    if text.isascii():
        return [(text, False)]
    found: list[tuple[str, bool]] = []
    place = 0
    for run in _RUN.finditer(text):
        if run.start() > place:
            found.append((text[place : run.start()], False))
        found.append((run.group(), True))
        place = run.end()
    return [*found, (text[place:], False)] if place < len(text) else found


def pieces(stretch: str) -> list[str]:
    """A stretch as overlapping pieces. Names written in kana alone are words too, and come whole as well."""
    size = next((size for letters, size in _PIECES if letters.match(stretch)), _OF_SOUNDS)
    if len(stretch) <= size:
        return [stretch]
    cut = [stretch[n : n + size] for n in range(len(stretch) - size + 1)]
    return [stretch, *cut] if size == 3 else cut
