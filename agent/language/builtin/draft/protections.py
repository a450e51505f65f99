"""Stops, targets, partial exits and time limits of a draft: ``stop 2%``, ``tp 3R``, ``out after 10 bars``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.language.builtin.levels import KINDS, Distance
from agent.language.builtin.rules import Span
from agent.language.builtin.writing import plain_number
from engine.market.timeframe import DURATION_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from agent.language.builtin.draft.said import Said
    from agent.language.builtin.draft.sheet import Draft
    from agent.language.builtin.levels import Level
    from agent.language.builtin.rules import Series
    from agent.language.builtin.writing import Writer

NAMES = {"stop_loss": "stop", "take_profit": "target", "trailing_stop": "trailing stop"}
"""Levels at a distance from a price, and how people call them."""

PRICES, OF_ONE_ORDER = ("close", "high", "low", "open"), 3.0
"""Prices of a bar, and how far from such a level of the entry a bare number is still taken for a price."""

MOST_UNSAID = {"stop_loss": 30, "take_profit": 100, "trailing_stop": 30}
"""Bare numbers up to here are taken in per cent; what is larger is asked about."""

USUAL_ATR_LENGTH = 14
USUAL_PARTIAL_FRACTION = 0.5

MINUTES = {"minute": 1, "hour": 60}
"""Units of time that are written as minutes where they are no whole number of bars."""


def protect(said: Said, writer: Writer, draft: Draft, mentions: Sequence[Series]) -> None:
    """Write stops, targets and the rest into ``risk``."""
    for kind, name in NAMES.items():
        asked_for = _one_of(kind, name, said, draft)
        if asked_for is not None:
            _write_level(asked_for, said, draft, mentions)
    _ask_for_bare(said, draft)
    for level in said.levels:
        write = OTHERS.get(level.kind)
        if write is not None:
            write(level, writer, draft)


def _one_of(kind: str, name: str, said: Said, draft: Draft) -> Level | None:
    """Return the level of a kind that was asked for; None where there is none, or where several disagree."""
    given = [one for one in said.levels if one.kind == kind and not one.none]
    ruled_out = any(one.none for one in said.levels if one.kind == kind)
    distinct = list(dict.fromkeys(one.distance for one in given))
    if given and ruled_out:
        draft.ask(f"risk.{kind}", f"a {name} is both given and ruled out")
        return None
    if len(distinct) > 1:
        said_as = " and ".join(words_of(one) for one in distinct if one is not None)
        draft.ask(f"risk.{kind}", f"there are two {name}s, {said_as}: which one?")
        return None
    return given[0] if given else None


def _write_level(level: Level, said: Said, draft: Draft, mentions: Sequence[Series]) -> None:
    distance = _as_price(_in_stops(level, said, draft), draft)
    if distance is None or _is_open(level, distance, draft):
        return
    written: dict[str, Any] = {"type": distance.type, "value": plain_number(round(distance.value, 10))}
    path, name = f"risk.{level.kind}", NAMES[level.kind]
    if distance.unsaid:
        draft.assume(f"{path}.value", written["value"], f"the {name} of {distance.value * 100:g} is taken in per cent")
    if distance.type == "atr":
        length = distance.length if distance.length is not None else _atr_length_said(mentions)
        if length is not None:
            written["length"] = int(length)
        else:
            text = f"the {name} uses ATR({USUAL_ATR_LENGTH}), the usual length"
            draft.assume(f"{path}.length", USUAL_ATR_LENGTH, text)
    if level.kind == "trailing_stop" and level.activate is not None:
        begin = _begin(level.activate, distance, said)
        if begin is None:
            text = f"the trailing stop follows at {words_of(distance)} and begins at {words_of(level.activate)}"
            draft.ask(f"{path}.activate_at", f"{text}: at what gain does it begin, in the unit it follows in?")
            return
        written["activate_at"] = begin
    draft.spec["risk"][level.kind] = written


def _as_price(distance: Distance | None, draft: Draft) -> Distance | None:
    """Return a bare number as a price where the entry is at a price of that order: ``buy over 80, target 95``."""
    if distance is None or not distance.unsaid:
        return distance
    number, signals = distance.value * 100, draft.spec["signals"]
    rules = [*signals["entry"], *signals.get("short", {}).get("entry", ())]
    entries = [rule["value"] for rule in rules if rule.get("left") in PRICES and rule.get("value")]
    if entries and all(1 / OF_ONE_ORDER < number / entry < OF_ONE_ORDER for entry in entries):
        return Distance("price", plain_number(round(number, 10)))
    return distance


def _begin(activate: Distance, distance: Distance, said: Said) -> float | None:
    """The gain a trailing stop begins at in the unit it follows in; None where it was said in another one."""
    if activate.type == "r":
        stops = [one.distance for one in said.levels if one.kind == "stop_loss"]
        base = next((one for one in stops if one is not None and one.type == distance.type), None)
        return None if base is None else float(plain_number(round(base.value * activate.value, 10)))
    return float(plain_number(activate.value)) if activate.type == distance.type else None


def _is_open(level: Level, distance: Distance, draft: Draft) -> bool:
    """Ask about a distance that may be meant in two ways: a range, a bare number that is large or beside ATRs."""
    path, name = f"risk.{level.kind}", NAMES[level.kind]
    if distance.upto is not None:
        ends = f"{words_of(distance)} and {words_of(replace(distance, value=distance.upto))}"
        draft.ask(path, f"the {name} lies between {ends}: which distance is it?")
        return True
    number = round(distance.value * 100, 10)
    if distance.unsaid and level.words is not None:
        draft.ask(path, f"the {name} of {number:g}: is it {number:g} % or {number:g} ATRs away?")
        return True
    if distance.unsaid and number > MOST_UNSAID[level.kind]:
        draft.ask(path, f"the {name} of {number:g}: is it {number:g} %, and if not, how far away is it?")
        return True
    return False


def _in_stops(level: Level, said: Said, draft: Draft) -> Distance | None:
    """Return the distance of a level; one in multiples of the risk is that many times the stop's."""
    distance = level.distance
    if distance is None or distance.type != "r":
        return distance
    stops = [one.distance for one in said.levels if one.kind == "stop_loss"]
    base = next((one for one in stops if one is not None and one.type != "r"), None)
    path = f"risk.{level.kind}"
    if base is None and said.stop_elsewhere:
        why = "a multiple of a stop that cannot be written has no distance either"
        draft.unwritten.append((f"{NAMES[level.kind]} {words_of(distance)}", level.kind, why))
        return None
    if base is None:
        draft.ask(path, "a target in multiples of the risk needs a stop: how far away is it?")
        return None
    draft.assume(path, None, f"the target is {distance.value:g} times the distance of the stop")
    return Distance(base.type, round(base.value * distance.value, 10), base.length)


