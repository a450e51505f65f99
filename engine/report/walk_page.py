"""The report of a walk-forward as one HTML file that holds everything it needs, runs nothing and asks for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.report.curves import curves
from engine.report.figures import money, percent
from engine.report.files import write_whole
from engine.report.page_parts import part, policy, template
from engine.report.walks import under_water, walk_digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from engine.report.walks import WalkDigest


def walk_html(document: Mapping[str, Any]) -> str:
    """Return the report of a walk-forward, of which ``document`` tells (`engine.report.walks`), as an HTML document.

    Same document, same text. A content policy inside it lets only its own style be used: no script, no request.
    """
    from markupsafe import Markup

    content, style = walk_digest(document), part("report.css")
    return template("walk.html").render(
        digest=content,
        policy=policy(style),
        style=Markup(style),
        equity=Markup(_equity(content)),
        under_water=Markup(_under_water(content)),
    )


def write_walk_html(document: Mapping[str, Any], path: Path) -> Path:
    """Write the HTML report of a walk-forward to ``path``, whole or not at all, and return the path.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    write_whole(path, walk_html(document).encode("utf-8"))
    return path


def _equity(content: WalkDigest) -> str:
    lines = [("var(--compare)", content.holding), ("var(--accent)", content.equity)]
    title = "Equity of the test windows, stitched, and of buy and hold"
    return curves(title, lines, content.first_day_ms, content.borders, height=400, worded=_amount)


def _under_water(content: WalkDigest) -> str:
    both = (("var(--compare)", content.holding), ("var(--down)", content.equity))
    lines = [(colour, -under_water(curve, content.initial_equity)) for colour, curve in both]
    title = "How far equity and buy and hold are below their peaks"
    return curves(title, lines, content.first_day_ms, content.borders, height=200, worded=_share)


def _amount(value: float) -> str:
    return money(value).removesuffix(".00")


def _share(value: float) -> str:
    return percent(value, 0)
