"""What the selection part says of one strategy, among all trials of its data."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import EngineInputError
from engine.evidence.beyond import beyond_market
from engine.evidence.bootstrap import FEWEST_DAYS, block_length, bootstrap_interval, mean_a_year
from engine.evidence.combined import sidak_p
from engine.evidence.deflated import deflated_sharpe, generalised_deflated_sharpe, trial_variance
from engine.evidence.effective_trials import effective_trials
from engine.evidence.families import family_text
from engine.evidence.overfitting import BLOCKS, FEWEST_BLOCK_DAYS, overfitting
from engine.evidence.plateau import plateau
from engine.evidence.search_evidence import counted_p, search_p
from engine.evidence.selected import CONFIDENCE, selected_sharpe
from engine.evidence.sharpe import minimum_track_record, moments, probabilistic_sharpe
from engine.evidence.trials import FLAT
from engine.evidence.verdict import SelectionEvidence
from engine.judging.holding import holding_returns
from engine.judging.past import others, returns_of, unplanned_in
from engine.judging.stress import at_twice_the_costs, noise_test
from engine.judging.surroundings import ring_around
from engine.search.outcome import Days
from engine.spec.canonical import behaviour_hash
from engine.spec.overrides import apply_overrides

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from engine.backtest.window import Window
    from engine.evidence.overfitting import Overfitting
    from engine.evidence.plateau import Plateau
    from engine.evidence.search_evidence import SearchEvidence
    from engine.evidence.selected import SelectedSharpe
    from engine.evidence.sharpe import Moments
    from engine.evidence.trials import FloatArray
    from engine.judging.past import PastTrial
    from engine.judging.stress import NoiseTest
    from engine.market.bars import MarketData
    from engine.spec.models import StrategySpec
    from engine.sweeps.run import Arena
    from engine.sweeps.swept import Swept


class NothingToJudge(EngineInputError):
    """A strategy did too little to be judged: it never traded, or there are too few days."""

    code = "NOTHING_TO_JUDGE"


@dataclass(frozen=True, slots=True, eq=False)
class Tried:
    """A strategy as it was measured for the judgement: the champion, or one of the ring around it.

    Each is a trial and belongs in the ledger. ``summary`` has the figures of a sweep.
    """

    overrides: Mapping[str, Any]
    behaviour_hash: str
    summary: Mapping[str, Any]
    days: Days


@dataclass(frozen=True, slots=True)
class Deflated:
    """The deflated Sharpe ratio in both forms, as scores (`engine.evidence.deflated`); None without an estimate.

    ``variance`` is that of the trials' daily Sharpe ratios, ``n_trials`` how many independent ones they are worth.
    """

    of_2014: float | None
    of_2026: float | None
    variance: float
    n_trials: float


@dataclass(frozen=True, slots=True, eq=False)
class SelectionCase:
    """Everything the selection part says of a champion; what a verdict weighs is ``evidence``.

    ``tried`` are the champion, first, and the ring around it. ``n_trials`` counts all trials on the data, these
    included, ``n_without_returns`` those of them that left no daily returns, ``n_unplanned`` those beside the
    champion that were tried after others were seen. ``p_drawn`` is the p-value of the days drawn again, ``p_counted``
    that of the best of so many as were not planned, however alike they are; the larger one is that of the search.
    ``sharpe`` is per day, less what choosing adds; ``shape`` that of the champion's daily returns. ``beyond_yearly`` is
    the mean return a year beyond the market, ``beyond_psr`` the probability that it is above 0, ``beyond_interval`` the
    90 % interval of it, choosing left aside in both; None where no return varies beyond the market. ``noise`` is None
    where it was not asked for or there is no Sharpe ratio above 0 to lose. ``seed`` is that of every resampling: the
    market and its selection part give it, so that no change of a strategy draws other days.
    """

    spec: StrategySpec
    window: Window
    initial_equity: float
    generated: bool
    data_hash: str
    tried: tuple[Tried, ...]
    evidence: SelectionEvidence
    search: SearchEvidence
    p_drawn: float
    p_counted: float
    n_trials: int
    n_without_returns: int
    n_unplanned: int
    n_days: int
    shape: Moments
    sharpe: SelectedSharpe
    deflated: Deflated
    overfitting: Overfitting | None
    plateau: Plateau | None
    around: int
    beyond_yearly: float
    beyond_psr: float | None
    beyond_interval: tuple[float, float] | None
    noise: NoiseTest | None
    seed: int

    @property
    def champion(self) -> Tried:
        """The strategy itself."""
        return self.tried[0]


def selection_case(
    spec: StrategySpec,
    data: MarketData,
    past: Sequence[PastTrial],
    *,
    initial_equity: float | None = None,
    arena: Arena | None = None,
    noise_runs: int = 0,
    threads: int = 1,
) -> SelectionCase:
    """Measure a strategy and the ring around it on the selection part and weigh it against all trials on its data.

    The window is the whole selection part, whatever the trials measured: nobody picks the part that suits. Returns are
    weighed beyond the market, so that holding a rising market proves nothing.

    Parameters
    ----------
    spec : StrategySpec
        A checked spec, the champion.
    data : MarketData
        Candles; nothing from the holdout on is read.
    past : sequence of PastTrial
        Every trial ever made on the data of any of its assets, all of them. The champion need not be among them.
    initial_equity : float, optional
        Quote currency; default that of a backtest.
    arena : Arena, optional
        Of the same candles, where columns are kept from one judgement to the next.
    noise_runs : int
        Runs on noisy prices, 0 for none.
    threads : int
        Threads that share the measuring; the result does not depend on it.

    Raises
    ------
    NothingToJudge
        It closed no trade, its returns do not vary, or the selection part has fewer than 30 whole days.
    DataError, WindowError, HoldoutLocked
        As for a backtest.
    """
    from engine.backtest.reading import candles_digest, read_market, sources_of
    from engine.backtest.run import INITIAL_EQUITY
    from engine.sweeps.run import Arena

    arena = Arena(data) if arena is None else arena
    equity = INITIAL_EQUITY if initial_equity is None else initial_equity
    read = read_market(spec, data)
    changes = [{}, at_twice_the_costs(spec), *ring_around(spec)]
    swept = arena.sweep(spec, changes, initial_equity=equity, threads=threads, daily_returns=True)
    own, first_day = _measured(swept)
    tried = _tried(spec, swept, data)
    seed = _seed(spec, read.window)
    rest = others(past, (one.behaviour_hash for one in tried))
    returns = np.vstack([*(one.days.returns[None] for one in tried), returns_of(rest, first_day, own.size)])
    beyond = beyond_market(returns, holding_returns(read.bars, first_day, own.size))
    beyond_own = beyond[0].astype(np.float64)
    found = search_p(beyond, seed=seed, trial=0)
    n_trials, n_without = len(tried) + len(rest), sum(one.days is None for one in rest)
    n_unplanned = unplanned_in(others(past, [tried[0].behaviour_hash]), own.size)  # its neighbours may have been tried
    p_drawn = sidak_p(found.p, n_trials / (n_trials - n_without))
    p_counted = counted_p(beyond[0], 1 + n_unplanned)
    varies = bool(beyond_own.std() > FLAT)
    shape, halves, around = moments(own), _overfitting(beyond), _around(swept)
    ground = plateau(float(swept.sharpe_daily[0]), around) if around.size else None
    return SelectionCase(
        spec=spec,
        window=read.window,
        initial_equity=equity,
        generated=data.generated,
        data_hash=candles_digest(sources_of(read)),
        tried=tried,
        evidence=SelectionEvidence(
            p_search=max(p_drawn, p_counted),
            days=own.size,
            least_days=minimum_track_record(shape) if shape.sharpe > 0 else None,
            overfitting=None if halves is None else halves.probability,
            plateau=None if ground is None else ground.ratio,
            stressed_return=None if 1 in swept.problems else float(swept.returns[1]),
            generated=data.generated,
            p_drawn=p_drawn,
        ),
        search=found,
        p_drawn=p_drawn,
        p_counted=p_counted,
        n_trials=n_trials,
        n_without_returns=n_without,
        n_unplanned=n_unplanned,
        n_days=own.size,
        shape=shape,
        sharpe=selected_sharpe(returns, 0, block_length=found.block_length or block_length(own), seed=seed),
        deflated=_deflated(returns, shape, seed),
        overfitting=halves,
        plateau=ground,
        around=int(around.size),
        beyond_yearly=mean_a_year(beyond_own),
        beyond_psr=probabilistic_sharpe(moments(beyond_own)) if varies else None,
        beyond_interval=_interval(beyond_own, seed) if varies else None,
        noise=_noise(spec, data, swept, initial_equity=equity, seed=seed, runs=noise_runs),
        seed=seed,
    )


def _seed(spec: StrategySpec, window: Window) -> int:
    text = f"{family_text(spec.universe.assets)} {window.start} {window.end}"
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16)


def _interval(beyond: FloatArray, seed: int) -> tuple[float, float]:
    return bootstrap_interval(beyond, mean_a_year, confidence=CONFIDENCE, seed=seed)


def _around(swept: Swept) -> FloatArray:
    """Return the daily Sharpe ratios of the ring; none where the champion has no ratio that they could be held to."""
    if not np.isfinite(swept.sharpe_daily[0]):
        return np.empty(0)
    valid = [at for at in range(2, len(swept.overrides)) if at not in swept.problems]
    ratios: FloatArray = np.nan_to_num(swept.sharpe_daily[valid])
    return ratios


def _noise(
    spec: StrategySpec,
    data: MarketData,
    swept: Swept,
    *,
    initial_equity: float,
    seed: int,
    runs: int,
) -> NoiseTest | None:
    """Return what is left on noisy prices; None where it was not asked for or there is nothing to lose."""
    score = float(swept.sharpe_daily[0])
    if not (runs and score > 0):
        return None
    return noise_test(
        spec,
        data,
        score,
        start=swept.start,
        end=swept.end,
        initial_equity=initial_equity,
        seed=seed,
        runs=runs,
    )


def _measured(swept: Swept) -> tuple[FloatArray, int]:
    """Return the champion's daily returns and their first day (UTC ms), or refuse what did too little."""
    if swept.daily_returns is None or swept.first_day is None or swept.daily_returns.shape[1] < FEWEST_DAYS:
        raise NothingToJudge(f"the selection part has fewer than {FEWEST_DAYS} whole days: nothing can be told from it")
    if not swept.trade_count[0] > 0:
        raise NothingToJudge("it closed no trade in the selection part: there is nothing to judge")
    own = swept.daily_returns[0].astype(np.float64)
    if not own.std() > 0:
        raise NothingToJudge("its daily returns do not vary: there is nothing to judge")
    return own, swept.first_day


