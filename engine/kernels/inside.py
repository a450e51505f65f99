"""Steps 3 and 6: what a bar's prices touch, in the order docs/semantics.md gives; finer bars where both sides are."""

from __future__ import annotations

from engine.kernels import codes
from engine.kernels.clock import row_of
from engine.kernels.compiled import inlined, kernel
from engine.kernels.entries import entry_levels, fill_entry, meet_limit, waits_at_a_limit, weigh_entry
from engine.kernels.fills import close_part, close_position, standing_slippage
from engine.kernels.layout import (
    AMBIGUOUS,
    BAR,
    ENTRY_BAR,
    ENTRY_MOMENT,
    ENTRY_PRICE,
    FIRST_QUANTITY,
    HIGHEST,
    LOWEST,
    MARK,
    NEXT_PART,
    ORDER_LIMIT,
    ORDER_SIDE,
    ORDER_TAKE_FROM,
    QUANTITY,
    STOP,
    STOP_REASON,
    TARGET,
    UNDECIDED,
)
from engine.kernels.levels import part_from, part_level, part_quantity, reaches_profit, target_arms_take
from engine.kernels.margin import liquidate, liquidation_level

UNTOUCHED, STOPPED, RUINED = range(3)


@inlined
def is_armed(rules, state, a):
    """Tell whether stops, parts and target of asset ``a`` are live in this bar."""
    return rules.entry_bar_stops != 0 or state.book[a, ENTRY_BAR] < state.account[BAR]


@kernel
def see(book, a, low, high):
    """Let the excursions of the position of asset ``a`` reach down to ``low`` and up to ``high``."""
    book[a, LOWEST] = min(book[a, LOWEST], low)
    book[a, HIGHEST] = max(book[a, HIGHEST], high)


@kernel
def take_profits(state, tape, rules, a, time, moment, open_, best, worst):
    """Fill the parts and the target of asset ``a`` that ``best`` reaches, nearest first, at their levels."""
    book = state.book
    sign = 1.0 if book[a, QUANTITY] > 0.0 else -1.0
    target = book[a, TARGET]
    see(book, a, min(open_, worst), max(open_, worst))
    part, whole = int(book[a, NEXT_PART]), abs(book[a, FIRST_QUANTITY])
    while part < rules.part_gain.shape[0]:
        level = part_level(rules, a, sign, book[a, ENTRY_PRICE], part)
        if sign * best < sign * level or sign * level > sign * target:
            break
        quantity = min(abs(book[a, QUANTITY]), part_quantity(rules, a, whole, part))
        close_part(state, tape, rules, a, time, moment, quantity, sign * max(sign * open_, sign * level))
        if book[a, QUANTITY] == 0.0:
            return
        part = part_from(rules, a, whole, part + 1)
        book[a, NEXT_PART] = part
    if sign * best >= sign * target:
        reference = sign * max(sign * open_, sign * target)
        bar = state.account[BAR]
        close_position(state, tape, rules, a, time, moment, reference, 0.0, rules.maker, codes.TAKE_PROFIT, bar)


@kernel
def close_at_stop(state, tape, rules, a, time, moment, reference):
    """Close at a stop, a market order, for the reason of the stop in force."""
    book, bar = state.book, state.account[BAR]
    slippage, reason = standing_slippage(book, a, rules), int(book[a, STOP_REASON])
    close_position(state, tape, rules, a, time, moment, reference, slippage, rules.taker, reason, bar)


@inlined
def meet_gap(state, tape, rules, a, time, moment, open_):
    """Step 3 for the position of asset ``a``: the stop at or before the open, else parts and target there."""
    book = state.book
    sign = 1.0 if book[a, QUANTITY] > 0.0 else -1.0
    if sign * open_ <= sign * book[a, STOP]:
        close_at_stop(state, tape, rules, a, time, moment, open_)
    elif reaches_profit(rules, book, a, open_):
        take_profits(state, tape, rules, a, time, moment, open_, open_, open_)


