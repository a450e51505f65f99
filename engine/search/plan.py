"""A search before it runs: what is tried, in which order, on which bars, ranked by what; all of it decided."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from math import isfinite
from typing import TYPE_CHECKING, Any

from engine.errors import DataError, EngineError
from engine.market.timeframe import DAY_MS, DURATION_MS
from engine.metrics.undefined import SHORT_DAYS
from engine.search.conditions import WHERE
from engine.search.cost import MOST_BYTES, MOST_SECONDS, estimate, too_expensive
from engine.search.faster import fast_before_slow
from engine.search.neighbours import neighbours
from engine.search.objectives import OBJECTIVES
from engine.search.probing import some_are_worth_trying
from engine.search.proposal import AS_IT_IS, Proposal
from engine.search.samplers import LEARNING, METHODS, SAMPLERS, WITHOUT_OPTUNA, Listed
from engine.search.space import MOST_LISTED, PLACE, Space, read_space, size_text
from engine.search.worth import BARS_PER_TRADE, trades_asked_for
from engine.spec.any_candles import AnyCandles
from engine.spec.defaults import fill_of
from engine.spec.findings import Findings
from engine.spec.front_door import read_value
from engine.spec.overrides import apply_overrides

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.backtest.window import Window
    from engine.market.bars import MarketData
    from engine.search.proposal import Places
    from engine.search.samplers import Sampler
    from engine.spec.models import StrategySpec
    from engine.spec.passes import Checked
    from engine.spec.problems import Problem

MOST_CANDIDATES = 20_000
USUAL_CANDIDATES = 200
"""Candidates of a search that names no limit, unless it is a grid."""

GROWN = 5_000
"""Combinations of a space that is taken from the spec itself, at most where fewer neighbours make it fit."""

LARGEST_SEED = 2**53 - 1
VARIANTS = "variants"
"""A space that is taken from the spec's variants."""

