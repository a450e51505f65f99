"""Changes of indicators in place: another length, another kind of average, another setting. Keys stay as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agent.language.builtin.editing.kinds import first_named, read_kind, said_inputs
from agent.language.builtin.editing.length_lists import read_lengths
from agent.language.builtin.editing.lookup import labelled, leaves_of, length_of, names_in, role_in, side_in, used_keys
from agent.language.builtin.editing.mentions import mentioned
from agent.language.builtin.editing.thresholds import LENGTH, LEVEL, number_in, numbers_in
from agent.language.builtin.editing.universe import frames_in
from agent.language.builtin.lexicon import Named
from agent.language.builtin.operands import AVERAGES, PARAMETERS
from agent.language.builtin.tokens import clean, tokenize
from agent.language.builtin.writing import plain_number

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

LABELLED = re.compile(
    r"\b(?P<label>fast(?:er)?|slow(?:er)?|signal|quick|short|long)\b(?:[ -]?(?:term|one|line|length|period|ma|ema|"
    r"sma|wma|hma|average|moving average|leg|side))*"
    r"[ ]*(?:is|to|at|of|=|:|with|->|should be|into)?[ ]*(?P<number>\d+)(?![\d.]*\s*(?:%|/|percent|x\b|atr|bars? ago))",
    re.IGNORECASE,
)
LABEL_BEHIND = re.compile(
    r"\b(?P<number>\d+)[ -](?:(?:bar|day|period)\s+)?(?P<label>fast|slow)(?:er)?\b(?!.*\d)", re.IGNORECASE
)
"""``a 50 slow ema``."""

NAMED_INPUTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("stddev", re.compile(r"\b(?:std(?:dev|s)?|standard deviations?|deviations?|sigmas?|sd|devs?)\b", re.IGNORECASE)),
    ("multiplier", re.compile(r"\b(?:multipl\w+|mult|factor)\b", re.IGNORECASE)),
    ("k", re.compile(r"\bk\b", re.IGNORECASE)),
    ("d", re.compile(r"\bd\b", re.IGNORECASE)),
    ("signal", re.compile(r"\bsignal\b", re.IGNORECASE)),
    ("smooth", re.compile(r"\bsmooth\w*\b", re.IGNORECASE)),
    ("step", re.compile(r"\bstep\b", re.IGNORECASE)),
    ("q", re.compile(r"\b(?:quantile|percentile)\b", re.IGNORECASE)),
)
ACTS = re.compile(
    r"\b(?:buy|sell|enter|exit|go long|go short|get out|cover)\b.*\b(?:at|when|if|on|"
    r"once)\b",
    re.IGNORECASE,
)
"""A rule is stated: what it names is no setting to change."""

EVERYTHING = re.compile(r"\b(?:candles?|charts?|time ?-?frame|tf|everything|trade|run|switch to)\b", re.IGNORECASE)
MULTIPLE = 6
"""Numbers beside an ATR up to which a multiple of it is as likely as its length."""

LENGTHS = ("length", "k", "fast")


def read_parameter(clause: Clause, sheet: Worksheet) -> bool:
    """Change the inputs or the kind of an indicator a clause names; False when it names none with a new setting."""
    if clause.verb in ("add", "require", "exclude", "remove") or (
        ACTS.search(clause.text) and not LEVEL.search(clause.text)
    ):
        return False
    return (
        _frame(clause, sheet)
        or _labels(clause, sheet)
        or read_kind(clause, sheet)
        or read_lengths(clause, sheet)
        or _inputs(clause, sheet)
    )


def _frame(clause: Clause, sheet: Worksheet) -> bool:
    """``the ema on the daily``: a timeframe of its own for an indicator."""
    keys, frames = mentioned(clause.all, sheet.after), frames_in(clause.body)
    if not keys or len(frames) != 1 or numbers_in(clause.body) or EVERYTHING.search(clause.text):
        return False
    if len(keys) > 1 and re.search(r"\b(?:both|all)\b|s\b", clause.all) is None:
        sheet.ask("indicators", f"which one should be read on {frames[0]}: {' or '.join(keys)}?")
        return True
    for key in keys:
        inputs = sheet.after["indicators"][key]["inputs"]
        if frames[0] == sheet.after["universe"]["timeframe"]:
            inputs.pop("timeframe", None)
        else:
            inputs["timeframe"] = frames[0]
    return True


def _labels(clause: Clause, sheet: Worksheet) -> bool:
    """``fast 12 slow 40``, ``make the fast ema 10``: figures by their labels."""
    text = clause.body if clause.new is None or not clause.lead else f"{clause.lead} {clause.new}"
    done = False
    for found in list(LABELLED.finditer(text)) or LABEL_BEHIND.finditer(text):
        label = _label(found.group("label"))
        place = _labelled_place(label, text, sheet)
        if place is None:
            continue
        key, name = place
        sheet.after["indicators"][key]["inputs"][name] = int(found.group("number"))
        done = True
    return done


def _label(word: str) -> str:
    lowered = word.lower()
    if lowered.startswith(("fast", "quick", "short")):
        return "fast"
    return "signal" if lowered == "signal" else "slow"


def _labelled_place(label: str, text: str, sheet: Worksheet) -> tuple[str, str] | None:
    """The indicator and the input a label means: one of two averages, or an input of that name."""
    named = mentioned(text, sheet.after)
    inner = [
        key
        for key, one in sheet.after["indicators"].items()
        if label in one["inputs"] or label in PARAMETERS.get(one["type"], ())
    ]
    if label != "signal":
        key = labelled(sheet.after, label)  # type: ignore[arg-type]
        if key is not None and not any(one in inner for one in named):
            return key, "length"
    inner = [key for key in inner if key in named] or inner
    return (inner[0], label) if len(inner) == 1 else None


def _inputs(clause: Clause, sheet: Worksheet) -> bool:
    """``the rsi length to 21``, ``a 90 ema in place of the 50``, ``40 bar bands for the exit``."""
    new_text = clause.new if clause.new is not None else clause.body
    about = " ".join(part for part in (clause.lead, clause.old or "") if part)
    old_number = number_in(clause.old) if clause.old else None
    keys = _targets(about, new_text, clause, sheet)
    if old_number is not None:
        keys = [key for key in keys or list(sheet.after["indicators"]) if old_number in _numbers(key, sheet)]
    if not keys:
        return False
    said = _stated(new_text, about, keys, sheet)
    if not said:
        return False
    scoped = _scoped(keys, clause, sheet)
    if len(scoped) > 1:
        if LEVEL.search(clause.all):
            return False
        sheet.ask("indicators", f"which one should change: {' or '.join(_described(key, sheet) for key in scoped)}?")
        return True
    inputs = sheet.after["indicators"][scoped[0]]["inputs"]
    for name, value in said.items():
        at = (
            name
            if old_number is None or inputs.get(name) == old_number
            else next(one for one, held in inputs.items() if held == old_number)
        )
        inputs[at] = value
    return True


def _numbers(key: str, sheet: Worksheet) -> list[Any]:
    return [value for value in sheet.after["indicators"][key]["inputs"].values() if isinstance(value, int | float)]


def _described(key: str, sheet: Worksheet) -> str:
    length = length_of(sheet.after["indicators"][key])
    return f"{key} (length {length:g})" if length else key


def _targets(about: str, new_text: str, clause: Clause, sheet: Worksheet) -> list[str]:
    """The indicators meant: by the words before the new value, else by those around it without its number."""
    keys = mentioned(about, sheet.after) if about else []
    if keys:
        return keys
    nameless = re.sub(r"\d+(?:\.\d+)?", " ", new_text)
    return mentioned(nameless, sheet.after)


def _stated(new_text: str, about: str, keys: list[str], sheet: Worksheet) -> dict[str, Any]:
    """The new inputs by name."""
    kind = str(sheet.after["indicators"][keys[0]]["type"])
    names = PARAMETERS.get(kind, ("length",))
    series = first_named(new_text)
    if series is not None and series.inputs and (series.type == kind or (series.type in AVERAGES and kind in AVERAGES)):
        said = said_inputs(series, sheet)
        if said:
            return {name: value for name, value in said.items() if name in names or name in ("length", "timeframe")}
    tokens = tokenize(clean(new_text))
    values = [one.value for one in tokens if one.kind in ("number", "span") and one.value is not None and one.value > 0]
    if any(one.tag == "percent" for one in tokens) or not values:
        return {}
    both = f"{about} {new_text}"
    for name, pattern in NAMED_INPUTS:
        if name in names and pattern.search(both) and len(values) == 1:
            return {name: plain_number(float(values[0]))}
    if any(value != int(value) for value in values[:1]):
        free = [name for name in names if name in ("stddev", "multiplier", "step")]
        return {free[0]: values[0]} if free else {}
    if len(values) > 1 and len(values) <= len(names):
        return {name: plain_number(float(value)) for name, value in zip(names, values, strict=False)}
    if kind == "atr" and values[0] <= MULTIPLE and LENGTH.search(both) is None:
        return {}  # as likely a multiple of it
    main = next((one for one in names if one in LENGTHS), None)
    return {main: int(values[0])} if main is not None and len(values) == 1 else {}


def _scoped(keys: list[str], clause: Clause, sheet: Worksheet) -> list[str]:
    """Of several the one that the named part of the strategy reads."""
    if len(keys) < 2:
        return keys
    role, side = role_in(clause.all), side_in(clause.all)
    if role is None and side is None:
        return keys
    used = {
        name for leaf in leaves_of(sheet.after)
        if (role is None or leaf.role == role) and (side is None or leaf.side == side)
        for name in names_in(leaf.condition)
    }  # fmt: skip
    return [key for key in keys if key in used] or keys


def is_indicator(text: str) -> bool:
    """True when a text names an indicator of the catalog."""
    return any(
        token.tag in ("indicator", "line") and isinstance(token.data, Named | tuple) for token in tokenize(clean(text))
    )


def prune(sheet: Worksheet) -> None:
    """Take away indicators that were read before the edit and are read no more."""
    gone = used_keys(sheet.before) - used_keys(sheet.after)
    for key in sorted(gone & set(sheet.after["indicators"])):
        if sheet.after["indicators"][key] != sheet.before["indicators"][key]:
            sheet.ask(
                "signals.entry",
                f"{key} is changed, but no condition reads it any more: which condition should it be in?",
            )
        del sheet.after["indicators"][key]
