"""Reading conditions: comparisons, crosses, breaks, turns, runs, changes, signs, shapes of candles, ranges."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.calendar import calendar_condition
from agent.language.builtin.operands import AVERAGES, arithmetic, main_line, operand, pair, timeframe_here
from agent.language.builtin.rules import (
    FLIPPED,
    Compare,
    Condition,
    Field,
    Group,
    Lasting,
    Math,
    Not,
    Number,
    Operand,
    Opposite,
    Run,
    Series,
    Span,
    Unit,
    When,
    contrary,
    joined,
    lagged,
)

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.tokens import Token

CLOSE = Field("close")
LEVELS = {
    "rsi": (30.0, 70.0), "stoch": (20.0, 80.0), "stochf": (20.0, 80.0), "stochrsi": (20.0, 80.0), "mfi": (20.0, 80.0),
    "cci": (-100.0, 100.0), "williams_r": (-80.0, -20.0), "cmo": (-50.0, 50.0), "ultosc": (30.0, 70.0),
}  # fmt: skip
"""Oversold and overbought where nobody says otherwise: the levels their authors published."""

PERCENT_SCALED = ("rsi", "stoch", "stochf", "stochrsi", "mfi", "ultosc")
ZEROED = ("macd", "momentum", "roc", "cci", "trix", "ppo", "cmo", "cmf", "obv", "zscore", "aroon", "linearreg")
UP, DOWN = "up", "down"


def condition(c: Cursor) -> Condition | None:
    """Read one condition; None, and the cursor where it was, when there is none."""
    start = c.at
    for reader in (
        calendar_condition,
        _function,
        _in_range,
        _zero_line_cross,
        _shape,
        _opposite,
        _pair_cross,
        _both_of,
        _either_of,
        _counted_break,
        _sentence,
    ):
        found = reader(c)
        if found is not None:
            _remember(c, found)
            return _lasting(c, found)
        c.at = start
    return None


def _remember(c: Cursor, found: Condition) -> None:
    c.mind.acted = False
    if isinstance(found, Compare):
        c.mind.last = found
        if "cross" in found.when:
            c.mind.crossing = found


def _lasting(c: Cursor, found: Condition) -> Condition:
    """``for 3 bars``, ``3 bars in a row``, ``within the last 5 bars``."""
    start = c.at
    within = False
    while c.is_text("at", "any", "some", "time", "point", "least", "once", "at least") and not c.is_number():
        c.take()
    for_words = bool(c.accept_tag("for"))
    if not for_words and c.accept_tag("within"):
        within = True
    if not for_words and not within and c.is_text("in", "over", "during") and c.is_tag("previous", ahead=1):
        c.take()
        within = True
    if not for_words and not within and c.is_text("at", "on") and c.is_text("some", "any", ahead=1):
        within = False
    c.skip_fillers()
    if (for_words and c.is_text("at least")) or (c.is_tag("compare") and c.is_text("at least")):
        c.take()
    if within:
        c.accept_tag("previous")
    if c.is_number() and (c.is_tag("unit", ahead=1) or c.is_tag("row", ahead=1)):
        number = c.take().value or 0.0
        unit: Unit = c.take().data if c.is_tag("unit") else "bar"
        row = c.accept_tag("row")
        while c.is_text("in") and c.is_text("row", "a", ahead=1):
            c.take()
            row = row or c.peek()
        if number >= 1 and (for_words or row is not None or within) and not c.is_tag("ago"):
            if isinstance(found, Run) and not within:
                return replace(found, bars=int(number))
            return Lasting(found, None, Span(number, unit)) if within else Lasting(found, Span(number, unit))
    elif c.is_number() and c.is_tag("row", ahead=1):
        pass
    c.at = start
    return found


def _in_range(c: Cursor) -> Condition | None:
    """``close in the top 25% of the bar``, ``bar range > 1.5x atr``: the close's place in the bar, its width."""
    start = c.at
    c.skip_fillers()
    width = Math("-", Field("high"), Field("low"))
    if (c.is_tag("unit") and c.is_text("range", "size", ahead=1)) or (
        c.is_text("range") and c.is_tag("compare", ahead=1)
    ):
        c.at += 2 if c.is_tag("unit") else 1
        found = _predicate(c, width, implied=False)
        if found is None:
            c.at = start
        return found
    field = c.accept_tag("field")
    while c.is_tag("verb") or c.is_text("in", "at", "near", "within", "the", "finishing", "of"):
        c.take()
    token = c.peek()
    if (
        field is not None
        and token is not None
        and token.text in ("top", "upper", "bottom", "lower")
        and c.is_number(1)
        and c.is_tag("percent", ahead=2)
    ):
        c.take()
        share = (c.take().value or 0.0) / 100
        c.take()
        if c.accept_text("of"):
            c.skip_fillers(also=("days", "day"))
            if c.accept_tag("unit") or c.is_text("range"):
                c.accept_text("range")
                top = token.text in ("top", "upper")
                height = Math("*", Number(round(1 - share, 10) if top else share), width)
                return Compare("gte" if top else "lte", CLOSE, Math("+", Field("low"), height))
    c.at = start
    return None


def _zero_line_cross(c: Cursor) -> Condition | None:
    """``macd zero line cross``, ``rsi 50 cross``: a level named in front of the verb."""
    start = c.at
    left = operand(c)
    if isinstance(left, Series) and left.type not in AVERAGES and c.is_number():
        level = Number(c.take().value or 0.0)
        c.skip_fillers(also=("line", "level"))
        token = c.peek()
        if (
            token is not None
            and token.tag == "verb"
            and token.data[0] == "cross"
            and not c.is_tag("indicator", "line", ahead=1)
        ):
            way = c.take().data[1] or _way(c)
            c.mind.topic = left
            return Compare({UP: "crosses_above", DOWN: "crosses_below", None: "cross"}[way], left, level)  # type: ignore[arg-type]
    c.at = start
    return None


def _function(c: Cursor) -> Condition | None:
    """``cross(close, ma(close, 30))``, ``crossover(a, b)``, ``crossunder(a, b)``."""
    token = c.peek()
    if token is None or token.tag != "verb" or token.data[0] != "cross" or not c.is_text("(", ahead=1):
        return None
    c.at += 2
    left = operand(c)
    if left is None or not c.accept_text(","):
        return None
    right = operand(c)
    if right is None and c.is_number():
        right = Number(c.take().value or 0.0)
    if right is None or not c.accept_text(")"):
        return None
    c.mind.topic, c.mind.other = left, right
    return Compare("crosses_below" if "under" in token.text or token.data[1] == DOWN else "crosses_above", left, right)


def _counted_break(c: Cursor) -> Condition | None:
    """``40 bar breakout``, ``20 day breakdown``: a close beyond every bar of the span before."""
    start = c.at
    c.accept_text("a", "an", "the")
    token = c.peek()
    span: Span | None = None
    if token is not None and token.kind == "span":
        span = c.take().data
    elif c.is_number() and c.is_tag("unit", ahead=1):
        span = Span(c.take().value or 0.0, c.take().data)
    if span is not None and (span.unit in ("minute", "hour") or span.n < 2):
        span = None  # "5 min breakout": the timeframe
    verb = c.peek()
    if span is not None and verb is not None and verb.tag == "verb" and verb.data[0] == "break":
        if verb.text in ("breakout", "breakouts", "breakdown", "breakdowns", "upside breakout", "downside breakout"):
            c.take()
            c.accept_text("up", "down")
            channel = Series("donchian", (("length", span),))
            c.mind.mentions.append(channel)
            if verb.data[1] is None:
                return Compare("cross", CLOSE, channel)
            up = verb.data[1] == UP
            return Compare("gt" if up else "lt", CLOSE, replace(channel, output="upper" if up else "lower"))
    c.at = start
    return None


def _either_of(c: Cursor) -> Condition | None:
    """``either over 70``: one or the other of the two series spoken of last."""
    start = c.at
    if c.is_text("either", "any of them", "any") and c.is_tag("compare", "verb", ahead=1):
        c.take()
        spoken = list(dict.fromkeys(one for one in reversed(c.mind.mentions) if not _price_scaled(one)))[:2]
        here, found, end = c.at, [], c.at
        for series in reversed(spoken):
            c.at = here
            one = _predicate(c, series, implied=True)
            if one is not None:
                found.append(one)
                end = c.at
        if len(found) == 2:
            c.at = end
            return joined("or", found)
    c.at = start
    return None