@inlined
def adverse_level(state, rules, a, armed, open_, worst):
    """Return which adverse level of asset ``a`` acts first when a bar reaches ``worst``, and its price."""
    book = state.book
    sign = 1.0 if book[a, QUANTITY] > 0.0 else -1.0
    stop = book[a, STOP]
    stopped = armed and sign * worst <= sign * stop
    if rules.perpetual != 0:
        liquidation = liquidation_level(state, rules, a, open_)
        if sign * worst <= sign * liquidation and not (stopped and sign * stop >= sign * liquidation):
            return RUINED, liquidation
    if stopped:
        return STOPPED, stop
    return UNTOUCHED, stop


@kernel
def suffer(state, tape, rules, a, time, open_, adverse, level):
    """Close asset ``a`` at the adverse level that acts, or all positions when that is the liquidation."""
    book = state.book
    sign = 1.0 if book[a, QUANTITY] > 0.0 else -1.0
    price = sign * min(sign * open_, sign * level)
    if adverse == RUINED:
        book[a, MARK] = price
        liquidate(state, tape, rules, time, codes.INSIDE)
    else:
        close_at_stop(state, tape, rules, a, time, codes.INSIDE, price)


@kernel
def fill_inside(state, tape, rules, a, time, high, low):
    """Fill the limit entry of asset ``a`` that this bar touches; what is left of the bar counts against it alone.

    Returns whether the bar reaches a profit of it as well, so that finer bars would have to decide.
    """
    book = state.book
    side, limit = book[a, ORDER_SIDE], book[a, ORDER_LIMIT]
    fill_entry(state, tape, rules, a, time, codes.INSIDE, limit)
    if book[a, QUANTITY] == 0.0:
        return False
    armed, worst = is_armed(rules, state, a), (low if side > 0.0 else high)
    doubtful = armed and reaches_profit(rules, book, a, high if side > 0.0 else low)
    adverse, level = adverse_level(state, rules, a, armed, limit, worst)
    if adverse != UNTOUCHED:
        suffer(state, tape, rules, a, time, limit, adverse, level)
    return doubtful


@kernel
def live_a_bar(state, tape, rules, a, time, open_, high, low):
    """Step 6 of a position in one bar, the adverse level first; return whether it touched a profit as well."""
    book = state.book
    long = book[a, QUANTITY] > 0.0
    worst, best = (low, high) if long else (high, low)
    armed = is_armed(rules, state, a)
    profit = armed and reaches_profit(rules, book, a, best)
    see(book, a, open_, open_)
    adverse, level = adverse_level(state, rules, a, armed, open_, worst)
    if adverse != UNTOUCHED:
        suffer(state, tape, rules, a, time, open_, adverse, level)
        return profit
    if profit:
        take_profits(state, tape, rules, a, time, codes.INSIDE, open_, best, worst)
    return False


@kernel
def live_through_finer_bars(t, a, market, rules, state, tape):
    """Let asset ``a`` live through the finer bars of bar ``t``; return whether one of them was ambiguous itself."""
    book, time = state.book, market.open_time[t]
    row = row_of(market.fine_first, t)
    first = market.fine_first[row, a]
    held, doubtful = book[a, QUANTITY] != 0.0, False
    for k in range(first, first + market.fine_count[row, a]):
        open_, high, low = market.fine_open[k], market.fine_high[k], market.fine_low[k]
        if not held:
            meet_limit(state, tape, rules, a, time, codes.INSIDE, open_)
            held = book[a, QUANTITY] != 0.0
            if not held and book[a, ORDER_SIDE] == 0.0:
                break
        elif is_armed(rules, state, a):
            meet_gap(state, tape, rules, a, time, codes.INSIDE, open_)
        if held:
            if book[a, QUANTITY] != 0.0:
                doubtful |= live_a_bar(state, tape, rules, a, time, open_, high, low)
            if book[a, QUANTITY] == 0.0:
                break
            see(book, a, low, high)
        elif touches_limit(book, a, high, low):
            doubtful |= fill_inside(state, tape, rules, a, time, high, low)
            if book[a, QUANTITY] == 0.0:
                break
            held = True
            see_entry_bar(book, a, low, high)
    return doubtful


