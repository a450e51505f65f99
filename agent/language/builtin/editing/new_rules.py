"""``buy when macd crosses up, sell when it crosses down``: an entry and an exit for the market there is."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

from agent.language.builtin.building import build
from agent.language.builtin.editing.lookup import leaves_of
from agent.language.builtin.editing.universe import frames_in
from agent.language.builtin.screening import screen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.language.builtin.editing.worksheet import Worksheet
    from agent.language.port import Reading

LED = re.compile(
    r"^\W*(?:(?:ok|okay|now|please|and|then|actually|just|make it|do|use|try|change (?:it|the rules?) to|the|an?)\W+)*"
    r"(?:(?:opposite|reverse|inverse|contrary|(?:exact )?other way (?:a)?round|new rules?|different rules?|these "
    r"rules?|rules?|entr(?:y|ies) and exits?)\s*[:,-]\W*)?",
    re.IGNORECASE,
)
"""Words in front of the rules."""

SWITCHED = re.compile(
    r"^\W*(?:use|try|take|switch to|go with|make it|change (?:it )?to|do)\s+(?:an? |the )?(?P<what>[\w /()-]{2,30}?)"
    r"(?: instead| now| rather)?\s*[:,;-]\s*(?=\w+)",
    re.IGNORECASE,
)
"""``use macd instead: buy when it crosses up``."""

BESIDE = re.compile(
    r"\b(?:also|too|as well|another|additional\w*|second|in addition|instead of|rather than|replace|change|from|keep|"
    r"leave|same|only|either|variants?|versions|require|add|remove|drop|skip|unless|extra|otherwise|raise|lower|"
    r"increase|decrease|if possible)\b|^or\b",
    re.IGNORECASE,
)
"""Words of a change of one rule, or of a rule beside it."""

IN = re.compile(r"\b(?:buy|longs?|enter|entry|get in|go in|in)\b", re.IGNORECASE)
OUT = re.compile(r"\b(?:sell|exit|close|out|shorts?|cover|leave|flat)\b", re.IGNORECASE)

TAKEN = ("stop_loss", "take_profit", "trailing_stop", "trailing_take", "time_limit", "breakeven", "partial_exits")


def read_new_rules(text: str, sheet: Worksheet) -> bool:
    """Put a whole set of rules in the place of those there were; False where the message is no such set."""
    if BESIDE.search(text) or IN.search(text) is None or OUT.search(text) is None:
        return False
    switched = SWITCHED.match(text)
    plain = LED.sub("", text) if switched is None else f"{switched['what']}: {text[switched.end() :]}"
    frame = sheet.after["universe"]["timeframe"]
    framed = plain if frames_in(plain) else f"{frame} candles. {plain}"
    reading = build(
        framed,
        now=sheet.request.now,
        screening=screen(framed, has_spec=False, has_run=False),
        known=sheet.request.known_assets,
    )
    if not _is_whole(reading, sheet):
        return False
    assert reading.spec is not None
    if reading.spec["signals"].get("short") is None and sheet.at("signals.short") is not None:
        sheet.ask(
            "signals.entry",
            "the strategy trades both sides, and these rules only say when to buy and sell: are they the entry and the "
            "exit of longs alone, or does 'sell' open a short?",
        )
        return True
    _put(reading, sheet)
    return True


def _is_whole(reading: Reading, sheet: Worksheet) -> bool:
    """True for an entry and a way out of indicators or of a kind that the strategy does not have."""
    spec = reading.spec
    if reading.intent != "build" or spec is None or reading.left_out or reading.unread:
        return False
    assumed = {one.path for one in reading.assumptions}
    signals = spec["signals"]
    sides = [one for one in (signals, signals.get("short")) if one is not None and one["entry"]]
    if not all(one["exit"] or len(sides) > 1 for one in sides) or any("exit" in path for path in assumed):
        return False
    return _kinds(spec) != _kinds(sheet.after) and not _kinds(spec) < _kinds(sheet.after)


def _kinds(spec: Mapping[str, Any]) -> set[tuple[str, ...]]:
    """What a strategy compares, how and in which rule."""
    kinds = {key: str(one["type"]) for key, one in spec["indicators"].items()}
    found: set[tuple[str, ...]] = set()
    for leaf in leaves_of(spec):
        left = str(leaf.condition.get("left"))
        key = re.split(r"\W", left)[0]
        found.add((leaf.side, leaf.role, kinds.get(key, key), re.sub(r"e$", "", str(leaf.condition["when"]))))
    return found


def _put(reading: Reading, sheet: Worksheet) -> None:
    spec: Any = copy.deepcopy(dict(reading.spec or {}))
    held, names = sheet.after["indicators"], dict[str, str]()
    for key, one in spec["indicators"].items():
        same = next((name for name, other in held.items() if other == one), None)
        free = key if key not in held or held[key] == one else f"{key}_new"
        names[key] = same or free
        held[names[key]] = one
    sheet.put("signals", _renamed(spec["signals"], names))
    assumed = {one.path for one in reading.assumptions}
    if "universe.timeframe" not in assumed:
        sheet.put("universe.timeframe", spec["universe"]["timeframe"])
    if spec["signals"].get("short") is not None:
        sheet.put("universe.market_type", "perp")
    for name in TAKEN:
        if name in spec["risk"] and f"risk.{name}" not in assumed:
            sheet.put(f"risk.{name}", spec["risk"][name])
    if not any(path.startswith("sizing") for path in assumed):
        sheet.put("sizing", spec["sizing"])
    sheet.assumptions += [one for one in reading.assumptions if one.path.startswith(("signals", "indicators"))]
    sheet.assume("signals", None, "these rules take the place of the entry and the exit there were")
    sheet.spoken = list(names.values())


def _renamed(part: Any, names: Mapping[str, str]) -> Any:
    if isinstance(part, dict):
        return {name: _renamed(one, names) for name, one in part.items()}
    if isinstance(part, list):
        return [_renamed(one, names) for one in part]
    if isinstance(part, str):
        return re.sub(r"[A-Za-z_]\w*", lambda found: names.get(found.group(), found.group()), part)
    return part
