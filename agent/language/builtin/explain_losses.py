"""Explanations of where a run lost: by cost, way out, side, asset and year, and entries that came to nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from agent.language.builtin.explain_parts import FOREIGN, NOT_TESTED, lines_of
from agent.language.builtin.explain_quotes import NOT_REALISED, Quotes
from agent.language.builtin.explain_terms import FIGURES, STATISTICS
from agent.language.builtin.explain_words import plain_question

if TYPE_CHECKING:
    from agent.language.port import Request

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


def losses(request: Request) -> str:
    """Tell where the losses of a run lie."""
    quotes = Quotes.of(request)
    if quotes.foreign:
        why = "The record does not break its trades down, so it does not show where the losses come from."
        return lines_of(why, quotes.summary_lines(), FOREIGN)
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
        *(quotes.lines(NOT_REALISED) if quotes.figure(f"{STATISTICS}.trades.openCount") else ()),
    ]
    tail = "That is where the losses lie, which is not yet why. Ask me to improve it, and I look for a change that "
    tail += "answers one of these, or leave it."
    return lines_of(quotes.window, head or "Where the losses lie:", found, tail)


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
    return lines_of(head, found, room, _rates(request, quotes), FOREIGN if quotes.foreign else "")


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
        return lines_of(quotes.window, closed, needs, why)
    if not funnel:
        head = "The entry was not true at a single close, so there was nothing to trade."
        hint = (
            "Every part of it has to be true at the same close: the strictest part decides. Loosen one, or test over "
        )
        return lines_of(quotes.window, head, needs, hint + "a longer window.")
    rows = [line for k, row in enumerate(funnel[:LONGEST_TABLE]) for line in _funnel_row(quotes, k, row)]
    return lines_of(quotes.window, closed, "What became of the closes at which an entry was true:", rows, needs)


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
        return lines_of("The record does not break its trades down that way.", quotes.summary_lines())
    care = "A part of a run has fewer trades than the whole, so its figures are the more uncertain."
    marked = "The account takes in open positions at their mark; a trade counts in the year it was closed."
    return lines_of(quotes.window, parts, marked if "byYear" in named else "", care)


def table(quotes: Quotes, name: str) -> list[str]:
    """Return the rows of a table of the run's statistics, one line each."""
    rows = quotes.value(f"{STATISTICS}.{name}")
    return [_row(quotes, name, k, row) for k, row in enumerate(rows[:LONGEST_TABLE])] if isinstance(rows, list) else []


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
    net = {k: _number(row, _lost_by(table, row)) for k, row in enumerate(rows)}
    losing = sorted((k for k in net if net[k] < 0), key=lambda k: net[k])
    place = f"{STATISTICS}.{table}"
    return [
        f"- By {TABLES[table]}: {_name(quotes, table, k, rows[k])}: "
        + ", ".join(_profit(quotes, f"{place}.{k}", rows[k], _lost_by(table, rows[k])))
        for k in losing[:2]
    ]


def _lost_by(table: str, row: Any) -> str:
    """Name the figure by which a row lost: its closed trades', for what is still open is not lost yet.

    Ways out keep open positions in a row of their own.
    """
    return "netProfit" if table == "byReason" or not _has(row, "closedProfit") else "closedProfit"


def _row(quotes: Quotes, table: str, k: int, row: Any) -> str:
    """Return a row of a table; what the account stood at is told apart from what closed trades earned."""
    place, name = f"{STATISTICS}.{table}.{k}", _name(quotes, table, k, row)
    if table == "byYear" and _has(row, "closedProfit"):
        account = [f"account change {quotes.quote(f'{place}.netProfit', 'money')}"]
        if _has(row, "returnFraction"):
            account.append(f"a return of {quotes.quote(f'{place}.returnFraction', '+pct1')}")
        closed = _profit(quotes, place, row, "closedProfit") if _number(row, "tradeCount") else ["no trade closed"]
        return f"- {name}: {', '.join(account)}; {', '.join(closed)}"
    if table != "byReason" and _number(row, "openCount") and _has(row, "closedProfit"):
        still = f"{quotes.quote(f'{place}.openCount', 'int')} still open at the last price"
        closed = _profit(quotes, place, row, "closedProfit") if _number(row, "tradeCount") else ["no trade closed"]
        return f"- {name}: net profit {quotes.quote(f'{place}.netProfit', 'money')} with {still}; {', '.join(closed)}"
    return f"- {name}: {', '.join(_profit(quotes, place, row, 'netProfit'))}"


def _profit(quotes: Quotes, place: str, row: Any, figure: str) -> list[str]:
    """Return a profit, and the closed trades it goes with; ``closedProfit`` is that of closed trades alone."""
    of = "net profit of closed trades" if figure == "closedProfit" else "net profit"
    said = [f"{of} {quotes.quote(f'{place}.{figure}', 'money')}"]
    if _number(row, "tradeCount"):
        said.append(f"closed trades {quotes.quote(f'{place}.tradeCount', 'int')}")
    if _number(row, "tradeCount") and _has(row, "winRateFraction"):
        said.append(f"win rate {quotes.quote(f'{place}.winRateFraction', 'pct1')}")
    return said


def _name(quotes: Quotes, table: str, k: int, row: Any) -> str:
    place = f"{STATISTICS}.{table}.{k}"
    label = row.get("label") if isinstance(row, Mapping) else None
    if table == "byReason" and label in REASONS:
        return REASONS[label]
    if table == "bySide" and label in ("long", "short"):
        return f"{label}s"
    return quotes.quote(f"{place}.year", "raw") if table == "byYear" else quotes.quote(f"{place}.label", "text")


def _has(row: Any, name: str) -> bool:
    return isinstance(row, Mapping) and isinstance(row.get(name), int | float)


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
