"""Where a tested strategy's losses come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.refinement.activity import activity, costs
from agent.refinement.levels import levels
from agent.refinement.losing_groups import (
    exit_groups,
    losing,
    losing_exits,
    losing_sides,
    losing_trends,
    losing_volatilities,
    session_groups,
    side_groups,
    table,
    trend_groups,
    volatility_groups,
    weekday_groups,
)
from agent.refinement.trade_facts import trade_facts
from agent.refinement.weaknesses import FEWEST_TRADES, Diagnosis, Weakness, by_strength

if TYPE_CHECKING:
    from agent.refinement.trade_facts import TradeFacts
    from engine.backtest.result import BacktestResult

MOST_OF_A_KIND = 2
"""Findings of one code kept, the strongest first: each costs candidates, and the list is for people."""

NOTHING = "no part of the trades stands out as worse than the rest"


def diagnose(result: BacktestResult) -> Diagnosis:
    """Return where the losses of a run come from, the strongest weakness first.

    Looked at are sides, four-hour sessions and weekdays (UTC), volatility and trend at entry, exits, costs, stops,
    targets, holding times, and the funnel from signals to fills. Nothing is claimed of fewer than 30 trades
    (`agent.refinement.weaknesses.FEWEST_TRADES`). The order depends on the figures alone. What is named is a
    hint where to search, not a proof: the candidates made from it are tested and corrected for their number.

    A run in which nothing stands out has the one weakness NOTHING_STANDS_OUT of severity 0.
    """
    facts = trade_facts(result)
    timeframe = result.spec.universe.timeframe
    sessions, weekdays = session_groups(facts, timeframe), weekday_groups(facts, timeframe)
    found = [*activity(result, facts), *costs(facts)]
    notes: tuple[str, ...] = ()
    if facts.count < FEWEST_TRADES:
        notes = (f"parts of the trades are judged from {FEWEST_TRADES} closed trades on",)
    else:
        found += losing_sides(facts)
        found += losing(facts, "LOSING_SESSION", sessions)
        found += losing(facts, "LOSING_WEEKDAY", weekdays)
        found += losing_trends(facts)
        found += losing_volatilities(facts)
        found += losing_exits(facts)
        found += levels(result, facts)
    if not found:
        found = [Weakness("NOTHING_STANDS_OUT", "", NOTHING, {"trades": facts.count}, severity=0.0)]
    tables = {
        "side": side_groups(facts),
        "session": sessions,
        "weekday": weekdays,
        "volatility": volatility_groups(facts),
        "trend": trend_groups(facts),
        "exit": exit_groups(facts),
    }
    rows = {name: table(facts, groups) for name, groups in tables.items()}
    return Diagnosis(facts.count, _strongest(found), rows | {"holding": _holding(facts)}, notes)


def _strongest(found: list[Weakness]) -> tuple[Weakness, ...]:
    kept: list[Weakness] = []
    for one in by_strength(found):
        if sum(other.code == one.code for other in kept) < MOST_OF_A_KIND:
            kept.append(one)
    return tuple(kept)


def _holding(facts: TradeFacts) -> tuple[dict[str, float | int | str], ...]:
    """Return winners and losers with how long they were held and how far they went either way."""
    return tuple(
        {
            "group": name,
            "trades": int(mask.sum()),
            "meanBarsHeld": float(facts.bars_held[mask].mean()),
            "meanAdverseFraction": float(facts.mae[mask].mean()),
            "meanFavourableFraction": float(facts.mfe[mask].mean()),
        }
        for name, mask in (("winners", facts.net > 0), ("losers", facts.net < 0))
        if mask.any()
    )