def _atr_length_said(mentions: Sequence[Series]) -> float | None:
    """The one length of ATR a message speaks of."""
    lengths = {length.n for one in mentions if one.type == "atr" and isinstance(length := one.input("length"), Span)}
    return lengths.pop() if len(lengths) == 1 else None


def _ask_for_bare(said: Said, draft: Draft) -> None:
    """``with a stop``: a protection without a distance, and nowhere in the message with one."""
    for tag in ("stop", "trail", "target"):
        kind = KINDS[tag]
        known = kind in draft.spec["risk"] or any(one.kind == kind for one in said.levels)
        if tag in said.bare and not known:
            draft.ask(f"risk.{kind}", f"how far away is the {NAMES[kind]}, in per cent or ATRs?")


def _write_time_limit(level: Level, writer: Writer, draft: Draft) -> None:
    if level.span is not None:
        draft.spec["risk"]["time_limit"] = _time_limit(level.span, writer)


def _time_limit(span: Span, writer: Writer) -> dict[str, Any]:
    if span.unit not in MINUTES:
        return {"bars": writer.bars(span, "risk.time_limit")}
    bar = DURATION_MS[writer.timeframe] // 60_000
    total = span.n * MINUTES[span.unit]
    return {"bars": int(total // bar)} if total >= bar and total % bar == 0 else {"minutes": int(total)}


def _write_cooldown(level: Level, writer: Writer, draft: Draft) -> None:
    if level.span is not None:
        checks = draft.spec["risk"].setdefault("checks", {})
        checks["cooldown_bars"] = writer.bars(level.span, "risk.checks.cooldown_bars")


def _write_breakeven(level: Level, writer: Writer, draft: Draft) -> None:
    at = _fraction_of(level.distance, draft.spec["risk"])
    if at is None and level.distance is not None:
        draft.unwritten.append(("breakeven", "risk.breakeven", "a move to breakeven needs a profit in per cent"))
    elif at is None:
        draft.ask("risk.breakeven", "at what profit does the stop move to the entry price?")
    else:
        draft.spec["risk"]["breakeven"] = {"at": at}


def _write_partial(level: Level, writer: Writer, draft: Draft) -> None:
    if level.distance is None:
        return
    at = _fraction_of(level.distance, draft.spec["risk"])
    if at is None:
        draft.unwritten.append(("partial exit", "risk.partial_exits", "a partial exit needs a profit in per cent"))
        return
    fraction = plain_number(round(level.fraction or USUAL_PARTIAL_FRACTION, 6))
    draft.spec["risk"].setdefault("partial_exits", []).append({"at": at, "fraction": fraction})


OTHERS: dict[str, Callable[[Level, Writer, Draft], None]] = {
    "time_limit": _write_time_limit,
    "cooldown": _write_cooldown,
    "breakeven": _write_breakeven,
    "partial": _write_partial,
}
"""Levels of which each one that was said counts."""


def words_of(distance: Distance) -> str:
    """Return a distance as people say it.

    >>> words_of(Distance("percent", 0.02)), words_of(Distance("atr", 1.5))
    ('2 %', '1.5 ATR')
    """
    if distance.type == "percent":
        return f"{distance.value * 100:g} %"
    return f"{distance.value:g}" + {"atr": " ATR", "price": "", "r": "R"}[distance.type]


def _fraction_of(distance: Distance | None, risk: Mapping[str, Any]) -> float | None:
    """A distance as a fraction of the entry price; None where the stop it is a multiple of is no fraction itself."""
    if distance is None:
        return None
    if distance.type == "percent":
        return plain_number(distance.value)  # type: ignore[no-any-return]
    stop = risk.get("stop_loss")
    if distance.type == "r" and stop is not None and stop["type"] == "percent":
        return plain_number(round(stop["value"] * distance.value, 10))  # type: ignore[no-any-return]
    return None
