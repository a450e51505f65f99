"""The content of a walk-forward's report, once: what the page and the picture both say.

It is read from the document of a walk-forward (docs/walk-forward.md): ``strategy``, ``scheme``, ``method``,
``purgeDays``, ``embargoDays``, ``folds``, ``outOfSample``, ``holding``, ``equity``, ``firstDay``, ``initialEquity``,
``trials``, ``verdict``, ``caution`` and ``notices``. Everything here is text to show, already inert, or numbers to
draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.market.timeframe import DAY_MS
from engine.report.claims import NO_INTERVAL, SharpeClaim
from engine.report.digest import GENERATED, Figure
from engine.report.figures import count, money, percent, plural
from engine.report.inert import one_line
from engine.report.parameters import short_names, value_text
from engine.report.sheets import Sheet, Term

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

CASH = "nothing: cash"


@dataclass(frozen=True, slots=True, eq=False)
class WalkDigest:
    """All that the report of a walk-forward says.

    ``equity`` and ``holding`` are what an account is worth at the end of each day from ``first_day_ms`` on, quote
    currency, shape (n_days,); ``borders`` are the days, counted from it, on which a test begins. ``folds`` has a row
    for each fold, its choice in one column for each parameter.
    """

    name: str
    facts: tuple[Term, ...]
    headline: str
    sharpe: str
    standing: str
    generated: str
    figures: tuple[Figure, ...]
    folds: Sheet
    legend: tuple[Term, ...]
    notices: tuple[str, ...]
    first_day_ms: int
    initial_equity: float
    equity: FloatArray
    holding: FloatArray
    borders: tuple[int, ...]


def walk_digest(document: Mapping[str, Any]) -> WalkDigest:
    """Return the content of a walk-forward's report from its document."""
    strategy, trials = document["strategy"], document["trials"]
    equity, holding = (np.asarray(document[name], dtype=np.float64) for name in ("equity", "holding"))
    initial, first = float(document["initialEquity"]), _ms(document["firstDay"])
    paths = list(dict.fromkeys(path for one in document["folds"] for path in one.get("overrides", {})))
    names = short_names(paths)
    return WalkDigest(
        name=one_line(strategy["name"]),
        facts=tuple(_facts(document)),
        headline=_headline(document, equity, holding),
        sharpe=_sharpe(document),
        standing=f"{document['verdict']}: {plural(trials['total'], 'distinct trial')} on {one_line(trials['family'])} "
        f"so far, these among them. {document['caution']}",
        generated=GENERATED if strategy["generated"] else "",
        figures=tuple(_figures(document, holding)),
        folds=_folds(document, names),
        legend=tuple(Term(one_line(short), one_line(path)) for path, short in names.items() if short != path),
        notices=tuple(one_line(one["message"]) for one in document["notices"]),
        first_day_ms=first,
        initial_equity=initial,
        equity=equity,
        holding=holding,
        borders=tuple((_ms(one["test"]["start"]) - first) // DAY_MS for one in document["folds"]),
    )


def deepest(curve: FloatArray, initial: float) -> float:
    """Return the deepest fall of a curve below its peak, a fraction; ``initial`` is what it began with.

    >>> deepest(np.array([90.0, 120.0, 60.0]), 100.0)
    0.5
    """
    return float(under_water(curve, initial).max(initial=0.0))


def under_water(curve: FloatArray, initial: float) -> FloatArray:
    """Return how far a curve lies below its peak at each of its points, fractions, shape (n,)."""
    peaks = np.maximum.accumulate(np.maximum(curve, initial))
    depth: FloatArray = 1.0 - curve / peaks
    return depth


def _facts(document: Mapping[str, Any]) -> Iterator[Term]:
    strategy = document["strategy"]
    yield Term("Assets", one_line(", ".join(strategy["assets"])))
    yield Term("Timeframe", one_line(strategy["timeframe"]))
    yield Term("Walk-forward", f"{document['scheme']}, {plural(len(document['folds']), 'fold')}")
    yield Term("Searched by", one_line(document["method"]))
    gap = f"{plural(document['purgeDays'], 'day')} of purge, {document['embargoDays']} of embargo"
    yield Term("Before each test", gap)


def _figures(document: Mapping[str, Any], holding: FloatArray) -> Iterator[Figure]:
    stitched, folds, initial = document["outOfSample"], document["folds"], document["initialEquity"]
    held = percent(float(holding[-1]) / initial - 1.0, signed=True)
    returns = [one["outOfSample"]["totalReturn"] for one in folds]
    yield Figure("Return, stitched", percent(stitched["totalReturn"], signed=True), f"buy and hold {held}")
    depth = percent(deepest(holding, initial))
    yield Figure("Deepest drawdown", percent(stitched["maxDrawdown"]), f"buy and hold {depth}")
    above = sum(one > 0 for one in returns)
    yield Figure("Folds above 0", f"{above} of {len(folds)}", f"the worst {percent(min(returns), signed=True)}")
    yield Figure("Trades", count(sum(one["tradeCount"] for one in folds)), f"in {stitched['days']:,} days")


def _headline(document: Mapping[str, Any], equity: FloatArray, holding: FloatArray) -> str:
    initial, days = document["initialEquity"], document["outOfSample"]["days"]
    ends = f"{money(initial)} became {money(float(equity[-1]))} in {days:,} days that had no part in the choices"
    return f"{ends}; with buy and hold it would have become {money(float(holding[-1]))}."


def _sharpe(document: Mapping[str, Any]) -> str:
    sharpe = document["outOfSample"].get("sharpe")
    if sharpe is None:
        return f"Sharpe ratio of whole days, a year: none, {NO_INTERVAL}"
    trials = max(1, document["trials"]["total"])
    claim = SharpeClaim(sharpe["value"], sharpe["low95"], sharpe["high95"], trials=trials)
    return f"Sharpe ratio of whole days, a year: {claim}"


def _folds(document: Mapping[str, Any], names: Mapping[str, str]) -> Sheet:
    rows = []
    for at, one in enumerate(document["folds"], start=1):
        chosen, result = one.get("overrides"), one["outOfSample"]
        values = [CASH if chosen is None else value_text(chosen.get(path, "as it is")) for path in names]
        if not names:
            values = [CASH if chosen is None else "as it is"]
        rows.append(
            (
                str(at),
                *(f"{one[part]['start'][:10]} to {one[part]['end'][:10]}" for part in ("train", "test")),
                *(one_line(value) for value in values),
                percent(None if chosen is None else one["inSample"]["totalReturn"], signed=True),
                percent(result["totalReturn"], signed=True),
                percent(result["maxDrawdown"]),
                count(one["tradeCount"]),
            )
        )
    chosen_columns = tuple(one_line(name) for name in names.values()) or ("Chosen",)
    columns = ("Fold", "Train", "Test", *chosen_columns, "Return in sample", "Return", "Drawdown", "Trades")
    note = "What is in sample was chosen for being good and is no estimate."
    return Sheet("The folds, and what was chosen on each train window", columns, tuple(rows), note)


def _ms(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)
