"""Relative changes in words: double, halve, 10% wider, down by a third, up by 5."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

FACTORS: dict[str, float] = {
    "double": 2.0, "doubled": 2.0, "doubling": 2.0, "twice": 2.0, "triple": 3.0, "tripled": 3.0, "thrice": 3.0,
    "quadruple": 4.0,
    "halve": 0.5, "halved": 0.5, "halving": 0.5, "half": 0.5, "quarter": 0.25,
}  # fmt: skip
SMALL = 0.1
"""A share below which ``2% tighter`` may mean percentage points."""

PARTS = {
    "half": 0.5,
    "a half": 0.5,
    "a third": 1 / 3,
    "one third": 1 / 3,
    "a quarter": 0.25,
    "one quarter": 0.25,
    "two thirds": 2 / 3,
    "three quarters": 0.75,
}
_PART = "|".join(sorted(PARTS, key=len, reverse=True))
MORE = "wider|bigger|larger|higher|longer|more|further|farther|looser|greater|slower"
LESS = "tighter|smaller|lower|shorter|less|closer|narrower|nearer|faster"
RAISES = "increase|raise|widen|loosen|extend|lengthen|grow|bump up|bump|boost|enlarge|expand|push up|push out|scale "
"up|up|size up"
LOWERS = "decrease|reduce|lower|tighten|shrink|shorten|cut|drop|scale down|bring down|trim|lessen|slash|size down"

SCALED = (
    (re.compile(rf"^(?P<way>{RAISES}|{LOWERS})\s+(?P<what>.+?)\s+(?:up\s+|"
    rf"down\s+)?by\s+(?P<part>{_PART})\b.*$", re.IGNORECASE), "part"),
    (
        re.compile(
            r"^(?:use |trade |with |take |go with |make it |put )?(?P<times>\d+(?:\.\d+)?)\s*(?:x|times)\s+(?:of "
            r")?(?:the|my|our|its)\s+(?P<what>.+)$",
            re.IGNORECASE,
        ),
        "times",
    ),
    (re.compile(r"^(?:use |trade |with |risk |take |go with |make it |put )?(?P<word>double|halve|triple|quadruple|"
    r"twice|half|quarter)\s+(?:of\s+)?(?:up\s+(?:on\s+)?)?(?P<what>(?!a\b|an\b|of\b|the "
    r"way).+)$", re.IGNORECASE), "word"),
    (re.compile(rf"^(?:{LOWERS}|bring|make|take)\s+(?P<what>.+?)\s+(?:down\s+)?(?:in|by|"
    rf"to)\s+(?:a\s+)?(?P<word>half)\b.*$", re.IGNORECASE), "word"),
    (re.compile(r"^(?:make|want|have|put|set|use|get)?\s*(?P<what>.+?)\s+(?:is\s+|be\s+|should be\s+)?(?P<word>twice|"
    r"double|half|triple|halved|doubled|tripled)(?:\s+(?:as|the|of|its|what)\b.*)?$", re.IGNORECASE), "word"),
    (re.compile(rf"^(?:{LOWERS}|bring|make|"
    rf"set)\s+(?P<what>.+?)\s+(?:down\s+)?to\s+(?P<part>{_PART})(?:\s+of\b.*)?$", re.IGNORECASE), "to_part"),
    (re.compile(r"^(?:make|set|use|multiply|have|scale)?\s*(?P<what>.+?)\s+(?:by\s+|"
    r"to\s+)?(?P<times>\d+(?:\.\d+)?)\s*(?:x|times|-?fold)(?:\s+(?:as|the|its|bigger|larger|wider|longer|"
    r"what)\b.*)?$", re.IGNORECASE), "times"),
    (re.compile(rf"^(?:make|set|use|have|put|want)?\s*(?P<what>.*?)\s*(?:by\s+)?(?P<percent>\d+(?:\.\d+)?)\s*(?:%|"
    rf"percent|per cent|pct)\s+(?P<way>{MORE}|{LESS})\b(?P<rest>.*)$", re.IGNORECASE), "relative"),
    (re.compile(rf"^(?P<way>{RAISES}|{LOWERS}|move|change|adjust|shift)\s+(?P<what>.+?)\s+(?P<dir>up\s+|"
    rf"down\s+)?by\s+(?P<amount>\d+(?:\.\d+)?)\s*(?P<unit>%|percent|per cent|pct)?\s*(?P<points>points?|pp|"
    rf"percentage points?)?(?:\s+(?:bars?|candles?|periods?|atrs?|x))?[ .!]*$", re.IGNORECASE), "by"),
)  # fmt: skip


COMPARES = re.compile(
    r"\b(?:above|below|over|under|exceeds?|greater than|less than|more than|at least)\b|"
    r"[<>]",
    re.IGNORECASE,
)
TWO_LEVELS = re.compile(
    r"\b(?:stop\w*|sl|risk)\b.*\b(?:target|tp|take[ -]?profit)\b|\b(?:target|tp|take[ -]?profit)\b.*\b(?:stop\w*|sl|"
    r"risk)\b|"
    r"\b(?:target|tp|take[ -]?profit|stop\w*|sl)\b.*\b(?:times|x|twice|double|half|triple)\b.*\b(?:that|it|this)$",
    re.IGNORECASE,
)
UNITED = re.compile(
    rf"^(?:make |set |have )?(?P<what>.*?)\s*(?:(?P<amount>\d+(?:\.\d+)?)\s*(?P<unit>atrs?|bars?|candles?|"
    rf"x)\s+(?P<way>{MORE}|{LESS})|"
    rf"(?P<behind>{MORE}|{LESS})\s+by\s+(?P<by>\d+(?:\.\d+)?)\s*(?P<of>atrs?|bars?|candles?|x|pp)?)(?P<rest>\b.*)$",
    re.IGNORECASE,
)
"""``1 atr wider``, ``shorter by 5 bars``: by an amount in the unit of the figure."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A relative change: times ``value``, or by ``points`` (a fraction when ``percent``) up or down.

    ``either`` marks ``by 5%`` of a value in per cent: it may mean a part of the value or percentage points.
    """

    value: float | None
    points: float | None = None
    percent: bool = False
    either: bool = False
    unit: str | None = None


def factor_in(bare: str) -> tuple[Factor | None, str]:
    """Return a relative change and what it is about."""
    if re.search(
        r"\b(?:sell|exit|close|take|scale|book)\b.*\b(?:half|third|quarter)\b.*\b(?:at|when|off)\b", bare, re.IGNORECASE
    ):
        return None, bare  # a part of the position, no factor
    if re.search(
        r"\b(?:at|to|of|=|is|be|equal)\s+(?:twice|double|triple|half|\d+(?:\.\d+)?\s*(?:x|times))\s+(?:of )?(?:the|"
        r"my|its|our)\b",
        bare,
        re.IGNORECASE,
    ):
        return None, bare  # one level by another
    if COMPARES.search(bare) or TWO_LEVELS.search(bare):
        return None, bare  # a target by the stop, or the other way round
    united = UNITED.match(bare)
    if united is not None and "%" not in bare:
        less = (united.group("way") or united.group("behind")).lower() in LESS.split("|")
        amount = float(united.group("amount") or united.group("by"))
        unit = (united.group("unit") or united.group("of") or "").lower().rstrip("s") or None
        if unit == "x" and amount > 0:
            return Factor(1 / amount if less else amount), f"{united.group('what')} {united.group('rest')}".strip()
        what = f"{united.group('what')} {united.group('rest')}".strip()
        return Factor(None, -amount if less else amount, unit=unit), what
    for pattern, kind in SCALED:
        found = pattern.match(bare)
        if found is None:
            continue
        what = found.group("what").strip()
        if kind == "word":
            return Factor(FACTORS[found.group("word").lower()]), what
        if kind == "part":
            part = PARTS[found.group("part").lower()]
            return Factor(1 - part if _lowers(found.group("way")) else 1 + part), what
        if kind == "to_part":
            return Factor(PARTS[found.group("part").lower()]), what
        if kind == "times":
            if re.search(r"\b(?:leverage|lev|at|atr)\b|\d", what, re.IGNORECASE) or re.search(
                r"x\s*(?:atr|leverage)", bare, re.IGNORECASE
            ):
                continue
            return Factor(float(found.group("times"))), what
        if kind == "relative":
            share = float(found.group("percent")) / 100
            less = found.group("way").lower() in LESS.split("|")
            points = -share if less else share
            return Factor(1 + points, points, True, either=share < SMALL), f"{what} {found.group('rest')}".strip()
        less = _lowers(found.group("way")) or (found.group("dir") or "").strip().lower() == "down"
        amount = float(found.group("amount"))
        percent = found.group("unit") is not None or found.group("points") in (
            "pp",
            "percentage point",
            "percentage points",
        )
        points = (-amount if less else amount) / (100 if percent else 1)
        factor = (
            Factor(1 + points, points, True, either=found.group("points") is None) if percent else Factor(None, points)
        )
        return (replace(factor, value=None) if percent and found.group("points") else factor), what
    return None, bare


def _lowers(way: str) -> bool:
    return way.lower().strip() in LOWERS.split("|")
