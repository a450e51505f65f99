"""What a figure is about, by the words around it: a setting of the strategy, an indicator, or a result.

A result is what only a run can tell (a return, a Sharpe ratio, a number of trades). The nearest word decides.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from operator import attrgetter

SETTINGS = {
    "stop": (r"stop[- ]?loss(?:es)?|trailing[- ]stops?|stops?|stopped|sl", {"stop", "trailing", "breakeven"}),
    "target": (
        r"take[- ]?profits?|profit[- ]targets?|trailing targets?|targets?|tp|in profit|position at",
        {"target", "trailing", "partial", "breakeven"},
    ),
    "breakeven": (r"break[- ]?even|offset", {"breakeven", "entry"}),
    "leverage": (r"leverage[d]?", {"leverage"}),
    "size": (
        r"siz(?:e|es|ed|ing)|of (?:the |your )?(?:equity|account|capital)|(?:per|a|each|every) trade|at risk|stake|"
        r"notional",
        {"size", "position", "exposure", "partial"},
    ),
    "position": (r"(?:open |each |one )?positions?", {"position", "size", "exposure", "partial", "limit"}),
    "exposure": (r"exposure", {"exposure", "position"}),
    "limit": (r"limit(?:s|ed)?|at most|maximum|max|cap(?:ped)?|guard", {"limit", "entry"}),
    "entry": (r"from the close|limit order|entry order", {"entry"}),
}
"""Settings: how people name them, and the roles of the values that may stand beside the name."""

RESULTS = {
    "drawdown": (r"draw[- ]?downs?|dd|under ?water|просадк\w*|回撤|ドローダウン|낙폭", {"drawdown"}),
    "profit": (
        r"(?:net |gross )?profits?(?! factor)|profitable|pnl|p&l|gewinn\w*|beneficio\w*|ganancias?|lucro\w*|прибыл\w*|"
        r"利润|収益|수익\w*",
        {"target", "breakeven", "partial", "trailing"},
    ),
    "loss": (r"daily loss(?:es)?|loss(?:es)?|verlust\w*|p[ée]rdidas?|perte\w*|убыт\w*|亏损|손실", {"loss", "stop"}),
    "fee": (r"fees?|commissions?|cost[s]?|taker|maker|gebühr\w*|комисси\w*|手续费", {"fee", "slippage"}),
    "slippage": (r"slippage|slipped", {"slippage"}),
    "funding": (r"funding", {"funding"}),
    "volatility": (r"volatility", {"size"}),
    "win rate": (
        r"win[- ]?rates?|hit[- ]?(?:rates?|ratios?)|success rates?|accuracy|won|wins|winners|winning|losers|"
        r"trefferquote\w*|胜率|승률",
        {"winrate"},
    ),
    "trades": (r"(?:closed |round[- ])?(?:trades|round trips)|trade count", {"orders"}),
    "return": (
        r"returns?|returned|rendite\w*|rendimi?ento\w*|retornos?|rendement\w*|доходност\w*|收益率?|リターン|수익률",
        set(),
    ),
    "ratio": (
        r"sharpe\w*|sortino\w*|calmar\w*|profit factor|pay-?off|expectancy|cagr|roi|apr|apy|yield(?:ed|s)?|alpha|beta|"
        r"correlation|p-?value|deflated|шарп\w*|夏普|シャープ|샤프",
        set(),
    ),
    "rate": (r"(?:a|per|each|every) (?:day|week|month|year|annum)", {"size", "loss"}),
    "chance": (r"probability|probabilities|likelihood|chances?|confidence|odds|certainty|sure", set()),
    "gain": (
        r"gain(?:s|ed)?|earn(?:s|ed|ings)?|made|makes|lost|loses|rose|fell|grew|climbed|outperform\w*|"
        r"underperform\w*|beats?|"
        r"performance|went (?:from|to|up|down)|ended|finished|final (?:equity|value|balance)|buy[- ]and[- ]hold|"
        r"benchmark|annual(?:ly|i[sz]ed)?",
        set(),
    ),
}
"""Results: how people name them, and the roles of settings that bear the same name."""

YOU_SAID = re.compile(
    r"\byou\s+(?:\w+\s+)?(?:asked|ask|said|say|wrote|write|named|name|mentioned|mention|want|wanted|gave|set|"
    r"request\w*)\b"
    r"|\byour\s+(?:message|request|words|question|figure|number)\b",
    re.IGNORECASE,
)
"""Marks a figure as the person's own, not as a result."""

MULTIPLIED = re.compile(
    r"\b(?:twice|thrice|doubl\w+|tripl\w+|quadrupl\w+|halv\w+|(?:two|three|four|five|ten)fold|half|"
    r"thirds?|quarters?|(?:an? |two |three |four )(?:fifth|sixth|seventh|eighth|ninth|tenth)s?)\b",
    re.IGNORECASE,
)
"""Words that say how much without a figure."""

