"""What a draft still lacks and where it contradicts itself: everything goes into one question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.language.builtin.roles import SIDES
from agent.language.builtin.rules import (
    Compare,
    Condition,
    Group,
    Not,
    Number,
    Series,
    Unsaid,
    bounds_of,
    leaves,
    series_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.language.builtin.draft import Draft, Said
    from agent.language.builtin.roles import Rules
    from agent.language.builtin.screening.findings import Vague


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing to ask for: the part of the spec, and the fragment of the question."""

    path: str
    ask: str


def doubts(rules: Rules, said: Said, draft: Draft | None, vague: Sequence[Vague], *, buy_and_hold: bool) -> list[Doubt]:
    """Return everything that is missing or in conflict, in the order of a spec's sections."""
    found: list[Doubt] = []
    for one in said.unknown:
        found.append(Doubt("universe.assets", f"which asset is {one.written}? I know no ticker of that name"))
    found += _vague(vague, said)
    entered = [side for side in SIDES if rules.entry[side] is not None]
    if said.loose_frames:
        frames = ", ".join(dict.fromkeys([*said.frames, *said.loose_frames]))
        found.append(
            Doubt(
                "universe.timeframe",
                f"you name several timeframes ({frames}): which one is the strategy's own, and what is the other for?",
            )
        )
    for name in said.conflicts:
        found.append(
            Doubt(
                "entry",
                f"a {name} is the fast average crossing the other way than your bracket says: which one is the entry?",
            )
        )
    if not said.conflicts and not entered and not any(one.path.startswith("entry") for one in found):
        found.append(
            Doubt(
                "entry",
                "when should it buy (the entry rule: which indicator or price, crossing or beyond which level)?",
            )
        )
    found += _against_only(rules, said)
    for side in entered:
        found += _out_of_range(rules.entry[side], f"entry ({side})")
        found += _impossible(rules.entry[side], f"entry ({side})")
        found += _same(rules.entry[side], rules.exit[side], side)
        found += _unfinished(rules.entry[side])
    if entered and draft is not None:
        found += [Doubt(path, text) for path, text in draft.conflicts]
        found += _price_levels(rules, draft)
        if (
            not _has_way_out(rules, draft)
            and not buy_and_hold
            and not any(one.path in ("exit", "risk.stop_loss") for one in found)
        ):
            found.append(Doubt("exit", "when should it sell (an exit rule, a stop, a target or a time limit)?"))
        if draft.spec["sizing"].get("mode") == "risk_per_trade" and "stop_loss" not in draft.spec["risk"]:
            found.append(
                Doubt("risk.stop_loss", "risk per trade needs a stop: how far away is it, in per cent or ATRs?")
            )
    unique: dict[str, Doubt] = {}
    for doubt in found:
        unique.setdefault(doubt.ask, doubt)
    return list(unique.values())


def _vague(vague: Sequence[Vague], said: Said) -> list[Doubt]:
    """Quantities without a number, but for those a number was given for elsewhere."""
    answered = {one.kind for one in said.levels if one.distance is not None}
    if any(one.kind == "trailing_stop" for one in said.levels):
        answered.add("stop_loss")
    sized = any(
        one.kind in ("percent_equity", "fixed_notional", "risk_per_trade", "equal_weight", "volatility_target")
        for one in said.sizes
    )
    found = []
    for one in vague:
        root = one.field.split(".")[-1] if one.field.startswith("risk.") else one.field.split(".")[0]
        if one.conventional or root in answered or (root == "sizing" and sized):
            continue
        if root in ("universe",) and said.assets:
            continue
        if one.field in ("risk.max_leverage", "max_leverage") and said.size("leverage") is not None:
            continue
        found.append(Doubt(one.field, f"'{one.words}': {one.ask}"))
    return found


def _has_way_out(rules: Rules, draft: Draft) -> bool:
    if any(rules.exit[side] is not None for side in SIDES):
        return True
    ways = ("stop_loss", "take_profit", "trailing_stop", "trailing_take", "time_limit", "partial_exits")
    return rules.reverse or any(draft.spec["risk"].get(name) for name in ways)


