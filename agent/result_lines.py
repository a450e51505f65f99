"""The figures of a test, told to whom they are for: the same record in other words and another order.

Every figure is a placeholder, which `agent.grounding` fills; how long a drawdown lasted is a count of `counts_of`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from agent.ports import Persona

    Quoted = Callable[[str, str], str]

STATISTICS = "evidence.statistics"
DAY_MS = 86_400_000
DRAWDOWN_DAYS = "drawdownDays"

WHAT_A_DRAWDOWN_IS = "that is the fall you would have had to sit through"


def figure_lines(record: Mapping[str, Any], quoted: Quoted, persona: Persona | None = None) -> list[str]:
    """Return the figures of a run that traded, a line each, for a persona; None is nobody in particular.

    ``quoted`` writes the placeholder of a path of the record in a format.
    """
    tell = {"retail": _retail, "quant": _quant, "investor": _investor}.get(persona or "")
    if tell is not None:
        return tell(record, quoted)
    return [_earned(quoted), _fell(quoted), _ratios(quoted), _traded(quoted)]


def counts_of(record: Mapping[str, Any]) -> dict[str, int]:
    """Return the counts that the lines quote beside the record: days from the peak to the end of the drawdown.

    >>> counts_of({"evidence": {"statistics": {"drawdown": {"lengthMs": 10 * DAY_MS}}}})
    {'drawdownDays': 10}
    """
    length = _at(record, f"{STATISTICS}.drawdown.lengthMs")
    return {DRAWDOWN_DAYS: round(length / DAY_MS)} if isinstance(length, int | float) else {}


def _earned(quoted: Quoted) -> str:
    held = quoted(f"{STATISTICS}.benchmark.returnFraction", "pct1")
    return f"- return {quoted('results.returnsPct', 'pct1')}, buy and hold {held}"


def _fell(quoted: Quoted) -> str:
    return f"- largest drawdown {quoted('results.maxDrawdownPct', 'pct1')}"


def _ratios(quoted: Quoted) -> str:
    sharpe, factor = quoted("results.sharpeRatio", ".2f"), quoted("results.profitFactor", ".2f")
    return f"- Sharpe ratio {sharpe}, profit factor {factor}"


def _traded(quoted: Quoted) -> str:
    won, fees = quoted("results.winRatePct", "pct1"), quoted("results.feesPaid", "money")
    return f"- closed trades {quoted('results.tradeCount', 'int')}, won {won}, fees {fees}"


def _retail(record: Mapping[str, Any], quoted: Quoted) -> list[str]:
    """Tell it in plain words, with what the one figure that hurts means."""
    earned = _at(record, "results.netProfit") or 0.0
    outcome = "made money" if earned > 0 else "lost money" if earned < 0 else "came out even"
    own, held = (quoted(path, "pct1") for path in ("results.returnsPct", f"{STATISTICS}.benchmark.returnFraction"))
    fell = quoted("results.maxDrawdownPct", "pct1")
    closed, won = quoted("results.tradeCount", "int"), quoted("results.winRatePct", "pct1")
    return [
        f"- it {outcome}: {own} on what it began with; just buying and holding came to {held}",
        f"- at its worst it stood {fell} below its best so far (the drawdown): {WHAT_A_DRAWDOWN_IS}",
        f"- closed trades {closed}, of which it won {won}; fees took {quoted('results.feesPaid', 'money')}",
    ]


def _quant(record: Mapping[str, Any], quoted: Quoted) -> list[str]:
    """Tell the usual figures, and what the evidence has beside them."""
    sharpe, exposure = f"{STATISTICS}.sharpe", f"{STATISTICS}.exposure"
    daily = f"- Sharpe ratio on whole days {quoted(f'{sharpe}.dailyRatio', '.2f')}"
    if _at(record, f"{sharpe}.probabilityPositive") is not None:
        chance = quoted(f"{sharpe}.probabilityPositive", "pct1")
        daily += f"; probability that the true one is positive (PSR) {chance}, not corrected for tries"
    mean, largest = (quoted(f"{exposure}.{name}", "pct1") for name in ("meanFraction", "largestFraction"))
    inside = quoted(f"{exposure}.barsInMarketFraction", "pct1")
    exposed = f"- exposure on average {mean}, at its largest {largest}; in the market {inside} of the bars"
    return [_earned(quoted), _fell(quoted), _ratios(quoted), daily, exposed, _traded(quoted)]


def _investor(record: Mapping[str, Any], quoted: Quoted) -> list[str]:
    """Tell first what it earned against doing nothing, and how deep and how long it was under water."""
    benchmark = f"{STATISTICS}.benchmark"
    own, held = _at(record, "results.returnsPct"), _at(record, f"{benchmark}.returnFraction")
    earned = _earned(quoted)
    if own is not None and held is not None:
        earned += f": it came out {'ahead' if own > held else 'behind'}"
    held_fell = quoted(f"{benchmark}.maxDrawdownFraction", "pct1")
    fell = f"{_fell(quoted)}, buy and hold {held_fell}{_lasted(record)}"
    return [earned, fell, _traded(quoted), _ratios(quoted)]


def _lasted(record: Mapping[str, Any]) -> str:
    """Return how long the deepest drawdown lasted, from its peak until it was made good."""
    place = f"{STATISTICS}.drawdown"
    days = counts_of(record).get(DRAWDOWN_DAYS)
    if days is None or not _at(record, f"{place}.maxFraction"):
        return ""
    made_good = _at(record, f"{place}.recoveryBars") is not None
    end = "until it was made good" if made_good else "and was not made good by the end"
    length = f"{{{{count:{DRAWDOWN_DAYS}}}}} days" if days > 1 else "about a day" if days else "less than a day"
    return f"; it lasted {length} {end}"


def _at(record: Mapping[str, Any], path: str) -> Any:
    found: Any = record
    for name in path.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found
