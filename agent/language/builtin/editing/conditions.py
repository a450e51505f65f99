"""Changes of rules: a condition more, another entry or exit, one rule in place of another."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.contraries import contrary
from agent.language.builtin.editing.exchange import exchanged
from agent.language.builtin.editing.lookup import Role, role_in, side_in
from agent.language.builtin.editing.mentions import mentioned
from agent.language.builtin.editing.placing import Mode, entry_of, place
from agent.language.builtin.editing.rewriting import mapped, settle_bare
from agent.language.builtin.editing.statements import filter_by_name, rule_in
from agent.language.builtin.editing.thresholds import moved_in_place, numbers_in
from agent.language.builtin.editing.topics import topic_in
from agent.language.builtin.editing.universe import frames_in
from agent.language.builtin.roles import directed
from agent.language.builtin.rules import Compare, Condition, Field, Not, Number, Series, Span, leaves
from agent.spec_words import indicator_words

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

WHEN = re.compile(r"\b(?:when|if|whenever|once|while)\b", re.IGNORECASE)
FRAMED = re.compile(
    r"^(?:add |a |an |the )*(?P<frame>\d+ ?\w+|daily|weekly|hourly) (?:trend |regime )?(?:filter|"
    r"condition|confirmation)\b",
    re.IGNORECASE,
)
ABOVE_BY_NATURE = ("adx", "dx")
"""Trend strength: a filter wants it above its level."""

NEGATED = re.compile(
    r"^(?:no|not|nothing|without|never|w/o|outside(?: of)?)\b(?: (?:new |more )?(?:trades?|trading|entr(?:y|ies)|buys?|"
    r"buying|positions?|trade|enter|open|anything))?",
    re.IGNORECASE,
)
FILTER = re.compile(r"\b(?:filter|confirmation)\b", re.IGNORECASE)
REPLACES = re.compile(
    r"\b(?:change|replace|switch|make|set|redo|rewrite|turn|update|modify|swap)\s+(?:the |my |its |our )?(?:long |"
    r"short )?"
    r"(?:entr(?:y|ies)|exits?|buy|sell|buying|selling|entry rules?|exit rules?|(?:buy|sell|entry|exit) (?:signal|"
    r"condition|rule|trigger)s?)\b|"
    r"^(?:new|the new|different) (?:entry|exit|buy|sell)\b|^(?:the )?(?:entry|exit|buy|sell)(?: rule| signal| "
    r"condition)? (?:should be|is now|becomes|now)\b",
    re.IGNORECASE,
)
ALTERNATIVE = re.compile(
    r"\b(?:another|second|alternative|additional|extra|further|different) (?:entry|exit|way|buy|sell|long|short|"
    r"reason|trigger|signal)|"
    r"^(?:or|alternatively)\b|^(?:also |add )?(?:an? )?(?:buy|enter|go long|long|go short|short|entry|get "
    r"in)\b.*\b(?:when|if|on|once|whenever|after)\b",
    re.IGNORECASE,
)
ACTION = re.compile(
    r"\b(?:buy|buys|enter|enters|go long|go short|long|short|get in|entry|entries|sell|sells|exit|exits|"
    r"(?<!the )(?<!a )close(?! (?:price |is |was |has |to be )*(?:above|below|over|under|beyond|back|cross|"
    r"break|at least|at most|"
    r"higher|lower|greater|less|outside|inside|within|price|[<>=]))|get "
    r"out|leave|cover|bail(?: out)?|out)\b"
    r"(?=[^,;]*?\b(?:when|if|on|once|whenever|only|while|as soon as|at|:)|:)",
    re.IGNORECASE,
)


def read_condition(clause: Clause, sheet: Worksheet) -> bool:
    """Change the rules as a clause asks; False when it states no rule."""
    body = clause.body if clause.verb in ("exclude", "require") or clause.new is not None else clause.text
    stated = rule_in(body, sheet.subject, sheet.line)
    if stated is None or _is_a_size(clause, sheet):
        return stated is None and _read_filter(clause, sheet)
    if clause.verb != "exclude" and NEGATED.match(clause.text):
        shut = rule_in(NEGATED.sub("", clause.text).strip(), sheet.subject, sheet.line)
        if shut is not None and _is_time(shut.rule):  # "never on fridays"
            clause, stated = replace(clause, verb="exclude"), shut
    if clause.verb == "remove":
        return False
    role = _role(clause)
    if _levelled(clause, sheet):
        return True
    settled = _settled(_framed(stated.rule, clause), sheet, role)
    if settled is None:
        return True
    _tell_which_way(settled, role, sheet)
    if stated.left:
        sheet.leave_out(" ".join(stated.left), "I could not tell what this asks for", f"signals.{role}")
    if clause.verb == "exclude":
        settled = _unless_time(settled) if _is_time(settled) else Not(settled)
    for shape in stated.shapes:
        text = f"{shape.replace('_', ' ')}: read by its usual definition over the last two bars"
        sheet.assume("signals", shape, text)
    sheet.subject, sheet.line = stated.topic, stated.line
    _apply(settled, role, clause, sheet)
    return True


def _is_a_size(clause: Clause, sheet: Worksheet) -> bool:
    """True for ``size down to 5%``: a change of the size, no fall of the price."""
    kinds = {item.kind for item in sheet.items(clause.text)}
    return "size" in kinds and "condition" not in kinds


def _framed(rule: Condition, clause: Clause) -> Condition:
    """``daily trend filter: close above ema 50``: the averages are those of the timeframe the filter is named by."""
    found = FRAMED.match(clause.body)
    frames = frames_in(found.group("frame")) if found is not None else []
    if len(frames) != 1:
        return rule
    framed: Condition = mapped(rule, lambda series: replace(series, timeframe=series.timeframe or frames[0]))
    return framed


def _apply(rule: Condition, role: Role, clause: Clause, sheet: Worksheet) -> None:
    """Change a constant in place where the rule is there already, else put the rule where it belongs."""
    side = side_in(clause.text)
    if clause.old is not None or (clause.instead and REPLACES.search(clause.text) is None):
        if exchanged(rule, role, side, clause, sheet):
            return
    if clause.verb not in ("add", "exclude") and not clause.also and REPLACES.search(clause.text) is None:
        named = role if ACTION.search(clause.text) or role_in(clause.text) else None
        if moved_in_place(rule, named, side, clause, sheet):
            return
    place(rule, _mode(clause, role), role, side, sheet)


def _tell_which_way(rule: Condition, role: Role, sheet: Worksheet) -> None:
    """``exit at the 20 ema``: from below or from above? A band's side says so; else what is taken is told."""
    for leaf in leaves(rule):
        if not (isinstance(leaf, Compare) and leaf.when == "reach" and isinstance(leaf.right, Series)):
            continue
        line = leaf.right
        if line.output in ("upper", "lower", "high", "low") or line.type in ("highest", "lowest"):
            continue
        place_of = entry_of(sheet, "long")
        way = directed(leaf, "long", role, place_of)
        falls = isinstance(way, Compare) and way.when == "lte"
        side = "at or below" if falls else "at or above"
        sheet.assume(f"signals.{role}", None, f"at the {line.type.upper()} is taken as a close {side} it (longs)")


