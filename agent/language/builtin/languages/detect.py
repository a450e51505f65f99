"""Which language a message is in: by its script, then by words and letters that give a language away."""

from __future__ import annotations

import re
import tomllib
from functools import cache

from agent.language.builtin.languages.lexicon import TABLES
from agent.language.builtin.languages.normal import without_marks

_SCRIPTS = (
    ("ko", re.compile("[\uac00-\ud7a3\u3131-\u318e]+")),
    ("ja", re.compile("[\u3041-\u30ff]+")),
    ("zh", re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")),
    ("ru", re.compile("[\u0400-\u04ff]+")),
    ("hi", re.compile("[\u0900-\u097f]+")),
    ("ar", re.compile("[\u0600-\u06ff]+")),
    ("th", re.compile("[\u0e00-\u0e7f]+")),
    ("el", re.compile("[\u0370-\u03ff\u1f00-\u1fff]+")),
    ("he", re.compile("[\u0590-\u05ff]+")),
    ("bn", re.compile("[\u0980-\u09ff]+")),
    ("ta", re.compile("[\u0b80-\u0bff]+")),
    ("ka", re.compile("[\u10a0-\u10ff]+")),
)
_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_LETTERS = {
    "es": "áéíóúñ", "pt": "áâãàçéêíóôõú", "fr": "àâçéèêëîïôùûœ", "de": "ßäöü", "it": "àèéìòù", "pl": "ąęłśżźćńó",
    "tr": "çğıöşüİ",
    "vi": "ơưđăâêôáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ",
}  # fmt: skip
_SAID_EVERYWHERE = re.compile(r"\b(?:golden|death|dead) cross\b", re.IGNORECASE)
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_RUSSIAN = re.compile("[ыэъёЫЭЪЁ]")
_UKRAINIAN_WORDS = frozenset(
    {"та", "або", "якщо", "коли", "купуй", "купити", "продай", "продавай", "угода", "вище", "нижче", "перетинає"}
)
_TRADITIONAL = re.compile("[買賣線點當時價單進場標資訊開關從將應該報個這條種風險與無過後漲間穩賺錢為還請設]")


@cache
def _marks() -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
    listed = tomllib.loads((TABLES / "detection.toml").read_text(encoding="utf-8"))
    found = {}
    for language, words in listed.items():
        split = [word for word in words.split() if len(word) > 1]
        whole = frozenset(word for word in split if not word.endswith("*"))
        found[language] = whole, tuple(word[:-1] for word in split if word.endswith("*"))
    return found


def detect(text: str, *, clearly: bool = False) -> str:
    """Return the BCP 47 tag of the language a text (`normal.plain_characters`) is mostly written in.

    A text without words that tell (tickers, figures, indicator names) is English; so is an English text with a
    foreign word in it. ``clearly`` asks for three telling words at least. Scripts without a table come back under the
    tag of their most spoken language.

    Examples
    --------
    >>> [detect(one) for one in ("buy BTC at 5", "compra BTC si cae", "BTC 1h RSI 전략", "если RSI ниже 30")]
    ['en', 'es', 'ko', 'ru']
    """
    script, amount = _script(text)
    words = [_bare(word) for word in _WORDS.findall(_SAID_EVERYWHERE.sub(" ", text))]
    english = _hits(words, "en")
    if (
        script is not None
        and (amount >= 3 or not clearly)
        and (amount >= english or (amount >= 3 and 2 * amount >= english))
    ):
        return _told_apart(script, text)
    best, hits = _latin(words, text)
    if best is None or hits <= english or (clearly and hits < 3):
        return "en"
    if hits >= 2:
        return best
    telling = any(len(word) >= 3 and _hits([word], best) for word in words) or any(
        char in text for char in _LETTERS.get(best, "")
    )
    return best if telling and english == 0 else "en"


def is_english(sentence: str) -> bool:
    """Tell whether a sentence inside a message of another language is English: two telling words, and no other."""
    words = [_bare(word) for word in _WORDS.findall(sentence)]
    english = _hits(words, "en")
    return english >= 2 and _script(sentence)[0] is None and english > _latin(words, sentence)[1]


def _bare(word: str) -> str:
    return "".join(without_marks(char) for char in word.lower())


def _hits(words: list[str], language: str) -> int:
    whole, beginnings = _marks()[language]
    return sum(1 for word in words if word in whole or word.startswith(beginnings or ("\0",)))


def _latin(words: list[str], text: str) -> tuple[str | None, int]:
    """Return the language in Latin letters, other than English, that most words speak for, and how many do."""
    lowered = text.lower()
    scores = {
        language: _hits(words, language) + (1 if any(char in lowered for char in _LETTERS.get(language, "")) else 0)
        for language in _marks()
        if language != "en"
    }
    best = max(scores, key=lambda language: scores[language])
    return (best, scores[best]) if scores[best] else (None, 0)


def _script(text: str) -> tuple[str | None, int]:
    """Return the script other than Latin that most of a text is in, and how many words of it there are."""
    found = {language: pattern.findall(text) for language, pattern in _SCRIPTS}
    han, kana = len(found["zh"]), sum(map(len, found["ja"]))
    amounts = {language: len(words) for language, words in found.items()}
    amounts["zh"] = -(-han // 2)
    if kana and kana * 10 >= han:
        amounts["ja"] += amounts["zh"]
    best = max(amounts, key=lambda language: amounts[language])
    return (best, amounts[best]) if amounts[best] else (None, 0)


def _told_apart(script: str, text: str) -> str:
    if script == "zh" and _TRADITIONAL.search(text):
        return "zh-Hant"
    if script == "ru" and not _RUSSIAN.search(text):
        words = set(text.lower().split())
        if _UKRAINIAN.search(text) or words & _UKRAINIAN_WORDS:
            return "uk"
    return script
