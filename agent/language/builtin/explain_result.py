"""Explanations of a run: how it did, what its figures mean, and what none of them proves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from agent.language.builtin.explain_losses import REASONS, costs, groups, losses, no_trades, table
from agent.language.builtin.explain_parts import (
    ENOUGH_TRADES,
    FOREIGN,
    GENERATED,
    NOT_TESTED,
    interval,
    lines_of,
    undecided,
    warnings,
)
from agent.language.builtin.explain_quotes import NOT_REALISED, Quotes
from agent.language.builtin.explain_terms import FIGURES, STATISTICS
from agent.language.builtin.explain_topics import metrics_in
from agent.language.builtin.explain_words import plain_question

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.language.port import Request

EVERY_TRADE = (
    "Every trade, with its prices, costs and reason, and the equity curve stand in the report: on the terminal, "
    "/report and the name of a file writes it as one HTML page."
)
ASKED_WAYS = {"stop_loss": r"(?<!trailing )stop", "take_profit": r"target|take profit", "trailing_stop": r"trailing"}
"""Ways out that a question names, by their words."""

NO_VALUE = (
    "A figure has no value where nothing was traded or closed, where the window was too short, or where there was "
    "nothing "
    "to divide by."
)


def result(request: Request) -> str:
    """Tell how the run did."""
    quotes = Quotes.of(request)
    if quotes.foreign:
        return lines_of("What the record holds:", quotes.summary_lines(), FOREIGN, undecided(quotes))
    earned = quotes.figure("results.netProfit")
    head = "How it did, after fees and slippage:"
    if quotes.figure("results.tradeCount") == 0 and not quotes.value("openPositions"):
        head = "It never traded in this run; ask why, and I will show where the entries were lost."
    elif earned is not None:
        head = f"It {'made' if earned > 0 else 'lost'} money in this run, after fees and slippage:"
    return lines_of(quotes.window, head, quotes.summary_lines(), *warnings(quotes), undecided(quotes))


def metric(request: Request) -> str:
    """Tell what figures mean, what they are in this run, and how far to trust them."""
    quotes, parts = Quotes.of(request), []
    for name in metrics_in(request.text)[:4]:
        figure = FIGURES[name]
        parts.append(lines_of(figure.meaning, quotes.lines(figure.paths), figure.reading))
        if name == "sharpe":
            parts.append(interval(quotes))
        if not quotes.foreign and any(
            quotes.value(path) is None and quotes.explains(path) for _, path, _ in figure.paths
        ):
            parts.append(NO_VALUE)
    if request.run is None:
        parts.append("There is no tested run of this strategy yet, so I have no figure of its own to show.")
    elif re.search(r"\b(good|bad|any|worth|enough|live with|ok|okay|decent|high|low)\b", plain_question(request.text)):
        parts.append(undecided(quotes))
    return "\n".join(part for part in parts if part)


def trades(request: Request) -> str:
    """Tell how many trades there were."""
    quotes = Quotes.of(request)
    rows = (
        ("Closed trades", "results.tradeCount", "int"),
        ("Winners", f"{STATISTICS}.trades.winCount", "int"),
        ("Losers", f"{STATISTICS}.trades.lossCount", "int"),
        ("Still open at the end", f"{STATISTICS}.trades.openCount", "int"),
        *(NOT_REALISED[1:] if quotes.figure(f"{STATISTICS}.trades.openCount") else ()),
        ("Bars held on average", f"{STATISTICS}.trades.averageBarsHeld", ".1f"),
    )
    closed = quotes.figure("results.tradeCount")
    few = "That is few: an average over so few trades can be luck." if closed and closed < ENOUGH_TRADES else ""
    return lines_of(quotes.window, quotes.lines(rows), few, FOREIGN if quotes.foreign else "")


def extremes(request: Request) -> str:
    """Tell the best and the worst closed trade."""
    quotes, place = Quotes.of(request), f"{STATISTICS}.trades"
    if not quotes.figure("results.tradeCount"):
        return lines_of(quotes.window, quotes.lines((("Closed trades", "results.tradeCount", "int"),)))
    lines = [
        f"- {label}: {quotes.quote(f'{place}.{name}Quote', 'money')} "
        f"({quotes.quote(f'{place}.{name}Fraction', '+pct1')} of what was paid)"
        for label, name in (("Best closed trade", "best"), ("Worst closed trade", "worst"))
        if quotes.figure(f"{place}.{name}Quote") is not None and quotes.figure(f"{place}.{name}Fraction") is not None
    ]
    if not lines:
        return lines_of("The record does not tell the single trades apart.", quotes.summary_lines())
    return lines_of(quotes.window, lines, EVERY_TRADE)


def listing(request: Request) -> str:
    """Say how many trades there were, and where each of them is to be seen."""
    return lines_of(trades(request), EVERY_TRADE)


def ways_out(request: Request) -> str:
    """Tell how many trades ended by stop, target, signal and the like."""
    quotes, words = Quotes.of(request), plain_question(request.text)
    rows = quotes.value(f"{STATISTICS}.byReason")
    if not isinstance(rows, list):
        return lines_of("The record does not tell how the trades ended.", quotes.summary_lines())
    found = [str(row.get("label")) for row in rows if isinstance(row, Mapping)]
    missing = [REASONS[name] for name, word in ASKED_WAYS.items() if re.search(word, words) and name not in found]
    head = [f"- {name}: none" for name in missing]
    return lines_of(quotes.window, "How its trades ended:", head, table(quotes, "byReason"))


def holding(request: Request) -> str:
    """Tell how long positions were held."""
    quotes = Quotes.of(request)
    rows = (
        ("Bars held on average", f"{STATISTICS}.trades.averageBarsHeld", ".1f"),
        ("Winners", f"{STATISTICS}.trades.averageBarsHeldWinners", ".1f"),
        ("Losers", f"{STATISTICS}.trades.averageBarsHeldLosers", ".1f"),
        ("Time in the market", f"{STATISTICS}.exposure.barsInMarketFraction", "pct1"),
    )
    found = quotes.lines(rows)
    bar = "A bar is {{spec:universe.timeframe|text}} long." if request.spec is not None and found else ""
    return lines_of(found or "The record does not say how long positions were held.", bar)


def benchmark(request: Request) -> str:
    """Set the run beside buying and holding."""
    quotes = Quotes.of(request)
    place = f"{STATISTICS}.benchmark"
    held = quotes.figure(f"{place}.returnFraction")
    if held is None:
        return lines_of(
            "The record holds no buy-and-hold over the same window, so I cannot set them side by side.",
            quotes.summary_lines(),
            FOREIGN if quotes.foreign else "",
        )
    rows = (
        ("Return", "results.returnsPct", "+pct1"),
        ("Buy and hold", f"{place}.returnFraction", "+pct1"),
        ("Deepest drawdown", "results.maxDrawdownPct", "pct1"),
        ("Deepest drawdown of buy and hold", f"{place}.maxDrawdownFraction", "pct1"),
        ("Time in the market", f"{STATISTICS}.exposure.barsInMarketFraction", "pct1"),
        ("Excess a year over the same exposure to the market", f"{place}.exposureMatchedExcessFraction", "+pct1"),
        ("Beta", f"{place}.beta", ".2f"),
    )
    own = quotes.figure("results.returnsPct")
    more = "" if own is None else f"Over this window it came out {'ahead of' if own > held else 'behind'} buy and hold."
    told = "Buy and hold is bought at the first measured open in equal parts, with the same fee, and never sold."
    return lines_of(quotes.window, quotes.lines(rows), more, told, undecided(quotes))


def data(request: Request) -> str:
    """Tell which candles over which window the run used."""
    quotes = Quotes.of(request)
    rows = (
        ("Candles", "dataset.provider", "text"),
        ("Symbols", "dataset.symbolSet", "text"),
        ("Bars of", "timeframe.candleInterval", "text"),
        ("Bars measured", f"{STATISTICS}.nBars", "int"),
        ("Days measured", f"{STATISTICS}.measuredDays", "int"),
    )
    return lines_of(quotes.window, quotes.lines(rows), *warnings(quotes), FOREIGN if quotes.foreign else "")


BEFORE_A_VERDICT = (
    ("Total return, after costs", "results.returnsPct", "+pct1"),
    ("Deepest drawdown", "results.maxDrawdownPct", "pct1"),
    ("Closed trades", "results.tradeCount", "int"),
)
"""Figures without which nobody should be told what to make of a result."""


def verdict(request: Request) -> str:
    """Tell what the evidence supports, and that it is no advice."""
    quotes = Quotes.of(request)
    if request.run is None:
        return f"I cannot say: {NOT_TESTED[0].lower()}{NOT_TESTED[1:]}"
    reasons = []
    earned, held = quotes.figure("results.returnsPct"), quotes.figure(f"{STATISTICS}.benchmark.returnFraction")
    if earned is not None and earned <= 0:
        reasons.append("- It lost money after costs.")
    if earned is not None and held is not None and earned < held:
        same = quotes.quote(f"{STATISTICS}.benchmark.returnFraction", "+pct1")
        reasons.append(f"- Buying and holding did better over the same window: {same}.")
    closed = quotes.figure("results.tradeCount")
    if closed is not None and closed < ENOUGH_TRADES:
        reasons.append("- It closed few trades to judge by.")
    if quotes.generated:
        reasons.append(f"- {GENERATED}")
    error = interval(quotes)
    head = f"No backtest can answer that with yes. The verdict is {quotes.verdict}."
    counts = "data that no test has seen yet" if quotes.holdout_seen else "the locked holdout, looked at once"
    tail = f"What would count: {counts}, and then time on paper. Whether you trade it is your decision; "
    tail += "I place no orders and give no advice."
    recorded = [*quotes.summary_lines(), FOREIGN] if quotes.foreign else quotes.lines(BEFORE_A_VERDICT)
    return lines_of(head, recorded, reasons, f"- {error}" if error else "", tail)


def overfit(request: Request) -> str:
    """Tell how far the run can be told from luck."""
    quotes = Quotes.of(request)
    if quotes.foreign:
        telling = [
            line
            for name, line in quotes.recorded().items()
            if re.search(r"trial|deflat|prob|pbo|sharpe", name, re.IGNORECASE)
        ]
        return lines_of("From this record I cannot tell whether it is overfit.", telling, FOREIGN, undecided(quotes))
    rows = (
        ("Candidates tried on these data", "evidence.trials.total", "int"),
        (
            "Chance that the true Sharpe ratio is positive, before counting tries",
            f"{STATISTICS}.sharpe.probabilityPositive",
            "pct1",
        ),
        ("Closed trades", "results.tradeCount", "int"),
    )
    head = f"I cannot rule it out from this run: the verdict is {quotes.verdict}."
    tail = (
        "Each version and each candidate of a search counts as a try, and the best of many looks good by luck alone. "
        "What was chosen on the selection part can only be judged by data that took no part in choosing: the holdout"
        + (", which has been looked at already." if quotes.holdout_seen else ", looked at once.")
    )
    return lines_of(head, quotes.lines(rows), interval(quotes), tail)


ABOUT_A_RUN: dict[str, Callable[[Request], str]] = {
    "result": result,
    "metric": metric,
    "losses": losses,
    "trades": trades,
    "holding": holding,
    "costs": costs,
    "benchmark": benchmark,
    "no_trades": no_trades,
    "groups": groups,
    "extremes": extremes,
    "listing": listing,
    "ways_out": ways_out,
    "data": data,
    "verdict": verdict,
    "overfit": overfit,
}
"""Topic -> explanation."""

WITHOUT_A_RUN = frozenset({"metric", "verdict", "costs"})
"""Topics that have something to say before the first test."""
