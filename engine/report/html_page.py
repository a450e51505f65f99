"""The report as one HTML file that holds everything it needs and asks the network for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from engine.report.digest import digest
from engine.report.drawings import histogram, waterfall
from engine.report.files import write_whole
from engine.report.inert import one_line
from engine.report.page_parts import part, policy, template
from engine.report.payload import drawn_assets, listed, page_data

if TYPE_CHECKING:
    from pathlib import Path

    from engine.backtest.result import BacktestResult

TRADE_COLUMNS = (
    ("number", "Trade", ""),
    ("asset", "Asset", ""),
    ("side", "Side", ""),
    ("entryMinute", "In (UTC)", ""),
    ("entryPrice", "at", "figure"),
    ("exitMinute", "Out (UTC)", ""),
    ("exitPrice", "at", "figure"),
    ("gain", "Return", "figure"),
    ("profit", "Profit", "figure"),
    ("costs", "Costs", "figure"),
    ("worst", "Worst", "figure"),
    ("best", "Best", "figure"),
    ("held", "Held", "figure"),
    ("reason", "Reason", ""),
)
"""Columns of the trade list: the key the script sorts by, the heading, the class of its cells."""

IN_JSON = (
    (b"<", b"\\u003c"),
    (b">", b"\\u003e"),
    (b"&", b"\\u0026"),
    (b"\xe2\x80\xa8", b"\\u2028"),
    (b"\xe2\x80\xa9", b"\\u2029"),
)
"""Characters that could end a script element or a line of script, and how JSON writes them harmlessly."""


def html(result: BacktestResult) -> str:
    """Return the report of ``result`` as one self-contained HTML document.

    Same result, same text. A content policy inside the document lets only its own script and style run and allows no
    request at all.
    """
    from markupsafe import Markup

    content, style, script = digest(result), part("report.css"), part("report.js")
    half = -(-len(content.details) // 2)
    trades = result.trades
    return template("report.html").render(
        digest=content,
        policy=policy(style, script),
        style=Markup(style),
        script=Markup(script),
        data=Markup(_json(page_data(result))),
        assets=[one_line(asset) for asset in drawn_assets(result)],
        holdout=result.holdout is not None,
        waterfall=Markup(waterfall(_steps(result), result.simulation.initial_equity)),
        histogram=Markup(histogram(trades.columns["return_fraction"][trades.closed])),
        n_trades=len(trades),
        n_listed=len(listed(len(trades))),
        trade_columns=TRADE_COLUMNS,
        details=(content.details[:half], content.details[half:]),
    )


def write_html(result: BacktestResult, path: Path) -> Path:
    """Write the HTML report to ``path``, whole or not at all, and return the path.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    write_whole(path, html(result).encode("utf-8"))
    return path


def content_policy() -> str:
    """Return the content policy of every report, for who sends one to a browser."""
    return policy(part("report.css"), part("report.js"))


def _steps(result: BacktestResult) -> list[tuple[str, float, bool]]:
    costs = result.statistics.costs
    return [
        ("Gross profit", costs.gross_profit, True),
        ("Slippage", -costs.slippage_quote, False),
        ("Fees", -costs.fees, False),
        ("Funding", -costs.funding, False),
        ("Net profit", costs.net_profit, True),
    ]


def _json(data: object) -> str:
    """Return ``data`` as JSON that cannot end the element it stands in."""
    written = orjson.dumps(data)
    for character, escape in IN_JSON:
        written = written.replace(character, escape)
    return written.decode("utf-8")