def _impossible(rule: Condition | None, where: str) -> list[Doubt]:
    """Levels of one series that cannot both hold."""
    found: list[Doubt] = []
    for group in _all_groups(rule):
        lows: dict[Any, float] = {}
        highs: dict[Any, float] = {}
        for part in group.parts:
            if isinstance(part, Compare) and isinstance(part.right, Number):
                if part.when in ("gt", "gte", "crosses_above"):
                    lows[part.left] = max(lows.get(part.left, float("-inf")), part.right.value)
                elif part.when in ("lt", "lte", "crosses_below"):
                    highs[part.left] = min(highs.get(part.left, float("inf")), part.right.value)
        for series in lows:
            if series in highs and lows[series] >= highs[series]:
                name = series.type.upper() if isinstance(series, Series) else getattr(series, "name", "it")
                found.append(
                    Doubt(
                        "entry",
                        f"{name} above {lows[series]:g} and below {highs[series]:g} cannot both hold at the same time in the {where}: "
                        "which one do you mean, or is one of them the exit?",
                    )
                )
        pairs = {(part.left, part.right): part.when for part in group.parts if isinstance(part, Compare)}
        for (left, right), when in pairs.items():
            other = pairs.get((right, left)) if not isinstance(right, Number) else None
            ups = ("gt", "gte", "crosses_above")
            if other is not None and (when in ups) == (other in ups):
                found.append(
                    Doubt(
                        "entry",
                        f"two parts of the {where} contradict each other and cannot both hold: which one do you mean?",
                    )
                )
        for part in group.parts:
            if isinstance(part, Compare) and not isinstance(part.right, Number):
                against = [
                    one
                    for one in group.parts
                    if isinstance(one, Compare) and one.left == part.left and one.right == part.right
                ]
                ways = {one.when in ("gt", "gte", "crosses_above") for one in against if one.when != "eq"}
                if len(ways) == 2:
                    found.append(
                        Doubt(
                            "entry",
                            f"two parts of the {where} contradict each other and cannot both hold: which one do you mean?",
                        )
                    )
    return found[:1]


def _out_of_range(rule: Condition | None, where: str) -> list[Doubt]:
    """Levels beyond what a bounded series can reach."""
    for leaf in leaves(rule) if rule is not None else []:
        if not (isinstance(leaf, Compare) and isinstance(leaf.left, Series) and isinstance(leaf.right, Number)):
            continue
        bounds = bounds_of(leaf.left)
        if bounds is None:
            continue
        level, up = leaf.right.value, leaf.when in ("gt", "gte", "crosses_above")
        if (up and level >= bounds[1]) or (leaf.when in ("lt", "lte", "crosses_below") and level <= bounds[0]):
            name = leaf.left.type.upper()
            text = f"{name} {'above' if up else 'below'} {level:g} in the {where} can never happen: it lies between {bounds[0]:g} and {bounds[1]:g}. Which level?"
            return [Doubt("entry", text)]
    return []


def _against_only(rules: Rules, said: Said) -> list[Doubt]:
    """``long only`` beside a rule for shorts."""
    if said.only is None:
        return []
    other = "short" if said.only == "long" else "long"
    if rules.entry[other] is None:  # type: ignore[index]
        return []
    return [Doubt(f"signals.{other}", f"you say {said.only} only and give a rule for {other}s: which holds?")]


def _all_groups(rule: Condition | None) -> list[Group]:
    if isinstance(rule, Group):
        own = [rule] if rule.op == "and" else []
        return own + [group for part in rule.parts for group in _all_groups(part)]
    if isinstance(rule, Not):
        return []
    return []


def _same(entry: Condition | None, leave: Condition | None, side: str) -> list[Doubt]:
    if entry is not None and leave is not None and entry == leave:
        return [Doubt("exit", f"the {side} entry and exit are the same rule: when should it leave?")]
    return []


def _unfinished(rule: Condition | None) -> list[Doubt]:
    """Averages called fast and slow without a length, conditions nobody can write down."""
    found: list[Doubt] = []
    for leaf in leaves(rule) if rule is not None else []:
        if isinstance(leaf, Unsaid):
            found.append(Doubt("entry", f"'{leaf.words}': what exactly should be true?"))
            continue
        for series in series_of(leaf):
            if series.bare and series.unsaid in ("fast", "slow"):
                found.append(
                    Doubt("indicators.length", "what are the lengths (periods) of the fast and the slow average?")
                )
            if series.type == "opening_range" and series.bare:
                continue
        if isinstance(leaf, Compare) and leaf.left == leaf.right:
            found.append(
                Doubt(
                    "indicators.length",
                    "both sides of the cross are the same average: what are the two lengths (periods)?",
                )
            )
    return found


def _price_levels(rules: Rules, draft: Draft) -> list[Doubt]:
    """A stop above a long's entry level, or a target below it, would fire at once."""
    found: list[Doubt] = []
    for side in SIDES:
        rule = rules.entry[side]
        if rule is None:
            continue
        levels = [
            leaf.right.value for leaf in leaves(rule)
            if isinstance(leaf, Compare) and isinstance(leaf.right, Number) and getattr(leaf.left, "name", "") in ("close", "high", "low", "open")
        ]  # fmt: skip
        for name, bad in (("stop_loss", 1 if side == "long" else -1), ("take_profit", -1 if side == "long" else 1)):
            level = draft.spec["risk"].get(name)
            if level and level["type"] == "price" and levels and (level["value"] - levels[0]) * bad >= 0:
                what, where = ("stop", "above") if name == "stop_loss" else ("target", "below")
                where = where if side == "long" else ("below" if where == "above" else "above")
                found.append(
                    Doubt(
                        f"risk.{name}",
                        f"a {side} {what} {where} entry ({level['value']:g} against {levels[0]:g}) would fire at once: which price is right?",
                    )
                )
    return found
