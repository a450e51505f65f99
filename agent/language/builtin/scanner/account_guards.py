"""Losses of the account that end trading: ``close everything if the account is down 20%``, ``out at -20% overall``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.sizes import Kind, Size

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.scanner.progress import Progress

ACCOUNT = ("account", "portfolio", "equity", "balance", "whole account", "bankroll", "capital")
TOTAL = ("total", "overall", "altogether", "in total", "all in")
LED_BY = ("if", "when", "once", "whenever", "at", "after", "the", "my", "we", "i", "it", "are", "am", "is", "has")
DOWN = ("lost", "down", "loses", "lose", "-", "minus", "below", "off", "under")
LOST = ("lost", "down", "below", "under", "off", "-", "minus", "loses", "lose", "by", "more", "than", "over", "a", "of")
PEAKS = ("its", "the", "peak", "high", "top", "highest", "point", "below", "from", "off", "ever", "under", "value")


def read_account_guard(so_far: Progress) -> bool:
    """Take a loss of the whole account as the drawdown that ends trading, or the loss of a day where a day is said."""
    c, start = so_far.c, so_far.c.at
    found = _loss(c) if so_far.token.text in (*LED_BY, *ACCOUNT, "down", "-") or so_far.token.tag == "equity" else None
    if found is None:
        c.at = start
        return False
    _forget_the_order(so_far)
    return so_far.add("size", found, start)


def _forget_the_order(so_far: Progress) -> None:
    """Drop the ``close everything if`` in front: a drawdown that ends trading closes everything."""
    while so_far.follows("when", "while", "unless", "unread"):
        so_far.items.pop()
    if so_far.follows("action") and so_far.items[-1].data[0] == "exit":
        so_far.items.pop()


def _loss(c: Cursor) -> Size | None:
    """``the account is down 20%``, ``equity falls 15% from its peak``, ``down 20% total``."""
    c.skip(*LED_BY, tags=("when",))
    whose = c.accept_tag("equity") if c.is_text(*ACCOUNT) or c.is_tag("equity") else None
    fell = False
    while c.is_text(*LOST) or c.is_tag("verb", "down") or c.is_text("is", "has"):
        token = c.take()
        fell = fell or token.text in DOWN or _falls(token.data)
    if not c.is_number() or not c.is_tag("percent", ahead=1):
        return None
    share = c.take().value or 0.0
    c.take()
    fell, share = fell or share < 0, abs(share)
    fell = fell or c.accept_text(*DOWN) is not None
    behind = c.at
    total = c.accept_text(*TOTAL) is not None
    if not total and c.accept_text("on", "of", "in"):
        c.skip("the", "my", "whole")
        total = c.is_text(*ACCOUNT) and c.take() is not None
    if not total:
        c.at = behind
    if not fell or (whose is None and not total):
        return None
    while c.is_text(*PEAKS) or c.is_tag("peak", "extreme"):
        c.take()
    kind: Kind = "max_daily_loss" if _of_a_day(c) else "max_drawdown"
    return Size(kind, share / 100) if 0 < share < 100 else None


def _falls(data: object) -> bool:
    return isinstance(data, tuple) and len(data) > 1 and data[1] == "down"


def _of_a_day(c: Cursor) -> bool:
    """Take ``in a day``, ``today``, ``on the day``."""
    start = c.at
    c.skip("in", "on", "within", "a", "one", "the", "any", "single")
    if c.accept_text("today", "day", "daily") or (c.is_tag("unit") and c.data() == "day" and c.take() is not None):
        return True
    c.at = start
    return False
