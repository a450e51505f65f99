"""Finding the quantities of a message that have no number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.screening.findings import Vague
from agent.language.builtin.screening.measures import SENTENCE_ENDS, bounds_in, is_number, measured
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
        if not measured(folded, words.measure, first, last, rule):
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


def _oversold(folded: Folded) -> list[Vague]:
    """Return where oversold and overbought stand: conventional beside an oscillator, vague without one."""
    out = []
    for match in folded.matches(compiled(OVERSOLD)):
        first, last = folded.index(match.start()), folded.index(match.end() - 1)
        begin, end = bounds_in(folded, first, last, SENTENCE_ENDS)
        sentence = folded.between(begin, end)
        if any(is_number(folded, i) for i in range(max(begin, first - 4), min(end, last + 5))) and compiled(
            OSCILLATORS
        ).search(sentence):
            continue
        oscillator = compiled(OSCILLATORS).search(folded.line) is not None
        role = role_before(folded, match.start())
        out.append(_vague(folded, first, last, role, OVERSOLD_ASK, conventional=oscillator))
    return out