def _both_of(c: Cursor) -> Condition | None:
    """``both below 20``: the two lines spoken of last."""
    start = c.at
    spoken = list(dict.fromkeys(one for one in reversed(c.mind.mentions)))[:2]
    known = isinstance(c.mind.topic, Series) and isinstance(c.mind.other, Series)
    if c.accept_text("both") and (known or len(spoken) == 2):
        if c.accept_text("of"):
            c.accept_text("them", "those", "these", "the")
        c.accept_text("lines")
        first, second = (c.mind.topic, c.mind.other) if known else (spoken[1], spoken[0])
        here = c.at
        one = _predicate(c, first, implied=True)
        end = c.at
        c.at = here
        two = _predicate(c, second, implied=True)
        if one is not None and two is not None and c.at == end:
            return joined("and", [one, two])
    c.at = start
    return None


def _opposite(c: Cursor) -> Condition | None:
    return Opposite() if c.accept_tag("opposite") else None


def _pair_cross(c: Cursor) -> Condition | None:
    """``20/50 ema cross``, ``ma crossover 9 21``, ``sma 50 and 200 golden cross``, ``9 over 21 ema``."""
    named = _named_cross(c)
    if named is not None:
        return named
    both = pair(c)
    if both is None:
        return None
    c.skip_fillers()
    token = c.peek()
    one, two = both
    fast, slow = sorted(both, key=lambda series: series.input("length").n)
    if token is not None and token.tag == "verb" and token.data[0] in ("cross", "break", "event", "turn"):
        _, way = c.take().data
        way = way or _way(c)
        c.mind.topic, c.mind.other = fast, slow
        return Compare({UP: "crosses_above", DOWN: "crosses_below", None: "cross"}[way], fast, slow)  # type: ignore[arg-type]
    if token is not None and token.tag == "setup":
        c.take()
        c.mind.topic, c.mind.other = fast, slow
        return Compare("crosses_above" if token.data == "golden_cross" else "crosses_below", fast, slow)
    crossed = any(t.tag == "verb" and t.data[0] == "cross" for t in c.tokens[max(0, c.at - 6) : c.at])
    if crossed:
        c.mind.topic, c.mind.other = fast, slow
        verbs = [t for t in c.tokens[max(0, c.at - 6) : c.at] if t.tag == "verb" and t.data[0] == "cross"]
        way = verbs[-1].data[1] or _way(c)
        return Compare({UP: "crosses_above", DOWN: "crosses_below", None: "cross"}[way], fast, slow)  # type: ignore[arg-type]
    if any(t.text == "over" for t in c.tokens[max(0, c.at - 4) : c.at]):
        c.mind.topic, c.mind.other = one, two
        return Compare("gt", one, two)
    return None


def _named_cross(c: Cursor) -> Condition | None:
    """``golden cross of ma 5 over ma 20``, ``sma 5 golden cross sma 20``."""
    start = c.at
    left = operand(c) if not c.is_tag("setup") else None
    token = c.accept_tag("setup")
    if token is None or token.data not in ("golden_cross", "death_cross"):
        c.at = start
        return None
    if left is None:
        c.accept_text("of", "between", "from")
        left = operand(c)
    while c.is_tag("compare", "and", "with") or c.is_text("over", "and", "/", "with", "the", "above"):
        c.take()
    right = operand(c) if left is not None else None
    if left is None or right is None or isinstance(left, Number):
        c.at = start
        return None
    c.mind.topic, c.mind.other = left, right
    return Compare("crosses_above" if token.data == "golden_cross" else "crosses_below", left, right)


def _way(c: Cursor) -> str | None:
    """Take a direction word and return which way it points."""
    start = c.at
    c.skip_fillers(also=("back", "again", "through", "out", "from"))
    token = c.peek()
    if token is not None:
        if token.tag == "compare" and token.data in ("gt", "gte"):
            c.take()
            _again(c)
            return UP
        if token.tag == "compare" and token.data in ("lt", "lte"):
            c.take()
            _again(c)
            return DOWN
        if token.tag == "up":
            c.take()
            _again(c)
            return UP
        if token.tag == "down":
            c.take()
            _again(c)
            return DOWN
    c.at = start
    return None


def _whence(c: Cursor) -> str | None:
    """``from below`` is upwards, ``from the top`` downwards."""
    start = c.at
    if c.accept_text("from"):
        c.accept_text("the")
        token = c.peek()
        if token is not None and token.text in ("below", "under", "beneath", "bottom", "underneath", "downside"):
            c.take()
            return UP
        if token is not None and token.text in ("above", "over", "top", "upside"):
            c.take()
            return DOWN
    c.at = start
    return None


def _again(c: Cursor) -> None:
    """Go past a second direction word that says the same: ``up over``, ``up through``, ``above from below``."""
    while True:
        start = c.at
        if c.accept_text("from", "through", "and", "thru"):
            if not c.accept_tag("compare", "up", "down"):
                if c.is_text("the") and c.is_text("bottom", "top", "upside", "downside", ahead=1):
                    c.at += 2
                    continue
                if c.tokens[c.at - 1].text not in ("through", "thru"):
                    c.at = start
                return
            continue
        if c.is_tag("compare") and c.is_text("above", "over", "below", "under", "past"):
            c.take()
            continue
        return


def _sentence(c: Cursor) -> Condition | None:
    """``[left] verb [direction] right``, either side left out where the talk before it says what is meant."""
    start = c.at
    if c.is_text("from") and c.mind.crossing is not None and (way := _whence(c)) is not None:
        crossing = c.mind.crossing
        return Compare("crosses_above" if way == UP else "crosses_below", crossing.left, crossing.right)
    again = _crossing_again(c) or _band_touch(c)
    if again is not None:
        return again
    framed = _on_other_frame(c)
    bare = framed or main_line(c)
    c.skip_fillers()
    changed = _leading_change(c) if bare is None else None
    if changed is not None:
        return changed
    here = c.at
    left = bare or operand(c)
    implied = left is None
    if (
        isinstance(left, Series)
        and left.type in AVERAGES
        and c.is_text("x")
        and c.is_tag("indicator", "average", ahead=1)
    ):
        c.take()  # "sma 20 x sma 100"
        slow = operand(c)
        if isinstance(slow, Series) and slow.type in AVERAGES:
            c.mind.topic, c.mind.other = left, slow
            return Compare("cross", left, slow)
        c.at = here
        left = operand(c)
    if isinstance(left, Series) and left.type in ("highest", "lowest") and c.accept_text("does", "do", "did"):
        return _broken(c, left, None)  # "short when the 10 week low does"
    if left is None:
        left = c.mind.topic
        if not _starts_with_direction(c):
            c.at = start
            return None
    else:
        left = _and_left(c, left)
    before = c.mind.topic
    if not implied:
        c.mind.topic = left
    if not implied and _is_distance(left) and c.is_tag("compare") and c.peek().data in ("gt", "lt"):  # type: ignore[union-attr]
        c.at = here
        c.mind.topic = CLOSE
        left, implied = CLOSE, True  # "two atr below vwap"
    found = _predicate(c, left, implied=implied)
    if found is None:
        c.at, c.mind.topic = start, before
        return None
    if implied and isinstance(found, Compare) and _price_scaled(found.right) and found.left == left:
        source = found.right.input("source") if isinstance(found.right, Series) else None
        if not _price_scaled(found.left) and source != left:
            found = replace(found, left=CLOSE)  # "... volume over its average buy, loses vwap sell"
            c.mind.topic = CLOSE
    return _chained(c, found)


def _is_distance(left: Operand | None) -> bool:
    """True for a multiple of a range, which is no level by itself."""
    return (
        isinstance(left, Math)
        and left.op == "*"
        and isinstance(left.right, Series)
        and left.right.type in ("atr", "stdev")
        and isinstance(left.left, Number)
    )


def _crossing_again(c: Cursor) -> Condition | None:
    """``up = long, down = short``: the crossing spoken of, in the direction that stands alone."""
    token = c.peek()
    if token is None or token.tag not in ("up", "down") or c.mind.crossing is None:
        return None
    following = c.peek(1)
    if following is None or (following.tag != "action" and following.text not in ("=", "->", "=>", ":")):
        return None
    c.take()
    return replace(c.mind.crossing, when="crosses_above" if token.tag == "up" else "crosses_below")


def _band_touch(c: Cursor) -> Condition | None:
    """``lower touch``, ``touch of the upper``: the price comes to a band of the channel spoken of."""
    channels = [one for one in c.mind.mentions if one.type in ("bbands", "keltner", "donchian")]
    if not channels or not c.is_text("lower", "upper") or not c.is_tag("verb", ahead=1):
        return None
    if c.peek(1).data[0] != "reach":  # type: ignore[union-attr]
        return None
    band = replace(channels[-1], output=c.take().text)
    c.take()
    return Compare("reach", CLOSE, band)


