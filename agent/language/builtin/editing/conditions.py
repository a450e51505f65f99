"""Changes of rules: a condition more, another entry or exit, one rule in place of another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.language.builtin.conditions import condition
from agent.language.builtin.cursor import Cursor
from agent.language.builtin.editing.lookup import Role, role_in, side_in
from agent.language.builtin.editing.placing import Mode, place
from agent.language.builtin.editing.rewriting import mapped, settle_bare
from agent.language.builtin.editing.thresholds import moved_in_place
from agent.language.builtin.rules import (
    Compare,
    Condition,
    Field,
    Not,
    Series,
    contrary,
    joined,
    leaves,
)
from agent.language.builtin.setups import averages
from agent.language.builtin.tokens import clean, tokenize

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

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
    r"\b(?:buy|buys|enter|enters|go long|go short|long|short|get in|entry|entries|sell|sells|exit|exits|close|get "
    r"out|leave|cover|bail(?: out)?|out)\b"
    r"(?=[^,;]*?\b(?:when|if|on|once|whenever|only|while|as soon as|at|:)|:)",
    re.IGNORECASE,
)
CONDITIONAL = re.compile(
    r"\b(?:when|if|whenever|once|while|as soon as|unless|only|provided|require\w*|filter|condition|confirm\w*|during|"
    r"on|must)\b",
    re.IGNORECASE,
)
JOINTS = {"and": "and", "or": "or", "unless": "unless", "filter": "and", "with": "and"}
SILENT = frozenset({"when", "while", "action", "only", "filler", "with", "current"})


@dataclass(frozen=True, slots=True)
class Read:
    """A rule that was read from words, and the words with meaning that were not taken in."""

    rule: Condition
    left: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()


def rule_in(text: str) -> Read | None:
    """Return the rule a text states: conditions joined as it joins them, ``or`` binding weaker; None without any.

    >>> rule_in("rsi below 30 and volume above its 20 bar average").rule.op
    'and'
    """
    c = Cursor(tokenize(clean(text)))
    groups: list[list[Condition]] = [[]]
    joint = "and"
    left: list[str] = []
    while c.peek() is not None:
        token = c.tokens[c.at]
        if token.tag in JOINTS and not (token.tag == "filter" and c.peek(1) is None):
            joint = JOINTS[str(token.tag)]
            c.take()
            continue
        if token.text == "," or (
            token.tag in SILENT and not (token.tag == "action" and token.text in ("long", "short", "out", "cash"))
        ):
            c.take()
            continue
        if token.tag == "setup":
            c.take()
            fast, slow = averages("sma", 50.0, 200.0)
            found: Condition | None = Compare(
                "crosses_above" if token.data == "golden_cross" else "crosses_below", fast, slow
            )
        else:
            found = condition(c)
        if found is not None:
            if joint == "unless":
                found = Not(found)
            if joint == "or" and groups[-1]:
                groups.append([])
            groups[-1].append(found)
            joint = "and"
            continue
        c.take()
        if token.kind in ("number", "span") or token.tag in ("compare", "indicator", "line"):
            left.append(token.raw)
    if not groups[0]:
        return None
    shapes = tuple(note.partition(":")[2] for note in dict.fromkeys(c.mind.notes) if note.startswith("shape:"))
    rule = joined("or", [joined("and", group) for group in groups if group])
    return Read(rule, tuple(left), shapes)


def read_condition(clause: Clause, sheet: Worksheet) -> bool:
    """Change the rules as a clause asks; False when it states no rule."""
    body = clause.body if clause.verb in ("exclude", "require") or clause.new is not None else clause.text
    read = rule_in(body)
    if read is None:
        return False
    role: Role = _role(clause)
    side = side_in(clause.text)
    settled = _settled(read.rule, sheet, role)
    if settled is None:
        return True
    if read.left:
        sheet.leave_out(" ".join(read.left), "I could not tell what this asks for", f"signals.{role}")
    if clause.verb == "exclude":
        settled = Not(settled) if not _is_time(settled) else _unless_time(settled)
    for shape in read.shapes:
        sheet.assume(
            "signals", shape, f"{shape.replace('_', ' ')}: read by its usual definition over the last two bars"
        )
    mode = _mode(clause, role)
    if clause.verb not in ("add", "exclude") and not clause.also and REPLACES.search(clause.text) is None:
        named = role if ACTION.search(clause.text) or role_in(clause.text) else None
        if moved_in_place(settled, named, side, clause, sheet):
            return True
    place(settled, mode, role, side, sheet)
    return True


def _role(clause: Clause) -> Role:
    """Entry, unless the action in front of the condition closes."""
    found = ACTION.search(clause.text)
    if found is not None:
        word = found.group().lower()
        if word.startswith(("sell", "exit", "close", "get out", "leave", "cover", "bail", "out")):
            return "exit"
        return "entry"
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
    from agent.spec_words import indicator_words

    return " or ".join(f"{key} ({indicator_words(sheet.after['indicators'][key])})" for key in keys)


def _is_time(rule: Condition) -> bool:
    return all(
        isinstance(leaf, Compare) and isinstance(leaf.left, Field) and leaf.left.name.startswith("time.")
        for leaf in leaves(rule)
    )


def _unless_time(rule: Condition) -> Condition:
    """The rest of the hours or days: ``gte 6`` becomes ``lt 6``, an exact day a ``not``."""
    turned = contrary(rule)
    complement = {"gte": "lt", "lte": "gt", "gt": "lte", "lt": "gte"}
    if isinstance(rule, Compare) and rule.when in complement:
        return Compare(complement[rule.when], rule.left, rule.right)  # type: ignore[arg-type]
    return turned if isinstance(turned, Not) else Not(rule)
