"""Does a comparison of the words stand in a spec?"""

from __future__ import annotations

from dataclasses import replace

from agent.facts.fact import Fact, Relation, Term
from agent.facts.held import Held, Leaf, Side, Slot
from agent.facts.indicator_names import LINES, kin
from agent.facts.landing import lands, near
from engine.spec.expressions import FIELDS, Series

DERIVED = ("hl2", "hlc3", "ohlc4")


def standing(relation: Relation, held: Held) -> list[Leaf]:
    """Return the comparisons of a spec that say what the words say."""
    ways = [relation, *(replace(relation, left=left, right=right) for left, right in relation.others)]
    return [leaf for leaf in held.leaves if any(_says(way, leaf, held) for way in ways)]


def contrary(relation: Relation, held: Held) -> list[Leaf]:
    """Return the comparisons of the same two things, whatever their direction or number."""
    found = []
    for leaf in held.leaves:
        sides = ((leaf.left, leaf.right), (leaf.right, leaf.left))
        if any(
            _fits(relation.left, left, held, relation.right.kind != "field")
            and _fits(relation.right, right, held, False)
            for left, right in sides
        ) or (
            relation.right.kind == "number"
            and relation.left is not None
            and _fits(relation.left, leaf.left, held, True)
        ):
            found.append(leaf)
    return found


def _says(relation: Relation, leaf: Leaf, held: Held) -> bool:
    if relation.right.kind == "lag":
        same = leaf.direction == relation.direction or relation.loose
        if relation.right.name == "candle" and _has_field(leaf.right, ("open",)) and _has_field(leaf.left, ("close",)):
            return same
        if relation.right.name == "candle" and _has_field(leaf.left, ("open",)) and _has_field(leaf.right, ("close",)):
            return leaf.direction != relation.direction or relation.loose
        return leaf.lagged and same and _fits(relation.left, leaf.left, held, True)
    for left, right, direction in ((leaf.left, leaf.right, "up"), (leaf.right, leaf.left, "down")):
        told = leaf.direction if direction == "up" else {"up": "down", "down": "up", None: None}[leaf.direction]
        same = told == relation.direction or relation.loose or told is None
        if (
            same
            and _fits(relation.left, left, held, relation.right.kind != "field")
            and _fits(relation.right, right, held, False)
        ):
            return True
    return _spread(relation, leaf, held) or _standardised(relation, leaf, held)


def _standardised(relation: Relation, leaf: Leaf, held: Held) -> bool:
    """Below its mean, as a z-score below a number."""
    if relation.left is not None and relation.left.kind != "field":
        return False
    scores = [one for one in leaf.left.series if one.name in held.used and held.used[one.name].type == "zscore"]
    return leaf.direction == relation.direction and _fits(relation.right, Side(tuple(scores)), held, False)


def _spread(relation: Relation, leaf: Leaf, held: Held) -> bool:
    """``a - b > 0``: both things on one side, the other a constant."""
    if relation.left is None or relation.right.kind == "number" or leaf.direction is None:
        return False
    both = Side(leaf.left.series + leaf.right.series, leaf.left.constants + leaf.right.constants)
    alone = not leaf.left.series or not leaf.right.series
    return (
        alone
        and len(both.series) > 1
        and _fits(relation.left, both, held, True)
        and _fits(relation.right, both, held, False)
    )


def _fits(term: Term | None, side: Side, held: Held, lenient: bool) -> bool:
    if term is None or term.kind == "any":
        return True
    if term.kind == "number":
        fact = Fact("", term.numbers[0], term.unit, "", 0, 0)
        return any(lands(fact, Slot("threshold", value, None, ""), held.timeframe) for value in side.constants)
    if term.kind == "field":
        return _field_fits(term.name, term.numbers[0] if term.numbers else None, side, held, lenient)
    return any(_series_fits(term, one, held) for one in side.series)


def _field_fits(name: str, lag: float | None, side: Side, held: Held, lenient: bool) -> bool:
    if name == "hour":
        return any(one.name == "time" and one.output == "hour" for one in side.series)
    if lag is not None:
        return any(one.name == name and one.lag == lag for one in side.series)
    if _has_field(side, (name,)):
        return True
    if name in ("high", "low", "close") and any(
        one.name in held.used and held.used[one.name].type in ("highest", "lowest", "donchian", "opening_range")
        for one in side.series
    ):
        return True
    if name == "close" and any(_is_single(one, held) for one in side.series):
        return True  # the close of another timeframe
    # "price" is any of the bar's prices
    return lenient and name == "close" and _has_field(side, ("high", "low", "open", *DERIVED))


def _is_single(series: Series, held: Held) -> bool:
    used = held.used.get(series.name)
    return used is not None and used.timeframe is not None and used.type in ("sma", "ema") and used.numbers == (1.0,)


def _has_field(side: Side, names: tuple[str, ...]) -> bool:
    return any(one.name in names and one.name in FIELDS for one in side.series)


def _series_fits(term: Term, series: Series, held: Held) -> bool:
    used = held.used.get(series.name)
    if used is None:
        # highs and lows of a few earlier bars may be written out
        return (
            term.name in ("highest", "lowest", "donchian")
            and series.lag > 0
            and (not term.numbers or max(term.numbers) <= 8)
        )
    if used.type not in kin(term.name):
        return False
    if not line_fits(term, used.type, series.output):
        return False
    if not term.numbers:
        return True
    facts = [Fact("length", number, "day" if number else None, "", 0, 0) for number in term.numbers]
    numbers = used.numbers
    own = [fact for fact in facts if any(near(float(fact.value), number) for number in numbers)]
    if own:
        return True
    return any(
        lands(fact, Slot("length", number, None, ""), held.timeframe) for fact in _units(term) for number in numbers
    )


def _units(term: Term) -> list[Fact]:
    units = ("minute", "hour", "day", "week", "month", "year")
    return [Fact("length", number, unit, "", 0, 0) for number in term.numbers for unit in units]


def line_fits(term: Term, used_type: str, output: str | None) -> bool:
    """Tell whether the line of an indicator that a spec reads is the one the words name."""
    if term.output is None or term.name in ("highest", "lowest"):
        return True
    if term.name == "line" or term.output in LINES:
        return (
            output in LINES[term.output]
            or used_type in LINES[term.output]
            or (term.output == "middle" and output is None)
        )
    return output is None or output == term.output or used_type == term.output
