"""Numbers as each language writes them, turned into plain digits with a decimal point."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.language.builtin.languages.lexicon import Lexicon

_HAN_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "兩": 2, "〇": 0}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000}
_HAN = "零〇一二三四五六七八九两兩十百千"
_HAN_PERCENT = re.compile(rf"百分之\s*([{_HAN}]+(?:点[{_HAN}]+)?|\d+(?:\.\d+)?)")
_HAN_COUNT = re.compile(
    rf"([{_HAN}]+)(?=\s*(?:根|个|個|日|天|周|週|分(?!之)|小时|時間|时|倍|本|%|月|年|成|万|萬|点|线|線|美元|次|笔))"
)
_HAN_TENTHS = re.compile(r"(\d+)\s*成(?=仓|倉|资|資|的?本金)")

_LISTED = re.compile(r"(?:\b(?:[esw]?ma|hma|rsi|macd|bb|boll\w*|stoch\w*|kdj|kd|supertrend|keltner|cci|adx"
                     r"|mm|mme|mma)s?[\s(:]*|[A-Za-z]\()(?:\d+[\s,]+)*$", re.IGNORECASE)  # fmt: skip
_DATE = re.compile(r"(?<![\d.,/-])(\d{1,2})\.(\d{1,2})\.((?:19|20)\d{2})(?![\d.])")
_POINT_THOUSANDS = re.compile(r"(?<![\d.,])([1-9]\d{0,2})((?:\.\d{3})+)(?![\d.])(,\d+)?")
_COMMA_THOUSANDS = re.compile(r"(?<![\d.,])([1-9]\d{0,2})((?:,\d{3})+)(?![\d,])(?!\s*%)")
_SPACE_THOUSANDS = re.compile(r"(?<![\d.,])(?<!\d )([1-9]\d{0,2})((?: \d{3})+)(?![\d])(?! \d)")
_QUOTE_THOUSANDS = re.compile(r"(?<!\d)(\d{1,3})((?:'\d{3})+)(?!\d)")
_DECIMAL_COMMA = re.compile(r"(?<![\d.,])(\d+),(\d+)(?![\d,])")
_LOOSE_PERCENT = re.compile(r"(\d)\s+%")
_LEADING_PERCENT = re.compile(r"%\s?(\d+(?:[.,]\d+)?)")
_LETTER = r"(?:[^\W\d_]|[\u0900-\u097f])"  # with the vowel signs of Devanagari, which are not word characters
_MINUTES = re.compile(r"(?<![\d.,:])(\d{1,2}) ?(?:h|時|时|点|點|시) ?([0-5]\d)(?:分|분)?(?![\d%]|本|時|时|시)")
_SEPARATORS = re.compile(r"[.,' ]")


def plain_numbers(text: str, lexicon: Lexicon) -> str:
    """Return a text whose numbers are digits with a decimal point, per cent signs right behind them.

    A comma between digits is a decimal comma where the language writes it so, unless the numbers are a list behind
    an indicator's name; three digits behind a separator are thousands, unless the number begins with zero.
    """
    if lexicon.language in {"zh", "ja"}:
        text = _HAN_PERCENT.sub(lambda found: f"{_han_value(found[1])}%", text)
        text = _HAN_COUNT.sub(lambda found: _han_value(found[1]), text)
        text = _HAN_TENTHS.sub(lambda found: f"{int(found[1]) * 10}%", text)
    if lexicon.language == "tr":
        text = _LEADING_PERCENT.sub(r"\1%", text)
    text = _DATE.sub(lambda found: f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}", text)
    text = _MINUTES.sub(r"\1:\2", text)
    text = _QUOTE_THOUSANDS.sub(_joined, text)
    if lexicon.decimal == ",":
        text = _POINT_THOUSANDS.sub(_joined, text)
        text = _SPACE_THOUSANDS.sub(_joined_unless_listed, text)
        text = _COMMA_THOUSANDS.sub(_joined_unless_listed, text)
        text = _DECIMAL_COMMA.sub(_decimal_unless_listed, text)
    else:
        text = _COMMA_THOUSANDS.sub(_joined_unless_listed, text)
    text = _spelled(text, lexicon)
    return _LOOSE_PERCENT.sub(r"\1%", text)


def _joined(found: re.Match[str]) -> str:
    decimals = found[3] if found.re is _POINT_THOUSANDS else None
    return found[1] + _SEPARATORS.sub("", found[2]) + (decimals or "").replace(",", ".")


def _joined_unless_listed(found: re.Match[str]) -> str:
    return found[0] if _is_listed(found) else found[1] + _SEPARATORS.sub("", found[2])


def _decimal_unless_listed(found: re.Match[str]) -> str:
    return found[0] if _is_listed(found) else f"{found[1]}.{found[2]}"


def _is_listed(found: re.Match[str]) -> bool:
    before, behind = found.string[: found.start()], found.string[found.end() :]
    bracketed = before.endswith("(") and behind.startswith(")") and len(found[1]) > 1
    return bracketed or _LISTED.search(before) is not None


def _spelled(text: str, lexicon: Lexicon) -> str:
    """Put digits for the table's number words, and multiply out its words for thousands and more."""
    spaced = lexicon.language not in {"ko", "ja", "zh"}
    edge = (rf"(?<!{_LETTER})", rf"(?!{_LETTER})") if spaced else ("", "")
    if lexicon.numbers:
        words = "|".join(sorted(map(re.escape, lexicon.numbers), key=len, reverse=True))
        text = re.sub(
            rf"{edge[0]}({words}){edge[1]}", lambda found: lexicon.numbers[found[1].lower()], text, flags=re.IGNORECASE
        )
    if lexicon.scales:
        words = "|".join(sorted(map(re.escape, lexicon.scales), key=len, reverse=True))
        text = re.sub(
            rf"(?<![\d.])(\d+(?:\.\d+)?)\s*({words}){edge[1]}",
            lambda found: _product(found[1], lexicon.scales[found[2].lower()]),
            text,
            flags=re.IGNORECASE,
        )
    return text


def _product(number: str, scale: int) -> str:
    return f"{float(number) * scale:.8f}".rstrip("0").rstrip(".")


def _han_value(written: str) -> str:
    """Return the digits of a number written in Han characters.

    Examples
    --------
    >>> [_han_value(one) for one in ("三", "十五", "二百", "一千零五十", "三点五", "二零")]
    ['3', '15', '200', '1050', '3.5', '20']
    """
    whole, _, decimals = written.partition("点")
    if whole and whole.replace(".", "").isascii():
        return written
    if not any(char in _HAN_UNITS for char in whole):
        value = "".join(str(_HAN_DIGITS[char]) for char in whole)
    else:
        total, digit = 0, 0
        for char in whole:
            if char in _HAN_UNITS:
                total += (digit or 1) * _HAN_UNITS[char]
                digit = 0
            else:
                digit = _HAN_DIGITS[char]
        value = str(total + digit)
    return value + ("." + "".join(str(_HAN_DIGITS[char]) for char in decimals) if decimals else "")