def _on_other_frame(c: Cursor) -> Series | None:
    """``... and on the 4h crosses above 40``: the series spoken of, on another timeframe."""
    start = c.at
    if isinstance(c.mind.topic, Series) and c.accept_text("on", "at"):
        c.accept_text("the")
        frame = timeframe_here(c)
        while c.is_tag("chart"):
            c.take()
        if frame is not None and c.is_tag("verb", "compare", "sign"):
            found = replace(c.mind.topic, timeframe=frame)
            c.mind.mentions.append(found)
            return found
    c.at = start
    return None


def _chained(c: Cursor, found: Condition) -> Condition:
    """``ema20 > ema50 > ema200``: each right side is the left of the next."""
    if (
        isinstance(found, Compare)
        and "cross" in found.when
        and c.is_tag("compare")
        and c.is_number(1)
        and not c.is_tag("percent", ahead=2)
    ):
        when = c.take().data  # "k crosses d below 20": the cross, and where it happens
        return joined("and", [found, Compare(when, found.left, Number(c.take().value or 0.0))])
    parts = [found]
    while isinstance(last := parts[-1], Compare) and c.is_tag("compare") and not isinstance(last.right, Number):
        start = c.at
        when = c.take().data
        right = _right(c, last.right)
        if right is None:
            c.at = start
            break
        parts.append(Compare(when, last.right, right))
    return joined("and", parts)


def _and_left(c: Cursor, left: Operand) -> Operand:
    c.skip_fillers(also=("level", "line", "reading"))
    return left


def _starts_with_direction(c: Cursor) -> bool:
    return (
        c.is_text("back", "again", "not")
        or c.is_number()
        or c.is_tag("verb", "compare", "sign", "between", "up", "down")
    )


def _predicate(c: Cursor, left: Operand | None, *, implied: bool) -> Condition | None:
    """What is said of ``left``."""
    start = c.at
    negated = bool(c.accept_tag("not"))
    verb, way, saw_verb = None, None, False
    while True:
        c.skip_fillers(also=("back", "again", "still", "now", "first", "then", "also", "already", "just", "up to"))
        token = c.peek()
        if token is None or token.tag != "verb":
            if token is not None and token.tag == "not" and saw_verb and not negated:
                c.take()
                negated = True
                continue
            break
        if verb == "cross" and token.data[0] == "cross" and token.data[1] is not None and way is None:
            way = token.data[1]  # "crosses up through"
            c.take()
            continue
        if verb in ("cross", "break", "move", "turn", "trend") and token.data[0] != "state":
            break
        c.take()
        saw_verb = True
        new_verb, new_way = token.data
        if new_verb == "state" and verb is not None:
            continue
        if (verb == "event" and new_verb in ("trend", "move", "turn", "cross")) or verb in (None, "state"):
            verb, way = new_verb, new_way
        elif verb == "reach" or new_verb == "reach":
            verb = "reach"
    if verb == "state":
        verb = None
    found = _said_of(c, left, verb, way, implied=implied)
    if found is None:
        c.at = start
        return None
    return Not(found) if negated else found


def _said_of(c: Cursor, left: Operand | None, verb: str | None, way: str | None, *, implied: bool) -> Condition | None:
    c.skip_fillers(also=("back", "again"))
    token = c.peek()
    if token is not None and token.tag == "between" and left is not None:
        return _between(c, left)
    if verb is not None and isinstance(left, Series) and (sign := _plus_or_minus(c)) is not None:
        c.mind.topic = left
        return Compare("crosses_above" if sign == UP else "crosses_below", left, Number(0.0))
    if token is not None and token.tag == "sign" and left is not None:
        partner = (
            _partner(c, left)
            if verb == "cross" and way is not None and token.data in ("positive", "negative")
            else None
        )
        if partner is not None and partner != Number(0.0):
            c.take()  # "macd crosses up below zero": where it crosses its signal
            c.mind.topic = left
            crossed = Compare("crosses_above" if way == UP else "crosses_below", left, partner)
            return joined("and", [crossed, Compare("gt" if token.data == "positive" else "lt", left, Number(0.0))])
        return _sign(c, left, verb)
    if verb == "cross":
        way = way or _whence(c) or _way(c)
        if implied and c.mind.crossing is not None:
            here = c.at
            if _right(c, c.mind.crossing.left) is None:
                c.at = here
                crossing = c.mind.crossing
                when = {UP: "crosses_above", DOWN: "crosses_below", None: "cross"}[way]
                return Compare(when, crossing.left, crossing.right)  # type: ignore[arg-type]
            c.at, left = here, c.mind.crossing.left
        return _crossed(c, left, way)
    if verb == "break":
        return _broken(c, left, way or _way(c))
    if verb == "turn":
        return _turned(c, left, way or UP)
    if verb == "trend" and left is not None:
        if c.is_tag("compare"):
            return _crossed(c, left, _way(c))
        return _trend(c, left, way or UP)
    if verb == "move":
        return _moved(c, left, way or UP)
    if verb in (None, "event", "reach", "move") and (high := _new_extreme(c, left or CLOSE)) is not None:
        return high
    if verb == "reach" and left is not None:
        return _reached(c, left)
    if verb == "event":
        return _event(c, left)
    return _compared(c, left, implied=implied)


def _plus_or_minus(c: Cursor) -> str | None:
    """``from minus to plus``, ``to minus``, ``to positive``: the sign a series changes to."""
    start = c.at
    ways = {"plus": UP, "positive": UP, "minus": DOWN, "negative": DOWN}
    c.accept_text("from")
    if c.is_text(*ways) and c.is_text("to", "into", ahead=1):
        c.take()
    c.accept_text("to", "into")
    token = c.peek()
    if token is None or token.text not in ways or c.is_number(1):
        c.at = start
        return None
    c.take()
    if token.text in ("plus", "minus") and not _ends_here(c) and not c.is_tag("while"):
        c.at = start
        return None
    c.accept_text("territory")
    return ways[token.text]


def _new_extreme(c: Cursor, left: Operand) -> Condition | None:
    """``makes a new 20 day high``, ``is the highest close of 50 bars``: beyond every bar before."""
    start = c.at
    c.skip_fillers()
    if c.is_tag("new", "extreme") or (c.is_number() and c.is_tag("unit", ahead=1)) or c.is_tag("span"):
        found = operand(c)
        if isinstance(found, Series) and found.type in ("highest", "lowest"):
            lag = 1
            if isinstance(left, Series) and left.input("length") == Span(1):  # "yesterday's volume"
                lag = left.lag + 1
                found = replace(found.having(source=left.input("source")), timeframe=left.timeframe)
            elif isinstance(left, Series) and left.type not in ("highest", "lowest"):
                found = found.having(source=left)
            elif isinstance(left, Field) and (left.name == "volume" or left.lag):
                lag = left.lag + 1
                found = found.having(source=left.name) if left.name == "volume" else found
            c.mind.topic, c.mind.other = left, found
            return Compare("gt" if found.type == "highest" else "lt", left, replace(found, lag=lag))
    c.at = start
    return None


def _between(c: Cursor, left: Operand) -> Condition | None:
    inside = c.is_text("inside")
    c.take()
    if inside and isinstance(left, Series) and left.output is None and left.type in ("bbands", "keltner", "donchian"):
        start = c.at
        outer = operand(c)
        if isinstance(outer, Series) and outer.output is None and outer.type in ("bbands", "keltner", "donchian"):
            c.mind.topic = left
            over = Compare("lt", replace(left, output="upper"), replace(outer, output="upper"))
            return Group("and", (over, Compare("gt", replace(left, output="lower"), replace(outer, output="lower"))))
        c.at = start
    low = _right(c, left)
    if low is None or not (c.accept_tag("and") or c.accept_text("-", "to", "and")):
        return None
    high = _right(c, left)
    if high is None:
        return None
    c.mind.topic = left
    return Group("and", (Compare("gte", left, low), Compare("lte", left, high)))


def _sign(c: Cursor, left: Operand, verb: str | None) -> Condition | None:
    sign = c.take().data
    before = c.mind.last.left if c.mind.last is not None else None
    event = verb in ("event", "turn", "cross", "move", "break")
    c.mind.topic = left
    if sign in ("positive", "negative"):
        last = c.mind.last
        if (
            last is not None
            and last.when.startswith("crosses")
            and (last.left, last.right) == (left, Number(0.0))
            and c.mind.acted
        ):
            event = True  # "flips above zero long, below zero short"
        up = sign == "positive"
        return Compare(
            ("crosses_above" if up else "crosses_below") if event else ("gt" if up else "lt"), left, Number(0.0)
        )
    if sign in ("oversold", "overbought") and isinstance(left, Series) and left.type in LEVELS:
        low, high = LEVELS[left.type]
        level, up = (low, False) if sign == "oversold" else (high, True)
        if c.is_text("(") and (c.is_number(1) or c.is_tag("compare", ahead=1)):
            ahead = 1 if c.is_number(1) else 2
            if c.is_number(ahead) and c.is_text(")", ahead=ahead + 1):
                level = c.peek(ahead).value or 0.0  # type: ignore[union-attr]
                c.at += ahead + 2
        else:
            c.mind.notes.append(f"{sign}:{left.type}:{level:g}")
        return Compare(
            ("crosses_above" if up else "crosses_below") if event else ("gt" if up else "lt"), left, Number(level)
        )
    if sign in ("bullish", "bearish") and left != before:
        return _turned(c, left, UP if sign == "bullish" else DOWN, state=not event)
    return None


