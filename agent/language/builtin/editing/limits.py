"""Limits beside a size: raised where they are ours or the owner says so, else asked about; never cut in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.changes import LABELS
from agent.language.builtin.draft import STARTS_WITH, limit_words
from agent.language.builtin.editing.topics import topic_at
from agent.language.builtin.writing import plain_number
from agent.spec_words import per_cent

if TYPE_CHECKING:
    from agent.language.builtin.editing.worksheet import Worksheet

WHOSE = {"max_position_pct": "one position", "max_total_exposure_pct": "all positions together"}
"""Limits that cut a size, and of what they are."""

FITTED = ("size you state", "amount you state")
"""What a limit of ours is raised for."""


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
        sheet.ask("universe.market_type", f"spot has no leverage (max_leverage): {text}")


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
    """Hold a changed size against the limits: ours are raised, others where the owner says so, else asked about."""
    sizing, risk = sheet.after["sizing"], sheet.after["risk"]
    if sizing == sheet.before["sizing"]:
        return
    value = _share(sheet)
    if value is None:
        return
    stored = sheet.request.risk_defaults or {}
    spot = sheet.at("universe.market_type") != "perp"
    barred = {name: stored[name] for name in WHOSE if stored.get(name) is not None and value > stored[name] + 1e-9}
    above = {name: risk[name] for name in WHOSE if risk.get(name) is not None and value > risk[name] + 1e-9}
    if sizing["mode"] in ("fixed_notional", "risk_per_trade"):
        if spot and value > 1:
            return  # no limit can fit it: the test tells what was cut
        if not barred and all(_ours(name, limit, sheet) for name, limit in above.items()):
            _raise(above, value, f"to fit the {FITTED[1] if sizing['mode'] == 'fixed_notional' else FITTED[0]}", sheet)
        elif above and not barred and sheet.lift_limits:
            _raise(above, value, "as you asked", sheet)
        elif above and sizing["mode"] == "risk_per_trade":
            _tell_what_is_cut(value, min(above.values()), sheet)
    elif spot and value > 1:
        sheet.ask(
            "sizing.value",
            f"{per_cent(value)} of equity in one position needs leverage, and spot has none: which size up to all of "
            f"it?",
        )
    elif barred:
        sheet.ask(
            f"risk.{next(iter(barred))}",
            f"a size of {per_cent(value)} is above what you stored, {_shown(barred)}: change that first, or use a "
            f"smaller size?",
        )
    elif above and (sheet.lift_limits or all(_ours(name, limit, sheet) for name, limit in above.items())):
        _raise(above, value, "as you asked" if sheet.lift_limits else f"to fit the {FITTED[0]}", sheet)
    elif above:
        sheet.ask(
            f"risk.{next(iter(above))}",
            f"a size of {per_cent(value)} is above {_shown(above)}: raise that to {per_cent(value)} as well, or "
            f"use a size within it?",
        )


def _tell_what_is_cut(value: float, limit: float, sheet: Worksheet) -> None:
    """A stated limit stays unless it is said to go: what it leaves of the risk is told, never cut in silence."""
    risked = float(sheet.at("sizing.value"))
    sheet.assume(
        "risk.max_position_pct",
        None,
        f"with this stop a risk of {per_cent(risked)} is a position of {per_cent(value)} of equity: the limit of "
        f"{per_cent(limit)} stays and leaves {per_cent(round(risked * limit / value, 6))} at risk; say 'raise "
        "the limit' to change that",
    )


def _share(sheet: Worksheet) -> float | None:
    """The share of equity that a position of the stated size is at the start; None where the size does not tell."""
    sizing = sheet.after["sizing"]
    if sizing["mode"] == "percent_equity":
        return float(sizing["value"])
    stop = sheet.at("risk.stop_loss") or {}
    if sizing["mode"] == "risk_per_trade" and stop.get("type") == "percent":
        return float(sizing["value"]) / float(stop["value"])
    if sizing["mode"] != "fixed_notional":
        return None
    equity = sheet.initial_equity or (sheet.request.run or {}).get("initialEquity") or STARTS_WITH
    return float(sizing["value"]) / float(equity)


def _raise(limits: dict[str, float], value: float, why: str, sheet: Worksheet) -> None:
    for name, limit in limits.items():
        sheet.put(f"risk.{name}", plain_number(round(value, 10)))
        label = LABELS[f"risk.{name}"]
        text = f"{label}: raised from {per_cent(limit)} to {per_cent(value)}, {why}"
        sheet.assume(f"risk.{name}", sheet.at(f"risk.{name}"), text)


def _ours(name: str, limit: float, sheet: Worksheet) -> bool:
    """True for a limit that this conversation assumed and nobody has stated: the reply that named it says so."""
    told = (f"limit {limit_words(name, limit)}", *(f"to {per_cent(limit)}, to fit the {what}" for what in FITTED))
    replies = [one.text for one in sheet.request.history if one.role == "assistant"]
    return any(words in reply for words in told for reply in replies)


def _shown(limits: dict[str, float]) -> str:
    return " and ".join(f"the limit of {WHOSE[name]} ({name}), {per_cent(limit)}" for name, limit in limits.items())
