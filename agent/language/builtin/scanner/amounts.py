"""Amounts that are no size of a position: what a trade may lose of the account, money at risk, coins, costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin import markets
from agent.language.builtin.costs import cost
from agent.language.builtin.levels import KINDS
from agent.language.builtin.scanner.progress import clause_ends
from agent.language.builtin.sizes import money, risk_of_equity
from agent.language.builtin.tokens import MONEY
from agent.language.port import LeftOut

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.scanner.progress import Progress

RISK = "a risk per trade is a share of equity: an amount of money at risk cannot be written"
LOSS = "a day's loss is limited as a share of equity: an amount of money cannot be written"
COINS = "a size is a share of equity, an amount of money or a risk, not a count of coins"
KELLY = "a Kelly size needs the share of winning trades and their payoff, stated as figures"
FEE = "a fee is a share of what is traded: an amount of money per order cannot be written"
OF_EQUITY = "a per cent of equity"
DISTANCE = "a stop or target is a per cent, ATRs or a price level, no distance in points, ticks or deviations"
OTHER_FRAME = "a stop or target is measured in the ATR of the strategy's own bars, not in that of another timeframe"
LIMIT = "a limit entry lies a per cent from the close of the signal: one at a line of the chart cannot be written"
LEADS = ("$", "€", "£", "fee", "fees", "commission", "commissions", "slippage", "fixed", "daily")
TAGS = ("risk", "max", "tf", "stop", "target", "trail", "kelly", "multiple")
"""What such an amount begins with."""

POINTS = ("point", "points", "pts", "tick", "ticks", "pip", "pips", "handles", "handle", "cents")
GLUED_POINTS = ("pt", "p", "t", "pts")
FEES = ("fee", "fees", "commission", "commissions", "slippage")


def read_risk_of_equity(so_far: Progress) -> bool:
    """``max loss per trade 1% of equity``: what a trade may cost the account, no distance of a stop."""
    start = so_far.c.at
    found = risk_of_equity(so_far.c)
    if found is None:
        so_far.c.at = start
        return False
    return so_far.add("size", found, start)


def read_cost(so_far: Progress) -> bool:
    """``commission 0.1%``, ``no slippage``."""
    start = so_far.c.at
    found = cost(so_far.c)
    return found is not None and so_far.add("cost", found, start)


def read_money_elsewhere(so_far: Progress) -> bool:
    """``risk $100 a trade``, ``max daily loss $500``, ``$2 commission``, ``2 btc``: left out by its words."""
    if not so_far.c.is_number() and so_far.token.text not in LEADS and so_far.token.tag not in TAGS:
        return False
    if read_points(so_far):
        return True
    return _at_risk(so_far) or _daily_loss(so_far) or _fee(so_far) or _coins(so_far) or _kelly(so_far)


def read_points(so_far: Progress) -> bool:
    """``10pt stop``, ``target 30 ticks``, ``stop 2 sd``: a distance in a unit the spec does not have."""
    c, start = so_far.c, so_far.c.at
    name = c.accept_tag("stop", "target", "trail")
    if name is not None:
        c.skip("=", ":", "of", "at", "is", "the", tags=("stop",))
    if c.is_number() and (name is not None or so_far.starts_clause() or so_far.follows("level", "unsayable")):
        c.take()
        if name is not None and _range_of_another_frame(c):
            return _left_out(so_far, start, OTHER_FRAME, f"{KINDS[str(name.tag)]}.timeframe")
        unit = c.peek()
        if unit is not None and (
            unit.text in POINTS or (unit.text in GLUED_POINTS and unit.glued) or unit.tag == "sigma"
        ):
            c.take()
            name = name or c.accept_tag("stop", "target", "trail")
            if name is not None and not c.is_tag("line", "indicator"):
                return _left_out(so_far, start, DISTANCE, f"{KINDS[str(name.tag)]}.distance")
    c.at = start
    return False


def _range_of_another_frame(c: Cursor) -> bool:
    """Take ``x daily atr``: the range of bars that are not the strategy's own."""
    start = c.at
    c.skip("x", "*", "the", "of", tags=("times",))
    token = c.peek()
    framed = token is not None and (token.tag == "tf" or (token.kind == "span" and token.glued is False))
    if framed and c.is_tag("indicator", ahead=1) and c.data(1).type == "atr":
        c.at += 2
        return True
    c.at = start
    return False