@kernel
def see_entry_bar(book, a, low, high):
    """Let the excursions reach the adverse extreme of a bar a limit entry filled inside: the other may lie before."""
    if book[a, QUANTITY] > 0.0:
        see(book, a, low, book[a, HIGHEST])
    else:
        see(book, a, book[a, LOWEST], high)


@kernel
def touches_limit(book, a, high, low):
    """Tell whether the bar reaches the limit that the entry of asset ``a`` waits at."""
    return low <= book[a, ORDER_LIMIT] if book[a, ORDER_SIDE] > 0.0 else high >= book[a, ORDER_LIMIT]


@kernel
def decide_by_finer_bars(t, a, market, rules, state, tape):
    """Count an ambiguous bar of asset ``a`` and live through its finer bars; return whether there were any."""
    state.ambiguous[a, AMBIGUOUS] += 1
    covered = market.fine_count[row_of(market.fine_count, t), a] > 0
    if not covered or live_through_finer_bars(t, a, market, rules, state, tape):
        state.ambiguous[a, UNDECIDED] += 1
    return covered


@inlined
def pass_bar(t, a, market, rules, state, tape):
    """Step 6 for the position of asset ``a``: the first level the bar touches acts."""
    book, open_, high, low = state.book, market.open[t, a], market.high[t, a], market.low[t, a]
    long = book[a, QUANTITY] > 0.0
    worst, best = (low, high) if long else (high, low)
    armed = is_armed(rules, state, a)
    adverse, level = adverse_level(state, rules, a, armed, open_, worst)
    profit = armed and reaches_profit(rules, book, a, best)
    if adverse != UNTOUCHED:
        if profit and decide_by_finer_bars(t, a, market, rules, state, tape):
            return
        see(book, a, open_, open_)
        suffer(state, tape, rules, a, market.open_time[t], open_, adverse, level)
    elif profit:
        take_profits(state, tape, rules, a, market.open_time[t], codes.INSIDE, open_, best, worst)


@kernel
def wait_inside(t, a, market, rules, state, tape):
    """Step 6 for the limit entry of asset ``a``: filled where the bar touches its limit."""
    book, high, low = state.book, market.high[t, a], market.low[t, a]
    if not touches_limit(book, a, high, low):
        return
    side, limit = book[a, ORDER_SIDE], book[a, ORDER_LIMIT]
    stage, _, quantity, _, _, _, _ = weigh_entry(state, rules, a, limit)
    if rules.entry_bar_stops != 0 and stage == codes.FILLED:
        _, _, target = entry_levels(rules, book, a, limit)
        best, part = (high if side > 0.0 else low), part_from(rules, a, quantity, 0)
        profit = side * best >= side * target and not target_arms_take(rules, book[a, ORDER_TAKE_FROM])
        if part < rules.part_gain.shape[0]:
            profit |= side * best >= side * part_level(rules, a, side, limit, part)
        if profit and decide_by_finer_bars(t, a, market, rules, state, tape):
            return
    fill_inside(state, tape, rules, a, market.open_time[t], high, low)


@inlined
def live_inside(t, market, rules, state, tape):
    """Step 6: each asset in order lives through the bar."""
    book = state.book
    for a in range(book.shape[0]):
        if market.present[t, a]:
            if book[a, QUANTITY] != 0.0:
                pass_bar(t, a, market, rules, state, tape)
            elif waits_at_a_limit(book, a):
                wait_inside(t, a, market, rules, state, tape)
    for a in range(book.shape[0]):  # only now: a liquidation closes the others at prices known before
        if market.present[t, a] and book[a, QUANTITY] != 0.0:
            if book[a, ENTRY_BAR] == state.account[BAR] and book[a, ENTRY_MOMENT] == codes.INSIDE:
                see_entry_bar(book, a, market.low[t, a], market.high[t, a])
                see(book, a, market.close[t, a], market.close[t, a])
            else:
                see(book, a, market.low[t, a], market.high[t, a])
