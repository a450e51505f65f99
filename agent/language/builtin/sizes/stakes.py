"""What goes into one position: ``5% of capital``, ``$500 per trade``, ``size 5%``, ``all in``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.levels import duration
from agent.language.builtin.sizes.amounts import Size, named_share, percent
from agent.language.builtin.tokens import MONEY

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def all_or_equal(c: Cursor) -> Size | None:
    if c.accept_tag("all_in"):
        c.accept_tag("each", "equity")
        return Size("percent_equity", 1.0)
    if c.accept_tag("equal_weight"):
        return Size("equal_weight", 0.0)
    return None


def of_equity(c: Cursor) -> Size | None:
    """``5% of capital``, ``10% equity``, ``15% each trade``, ``half the account``, ``a quarter each``."""
    start = c.at
    if c.is_tag("each"):
        c.take()
        share = named_share(c)
        if share is not None:
            return Size("percent_equity", share)  # "btc eth sol each a third"
        c.at = start
    value = percent(c)
    if value is None:
        value = named_share(c)
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


def money(c: Cursor) -> Size | None:
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


def named_size(c: Cursor) -> Size | None:
    """``size 5%``, ``position size: 10%``, ``use 20%``, ``allocate 25%``, ``stake 100 usdt``."""
    start = c.at
    if not c.accept_tag("size"):
        if (c.accept_text("start", "starting") and c.accept_text("with", "at", "capital", "balance")) or c.accept_tag(
            "equity"
        ):
            c.skip_fillers(also=("of", "is", "="))
            c.accept_text(":", "=", "of")
            found = money(c)
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
        return all_or_equal(c)
    value = percent(c)
    if value is not None and c.is_tag("stop", "target", "trail"):
        c.at = start
        return None  # "use a 5% stop"
    if value is not None and value > 0:
        while c.is_text("of", "my", "the", "total", "our", "available", "per", "position", "in", "on") or c.is_tag(
            "equity", "each"
        ):
            c.take()
        return Size("percent_equity", value)
    found = money(c)
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