def _tried(spec: StrategySpec, swept: Swept, data: MarketData) -> tuple[Tried, ...]:
    """Return the champion and every valid strategy of the ring; the run at twice the costs is no other strategy."""
    from engine.search.batches import summaries_of

    summaries = summaries_of(swept)
    kept: dict[str, Tried] = {}
    for at, changes in enumerate(swept.overrides):
        if at == 1 or at in swept.problems or swept.daily_returns is None or swept.first_day is None:
            continue
        candidate = apply_overrides(spec, changes, catalog=data).spec if changes else spec
        if candidate is not None:
            name = behaviour_hash(candidate)
            kept.setdefault(name, Tried(changes, name, summaries[at], _days(swept.first_day, swept.daily_returns[at])))
    return tuple(kept.values())


def _days(first_day_ms: int, returns: NDArray[np.float32]) -> Days:
    return Days(first_day_ms, returns.copy())


def _overfitting(returns: NDArray[Any]) -> Overfitting | None:
    """Return the PBO of all trials that traded; None where there is one, or too few days for the blocks."""
    returns = returns[returns.any(axis=1)]
    varied = len(returns) > 1 and returns.shape[1] >= BLOCKS * FEWEST_BLOCK_DAYS
    return overfitting(returns) if varied else None


def _deflated(returns: FloatArray, shape: Moments, seed: int) -> Deflated:
    """Return both forms of the deflated Sharpe ratio over all trials, effective ones counted, of plain returns."""
    variance, n_trials = trial_variance(returns), effective_trials(returns, seed=seed).prudent
    try:
        of_2014 = deflated_sharpe(shape, variance=variance, n_trials=n_trials)
    except EngineInputError:
        of_2014 = None
    of_2026 = generalised_deflated_sharpe(shape.sharpe, variance=variance, n_trials=n_trials) if variance > 0 else None
    return Deflated(of_2014, of_2026, variance, n_trials)
