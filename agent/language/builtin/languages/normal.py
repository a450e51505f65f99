"""Characters before words: one form of each, and none that hide."""

from __future__ import annotations

import re
import unicodedata

_SPOKEN_ALIKE = str.maketrans({
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "«": '"', "»": '"', "„": '"', "‟": '"',
    "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "≤": "<=", "≥": ">=", "≦": "<=", "≧": ">=", "٪": "%",
    "٫": ".", "٬": "", "،": ",", "؛": ";", "؟": "?", "。": ". ", "、": ",", "「": '"', "」": '"', "『": '"', "』": '"',
    "।": ". ", "【": " ", "】": " ", "《": '"', "》": '"', "×": "x", "¿": " ", "¡": " ", "\u00ad": "", "ـ": "",
})  # fmt: skip

_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\u061c\u180e]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MARKED_LETTERS = re.compile("[\u064b-\u065f\u0670]")  # Arabic short vowels, which are seldom typed


def plain_characters(text: str) -> str:
    """Return a text in NFKC with hidden and control characters removed, signs and digits in their ASCII form.

    Examples
    --------
    >>> plain_characters("ＲＳＩ\u200b ３０％ ≤ ٣٠")
    'RSI 30% <= 30'
    """
    text = _HIDDEN.sub("", unicodedata.normalize("NFKC", text))
    text = _MARKED_LETTERS.sub("", _CONTROL.sub(" ", text.replace("\r", "\n")))
    return "".join(_digit(char) for char in text.translate(_SPOKEN_ALIKE))


def _digit(char: str) -> str:
    if char.isascii() or not char.isdecimal():
        return char
    return str(unicodedata.decimal(char))


def without_marks(char: str) -> str:
    """Return a Latin letter as somebody types it who has no key for its marks; other characters as they are.

    Examples
    --------
    >>> "".join(map(without_marks, "ściągnął đã não İı й"))
    'sciagnal da nao Ii й'
    """
    special = _LETTERS.get(char)
    if special is not None:
        return special
    first = unicodedata.normalize("NFD", char)[0]
    return first if first.isascii() else char


_LETTERS = {"đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ı": "i", "ø": "o", "ß": "ss", "æ": "ae", "œ": "oe"}
