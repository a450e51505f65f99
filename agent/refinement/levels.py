"""Stops and targets that are too tight or too wide, losses in few trades, profits given back, losers held on to.

Whether a level is too tight is a race after the exit: from the close of its bar, does the price first come back by the
level's distance, or go on as far? Without any edge both are as likely, so the counts say something only when they
differ by more than chance.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np

from agent.refinement.losing_groups import STAND_OUT, severity_of
from agent.refinement.weaknesses import FEWEST_TRADES, Weakness
from engine.kernels.codes import STOP_LOSS, TAKE_PROFIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from agent.refinement.trade_facts import TradeFacts
    from engine.backtest.result import BacktestResult

    IntArray = NDArray[np.int64]
    Mask = NDArray[np.bool_]

MOST_RACES = 1_000
"""Exits looked at, evenly spread over time: more would cost seconds and tell no more."""
FEWEST_RACE_BARS, MOST_RACE_BARS = 5, 500
WINNERS_QUANTILE = 0.9
ROOMY_STOP = 2.0
"""A stop at least so many times as far as nine of ten winners ever went against the position is too wide."""
TAIL_SHARE, TAIL_OF_LOSSES = 0.05, 0.4
"""The worst 5 % of trades make 26 % of all losses when trades are normal; from 40 % on the tail stands out."""
FEWEST_FOR_TAIL = 100
HELD_LONGER = 1.5
HAD_PROFIT = 0.5
"""A stopped trade had been in profit when it went so much of the stop's distance its way."""


def levels(result: BacktestResult, facts: TradeFacts) -> Iterator[Weakness]:
    """Yield what is wrong with stops, targets and holding times."""
    risk = result.spec.risk
    if risk.stop_loss is not None and risk.stop_loss.type != "price":
        yield from _tight(result, facts, STOP_LOSS)
        yield from _wide_stop(facts)
    if risk.take_profit is not None and risk.take_profit.type != "price":
        yield from _tight(result, facts, TAKE_PROFIT)
    if risk.stop_loss is None:
        yield from _loss_tail(facts)
    yield from _given_back(facts)
    yield from _held_on(facts)


def _tight(result: BacktestResult, facts: TradeFacts, reason: int) -> Iterator[Weakness]:
    """Yield a stop after which prices come back, or a target after which they go on."""
    exits = facts.reason == reason
    outcome = races(result, facts, exits)
    back, on = int((outcome > 0).sum()), int((outcome < 0).sum())
    regretted, other = (back, on) if reason == STOP_LOSS else (on, back)
    z = (regretted - other) / math.sqrt(max(1, regretted + other))
    if regretted + other < FEWEST_TRADES or z < NormalDist().inv_cdf(1.0 - STAND_OUT):
        return
    distance = np.abs(facts.exit_price / facts.entry_price - 1.0)
    evidence: dict[str, Any] = {
        "exits": int(exits.sum()),
        "compared": regretted + other,
        "regretted": regretted,
        "regrettedShare": regretted / (regretted + other),
        "medianDistanceFraction": float(np.median(distance[exits])),
        "t": z,
    }
    if reason == STOP_LOSS:
        had = facts.mfe[exits] >= distance[exits] * HAD_PROFIT
        evidence |= {"hadProfitShare": float(had.mean()), "profitOfDistanceFraction": HAD_PROFIT}
        template = (
            "the stop is tight: after {regretted|int} of {compared|int} stopped trades the price came back by "
            "the stop's distance before it went on as far ({hadProfitShare|pct1} of the stopped trades had been "
            "{profitOfDistanceFraction|pct0} of it or more in profit)"
        )
        yield Weakness("STOP_TOO_TIGHT", "", template, evidence, severity_of(z))
    else:
        template = (
            "the target is near: after {regretted|int} of {compared|int} trades that reached it the price went on as "
            "far before it came back by that distance"
        )
        yield Weakness("TARGET_TOO_NEAR", "", template, evidence, severity_of(z))