def _crossed(c: Cursor, left: Operand | None, way: str | None) -> Condition | None:
    if way is not None:
        c.accept_text("through", "thru", "back through", "past")
    when = {UP: "crosses_above", DOWN: "crosses_below", None: "cross"}[way]
    if way is not None and c.is_tag("compare") and c.is_text("above", "over", "below", "under", "past"):
        c.take()  # "crosses up over"
    right = _right(c, left)
    if left is None:
        return None
    if (
        right is None
        and isinstance(left, Math)
        and left.op == "/"
        and isinstance(left.left, Series)
        and isinstance(left.right, Series)
    ):
        right = left.right  # "dema 10 / dema 40 cross"
        left = left.left
    if right is None:
        right = _partner(c, left)
        if right is None:
            return None
    elif way is None:
        located = c.is_tag("compare") and (c.is_number(1) or c.is_tag("indicator", "line", "field", ahead=1))
        way = _whence(c) or (None if located else _way(c))
        when = {UP: "crosses_above", DOWN: "crosses_below", None: "cross"}[way]
    if not isinstance(right, Number):
        c.mind.other = right
    c.mind.topic = left
    if way is None:
        c.accept_tag("opposite")  # "crosses the average the other way": the way its role asks for
    left, right = _sensible(c, left, right)
    if isinstance(left, Field) and left.name == "volume" and when == "cross":
        when = "gt"
    return Compare(when, left, _excluding_now(left, right))  # type: ignore[arg-type]


def _partner(c: Cursor, left: Operand) -> Operand | None:
    """What a series is understood to cross when nothing is named: its signal line, its slow line, its own level."""
    if isinstance(left, Series):
        if left.type == "macd":
            return Number(0.0) if left.output == "hist" else replace(left, output="signal")
        if left.type in ("stoch", "stochf", "stochrsi"):
            return replace(left, output="d")
        if left.type == "adx" and left.output in (None, "adx"):
            return None
        if left.type in ("supertrend", "psar", "vwap", *AVERAGES) and c.mind.other is None:
            return None
        if left.type == "zscore" or (left.type in ZEROED and c.mind.other is None and left.type != "linearreg"):
            return Number(0.0)
    crossing = c.mind.crossing
    if c.mind.other == left and crossing is not None and crossing.right == left:
        return crossing.left  # "... and the minus line crosses above"
    return c.mind.other if c.mind.other != left else None


def _sensible(c: Cursor, left: Operand, right: Operand) -> tuple[Operand, Operand]:
    """Mend lines that were named loosely: ``macd crosses signal``, ``plus di over minus di``, supertrend over price."""
    if (
        isinstance(left, Series)
        and isinstance(right, Number)
        and left.type in AVERAGES
        and left.input("source") in (None, "close")
    ):
        if not left.bare and right.value == int(right.value) and 2 <= right.value <= 500:
            right = replace(left.having(length=Span(right.value)), lag=0)  # "ema 20 crosses 50"
            c.mind.mentions.append(right)
    if isinstance(left, Series) and isinstance(right, Series):
        if left.type == right.type == "macd" and right.output == "signal" and right.bare:
            right = replace(left, output="signal")
        if left.type == "stoch" and right.type == "stoch" and right.bare and not left.bare:
            right = replace(left, output=right.output)
        if left.type == "stochrsi" and right.type == "stoch" and right.output == "d":
            right = replace(left, output="d")
        if right.unsaid == "line" and right.type == "macd" and left.type in ("stoch", "stochrsi", "stochf"):
            right = replace(left, output="d")  # "crosses its signal line"
        if (
            right.unsaid == "line"
            and right.type == "macd"
            and left.type in (*AVERAGES, "rsi", "obv", "cci", "trix", "adx")
        ):
            return left, right
    return left, right


def _broken(c: Cursor, left: Operand | None, way: str | None) -> Condition | None:
    """``breaks above the 20 day high``, ``breaks out of the range``, ``break of the high``."""
    c.skip_fillers(also=("out", "of", "through"))
    here = c.at
    right = _right(c, left, breaking=True)
    if right is not None and c.is_tag("action") and isinstance(right, Field) and right.name == "close":
        c.at, right = here, None
    if (
        right is None
        and (channel := _channel_in_mind(c)) is not None
        and (left is None or left == c.mind.topic or left == CLOSE)
    ):
        right, left = channel, CLOSE
    if (
        isinstance(left, Series)
        and left.type in ("donchian", "bbands", "keltner", "opening_range", "highest", "lowest")
        and right is None
    ):
        right, left = left, CLOSE  # "donchian breakout": the price breaks it
    if isinstance(right, Field) and right.name in ("high", "low") and not right.lag:
        ranges = [one for one in c.mind.mentions if one.type == "opening_range"]
        if ranges or any(
            token.tag == "indicator" and getattr(token.data, "type", "") == "opening_range" for token in c.tokens
        ):
            line = Series("opening_range", output=right.name, bare=True)
            c.mind.topic, c.mind.other = right, line
            return Compare("gt" if right.name == "high" else "lt", right, line)
    if right is None:
        return None
    if left is None or isinstance(left, Number):
        left = CLOSE
    if (
        isinstance(right, Series)
        and right.type in ("donchian", "bbands", "keltner", "opening_range")
        and right.output is None
    ):
        if way is None:
            return _channel_break(left, right)
        names = {"opening_range": ("high", "low")}.get(right.type, ("upper", "lower"))
        right = replace(right, output=names[0] if way == UP else names[1])
    if way is None:
        way = _side_of(right)
    if way is None:
        when = "cross"
    else:
        when = "crosses_above" if way == UP else "crosses_below"
    if (
        isinstance(left, Series)
        and not _price_scaled(left)
        and isinstance(right, Series)
        and right.type in ("highest", "lowest")
        and right.input("source") in (None, "high", "low")
    ):
        right = right.having(source=left)  # "obv breaks its own 20 bar high"
    c.mind.topic, c.mind.other = left, right
    return Compare(when, left, _excluding_now(left, right))  # type: ignore[arg-type]


def _channel_in_mind(c: Cursor) -> Series | None:
    """The channel or extreme last spoken of: what a break without an object breaks."""
    for series in reversed(c.mind.mentions):
        if series.type in ("donchian", "bbands", "keltner", "opening_range") and series.output in (None, "width"):
            return replace(series, output=None)
    return None


def _channel_break(left: Operand, channel: Series) -> Condition:
    """A break whose direction the role decides: the channel stands open until then."""
    return Compare("cross", left, channel)


def _side_of(right: Operand) -> str | None:
    if isinstance(right, Series):
        if right.type == "highest" or right.output in ("upper", "high"):
            return UP
        if right.type == "lowest" or right.output in ("lower", "low"):
            return DOWN
    if isinstance(right, Field):
        return {"high": UP, "low": DOWN}.get(right.name)
    return None


def _excluding_now(left: Operand, right: Operand, when: str = "cross") -> Operand:
    """An extreme that holds the very bar it is compared with could never be passed: take it one bar back."""
    if isinstance(left, Series) and left.input("length") == Span(1) and left.timeframe is not None:
        left = Field("close")  # "1h close": the close of the strategy's own bar, as far as extremes go
    extreme = right.type if isinstance(right, Series) else None
    if when in ("gte", "lte") or (when, extreme) in (("gt", "lowest"), ("lt", "highest")):
        return right
    if isinstance(right, Series) and right.type in ("highest", "lowest") and right.lag == 0 and right.timeframe is None:
        if isinstance(left, Field) and left.lag == 0 and left.name != "volume":
            return lagged(right, 1)
        if isinstance(left, Field) and left.name == "volume" and right.input("source") == "volume" and left.lag == 0:
            return lagged(right, 1)
        if isinstance(left, Series) and right.input("source") == left:
            return lagged(right, 1)
    if isinstance(right, Math):
        if right.op in "*/" and isinstance(right.right, Number):
            return Math(right.op, _excluding_now(left, right.left, when), right.right)
        if right.op == "*" and isinstance(right.left, Number):
            return Math(right.op, right.left, _excluding_now(left, right.right, when))
    return right