def _at_risk(so_far: Progress) -> bool:
    c, start = so_far.c, so_far.c.at
    led = c.accept_tag("risk")
    c.skip("=", ":", "of", "at", "only", tags=("max",))
    found = money(c)
    if found is not None and found.currency is not None and (led or c.accept_tag("risk")):
        c.accept_tag("each")
        return _left_out(so_far, start, RISK, "sizing.risk")
    c.at = start
    return False


def _daily_loss(so_far: Progress) -> bool:
    c, start = so_far.c, so_far.c.at
    c.accept_tag("max")
    if c.is_tag("tf") and c.data() == "1d":
        c.take()
        c.accept_tag("max")
        if c.accept_tag("stop"):
            c.skip("limit", "of", "at", "=", ":", "is", tags=("max",))
            found = money(c)
            if found is not None and found.currency is not None:
                return _left_out(so_far, start, LOSS, "risk.checks.max_daily_loss_pct")
    c.at = start
    return False


def _fee(so_far: Progress) -> bool:
    c, start = so_far.c, so_far.c.at
    named = c.accept_text(*FEES)
    if named is not None:
        c.skip("of", "=", ":", "is")
    sign = c.accept_text("$", "€", "£")
    if c.is_number():
        c.take()
        word = c.peek()
        paid = sign is not None or (word is not None and word.text in MONEY and c.take())
        c.accept_text("a", "per")
        if paid and (named or c.accept_text(*FEES)):
            c.accept_tag("each")
            return _left_out(so_far, start, FEE, "execution.fees")
    c.at = start
    return False


def _coins(so_far: Progress) -> bool:
    """``2 btc``, ``0.5 eth per trade`` in a clause of its own: how many coins."""
    c, start = so_far.c, so_far.c.at
    if not c.is_number() or not so_far.follows("comma", "stop") or c.is_tag("unit", "percent", ahead=1):
        return False
    c.take()
    named = markets.asset(c, so_far.known)
    counted = named is not None and (c.accept_tag("each") is not None or clause_ends(c))
    if counted and any(item.kind == "asset" for item in so_far.items):
        return _left_out(so_far, start, COINS, "sizing.shares")
    c.at = start
    return False


def _kelly(so_far: Progress) -> bool:
    """``half kelly``, ``kelly sized``: the share of winners and their payoff would have to be stated."""
    c, start = so_far.c, so_far.c.at
    c.accept_tag("multiple")
    if c.accept_tag("kelly"):
        c.skip("sized", "based", tags=("size",))
        if c.accept_tag("no"):
            return so_far.add("unread", c.tokens[start], start)
        return _left_out(so_far, start, KELLY, "sizing.kelly")
    c.at = start
    return False


def left_out_limit(so_far: Progress, start: int) -> bool:
    """``buy limit at the ema``: a limit order whose price is no distance from the close."""
    c = so_far.c
    while not c.ends(",", ".", ";") and not c.is_tag("stop", "target", "when", "and"):
        c.take()
    return _left_out(so_far, start, LIMIT, "execution.entry_order")


def _left_out(so_far: Progress, start: int, reason: str, path: str) -> bool:
    tokens = so_far.c.tokens[start : so_far.c.at]
    words = so_far.text[tokens[0].start : tokens[-1].end]
    return so_far.add("unsayable", LeftOut(words, "UNSUPPORTED", reason, path, OF_EQUITY), start)
