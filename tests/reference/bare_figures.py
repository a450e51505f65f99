"""Finds annual Sharpe ratios in JSON data that stand without their interval and the count of trials beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

NO_RATIO = {
    "sharpeADay": "of one day's returns",
    "sharpeLow95": "an end of an interval",
    "sharpeHigh95": "an end of an interval",
    "sharpeTrials": "a count",
    "annualSharpe": "of a minimum track record: what luck alone reaches, on average",
    "deflatedSharpe": "scores between 0 and 1",
}
RATIO_IN_ONE = ("value", "annual", "dailyRatio", "ratio")
"""Names of the ratio in an object that is named after it."""


def bare_figures(document: Any, place: str = "$") -> list[str]:
    """Return where JSON data hold a ratio without the ends of its interval and the trials in the same object.

    >>> bare_figures({"summary": {"sharpeRatio": 1.4, "tradeCount": 12}})
    ['$.summary.sharpeRatio']
    >>> bare_figures([{"sharpe": {"value": 1.4, "low95": 0.2, "high95": 2.5}}])
    ['$[0].sharpe.value']
    >>> bare_figures({"sharpe": {"value": 1.4, "low95": 0.2, "high95": 2.5, "trials": {"family": "BTC", "total": 3}}})
    []
    >>> bare_figures({"sharpeRatio": 1.4, "sharpeLow95": 0.2, "sharpeHigh95": 2.5, "sharpeTrials": 3})
    []
    """
    return list(_found(document, place))


def _found(value: Any, place: str) -> Iterator[str]:
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from _found(one, f"{place}[{number}]")
    if not isinstance(value, dict):
        return
    named = place.rpartition(".")[2].lower() == "sharpe"
    for name, one in value.items():
        ratio = ("sharpe" in name.lower() and name not in NO_RATIO) or (named and name in RATIO_IN_ONE)
        if (ratio or name == "dailyRatio") and _is_number(one) and not _whole(value):
            yield f"{place}.{name}"
        yield from _found(one, f"{place}.{name}")


def _whole(value: dict[str, Any]) -> bool:
    ends = [name for name in value if name.lower().removeprefix("sharpe") in ("low", "high", "low95", "high95")]
    trials = value.get("trials", value.get("sharpeTrials"))
    counted = trials.get("total") if isinstance(trials, dict) else trials
    return sum(_is_number(value[name]) for name in ends) == 2 and _is_number(counted) and counted >= 1


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
