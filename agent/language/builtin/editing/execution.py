"""Changes of how orders are carried out: the price they fill at, limit entries, fees, slippage."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.tokens import clean, tokenize
from agent.language.builtin.writing import plain_number

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

CLOSING = re.compile(
    r"\b(?:fill\w*|execut\w*|enter\w*|entr(?:y|ies)|orders?|trade|buy|get in|act|in)\b.*\b(?:at|on) (?:the "
    r")?(?:signal |"
    r"deciding |bar'?s? |candle'?s? |same )?"
    r"(?:bar |candle )?close\b|\bmarket on close\b|\bmoc\b|^(?:at|on) (?:the )?(?:bar |candle )?close$|\bclose "
    r"fills?\b",
    re.IGNORECASE,
)
OPENING = re.compile(
    r"\b(?:at|on) the (?:next |following )?(?:bar'?s? |candle'?s? )?(?:next )?open\b|\bnext (?:bar |candle )?(?:'s "
    r")?open\b|\bopen of the next\b",
    re.IGNORECASE,
)
WEIGHTED = re.compile(r"\b(?:fill\w*|execut\w*|orders?)\b.*\bvwap\b", re.IGNORECASE)
LIMIT = re.compile(
    r"\blimit (?:order|entr|buy|price|in\b)|\b(?:entr(?:y|ies)|enter|orders?)\b.*\blimit\b", re.IGNORECASE
)
MARKET = re.compile(r"\bmarket (?:orders?|entr(?:y|ies))\b|\bno limit (?:orders?|entr(?:y|ies))\b", re.IGNORECASE)
SHARE = re.compile(r"(?P<share>\d+(?:\.\d+)?)\s*(?P<unit>%|percent|per cent|pct|bps|bp|basis points?)", re.IGNORECASE)
EXPIRES = re.compile(
    r"\b(?:expir\w*|cancel\w*|valid|good|within|after|for)\b\D{0,20}(?P<bars>\d+)\s*(?:bars?|candles?)", re.IGNORECASE
)
MODELS = ("basic", "conservative")


def read_execution(clause: Clause, sheet: Worksheet) -> bool:
    """Change how orders are carried out as a clause asks; False when it says nothing of that."""
    text = clause.text
    if re.search(r"\bslippage\b", text, re.IGNORECASE):
        return _slippage(clause, sheet)
    if re.search(r"\b(?:fees?|commissions?)\b", text, re.IGNORECASE):
        return _fees(clause, sheet)
    if MARKET.search(text):
        if not sheet.drop("execution.entry_order"):
            sheet.ask("execution.entry_order", "entries are market orders already: what should change?")
        return True
    expires = EXPIRES.search(text)
    if expires is not None and re.match(r"(?:expir|cancel|valid|good)", text, re.IGNORECASE):
        if sheet.at("execution.entry_order") is None:
            sheet.ask(
                "execution.entry_order", "entries are market orders: how far from the close should a limit order stand?"
            )
        else:
            sheet.put("execution.entry_order.expires_bars", int(expires.group("bars")))
        return True
    if LIMIT.search(text) and not re.search(
        r"\b(?:hour|drawdown|exposure|positions?|size|loss)\b", text, re.IGNORECASE
    ):
        return _limit_entry(clause, sheet)
    return _fill(clause, sheet)


def _shares(text: str) -> list[float]:
    """The figures of a text in per cent or basis points, as fractions."""
    return [
        float(one.group("share")) / (10_000 if one.group("unit").lower().startswith(("b",)) else 100)
        for one in SHARE.finditer(text)
    ]


def _slippage(clause: Clause, sheet: Worksheet) -> bool:
    named = next((one for one in MODELS if re.search(rf"\b{one}\b", clause.text, re.IGNORECASE)), None)
    shares = _shares(clause.text)
    if named is not None:
        sheet.put("execution.slippage_model", named)
        sheet.drop("execution.slippage")
    elif len(shares) == 1 or re.search(r"\b(?:no|zero|without) slippage\b", clause.text, re.IGNORECASE):
        held = sheet.at("execution.slippage") or {}
        sheet.put("execution.slippage_model", "custom")
        sheet.put("execution.slippage", {**held, "base": plain_number(round(shares[0], 10)) if shares else 0})
    else:
        now = sheet.at("execution.slippage_model") or "basic"
        sheet.ask(
            "execution.slippage_model",
            f"which slippage: basic, conservative, or a constant one in per cent (it is {now} now)?",
        )
    return True


def _fees(clause: Clause, sheet: Worksheet) -> bool:
    text = clause.text
    shares = _shares(text)
    named = _by_side(text)
    if re.search(r"\b(?:no|zero|without) (?:fees?|commissions?)\b", text, re.IGNORECASE):
        sheet.put("execution.fees", {"maker": 0, "taker": 0})
    elif named and all(named.values()):
        held = sheet.at("execution.fees") or {}
        sheet.put(
            "execution.fees", {**held, **{name: plain_number(round(found[0], 10)) for name, found in named.items()}}
        )
    elif len(shares) == 1:
        rate = plain_number(round(shares[0], 10))
        sheet.put("execution.fees", {"maker": rate, "taker": rate})
        sheet.assume("execution.fees", rate, "the fee is taken for maker and taker alike")
    else:
        sheet.ask("execution.fees", "which fees, maker and taker, in per cent?")
    return True


def _by_side(text: str) -> dict[str, list[float]]:
    """The rates for makers and takers: ``maker 2 bps taker 5``, ``2 bps maker, 5 bps taker``.

    A naked rate of one and more is in basis points, as exchanges quote it; no exchange takes whole per cents.
    """
    first = re.search(r"maker|taker|\d", text, re.IGNORECASE)
    ahead = first is not None and first.group().isdigit()
    rate = r"(?P<rate>\d+(?:\.\d+)?)\s*(?P<unit>%|percent|pct|bps?|basis points?)?"
    side = r"(?P<side>maker|taker)"
    order = rf"{rate}\s*(?:for (?:the )?)?{side}" if ahead else rf"{side}(?: fees?)?(?: of| at| is|:|=)?\s*{rate}"
    found: dict[str, list[float]] = {}
    for one in re.finditer(order, text, re.IGNORECASE):
        unit, value = (one.group("unit") or "").lower(), float(one.group("rate"))
        bps = unit.startswith("b") or (not unit and value >= 1)
        found[one.group("side").lower()] = [value / (10_000 if bps else 100)]
    return found


def _limit_entry(clause: Clause, sheet: Worksheet) -> bool:
    if clause.verb == "remove":
        return sheet.drop("execution.entry_order") or _no_limit(sheet)
    held = sheet.at("execution.entry_order") or {}
    shares, expires = _shares(clause.text), EXPIRES.search(clause.text)
    if len(shares) != 1 and "offset" not in held and "price" not in held:
        sheet.ask("execution.entry_order", "how far from the close should the limit order stand, in per cent?")
        return True
    order = {**held, "type": "limit"}
    if shares:
        order["offset"] = plain_number(round(shares[0], 10))
        order.pop("price", None)
    if expires is not None:
        order["expires_bars"] = int(expires.group("bars"))
    sheet.put("execution.entry_order", order)
    return True


def _no_limit(sheet: Worksheet) -> bool:
    sheet.ask("execution.entry_order", "entries are market orders already: what should change?")
    return True


def _fill(clause: Clause, sheet: Worksheet) -> bool:
    """The price orders fill at."""
    text = clause.text
    tokens = tokenize(clean(clause.body))
    conditioned = any(
        token.tag == "compare" or (token.tag == "verb" and token.text not in ("close", "is")) for token in tokens
    )
    if WEIGHTED.search(text):
        sheet.put("execution.fill", "vwap")
    elif CLOSING.search(text) and not conditioned:
        sheet.put("execution.fill", "close")
    elif OPENING.search(text) and not conditioned:
        sheet.put("execution.fill", "next_open")
    else:
        return False
    return True
