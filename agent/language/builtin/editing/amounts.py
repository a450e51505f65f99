"""Changes of size, leverage and limits, and what a size may be under the limits there are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agent.language.builtin.editing.limits import hold_limit
from agent.language.builtin.editing.topics import topic_in
from agent.language.builtin.editing.universe import read_assets_beside, read_market
from agent.language.builtin.sizes import Size
from agent.language.builtin.tokens import clean, tokenize
from agent.language.builtin.writing import plain_number
from agent.spec_words import per_cent

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

MODES = ("percent_equity", "fixed_notional", "risk_per_trade", "volatility_target", "equal_weight")
LIMITS = {
    "leverage": "risk.max_leverage",
    "max_position": "risk.max_position_pct",
    "max_exposure": "risk.max_total_exposure_pct",
    "max_drawdown": "risk.max_drawdown_pct",
    "max_daily_loss": "risk.checks.max_daily_loss_pct",
    "max_positions": "sizing.max_positions",
    "max_orders": "execution.max_orders_per_hour",
}
FRACTIONS = ("max_position", "max_exposure", "max_drawdown", "max_daily_loss")
KINDS = {path: kind for kind, path in LIMITS.items()}
MOST_RISKED = 0.05
"""Fractions above this are hardly the equity at risk in a trade."""

WHOLE = re.compile(r"\b(?:equity|account|capital|portfolio|balance|notional|of my|money|cash)\b", re.IGNORECASE)
LIFTED_TO = re.compile(
    r"^(?:yes[, ]*)?(?:(?:raise|lift|increase|set|change|move|put|bump|bring|make|lower|reduce) )?(?:up )?(?:the |"
    r"that |my )?"
    r"(?:position |size |trade )?(?:limits?|caps?|maximum)(?: up| down)?(?: to| at| is|:)? "
    r"(?P<share>\d+(?:\.\d+)?)\s*(?:%|percent|per cent|pct)",
    re.IGNORECASE,
)
START_MONEY = re.compile(
    r"^(?:with|starting with|start with|from|having|i have|on)\s+(?:an? )?(?:account of )?[$€]?\d[\d,.]*\s?k?\s*(?:\$|"
    r"€|usdt?|usdc|dollars?|bucks|euros?|eur)?$",
    re.IGNORECASE,
)
LIFTED = re.compile(
    r"^(?:yes[, ]*)?(?:(?:also )?(?:raise|lift|increase|loosen|relax|adjust|extend|change|move) (?:the |that |those |"
    r"my |all )?(?:position |size |exposure )?(?:limits?|caps?|max_position_pct|max_total_exposure_pct)"
    r"|(?:raise|lift|increase) (?P<it>it|them|that|those)"
    r"|(?:the )?limits? can (?:go up|be raised|be lifted))(?: (?:up|too|as well|accordingly|to (?:fit|match|that)|"
    r"then|for (?:it|that)|if needed))*[ .!]*$",
    re.IGNORECASE,
)


def read_amount(clause: Clause, sheet: Worksheet) -> bool:
    """Set the size or the limit a clause names; False when it names none."""
    lifted = LIFTED.match(clause.text)
    if lifted is not None and not (lifted["it"] and sheet.at("sizing") == sheet.was("sizing")):
        sheet.lift_limits = True
        return True
    limit = LIFTED_TO.match(clause.text)
    if limit is not None:
        share = float(limit.group("share")) / 100
        put_amount(Size("max_position", share), sheet)
        if (sheet.at("risk.max_total_exposure_pct") or share) < share:
            put_amount(Size("max_exposure", share), sheet)
        return True
    if START_MONEY.match(clause.text) and not re.fullmatch(r"\D*(?:19|20)\d\d\D*", clause.text):
        sheet.ask(
            "sizing.value",
            f"is that the account the test starts with ('test it {clause.text}'), or the amount of each trade ('use so "
            f"much per trade')?",
        )
        return True
    text = clause.body if clause.old is not None else clause.text
    found = [item.data for item in sheet.items(text) if item.kind == "size"]
    found = [one for one in found if one.kind != "fixed_notional" or _is_money(one, text, sheet)]
    topic = topic_in(clause.text if clause.old is None else clause.all)
    if topic is not None and topic.path in KINDS:
        found = [one for one in found if LIMITS.get(one.kind) == topic.path] or _named(KINDS[topic.path], text) or found
    elif not found and topic is not None and topic.path == "sizing":
        found = _named_size(text, sheet)
    found = [_as_before(one, text, sheet) for one in found]
    for one in found:
        put_amount(one, sheet)
    if found:
        read_market(clause, sheet)
        read_assets_beside(clause, sheet)
    return bool(found)


def _is_money(size: Size, text: str, sheet: Worksheet) -> bool:
    """False for ``put a 50 sma there`` or ``use 65``: numbers that are no money."""
    if size.currency is not None:
        return True
    if size.value <= 100 and sheet.at("sizing.mode") in ("percent_equity", "risk_per_trade"):
        return False  # in the unit the size has
    tokens = tokenize(clean(text))
    if any(token.tag in ("indicator", "line", "average") for token in tokens):
        return False
    sized = any(token.tag == "each" or (token.tag == "size" and token.text not in ("use", "put")) for token in tokens)
    return sized or sheet.at("sizing.mode") == "fixed_notional"


def _as_before(size: Size, text: str, sheet: Worksheet) -> Size:
    """``size 0.5%`` of a strategy that sizes by risk is the share at risk, where it says no other whole."""
    risked = sheet.at("sizing.mode") == "risk_per_trade" and size.kind == "percent_equity"
    if not risked or size.value > MOST_RISKED or WHOLE.search(text):
        return size
    sheet.assume("sizing.value", size.value, f"{per_cent(size.value)} is taken as equity at risk, as the size was")
    return Size("risk_per_trade", size.value)


def _percent(text: str) -> float | None:
    tokens = tokenize(clean(text))
    shares = [
        one.value / 100 for at, one in enumerate(tokens)
        if one.kind == "number" and one.value is not None and at + 1 < len(tokens) and tokens[at + 1].tag == "percent"
    ]  # fmt: skip
    return shares[-1] if shares else None


def _number(text: str) -> float | None:
    numbers = [one.value for one in tokenize(clean(text)) if one.kind == "number" and one.value is not None]
    return numbers[-1] if numbers else None


def _named(kind: str, text: str) -> list[Size]:
    """A limit whose words stand in another order than the grammar expects."""
    value = _percent(text) if kind in FRACTIONS else _number(text)
    if value is None and kind in FRACTIONS and (number := _number(text)) is not None and 0 < number < 1:
        value = number
    return [Size(kind, value)] if value is not None and value > 0 else []  # type: ignore[arg-type]


def _named_size(text: str, sheet: Worksheet) -> list[Size]:
    """``the size to 20%``, ``size 500``: in the mode there is where the words name none."""
    share = _percent(text)
    mode = sheet.at("sizing.mode")
    if share is not None and share > 0:
        risked = re.search(r"\brisk", text, re.IGNORECASE) is not None
        if risked or mode in ("risk_per_trade", "volatility_target"):
            return [Size("risk_per_trade" if risked else mode, share)]
        return [Size("percent_equity", share)]
    number = _number(text)
    if number is not None and mode == "fixed_notional" and number > 0:
        return [Size("fixed_notional", number)]
    if number is not None and mode in ("percent_equity", "risk_per_trade") and 1 <= number <= 100:
        sheet.assume("sizing.value", number / 100, f"the size of {number:g} is taken in per cent")
        return [Size(mode, number / 100)]
    return []


def put_amount(size: Size, sheet: Worksheet) -> None:
    sheet.waiting = None
    if size.kind == "initial_equity":
        sheet.initial_equity = size.value
        return
    if size.kind in LIMITS:
        path = LIMITS[size.kind]
        whole = size.kind in ("max_positions", "max_orders")
        value = int(size.value) if whole else plain_number(round(size.value, 10))
        sheet.put(path, value)
        hold_limit(size.kind, float(value), path, sheet)
        return
    if size.upto is not None:
        text = f"the size lies between {per_cent(size.value)} and {per_cent(size.upto)}: which one?"
        sheet.ask("sizing.value", text)
        return
    held = sheet.at("sizing") or {}
    mode, value = size.kind, size.value
    if mode == "equal_weight":
        n = len(sheet.after["universe"]["assets"])
        mode, value = "percent_equity", 1 / n
        sheet.assume("sizing.value", round(value, 4), f"equal weight of {n} assets")
    written: dict[str, Any] = dict(held) if held.get("mode") == mode else {"mode": mode}
    if "max_positions" in held:
        written["max_positions"] = held["max_positions"]
    written["value"] = plain_number(round(value, 4 if size.kind == "equal_weight" else 10))
    if size.multiple is not None:
        written["multiple"] = plain_number(size.multiple)
        if size.length is not None:
            written["length"] = int(size.length)
    sheet.put("sizing", {"mode": mode, "value": written["value"], **written})
