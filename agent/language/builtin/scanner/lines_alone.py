"""Lines of the chart alone beside an order: ``mid band = sell``, ``20 day high buy``, ``psar as the exit``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.conditions.kinds import CHANNELS, CLOSE, FLIPPING, price_scaled
from agent.language.builtin.rules import Compare, Number
from agent.language.builtin.scanner.arrivals import EXTREMES
from agent.language.builtin.scanner.progress import clause_ends

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.rules import Series
    from agent.language.builtin.scanner.progress import Progress


def serves_as(so_far: Progress, found: Series) -> str | None:
    """Take the ``as`` of ``mid line as the exit``, ``20 bar high as entry``: enter or exit, None where none follows."""
    c, start = so_far.c, so_far.c.at
    drawn = price_scaled(found) and (found.type not in CHANNELS or found.output is not None)
    told = found.type in FLIPPING and any(
        one.tag == "indicator" and one.data.type == found.type for one in c.tokens[c.at :]
    )
    if drawn and not told and c.accept_text("as"):  # "psar as the exit: sell when the dots go over price" says it all
        c.skip("the", "my", "a", "an", "our")
        if c.is_tag("action") and c.data()[0] in ("enter", "exit"):
            return str(c.data()[0])
    c.at = start
    return None


def joins_a_rule(so_far: Progress, found: Series, at: int) -> bool:
    """``... at the lower band`` behind a rule, ``... or upper band`` beside one: the price comes to that line."""
    if found.output not in ("upper", "middle", "lower") or not _stands_alone(so_far.c):
        return False
    placed = [token.text for token in so_far.c.tokens[max(0, at - 2) : at + 2]]
    if so_far.follows("condition"):
        return "at" in placed
    return so_far.follows("or") and len(so_far.items) > 1 and so_far.items[-2].kind == "condition"


def is_a_state(so_far: Progress, found: Series) -> bool:
    """``supertrend and rsi > 50 long``: a line that flips, joined to a rule, is on the side of that rule."""
    c = so_far.c
    if found.type not in FLIPPING or not (so_far.starts_clause() or so_far.follows("action", "when")):
        return False
    if not (c.is_text("and", "+", "&", "plus", "with") and c.is_tag("indicator", "field", ahead=1)):
        return False
    ahead = 2
    while c.is_number(ahead) or c.is_text("(", ")", "/", ahead=ahead):
        ahead += 1
    return c.is_tag("compare", ahead=ahead)


def state_of(so_far: Progress, found: Series) -> Compare:
    """The side of a line that flips for the order of its clause; where no order stands there, its role decides."""
    c = so_far.c
    orders = [so_far.items[-1].data] if so_far.follows("action") else []
    for token in c.tokens[c.at :]:
        if token.text in (",", ".", ";") or orders:
            break
        if token.tag == "action":
            orders.append(token.data)
    if not orders or orders[0][0] != "enter" or orders[0][1] not in ("long", "short") or found.type != "supertrend":
        return Compare("beyond", CLOSE, found)
    return Compare("eq", replace(found, output="direction"), Number(1.0 if orders[0][1] == "long" else -1.0))


def points_at_action(so_far: Progress, found: Series) -> bool:
    """``mid band = sell``: a line of the chart that points at an exit is where the price has to come to."""
    c = so_far.c
    if found.type in EXTREMES and (c.is_text("buys", "sells", "enters", "exits") or _for_a_side(c)):
        return True  # "20 day closing high buys, 10 day closing low sells", "20 bar low for shorts"
    if found.type in EXTREMES and c.is_tag("action") and so_far.starts_clause():
        return True  # "20 day high buy, 10 day low sell"
    if found.type in EXTREMES and so_far.starts_clause() and c.is_text("in") and clause_ends(c, ahead=1):
        return True  # "20 day high in, 10 day low out"
    if found.type in EXTREMES and so_far.starts_clause() and (c.is_text("on", "w/") or c.is_tag("with")):
        return c.is_number(1) or c.is_tag("multiple", "field", "indicator", ahead=1)  # "20 day high on 2x volume"
    acted = so_far.follows("action", "when") or (so_far.follows("and") and so_far.items[-1].data == "with")
    if acted and found.type in EXTREMES and _stands_alone(c):
        return True  # "exit new 20 day high", "20 bar low for shorts"
    exits = so_far.follows("action") and so_far.items[-1].data[0] == "exit"
    if exits and found.output in ("upper", "middle", "lower") and _stands_alone(c):
        return True  # "exit mid band"
    begins = so_far.starts_clause()
    whole = found.type == "donchian" and found.output is None and not found.bare
    if begins and whole and sum(one.tag == "indicator" and one.data.type == "donchian" for one in c.tokens) > 1:
        return (c.is_tag("action") and c.data()[1] != "both") or (c.is_text("in") and clause_ends(c, ahead=1))
    if begins and c.is_tag("action") and found.output in ("upper", "middle", "lower") and c.data()[1] != "both":
        return True  # "lower band buy, upper band sell"
    following = c.peek(1)
    if not c.is_text("=", "->", "=>", "→", "-->") or following is None or following.tag != "action":
        return False
    return found.type in EXTREMES or (found.output is not None and following.data[0] == "exit")


def _for_a_side(c: Cursor) -> bool:
    """True before ``for longs``, ``for the short side``."""
    if not c.is_tag("for") and not c.is_text("for"):
        return False
    return c.is_tag("action", ahead=2 if c.is_text("the", "a", ahead=1) else 1)


def _stands_alone(c: Cursor) -> bool:
    """True where nothing more is said of a series: at the end of its clause."""
    return clause_ends(c, marks=(",", ".", ";", ")", "/")) or c.is_tag("and", "or", "action", "stop", "target", "trail")