def _turned(c: Cursor, left: Operand | None, way: str, *, state: bool = False) -> Condition | None:
    """``supertrend flips up``, ``macd turns positive``, ``the histogram turns up``."""
    up = way == UP
    right = None
    if c.is_tag("compare"):
        c.take()
        right = _right(c, left)
        if right is None and _ends_here(c):
            right = c.mind.other
    if left == c.mind.topic:
        flipping = [series for series in c.mind.mentions if series.type in ("supertrend", "psar")]
        left = flipping[-1] if flipping else left
    if left is None:
        return None
    c.mind.topic = left
    if right is not None:
        return Compare("crosses_above" if up else "crosses_below", left, right)
    if isinstance(left, Field) and any(word in c.tokens[c.at - 1].text for word in ("green", "red")):
        return Compare("gt" if up else "lt", CLOSE, Field("open"))
    if isinstance(left, Series):
        if left.type == "supertrend":
            return Compare("eq", replace(left, output="direction"), Number(1.0 if up else -1.0))
        if left.type == "psar":
            return (
                Compare("crosses_above" if up else "crosses_below", CLOSE, left)
                if not state
                else Compare("gt" if up else "lt", CLOSE, left)
            )
        if left.type == "macd" and left.output != "hist":
            when = ("gt" if up else "lt") if state else ("crosses_above" if up else "crosses_below")
            return Compare(when, left, replace(left, output="signal"))  # type: ignore[arg-type]
        if left.type in ("stoch", "stochrsi", "stochf"):
            when = ("gt" if up else "lt") if state else ("crosses_above" if up else "crosses_below")
            return Compare(when, left, replace(left, output="d"))  # type: ignore[arg-type]
        if left.type == "bbands" or left.type == "keltner":
            return None
        if left.type in AVERAGES and state:
            return Compare("gt" if up else "lt", left, lagged(left, 1))
    if isinstance(left, Field) and left.name == "close":
        if state:
            return Compare("gt" if up else "lt", CLOSE, Field("open"))
        return Compare("gt" if up else "lt", CLOSE, Field("close", 1))
    turn = Compare("gt" if up else "lt", left, lagged(left, 1))
    before = Compare("lte" if up else "gte", lagged(left, 1), lagged(left, 2))
    return Group("and", (turn, before))


def _trend(c: Cursor, left: Operand, way: str) -> Condition:
    c.mind.topic = left
    up = way == UP
    bars = 1
    start = c.at
    c.accept_tag("for")
    c.skip_fillers(also=("over",))
    c.accept_tag("previous")
    if c.is_number() and c.is_tag("unit", "row", ahead=1):
        bars = int(c.take().value or 1)
        c.take()
        c.accept_tag("row")
        while c.is_text("in") and c.is_tag("row", ahead=1):
            c.at += 2
    else:
        c.at = start
    if bars == 1:
        return Compare("gt" if up else "lt", left, lagged(left, 1))
    return Run("rising" if up else "falling", left, bars)


def _moved(c: Cursor, left: Operand | None, way: str) -> Condition | None:
    """``drops below 30``, ``falls 5% in 3 days``, ``rises``, ``rises back to 50``."""
    up = way == UP
    moved = _change(c, left or CLOSE, up)
    if moved is not None:
        return moved
    while c.is_text("through", "thru", "back through", "past", "out of"):
        c.take()
    if c.is_tag("compare"):
        towards = _way(c)
        if left is None:
            return None
        right = _right(c, left)
        if right is None and _ends_here(c) and c.mind.crossing is not None and towards is not None:
            crossing = c.mind.crossing  # "... cover when it recovers over"
            return replace(crossing, when="crosses_above" if towards == UP else "crosses_below")
        if right is None:
            return None
        c.mind.topic = left
        left, right = _sensible(c, left, right)
        if isinstance(left, Field) and left.name == "volume":
            return Compare("gt" if towards == UP else "lt", left, right)
        return Compare("crosses_above" if towards == UP else "crosses_below", left, _excluding_now(left, right))
    c.skip_fillers(also=("to", "into", "back"))
    if c.is_tag("sign") and left is not None:
        return _sign(c, left, "move")
    if left is None:
        return None
    if c.is_number() and c.is_tag("unit", "row", ahead=1):
        return _trend(c, left, way)
    right = _right(c, left)
    if right is not None:
        c.mind.topic = left
        left, right = _sensible(c, left, right)
        right = _by_a_distance(c, right, up=up)
        if isinstance(left, Field) and left.name == "volume":
            return Compare("gt" if up else "lt", left, right)
        return Compare("crosses_above" if up else "crosses_below", left, _excluding_now(left, right))
    return _trend(c, left, way)


def _change(c: Cursor, left: Operand, up: bool) -> Condition | None:
    """``by 5% in 3 days``, ``more than 2% from the previous close``: a move of the price in per cent."""
    start = c.at
    c.skip_fillers(also=("by",))
    strict = c.accept_tag("compare")
    c.skip_fillers()
    if not c.is_number() or not c.is_tag("percent", ahead=1):
        c.at = start
        return None
    value = abs(c.take().value or 0.0) / 100
    c.take()
    c.accept_tag("postfixed")
    bars: Span | None = None
    here = c.at
    base: Operand | None = None
    while c.is_text(
        "in", "over", "within", "from", "vs", "on", "a", "the", "during", "since", "versus", "against", "than"
    ) or c.is_tag("within"):
        c.take()
    previous = c.accept_tag("previous")
    token = c.peek()
    if token is not None and token.kind == "span":
        bars = c.take().data
    elif c.is_number() and c.is_tag("unit", ahead=1):
        number = c.take().value or 1.0
        bars = Span(number, c.take().data)
    elif c.is_tag("unit") and (previous or c.is_text("one", "single", "a", ahead=-1) or here != c.at):
        bars = Span(1, c.take().data)
    elif c.is_tag("field") and previous:
        base = Field(c.take().data, 1)
    elif previous is not None and previous.text in ("yesterday", "yesterdays"):
        bars = Span(1, "day")
    else:
        c.at = here
        base = operand(c) if c.accept_text("from", "below", "above", "under", "off") else None
        if base is None:
            c.at = here
    c.mind.topic = left
    gt, lt = ("gt", "lt") if strict is not None and strict.data in ("gt", "lt") else ("gte", "lte")
    if bars is not None:
        series = Series("roc", (("length", bars),))
        return Compare(gt if up else lt, series, Number(100 * value if up else -100 * value))  # type: ignore[arg-type]
    if base is None:
        base = lagged(left, 1)
    return Compare(gt if up else lt, left, Math("*", base, Number(1 + value if up else 1 - value)))  # type: ignore[arg-type]


def _leading_change(c: Cursor) -> Condition | None:
    """``up 2% in 4 bars``, ``3 green candles in a row``, ``2 closes above``, ``price up 3 days in a row``."""
    start = c.at
    left = operand(c)
    token = c.peek()
    while token is not None and token.tag == "verb" and token.data[0] == "state":
        c.take()
        token = c.peek()
    c.skip_fillers()
    token = c.peek()
    flipping = left if left is not None else c.mind.topic
    if (
        token is not None
        and token.tag in ("up", "down")
        and isinstance(flipping, Series)
        and flipping.type in ("supertrend", "psar")
    ):
        c.take()
        return _turned(c, flipping, UP if token.tag == "up" else DOWN, state=True)
    if token is not None and token.tag in ("up", "down"):
        c.take()
        found = _change(c, left or CLOSE, token.tag == "up")
        if found is not None:
            return found
        spanned = _over_span(c)
        if spanned is not None:
            series = Series("roc", (("length", spanned),))
            c.mind.topic = series
            c.mind.mentions.append(series)
            return Compare("gt" if token.tag == "up" else "lt", series, Number(0.0))
        c.accept_tag("for")
        if c.is_number() and c.is_tag("unit", "row", ahead=1):
            number = c.take().value or 1.0
            c.take()
            c.accept_tag("row")
            while c.is_text("in") and c.is_tag("row", ahead=1):
                c.at += 2
            return Run("rising" if token.tag == "up" else "falling", left or CLOSE, int(number))
        if c.is_text("on", "for") and c.is_text("the", "this", ahead=1) and c.is_tag("unit", ahead=2):
            c.at += 3  # "up on the bar"
        if isinstance(left, Series) and not (
            c.is_text("vs", "from", "on", "versus", "against", "over", "than", "by")
            or c.is_tag("previous", "compare")
            or c.is_number()
        ):
            c.mind.topic = left
            return Compare("gt" if token.tag == "up" else "lt", left, lagged(left, 1))
        if left is not None and (c.is_text("vs", "from", "on", "versus", "against", "over") or c.is_tag("previous")):
            here = c.at
            c.accept_text("vs", "from", "on", "versus", "against", "over")
            c.skip_fillers()
            if c.accept_tag("previous"):
                c.accept_tag("unit", "field")
                c.mind.topic = left
                return Compare("gt" if token.tag == "up" else "lt", left, lagged(left, 1))
            c.at = here
    c.at = start
    return None


