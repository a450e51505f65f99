"""Everything that is no rule: protections, sizes, assets, markets, windows (``stop 2%``, ``10% each``, ``on btc``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin import markets
from agent.language.builtin.rules import Field
from agent.language.builtin.scanner.amounts import left_out_limit, read_cost, read_money_elsewhere, read_risk_of_equity
from agent.language.builtin.scanner.arrivals import read_arrival
from agent.language.builtin.scanner.orders import limit_entry
from agent.language.builtin.scanner.placed_levels import read_placed_level
from agent.language.builtin.scanner.progress import clause_ends
from agent.language.builtin.scanner.protections import (
    read_denied_with,
    read_gain,
    read_longest_time,
    read_multiple_alone,
    read_or_in_time,
    read_protection,
    skip_risk_said_again,
)
from agent.language.builtin.scanner.scale_outs import read_scale_out
from agent.language.builtin.scanner.sessions import read_session
from agent.language.builtin.sizes import Size, size

if TYPE_CHECKING:
    from collections.abc import Callable

    from agent.language.builtin.markets import Asset
    from agent.language.builtin.scanner.progress import Progress

LEAST_ALONE = 1000
"""A bare number behind ``buy`` with nothing behind it is an amount of money from here on: ``buy 10k``."""

LEAST_AMOUNT = 20
"""A bare number behind ``buy`` is an amount of money from here on: ``buy 500 eth``, but not ``buy 2 eth``."""


def read_attribute(so_far: Progress) -> bool:
    """Take what is said beside the rules."""
    return any(reader(so_far) for reader in ATTRIBUTES)


def _window(so_far: Progress) -> bool:
    """``from 2021 to 2023``, ``over the last year``."""
    start = so_far.c.at
    window = markets.window(so_far.c, so_far.now)
    return window is not None and so_far.add("window", window, start)


def _bare_share(so_far: Progress) -> bool:
    """``buy 10%``: a share of equity right behind the action."""
    c, start, value = so_far.c, so_far.c.at, so_far.token.value or 0.0
    if not _behind_an_entry(so_far) or not c.is_tag("percent", ahead=1) or not 0 < value <= 100:
        return False
    if not clause_ends(c, ahead=2, marks=(",", ".", ";")):
        return False
    c.at += 2
    return so_far.add("size", Size("percent_equity", value / 100, unsaid=True), start)


def _bare_amount(so_far: Progress) -> bool:
    """``buy 500 eth``: an amount of money between the action and the asset."""
    c, start, value = so_far.c, so_far.c.at, so_far.token.value or 0.0
    if not _behind_an_entry(so_far) or value < LEAST_AMOUNT:
        return False
    c.take()
    behind = c.at
    c.accept_text("of")
    alone = value >= LEAST_ALONE and clause_ends(c, marks=(",", ".", ";"))
    if not alone and markets.asset(c, so_far.known) is None:
        c.at = start
        return False
    c.at = behind
    return so_far.add("size", Size("fixed_notional", value), start)


def _behind_an_entry(so_far: Progress) -> bool:
    """True for a number right behind ``buy`` or ``long``."""
    return so_far.follows("action") and so_far.items[-1].data[0] == "enter" and so_far.c.is_number()


def _halt(so_far: Progress) -> bool:
    """``stop trading``: a word of halting that nothing follows says nothing."""
    c = so_far.c
    if so_far.token.tag != "halt" or c.is_text("for", "after", "if", "when", "at", ahead=1):
        return False
    c.take()
    return True


def _size(so_far: Progress) -> bool:
    """``10% of equity``, ``risk 1%``, ``2x leverage``, ``max 3 positions``."""
    start = so_far.c.at
    amount = size(so_far.c)
    return amount is not None and so_far.add("size", amount, start)


def _asset(so_far: Progress) -> bool:
    """``btc``, ``gold (GLD)``; what is said of an asset is said of its price: ``if btc falls 5%``."""
    c, start = so_far.c, so_far.c.at
    named = markets.asset(c, so_far.known)
    if named is None:
        return False
    if named.symbol is None:
        return so_far.add("unknown_asset", named, start)
    named = _ticker_behind(so_far) or named
    led = start > 0 and c.tokens[start - 1].text in ("for", "of", "in", "about", "around", "on")
    if so_far.follows("opaque") or (so_far.follows("unread") and led):
        c.mind.topic = None  # "... trends for bitcoin is rising"
    elif c.is_tag("verb", "compare"):
        c.mind.topic = Field("close")
    return so_far.add("asset", named, start)


def _ticker_behind(so_far: Progress) -> Asset | None:
    """``gold (GLD)``, ``crude oil etf USO``: the ticker that says which one is meant."""
    c, start = so_far.c, so_far.c.at
    bracket = c.accept_text("(")
    c.accept_text("oil", "futures")
    kind = c.accept_text("etf", "fund", "shares", "stock", "index", "etfs")
    token = c.peek()
    if (bracket or kind) and token is not None and token.raw.isupper():
        found = markets.asset(c, so_far.known)
        if found is not None and (not bracket or c.accept_text(")")):
            return found
    c.at = start
    return None


def _market(so_far: Progress) -> bool:
    """``spot``, ``perps``."""
    c, start, token = so_far.c, so_far.c.at, so_far.token
    if token.tag != "market":
        return False
    c.take()
    return so_far.add("market", token.data, start)


def _limit_order(so_far: Progress) -> bool:
    """``limit buy 1% below the close``."""
    c, start = so_far.c, so_far.c.at
    if so_far.token.tag != "limit":
        return False
    order = limit_entry(c)
    placed = c.is_text("at") or any(token.text == "at" for token in c.tokens[start : c.at])
    if order is None and placed and not c.ends(",", "."):
        return left_out_limit(so_far, start)
    return so_far.add("limit", order, start)


ATTRIBUTES: tuple[Callable[[Progress], bool], ...] = (
    skip_risk_said_again,
    read_cost,
    read_money_elsewhere,
    read_risk_of_equity,
    _bare_amount,
    read_arrival,
    read_session,
    _window,
    _bare_share,
    read_longest_time,
    read_or_in_time,
    read_denied_with,
    read_placed_level,
    read_scale_out,
    read_protection,
    read_multiple_alone,
    read_gain,
    _halt,
    _size,
    _asset,
    _market,
    _limit_order,
)
"""Who is asked, in this order: what depends on the item before it, then what stands for itself."""
