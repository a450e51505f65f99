"""Sizes by risk, and leverage: ``risk 1% per trade``, ``target 15% annual vol``, ``2x leverage``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.sizes.amounts import Size, pass_base, percent, stated
from engine.spec.tickers import find_ticker

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor


def risked(c: Cursor) -> Size | None:
    """Read ``risk 1% per trade``, ``1% risk``, ``risking 0.5% of equity``, ``15% vol target``, ``vol target 10%``."""
    start = c.at
    for reader in (_risk_first, _risk_last, _volatility_last, _volatility_first):
        found = reader(c)
        if found is not None:
            return found
        c.at = start
    return None


def _risk_first(c: Cursor) -> Size | None:
    """``risk 1% per trade``, ``risking max 0.5% of equity``."""
    if not c.accept_tag("risk"):
        return None
    if c.is_text("by", ahead=-2):
        c.accept_text(",", ":")  # "size by risk, 1% a trade"
    c.accept_tag("max", "compare", "size")
    value = percent(c)
    if value is not None:
        pass_base(c)
    return stated("risk_per_trade", value)


def _risk_last(c: Cursor) -> Size | None:
    """``1% risk``, ``2% of equity at risk``."""
    value = percent(c)
    if value is None:
        return None
    c.skip_fillers(also=("of", "fixed", "flat", "max"))
    c.accept_tag("equity")
    if not c.accept_tag("risk"):
        return None
    pass_base(c)
    return Size("risk_per_trade", value)


def _volatility_last(c: Cursor) -> Size | None:
    """``15% annual vol``, ``target 15% volatility``."""
    c.accept_tag("target")
    value = percent(c)
    return stated("volatility_target", value) if c.accept_tag("vol_target") else None


def _volatility_first(c: Cursor) -> Size | None:
    """``vol target of 10%``."""
    if not c.accept_tag("vol_target"):
        return None
    c.skip_fillers(also=("of", "at"))
    return stated("volatility_target", percent(c))


LOSING = ("lose", "losing", "loss", "losses", "max loss", "stop", "stop loss", "sl")
"""Words of what a trade may cost, as a share of the account."""


def risk_of_equity(c: Cursor) -> Size | None:
    """Read ``lose at most 1% of the account per trade``, ``max loss per trade 1% of equity``: a risk, no distance."""
    c.skip("never", "not", "no", tags=("max",))
    if not c.accept_text(*LOSING):
        return None
    c.skip("more", "than", "is", "=", ":", "at", "of", tags=("max", "compare", "each"))
    value = percent(c)
    here = c.at
    pass_base(c)
    based = any(token.tag == "equity" for token in c.tokens[here : c.at])
    return Size("risk_per_trade", value) if value is not None and based else None


def leverage(c: Cursor) -> Size | None:
    """Read ``2x leverage``, ``leverage 3``, ``2:1 leveraged``, ``max leverage 2x``, ``no margin``."""
    if c.accept_tag("leverage"):
        return _leverage_behind(c)
    start = c.at
    if c.accept_tag("no") and (c.accept_tag("leverage") or c.accept_text("margin", "borrowing")):
        return Size("leverage", 1.0)
    c.at = start
    if c.is_number():
        value = c.take().value or 0.0
        if c.accept_tag("times"):
            if c.accept_tag("leverage") or c.accept_text("margin", "geared"):
                c.accept_tag("max")
                return Size("leverage", value)
            if (c.is_tag("market") and c.data() == "perp") or _geared(c, start) or _multiplies_a_position(c, start):
                return Size("leverage", value)
        elif c.accept_text(":") and c.is_number() and c.take().value == 1 and c.accept_tag("leverage"):
            return Size("leverage", value)
    c.at = start
    return None


def _geared(c: Cursor, start: int) -> bool:
    """True behind ``perp 3x``, ``at 2x``: times nothing that is named behind it."""
    before = c.tokens[start - 1] if start else None
    if c.ends(",", ".", ";", ahead=start - 1 - c.at) and start:
        perpetual = any(token.tag == "market" and token.data == "perp" for token in c.tokens)
        return perpetual and c.ends(",", ".", ";")  # "perps, 3x"
    led = before is not None and (before.tag == "market" or before.text in ("at", "with"))
    ruled = start > 1 and c.tokens[start - 2].tag in ("stop", "target", "trail", "compare", "field", "verb")
    measured = c.is_number() or c.is_tag("field", "average") or c.is_text("the", "its", "r", "atr", "average", "of")
    named = c.is_tag("indicator") and c.data().type in ("atr", "natr", "stdev", "sma", "ema", "volume_sma")
    return led and not ruled and not measured and not named


def _multiplies_a_position(c: Cursor, start: int) -> bool:
    """True for ``qqq 2x when ...``, ``2x long``, ``long eth 3x``: behind what is traded, and nothing is measured."""
    before = c.tokens[start - 1] if start else None
    opened = before is None or before.kind in ("mark", "line") or before.tag in ("tf", "market", "action")
    held = before is not None and find_ticker(before.text.upper()) is not None
    if not (opened or held):
        return False
    if c.is_tag("action") and c.data()[0] in ("enter", "hold"):
        return True
    acted = held or (before is not None and before.tag in ("market", "action"))
    ended = c.ends(",", ".", ";", ":") or c.is_tag("when", "while", "filter", "only", "stop", "action")
    return acted and (ended or (held and c.is_tag("compare")))


def _leverage_behind(c: Cursor) -> Size | None:
    """Behind ``leverage``: ``3``, ``of 2x``, ``max 2:1``."""
    c.accept_tag("max", "compare")
    c.skip_fillers(also=("of", "to", "at", "=", "is"))
    c.accept_text(":", "=", "of")
    c.accept_tag("max", "compare")
    if not c.is_number():
        return None
    value = c.take().value or 0.0
    c.accept_tag("times")
    if c.accept_text(":") and c.is_number():
        c.take()
    return Size("leverage", value)
