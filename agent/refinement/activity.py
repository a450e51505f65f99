"""Weaknesses of the whole: it never trades, hardly trades, is stopped for good, or pays more than it earns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.refinement.losing_groups import mean_t, severity_of
from agent.refinement.weaknesses import FEWEST_TRADES, Weakness
from engine.kernels.codes import FUNNEL_STAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agent.refinement.trade_facts import TradeFacts
    from engine.backtest.result import BacktestResult

LARGE_COST_SHARE = 0.5
"""Costs over the size of what is earned before them: from half on, trading less matters more than trading better."""
COMMON_REJECTION = 0.5
"""Share of wanted entries lost to one limit from which it is told."""


def activity(result: BacktestResult, facts: TradeFacts) -> Iterator[Weakness]:
    """Yield what is wrong with how often it trades, and whether trading goes on to the end."""
    simulation = result.simulation
    wanted = int(simulation.funnel[:, :, FUNNEL_STAGES.index("entry_true")].sum())
    shared: dict[str, Any] = {"bars": simulation.n_bars, "entryTrue": wanted, "trades": facts.count}
    if wanted == 0:
        yield Weakness(
            "NEVER_FIRES", "", "no entry condition was true at any of {bars|int} closes", shared, severity=1.0
        )
    elif facts.count < FEWEST_TRADES:
        template = (
            "only {trades|int} trades were closed in {bars|int} bars, and below {fewest|int} no part can be judged"
        )
        yield Weakness("TOO_FEW_TRADES", "", template, {**shared, "fewest": FEWEST_TRADES}, severity=0.9)
    yield from _rejections(result)
    if simulation.halted_bar is not None:
        how = "the account was liquidated" if simulation.liquidated else "the drawdown guard ended trading"
        evidence = {"bar": simulation.halted_bar, "bars": simulation.n_bars, "liquidated": simulation.liquidated}
        severity = 1.0 - simulation.halted_bar / simulation.n_bars
        yield Weakness("HALTED", "", f"{how} for good at bar {{bar|int}} of {{bars|int}}", evidence, severity)


def _rejections(result: BacktestResult) -> Iterator[Weakness]:
    """Yield the limit that kept most wanted entries away; nothing is proposed against it, as limits only tighten."""
    counts = dict(zip(FUNNEL_STAGES, result.simulation.funnel.sum(axis=(0, 1)), strict=True))
    tried = int(counts["entry_true"] - counts["in_position"] - counts["order_waiting"])
    rejected = {name: int(n) for name, n in counts.items() if name.startswith("rejected_") and n}
    if not rejected or tried < FEWEST_TRADES:
        return
    stage = max(sorted(rejected), key=rejected.__getitem__)
    share = rejected[stage] / tried
    if share >= COMMON_REJECTION:
        why = stage.removeprefix("rejected_").replace("_", " ")
        template = f"{{share|pct1}} of the wanted entries were rejected ({why})"
        evidence = {"stage": stage, "rejected": rejected[stage], "wanted": tried, "share": share}
        yield Weakness("ENTRIES_REJECTED", stage.removeprefix("rejected_"), template, evidence, severity=share / 2)


def costs(facts: TradeFacts) -> Iterator[Weakness]:
    """Yield costs that eat what is earned before them, and losses that come before any cost."""
    if facts.count < FEWEST_TRADES:
        return
    gross, cost = float(facts.gross.mean()), float(facts.cost.mean())
    t = mean_t(facts.gross)
    evidence = {
        "trades": facts.count,
        "grossMeanFraction": gross,
        "costMeanFraction": cost,
        "netMeanFraction": float(facts.net.mean()),
        "t": t,
    }
    if cost > 0 and cost >= LARGE_COST_SHARE * abs(gross):
        template = (
            "costs weigh {costMeanFraction|pct2} on the average trade, which earns {grossMeanFraction|pct2} before them"
        )
        share = cost / (cost + abs(gross))
        yield Weakness("COSTS_DOMINATE", "", template, {**evidence, "costShare": share}, severity=share)
    if gross <= 0:
        template = "the average trade loses before any cost: {grossMeanFraction|pct2} over {trades|int} trades"
        yield Weakness("LOSES_BEFORE_COSTS", "", template, evidence, severity=severity_of(t))
