"""Which numbers stand next to an indicator as its lengths: ``ema 20``, ``rsi(14)``, ``the 50 and 200 day sma``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.facts.vocabulary import words

if TYPE_CHECKING:
    from agent.facts.marks import Mark

SPANS = (None, "bar", "minute", "hour", "day", "week", "month", "year")
_LINKS = words(
    "of length period periods len lookback window with settings setting set at line default using standard usual"
)
_WHOLE = ("obv", "vwap", "opening_range", "psar", "line")
"""Indicators that no bare number in front of them is the length of."""

_REACH = words("of the over in past for on trading")
_BETWEEN = words("period day bar trading length simple exponential new own rolling line closing")
_LISTED = ("comma", "word", "mark", "field", "fast", "slow")
_LEVELLED = words("rsi adx cci mfi stoch stochf stochrsi williams_r roc zscore cmo macd ultosc")
"""Indicators that are compared with levels of their own."""

_EXTREMES = ("highest", "lowest", "donchian")
_AVERAGES = ("ma", "sma", "ema", "wma", "hma", "rma", "dema", "tema")
_APART = words("the a an its with")
_FRESH = words("trading new fresh rolling")
_CHANNELS = words("channel channels breakout breakouts")


def own_lengths(marks: list[Mark]) -> None:
    """Give every number that is a length of an indicator its place as ``owner``."""
    _name_extremes(marks)
    for at, mark in enumerate(marks):
        if mark.kind == "indicator":
            _after(marks, at)
    for at, mark in enumerate(marks):
        if mark.kind == "indicator":
            _before(marks, at)


def numbers_of(marks: list[Mark], at: int) -> tuple[float, ...]:
    """Return the numbers that belong to the indicator at a place, in the order they were written."""
    return tuple(one.value for one in marks if one.kind == "number" and one.owner == at)


def _name_extremes(marks: list[Mark]) -> None:
    """Read ``20 day high``, ``the high of the last 20 bars`` and ``20 day channel`` as indicators."""
    for at, mark in enumerate(marks):
        if (
            mark.kind == "word"
            and mark.text == "line"
            and at
            and marks[at - 1].kind == "number"
            and marks[at - 1].unit in ("day", "week", "month")
        ):
            mark.kind, mark.data = "indicator", ("ma", None)  # the 200 day line
            continue
        following = marks[at + 1] if at + 1 < len(marks) else None
        if mark.kind == "indicator" and mark.data[0] in _EXTREMES[:2] and following is not None:
            if following.kind == "number" and following.unit == "percent":
                mark.kind = "word"  # in the lowest 15% of the range
                continue
        if mark.text == "closes" and at and _counts_ends(marks, at, at - 1 - (marks[at - 1].kind == "previous")):
            marks[at - 1 - (marks[at - 1].kind == "previous")].unit = "bar"  # lower than the last 4 closes
            continue
        is_word = mark.kind == "word" and mark.text in _CHANNELS
        is_end = mark.kind == "field" and mark.data in ("high", "low")
        if not (is_word or is_end):
            continue
        name = "donchian" if is_word else ("highest" if mark.data == "high" else "lowest")
        back = at - 1
        while back >= 0 and (marks[back].text in _FRESH or marks[back].kind == "previous"):
            back -= 1
        if is_end and _counts_ends(marks, at, back):
            marks[back].unit = "bar"  # the previous 16 highs
        intraday = back >= 0 and marks[back].unit in ("minute", "hour")
        if back >= 0 and _is_span(marks[back]) and not (intraday and mark.text.startswith("breakout")):
            mark.kind, mark.data = "indicator", (name, None)
            continue
        ahead = at + 1
        steps = 0
        while ahead < len(marks) and steps < 5 and (marks[ahead].text in _REACH or marks[ahead].kind == "previous"):
            ahead, steps = ahead + 1, steps + 1
        if is_end and steps and ahead < len(marks) and _is_span(marks[ahead]):
            mark.kind, mark.data = "indicator", (name, None)


def _counts_ends(marks: list[Mark], at: int, back: int) -> bool:
    """Tell whether the number in front of highs or lows says how many: of the *last* so many, or of so many *prior*."""
    if back < 0 or marks[back].kind != "number" or marks[back].unit is not None or marks[back].value < 2:
        return False
    before = marks[back - 1] if back else None
    if before is not None and before.kind == "compare" and back == at - 1:
        return True  # the close above 22 high
    led = (before is not None and before.kind == "previous") or (back == at - 2 and marks[at - 1].kind == "previous")
    return led and marks[at].text.endswith("s")


def _is_span(mark: Mark) -> bool:
    return mark.kind == "number" and mark.unit in SPANS[1:] and mark.value >= 2


def _free(marks: list[Mark], place: int) -> bool:
    """Tell whether the mark at a place is a number that can be a length and is none yet."""
    mark = marks[place]
    if mark.kind != "number" or mark.unit not in SPANS or mark.owner >= 0 or mark.data is not None:
        return False
    following = marks[place + 1].text if place + 1 < len(marks) else ""
    return following not in ("ago", "earlier", "before", "back", "later", "straight", "in a row", "consecutive")


def _after(marks: list[Mark], at: int) -> None:
    name, place = marks[at].data[0], at + 1
    bracket = linked = False
    while place < len(marks):
        one = marks[place]
        if one.text == "(":
            bracket = True
        elif one.kind == "word" and one.text in _LINKS:
            linked = one.text not in ("at", "line", "with", "of")
        elif not (
            (one.text in ("=", ":") and (bracket or linked))
            or (one.kind == "comma" and bracket)
            or (name in _EXTREMES and (one.text in _REACH or one.kind == "previous"))
        ):
            break
        place += 1
    _own_list(marks, at, place, bracket)


def _own_list(marks: list[Mark], at: int, place: int, bracket: bool) -> None:
    """Give the numbers from a place on to the indicator: ``(12, 26, 9)``, ``9/21``, ``12 26 9``, ``20 and 50``."""
    first = place
    while place < len(marks):
        one = marks[place]
        if _free(marks, place) or (bracket and one.kind == "number" and one.owner < 0 and one.unit == "x"):
            if not bracket and _begins_other(marks, place, first):
                return
            one.owner = at
        elif place == first or not _joins(marks, place, at, bracket):
            return
        place += 1


def _begins_other(marks: list[Mark], place: int, first: int) -> bool:
    """Tell whether a number outside brackets belongs to what comes behind it."""
    one, before = marks[place], marks[place - 1]
    if place == first:
        return (one.unit is None or before.text in _APART) and _leads(marks, place)
    apart = before.kind == "number" and one.start - before.end > 1
    return one.unit is not None or apart or _leads(marks, place)


def _joins(marks: list[Mark], place: int, at: int, bracket: bool) -> bool:
    one = marks[place]
    if one.text == "/" or (bracket and one.text != ")" and one.kind in _LISTED):
        return True
    if one.kind == "comma":
        return place + 1 < len(marks) and marks[place + 1].start == one.end
    return one.text in ("and", "&") and marks[at].data[0] in _AVERAGES and _more(marks, place)


def _leads(marks: list[Mark], place: int) -> bool:
    """Tell whether the number at a place begins what follows it: ``2 atr``, ``10 positions``, ``50 ema``."""
    following = marks[place + 1] if place + 1 < len(marks) else None
    if following is None:
        return False
    joined = following.start - marks[place].end <= 1
    if following.kind == "role":
        return joined and marks[place].unit is not None
    if following.kind != "indicator" or not joined:
        return False
    later = marks[place + 2].text if place + 2 < len(marks) else ""
    return not (later == "(" or (place + 2 < len(marks) and _free(marks, place + 2)))


def _more(marks: list[Mark], place: int) -> bool:
    ahead = place + 1
    return ahead < len(marks) and _free(marks, ahead) and marks[ahead].unit is None and not _leads(marks, ahead)


def _is_between(mark: Mark, name: str) -> bool:
    """Tell whether a mark may stand between a length and its indicator: ``50 period simple``."""
    if mark.kind == "previous":
        return name in _EXTREMES
    return mark.kind == "timeframe" or (mark.kind == "word" and mark.text in _BETWEEN)


def _begins_the_next(marks: list[Mark], place: int, at: int) -> bool:
    """Tell whether a number is a level (``rsi > 50 macd > 0``) and the indicator behind it begins another rule."""
    following = marks[at + 1] if at + 1 < len(marks) else None
    passed = marks[place - 2] if place > 1 else None
    if passed is not None and passed.kind == "number" and passed.owner == place - 3:
        passed = marks[place - 3]  # rsi 14 > 50 macd > 0
    levelled = passed is not None and passed.kind == "indicator" and passed.data[0] in _LEVELLED
    return levelled and following is not None and following.kind == "compare"


def _before(marks: list[Mark], at: int) -> None:
    name, has_own = marks[at].data[0], any(one.owner == at for one in marks)
    place = at - 1
    while place >= 0 and _is_between(marks[place], name):
        place -= 1
    if place < 0 or not _free(marks, place):
        return
    one = marks[place]
    if (name in _WHOLE and one.unit is None) or (name == "atr" and one.unit is None):
        return
    compared = place > 0 and marks[place - 1].kind == "compare"
    if has_own and (one.unit is None or compared):
        return
    if compared and place == at - 1 and _begins_the_next(marks, place, at):
        return
    one.owner = at
    while place >= 2 and _free(marks, place - 2) and marks[place - 2].unit is None:
        joint = marks[place - 1]
        if not (joint.text in ("/", "and", "&", "or", "vs", "versus") or (joint.kind == "comma" and name != "atr")):
            break
        if joint.text == "or" or (place >= 3 and marks[place - 3].kind in ("indicator", "compare", "role")):
            break
        marks[place - 2].owner = at
        place -= 2
