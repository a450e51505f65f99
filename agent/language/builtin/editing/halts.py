"""Losses that end trading: of the account, of a day, or of each position."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.editing.amounts import put_amount
from agent.language.builtin.editing.topics import standing, topic_at
from agent.language.builtin.sizes import Size
from agent.language.builtin.writing import plain_number
from agent.spec_words import per_cent

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

HALTED = re.compile(
    r"^(?:stop|halt|quit|end|pause|cease|shut down|switch off|turn off|kill)(?: all)?(?: the)?(?: trading| strategy| "
    r"bot| everything)\b(?P<when>.*?)"
    r"(?P<share>\d+(?:\.\d+)?)\s*(?:%|percent|per cent|pct)",
    re.IGNORECASE,
)
SOLD_ALL = re.compile(
    r"\b(?:sell|close|exit|liquidate|dump|get out of|get rid of|flatten) "
    r"(?:everything|all(?: of it)?|it all|(?:all|the) (?:my |the |open )?positions|the lot)\b"
    r"(?P<when>.*?)(?P<share>\d+(?:\.\d+)?)\s*(?:%|percent|per cent|pct)",
    re.IGNORECASE,
)
OF_ACCOUNT = re.compile(
    r"\b(?:account|equity|portfolio|capital|balance|draw ?-?down|overall|in total|peak)\b", re.IGNORECASE
)
OF_POSITION = re.compile(
    r"\b(?:per (?:trade|position)|(?:a|one|each|every|the|any) (?:single )?(?:trade|position)|stop(?: ?loss)?|entry)\b|"
    r"\b(?:positions?|trades?)\W*$",
    re.IGNORECASE,
)
LOST = re.compile(r"\b(?:los(?:e|es|ing|t|s)|down|drops?|falls?|negative|minus|draw ?-?down)\b", re.IGNORECASE)


def read_halt(clause: Clause, sheet: Worksheet) -> bool:
    """``stop trading after a loss of 10%``: the drawdown, or the daily loss, that ends it."""
    if _sells_all(clause, sheet):
        return True
    halted = HALTED.search(clause.text)
    if halted is None:
        return False
    daily = re.search(r"\b(?:day|daily|today)\b", clause.text, re.IGNORECASE) is not None
    put_amount(Size("max_daily_loss" if daily else "max_drawdown", float(halted.group("share")) / 100), sheet)
    return True


def _sells_all(clause: Clause, sheet: Worksheet) -> bool:
    """``sell everything if I lose 20%``: of the account, which ends trading, or of each position?"""
    found = SOLD_ALL.search(clause.all)
    if found is None or LOST.search(clause.all) is None:
        return False
    share = float(found["share"]) / 100
    if OF_POSITION.search(clause.all):
        sheet.put("risk.stop_loss", {"type": "percent", "value": plain_number(share)})
        return True
    if OF_ACCOUNT.search(clause.all):
        put_amount(Size("max_drawdown", share), sheet)
        return True
    stop, drawdown = (standing(topic_at(path), sheet) for path in ("risk.stop_loss", "risk.max_drawdown_pct"))
    sheet.ask(
        "risk.max_drawdown_pct",
        f"{per_cent(share)} of what: of the account from its peak, which closes everything and ends trading (now "
        f"{drawdown}), or of each position from its entry, a stop loss (now {stop})?",
    )
    return True
