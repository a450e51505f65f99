"""What is traded: assets, timeframe, quote and market (``btc and eth, 4h, perps``), and what goes without saying."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.language.builtin.draft.clocks import finest_time
from agent.language.builtin.rules import Series, series_of
from engine.market.timeframe import DURATION_MS
from engine.spec.tickers import find_ticker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agent.language.builtin.draft.said import Said
    from agent.language.builtin.draft.sheet import Draft
    from agent.language.builtin.roles import Rules

DEFAULT_ASSET = "BTC"
DEFAULT_TIMEFRAME = "1d"
CLOSING_MARKETS = ("stock", "etf", "index", "commodity")


def universe_of(rules: Rules, said: Said, draft: Draft, mentions: Iterable[Series]) -> dict[str, Any]:
    """Return the universe of a draft; what was not said is noted."""
    assets = [one.symbol for one in said.assets if one.symbol is not None]
    if not assets:
        assets = [DEFAULT_ASSET]
        draft.assume("universe.assets", assets, f"no asset was named: tested on {DEFAULT_ASSET}")
    frame = _base_frame(rules, said, mentions)
    if frame is None:
        fine = finest_time(rules)
        frame = fine or DEFAULT_TIMEFRAME
        bars = "daily bars" if fine is None else "bars that close at the times of day you name"
        draft.assume("universe.timeframe", frame, f"no timeframe was named: {bars} ({frame})")
    universe: dict[str, Any] = {"assets": list(dict.fromkeys(assets)), "timeframe": frame}
    quotes = {one.quote for one in said.assets if one.quote is not None}
    if len(quotes) == 1:
        universe["quote"] = quotes.pop()
    universe["market_type"] = _market_type(rules, said, draft)
    return universe


def _market_type(rules: Rules, said: Said, draft: Draft) -> str:
    """The market that was named, unless shorts or leverage ask for perpetual futures."""
    if said.market == "perp":
        return "perp"
    leverage = said.size("leverage")
    if rules.entry["short"] is not None:
        if said.market == "spot":
            draft.ask("universe.market_type", "spot cannot be sold short: perpetual futures, or long only?")
        draft.assume("universe.market_type", "perp", "short positions need perpetual futures (perp)")
        return "perp"
    if leverage is not None and leverage.value > 1:
        if said.market == "spot" or any(one.kind == "leverage" and one.value == 1 for one in said.sizes):
            draft.ask("risk.max_leverage", "spot has no leverage: perpetual futures, or no leverage?")
        draft.assume("universe.market_type", "perp", "leverage needs perpetual futures (perp)")
        return "perp"
    return said.market or "spot"


def is_around_the_clock(said: Said) -> bool:
    """False for markets that close, and where no market was named: lengths in months then are trading months."""
    kinds = [found.kind for one in said.assets if one.symbol and (found := find_ticker(one.symbol)) is not None]
    return bool(kinds) and not any(kind in CLOSING_MARKETS for kind in kinds)


def has_sessions(said: Said) -> bool:
    """True where a market of the draft closes at night and over the weekend."""
    found = [find_ticker(one.symbol) for one in said.assets if one.symbol]
    return any(one is not None and one.kind in CLOSING_MARKETS for one in found)


def _base_frame(rules: Rules, said: Said, mentions: Iterable[Series]) -> str | None:
    """The strategy's own timeframe: the shortest that was said, alone or with an operand."""
    ruled = [rule for role in (rules.entry, rules.exit) for rule in role.values() if rule is not None]
    frames = set(said.frames) or _frames_of(mentions)
    for rule in ruled:
        frames |= _frames_of(series_of(rule))
    return min(frames, key=lambda frame: DURATION_MS[frame]) if frames else None


def _frames_of(series: Iterable[Series]) -> set[str]:
    """The timeframes of operands, but those that only follow from a period: ``the last whole week``."""
    return {one.timeframe for one in series if one.timeframe is not None and one.unsaid != "period"}