def _over_span(c: Cursor) -> Span | None:
    """``over the last 126 days``, ``in the past month``: the span of a change."""
    start = c.at
    if c.is_text("over", "in", "on", "for") or c.is_tag("within", "for"):
        c.take()
        c.accept_text("the")
        if c.accept_tag("previous"):
            token = c.peek()
            if token is not None and token.kind == "span":
                return c.take().data  # type: ignore[no-any-return]
            if c.is_number() and c.is_tag("unit", ahead=1):
                return Span(c.take().value or 1.0, c.take().data)
            if c.is_tag("unit"):
                return Span(1.0, c.take().data)
    c.at = start
    return None


def _reached(c: Cursor, left: Operand) -> Condition | None:
    c.skip_fillers(also=("to", "at", "back"))
    sign = c.accept_tag("compare")
    if sign is not None and sign.data == "beyond" and _ends_here(c) and c.mind.crossing is not None:
        return contrary(c.mind.crossing)  # "when the 9 goes back through"
    right = _right(c, left)
    if right is None:
        return None
    c.mind.topic = left
    if sign is not None and sign.data in ("gt", "lt"):
        when: When = "crosses_above" if sign.data == "gt" else "crosses_below"
        return Compare(when, left, _excluding_now(left, right))  # "falls back below"
    if not isinstance(right, Number):
        c.mind.other = right
    return Compare("reach", left, right)


def _event(c: Cursor, left: Operand | None) -> Condition | None:
    """``goes above 70``, ``moves up``, ``gets to 30``."""
    token = c.peek()
    if token is None or left is None:
        return None
    if token.tag in ("up", "down") and not c.is_tag("compare", ahead=1):
        c.take()
        found = _change(c, left, token.tag == "up")
        return found or _trend(c, left, UP if token.tag == "up" else DOWN)
    through = c.accept_text("back through", "through", "thru")
    if through is not None and _ends_here(c) and c.mind.crossing is not None:
        return contrary(c.mind.crossing)  # "when the 9 goes back through"
    way = _way(c)
    if way is None:
        if c.accept_text("to", "into"):
            return _reached(c, left)
        return None
    right = _right(c, left)
    if right is None and _ends_here(c) and c.mind.crossing is not None and c.mind.crossing.left == left:
        return replace(c.mind.crossing, when="crosses_above" if way == UP else "crosses_below")
    if right is None:
        return None
    c.mind.topic = left
    left, right = _sensible(c, left, right)
    return Compare("crosses_above" if way == UP else "crosses_below", left, _excluding_now(left, right))


OR_EQUAL: dict[When | None, When] = {"gt": "gte", "lt": "lte"}


def _compared(c: Cursor, left: Operand | None, *, implied: bool) -> Condition | None:
    """``> 30``, ``at least twice the average``, ``2% above the sma``, ``70 or higher``."""
    began = c.at
    if implied and c.is_tag("up", "down", ahead=-1):
        return None  # "down more than three": of what unit, nobody says
    deviated = _deviations(c)
    if deviated is not None:
        return deviated
    offset = _offset(c)
    token = c.peek()
    if token is None:
        return None
    when: When | None = None
    if token.tag == "compare":
        when = c.take().data
        if not c.is_text("it", "that", "them", "both"):
            c.skip_fillers(also=("level",))
        if c.accept_tag("compare") and c.tokens[c.at - 1].data == "eq":
            when = OR_EQUAL.get(when, when)  # "greater than or equal to" in two words
        if c.is_text("=") and not c.is_tag("action", ahead=1) and when in OR_EQUAL:
            c.take()
            when = OR_EQUAL[when]
    elif token.text == "=" and left is not None:
        c.take()
        when = "eq"
    elif token.tag in ("up", "down") and c.is_text("than", ahead=1):
        c.take()
        c.take()
        when = "gt" if token.tag == "up" else "lt"
    elif token.tag == "trend":
        return None
    elif token.kind == "number" and left is not None and c.is_tag("postfixed", ahead=1):
        when = c.peek(1).data  # type: ignore[union-attr]
    elif token.tag == "multiple" or (token.kind == "number" and c.is_tag("times", ahead=1)):
        if isinstance(left, Field) and left.name == "volume":
            when = "gt"  # "volume 2x its average"
    if when is None:
        return None
    if offset is None:
        offset = _offset(c)
    if c.is_text("both"):
        return _over_both(c, when, left or CLOSE)
    right = _right(c, left or CLOSE)
    if (
        right is None
        and not implied
        and isinstance(left, Series)
        and left.type in ("psar", "supertrend")
        and _ends_here(c)
    ):
        c.mind.topic = left
        return Compare(FLIPPED[when] if when in ("gt", "lt") else when, CLOSE, left)  # "psar above"
    if right is None and implied and _ends_here(c):
        if isinstance(offset, float) and c.mind.distanced is not None:
            left, right = c.mind.distanced  # "1% above it short, 1% below long"
            implied = False
        else:
            right = c.mind.other  # "close over the 100 sma in, under out"
            if right is None and isinstance(left, Series) and _price_scaled(left):
                left, right, implied = CLOSE, left, False  # "20 sma. above = long, below = flat"
    if right is None or (left is None and isinstance(right, Number)):
        return None
    if _is_distance(right) and (left is None or (isinstance(left, Field | Series) and _price_scaled(left))):
        return None  # "under by half an atr": under what, nobody says
    right = _by_a_distance(c, right, up=when in ("gt", "gte"))
    left = _subject(c, left, right) if implied else left or CLOSE
    said = c.tokens[began : c.at]
    if offset is not None and (
        any(one.tag == "postfixed" for one in said) or any(one.text in ("at least", "minimum of") for one in said)
    ):
        when = OR_EQUAL.get(when, when)  # "1% or more below"
    if c.is_tag("postfixed") and isinstance(right, Number):
        when = c.take().data
    if isinstance(right, Math) is False and offset is not None:
        up = when in ("gt", "gte")
        if isinstance(offset, float):
            c.mind.distanced = (left, right)
            right = Math("*", right, Number(1 + offset if up else 1 - offset))
        else:
            right = Math("+" if up else "-", right, offset)
    left, right = _sensible(c, left, right)
    if not implied or c.mind.topic is None:
        c.mind.topic = left
    if not isinstance(right, Number):
        c.mind.other = left if isinstance(right, Series) and replace(right, lag=0) == left else right
    if when == "outside":
        way = _side_of(right)
        when = "gt" if way == UP else "lt" if way == DOWN else "outside"

    if isinstance(left, Field) and left.lag and isinstance(right, Series) and not right.lag and _drawn_line(right):
        right = lagged(right, left.lag)  # "the previous close was below the band": as the band was then
    last = c.mind.last
    if (
        implied
        and c.mind.acted
        and last is not None
        and last.when.startswith("crosses")
        and (last.left, last.right) == (left, right)
    ):
        when = (
            "crosses_above" if when in ("gt", "gte") else "crosses_below"
        )  # "flips above zero long, below zero short"
    return Compare(when, left, _excluding_now(left, right, when))


def _by_a_distance(c: Cursor, right: Operand, *, up: bool) -> Operand:
    """``above the 20 ema by more than 2 atr``: the line moved by the distance."""
    start = c.at
    if not _price_scaled(right) or not c.accept_text("by"):
        return right
    c.skip_fillers(also=("at least",))
    c.accept_tag("compare")
    if c.is_number() and c.is_tag("percent", ahead=1):
        value = (c.take().value or 0.0) / 100
        c.take()
        return Math("*", right, Number(1 + value if up else 1 - value))
    if c.is_text("an", "a") and c.is_tag("indicator", ahead=1):
        c.take()
        one = operand(c)
        if isinstance(one, Series) and one.type == "atr":
            return Math("+" if up else "-", right, one)
    found = operand(c)
    if _is_distance(found):
        return Math("+" if up else "-", right, found)  # type: ignore[arg-type]
    c.at = start
    return right


def _drawn_line(series: Series) -> bool:
    """True for a line that moves with the price and is compared bar by bar."""
    return series.type in (*AVERAGES, "bbands", "keltner", "vwap", "supertrend", "psar") and series.timeframe is None


def _ends_here(c: Cursor) -> bool:
    """True where a clause ends: at a mark, an action, a joint."""
    token = c.peek()
    if token is None or token.kind == "line" or token.tag in ("action", "and", "or", "when"):
        return True
    return token.text in (",", ".", "->", "=>", "=", ":", "/", ";", ")") or token.raw in ("L", "S", "X")


