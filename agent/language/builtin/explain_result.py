"""Explanations of a run: how it did, what a figure means, where the losses lie, and what none of it proves."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from agent.language.builtin.explain_quotes import UNPROVEN, Quotes
from agent.language.builtin.explain_terms import FIGURES, STATISTICS
from agent.language.builtin.explain_topics import metrics_in
from agent.language.builtin.explain_words import plain_question

if TYPE_CHECKING:
    from agent.language.port import Request

NOT_TESTED = (
    "It has not been tested yet, so there is no result to quote. Ask me to test it, and I will tell what came of it."
)
FOREIGN = (
    "I quote the record under its own names, as it stands: it does not say over which window or with which costs it "
    "was "
    "made, and I do not guess its units."
)
NO_VALUE = (
    "A figure has no value where nothing was traded or closed, where the window was too short, or where there was "
    "nothing "
    "to divide by."
)
GENERATED = "The candles were made up by a program: nothing in them can be predicted, so a profit here is luck."
ENOUGH_TRADES = 30
"""Closed trades below which an average says little: its error is then a good part of its spread."""

REASONS = {
    "signal": "exits by signal",
    "stop_loss": "stop losses",
    "take_profit": "targets",
    "trailing_stop": "trailing stops",
    "trailing_take": "trailing targets",
    "breakeven": "break-even stops",
    "partial": "partial exits",
    "time_expired": "time limits",
    "drawdown_guard": "the drawdown guard",
    "liquidation": "liquidations",
    "open": "positions still open",
    "user": "closes by hand",
}
TABLES = {"bySide": "side", "byReason": "way out", "byAsset": "asset", "byYear": "year"}
"""Tables of a run's statistics, and what their rows are."""

LONGEST_TABLE = 12


def result(request: Request) -> str:
    """Tell how the run did."""
    quotes = Quotes.of(request)
    if quotes.foreign:
        return _lines("What the record holds:", quotes.summary_lines(), FOREIGN, _undecided(quotes))
    earned = quotes.figure("results.netProfit")
    head = "How it did, after fees and slippage:"
    if quotes.figure("results.tradeCount") == 0 and not quotes.value("openPositions"):
        head = "It never traded in this run; ask why, and I will show where the entries were lost."
    elif earned is not None:
        head = f"It {'made' if earned > 0 else 'lost'} money in this run, after fees and slippage:"
    return _lines(quotes.window, head, quotes.summary_lines(), *_warnings(quotes), _undecided(quotes))


def metric(request: Request) -> str:
    """Tell what figures mean, what they are in this run, and how far to trust them."""
    quotes, parts = Quotes.of(request), []
    for name in metrics_in(request.text)[:4]:
        figure = FIGURES[name]
        parts.append(_lines(figure.meaning, quotes.lines(figure.paths), figure.reading))
        if name == "sharpe":
            parts.append(_interval(quotes))
        if not quotes.foreign and any(
            quotes.value(path) is None and quotes.explains(path) for _, path, _ in figure.paths
        ):
            parts.append(NO_VALUE)
    if request.run is None:
        parts.append("There is no tested run of this strategy yet, so I have no figure of its own to show.")
    elif re.search(r"\b(good|bad|any|worth|enough|live with|ok|okay|decent|high|low)\b", plain_question(request.text)):
        parts.append(_undecided(quotes))
    return "\n".join(part for part in parts if part)


def losses(request: Request) -> str:
    """Tell where the losses of a run lie."""
    quotes = Quotes.of(request)
    if quotes.foreign:
        why = "The record does not break its trades down, so it does not show where the losses come from."
        return _lines(why, quotes.summary_lines(), FOREIGN)
    earned = quotes.figure("results.netProfit")
    if quotes.figure("results.tradeCount") == 0:
        return no_trades(request)
    head = "As a whole it did not lose; this is where it gave money away:" if earned is not None and earned > 0 else ""
    found = [
        *_cost_lines(quotes),
        *_losing_rows(quotes, "byReason"),
        *_losing_rows(quotes, "bySide"),
        *_losing_rows(quotes, "byAsset"),
        *_losing_rows(quotes, "byYear"),
        *quotes.lines(FIGURES["payoff"].paths[1:]),
        *quotes.lines((("Trades lost in a row, at most", f"{STATISTICS}.trades.longestLossStreak", "int"),)),
        *quotes.lines((("Deepest drawdown", "results.maxDrawdownPct", "pct1"),)),
    ]
    tail = "That is where the losses lie, which is not yet why. Ask me to improve it, and I look for a change that "
    tail += "answers one of these, or leave it."
    return _lines(quotes.window, head or "Where the losses lie:", found, tail)


