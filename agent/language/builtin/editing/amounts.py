"""Changes of size, leverage and limits, and what a size may be under the limits there are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agent.changes import LABELS
from agent.language.builtin.draft import limit_words
from agent.language.builtin.editing.topics import standing, topic_at, topic_in
from agent.language.builtin.editing.universe import read_market
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
LIFTED_TO = re.compile(
    r"^(?:yes[, ]*)?(?:(?:raise|lift|increase|set|change|move|put|bump|bring|make|lower|reduce) )?(?:up )?(?:the |"
    r"that |my )?"
    r"(?:position |size |trade )?(?:limits?|caps?|maximum)(?: up| down)?(?: to| at| is|:)? "
    r"(?P<share>\d+(?:\.\d+)?)\s*(?:%|percent|per cent|pct)",
    re.IGNORECASE,
)
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
    r"\b(?:per (?:trade|position)|(?:a|one|each|every|the|any) (?:single )?(?:trade|position)|stop(?: ?loss)?|entry)\b",
    re.IGNORECASE,
)
LOST = re.compile(r"\b(?:los(?:e|es|ing|t|s)|down|drops?|falls?|negative|minus|draw ?-?down)\b", re.IGNORECASE)
START_MONEY = re.compile(
    r"^(?:with|starting with|start with|from|having|i have|on)\s+(?:an? )?(?:account of )?[$€]?\d[\d,.]*\s?k?\s*(?:\$|"
    r"€|usdt?|usdc|dollars?|bucks|euros?|eur)?$",
    re.IGNORECASE,
)
LIFTED = re.compile(
    r"^(?:yes[, ]*)?(?:(?:also )?(?:raise|lift|increase|loosen|relax|adjust|extend|change|move) (?:the |that |those |"
    r"my |all )?(?:position |size |exposure )?(?:limits?|caps?|max_position_pct|max_total_exposure_pct)"
    r"|(?:the )?limits? can (?:go up|be raised|be lifted))(?: (?:up|too|as well|accordingly|to (?:fit|match|that)|"
    r"then|for (?:it|that)|if needed))*[ .!]*$",
    re.IGNORECASE,
)


def read_halt(clause: Clause, sheet: Worksheet) -> bool:
    """``stop trading after a loss of 10%``: the drawdown, or the daily loss, that ends it."""
    if _sells_all(clause, sheet):
        return True
    halted = HALTED.search(clause.text)
    if halted is None:
        return False
    daily = re.search(r"\b(?:day|daily|today)\b", clause.text, re.IGNORECASE) is not None
    _apply(Size("max_daily_loss" if daily else "max_drawdown", float(halted.group("share")) / 100), sheet)
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
        _apply(Size("max_drawdown", share), sheet)
        return True
    stop, drawdown = (standing(topic_at(path), sheet) for path in ("risk.stop_loss", "risk.max_drawdown_pct"))
    sheet.ask(
        "risk.max_drawdown_pct",
        f"{per_cent(share)} of what: of the account from its peak, which closes everything and ends trading (now "
        f"{drawdown}), or of each position from its entry, a stop loss (now {stop})?",
    )
    return True


def read_amount(clause: Clause, sheet: Worksheet) -> bool:
    """Set the size or the limit a clause names; False when it names none."""
    if LIFTED.match(clause.text):
        sheet.lift_limits = True
        return True
    limit = LIFTED_TO.match(clause.text)
    if limit is not None:
        share = float(limit.group("share")) / 100
        _apply(Size("max_position", share), sheet)
        if (sheet.at("risk.max_total_exposure_pct") or share) < share:
            _apply(Size("max_exposure", share), sheet)
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
    for one in found:
        _apply(one, sheet)
    if found:
        read_market(clause, sheet)
    return bool(found)


def _is_money(size: Size, text: str, sheet: Worksheet) -> bool:
    """False for ``put a 50 sma there`` or ``use 65``: numbers that are no money."""
    if size.currency is not None:
        return True
    tokens = tokenize(clean(text))
    if any(token.tag in ("indicator", "line", "average") for token in tokens):
        return False
    sized = any(token.tag == "each" or (token.tag == "size" and token.text not in ("use", "put")) for token in tokens)
    return sized or sheet.at("sizing.mode") == "fixed_notional"


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


def _apply(size: Size, sheet: Worksheet) -> None:
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
    sheet.put("sizing", {"mode": mode, "value": written["value"], **written})


def hold_limit(kind: str, value: float, path: str, sheet: Worksheet) -> None:
    """A limit never rises past what the owner stored; leverage needs perpetual futures."""
    name = path.rsplit(".", 1)[-1]
    stored = (sheet.request.risk_defaults or {}).get(name)
    if stored is not None and value > stored + 1e-9:
        shown = (
            f"{value:g} against {stored:g}" if kind == "leverage" else f"{per_cent(value)} against {per_cent(stored)}"
        )
        sheet.ask(
            path,
            f"your stored risk defaults allow less {topic_at(path).name} ({name}): {shown}; change the defaults "
            f"first, or which value below them?",
        )
    if kind == "leverage" and value > 1:
        sheet.later.append(lambda: _need_perp(value, sheet))
        sheet.closing.append(lambda: _without_effect(value, sheet))


def _need_perp(value: float, sheet: Worksheet) -> None:
    if sheet.at("universe.market_type") != "perp":
        text = f"should it trade perpetual futures (perp) with leverage {value:g}, or stay on spot without?"
        sheet.ask("universe.market_type", f"spot has no leverage (risk.max_leverage): {text}")


def _without_effect(value: float, sheet: Worksheet) -> None:
    """Tell where a leverage is allowed that the sizes and the other limits never use."""
    share, total = sheet.at("sizing.value"), sheet.at("risk.max_total_exposure_pct")
    if sheet.at("sizing.mode") != "percent_equity" or total is None or float(total) > 1:
        return
    sheet.assume(
        "risk.max_leverage",
        plain_number(value),
        f"leverage at most {value:g} changes nothing by itself: a position is {per_cent(float(share))} of equity, and "
        f"all together are at most {per_cent(float(total))}; raise the size and that limit to use it",
    )


def fit_limits(sheet: Worksheet) -> None:
    """Hold a changed size against the limits: raised where the owner said so, else asked about; never cut in "
    "silence."""
    sizing, risk = sheet.after["sizing"], sheet.after["risk"]
    if sizing["mode"] != "percent_equity" or sizing["value"] == sheet.before["sizing"].get("value"):
        return
    value = float(sizing["value"])
    stored = sheet.request.risk_defaults or {}
    names = ("max_position_pct", "max_total_exposure_pct")
    barred = {name: stored[name] for name in names if stored.get(name) is not None and value > stored[name] + 1e-9}
    above = {name: risk[name] for name in names if risk.get(name) is not None and value > risk[name] + 1e-9}
    if sheet.at("universe.market_type") != "perp" and value > 1:
        sheet.ask(
            "sizing.value",
            f"{per_cent(value)} of equity in one position needs leverage, and spot has none: which size up to all of "
            f"it?",
        )
    elif barred:
        sheet.ask(
            f"risk.{next(iter(barred))}",
            f"a size of {per_cent(value)} is above your stored {_shown(barred)}: change that first, or use a smaller "
            f"size?",
        )
    elif above and (sheet.lift_limits or all(_ours(name, limit, sheet) for name, limit in above.items())):
        why = "as you asked" if sheet.lift_limits else "to fit the size you state"
        for name, limit in above.items():
            risk[name] = plain_number(round(value, 10))
            label = LABELS[f"risk.{name}"]
            sheet.assume(
                f"risk.{name}", risk[name], f"{label}: raised from {per_cent(limit)} to {per_cent(value)}, {why}"
            )
    elif above:
        sheet.ask(
            f"risk.{next(iter(above))}",
            f"a size of {per_cent(value)} is above the {_shown(above)}: raise that to {per_cent(value)} as well, or "
            f"use a size within it?",
        )


def _ours(name: str, limit: float, sheet: Worksheet) -> bool:
    """True for a limit that this conversation assumed and nobody has stated: the reply that named it says so."""
    told = (f"limit {limit_words(name, limit)}", f"to {per_cent(limit)}, to fit the size you state")
    replies = [one.text for one in sheet.request.history if one.role == "assistant"]
    return any(words in reply for words in told for reply in replies)


def _shown(limits: dict[str, float]) -> str:
    return " and ".join(f"limit {name} of {per_cent(limit)}" for name, limit in limits.items())