def races(result: BacktestResult, facts: TradeFacts, exits: Mask) -> IntArray:
    """Return what came first after each exit: 1 back, -1 on, 0 neither in time or both at once.

    A race begins at the close of the exit's bar, whatever the price did inside it, goes the distance from entry to exit
    either way, and lasts twice the median holding, 5 to 500 bars. At most 1,000 exits run, evenly spread; no bar
    beyond the run's window is read.
    """
    chosen = np.flatnonzero(exits)
    if chosen.size > MOST_RACES:
        chosen = chosen[np.linspace(0, chosen.size - 1, MOST_RACES).astype(np.int64)]
    horizon = int(np.clip(2 * np.median(facts.bars_held), FEWEST_RACE_BARS, MOST_RACE_BARS)) if facts.count else 0
    outcome = np.zeros(chosen.size, dtype=np.int64)
    for at, trade in enumerate(chosen):
        bars = result.bars[facts.assets[int(facts.asset[trade])]]
        first = int(np.searchsorted(bars.time, facts.exit_time[trade], side="right"))
        highs, lows = bars.high[first : first + horizon], bars.low[first : first + horizon]
        start, moved = float(bars.close[first - 1]), float(facts.exit_price[trade] - facts.entry_price[trade])
        up, down = _first(highs >= start + abs(moved)), _first(lows <= start - abs(moved))
        back, on = (down, up) if moved > 0 else (up, down)
        outcome[at] = int(on > back) - int(back > on)
    return outcome


def _first(mask: Mask) -> int:
    return int(np.argmax(mask)) if mask.any() else mask.size


def _wide_stop(facts: TradeFacts) -> Iterator[Weakness]:
    winners, stopped = facts.net > 0, facts.reason == STOP_LOSS
    if min(int(winners.sum()), int(stopped.sum())) < FEWEST_TRADES:
        return
    adverse = float(np.quantile(facts.mae[winners], WINNERS_QUANTILE))
    distance = float(np.median(np.abs(facts.exit_price[stopped] / facts.entry_price[stopped] - 1.0)))
    if adverse <= 0 or distance < ROOMY_STOP * adverse:
        return
    template = (
        "the stop is wide: it lies {stopFraction|pct2} away, and {insideShare|pct0} of the winners never went more "
        "than {winnersAdverseFraction|pct2} against the position"
    )
    evidence = {
        "winners": int(winners.sum()),
        "stopped": int(stopped.sum()),
        "stopFraction": distance,
        "insideShare": WINNERS_QUANTILE,
        "winnersAdverseFraction": adverse,
    }
    yield Weakness("STOP_TOO_WIDE", "", template, evidence, severity=min(1.0, distance / adverse / 10.0))


def _loss_tail(facts: TradeFacts) -> Iterator[Weakness]:
    """Yield losses that come from few trades, where no stop bounds them."""
    losses = np.minimum(facts.net, 0.0)
    winners = facts.net > 0
    if facts.count < FEWEST_FOR_TAIL or int(winners.sum()) < FEWEST_TRADES or not losses.any():
        return
    worst = np.sort(losses)[: int(facts.count * TAIL_SHARE)]
    share = float(worst.sum() / losses.sum())
    if share < TAIL_OF_LOSSES:
        return
    template = (
        "a few trades make the losses: the worst {worst|int} of {trades|int} lost {share|pct1} of all that was lost, "
        "and there is no stop"
    )
    evidence = {
        "trades": facts.count,
        "worst": int(worst.size),
        "share": share,
        "winnersAdverseFraction": float(np.quantile(facts.mae[winners], WINNERS_QUANTILE)),
    }
    yield Weakness("LOSS_TAIL", "", template, evidence, severity=share)


def _given_back(facts: TradeFacts) -> Iterator[Weakness]:
    """Yield profits given back: losers that had been as far in profit as a loss is deep, more often than by chance."""
    losers = facts.net < 0
    count = int(losers.sum())
    if count < FEWEST_TRADES:
        return
    loss = float(np.median(-facts.net[losers]))
    had = int((facts.mfe[losers] >= loss).sum())
    z = (2 * had - count) / math.sqrt(count)
    if z < NormalDist().inv_cdf(1.0 - STAND_OUT):
        return
    template = (
        "profits are given back: {hadProfit|int} of {losers|int} losing trades had been {medianLossFraction|pct2} or "
        "more in profit, as much as the median loss"
    )
    evidence = {"losers": count, "hadProfit": had, "medianLossFraction": loss, "t": z}
    evidence["medianFavourableFraction"] = float(np.median(facts.mfe))
    yield Weakness("PROFITS_GIVEN_BACK", "", template, evidence, severity_of(z))


def _held_on(facts: TradeFacts) -> Iterator[Weakness]:
    winners, losers = facts.net > 0, facts.net < 0
    if min(int(winners.sum()), int(losers.sum())) < FEWEST_TRADES:
        return
    won, lost = float(facts.bars_held[winners].mean()), float(facts.bars_held[losers].mean())
    if lost < HELD_LONGER * won:
        return
    template = "losers are held on to: {lostBars|int} bars on average, winners {wonBars|int}"
    evidence = {"wonBars": won, "lostBars": lost, "winners": int(winners.sum()), "losers": int(losers.sum())}
    yield Weakness("LOSERS_HELD_LONGER", "", template, evidence, severity=min(1.0, lost / max(won, 1.0) / 10.0))