def trades(request: Request) -> str:
    """Tell how many trades there were."""
    quotes = Quotes.of(request)
    rows = (
        ("Closed trades", "results.tradeCount", "int"),
        ("Winners", f"{STATISTICS}.trades.winCount", "int"),
        ("Losers", f"{STATISTICS}.trades.lossCount", "int"),
        ("Still open at the end", f"{STATISTICS}.trades.openCount", "int"),
        ("Bars held on average", f"{STATISTICS}.trades.averageBarsHeld", ".1f"),
    )
    closed = quotes.figure("results.tradeCount")
    few = "That is few: an average over so few trades can be luck." if closed and closed < ENOUGH_TRADES else ""
    return _lines(quotes.window, quotes.lines(rows), few, FOREIGN if quotes.foreign else "")


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
    return _lines(found or "The record does not say how long positions were held.", bar)


def costs(request: Request) -> str:
    """Tell what trading cost, and with which rates."""
    quotes = Quotes.of(request)
    rows = (
        ("Fees", "results.feesPaid", "money"),
        ("Slippage", f"{STATISTICS}.costs.slippageQuote", "money"),
        ("Funding", f"{STATISTICS}.costs.funding", "money"),
        ("Profit before costs", f"{STATISTICS}.costs.grossProfit", "money"),
        ("Profit after costs", "results.netProfit", "money"),
        ("Average slippage of a fill", "results.avgSlippage", "pct3"),
    )
    margin = quotes.figure(f"{STATISTICS}.costs.breakEvenCostFraction")
    room = ""
    if margin is not None and margin > 0:
        room = "Nothing would be left if every fill had cost so much more of its value: "
        room += quotes.quote(f"{STATISTICS}.costs.breakEvenCostFraction", "pct3") + "."
    found = quotes.lines(rows) if request.run is not None else []
    head = quotes.window if request.run is not None else NOT_TESTED
    return _lines(head, found, room, _rates(request, quotes), FOREIGN if quotes.foreign else "")


