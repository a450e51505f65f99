"""What a draft holds that nobody asked for: a stop, a target, another side, a number out of nowhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.facts.draft import FACT_MISSING, NOT_ASKED_FOR, same_asset
from agent.facts.fact import UNDIRECTED, Fact
from agent.facts.landing import lands
from engine.indicators.catalog import CATALOG
from engine.spec.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agent.facts.draft import Draft
    from agent.facts.extract import Said
    from agent.facts.held import Held, Slot
    from agent.language.port import Reading

_MULTIPLE = r"|\d\s?r\b|\d\s?:\s?\d"
_FOLLOWS = (
    r"\b(?:trail\w*|chandelier|tsl|ratchet\w*|follow\w*|giv\w+\s+back"
    r"|(?:from|off|under|below)\s+(?:the|its)\s+(?:peak|high|top)"
    r"|(?:highest|lowest)\b[^.;]{0,24}\b(?:since|of\s+the\s+trade|so\s+far))\b"
)
_WORDS: dict[str, str] = {
    "stop": r"\b(?:stop\w*|sl|s/l|los(?:s|e|es|ing|ses)|cut|protect\w*|risk\w*|invalidat\w*|bail)\b"
    + _MULTIPLE
    + r"|-\s?\d",
    "target": r"\b(?:target\w*|tp|t/p|tgt|profit\w*|gain\w*|win\w*|roi|reward|pt|bank|up\s+(?:by\s+)?\d+"
    + r"|take\s+(?:it\s+)?(?:off\s+)?(?:at\s+)?\+?\d+)\b"
    + r"|\d\s?%\s+(?:over|above|beyond)\s+(?:the\s+|my\s+|our\s+)?(?:average|avg|entry|cost|fill)"
    + _MULTIPLE
    + r"|\+\s?\d",
    "trail": _FOLLOWS,
    "trail_take": _FOLLOWS,
    "breakeven": r"\b(?:break\s?-?even|b/?e|entry|risk[\s-]free)\b",
    "partial": r"\b(?:half|third|thirds|quarter|partial\w*|scale|scaling|portion|part|rest)\b|\d\s?%",
    "hold": r"\b(?:after|hold\w*|held|time\w*|later|(?:bar|candle|day|hour|minute|week)s?|next|max|limit|session)\b",
}
_TRAILING = re.compile(r"\b(?:trail\w*|chandelier)\s+(?:stop(?:[\s-]?loss)?|sl)\b", re.IGNORECASE)
"""A stop that follows is no word for one that stays."""

_PATHS = {
    "stop": "$.risk.stop_loss",
    "target": "$.risk.take_profit",
    "trail": "$.risk.trailing_stop",
    "trail_take": "$.risk.trailing_take",
    "breakeven": "$.risk.breakeven",
    "partial": "$.risk.partial_exits",
    "hold": "$.risk.time_limit",
}
_CONVENTIONS = (0.0, 1.0, -1.0, 2.0, 100.0, -100.0, 50.0)
_EXTREMES = (20.0, 25.0, 30.0, 70.0, 75.0, 80.0, -20.0, -80.0, 50.0, 40.0, 60.0, 100.0, -100.0)
_PUBLISHED = (50.0, 200.0, 20.0, 10.0, 55.0, 2.0, 5.0, 14.0, 95.0, 9.0, 26.0, 52.0)
_PUBLISHED_BY_NAME = re.compile(r"turtle|ichimoku|connors|\b(?:cloud|kumo|tenkan|kijun|tk)\b", re.IGNORECASE)
"""Systems whose lengths were published, and are not repeated by those who name them."""

_OSCILLATING = re.compile(r"over\s?-?(?:sold|bought)|extreme|neutral|mid-?line|cent(?:er|re)", re.IGNORECASE)


def unasked(texts: Sequence[Said], draft: Draft, *, quiet: bool) -> Iterator[Problem]:
    """Yield what a draft holds beyond the words: ``quiet`` keeps numbers to itself, they follow from other problems."""
    held, before, reading = draft.held, draft.before, draft.reading
    yield from _excluded(texts[0], held)
    yield from _levels(texts, held, before)
    yield from _sides(texts, held, before, reading)
    if before is None:
        yield from _assets(texts, held, reading)
        if not quiet:
            yield from _numbers(texts, held, reading)
    else:
        yield from _moved(texts, held, before)


def _excluded(said: Said, held: Held) -> Iterator[Problem]:
    stated = {fact.role for fact in said.facts}
    for role, words in said.excluded:
        if role == "leverage":
            slots = [slot for slot in held.role("leverage") if slot.value > 1]
        elif role == "target":
            slots = held.role("target", "trail_take", "partial")
        else:
            slots = held.role(role)
        if slots and role not in stated:
            yield Problem(slots[0].path, NOT_ASKED_FOR, f"'{words}' was asked for, and {slots[0].path[2:]} is set")


def _levels(texts: Sequence[Said], held: Held, before: Held | None) -> Iterator[Problem]:
    excluded = {role for role, _ in texts[0].excluded}
    for role, pattern in _WORDS.items():
        slots = held.role(role)
        if not slots or role in excluded:
            continue
        if before is not None and {(slot.path, slot.value, slot.unit) for slot in slots} <= {
            (s.path, s.value, s.unit) for s in before.role(role)
        }:
            continue
        told = [_TRAILING.sub(" ", said.text) if role == "stop" else said.text for said in texts]
        mentioned = any(re.search(pattern, text, re.IGNORECASE) for text in told)
        mentioned = mentioned or any(role in said.roles for said in texts)
        if mentioned or any(_said_number(said, slot, held) for said in texts for slot in slots):
            continue
        yield Problem(_PATHS[role], NOT_ASKED_FOR, f"{_PATHS[role][2:]} is set, and the words ask for none")


def _said_number(said: Said, slot: Slot, held: Held) -> bool:
    return slot.unit == "percent" and any(abs(slot.value - value / 100) < 1e-9 for value in said.leaving)


def _sides(texts: Sequence[Said], held: Held, before: Held | None, reading: Reading) -> Iterator[Problem]:
    signals = held.spec.get("signals", {})
    longs, shorts = bool(signals.get("entry")), bool((signals.get("short") or {}).get("entry"))
    said = {one.short for one in texts}
    if (shorts and "none" in said and before is None) or (shorts and texts[0].short == "none"):
        yield Problem(
            "$.signals.short", NOT_ASKED_FOR, "the words rule out short positions, and signals.short.entry has rules"
        )
    elif shorts and said == {""} and before is None:
        yield Problem(
            "$.signals.short", NOT_ASKED_FOR, "signals.short.entry has rules, and the words speak of no short side"
        )
    elif shorts and not longs and not said & {"asked", "sold"} and before is None:
        yield Problem(
            "$.signals.short",
            NOT_ASKED_FOR,
            "only the short side has rules, and the words do not ask for short positions alone",
        )
    named = any(one.path and one.path.startswith(("signals.short", "short")) for one in reading.left_out)
    if before is not None or named or reading.question is not None:
        return
    if "asked" in said and not shorts and "none" not in said:
        yield Problem(
            "$.signals.short.entry", FACT_MISSING, "the words ask for short positions, and signals.short has no entry"
        )
    exits = signals.get("exit") or (signals.get("short") or {}).get("exit")
    if (
        any(one.exits for one in texts)
        and not exits
        and not any(one.path and "exit" in one.path for one in reading.left_out)
    ):
        yield Problem("$.signals.exit", FACT_MISSING, "the words say when to get out, and no rule of the spec does")
    if any(one.long for one in texts) and not longs and not any("only short" in one.kinds for one in texts):
        yield Problem("$.signals.entry", FACT_MISSING, "the words ask for long positions, and signals.entry is empty")


def _assets(texts: Sequence[Said], held: Held, reading: Reading) -> Iterator[Problem]:
    named = [one for said in texts for one in said.assets]
    if not any(not one.loose for one in named) or any(one.path.startswith("universe") for one in reading.assumptions):
        return
    for asset in held.spec["universe"]["assets"]:
        known = any(same_asset(symbol, str(asset)) for one in named for symbol in one.symbols)
        if not known and not any(
            re.search(rf"(?<!\w){re.escape(str(asset))}(?!\w)", said.text, re.IGNORECASE) for said in texts
        ):
            yield Problem(
                "$.universe.assets", NOT_ASKED_FOR, f"{asset} is among the assets, and the words do not name it"
            )


def _numbers(texts: Sequence[Said], held: Held, reading: Reading) -> Iterator[Problem]:
    """Yield lengths and thresholds of indicators that no word, default or assumption accounts for."""
    assumed = {one.path for one in reading.assumptions}
    values = [one.value for one in reading.assumptions if isinstance(one.value, int | float)]
    loose = any(_OSCILLATING.search(said.text) for said in texts)
    shaped = any("shape" in said.kinds for said in texts) or any(_PUBLISHED_BY_NAME.search(said.text) for said in texts)
    facts = [Fact(UNDIRECTED, value, unit, "", 0, 0) for said in texts for value, unit in said.spoken]
    ratios = [float(fact.value) for said in texts for fact in said.facts if fact.role == "ratio"]
    for slot in held.role("length", "threshold"):
        if slot.role == "threshold" and not _oscillates(slot):
            continue
        if (
            slot.value in _CONVENTIONS
            or _default(slot)
            or slot.path[2:] in assumed
            or any(slot.value == value for value in values)
        ):
            continue
        if (loose and slot.value in _EXTREMES) or (shaped and slot.value in _PUBLISHED) or slot.value in ratios:
            continue
        if any(lands(fact, slot, held.timeframe) for fact in facts) or any(
            path and slot.path[2:].startswith(path) for path in assumed
        ):
            continue
        yield Problem(
            slot.path, NOT_ASKED_FOR, f"{slot.path[2:]} is {slot.value:.10g}, a number that is not in the words"
        )


def _oscillates(slot: Slot) -> bool:
    return any(name in CATALOG for name in slot.types)


def _default(slot: Slot) -> bool:
    name = slot.path.rsplit(".", 1)[-1]
    return any(
        one.name == name and one.default == slot.value
        for kind in slot.types
        if kind in CATALOG
        for one in CATALOG[kind].inputs
    )


def _moved(texts: Sequence[Said], held: Held, before: Held) -> Iterator[Problem]:
    """Yield the parts of the market that an edit moved without a word about them."""
    said = texts[0]
    spans = {one.name for text in texts for one in text.timeframes}
    if held.timeframe != before.timeframe and held.timeframe not in spans:
        message = f"universe.timeframe moved from {before.timeframe} to {held.timeframe} without a word about it"
        yield Problem("$.universe.timeframe", NOT_ASKED_FOR, message)
    added = set(held.spec["universe"]["assets"]) - set(before.spec["universe"]["assets"])
    for asset in sorted(added):
        spoken = any(same_asset(symbol, str(asset)) for text in texts for one in text.assets for symbol in one.symbols)
        if not spoken and not re.search(rf"(?<!\w){re.escape(str(asset))}(?!\w)", said.text, re.IGNORECASE):
            yield Problem(
                "$.universe.assets", NOT_ASKED_FOR, f"{asset} was added to the assets, and the words do not name it"
            )
