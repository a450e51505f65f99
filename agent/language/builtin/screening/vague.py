"""Finding the quantities of a message that have no number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.screening.findings import Vague
from agent.language.builtin.screening.other_assets import asset_of
from agent.language.builtin.screening.phrases import compiled
from agent.language.builtin.screening.tables.vague_amounts import AMOUNTS
from agent.language.builtin.screening.tables.vague_changes import CHANGES
from agent.language.builtin.screening.tables.vague_protection import PROTECTION
from agent.language.builtin.screening.tables.vague_signals import SIGNALS
from agent.language.builtin.screening.trade_words import RULES, role_before, says
from agent.language.builtin.screening.vague_words import OSCILLATORS, OVERSOLD, OVERSOLD_ASK, VagueWords

if TYPE_CHECKING:
    from agent.language.builtin.screening.folded import Folded

VAGUE = (*PROTECTION, *SIGNALS, *AMOUNTS, *CHANGES)
SENTENCE_ENDS = frozenset(".;?!¶")
CLAUSE_ENDS = SENTENCE_ENDS | {",", "(", ")"}
DEFINED_BY = frozenset({":", "(", "=", "like", "such", "eg", "namely", "meaning", "ie"})
TIME_UNITS = frozenset({"min", "mins", "minute", "minutes", "hour", "hours", "hr", "hourly"})
NEAR_BEFORE, NEAR_AFTER = 5, 5
CORRECTED = (", (so|please|just)? (make|set|put|use|say|maybe|about|like) (it|that)? (at|to|around)? #",)
"""What gives the number of a vague quantity after the comma: ``too tight, make it 4%``."""


_NUMBER = re.compile(r"\d[\d.,]*(?:x|k|r)?|twice|half|double|triple|breakeven")
_UNIT = re.compile(r"%|percent|pct|atr\d*|atrs|x|pips?|bps|dollars?|usd|usdt|times|r|times")
_BEHIND = frozenset({"of", "at", "is", "=", ":", "to", "by", "(", "around", "about", ","})

LEVEL_WORDS = frozenset(
    {"stop", "stops", "sl", "target", "tp", "risk", "size", "equity", "capital", "account", "trail"}
)

_ENDS = {"sentence": SENTENCE_ENDS, "part": CLAUSE_ENDS | {"and", "or", "with", "but", "then", "&"}}
_FIELDS = (
    ("trailing_stop", {"trailing", "trail"}),
    ("stop_loss", {"stop", "stops", "sl", "stoploss"}),
    ("take_profit", {"target", "targets", "tp", "profit"}),
    ("risk.max_leverage", {"leverage"}),
    ("risk.time_limit", {"holding", "cooldown"}),
    ("universe.timeframe", {"timeframe", "frame"}),
    (
        "indicators.length",
        {
            "length",
            "lengths",
            "lookback",
            "period",
            "average",
            "averages",
            "settings",
            "parameters",
            "multiplier",
            "window",
            "indicator",
            "indicators",
            "threshold",
            "ema",
            "emas",
            "sma",
            "smas",
            "rsi",
            "macd",
            "atr",
        },
    ),
    ("sizing", {"size", "sizing", "position", "risk", "exposure"}),
    ("exit", {"exit", "exits", "out", "sell"}),
    ("entry", {"entry", "entries", "in", "buy"}),
    ("universe.assets", {"asset", "coin"}),
)


def find_vague(folded: Folded, *, has_spec: bool) -> tuple[Vague, ...]:
    """Return the vague quantities of a message in order; of those of one field that overlap the longest."""
    rule = says(folded, RULES)
    found = [one for words in VAGUE if _met_while(words, has_spec) for one in _of(folded, words, rule)]
    found += _oversold(folded)
    found.sort(key=lambda one: (one.start - one.end, one.start))
    kept: list[Vague] = []
    for one in found:
        if not any(_same(one, other) for other in kept):
            kept.append(one)
    return tuple(sorted(kept, key=lambda one: (one.start, one.end, one.field)))


def _same(one: Vague, longer: Vague) -> bool:
    """True when a finding says nothing beside a longer one: the same field, or a length inside another quantity."""
    apart = one.end <= longer.start or one.start >= longer.end
    return not apart and (one.field == longer.field or one.field == "indicators.length" or longer.field == "goal")


def _met_while(words: VagueWords, has_spec: bool) -> bool:
    return words.when == "always" or (words.when == "edit") == has_spec


def _of(folded: Folded, words: VagueWords, rule: bool) -> list[Vague]:
    out = []
    harmless = None
    for match in folded.matches(compiled(words.phrases)):
        if harmless is None:
            harmless = [one.span() for one in folded.matches(compiled(words.unless))] if words.unless else []
        if any(match.start() < end and begin < match.end() for begin, end in harmless):
            continue
        first, last = folded.index(match.start()), folded.index(match.end() - 1)
        if not _measured(folded, words.measure, first, last, rule):
            field = _field(folded, first, last) if words.field == "role" else words.field
            out.append(_vague(folded, first, last, field, words.ask, conjunct=words.conjunct))
    return out


def _field(folded: Folded, first: int, last: int) -> str:
    """Return the field that words name themselves, else the part of a strategy named nearest before them."""
    words = set(folded.tokens[first : last + 1])
    named = next((field for field, names in _FIELDS if names & words), None)
    return named or role_before(folded, folded.places[first])


def _vague(
    folded: Folded, first: int, last: int, field: str, ask: str, *, conventional: bool = False, conjunct: bool = False
) -> Vague:
    start, end = folded.starts[first], folded.ends[last]
    return Vague(start, end, folded.source[start:end], field, ask, conventional, conjunct)


def _measured(folded: Folded, measure: str, first: int, last: int, rule: bool) -> bool:
    """True when the words from token ``first`` to ``last`` are made exact by what stands around them."""
    if measure == "none":
        return False
    if measure == "rule":
        return rule
    if measure == "listed":
        return _listed(folded, first, last)
    if measure == "near":
        return _number_near(folded, first, last)
    if measure == "near_length":
        return any(_number(folded, i) for i in range(max(0, first - 2), min(len(folded.tokens), last + 4)))
    begin, end = _bounds(folded, first, last, _ENDS.get(measure, CLAUSE_ENDS))
    if measure == "around":
        return any(_UNIT.fullmatch(folded.tokens[i]) for i in range(begin, end))
    if measure not in ("clause", "told"):
        return any(_number(folded, i) for i in range(begin, end))
    if measure == "told" and _amount_at(folded, first, last):
        return True
    if measure == "clause" and any(_number(folded, i) for i in range(begin, end)):
        return True
    defined = any(folded.tokens[i] in (":", "=") for i in range(last + 1, end))
    return _defined_behind(folded, last if defined else end)


def _bounds(folded: Folded, first: int, last: int, ends: frozenset[str]) -> tuple[int, int]:
    while first > 0 and folded.tokens[first - 1] not in ends:
        first -= 1
    last += 1
    while last < len(folded.tokens) and folded.tokens[last] not in ends:
        last += 1
    return first, last


def _number(folded: Folded, i: int) -> bool:
    """True when a token is a number that says how much, and no timeframe."""
    if not _NUMBER.fullmatch(folded.tokens[i]):
        return False
    return not (i + 1 < len(folded.tokens) and folded.tokens[i + 1] in TIME_UNITS)


def _amount_at(folded: Folded, first: int, last: int) -> bool:
    """True when an amount stands at words, and is none of a level or a size: ``a drop of 3%``, ``1.5x volume``."""
    tokens = folded.tokens
    behind = last + 1
    while behind < len(tokens) and tokens[behind] in _BEHIND - {","}:
        behind += 1
    if behind < len(tokens) and _number(folded, behind) and not LEVEL_WORDS.intersection(tokens[behind : behind + 4]):
        return True
    return any(
        _amount(folded, i) and not LEVEL_WORDS.intersection(tokens[i : i + 4])
        for i in (*range(max(0, first - 3), first), *range(last + 1, last + 4))
        if "," not in tokens[min(i, first) : max(i, last)]
    )


def _number_near(folded: Folded, first: int, last: int) -> bool:
    """True when an amount with a unit stands next to words, or a bare number right behind them."""
    tokens = folded.tokens
    behind = last + 1
    while behind < len(tokens) and tokens[behind] in _BEHIND:
        if tokens[behind] == "," and not _amount(folded, behind + 1):
            break
        behind += 1
    if behind < len(tokens) and (_number(folded, behind) or tokens[behind] == "$") and tokens[behind - 1] != ",":
        return True
    if behind < len(tokens) and compiled(CORRECTED).match(folded.line, folded.places[behind]):
        return True
    begin, end = _bounds(folded, first, last, CLAUSE_ENDS - {"(", ")"})
    span = range(max(begin, first - NEAR_BEFORE), min(end, last + 1 + NEAR_AFTER))
    return _amount(folded, behind) or any(_amount(folded, i) for i in span)


def _amount(folded: Folded, i: int) -> bool:
    tokens = folded.tokens
    if not (0 <= i < len(tokens)):
        return False
    if tokens[i] == "$" or re.fullmatch(r"\d[\d.,]*[xr]", tokens[i]):
        return True
    return bool(_NUMBER.fullmatch(tokens[i])) and i + 1 < len(tokens) and bool(_UNIT.fullmatch(tokens[i + 1]))


def _defined_behind(folded: Folded, end: int) -> bool:
    """True when a definition that can be tested follows the clause at once: ``(adx > 25)``, ``: close > open``."""
    if end >= len(folded.tokens) or folded.tokens[end] in SENTENCE_ENDS:
        return False
    after = _bounds(folded, end + 1, end + 1, CLAUSE_ENDS)[1]
    part = folded.between(end + 1, after)
    return bool(
        re.match(r" (?:buy|sell|long|short|enter|exit|stop|sl|tp|target|size|risk|with|use|no)", part)
    ) is False and bool(compiled(RULES).search(part))


def _listed(folded: Folded, first: int, last: int) -> bool:
    """True when the assets are named: behind the words, or anywhere when the words do not add to them."""
    named = [i for i in range(len(folded.tokens)) if asset_of(folded, folded.places[i]) is not None]
    if not named:
        return False
    adds = first > 0 and folded.tokens[first - 1] in ("and", "plus", "&", "+", "or")
    return not adds or any(last < i <= last + 4 and folded.tokens[last + 1] in DEFINED_BY for i in named)


def _oversold(folded: Folded) -> list[Vague]:
    """Return where oversold and overbought stand: conventional beside an oscillator, vague without one."""
    out = []
    for match in folded.matches(compiled(OVERSOLD)):
        first, last = folded.index(match.start()), folded.index(match.end() - 1)
        begin, end = _bounds(folded, first, last, SENTENCE_ENDS)
        sentence = folded.between(begin, end)
        if any(_number(folded, i) for i in range(max(begin, first - 4), min(end, last + 5))) and compiled(
            OSCILLATORS
        ).search(sentence):
            continue
        oscillator = compiled(OSCILLATORS).search(folded.line) is not None
        role = role_before(folded, match.start())
        out.append(_vague(folded, first, last, role, OVERSOLD_ASK, conventional=oscillator))
    return out
