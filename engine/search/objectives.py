"""What a search ranks by: objectives read from the figures of a summary, and one score of several.

A score ranks candidates that were measured on the same bars. It proves nothing: the best of many looks good by luck
alone, the more so the more were tried, which is why no verdict follows from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from engine.search.outcome import Outcome

    Summary = Mapping[str, Any]

Objective = Literal["net_profit", "drawdown", "sharpe", "trade_count", "profit_factor"]


def _net_profit(summary: Summary) -> float | None:
    return summary.get("netProfit")


def _drawdown(summary: Summary) -> float | None:
    depth = summary.get("maxDrawdownPct")
    return None if depth is None else 0.0 - depth


def _sharpe(summary: Summary) -> float | None:
    return summary.get("sharpeDaily")


def _trade_count(summary: Summary) -> float | None:
    return summary.get("tradeCount")


def shrunk_profit_factor(summary: Summary) -> float | None:
    """Return the profit factor with one average trade added to either side; None without a closed trade.

    ``(wins + m) / (losses + m)``, m the mean size of a trade's result. It is finite where nothing was lost, tends to
    the profit factor with many trades, and keeps two lucky trades from beating two hundred good ones.

    >>> shrunk_profit_factor({"tradeCount": 100, "profitFactor": 2.0, "winRatePct": 0.5})
    1.9708737864077668
    >>> shrunk_profit_factor({"tradeCount": 2, "winRatePct": 1.0})
    3.0
    """
    count = int(summary.get("tradeCount") or 0)
    ratio: float | None = summary.get("profitFactor")
    if count == 0:
        return None
    if ratio is None:  # no losing trade
        return count + 1.0 if summary.get("winRatePct") else 1.0
    mean = (ratio + 1.0) / count  # in units of the losses
    return (ratio + mean) / (1.0 + mean)


OBJECTIVES: dict[str, Callable[[Summary], float | None]] = {
    "net_profit": _net_profit,
    "drawdown": _drawdown,
    "sharpe": _sharpe,
    "trade_count": _trade_count,
    "profit_factor": shrunk_profit_factor,
}
"""Name -> value of a PerformanceSummary record (camelCase), higher is better; None where the figure has no value."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate with its score and its rank, 1 for the best."""

    outcome: Outcome
    score: float
    rank: int


def rank(outcomes: Iterable[Outcome], objectives: Sequence[str], min_trades: int = 0) -> tuple[Ranked, ...]:
    """Return the candidates that closed a trade, best first; those with fewer than ``min_trades`` after all others.

    With one objective the score is its value, higher is better: ``drawdown`` is minus the deepest drawdown,
    ``profit_factor`` the shrunk one. With several it is the mean over the objectives of the share of the other
    candidates that this one beats, ties counting half: 1 is the best in everything, 0 the worst. Equal scores rank in
    the order of the candidates' numbers.

    Candidates without a closed trade are left out: doing nothing has no drawdown, and would beat most. Where an
    objective has no value for a candidate it is beaten by all that have one. Of several candidates that behave the
    same one is ranked, the search's own before the spec as it is (number 0). The order given does not matter.
    """
    traded = [one for one in sorted(outcomes, key=lambda one: (one.number == 0, one.number)) if one.closed_trades > 0]
    distinct = list({one.behaviour_hash: one for one in reversed(traded)}.values())[::-1]
    values = [[OBJECTIVES[name](one.summary) for one in distinct] for name in objectives]
    if len(objectives) == 1:
        defined = [value for value in values[0] if value is not None]
        worst = min(defined, default=0.0)
        scores = [worst if value is None else float(value) for value in values[0]]
        order = [(value is None, -score) for value, score in zip(values[0], scores, strict=True)]
    else:
        shares = [_shares(column) for column in values]
        scores = [sum(row) / len(objectives) for row in zip(*shares, strict=True)]
        order = [(False, -score) for score in scores]
    missing = [max(0, min_trades - one.closed_trades) for one in distinct]
    ranked = sorted(range(len(distinct)), key=lambda at: (missing[at], *order[at], distinct[at].number))
    return tuple(Ranked(distinct[at], scores[at], place) for place, at in enumerate(ranked, start=1))


def _shares(values: Sequence[float | None]) -> list[float]:
    """Return for each value the share of the others that it beats, ties counting half; 1 where there is no other."""
    if len(values) == 1:
        return [1.0]
    known = [float("-inf") if value is None else value for value in values]
    places: dict[float, list[int]] = {}
    for place, value in enumerate(sorted(known)):
        places.setdefault(value, []).append(place)
    return [sum(places[value]) / len(places[value]) / (len(known) - 1) for value in known]


def score_words(objectives: Sequence[str]) -> str:
    """Return what a score is, in words for the record of a search.

    >>> score_words(["drawdown"])
    'minus the deepest drawdown, higher is better'
    """
    if len(objectives) > 1:
        names = ", ".join(objectives)
        return f"mean over {names} of the share of the other candidates that are beaten, ties counting half; 1 is best"
    return f"{_WORDS[objectives[0]]}, higher is better"


_WORDS = {
    "net_profit": "net profit in quote currency",
    "drawdown": "minus the deepest drawdown",
    "sharpe": "annual Sharpe ratio of the daily returns",
    "trade_count": "closed trades",
    "profit_factor": "profit factor with one average trade added to wins and to losses",
}
