"""What a draft still lacks and where it contradicts itself: everything goes into one question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.doubting.denied_doubts import denied_doubts
from agent.language.builtin.doubting.doubt import Case, Doubt, Heard
from agent.language.builtin.doubting.frame_doubts import frame_doubts
from agent.language.builtin.doubting.level_doubts import level_doubts
from agent.language.builtin.doubting.remarks import remarks
from agent.language.builtin.doubting.rule_doubts import rule_doubts
from agent.language.builtin.doubting.side_doubts import side_doubts
from agent.language.builtin.doubting.size_doubts import size_doubts
from agent.language.builtin.doubting.time_doubts import time_doubts
from agent.language.builtin.operands import AVERAGES
from agent.language.builtin.roles import SIDES
from agent.language.builtin.rules import Series
from agent.language.builtin.sizes import POSITION_SIZES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agent.language.builtin.draft import Draft, Said
    from agent.language.builtin.roles import Rules
    from agent.language.builtin.screening.findings import Vague

UNHEARD = Heard()
ENTRY = "when should it buy (the entry rule: which indicator or price, crossing or beyond which level)?"
LENGTHS = "which averages are meant: what are their lengths (periods), say 20 and 50?"
EXIT = "when should it sell (an exit rule, a stop, a target or a time limit)?"
RISKED = "risk per trade needs a stop: how far away is it, in per cent or ATRs?"
DISTANCE = "how far away is"
WAYS_OUT = ("stop_loss", "take_profit", "trailing_stop", "trailing_take", "time_limit", "partial_exits")


def doubts(
    rules: Rules,
    said: Said,
    draft: Draft | None,
    vague: Sequence[Vague],
    *,
    buy_and_hold: bool,
    heard: Heard = UNHEARD,
) -> list[Doubt]:
    """Return everything that is missing or in conflict, in the order of a spec's sections.

    ``heard`` are the words behind it: without them only what rules and draft hold themselves is compared. What is worth
    a word and no question is added to the draft's assumptions.
    """
    entered = [side for side in SIDES if rules.entry[side] is not None]
    case = Case(rules, said, draft, heard, tuple(entered))
    found = [*_market(said), *_vague(vague, said), *_frames(said), *_crossed_names(said)]
    if not entered and not any(one.path.startswith("entry") for one in found):
        found.append(Doubt("entry", ENTRY))
        found += _without_lengths(heard)
    found += rule_doubts(case)
    if entered and draft is not None:
        found += [Doubt(path, text) for path, text in draft.conflicts]
    for look in (side_doubts, level_doubts, size_doubts, time_doubts, frame_doubts, denied_doubts):
        found += look(case)
    if entered and draft is not None:
        asked = any(one.path in ("exit", "risk.stop_loss") for one in found)
        if not _has_way_out(rules, draft) and not buy_and_hold and not asked:
            found.append(Doubt("exit", EXIT))
        if draft.spec["sizing"].get("mode") == "risk_per_trade" and "stop_loss" not in draft.spec["risk"]:
            found.append(Doubt("risk.stop_loss", RISKED))
    if draft is not None:
        draft.assumptions += remarks(case)
    unique: dict[str, Doubt] = {}
    for doubt in found:
        if not _asked_already(doubt, vague):
            unique.setdefault(doubt.ask, doubt)
    return list(unique.values())


def _without_lengths(heard: Heard) -> list[Doubt]:
    """Averages that are named without a length, where no rule says what they do."""
    named = [one.data for one in heard.items if one.kind == "mention" and isinstance(one.data, Series)]
    bare = [one for one in named if one.type in AVERAGES and one.input("length") is None]
    return [Doubt("indicators", LENGTHS)] if bare else []


def _asked_already(doubt: Doubt, vague: Sequence[Vague]) -> bool:
    """True for the distance of a level that is asked for by its own words: ``'tight stop': how far away``."""
    if not doubt.ask.startswith(DISTANCE):
        return False
    return any(doubt.path == f"risk.{one.field.removeprefix('risk.')}" for one in vague)


def _market(said: Said) -> list[Doubt]:
    """Assets nobody knows."""
    asking = "which asset is {}? I know no ticker of that name"
    return [Doubt("universe.assets", asking.format(one.written)) for one in said.unknown]


def _frames(said: Said) -> list[Doubt]:
    """Timeframes beside the strategy's own that belong to no rule."""
    if not said.loose_frames:
        return []
    frames = ", ".join(dict.fromkeys([*said.frames, *said.loose_frames]))
    ask = f"you name several timeframes ({frames}): which one is the strategy's own, and what is the other for?"
    return [Doubt("universe.timeframe", ask)]


def _crossed_names(said: Said) -> list[Doubt]:
    """Golden and death crosses whose bracket says the other way."""
    ask = "a {} is the fast average crossing the other way than your bracket says: which one is the entry?"
    return [Doubt("entry", ask.format(name)) for name in said.conflicts]


def _vague(vague: Sequence[Vague], said: Said) -> list[Doubt]:
    """Quantities without a number, but for those a number was given for elsewhere."""
    answered = {one.kind for one in said.levels if one.distance is not None}
    if any(one.kind == "trailing_stop" for one in said.levels):
        answered.add("stop_loss")
    sized = any(one.kind in POSITION_SIZES for one in said.sizes)
    found = []
    for one in vague:
        root = one.field.split(".")[-1] if one.field.startswith("risk.") else one.field.split(".")[0]
        if one.conventional or root in answered or (root == "sizing" and sized):
            continue
        if root == "universe" and said.assets:
            continue
        if one.field in ("risk.max_leverage", "max_leverage") and said.size("leverage") is not None:
            continue
        found.append(Doubt(one.field, f"'{one.words}': {one.ask}"))
    return found


def _has_way_out(rules: Rules, draft: Draft) -> bool:
    """True when something closes a position: an exit rule, a stop, a target, a time limit, the other side's entry."""
    if any(rules.exit[side] is not None for side in SIDES):
        return True
    return rules.reverse or any(draft.spec["risk"].get(name) for name in WAYS_OUT)
