"""The report as one HTML file that holds everything it needs and asks the network for nothing."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from engine.report.digest import digest
from engine.report.drawings import histogram, waterfall
from engine.report.files import write_whole
from engine.report.inert import one_line
from engine.report.payload import drawn_assets, listed, page_data

if TYPE_CHECKING:
    from jinja2 import Template

    from engine.backtest.result import BacktestResult

TEMPLATES = Path(__file__).parent / "templates"

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

    content, style, script = digest(result), _part("report.css"), _part("report.js")
    half = -(-len(content.details) // 2)
    trades = result.trades
    return _template().render(
        digest=content,
        policy=_policy(style, script),
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
    return _policy(_part("report.css"), _part("report.js"))


def _steps(result: BacktestResult) -> list[tuple[str, float, bool]]:
    costs = result.statistics.costs
    return [
        ("Gross profit", costs.gross_profit, True),
        ("Slippage", -costs.slippage_quote, False),
        ("Fees", -costs.fees, False),
        ("Funding", -costs.funding, False),
        ("Net profit", costs.net_profit, True),
    ]


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        finalize=_unbroken,
    )
    return environment.get_template("report.html")


@lru_cache(maxsize=4)
def _part(name: str) -> str:
    return (TEMPLATES / name).read_text("utf-8").strip()


def _unbroken(value: object) -> object:
    """Keep a figure and its per cent sign on one line; what is markup already stays as it is."""
    return value.replace(" %", "\u00a0%") if type(value) is str else value


def _policy(style: str, script: str) -> str:
    """Return the content policy: this very script and style, images inside the document, nothing else."""
    sources = {"script-src": script, "style-src": style}
    allowed = [f"{kind} 'sha256-{_digest(text)}'" for kind, text in sources.items()]
    return "; ".join(["default-src 'none'", *allowed, "img-src data:", "base-uri 'none'", "form-action 'none'"])


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _json(data: object) -> str:
    """Return ``data`` as JSON that cannot end the element it stands in."""
    written = orjson.dumps(data)
    for character, escape in IN_JSON:
        written = written.replace(character, escape)
    return written.decode("utf-8")