def _over_both(c: Cursor, when: str, left: Operand) -> Condition | None:
    """``over both``, ``above both psar and the 200 ema``."""
    c.take()
    two = pair(c)
    if two is not None:
        c.mind.topic, c.mind.other = left, two[1]
        return joined("and", [Compare(when, left, one) for one in two])  # type: ignore[arg-type]
    first = operand(c)
    if first is not None:
        if not (c.accept_tag("and") or c.accept_text("and", "&")):
            return None
        second = operand(c)
    else:
        lines = [one for one in c.mind.mentions if _price_scaled(one)]
        lines = list(dict.fromkeys(lines))
        first, second = (lines[-2], lines[-1]) if len(lines) >= 2 else (None, None)
    if first is None or second is None:
        return None
    c.mind.topic, c.mind.other = left, second
    return joined("and", [Compare(when, left, first), Compare(when, left, second)])  # type: ignore[arg-type]


def _price_scaled(operand: Operand) -> bool:
    """True for what lies on the price chart."""
    if isinstance(operand, Field):
        return operand.name != "volume" and not operand.name.startswith("time.")
    if isinstance(operand, Math):
        return _price_scaled(operand.left) or _price_scaled(operand.right)
    if isinstance(operand, Series):
        source = operand.input("source")
        if isinstance(source, Series) or source == "volume" or operand.output in ("width", "percent", "direction"):
            return False
        charted = ("bbands", "keltner", "donchian", "vwap", "highest", "lowest", "supertrend", "psar", "opening_range")
        return operand.type in (*AVERAGES, *charted)
    return False


def _subject(c: Cursor, left: Operand | None, right: Operand) -> Operand:
    """What a comparison without a left side is about: what lies on the same scale as its right side."""
    if isinstance(right, Number):
        if isinstance(left, Series) and not _price_scaled(left):
            return left
        last = c.mind.last
        if last is not None and isinstance(last.right, Number) and not isinstance(last.left, Field):
            return last.left
        scaled = [one for one in c.mind.mentions if one.type in LEVELS or one.type == "zscore"]
        return scaled[-1] if scaled and abs(right.value) <= 200 else left or CLOSE
    if isinstance(right, Series) and right.input("source") == left:
        return left or CLOSE
    drawn = isinstance(left, Series) and left.type not in AVERAGES  # a band or a line, not a price
    if _price_scaled(right) and (left is None or drawn or not _price_scaled(left)):
        return CLOSE
    return left or CLOSE


def _deviations(c: Cursor) -> Condition | None:
    """``2 standard deviations under its 20 period mean``: the z-score over the length of that mean."""
    start = c.at
    strict = c.accept_tag("compare")
    if c.is_number() and c.is_tag("sigma", ahead=1) and c.is_tag("compare", ahead=2):
        value = abs(c.take().value or 0.0)
        c.take()
        way = c.take().data
        mean = operand(c)
        if mean is None and c.accept_tag("average"):
            mean = Series("sma", bare=True)
        if isinstance(mean, Series) and mean.type == "sma":
            length = mean.input("length")
            score = Series("zscore", (("length", length),) if length is not None else (), bare=length is None)
            c.mind.mentions.append(score)
            c.mind.topic = score
            up = way in ("gt", "gte")
            return Compare("gt" if up else "lt", score, Number(value if up else -value))
    c.at = start
    del strict
    return None


def _offset(c: Cursor) -> float | Operand | None:
    """``2%`` or ``1.5 atr`` before above/below: how far."""
    start = c.at
    c.skip_fillers()
    c.accept_tag("compare")
    c.skip_fillers()
    if c.is_number() and c.is_tag("percent", ahead=1):
        ahead = 2
        if c.is_tag("postfixed", ahead=2):
            ahead = 3
        if c.is_tag("compare", ahead=ahead) and c.peek(ahead).data in ("gt", "lt"):  # type: ignore[union-attr]
            value = (c.take().value or 0.0) / 100
            c.at = start + (c.at - start)
            c.take()
            c.accept_tag("postfixed")
            return value
    elif c.is_number() or c.is_tag("multiple"):
        here = c.at
        distance = operand(c)
        if distance is not None and c.is_tag("compare") and isinstance(distance, Math):
            return distance
        c.at = here
    c.at = start
    return None


def _right(c: Cursor, left: Operand | None, *, breaking: bool = False) -> Operand | None:
    """The right side: an operand, or a number in the unit of the left."""
    start = c.at
    earlier = _earlier(c, left)
    if earlier is not None:
        return earlier
    if left == CLOSE and c.is_text("last close", "the last close"):
        c.take()
        return arithmetic(c, Field("close", 1))
    if (
        c.is_text("that", "the", "this")
        and c.is_tag("average", ahead=1)
        and (average := _average_of(c, left)) is not None
    ):
        c.at += 2
        return average
    if c.is_text("it", "that", "them") and c.mind.other is not None and not c.is_tag("average", "indicator", ahead=1):
        c.take()
        lines = [one for one in c.mind.mentions if _price_scaled(one)]
        if isinstance(left, Field) and left.name != "volume" and not _price_scaled(c.mind.other) and lines:
            return lines[-1]
        return c.mind.other
    if c.is_text("it", "that") and c.mind.other is None and not c.is_tag("average", "indicator", ahead=1):
        drawn = [one for one in c.mind.mentions if _price_scaled(one)]
        if drawn and isinstance(left, Field) and _price_scaled(left):
            c.take()
            return drawn[-1]  # "kama(10): price over it in"
    c.skip_fillers(also=("level", "line", "of"))
    if c.is_number():
        token = c.peek()
        assert token is not None and token.value is not None
        if isinstance(left, Series) and not _price_scaled(left) and c.is_tag("unit", ahead=1):
            c.take()
            average = _by_its_days(c, CLOSE, token)
            if average is not None:
                return average
            c.at -= 1
        product = operand(c)
        if product is not None:
            return product
        if (
            isinstance(left, Series)
            and left.type in AVERAGES
            and c.is_tag("unit", ahead=1)
            and not c.is_tag("ago", "row", ahead=2)
        ):
            c.take()  # "10 day average over the 40 day"
            other = replace(left.having(length=Span(token.value, c.take().data)), lag=0)
            c.mind.mentions.append(other)
            return other
        c.take()
        if c.is_text("st", "nd", "rd", "th") or c.is_text("closes", "highs", "lows"):
            c.at = start
            return None  # "under the 3rd deviation band", "higher than the 48 closes before"
        value = token.value
        if c.is_tag("percent") and isinstance(left, Math) and left.op == "/":
            c.take()
            return Number(round(value / 100, 12))  # "atr14/close < 5%"
        if c.is_tag("percent"):
            percent_scale = isinstance(left, Series) and left.type in (
                "roc",
                "natr",
                "rsi",
                "stoch",
                "mfi",
                "stochrsi",
                "adx",
                "williams_r",
            )
            if not percent_scale and not (isinstance(left, Series) and left.type in ("realized_vol", "bbands")):
                c.at = start
                return None
            c.take()
            if isinstance(left, Series) and left.type == "realized_vol":
                value /= 100
        elif c.is_tag("sigma"):
            c.take()
        elif c.is_tag("unit", "times") and not c.is_tag("row", ahead=1) and isinstance(left, Field):
            average = _by_its_days(c, left, token)
            if average is None:
                c.at = start
            return average
        if isinstance(left, Series) and left.type in PERCENT_SCALED and 0 < abs(value) < 1:
            value *= 100  # "stochrsi under .2": the scale of another platform
        if isinstance(left, Series) and left.type == "williams_r" and value > 0:
            value = -value
        if isinstance(left, Series) and left.unsaid == "cagr" and isinstance(left.input("length"), Span):
            value = _compounded(value, left.input("length"))
        c.accept_text("line", "level", "mark")
        if isinstance(left, Field) and left.name != "volume" and value == int(value):
            same = [one for one in c.mind.mentions if one.type in AVERAGES and one.input("length") == Span(value)]
            if same:
                return same[-1]  # "close over the 34" beside a 34 ema
        return Number(value)
    if c.is_text("$", "€") and c.is_number(1):
        c.take()
        return Number(c.take().value or 0.0)
    found = operand(c) or _bare_band(c)
    if found is None:
        c.at = start
    return found


def _by_its_days(c: Cursor, left: Field, number: Token) -> Operand | None:
    """``over the 200 day``: the moving average people call by its days alone."""
    if left.name == "volume" or not c.is_tag("unit") or (number.value or 0.0) < 5 or c.peek().text.endswith("s"):  # type: ignore[union-attr]
        return None
    if not c.is_text("the", "its", "own", "their", ahead=-2):
        return None
    if c.is_tag("ago", "field", "extreme", "average", "row", "indicator", "candle", ahead=1):
        return None
    average = Series("sma", (("length", Span(number.value or 0.0, c.take().data)),), unsaid="kind")
    c.mind.mentions.append(average)
    return average