MOST_AT_ONCE = 3
"""Objectives of a method that looks for a front: with more of them hardly a candidate is dominated."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A search that can be carried out: candidates 1 to ``count``, and 0, the spec as it is, to compare with.

    ``space`` is as it was asked for; ``start`` and ``end`` (UTC ms, closed-open) lie inside the selection part.
    """

    spec: StrategySpec
    space: Space
    document: Mapping[str, Any]
    method: str
    objectives: tuple[str, ...]
    seed: int
    places: tuple[Places, ...]
    window: Window
    initial_equity: float
    count: int
    min_trades: int

    @property
    def fills_differ(self) -> bool:
        """Whether some candidates fill at minutes' prices and some do not: their windows are not one."""
        fills = {fill_of(self.spec)}
        for axis in self.space.axes:
            if axis.path == "execution.fill":
                fills |= set(axis.values)
        return len(fills) > 1 and "vwap" in fills

    def sampler(self) -> Sampler:
        """Return the method at its beginning.

        Raises
        ------
        EngineInputError
            It needs an extra that is not installed.
        """
        if self.method in SAMPLERS:
            return Listed(self.places)
        return LEARNING[self.method](self.space, self.count, self.seed, len(self.objectives))

    def proposal(self, number: int) -> Proposal:
        """Return a candidate by its number, of a method that knows them all beforehand."""
        return AS_IT_IS if number == 0 else Proposal(number, self.places[number - 1])

    def overrides(self, number: int) -> dict[str, Any]:
        """Return the overrides of a candidate; none for number 0."""
        return self.overrides_at(self.proposal(number).places)

    def overrides_at(self, places: Places) -> dict[str, Any]:
        """Return the overrides at a place of the space; none for that of the spec as it is, which has none."""
        return self.space.overrides(places) if places else {}

    def candidate_at(self, places: Places, market: MarketData | None = None) -> Checked:
        """Return a candidate as a spec, checked whole, or the problems it has.

        Without ``market`` its candles are taken to be there: planning has found them.
        """
        return apply_overrides(self.spec, self.overrides_at(places), catalog=AnyCandles() if market is None else market)


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, or None and what is wrong with what was asked for."""

    plan: Plan | None
    problems: tuple[Problem, ...]


def plan_search(
    spec: StrategySpec,
    market: MarketData,
    *,
    method: Any = "grid",
    objectives: Any = ("sharpe",),
    space: Any = None,
    seed: Any = 0,
    limit: Any = None,
    start: int | None = None,
    end: int | None = None,
    initial_equity: float | None = None,
    most_seconds: float = MOST_SECONDS,
    most_bytes: float = MOST_BYTES,
) -> Planned:
    """Check what a search is asked for and decide everything about it; nothing is measured.

    What comes from outside may be anything: all that is wrong with it is told at once, with the path in a document
    ``{method, objectives, space, seed, limit}``.

    Parameters
    ----------
    spec : StrategySpec
        A checked spec.
    market : MarketData
        Candles; only where they begin and end is read.
    method : str
        ``grid`` tries every combination of the space, ``random`` as many different ones as ``limit`` says, spread
        evenly; ``evolutionary`` breeds generations from the best so far, ``bayesian`` asks a model where to look next
        (it needs the extra ``optuna``). Both know at most three objectives.
    objectives : sequence of str
        One to five different names of `OBJECTIVES` (`engine.search.objectives.rank`).
    space : mapping, optional
        Dotted path -> values, and conditions between them (`engine.search.space.read_space`); ``"variants"`` takes for
        each path that the spec's variants override the values they give it, in every combination; default
        `engine.search.neighbours.neighbours`, with the conditions of `engine.search.faster.fast_before_slow`.
    seed : int
        Of the draws, 0 to 2^53 - 1.
    limit : int, optional
        Candidates at most, 1 to 20,000; default 20,000 for a grid, which is refused when it has more, else 200.
    start, end : int, optional
        The window, UTC ms, inside the selection part; default all of it.
    initial_equity : float, optional
        Quote currency; default that of a backtest.
    most_seconds, most_bytes : float
        What the search may take (`engine.search.cost.estimate`): one that would take more is refused.

    Examples
    --------
    >>> from engine import DemoMarket, check
    >>> from engine.spec.examples import SMA_CROSS
    >>> spec = check(SMA_CROSS).spec
    >>> lengths = {"indicators.sma_fast.inputs.length": {"min": 5, "max": 30, "step": 5}}
    >>> planned = plan_search(spec, DemoMarket(), space=lengths)
    >>> planned.plan.count, planned.plan.overrides(2)
    (6, {'indicators.sma_fast.inputs.length': 10})
    >>> print(plan_search(spec, DemoMarket(), method="gird").problems[0])
    $.method: 'gird' is no method; allowed: grid, random, bayesian, evolutionary (did you mean 'grid'?)
    """
    from engine.backtest.run import INITIAL_EQUITY  # loads the kernels

    findings = Findings()
    _check_method(method, findings)
    _check_objectives(objectives, method, findings)
    _check_whole(seed, "seed", 0, LARGEST_SEED, findings)
    if initial_equity is not None and not (isfinite(initial_equity) and initial_equity > 0):
        findings.error(("initialEquity",), "OUT_OF_BOUNDS", f"is {initial_equity}: it must be finite and above 0")
    if limit is not None:
        _check_whole(limit, "limit", 1, MOST_CANDIDATES, findings)
    document = _document(spec, space, findings)
    read = None if document is None else read_space(document, spec, findings, market)
    if read is None or document is None or findings.has_errors:
        return Planned(None, findings.problems)
    most = limit or (MOST_CANDIDATES if method == "grid" else USUAL_CANDIDATES)
    size = _size(read, findings)
    if size == 0:
        return Planned(None, findings.problems)
    if method == "grid" and size > most:
        message = (
            f"has {size_text(size)} combinations, {most:,} may be tried: name fewer values, "
            "or draw some of them with method random"
        )
        findings.error(PLACE, "TOO_MANY_CANDIDATES", message)
        return Planned(None, findings.problems)
    window = _window(spec, market, start, end, findings)
    if window is None:
        return Planned(None, findings.problems)
    if "sharpe" in objectives and (window.end - window.start) / DAY_MS < SHORT_DAYS:
        message = f"sharpe has no value under {SHORT_DAYS} days, and the window has fewer: name another objective"
        findings.error(("objectives", list(objectives).index("sharpe")), "UNDEFINED_OBJECTIVE", message)
        return Planned(None, findings.problems)
    n_bars = _n_bars(spec, window)
    if n_bars < BARS_PER_TRADE:
        message = f"the window holds {n_bars} bars, and one closed trade in {BARS_PER_TRADE} bars is asked for"
        findings.error(("window",), "TOO_FEW_TRADES", f"{message}: name a longer one")
        return Planned(None, findings.problems)
    places = tuple(SAMPLERS[method](read, most, seed)) if method in SAMPLERS else ()
    equity = INITIAL_EQUITY if initial_equity is None else initial_equity
    plan = Plan(
        spec=spec,
        space=read,
        document=document,
        method=method,
        objectives=tuple(objectives),
        seed=seed,
        places=places,
        window=window,
        initial_equity=equity,
        count=len(places) if method in SAMPLERS else min(most, size),
        min_trades=0 if "trade_count" in objectives else trades_asked_for(len(read.axes), n_bars),
    )
    expensive = too_expensive(estimate(plan), plan, most_seconds, most_bytes)
    if expensive is not None:
        findings.error(PLACE, "TOO_EXPENSIVE", expensive)
        return Planned(None, findings.problems)
    return Planned(plan if some_are_worth_trying(plan, market, findings) else None, findings.problems)


def _check_method(method: Any, findings: Findings) -> None:
    if isinstance(method, str) and method in METHODS:
        if method == "bayesian" and find_spec("optuna") is None:
            others = tuple(name for name in METHODS if name != "bayesian")
            findings.error(("method",), "NOT_AVAILABLE", WITHOUT_OPTUNA, allowed=others)
        return
    shown, meant = (f"'{method[:80]}'", method) if isinstance(method, str) else ("this", None)
    findings.error(("method",), "UNKNOWN_VALUE", f"{shown} is no method", allowed=METHODS, meant=meant)


def _check_objectives(objectives: Any, method: Any, findings: Findings) -> None:
    if not isinstance(objectives, (list, tuple)) or not 1 <= len(objectives) <= len(OBJECTIVES):
        message = f"must be a list of 1 to {len(OBJECTIVES)} objectives"
        findings.error(("objectives",), "WRONG_TYPE", message, allowed=OBJECTIVES)
        return
    for at, name in enumerate(objectives):
        if not isinstance(name, str) or name not in OBJECTIVES:
            shown = f"'{name[:80]}'" if isinstance(name, str) else "this"
            meant = name if isinstance(name, str) else None
            message = f"{shown} is no objective"
            findings.error(("objectives", at), "UNKNOWN_VALUE", message, allowed=OBJECTIVES, meant=meant)
        elif name in objectives[:at]:
            findings.error(("objectives", at), "DUPLICATE_VALUE", f"'{name}' is there already")
    if method in tuple(LEARNING) and len(objectives) > MOST_AT_ONCE:
        message = f"method {method} knows at most {MOST_AT_ONCE} objectives, these are {len(objectives)}"
        findings.error(("objectives",), "OUT_OF_BOUNDS", message)


def _check_whole(value: Any, name: str, low: int, high: int, findings: Findings) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        findings.error((name,), "WRONG_TYPE", f"must be a whole number from {low} to {high}")
    elif not low <= value <= high:
        findings.error((name,), "OUT_OF_BOUNDS", f"must be from {low} to {high}")


def _document(spec: StrategySpec, space: Any, findings: Findings) -> Mapping[str, Any] | None:
    if space is None:
        found = neighbours(spec, GROWN)
        if not found:
            message = "no indicator that is read has a number to vary: name paths and their values"
            findings.error(PLACE, "NOTHING_TO_VARY", message)
        conditions = fast_before_slow(spec, found)
        return ({**found, WHERE: conditions} if conditions else found) or None
    if space == VARIANTS:
        found = _of_variants(spec)
        if not found:
            findings.error(PLACE, "NOTHING_TO_VARY", "the spec has no variants to take values from")
        return found or None
    if not isinstance(space, dict):
        findings.error(PLACE, "WRONG_TYPE", 'must be an object such as {"indicators.rsi.inputs.length": [7, 14, 21]}')
        return None
    read = read_value({"space": space})
    findings.add(read.problems)
    return None if read.problems else read.value["space"]


def _size(space: Space, findings: Findings) -> int:
    """Return how many combinations keep the conditions, or how many there are where they are too many to look at."""
    if not space.conditions or space.size > MOST_LISTED:
        return space.size
    size = len(space.all_places())
    if size == 0:
        message = f"none of {size_text(space.size)} combinations keeps every condition"
        findings.error((*PLACE, WHERE), "EMPTY_SPACE", message)
    return size


def _of_variants(spec: StrategySpec) -> dict[str, list[Any]]:
    """Return for each path that a variant of the spec overrides the values of the variants, each once."""
    space: dict[str, list[Any]] = {}
    for variant in spec.variants or ():
        for path, value in variant.overrides.items():
            values = space.setdefault(path, [])
            if value not in values:
                values.append(value)
    return space


def _window(
    spec: StrategySpec, market: MarketData, start: int | None, end: int | None, findings: Findings
) -> Window | None:
    from engine.backtest.run import window_of
    from engine.backtest.window import HoldoutLocked

    try:
        return window_of(spec, market, start=start, end=end)
    except HoldoutLocked as locked:
        findings.error(("window",), "HOLDOUT_LOCKED", f"{locked}; a search never opens it")
    except DataError as missing:
        findings.error(("spec", "universe"), "NO_DATA", str(missing))
    except EngineError as refused:
        findings.error(("window",), "BAD_WINDOW", str(refused))
    return None


def _n_bars(spec: StrategySpec, window: Window) -> int:
    return (window.end - window.start) // DURATION_MS[spec.universe.timeframe]