MONEY = re.compile(r"\b(?:money|account|equity|capital|balance|stake|investment|trades)\b", re.IGNORECASE)
COSTS = re.compile(r"\b(?:costs?|fees?|slippage)\b", re.IGNORECASE)

LETTER = "[A-Za-zÀ-ɏЀ-ӿ_]"
"""What may not stand right beside a keyword, so that no part of a name is one; scripts without spaces aside."""

FAR = 4
"""Words that a comma or a bracket counts for between a figure and what it is about."""

_SEGMENT_END = re.compile(r"[.!?;](?=\s)|[。！？；]|\n")


@dataclass(frozen=True, slots=True)
class Keyword:
    """A word that says what figures near it are about; ``kind`` is setting, result or indicator."""

    name: str
    kind: str
    roles: frozenset[str]
    start: int
    end: int


BESIDE = 4
"""Keywords looked at on each side of a figure: one farther away is never the nearest."""


@dataclass(frozen=True, slots=True)
class Near:
    """The keyword nearest to a figure and the words between them; ``before`` when it stands before the figure."""

    keyword: Keyword
    distance: int
    before: bool


class Surroundings:
    """A text cut into segments (sentences, lines), each with its keywords."""

    def __init__(self, text: str) -> None:
        self.text = text
        cuts = [0, *(found.end() for found in _SEGMENT_END.finditer(text)), len(text)]
        self.segments = [(a, b) for a, b in pairwise(cuts) if text[a:b].strip()]
        self.keywords = _keywords(text)

    def segment(self, place: int) -> tuple[int, int]:
        """Return start and end of the segment that holds a place."""
        return next(((a, b) for a, b in self.segments if a <= place < b), (0, len(self.text)))

    def nearest(self, start: int, end: int) -> Near | None:
        """Return the keyword nearest to a figure, a result before a setting where both are as near.

        A segment without any takes the last of the one before when it says little beside its figures, as rows of a
        table and short sentences do.
        """
        segment = self.segment(start)
        inside = [word for word in self.keywords if segment[0] <= word.start < segment[1]]
        if inside:
            here = bisect_left(inside, start, key=attrgetter("start"))
            near = [self._near(word, start, end) for word in inside[max(0, here - BESIDE) : here + BESIDE]]
            return min(near, key=lambda one: (one.distance, one.keyword.kind != "result", not one.before))
        if len(re.findall(r"[^\W\d_]{2,}", self.text[slice(*segment)])) > 4:
            return None
        earlier = [word for word in self.keywords if word.end <= segment[0]]
        before = [a for a, b in self.segments if b <= segment[0] and re.search(r"[^\W\d_]", self.text[a:b])]
        if not earlier or not before or earlier[-1].start < before[-1]:
            return None
        return Near(earlier[-1], FAR, True)

    def _near(self, word: Keyword, start: int, end: int) -> Near:
        before = word.end <= start
        between = self.text[word.end : start] if before else self.text[end : word.start]
        distance = len(re.findall(r"[\w\x00]+", between)) + FAR * len(re.findall(r"[,(|)]", between))
        if word.kind == "indicator" and before and re.fullmatch(r"\s*\(?\s*", between):
            distance = 0
        return Near(word, distance, before)


@lru_cache(maxsize=16)
def _keywords(text: str) -> tuple[Keyword, ...]:
    """Return the keywords of a text in order; one turn asks several times about the same few texts."""
    found = []
    for match in _pattern().finditer(text):
        kind, name = _groups()[str(match.lastgroup)]
        table = SETTINGS if kind == "setting" else RESULTS
        roles = table[name][1] if kind != "indicator" else {_type_name(match.group())}
        found.append(Keyword(name or match.group().lower(), kind, frozenset(roles), match.start(), match.end()))
    return tuple(found)


@cache
def _groups() -> dict[str, tuple[str, str]]:
    names = [("setting", name) for name in SETTINGS] + [("result", name) for name in RESULTS] + [("indicator", "")]
    return {f"g{k}": pair for k, pair in enumerate(names)}


@cache
def _pattern() -> re.Pattern[str]:
    parts = []
    for group, (kind, name) in _groups().items():
        table = SETTINGS if kind == "setting" else RESULTS
        words = table[name][0] if kind != "indicator" else "|".join(sorted(_types(), key=len, reverse=True))
        parts.append(rf"(?P<{group}>{words})")
    return re.compile(rf"(?<!{LETTER})(?:{'|'.join(parts)})(?!{LETTER})", re.IGNORECASE)


@cache
def _types() -> dict[str, str]:
    """Return the indicators' names and aliases, spaced as people write them, to their canonical names."""
    from engine.indicators.catalog import CORE

    return {
        re.escape(alias.replace("_", " ")).replace(r"\ ", r"[ _-]"): name
        for name, entry in CORE.items()
        for alias in (name, *entry.aliases)
        if len(alias) > 1
    }


def _type_name(words: str) -> str:
    from engine.indicators.catalog import find_core_type

    entry = find_core_type(words)
    return entry.name if entry is not None else words.lower()