def _bare_band(c: Cursor) -> Operand | None:
    """``over the upper``, ``under the lower``: a band of the channel spoken of."""
    channels = [one for one in c.mind.mentions if one.type in ("bbands", "keltner", "donchian")]
    led = c.is_text("the", "its", "either", ahead=-1) or c.is_tag("compare", ahead=-1)
    if channels and c.is_text("upper", "lower", "top", "bottom") and led:
        word = c.take().text
        c.accept_text("one")
        return Series(channels[-1].type, (), "upper" if word in ("upper", "top") else "lower", bare=True)
    return None


def _compounded(percent: float, length: Span) -> float:
    """Return the total growth, in per cent, of a yearly growth held over a span of years or months."""
    years = {"year": length.n, "month": length.n / 12, "bar": length.n / (252 if length.n % 252 == 0 else 365)}.get(
        length.unit, 1.0
    )
    return round(float((1 + percent / 100) ** years - 1) * 100, 6)


def _earlier(c: Cursor, left: Operand | None) -> Operand | None:
    """``higher than 3 bars ago``, ``above the previous bar``: the same series, earlier."""
    start = c.at
    if left is None or isinstance(left, Number):
        return None
    c.skip_fillers(also=("it", "was", "were"))
    while c.is_tag("verb") and c.peek().data[0] == "state":  # type: ignore[union-attr]
        c.take()
        c.skip_fillers()
    number = None
    if c.is_text("yesterday", "yesterdays") and not c.is_tag("field", "extreme", "unit", ahead=1):
        c.take()
        return lagged(left, 1)
    if c.is_number() and c.is_tag("unit", ahead=1) and c.is_tag("ago", ahead=2):
        number = int(c.take().value or 1)
        c.at += 2
    elif (
        (c.is_tag("unit") and c.is_tag("ago", ahead=1))
        or (c.is_tag("previous") and c.is_tag("unit", ahead=1) and not c.is_tag("field", "extreme", ahead=2))
        or (c.is_tag("previous") and c.is_text("value", "reading", "one", ahead=1))
    ):
        number = 1
        c.at += 2
    if number is None:
        c.at = start
        return None
    return lagged(left, number)


def _average_of(c: Cursor, left: Operand | None) -> Operand | None:
    """``that average``: the one of this series, else the one spoken of last."""
    for series in reversed(c.mind.mentions):
        if series.type in AVERAGES and left is not None and series.input("source") == left:
            return series
    other = c.mind.other
    return other if isinstance(other, Series) and other.type in AVERAGES else None


def _shape(c: Cursor) -> Condition | None:
    """Shapes of candles and gaps, by their plain definitions."""
    start = c.at
    number = 1
    c.skip_fillers(also=("this",))
    before = 0
    if c.is_tag("previous") and c.is_tag("candle", ahead=1):
        c.take()
        before = 1
    elif (
        c.is_tag("previous")
        and c.is_tag("unit", ahead=1)
        and c.is_tag("verb", ahead=2)
        and c.is_text("red", "green", "is red", "is green", ahead=2)
    ):
        c.at += 2
        colour = c.take().text
        return Compare("gt" if "green" in colour else "lt", Field("close", 1), Field("open", 1))
    elif c.is_tag("unit") and c.is_tag("verb", ahead=1) and c.is_text("red", "green", "is red", "is green", ahead=1):
        c.at += 1
        return Compare("gt" if "green" in c.take().text else "lt", CLOSE, Field("open"))
    if (
        c.is_text("yesterday", "yesterdays")
        and c.is_tag("field", ahead=1)
        and c.is_tag("verb", ahead=2)
        and c.is_text("red", "green", ahead=2)
    ):
        c.at += 2
        return Compare("gt" if c.take().text == "green" else "lt", Field("close", 1), Field("open", 1))
    if c.is_tag("field") and c.is_number(1) and c.is_tag("unit", "row", ahead=2):
        field, count = c.take().data, int(c.tokens[c.at].value or 1)
        c.at += 2
        while c.is_text("in", "a") or c.is_tag("row"):
            c.take()
        if c.is_tag("up", "down"):
            return Run("rising" if c.take().tag == "up" else "falling", Field(field), count)
        c.at = start
        return None
    if c.is_number() and c.is_tag("field", ahead=1) and c.peek(1).text in ("closes", "highs", "lows"):  # type: ignore[union-attr]
        count, field = int(c.take().value or 1), c.take().data
        while c.is_text("in", "a") or c.is_tag("row"):
            c.take()
        if c.is_tag("up", "down"):
            return Run("rising" if c.take().tag == "up" else "falling", Field(field), count)
        if c.is_tag("compare"):
            c.mind.topic = Field(field)
            over = _predicate(c, Field(field), implied=False)
            if over is not None:
                return Lasting(over, Span(count))  # "two closes in a row over the 200 ema"
        c.at = start
        return None
    if c.is_number() and (c.is_tag("candle", ahead=1) or c.is_tag("row", ahead=1)):
        number = int(c.take().value or 1)
        c.accept_tag("row")
    elif c.accept_tag("row"):
        pass
    token = c.peek()
    if token is not None and token.tag == "candle":
        c.take()
        while c.is_text("in") and c.is_tag("row", ahead=1):
            c.take()
        c.accept_tag("row")
        up = token.data == "up"
        closes = "close" in token.text or "day" in token.text
        one: Condition = (
            Compare("gt" if up else "lt", CLOSE, Field("close", 1))
            if closes and not token.text.startswith(("green", "red"))
            else Compare("gt" if up else "lt", CLOSE, Field("open"))
        )
        if before and isinstance(one, Compare):
            return Compare(one.when, lagged(one.left, before), lagged(one.right, before))
        if number > 1 and isinstance(one, Compare) and one.right == Field("close", 1):
            return Run("rising" if up else "falling", CLOSE, number)
        return Lasting(one, Span(number)) if number > 1 else one
    if c.is_tag("previous") and c.is_tag("unit", ahead=1) and c.is_tag("shape", ahead=2):
        c.at += 2  # "the last candle engulfed the one before"
        token = c.peek()
    if token is not None and token.tag == "shape":
        c.take()
        name = token.data
        if name == "engulfing":
            name = f"{_colour_of_entry(c)}_engulfing"
        c.mind.notes.append(f"shape:{name}")
        return SHAPES[name]
    if token is not None and token.tag == "gap":
        c.take()
        up = token.data == "up"
        return _gap(c, up)
    c.at = start
    return None


def _colour_of_entry(c: Cursor) -> str:
    """``bearish`` where the nearest action of the sentence goes short, else ``bullish``."""
    for tokens in (c.tokens[c.at :], reversed(c.tokens[: c.at])):
        for token in tokens:
            if token.kind == "line" or token.text in (".", ";"):
                break
            if token.tag == "action" and token.data[0] == "enter" and token.data[1] in ("long", "short"):
                return "bearish" if token.data[1] == "short" else "bullish"
    return "bullish"


def _gap(c: Cursor, up: bool) -> Condition:
    c.skip_fillers(also=("by", "of"))
    c.accept_tag("compare")
    factor = 1.0
    if c.is_number() and c.is_tag("percent", ahead=1):
        value = abs(c.take().value or 0.0) / 100
        c.take()
        c.accept_tag("postfixed")
        factor = 1 + value if up else 1 - value
    before: Operand = Field("close", 1)
    if factor != 1.0:
        before = Math("*", before, Number(factor))
    return Compare("gt" if up else "lt", Field("open"), before)


def _bar(name: str, lag: int = 0) -> Field:
    return Field(name, lag)


SHAPES: dict[str, Condition] = {
    "bullish_engulfing": joined("and", [
        Compare("lt", _bar("close", 1), _bar("open", 1)), Compare("gt", _bar("close"), _bar("open")),
        Compare("lte", _bar("open"), _bar("close", 1)), Compare("gte", _bar("close"), _bar("open", 1)),
    ]),
    "bearish_engulfing": joined("and", [
        Compare("gt", _bar("close", 1), _bar("open", 1)), Compare("lt", _bar("close"), _bar("open")),
        Compare("gte", _bar("open"), _bar("close", 1)), Compare("lte", _bar("close"), _bar("open", 1)),
    ]),
    "inside_bar": joined("and", [
        Compare("lt", _bar("high"), _bar("high", 1)), Compare("gt", _bar("low"), _bar("low", 1)),
    ]),
    "outside_bar": joined("and", [
        Compare("gt", _bar("high"), _bar("high", 1)), Compare("lt", _bar("low"), _bar("low", 1)),
    ]),
}  # fmt: skip
