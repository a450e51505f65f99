"""Questions about changes without a magnitude: what could change, what it is now, and what more or less of it does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.editing.mentions import mentioned
from agent.language.builtin.editing.protections import ask_how_far
from agent.language.builtin.editing.topics import standing, topic_at, topic_in
from agent.spec_words import indicator_words

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

GOAL = re.compile(
    r"\b(?:more|less|too|not so|not as|a bit|slightly|much|very|even)\s+(?:more |less )?(?:aggressive\w*|"
    r"conservative\w*|risky|careful|cautious|defensive|safe|selective|active|"
    r"sensitive|responsive|patient|picky|strict|loose|relaxed|bold|greedy|frequent\w*|often|trades?|signals?|entries|"
    r"risk)\b|"
    r"\b(?:safer|riskier|calmer|bolder|smoother|gentler|tamer|stricter|looser|milder|wilder|spicier|aggressive|"
    r"conservative|defensive|de-?risk\w*)\b|"
    r"\b(?:fewer|less|lower|reduce|increase|decrease|raise|cut|limit|minimi[sz]e|more|higher)\s+(?:the |my |its |"
    r"overall |our )?(?:risk|drawdowns?|volatility|frequency|turnover|number of trades|trades|signals|entries|"
    r"whipsaws|false signals)\b|"
    r"\b(?:tone it down|crank it up|dial it (?:up|down)|spice it up|loosen (?:it )?up|tighten (?:it )?up|turn it "
    r"(?:up|down)|take (?:more|less) risk|trade (?:more|less))\b",
    re.IGNORECASE,
)
COMPARED = re.compile(
    r"\b(?:tight\w*|wide\w*|wider|loose\w*|closer|further|farther|bigger|larger|smaller|higher|lower|short(?:er|"
    r"en)\w*|long(?:er)\b|lengthen\w*|narrow\w*|"
    r"increase\w*|decrease\w*|reduce\w*|raise\w*|lower\w*|rais\w+|bump\w*|shrink\w*|extend\w*|faster|slower|quicker|"
    r"different|another|better|change|adjust|tweak|more|less|earlier|later|sooner|cut)\b",
    re.IGNORECASE,
)


OTHER_RULE = re.compile(
    r"^(?:use |try |i want |want |make |find |give (?:it|me) )?(?:an? |the |some )?(?:different|another|other|"
    r"better|new|"
    r"change the|change|smarter|simpler) (?:the )?(?P<role>exits?|entry|entries|sell rule|buy rule)(?: rules?|"
    r" signals?|"
    r" condition| logic)?$",
    re.IGNORECASE,
)
"""``different exit``: a rule that is to be another one, and which is not said."""


def goal_in(text: str) -> bool:
    """Return whether a text wants more or less of something that has no single figure."""
    return GOAL.search(text) is not None


def ask_goal(sheet: Worksheet) -> None:
    """Offer what could change: size, leverage, stop, each with its value now and its effect."""
    options = []
    for path in ("sizing", "risk.max_leverage", "risk.stop_loss"):
        topic = topic_at(path)
        now = standing(topic, sheet)
        options.append(f"{topic.name} ({'now ' + now if now != 'none' else 'none now'}; {topic.effect})")
    text = f"what should change, and to what: {', '.join(options[:-1])}, or {options[-1]}?"
    for at, path in enumerate(("sizing.value", "risk.max_leverage", "risk.stop_loss")):
        if at == 0:
            sheet.ask(path, text)


GOAL_PATHS = ("sizing.value", "risk.max_leverage", "risk.stop_loss")


def read_choice(clause: Clause, sheet: Worksheet) -> bool:
    """Ask for the magnitude of a change that was named without one; False when nothing known is named."""
    if goal_in(clause.text) and (topic_in(clause.text) is None or topic_in(clause.text) is topic_at("sizing")):
        ask_goal(sheet)
        return True
    topic = topic_in(clause.all)
    if topic is not None:
        ask_how_far(topic, sheet)
        return True
    rule = OTHER_RULE.match(clause.text)
    if rule is not None:
        role = "exit" if rule["role"].lower() in ("exit", "exits", "sell rule") else "entry"
        verb = "sell" if role == "exit" else "buy"
        sheet.ask(f"signals.{role}", f"when should it {verb} instead (which indicator or price, above or below what)?")
        return True
    keys = mentioned(clause.all, sheet.after)
    if keys and (COMPARED.search(clause.text) or clause.verb in ("set", "add", None)):
        listed = ", ".join(f"{key}: {indicator_words(sheet.after['indicators'][key])}" for key in keys)
        sheet.ask(f"indicators.{keys[0]}", f"what should change about it, and to what ({listed})?")
        return True
    return False
