"""A sweep from end to end: a spec, its candidates and market data in, the figures of every candidate out."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.backtest.reading import read_market
from engine.backtest.run import INITIAL_EQUITY, backtest, checked_spec
from engine.errors import EngineInputError, SpecError
from engine.market.quality import utc
from engine.market.timeframe import DAY_MS
from engine.metrics.undefined import SHORT_DAYS
from engine.spec import defaults
from engine.spec.overrides import apply_overrides
from engine.sweeps.arena import Clock, OneAsset, same_bars
from engine.sweeps.bar_by_bar import figures_bar_by_bar
from engine.sweeps.candidates import ACCOUNT, SIGNALS, check_candidates, sort_candidates
from engine.sweeps.jumping import figures_by_jumps
from engine.sweeps.scope import beyond_the_kernel, beyond_the_kernels
from engine.sweeps.sharing import figures_by_sharing
from engine.sweeps.sheet import new_sheet, span_of_bars
from engine.sweeps.stepping import figures_by_steps
from engine.sweeps.swept import Swept
from engine.sweeps.workers import check_threads, shared_among

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.backtest.reading import Reading
    from engine.backtest.result import BacktestResult
    from engine.market.bars import MarketData
    from engine.spec.models import StrategySpec
    from engine.sweeps.candidates import Family
    from engine.sweeps.sheet import Sheet
    from engine.sweeps.workers import Each

GONE = "the account was liquidated or came to nothing"
BARS_MISSING = "not every asset has a bar at every time"
KEPT = 8
"""Windows of one asset, and of several, that an arena keeps ready."""


class Arena:
    """Market data with all that sweeps over it can share: bounds of prices, and columns of indicators.

    Keep one for as long as you sweep over the same candles; `sweep` is an arena for one sweep.
    """

    def __init__(self, data: MarketData) -> None:
        self.data = data
        self._assets: dict[tuple[Any, ...], OneAsset] = {}
        self._clocks: dict[tuple[Any, ...], Clock] = {}

    def forget_columns(self) -> None:
        """Let go of every column of an indicator; the next sweep computes its own again."""
        for asset in self._assets.values():
            asset.forget_columns()
        for clock in self._clocks.values():
            clock.forget_columns()

    def sweep(
        self,
        spec: StrategySpec | Mapping[str, object] | str | bytes,
        candidates: Sequence[Mapping[str, Any]] = ({},),
        *,
        start: int | None = None,
        end: int | None = None,
        initial_equity: float = INITIAL_EQUITY,
        full_window: bool = False,
        threads: int = 1,
        daily_returns: bool = False,
    ) -> Swept:
        """Measure every candidate; the parameters, errors and result of `sweep`."""
        check_threads(threads)
        check_candidates(candidates)
        checked = checked_spec(spec, self.data)
        read = read_market(checked, self.data, start=start, end=end, full_window=full_window)
        sorted_ = sort_candidates(checked, candidates, self.data)
        sheet = new_sheet(len(candidates), read, daily=daily_returns)
        slowly: dict[int, str] = {}
        with shared_among(threads) as each:
            for family in sorted_.families:
                own = self._own_reading(family, read, checked, start=start, end=end, full_window=full_window)
                slowly |= self._measure(family, own, initial_equity, sheet, threads, each)
        return _told(candidates, sheet, sorted_.problems, slowly, read, initial_equity)

    def full_run(
        self,
        spec: StrategySpec | Mapping[str, object] | str | bytes,
        overrides: Mapping[str, Any],
        *,
        start: int | None = None,
        end: int | None = None,
        initial_equity: float = INITIAL_EQUITY,
        full_window: bool = False,
    ) -> BacktestResult:
        """Run one candidate whole, for its trades, curve and statistics; figures a sweep has too are equal.

        Raises
        ------
        SpecError
            The candidate is no valid spec.
        DataError, WindowError, HoldoutLocked
            As for a backtest.
        """
        checked = checked_spec(spec, self.data)
        candidate = apply_overrides(checked, overrides, catalog=self.data)
        if candidate.spec is None:
            raise SpecError([problem for problem in candidate.problems if problem.severity == "error"])
        return backtest(
            candidate.spec,
            self.data,
            start=start,
            end=end,
            initial_equity=initial_equity,
            full_window=full_window,
            finer=False,
        )

    def _measure(
        self, family: Family, read: Reading, initial_equity: float, sheet: Sheet, threads: int, each: Each
    ) -> dict[int, str]:
        """Measure a family into its rows of ``figures``; return which candidates were simulated bar by bar, and why."""
        accounts = family.variants[ACCOUNT]
        known = {at: beyond_the_kernel(_whole(accounts[at].spec)) is None for at in set(family.chosen[ACCOUNT])}
        quick = np.array([k for k, at in enumerate(family.chosen[ACCOUNT]) if known[at]], dtype=np.int64)
        left = [k for k, at in enumerate(family.chosen[ACCOUNT]) if not known[at]]
        told: dict[int, str] = {}
        if quick.shape[0]:
            one = self._one_asset(read)
            gone = figures_by_jumps(family, quick, one, initial_equity, sheet, threads=threads, each=each)
            told = dict.fromkeys(gone, GONE)

        def step(clock: Clock, k: int) -> None:
            number, spec = family.numbers[k], _candidate(family, k)
            found = None
            if clock.is_whole:
                shared = clock.first is not None and beyond_the_kernels(spec) is None
                found = (figures_by_sharing if shared else figures_by_steps)(spec, clock, initial_equity)
            if found is None:
                told[number] = GONE if clock.is_whole else BARS_MISSING
            else:
                sheet.put(number, *found)

        if left:
            of_all = partial(step, self._clock(family.spec, read))
            for some in left[:1], left[1:]:  # the first one finds what all of them share
                list(each(of_all, some))
        for k, number in enumerate(family.numbers):
            if number in told:
                sheet.put(number, *figures_bar_by_bar(_candidate(family, k), read, initial_equity))
        return told

    def _own_reading(
        self,
        family: Family,
        read: Reading,
        spec: StrategySpec,
        *,
        start: int | None,
        end: int | None,
        full_window: bool,
    ) -> Reading:
        """Return what was read for a spec, or what a family reads that fills at minutes' prices and the spec does not.

        Raises
        ------
        EngineInputError
            The minutes that price some of the fills reach less far than the candles: the windows differ.
        """
        fill = defaults.fill_of(family.spec)
        if (fill == "vwap") == (defaults.fill_of(spec) == "vwap"):
            return read
        own = read_market(family.spec, self.data, start=start, end=end, full_window=full_window)
        if (own.window.start, own.window.end) != (read.window.start, read.window.end):
            raise EngineInputError(
                f"candidate {family.numbers[0]} fills at '{fill}' and is measured from {utc(own.window.start)} to "
                f"{utc(own.window.end)}, the others from {utc(read.window.start)} to {utc(read.window.end)}: "
                "sweep it as a spec of its own"
            )
        return own

    def _clock(self, spec: StrategySpec, read: Reading) -> Clock:
        perpetual = defaults.market_type_of(spec) == "perp"
        lengths = tuple((asset, bars.n_bars) for asset, bars in read.bars.items())
        key = perpetual, defaults.fill_of(spec) == "vwap", read.window.start, read.window.end, lengths
        held = self._clocks.get(key)
        if held is None or not all(same_bars(bars, held.bars[asset]) for asset, bars in read.bars.items()):
            held = self._clocks[key] = Clock(read, perpetual=perpetual)
            _let_go(self._clocks)
        return held

    def _one_asset(self, read: Reading) -> OneAsset:
        ((asset, bars),) = read.bars.items()
        key = asset, bars.symbol, bars.timeframe, bars.n_bars, read.window.start
        held = self._assets.get(key)
        if held is None or not same_bars(bars, held.bars):
            held = self._assets[key] = OneAsset(asset, bars, read.window.start)
            _let_go(self._assets)
        return held


def _let_go(kept: dict[tuple[Any, ...], Any]) -> None:
    """Let go of what was made first, beyond as much as an arena keeps."""
    while len(kept) > KEPT:
        kept.pop(next(iter(kept)))


def sweep(
    spec: StrategySpec | Mapping[str, object] | str | bytes,
    data: MarketData,
    candidates: Sequence[Mapping[str, Any]] = ({},),
    *,
    start: int | None = None,
    end: int | None = None,
    initial_equity: float = INITIAL_EQUITY,
    full_window: bool = False,
    threads: int = 1,
    daily_returns: bool = False,
) -> Swept:
    """Measure many variants of a spec at once.

    Parameters
    ----------
    spec
        A checked spec, or one as JSON text or data, which is checked first.
    data
        Where the candles come from.
    candidates
        Overrides of each candidate, dotted path to value (`engine.spec.overrides`); ``{}`` is the spec as it is.
    start, end, initial_equity, full_window
        As for `engine.backtest.run.backtest`. Finer candles are not read: a bar that touches both the stop and the
        target is stopped.
    threads
        How many threads share the work; the result does not depend on it.
    daily_returns
        Whether the returns of each day are wanted, which take 4 bytes a day and candidate.

    Raises
    ------
    SpecError
        The spec itself has problems; those of candidates are in the result.
    EngineInputError
        ``threads`` or ``candidates`` are unusable, no bar opens in the window, or a candidate that fills at the prices
        of minutes (`execution.fill` ``vwap``) is measured over another window than the rest.
    DataError, WindowError, HoldoutLocked
        As for a backtest.

    Examples
    --------
    >>> from engine import DemoMarket
    >>> from engine.spec.examples import SMA_CROSS
    >>> spec = {**SMA_CROSS, "universe": {**SMA_CROSS["universe"], "assets": ["BTC"]}}
    >>> swept = sweep(spec, DemoMarket(), [{"indicators.sma_fast.inputs.length": length} for length in (5, 10, 0)])
    >>> (swept.trade_count > 100).tolist(), list(swept.problems)
    ([True, True, False], [2])
    """
    return Arena(data).sweep(
        spec,
        candidates,
        start=start,
        end=end,
        initial_equity=initial_equity,
        full_window=full_window,
        threads=threads,
        daily_returns=daily_returns,
    )


def _whole(spec: StrategySpec | None) -> StrategySpec:
    if spec is None:
        raise AssertionError("a candidate with problems was measured")
    return spec


def _candidate(family: Family, k: int) -> StrategySpec:
    """Return a candidate of a family as a spec of its own."""
    account = _whole(family.variants[ACCOUNT][family.chosen[ACCOUNT][k]].spec)
    signals = _whole(family.variants[SIGNALS][family.chosen[SIGNALS][k]].spec).signals
    indicators = {
        key: family.variants[f"indicators.{key}"][family.chosen[f"indicators.{key}"][k]].indicator
        for key in family.spec.indicators
    }
    return account.model_copy(update={"signals": signals, "indicators": indicators})


def _told(
    candidates: Sequence[Mapping[str, Any]],
    sheet: Sheet,
    problems: Mapping[int, tuple[Any, ...]],
    slowly: Mapping[int, str],
    read: Reading,
    initial_equity: float,
) -> Swept:
    from engine.kernels import sweep_long as at

    figures, has_days = sheet.figures, sheet.daily.shape[1] > 0
    opened, closed = span_of_bars(read)
    sharpe = np.where(figures[:, at.FILL_COUNT] > 0.0, figures[:, at.SHARPE_DAILY], np.nan)
    return Swept(
        overrides=tuple(dict(one) for one in candidates),
        problems=dict(sorted(problems.items())),
        bar_by_bar=dict(sorted(slowly.items())),
        start=read.window.start,
        end=read.window.end,
        initial_equity=initial_equity,
        end_equity=figures[:, at.END_EQUITY],
        end_cash=figures[:, at.END_CASH],
        max_drawdown=figures[:, at.MAX_DRAWDOWN],
        sharpe_daily=np.full_like(sharpe, np.nan) if closed - opened < SHORT_DAYS * DAY_MS else sharpe,
        trade_count=figures[:, at.TRADE_COUNT],
        win_count=figures[:, at.WIN_COUNT],
        gross_won=figures[:, at.WON] + figures[:, at.WON_REST],
        gross_lost=figures[:, at.LOST] + figures[:, at.LOST_REST],
        fees_paid=figures[:, at.FEES] + figures[:, at.FEES_REST],
        fill_count=figures[:, at.FILL_COUNT],
        ambiguous_bars=figures[:, at.AMBIGUOUS_COUNT],
        bars_held=figures[:, at.BARS_HELD],
        daily_returns=sheet.daily if has_days else None,
        first_day=sheet.first_day if has_days else None,
    )
