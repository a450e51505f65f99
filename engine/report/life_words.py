"""The life of a position in words: what follows, what closes in parts, what ends it, what forbids an entry.

A fraction is written as per cent, as short as it is exact: these are the figures of a spec, not of a result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.report.figures import exact_percent, plural
from engine.report.inert import one_line
from engine.report.sheets import Term

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.spec.models import (
        Breakeven,
        Checks,
        EntryOrder,
        PartialExit,
        SessionHours,
        StrategySpec,
        TimeLimit,
        TrailingLevel,
    )

BETTER = {"long": "below", "short": "above"}
"""On which side of the close a better entry price lies."""


def life_terms(spec: StrategySpec) -> tuple[Term, ...]:
    """Return what a spec says of a position's life beyond its stop and target, one line a subject."""
    return (*_protections(spec), *_check_terms(spec.risk.checks), *_entry_terms(spec))


def _protections(spec: StrategySpec) -> Iterator[Term]:
    risk = spec.risk
    if risk.trailing_stop is not None:
        yield Term("Trailing stop", trailing_words(risk.trailing_stop))
    if risk.trailing_take is not None:
        words = trailing_words(risk.trailing_take)
        if risk.trailing_take.activate_at is None:
            words += (
                ", once the target is reached, which then closes nothing itself"
                if risk.take_profit is not None
                else f", once {_amount(risk.trailing_take, risk.trailing_take.value)} in profit"
            )
        yield Term("Trailing target", words)
    if risk.breakeven is not None:
        yield Term("Break-even", breakeven_words(risk.breakeven))
    if risk.partial_exits is not None:
        yield Term("Partial exits", partial_words(risk.partial_exits))
    if risk.time_limit is not None:
        yield Term("Time limit", time_limit_words(risk.time_limit))


def _check_terms(checks: Checks | None) -> Iterator[Term]:
    if checks is None:
        return
    if checks.max_concurrent is not None:
        yield Term("Open at the same time at most", plural(checks.max_concurrent, "position"))
    if checks.cooldown_bars is not None:
        yield Term("Wait after an exit", plural(checks.cooldown_bars, "bar"))
    if checks.session_hours is not None:
        yield Term("Entries only", session_words(checks.session_hours))
    if checks.max_daily_loss_pct is not None:
        loss = f"after a loss of {exact_percent(checks.max_daily_loss_pct)} in a UTC day"
        yield Term("No entry for the rest of the day", loss)


def _entry_terms(spec: StrategySpec) -> Iterator[Term]:
    order = spec.execution.entry_order
    if order is not None:
        short = spec.signals.short
        sides = [side for side, used in (("long", spec.signals.entry), ("short", short and short.entry)) if used]
        yield Term("Entry order", entry_order_words(order, sides[0] if len(sides) == 1 else None))


def trailing_words(level: TrailingLevel) -> str:
    """Return how far behind the best price a stop or a target follows, and from which profit on.

    >>> from engine.spec.models import TrailingLevel
    >>> trailing_words(TrailingLevel(type="percent", value=0.03, activate_at=0.05))
    '3 % behind the best price, once 5 % in profit'
    >>> trailing_words(TrailingLevel(type="atr", value=2.0))
    '2 x ATR(14) behind the best price'
    """
    words = f"{_amount(level, level.value)} behind the best price"
    return words if level.activate_at is None else f"{words}, once {_amount(level, level.activate_at)} in profit"


def _amount(level: TrailingLevel, value: float) -> str:
    if level.type == "percent":
        return exact_percent(value)
    if level.type == "price":
        return f"{value:.10g} in quote currency"
    return f"{value:.10g} x {one_line(level.indicator) if level.indicator else f'ATR({level.length or 14})'}"


def breakeven_words(rule: Breakeven) -> str:
    """Return when the stop moves to the entry price, or how far from it.

    >>> from engine.spec.models import Breakeven
    >>> breakeven_words(Breakeven(at=0.02))
    'the stop moves to the entry price once 2 % in profit'
    >>> breakeven_words(Breakeven(at=0.02, offset=-0.001))
    'the stop moves to 0.1 % short of the entry price once 2 % in profit'
    """
    offset = rule.offset or 0.0
    beyond = "past" if offset > 0 else "short of"
    where = f"{exact_percent(abs(offset))} {beyond} the entry price" if offset else "the entry price"
    return f"the stop moves to {where} once {exact_percent(rule.at)} in profit"


def partial_words(parts: Sequence[PartialExit]) -> str:
    """Return which parts of a position close at which profit.

    >>> from engine.spec.models import PartialExit
    >>> partial_words((PartialExit(at=0.03, fraction=0.5), PartialExit(at=0.06, fraction=0.25)))
    '50 % of the position at 3 % profit, 25 % at 6 % profit'
    """
    texts = [f"{exact_percent(part.fraction)} at {exact_percent(part.at)} profit" for part in parts]
    return ", ".join([texts[0].replace(" at ", " of the position at ", 1), *texts[1:]])


def time_limit_words(limit: TimeLimit) -> str:
    """Return after how long a position is closed.

    >>> from engine.spec.models import TimeLimit
    >>> time_limit_words(TimeLimit(bars=10))
    'after 10 bars'
    """
    length = plural(limit.bars, "bar") if limit.bars is not None else plural(limit.minutes or 0, "minute")
    return f"after {length}"


def session_words(hours: SessionHours) -> str:
    """Return from when to when entries are placed.

    >>> from engine.spec.models import SessionHours
    >>> session_words(SessionHours(start="22:00", end="04:00"))
    'from 22:00 to 04:00 UTC of the next day'
    """
    overnight = " of the next day" if hours.end <= hours.start else ""
    return f"from {hours.start} to {hours.end} UTC{overnight}"


def checks_words(checks: Checks) -> str:
    """Return all checks that may reject an entry, in one line.

    >>> from engine.spec.models import Checks
    >>> checks_words(Checks(cooldown_bars=3, max_daily_loss_pct=0.02))
    'wait after an exit: 3 bars; no entry for the rest of the day: after a loss of 2 % in a UTC day'
    """
    return "; ".join(f"{term.label[:1].lower()}{term.label[1:]}: {term.value}" for term in _check_terms(checks))


def entry_order_words(order: EntryOrder, side: str | None = None) -> str:
    """Return at which limit a position is entered; ``side`` is the only one that is entered, None for both.

    >>> from engine.spec.models import EntryOrder
    >>> entry_order_words(EntryOrder(type="limit", offset=0.02, expires_bars=3), "long")
    'limit 2 % below the deciding close, cancelled after 3 bars'
    """
    if order.price is not None:
        where = f"at {order.price:.10g}"
    elif not order.offset:
        where = "at the deciding close"
    else:
        beside = BETTER[side] if side is not None else "better than"
        where = f"{exact_percent(order.offset)} {beside} the deciding close"
    if order.expires_bars is None:
        return f"limit {where}, waiting until it fills or its stop would be touched"
    return f"limit {where}, cancelled after {plural(order.expires_bars, 'bar')}"
