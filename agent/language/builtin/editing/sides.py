"""Changes of the sides that are traded: a short side mirrored from the long one, or one side given up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agent.language.builtin.contraries import mirrored
from agent.language.builtin.editing.placing import need_perp, writer_for
from agent.language.builtin.editing.rewriting import NoRule, rule_of
from agent.language.builtin.editing.topics import topic_in
from agent.language.builtin.rules import Compare, Field, Number, leaves

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

SHORTS = r"shorts?(?: (?:side|trades?|entr(?:y|ies)|positions?|selling|leg))?|shorting|sell(?:ing)? short|going short"
LONGS = r"longs?(?: (?:side|trades?|entr(?:y|ies)|positions?|leg))?|going long|buying"
BOTH = re.compile(
    r"\b(?:both (?:sides|directions|ways)|either (?:side|direction|way)|long[ /&-]+(?:and |or )?short|longs? and "
    r"shorts?|two[ -]sided|"
    r"mirror(?:ed)?(?! the (?:stop|target))|vice versa)\b",
    re.IGNORECASE,
)
ADD_SHORT = re.compile(
    rf"^(?:(?:add|include|allow|enable|also|trade|take|do|open|have|make it|go|let it|with|"
    rf"support)\b.*\b(?:{SHORTS})\b|(?:the )?(?:{SHORTS})(?: side)?(?: (?:too|as well|also))|"
    r"(?:do |and )?(?:the )?(?:same|opposite|reverse|inverse)\b.*\b(?:shorts?|short side|downside)\b|short (?:it|too|"
    r"as well|also)\b.*|go short (?:too|as well|also)\b.*)",
    re.IGNORECASE,
)
LONG_ONLY = re.compile(
    r"\b(?:longs? only|only (?:go )?longs?|(?:only|just) (?:take |trade |do |play |keep )?(?:the )?long (?:side|"
    r"trades?|entries)|long side only|long[ -]only|"
    r"buy side only|only buy)\b",
    re.IGNORECASE,
)
SHORT_ONLY = re.compile(
    r"\b(?:shorts? only|only (?:go )?shorts?|(?:only|just) (?:take |trade |do |play |keep )?(?:the )?short (?:side|"
    r"trades?|entries)|short side only|"
    r"short[ -]only)\b",
    re.IGNORECASE,
)
TURNED_SHORT = re.compile(
    r"^(?:make|turn|convert|change|switch|flip) (?:it|this|that|the strategy) (?:in)?(?:to )?(?:a |an )?"
    r"(?:short|bearish)(?:[- ](?:only|strategy|system|selling strategy|bot|version|seller|one|side))*$",
    re.IGNORECASE,
)
"""``make it a short strategy``: the short side takes the place of the long one."""

REVERSES = re.compile(
    r"\b(?:reverse|flip|always in|stop and reverse)\b.*\b(?:opposite|signal|position|other side|direction|market)|"
    r"\bon (?:an |the )?opposite (?:entry|signal)\b.*\b(?:reverse|flip)|"
    r"\bopposite (?:entry|entries|signals?)\b.*\b(?:reverse|flip|ignore)",
    re.IGNORECASE,
)
CONDITIONED = re.compile(r"\b(?:when|if|whenever|once|above|below|cross\w*|over|under)\b|[<>]", re.IGNORECASE)


def read_sides(clause: Clause, sheet: Worksheet) -> bool:
    """Add or give up a side as a clause asks; False when it asks for neither."""
    text = clause.text
    if re.match(r"(?:for|on) (?:the )?(?:long|short)", text, re.IGNORECASE):
        return False
    if REVERSES.search(text) and re.search(r"\b(?:exit|close|sell|out)\b", text, re.IGNORECASE) is None:
        return _reverse(clause, sheet)
    if CONDITIONED.search(text):
        return False
    topic = topic_in(re.sub(r"\bpositions?\b", " ", text))
    if clause.verb != "remove" and topic is not None and topic.path.startswith("risk.") and BOTH.search(text) is None:
        return False  # a level of one side
    if LONG_ONLY.search(text) or (
        clause.verb == "remove"
        and re.fullmatch(rf"(?:the |all |any |its |my )*(?:{SHORTS})(?: again)?", clause.body.strip(), re.IGNORECASE)
    ):
        _only_long(sheet)
    elif (
        SHORT_ONLY.search(text)
        or TURNED_SHORT.match(text.strip(" .!"))
        or (
            clause.verb == "remove"
            and re.fullmatch(rf"(?:the |all |any |its |my )*(?:{LONGS})", clause.body.strip(), re.IGNORECASE)
        )
    ):
        _only_short(sheet)
    elif clause.verb != "remove" and (
        BOTH.search(text)
        or ADD_SHORT.search(text)
        or (clause.also and re.search(rf"\b(?:{SHORTS})\b", text, re.IGNORECASE))
    ):
        return _add_missing(clause, sheet)
    else:
        return False
    return True


def _reverse(clause: Clause, sheet: Worksheet) -> bool:
    """What an entry of the other side does to a position."""
    if sheet.at("signals.short") is None or not sheet.at("signals.entry"):
        sheet.ask(
            "signals.short",
            "only one side is traded, so nothing can reverse: should the other side be added as its mirror image?",
        )
    else:
        off = (
            clause.verb == "remove"
            or re.search(r"\b(?:ignore|not|never|don'?t|no)\b", clause.text, re.IGNORECASE) is not None
        )
        sheet.put("signals.opposite_entry", "ignore" if off else "reverse")
    return True


def _only_long(sheet: Worksheet) -> None:
    short = sheet.at("signals.short")
    if short is None:
        sheet.closing.append(lambda: _already(sheet))
        return
    if not sheet.at("signals.entry"):
        sheet.ask("signals.entry", "it trades the short side alone, and nothing would be left: when should it buy?")
        return
    if sheet.at("signals.opposite_entry") == "reverse":
        if not sheet.at("signals.exit"):
            sheet.put("signals.exit", short["entry"])
            sheet.assume("signals.exit", None, "longs were closed by the short entry, which stays as their exit")
        sheet.drop("signals.opposite_entry")
    sheet.drop("signals.short")


def _already(sheet: Worksheet) -> None:
    """``only longs, stop 2 atr`` of a strategy that is long only: worth a word where nothing else changes."""
    if sheet.after == sheet.before:
        sheet.ask("signals.short", "it is long only already: what should change?")


def _only_short(sheet: Worksheet) -> None:
    if sheet.at("signals.short") is None:
        if not _mirror(sheet):
            return
        sheet.assume("signals.short", None, "the short side mirrors the long one, which is given up")
    short = sheet.at("signals.short")
    if sheet.at("signals.opposite_entry") == "reverse":
        if not short["exit"]:
            short["exit"] = sheet.at("signals.entry")
            sheet.assume("signals.short.exit", None, "shorts were closed by the long entry, which stays as their exit")
        sheet.drop("signals.opposite_entry")
    sheet.put("signals.entry", [])
    sheet.put("signals.exit", [])


def _add_missing(clause: Clause, sheet: Worksheet) -> bool:
    if sheet.at("signals.short") is not None and sheet.at("signals.entry"):
        if topic_in(clause.text) is not None or re.search(r"\d", clause.text):
            return False  # about something else, on both sides
        sheet.ask("signals.short", "it trades both sides already: what should change?")
        return True
    if sheet.at("signals.short") is None and _mirror(sheet):
        sheet.assume(
            "signals.short",
            None,
            "the short side mirrors the long one: crosses and comparisons turned around, levels reflected",
        )
    return True


def _mirror(sheet: Worksheet) -> bool:
    """Write the mirror of the long side as the short side; False when that takes a question."""
    writer = writer_for(sheet)
    written: dict[str, list[Any]] = {}
    for role in ("entry", "exit"):
        written[role] = []
        for one in sheet.at(f"signals.{role}") or []:
            try:
                rule = rule_of(one, sheet.after["indicators"])
            except NoRule:
                rule = None
            if rule is None or any(_is_price_level(leaf) for leaf in leaves(rule)):
                sheet.ask(
                    f"signals.short.{role}",
                    f"the {role} has no plain mirror image: which condition should it be for shorts?",
                )
                return False
            written[role].append(writer.condition(mirrored(rule)))
    sheet.put("signals.short", written)
    sheet.assumptions += writer.assumptions
    need_perp(sheet)
    return True


def _is_price_level(leaf: Any) -> bool:
    """A price against a constant: what would it be for the other side?"""
    return (
        isinstance(leaf, Compare)
        and isinstance(leaf.right, Number)
        and isinstance(leaf.left, Field)
        and not leaf.left.name.startswith("time.")
        and leaf.left.name != "volume"
    )
