"""Taking something out: a protection, a limit, a filter, an exit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agent.language.builtin.editing.lookup import Leaf, leaves_of, names_in, part_at, role_in, side_in
from agent.language.builtin.editing.mentions import mentioned
from agent.language.builtin.editing.topics import topic_in
from agent.language.builtin.editing.universe import assets_in, read_universe
from agent.spec_words import condition_words

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

FIELDS = (
    (re.compile(r"\bvol(?:ume)?\b", re.IGNORECASE), ("volume",)),
    (
        re.compile(
            r"\b(?:weekdays?|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|weekends?|day of "
            r"(?:the )?week|days?)\b",
            re.IGNORECASE,
        ),
        ("time.weekday", "time.day"),
    ),
    (re.compile(r"\b(?:hours?|session|time of day|time)\b", re.IGNORECASE), ("time.hour", "time.minute")),
    (re.compile(r"\b(?:months?|season\w*)\b", re.IGNORECASE), ("time.month",)),
    (re.compile(r"\bprice\b|\bclose\b", re.IGNORECASE), ("close",)),
)
FILTER = re.compile(
    r"\b(?:filter|condition|confirmation|requirement|check|rule|part|criteri\w+|entry|entries)s?\b", re.IGNORECASE
)
ALL_FILTERS = re.compile(r"^(?:all |the |any |every |its |my )*(?:other |extra )?filters?$", re.IGNORECASE)
EXIT_RULE = re.compile(
    r"^(?:the |my |its |any |all )*(?:signal )?exits?(?: (?:rules?|signals?|conditions?))?$|^(?:the |my |its )*sell "
    r"(?:rules?|signals?|conditions?)$",
    re.IGNORECASE,
)
ALL_BUT = re.compile(
    r"^(?:everything|anything|all|the rest)\b.*?\b(?:except(?: for)?|but|other than|apart from|besides|save) "
    r"(?P<kept>.+)$",
    re.IGNORECASE,
)
ONLY_RULE = re.compile(
    r"^(?=.*\b(?:signal|cross|rule|flip))(?:exits?|get out|sell|close) only (?:on|by|at|with|via|when)\b[^\d<>]*$|"
    r"^only (?:exit|sell|get out|close) (?:on|by|at|with|via) (?!.*\d).*(?:signal|cross|rule|flip)\w*$",
    re.IGNORECASE,
)
"""``exit only on the cross``: what else closes a position goes."""

WAYS_OUT = ("stop_loss", "take_profit", "trailing_stop", "trailing_take", "time_limit", "partial_exits", "breakeven")
EITHER = re.compile(r"\s+(?:or|nor)\s+(?:a |the |any )?|\s*/\s*", re.IGNORECASE)
STOPS = re.compile(r"^(?:the |all |both |my |any )*(?:of the )?stops$", re.IGNORECASE)
REMOVABLE = (
    "risk.trailing_stop", "risk.breakeven", "risk.time_limit", "risk.checks.cooldown_bars", "risk.partial_exits",
    "risk.checks.max_daily_loss_pct", "risk.max_drawdown_pct", "risk.stop_loss", "risk.take_profit",
    "sizing.max_positions",
    "execution.max_orders_per_hour", "risk.max_leverage", "risk.max_position_pct", "risk.max_total_exposure_pct",
)  # fmt: skip


def read_removal(clause: Clause, sheet: Worksheet) -> bool:
    """Take out what a clause names; False when it names nothing that could go."""
    if ONLY_RULE.match(clause.text):
        _only_by_rule(sheet)
        return True
    if clause.verb != "remove":
        return False
    body = clause.body
    if re.fullmatch(r"(?:the |all |my )*variants?(?: and versions)?", body.strip(), re.IGNORECASE):
        _protection("variants", "variant", sheet)
        return True
    if (kept := ALL_BUT.match(body.strip())) is not None:
        sheet.ask("signals.entry", f"all but {kept.group('kept')}: name what should go (it has {_there(sheet)})?")
        return True
    if EXIT_RULE.match(body.strip()):
        _exits(clause, sheet)
        return True
    if assets_in(body, sheet)[0]:
        return read_universe(clause, sheet)
    if ALL_FILTERS.match(body.strip()):
        _all_filters(sheet)
        return True
    keys = mentioned(body, sheet.after)
    if STOPS.match(body.strip()) and sheet.at("risk.stop_loss") and sheet.at("risk.trailing_stop"):
        _protection("risk.stop_loss", "stop loss", sheet)
        _protection("risk.trailing_stop", "trailing stop", sheet)
        return True
    each = [one for part in EITHER.split(body) if (one := topic_in(part)) is not None and one.path in REMOVABLE]
    if len(each) > 1 and len(each) == len(EITHER.split(body)):
        for one in each:
            _protection(one.path, one.name, sheet)
        return True
    topic = topic_in(body)
    if topic is not None and topic.path in REMOVABLE and not (keys and FILTER.search(body)):
        _protection(topic.path, topic.name, sheet)
        return True
    leaves = [leaf for leaf in leaves_of(sheet.after) if set(keys) & set(names_in(leaf.condition))]
    if not keys:
        fields = next((names for pattern, names in FIELDS if pattern.search(body)), ())
        leaves = [leaf for leaf in leaves_of(sheet.after) if set(fields) & set(names_in(leaf.condition))]
    if not leaves:
        return _nothing_there(clause, sheet)
    _conditions(leaves, keys, clause, sheet)
    return True


def _only_by_rule(sheet: Worksheet) -> None:
    """The exit rule stays as the one way out."""
    if not (sheet.at("signals.exit") or sheet.at("signals.short.exit")):
        sheet.ask("signals.exit", "there is no exit rule yet: which condition should close the position?")
        return
    for name in WAYS_OUT:
        sheet.drop(f"risk.{name}")


def _there(sheet: Worksheet) -> str:
    """The conditions and the protections of a strategy, in words."""
    rules = [condition_words(leaf.condition) for leaf in leaves_of(sheet.after)]
    levels = [name.replace("_", " ") for name in WAYS_OUT if sheet.at(f"risk.{name}")]
    return ", ".join(dict.fromkeys((*rules, *levels)))


def _nothing_there(clause: Clause, sheet: Worksheet) -> bool:
    """What is to go is not there: say so, where it is a known thing."""
    from agent.language.builtin.editing.parameters import is_indicator

    if not is_indicator(clause.body) and FILTER.search(clause.body) is None:
        return False
    there = ", ".join(sheet.after["indicators"]) or "none"
    sheet.ask("signals.entry", f"'{clause.body}' is not in the strategy (its indicators: {there}): what should go?")
    return True


def _protection(path: str, name: str, sheet: Worksheet) -> None:
    if path == "risk.stop_loss" and sheet.at(path) is None and sheet.at("risk.trailing_stop") is not None:
        path = "risk.trailing_stop"
    if path == "risk.max_leverage" and sheet.at(path) is not None:
        sheet.put(path, 1)
        return
    if path == "risk.stop_loss" and sheet.at("sizing.mode") == "risk_per_trade":
        sheet.ask(
            "risk.stop_loss",
            "the size is a risk per trade, which needs the stop: which size without it, in per cent of equity?",
        )
        return
    if not sheet.drop(path):
        sheet.ask(path, f"there is no {name} to remove: what should change?")


def _exits(clause: Clause, sheet: Worksheet) -> None:
    sides = [side for side in ("signals", "signals.short") if sheet.at(f"{side}.exit")]
    side = side_in(clause.text)
    if side is not None:
        sides = [one for one in sides if (one == "signals.short") == (side == "short")]
    ways = [name for name in ("stop_loss", "take_profit", "trailing_stop", "time_limit") if sheet.at(f"risk.{name}")]
    if not sides:
        sheet.ask("signals.exit", "there is no exit condition to remove: what should change?")
    elif not ways:
        sheet.ask("signals.exit", "nothing else would ever close a position: which stop, target or exit instead?")
    else:
        for one in sides:
            sheet.put(f"{one}.exit", [])


def _all_filters(sheet: Worksheet) -> None:
    """What is no cross is a filter, where a cross triggers the entry."""
    leaves = [leaf for leaf in leaves_of(sheet.after) if leaf.role == "entry"]
    filters = [leaf for leaf in leaves if "cross" not in leaf.condition["when"]]
    if not filters or len(filters) == len(leaves):
        listed = "; ".join(condition_words(leaf.condition) for leaf in leaves)
        sheet.ask("signals.entry", f"which of these is the filter that should go: {listed}?")
        return
    _take_out(filters, sheet)


def _conditions(leaves: list[Leaf], keys: list[str], clause: Clause, sheet: Worksheet) -> None:
    role, side = role_in(clause.text), side_in(clause.text)
    entries = [leaf for leaf in leaves if leaf.role == "entry"]
    if role is None and FILTER.search(clause.body) and entries:
        role = "entry"
    chosen = [leaf for leaf in leaves if (role is None or leaf.role == role) and (side is None or leaf.side == side)]
    if not chosen:
        sheet.ask(f"signals.{role}", f"the {role} has no such condition: what should go?")
        return
    apart = {name for leaf in chosen for name in names_in(leaf.condition) if name in keys}
    together = any(len(apart & set(names_in(leaf.condition))) > 1 for leaf in chosen)
    if (
        len(apart) > 1
        and not together
        and not re.search(r"\b(?:all|both|every)\b|s\b$", clause.body.strip(), re.IGNORECASE)
    ):
        sheet.ask(f"signals.{role or 'entry'}", f"which one should go: {' or '.join(sorted(apart))}?")
        return
    _take_out(chosen, sheet)


def _take_out(leaves: list[Leaf], sheet: Worksheet) -> None:
    """Remove conditions; a side's entry that would be left without any is asked about."""
    gone = {id(part_at(sheet.after, leaf.place)) for leaf in leaves}
    for place in ("signals", "signals.short"):
        for role in ("entry", "exit"):
            held = sheet.at(f"{place}.{role}")
            if not held:
                continue
            left = [kept for one in held if (kept := _without(one, gone)) is not None]
            if left == held:
                continue
            if not left and role == "entry":
                sheet.ask(f"{place}.entry", "that is the whole entry rule: when should it enter instead?")
                return
            if not left and not any(
                sheet.at(f"risk.{name}") for name in ("stop_loss", "take_profit", "trailing_stop", "time_limit")
            ):
                sheet.ask(
                    f"{place}.exit",
                    "that is the only way out: when should it exit instead (a rule, a stop or a target)?",
                )
                return
            sheet.put(f"{place}.{role}", left)


def _without(condition: dict[str, Any], gone: set[int]) -> dict[str, Any] | None:
    """Return a condition without those that go; a group of one is that one."""
    if id(condition) in gone:
        return None
    kept = dict(condition)
    if kept.get("filters"):
        filters = [one for part in kept["filters"] if (one := _without(part, gone)) is not None]
        if filters:
            kept["filters"] = filters
        else:
            del kept["filters"]
    if kept["when"] not in ("and", "or", "not"):
        return kept
    parts = [one for part in kept["conditions"] if (one := _without(part, gone)) is not None]
    if not parts:
        return None
    if len(parts) == 1 and len(condition["conditions"]) > 1 and kept["when"] != "not":
        rest = {name: value for name, value in kept.items() if name not in ("when", "conditions")}
        return (
            parts[0]
            if not rest
            else {**kept, "conditions": parts}
            if set(rest) & set(parts[0])
            else {**parts[0], **rest}
        )
    return {**kept, "conditions": parts}