def benchmark(request: Request) -> str:
    """Set the run beside buying and holding."""
    quotes = Quotes.of(request)
    place = f"{STATISTICS}.benchmark"
    held = quotes.figure(f"{place}.returnFraction")
    if held is None:
        return _lines(
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
    return _lines(quotes.window, quotes.lines(rows), more, told, _undecided(quotes))


def no_trades(request: Request) -> str:
    """Tell what became of the entries, where few or none were traded."""
    quotes = Quotes.of(request)
    closed = quotes.lines((("Closed trades", "results.tradeCount", "int"),))
    funnel = quotes.value("evidence.funnel")
    needs = ""
    if request.spec is not None:
        needs = "A long entry needs: {{spec:signals.entry|words}}."
    if not isinstance(funnel, list):
        why = (
            "The record does not hold what became of each entry, so it does not show why; test it again and I can tell."
        )
        return _lines(quotes.window, closed, needs, why)
    if not funnel:
        head = "The entry was not true at a single close, so there was nothing to trade."
        hint = (
            "Every part of it has to be true at the same close: the strictest part decides. Loosen one, or test over "
        )
        return _lines(quotes.window, head, needs, hint + "a longer window.")
    rows = [line for k, row in enumerate(funnel[:LONGEST_TABLE]) for line in _funnel_row(quotes, k, row)]
    return _lines(quotes.window, closed, "What became of the closes at which an entry was true:", rows, needs)


def groups(request: Request) -> str:
    """Tell the result by side, way out, asset or year."""
    quotes, words = Quotes.of(request), plain_question(request.text)
    asked = {
        "bySide": r"\b(longs?|shorts?|sides?|directions?)\b",
        "byAsset": r"\b(assets?|coins?|markets?|symbols?|pairs?|tickers?)\b",
        "byYear": r"\b(years?|months?)\b",
        "byReason": r"\b(exits?|stops?|targets?|reasons?)\b",
    }
    named = [table for table, pattern in asked.items() if re.search(pattern, words)] or list(TABLES)
    parts: list[str] = []
    for table in named:
        rows = quotes.value(f"{STATISTICS}.{table}")
        if isinstance(rows, list) and rows:
            parts.append(f"By {TABLES[table]}:")
            parts += [_row(quotes, table, k, row) for k, row in enumerate(rows[:LONGEST_TABLE])]
    if not parts:
        return _lines("The record does not break its trades down that way.", quotes.summary_lines())
    care = "A part of a run has fewer trades than the whole, so its figures are the more uncertain."
    return _lines(quotes.window, parts, care)


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
    return _lines(quotes.window, quotes.lines(rows), *_warnings(quotes), FOREIGN if quotes.foreign else "")


def verdict(request: Request) -> str:
    """Tell what the evidence supports, and that it is no advice."""
    quotes = Quotes.of(request)
    if request.run is None:
        return f"I cannot say: {NOT_TESTED[0].lower()}{NOT_TESTED[1:]}"
    reasons = []
    earned, held = quotes.figure("results.returnsPct"), quotes.figure(f"{STATISTICS}.benchmark.returnFraction")
    if earned is not None and earned <= 0:
        reasons.append(f"- It lost money after costs: {quotes.quote('results.returnsPct', '+pct1')}.")
    if earned is not None and held is not None and earned < held:
        same = quotes.quote(f"{STATISTICS}.benchmark.returnFraction", "+pct1")
        reasons.append(f"- Buying and holding did better over the same window: {same}.")
    closed = quotes.figure("results.tradeCount")
    if closed is not None and closed < ENOUGH_TRADES:
        reasons.append(f"- It closed few trades to judge by: {quotes.quote('results.tradeCount', 'int')}.")
    if quotes.generated:
        reasons.append(f"- {GENERATED}")
    interval = _interval(quotes)
    head = f"No backtest can answer that with yes. The verdict is {quotes.verdict}."
    tail = "What would count: the locked holdout, looked at once, and then time on paper. Whether you trade it is your "
    tail += "decision; I place no orders and give no advice."
    recorded = [*quotes.summary_lines(), FOREIGN] if quotes.foreign else []
    return _lines(head, reasons, recorded, f"- {interval}" if interval else "", tail)


def overfit(request: Request) -> str:
    """Tell how far the run can be told from luck."""
    quotes = Quotes.of(request)
    if quotes.foreign:
        telling = [
            line
            for name, line in quotes.recorded().items()
            if re.search(r"trial|deflat|prob|pbo|sharpe", name, re.IGNORECASE)
        ]
        return _lines("From this record I cannot tell whether it is overfit.", telling, FOREIGN, _undecided(quotes))
    rows = (
        ("Candidates tried on these data", "evidence.trials", "int"),
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
        + (", which has been looked at already." if quotes.value("evidence.holdout.seen") else ", looked at once.")
    )
    return _lines(head, quotes.lines(rows), _interval(quotes), tail)


# ---------------------------------------------------------------- parts


def _lines(*parts: str | list[str]) -> str:
    flat = [line for part in parts for line in ([part] if isinstance(part, str) else part)]
    return "\n".join(line for line in flat if line)


def _undecided(quotes: Quotes) -> str:
    if quotes.verdict == UNPROVEN:
        return "Verdict UNPROVEN: a test on the selection part cannot tell an edge from luck, and I do not claim one."
    return f"Verdict {quotes.verdict}."


def _interval(quotes: Quotes) -> str:
    low, high = (quotes.figure(f"{STATISTICS}.sharpe.{end}95") for end in ("low", "high"))
    if low is None or high is None:
        return ""
    ends = [quotes.quote(f"{STATISTICS}.sharpe.{end}95", ".2f") for end in ("low", "high")]
    open_sign = low <= 0 <= high
    holds = "both signs are open, so luck alone could have done this" if open_sign else "its sign does not change"
    return f"The error of the Sharpe ratio leaves it anywhere from {ends[0]} to {ends[1]}: {holds}."


def _warnings(quotes: Quotes) -> list[str]:
    lines = [GENERATED] if quotes.generated else []
    notices = quotes.value("evidence.notices")
    for k, notice in enumerate(notices if isinstance(notices, list) else ()):
        if isinstance(notice, Mapping) and notice.get("kind") == "warning" and notice.get("code") != "GENERATED_DATA":
            lines.append("To mind: " + quotes.quote(f"evidence.notices.{k}.message", "text"))
    return lines[:6]


def _cost_lines(quotes: Quotes) -> list[str]:
    place = f"{STATISTICS}.costs"
    gross, net = quotes.figure(f"{place}.grossProfit"), quotes.figure(f"{place}.netProfit")
    if gross is None or net is None:
        return quotes.lines((("Fees", "results.feesPaid", "money"),))
    before = quotes.quote(f"{place}.grossProfit", "money")
    paid = f"fees {quotes.quote(f'{place}.fees', 'money')}, slippage {quotes.quote(f'{place}.slippageQuote', 'money')}"
    if quotes.figure(f"{place}.funding"):
        paid += f", funding {quotes.quote(f'{place}.funding', 'money')}"
    if gross > 0 > net:
        return [f"- Costs took more than the trades earned: before costs {before}; {paid}."]
    if gross > 0:
        return [f"- Of {before} before costs went {paid}."]
    if gross - net > -gross:
        return [f"- Costs are most of it: the trades came to {before} before any cost, and on top came {paid}."]
    return [f"- Costs are not the cause: the trades came to {before} before any cost. On top came {paid}."]


def _losing_rows(quotes: Quotes, table: str) -> list[str]:
    rows = quotes.value(f"{STATISTICS}.{table}")
    if not isinstance(rows, list) or len(rows) < 2:
        return []
    net = {k: _number(row, "netProfit") for k, row in enumerate(rows)}
    losing = sorted((k for k in net if net[k] < 0), key=lambda k: net[k])
    return [f"- By {TABLES[table]}: " + _row(quotes, table, k, rows[k]).removeprefix("- ") for k in losing[:2]]


def _row(quotes: Quotes, table: str, k: int, row: Any) -> str:
    place = f"{STATISTICS}.{table}.{k}"
    label = row.get("label") if isinstance(row, Mapping) else None
    if table == "byReason" and label in REASONS:
        name = REASONS[label]
    elif table == "bySide" and label in ("long", "short"):
        name = f"{label}s"
    else:
        name = quotes.quote(
            f"{place}.{'year' if table == 'byYear' else 'label'}", "raw" if table == "byYear" else "text"
        )
    text = f"- {name}: net profit {quotes.quote(f'{place}.netProfit', 'money')}"
    if _number(row, "tradeCount"):
        text += f", closed trades {quotes.quote(f'{place}.tradeCount', 'int')}"
    if _number(row, "winRateFraction"):
        text += f", win rate {quotes.quote(f'{place}.winRateFraction', 'pct1')}"
    return text


def _funnel_row(quotes: Quotes, k: int, row: Any) -> list[str]:
    if not isinstance(row, Mapping):
        return []
    from engine.report.funnel import WORDS
    from engine.spec.place import snake_case

    side = row.get("side") if row.get("side") in ("long", "short") else "entries"
    stages = [
        f"{WORDS.get(snake_case(name), snake_case(name).replace('_', ' '))} "
        f"{quotes.quote(f'evidence.funnel.{k}.{name}', 'int')}"
        for name, count in row.items()
        if isinstance(count, int) and not isinstance(count, bool) and count
    ]
    return [f"- {quotes.quote(f'evidence.funnel.{k}.asset', 'text')} {side}: {'; '.join(stages)}"]


def _rates(request: Request, quotes: Quotes) -> str:
    execution = (request.spec or {}).get("execution")
    if not isinstance(execution, Mapping):
        return ""
    lines = ["Rates:"]
    if execution.get("fees"):
        lines.append("- fees of the strategy: {{spec:execution.fees|words}}")
    if execution.get("slippage"):
        lines.append("- slippage of the strategy: {{spec:execution.slippage|words}}")
    notices = quotes.value("evidence.notices")
    for k, notice in enumerate(notices if isinstance(notices, list) else ()):
        detail = notice.get("detail") if isinstance(notice, Mapping) else None
        if isinstance(detail, Mapping) and str(detail.get("field", "")).startswith(
            ("execution.fees", "execution.slippage")
        ):
            lines.append("- assumed: " + quotes.quote(f"evidence.notices.{k}.message", "text"))
    return "\n".join(lines) if len(lines) > 1 else "Fees and slippage are the usual rates of the market, as assumed."


def _number(row: Any, name: str) -> float:
    found = row.get(name) if isinstance(row, Mapping) else None
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else 0.0


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
    "data": data,
    "verdict": verdict,
    "overfit": overfit,
}
"""Topic -> explanation."""

WITHOUT_A_RUN = frozenset({"metric", "verdict", "costs"})
"""Topics that have something to say before the first test."""