def _levelled(clause: Clause, sheet: Worksheet) -> bool:
    """``stop below the 20 bar low``: a stop is a distance or a price, no line; ask how it is meant."""
    first = re.split(r"\b(?:at|below|above|under|over|when|if)\b", clause.text, maxsplit=1)[0]
    topic = topic_in(first)
    if topic is None or topic.path not in ("risk.stop_loss", "risk.trailing_stop") or WHEN.search(clause.text):
        return False
    sheet.ask(
        topic.path,
        f"a {topic.name} is a distance in per cent or ATRs, or a price, and no line: how far away should it be, or "
        f"should it exit "
        f"on a close beyond that line ('exit when ...')?",
    )
    return True


def _read_filter(clause: Clause, sheet: Worksheet) -> bool:
    """``add a 200 ema filter``: by its usual rule where it has one; else ask for the level."""
    if clause.verb not in ("add", "require") and FILTER.search(clause.text) is None:
        return False
    if clause.verb not in ("add", "require", None) or topic_in(clause.text) is not None:
        return False
    named = filter_by_name(clause.body)
    if named is None:
        return False
    series, rule = named
    own = [value.n if isinstance(value, Span) else value for value in dict(series.inputs).values()]
    figure = next((number for number in numbers_in(clause.body) if number not in own), None)
    there = any(sheet.after["indicators"][key]["type"] == series.type for key in mentioned(clause.body, sheet.after))
    if figure is not None and there:
        return False  # the level of a filter there is
    if rule is None and figure is not None and series.type in ABOVE_BY_NATURE:
        rule = Compare("gt", series, Number(figure))
    role = _role(clause)
    if rule is None:
        sheet.ask(
            f"signals.{role}",
            f"which rule should {series.type.upper()} add to the {role}: above or below which level or line?",
        )
        return True
    settled = _settled(rule, sheet, role)
    if settled is not None:
        what = "the close above it" if series.type != "supertrend" else "while it points up"
        sheet.assume(f"signals.{role}", None, f"a {series.type.upper()} filter is taken by its usual rule: {what}")
        place(settled, "and" if role == "entry" else "or", role, side_in(clause.text), sheet)
    return True


