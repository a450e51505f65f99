"""What goes into one position: ``5% of capital``, ``$500 per trade``, ``size 5%``, ``all in``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.levels import duration
from agent.language.builtin.sizes.amounts import Size, named_share, percent
from agent.language.builtin.sizes.ranged import by_range
from agent.language.builtin.sizes.risks import risked
from agent.language.builtin.tokens import MONEY
from engine.spec.tickers import find_ticker

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


LEAST_ACCOUNT = 500
"""A number without a currency is what an account holds from here on: ``20k account``."""

STARTING = ("start", "starting", "initial", "start with", "to start with")
"""Words of what an account begins with."""

MOST_PARTS = 20
"""Parts an account is cut into at most."""

BASE = ("of", "my", "the", "total", "our", "available", "per", "position", "in", "on")
"""Words in ``of my total account per position``."""


def all_or_equal(c: Cursor) -> Size | None:
    """Read ``all in``, ``the whole account each``, ``equal weight``."""
    if c.accept_tag("all_in"):
        c.accept_tag("each", "equity")
        return Size("percent_equity", 1.0)
    if c.accept_tag("equal_weight"):
        return Size("equal_weight", 0.0)
    return None


def of_equity(c: Cursor) -> Size | None:
    """Read ``5% of capital``, ``10% equity``, ``15% each trade``, ``half the account``, ``a quarter each``."""
    start = c.at
    if c.accept_tag("each"):
        share = named_share(c)
        if share is not None:
            return Size("percent_equity", share)  # "btc eth sol each a third"
        c.at = start
    value = percent(c)
    if value is None:
        value = named_share(c)
    token = c.peek()
    if value is None and token is not None and token.kind == "number" and c.is_text("of", ahead=1):
        value = c.take().value if 0 < (token.value or 0) <= 1 else None  # "0.2 of the account"
    if value is not None and _names_base(c) and value > 0:
        return Size("percent_equity", value)
    c.at = start
    return None


def _names_base(c: Cursor) -> bool:
    """Go past what a share is a share of; true when the account, a trade or the size is named."""
    named = False
    while not (c.is_tag("size") and c.is_text("use", "put", "invest", "spend", "allocate")):
        if c.is_tag("equity", "each", "size", "all_in"):
            named = True
        elif not c.is_text(*BASE, "current"):
            break
        c.take()
    return named


def slots(c: Cursor) -> Size | None:
    """Read the share behind a number of positions: ``6 slots of 15%``, ``5 positions at 20% each``."""
    if not c.is_tag("positions", ahead=-1) or not c.accept_text("of", "at", "@"):
        return None
    share = percent(c)
    c.accept_tag("each")
    return None if share is None else Size("percent_equity", share)


def money(c: Cursor) -> Size | None:
    """Read ``$500 per trade``, ``1000 usdt each``, ``fixed 1000``, ``10k account`` (what the account starts with)."""
    start = c.at
    fixed = c.accept_text("fixed")
    c.skip_fillers(also=("of",))
    sign = c.accept_text("$", "€", "£")
    found = _amount(c, MONEY[sign.text] if sign is not None else None, fixed=fixed is not None)
    if found is None:
        c.at = start
    return found


def _amount(c: Cursor, currency: str | None, *, fixed: bool) -> Size | None:
    """An amount behind its sign, and what it is for; None for a price."""
    if not c.is_number():
        return None
    value = c.take().value or 0.0
    token = c.peek()
    if currency is None and token is not None and token.text in MONEY and token.kind == "word":
        pair = _pair_here(c)
        if len(pair) == len("GBPUSD") and find_ticker(pair) is not None:
            return Size("fixed_notional", value)  # "sell 5000 GBP/USD": what is traded, not what is paid with
        currency = MONEY[c.take().text]
    if _starts_with_it(c, paid=currency is not None or value >= LEAST_ACCOUNT):
        return Size("initial_equity", value, currency)
    if currency is None and not fixed:
        each = c.is_tag("each") and value >= 20
        return Size("fixed_notional", value) if each and c.accept_tag("each") else None
    c.skip_fillers(also=("of", "worth"))
    c.accept_tag("each")
    if c.is_tag("compare", "stop", "target") or value <= 0:
        return None
    return Size("fixed_notional", value, currency)


def _starts_with_it(c: Cursor, *, paid: bool) -> bool:
    """Take what makes an amount that of the account: ``(20k) account``, ``starting capital``, ``to start with``."""
    start = c.at
    c.accept_text("of", "worth")
    c.skip("to", "as", "a", *STARTING, "with")
    begun = any(token.text in STARTING for token in c.tokens[start : c.at])
    if (c.accept_tag("equity") or begun) and paid:
        return True
    c.at = start
    return False


def _pair_here(c: Cursor) -> str:
    """The pair of currencies written here, ``GBP/USD`` or ``GBPUSD``; empty where there is none."""
    parts = (c.peek(), c.peek(2)) if c.is_text("/", "-", ahead=1) else (c.peek(), c.peek(1))
    return "".join(token.text.upper() for token in parts if token is not None and token.kind == "word")


def named_size(c: Cursor) -> Size | None:
    """Read ``size 5%``, ``position size: 10%``, ``use 20%``, ``stake 100 usdt``; ``start with 10k``."""
    start = c.at
    found = _size_said(c) if c.accept_tag("size") else _starting_capital(c)
    if found is None:
        c.at = start
    return found


def _starting_capital(c: Cursor) -> Size | None:
    """``start with 10k``, ``starting capital of $5000``, ``account 20000``."""
    led = c.accept_text("start", "starting") and c.accept_text("with", "at", "capital", "balance")
    if not led and not c.accept_tag("equity"):
        return None
    c.skip_fillers(also=("of", "is", "="))
    c.accept_text(":", "=", "of")
    share = None if led else percent(c)
    if share is not None and 0 < share <= 1 and c.ends(",", ".", ";", "/"):
        return Size("percent_equity", share)  # "equity 15%"
    found = money(c)
    if found is not None:
        return Size("initial_equity", found.value, found.currency)
    token = c.peek()
    if token is not None and token.kind == "number" and (token.value or 0) >= LEAST_ACCOUNT:
        return Size("initial_equity", c.take().value or 0.0)
    return None


def _size_said(c: Cursor) -> Size | None:
    """Behind ``size``, ``use``, ``allocate``: a share, an amount, all of it, or a naked number."""
    c.accept_tag("size", "max", "down", "up")
    c.skip_fillers(also=("of", "is", "at", "to", "=", "each", "it", "fixed"))
    c.accept_text(":", "=", "of")
    c.accept_tag("max", "each")
    here = c.at
    c.skip("so", "that", "by", "for", "it", "such", tags=("for",))
    risk = by_range(c) or risked(c)
    if risk is not None:
        return risk
    c.at = here
    if c.accept_tag("all_in"):
        return Size("percent_equity", 1.0)
    if c.is_tag("equal_weight"):
        return all_or_equal(c)
    value = percent(c)
    if value is not None and c.is_tag("stop", "target", "trail"):
        return None  # "use a 5% stop"
    if value is not None and value > 0:
        c.skip(*BASE, tags=("equity", "each"))
        return Size("percent_equity", value)
    return _part(c) or money(c) or _naked(c)


def _part(c: Cursor) -> Size | None:
    """``1/5``: a part of the account."""
    if not (c.is_number() and c.is_text("/", ahead=1) and c.is_number(2)):
        return None
    start = c.at
    part = c.take().value or 0.0
    c.take()
    whole = c.take().value or 0.0
    ended = c.ends(",", ".", ";") or c.is_text("of", "per") or c.is_tag("each", "equity")
    if ended and 0 < part < whole <= MOST_PARTS:
        return Size("percent_equity", part / whole)
    c.at = start
    return None


def _naked(c: Cursor) -> Size | None:
    """A number without a unit: money from 50 on, a share up to one."""
    token = c.peek()
    if token is None or token.kind != "number" or c.is_tag("unit", "times", "positions", ahead=1):
        return None
    if duration(c) is not None:
        return None
    value = token.value or 0.0
    if value >= 50:
        c.take()
        c.accept_tag("each")
        return Size("fixed_notional", value)
    if 0 < value <= 1 and value != int(value):
        c.take()
        return Size("percent_equity", value)
    return None
