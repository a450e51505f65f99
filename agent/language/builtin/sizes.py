"""Reading how much: size of a position, leverage, limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from agent.language.builtin.levels import duration
from agent.language.builtin.tokens import MONEY

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

Kind = Literal[
    "percent_equity", "fixed_notional", "risk_per_trade", "volatility_target", "equal_weight", "leverage",
    "max_positions", "max_exposure", "max_drawdown", "max_position", "max_daily_loss", "max_orders", "initial_equity",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Size:
    """A size or a limit that was stated; fractions of one, money in quote currency, counts."""

    kind: Kind
    value: float
    currency: str | None = None
    unsaid: bool = False


SHARES = {"third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "tenth": 0.1, "eighth": 0.125, "sixth": 1 / 6}
"""Shares of the account by their names."""


def size(c: Cursor) -> Size | None:
    """Read one size or limit; None, and the cursor where it was, when there is none."""
    start = c.at
    for reader in (_limits, _all, _risked, _leverage, _of_equity, _money, _named_size):
        found = reader(c)
        if found is not None:
            return found
        c.at = start
    return None


def _percent(c: Cursor) -> float | None:
    start = c.at
    c.skip_fillers(also=("=", "is"))
    c.accept_text(":", "=", "of")
    c.accept_tag("compare", "max")
    if c.is_number() and c.is_text("/", ahead=1) and c.is_number(2) and c.is_text("of", ahead=3):
        part, whole = c.take().value or 0.0, (c.take(), c.take().value or 0.0)[1]
        if 0 < part < whole:
            return part / whole  # "1/3 of equity"
        c.at = start
    if c.is_number():
        value = c.take().value or 0.0
        if c.accept_tag("percent"):
            return abs(value) / 100
        if c.accept_text("bp", "bps"):
            return abs(value) / 10_000
    elif c.is_tag("multiple") and c.peek().data == 0.5:  # type: ignore[union-attr]
        c.take()
        return 0.005 if c.accept_tag("percent") else 0.5
    c.at = start
    return None


def _limits(c: Cursor) -> Size | None:
    """``max 3 positions``, ``total exposure max 50%``, ``max drawdown 20%``, ``max daily loss 3%``."""
    start = c.at
    if c.accept_tag("halt"):
        daily = bool(c.accept_tag("for")) and bool(c.accept_text("the", "that")) | True
        while c.is_tag("unit", "after", "when", "tf", "stop") or c.is_text(
            "the", "day", "i", "we", "lose", "losing", "down", "it", "after", "at"
        ):
            daily = daily or c.is_tag("unit")
            c.take()
        value = _percent(c)
        while c.is_tag("unit") or c.is_text("that", "in", "a", "on", "the", "day", "one"):
            daily = daily or c.is_tag("unit")
            c.take()
        if value is not None:
            return Size("max_daily_loss" if daily else "max_drawdown", value)
        c.at = start
    capped = bool(c.accept_tag("max", "compare"))
    c.skip_fillers(also=("of", "only"))
    if c.is_number():
        value = c.take().value or 0.0
        c.skip_fillers(also=("at most", "concurrent"))
        if capped and c.accept_text("open") and not c.is_tag("positions"):
            return Size("max_positions", value)
        if (
            c.is_tag("positions")
            or (c.is_text("positions", "trades", "position", "assets", "coins") and (capped or c.is_text("positions")))
            or (c.is_tag("size") and c.is_text("position"))
        ):
            if value >= 1 and value == int(value):
                c.take()
                c.accept_tag("max")
                c.accept_text("at", "once", "max", "open", "a", "time")
                return Size("max_positions", value)
        if capped and c.is_tag("percent") and c.accept_tag("percent"):
            c.skip_fillers(also=("of", "total", "single", "per", "any"))
            c.accept_tag("each")
            if c.tokens[c.at - 1].text in ("per position", "each position", "a position", "every position"):
                return Size("max_position", value / 100)
            if c.accept_tag("exposure"):
                return Size("max_exposure", value / 100)
            if c.accept_tag("drawdown"):
                return Size("max_drawdown", value / 100)
            if c.is_tag("size") or c.is_text("position"):
                c.take()
                return Size("max_position", value / 100)
        if capped and c.is_text("orders", "entries", "trades", "trade", "order"):
            c.take()
            if c.accept_text("per", "an", "every", "each", "a") and (c.is_tag("unit") and c.take().data == "hour"):
                return Size("max_orders", value)
        if value and c.is_tag("percent") and c.is_tag("drawdown", "exposure", ahead=1):
            c.take()
            kind: Kind = "max_drawdown" if c.take().tag == "drawdown" else "max_exposure"
            c.accept_tag("max")
            return Size(kind, value / 100)
        c.at = start
        return None
    for tag, kind in (("exposure", "max_exposure"), ("drawdown", "max_drawdown")):
        if c.accept_tag(tag):
            c.accept_tag("max", "compare")
            c.skip_fillers(also=("of", "is", "reaches", "hits", "exceeds", "at"))
            c.accept_tag("max", "compare", "verb")
            value = _percent(c)
            c.accept_tag("drawdown")
            return Size(kind, value) if value is not None else None
    if c.is_tag("tf") and c.is_tag("stop", ahead=1) and c.peek().data == "1d":  # type: ignore[union-attr]
        c.at += 2
        c.accept_tag("max", "compare")
        value = _percent(c)
        return Size("max_daily_loss", value) if value is not None else None
    if c.is_tag("positions"):
        c.take()
        c.accept_tag("max", "compare")
        c.accept_text(":", "=", "of")
        if c.is_number():
            return Size("max_positions", c.take().value or 0.0)
    if capped and (c.is_text("position", "size") or c.is_tag("size")):
        c.take()
        c.accept_tag("size")
        value = _percent(c)
        return Size("max_position", value) if value is not None else None
    if capped and c.is_tag("leverage"):
        return _leverage(c)
    c.at = start
    return None


def _all(c: Cursor) -> Size | None:
    if c.accept_tag("all_in"):
        c.accept_tag("each", "equity")
        return Size("percent_equity", 1.0)
    if c.accept_tag("equal_weight"):
        return Size("equal_weight", 0.0)
    return None


def _risked(c: Cursor) -> Size | None:
    """``risk 1% per trade``, ``1% risk``, ``risking 0.5% of equity``."""
    start = c.at
    if c.accept_tag("risk"):
        c.accept_tag("max", "compare", "size")
        value = _percent(c)
        if value is not None:
            _tail(c)
            return Size("risk_per_trade", value)
    c.at = start
    value = _percent(c)
    if value is not None:
        c.skip_fillers(also=("of",))
        c.accept_tag("equity")
        if c.accept_tag("risk"):
            _tail(c)
            return Size("risk_per_trade", value)
    c.at = start
    c.accept_tag("target")
    value = _percent(c)
    if value is not None and c.accept_tag("vol_target"):
        return Size("volatility_target", value)
    c.at = start
    if c.accept_tag("vol_target"):
        c.skip_fillers(also=("of", "at"))
        value = _percent(c)
        if value is not None:
            return Size("volatility_target", value)
    c.at = start
    value = _percent(c)
    if value is not None and c.accept_tag("vol_target"):
        return Size("volatility_target", value)
    return None


def _tail(c: Cursor) -> None:
    """Go past ``of my account per trade``."""
    while (
        c.is_text("of", "my", "the", "total", "our", "available", "current", "on", "for", "in")
        and c.is_tag("equity", "each", ahead=1)
    ) or c.is_tag("equity", "each"):
        c.take()


def _leverage(c: Cursor) -> Size | None:
    """``2x leverage``, ``leverage 3``, ``2:1 leveraged``, ``max leverage 2x``, ``3x long perps``."""
    start = c.at
    if c.accept_tag("leverage"):
        c.accept_tag("max", "compare")
        c.skip_fillers(also=("of", "to", "at", "=", "is"))
        c.accept_text(":", "=", "of")
        c.accept_tag("max", "compare")
        if c.is_number():
            value = c.take().value or 0.0
            c.accept_tag("times")
            if c.accept_text(":") and c.is_number():
                c.take()
            return Size("leverage", value)
        c.at = start
        return None
    if c.accept_tag("no") and (c.accept_tag("leverage") or c.accept_text("margin", "borrowing")):
        return Size("leverage", 1.0)
    c.at = start
    if c.is_number():
        value = c.take().value or 0.0
        if c.accept_tag("times"):
            if c.accept_tag("leverage"):
                c.accept_tag("max")
                return Size("leverage", value)
            if c.is_tag("market") and c.peek().data == "perp":  # type: ignore[union-attr]
                return Size("leverage", value)
        elif c.accept_text(":") and c.is_number() and c.peek().value == 1:  # type: ignore[union-attr]
            c.take()
            if c.accept_tag("leverage"):
                return Size("leverage", value)
    c.at = start
    return None


def _share(c: Cursor) -> float | None:
    """``a quarter``, ``one third``, ``a fifth``: a share in words."""
    start = c.at
    c.accept_text("a", "one", "an")
    if c.is_number() and c.peek().text == "one":  # type: ignore[union-attr]
        c.take()
    token = c.peek()
    if token is not None and token.text in SHARES:
        c.take()
        return SHARES[token.text]
    c.at = start
    return None


def _of_equity(c: Cursor) -> Size | None:
    """``5% of capital``, ``10% equity``, ``15% each trade``, ``half the account``, ``a quarter each``."""
    start = c.at
    if c.is_tag("each"):
        c.take()
        share = _share(c)
        if share is not None:
            return Size("percent_equity", share)  # "btc eth sol each a third"
        c.at = start
    value = _percent(c)
    if value is None:
        value = _share(c)
    if value is None and c.is_number() and 0 < (c.peek().value or 0) <= 1 and c.is_text("of", ahead=1):  # type: ignore[union-attr]
        value = c.take().value or 0.0  # "0.2 of the account"
    if value is None:
        return None
    named = False
    while c.is_text(
        "of", "my", "the", "total", "our", "available", "current", "per", "position", "in", "on"
    ) or c.is_tag("equity", "each", "size", "all_in"):
        if c.is_tag("size") and c.peek().text in ("use", "put", "invest", "spend", "allocate"):  # type: ignore[union-attr]
            break
        if c.is_tag("equity", "each", "all_in", "size"):
            named = True
        c.take()
    if named and value > 0:
        return Size("percent_equity", value)
    c.at = start
    return None


def _money(c: Cursor) -> Size | None:
    """``$500 per trade``, ``1000 usdt each``, ``fixed 1000``, ``10k account`` (what the account starts with)."""
    start = c.at
    fixed = c.accept_text("fixed")
    c.skip_fillers(also=("of",))
    sign = c.accept_text("$", "€", "£")
    if not c.is_number():
        c.at = start
        return None
    value = c.take().value or 0.0
    currency = MONEY.get(sign.text) if sign is not None else None
    token = c.peek()
    if currency is None and token is not None and token.text in MONEY and token.kind == "word":
        currency = MONEY[c.take().text]
    if currency is None and fixed is None:
        if c.is_tag("each") and value >= 20 and not c.is_tag("percent"):
            c.take()
            return Size("fixed_notional", value)
        c.at = start
        return None
    if c.accept_text("start", "starting", "to start with"):
        c.accept_tag("equity")
        return Size("initial_equity", value, currency)
    c.skip_fillers(also=("starting", "of", "worth"))
    if c.is_tag("equity"):
        c.take()
        return Size("initial_equity", value, currency)
    c.accept_tag("each")
    if c.is_tag("compare") or c.is_tag("stop", "target"):
        c.at = start
        return None
    return Size("fixed_notional", value, currency) if value > 0 else None


def _named_size(c: Cursor) -> Size | None:
    """``size 5%``, ``position size: 10%``, ``use 20%``, ``allocate 25%``, ``stake 100 usdt``."""
    start = c.at
    if not c.accept_tag("size"):
        if (c.accept_text("start", "starting") and c.accept_text("with", "at", "capital", "balance")) or c.accept_tag(
            "equity"
        ):
            c.skip_fillers(also=("of", "is", "="))
            c.accept_text(":", "=", "of")
            found = _money(c)
            if found is not None:
                return Size("initial_equity", found.value, found.currency)
            if c.is_number() and (c.peek().value or 0) >= 500:  # type: ignore[union-attr]
                return Size("initial_equity", c.take().value or 0.0)
        c.at = start
        return None
    c.accept_tag("size", "max")
    c.skip_fillers(also=("of", "is", "at", "to", "=", "each", "it", "fixed"))
    c.accept_text(":", "=", "of")
    c.accept_tag("max", "each")
    if c.accept_tag("all_in"):
        return Size("percent_equity", 1.0)
    if c.is_tag("equal_weight"):
        return _all(c)
    value = _percent(c)
    if value is not None and c.is_tag("stop", "target", "trail"):
        c.at = start
        return None  # "use a 5% stop"
    if value is not None and value > 0:
        while c.is_text("of", "my", "the", "total", "our", "available", "per", "position", "in", "on") or c.is_tag(
            "equity", "each"
        ):
            c.take()
        return Size("percent_equity", value)
    found = _money(c)
    if found is not None:
        return found
    if c.is_number() and not c.is_tag("unit", "times", "positions", ahead=1) and duration(c) is None:
        number = c.peek().value or 0.0  # type: ignore[union-attr]
        if number >= 50:
            c.take()
            c.accept_tag("each")
            return Size("fixed_notional", number)
        if 0 < number <= 1 and number != int(number):
            c.take()
            return Size("percent_equity", number)
    c.at = start
    return None