def _role(clause: Clause) -> Role:
    """Entry, unless the action in front of the condition closes."""
    found = ACTION.search(clause.text)
    if found is not None:
        word = found.group().lower()
        if word.startswith(("sell", "exit", "close", "get out", "leave", "cover", "bail", "out")):
            return "exit"
        return "entry"
    topic = topic_in(re.split(r"\b(?:at|when|if|once)\b", clause.text, maxsplit=1)[0])
    if topic is not None and topic.path == "risk.take_profit":
        return "exit"
    named = role_in(re.split(r"\b(?:when|if|once|above|below|over|under)\b", clause.text, maxsplit=1)[0])
    return named or "entry"


def _mode(clause: Clause, role: Role) -> Mode:
    """``and`` narrows what is there, ``or`` stands beside it, ``replace`` takes its place."""
    if REPLACES.search(clause.text) or (clause.instead and ACTION.search(clause.text)):
        return "replace"
    if clause.verb in ("require", "exclude") or re.search(r"\bonly\b", clause.text, re.IGNORECASE):
        return "and"
    if role == "exit":
        return "or"
    return "or" if ALTERNATIVE.search(clause.text) else "and"


def _settled(rule: Condition, sheet: Worksheet, role: Role) -> Condition | None:
    """Give indicators named without settings those of the spec; None when that takes a question."""
    unclear: list[tuple[Series, list[str]]] = []

    def change(series: Series) -> Series:
        found, keys = settle_bare(series, sheet.after)
        if len(keys) > 1 and found.bare:
            unclear.append((series, keys))
        return found

    settled: Condition = mapped(rule, change)
    if unclear:
        series, keys = unclear[0]
        sheet.ask(f"signals.{role}", f"which {series.type.upper()} is meant: {_listed(keys, sheet)}?")
        return None
    return settled


def _listed(keys: list[str], sheet: Worksheet) -> str:
    return " or ".join(f"{key} ({indicator_words(sheet.after['indicators'][key])})" for key in keys)


def _is_time(rule: Condition) -> bool:
    lefts = [getattr(leaf, "left", None) for leaf in leaves(rule)]
    return all(isinstance(one, Field) and one.name.startswith("time.") for one in lefts)


def _unless_time(rule: Condition) -> Condition:
    """The rest of the hours or days: ``gte 6`` becomes ``lt 6``, an exact day a ``not``."""
    turned = contrary(rule)
    complement = {"gte": "lt", "lte": "gt", "gt": "lte", "lt": "gte"}
    if isinstance(rule, Compare) and rule.when in complement:
        return Compare(complement[rule.when], rule.left, rule.right)  # type: ignore[arg-type]
    return turned if isinstance(turned, Not) else Not(rule)
