"""From what was understood to a draft of a spec: universe, rules, size, limits, protections, and what was assumed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agent.language.builtin.levels import Distance, Level
from agent.language.builtin.rules import Series, Span, series_of
from agent.language.builtin.writing import Writer, plain_number, settings_of
from agent.language.port import Assumption
from engine.market.timeframe import DURATION_MS
from engine.spec.tickers import find_ticker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.language.builtin.cursor import Mind
    from agent.language.builtin.markets import Asset
    from agent.language.builtin.roles import Rules
    from agent.language.builtin.scanner import Item
    from agent.language.builtin.sizes import Size

DEFAULT_ASSET = "BTC"
DEFAULT_TIMEFRAME = "1d"
DEFAULT_SIZE = 0.10
DEFAULT_LIMITS = {"max_position_pct": 0.20, "max_total_exposure_pct": 0.50}
DEFAULT_LEVERAGE = {"spot": 1, "perp": 2}
CLOSING_MARKETS = ("stock", "etf", "index", "commodity")


@dataclass(slots=True)
class Draft:
    """A draft of a spec with all that is to be said about it."""

    spec: dict[str, Any]
    assumptions: list[Assumption] = field(default_factory=list)
    conflicts: list[tuple[str, str]] = field(default_factory=list)
    unwritten: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Said:
    """Everything a message said beside its rules, sorted by kind."""

    assets: list[Asset] = field(default_factory=list)
    unknown: list[Asset] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    sizes: list[Size] = field(default_factory=list)
    market: str | None = None
    fill: str | None = None
    session: dict[str, Any] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    only: str | None = None
    limit: dict[str, float] | None = None
    loose_frames: list[str] = field(default_factory=list)
    bare: set[str] = field(default_factory=set)

    @staticmethod
    def of(items: list[Item]) -> Said:
        """Sort a message's items."""
        said = Said()
        previous: Item | None = None
        for item in items:
            if item.kind == "asset":
                if all(one.symbol != item.data.symbol for one in said.assets):
                    said.assets.append(item.data)
                if item.data.perp:
                    said.market = "perp"
            elif item.kind == "unknown_asset":
                said.unknown.append(item.data)
            elif item.kind == "timeframe":
                said.frames.append(item.data)
            elif item.kind == "level":
                said.levels.append(item.data)
            elif item.kind == "size":
                said.sizes.append(item.data)
            elif item.kind == "market":
                said.market = item.data
            elif item.kind == "dangling" and item.data.tag in ("stop", "target", "trail"):
                said.bare.add(item.data.tag)
            elif item.kind == "limit":
                said.limit = item.data
            elif item.kind == "only":
                said.only = item.data
            elif item.kind == "conflict":
                said.conflicts.append(item.data)
            elif item.kind == "session":
                said.session = item.data
            elif (
                item.kind == "fill"
                and item.data == "close"
                and previous is not None
                and previous.kind == "action"
                and previous.data[0] == "enter"
            ):
                said.fill = "close"
            previous = item
        return said

    def size(self, *kinds: str) -> Size | None:
        """Return the last size of one of the kinds."""
        return next((one for one in reversed(self.sizes) if one.kind in kinds), None)


def compose(rules: Rules, said: Said, mind: Mind, risk_defaults: Mapping[str, float] | None) -> Draft:
    """Return the draft of a spec for rules and what was said beside them."""
    draft = Draft({})
    universe = _universe(rules, said, draft, mind.mentions)
    writer = Writer(
        universe["timeframe"], _around_the_clock(said), settings_of(_mentions(rules, mind)), session=said.session
    )
    draft.spec = {
        "universe": universe,
        "indicators": writer.indicators,
        "signals": _signals(rules, writer),
        "sizing": {},
        "risk": {},
        "execution": {"mode": "paper"},
    }
    _protect(said, writer, draft, mind)
    _measure(said, draft, risk_defaults)
    if said.fill is not None:
        draft.spec["execution"]["fill"] = said.fill
    if said.limit is not None:
        order = {name: plain_number(value) for name, value in said.limit.items()}
        draft.spec["execution"]["entry_order"] = {"type": "limit", **order}
    draft.assumptions += [Assumption(path, None, text) for path, text in rules.assumed]
    draft.assumptions += writer.assumptions
    _say_notes(mind, draft)
    draft.spec["name"] = name_of(draft.spec)
    return draft


def _mentions(rules: Rules, mind: Mind) -> list[Series]:
    used = [series for side in rules.entry for role in (rules.entry, rules.exit) if (rule := role[side]) is not None
            for series in series_of(rule)]  # fmt: skip
    return [*mind.mentions, *used]


def _around_the_clock(said: Said) -> bool:
    """False for markets that close, and where no market was named: lengths in months then are trading months."""
    kinds = [found.kind for one in said.assets if one.symbol and (found := find_ticker(one.symbol)) is not None]
    return bool(kinds) and not any(kind in CLOSING_MARKETS for kind in kinds)


def _universe(rules: Rules, said: Said, draft: Draft, mentions: list[Series]) -> dict[str, Any]:
    assets = [one.symbol for one in said.assets if one.symbol is not None]
    if not assets:
        assets = [DEFAULT_ASSET]
        draft.assumptions.append(
            Assumption("universe.assets", assets, f"no asset was named: tested on {DEFAULT_ASSET}")
        )
    frame = _base_frame(rules, said, mentions)
    if frame is None:
        frame = DEFAULT_TIMEFRAME
        draft.assumptions.append(
            Assumption("universe.timeframe", frame, f"no timeframe was named: daily bars ({frame})")
        )
    universe: dict[str, Any] = {"assets": list(dict.fromkeys(assets)), "timeframe": frame}
    quotes = {one.quote for one in said.assets if one.quote is not None}
    if len(quotes) == 1:
        universe["quote"] = quotes.pop()
    leverage = said.size("leverage")
    shorts = rules.entry["short"] is not None
    market = said.market
    if shorts and market != "perp":
        if market == "spot":
            draft.conflicts.append(
                ("universe.market_type", "spot cannot be sold short: perpetual futures, or long only?")
            )
        market = "perp"
        draft.assumptions.append(
            Assumption("universe.market_type", market, "short positions need perpetual futures (perp)")
        )
    elif leverage is not None and leverage.value > 1 and market != "perp":
        if market == "spot" or any(one.kind == "leverage" and one.value == 1 for one in said.sizes):
            draft.conflicts.append(("risk.max_leverage", "spot has no leverage: perpetual futures, or no leverage?"))
        market = "perp"
        draft.assumptions.append(Assumption("universe.market_type", market, "leverage needs perpetual futures (perp)"))
    universe["market_type"] = market or "spot"
    return universe


def _base_frame(rules: Rules, said: Said, mentions: list[Series]) -> str | None:
    """The strategy's own timeframe: the shortest that was said, alone or with an operand."""
    frames = set(said.frames)
    if not frames:
        frames = {one.timeframe for one in mentions if one.timeframe is not None and one.unsaid != "period"}
    for role in (rules.entry, rules.exit):
        for rule in role.values():
            if rule is not None:
                frames |= {
                    series.timeframe
                    for series in series_of(rule)
                    if series.timeframe is not None and series.unsaid != "period"
                }
    if not frames:
        return None
    return min(frames, key=lambda frame: DURATION_MS[frame])


def _signals(rules: Rules, writer: Writer) -> dict[str, Any]:
    def written(rule: Any) -> list[dict[str, Any]]:
        if rule is None:
            return []
        condition = writer.condition(rule)
        if condition["when"] == "or" and set(condition) == {"when", "conditions"}:
            return list(condition["conditions"])
        return [condition]

    signals: dict[str, Any] = {"entry": written(rules.entry["long"]), "exit": written(rules.exit["long"])}
    if rules.entry["short"] is not None:
        signals["short"] = {"entry": written(rules.entry["short"]), "exit": written(rules.exit["short"])}
    if rules.reverse:
        signals["opposite_entry"] = "reverse"
    return signals


def _protect(said: Said, writer: Writer, draft: Draft, mind: Mind) -> None:
    """Write stops, targets and the rest; what contradicts itself is a conflict."""
    risk = draft.spec["risk"]
    stops = [one for one in said.levels if one.kind == "stop_loss"]
    for kind, name in (("stop_loss", "stop"), ("take_profit", "target"), ("trailing_stop", "trailing stop")):
        given = [one for one in said.levels if one.kind == kind and not one.none]
        ruled_out = any(one.none for one in said.levels if one.kind == kind)
        distinct = list(dict.fromkeys(one.distance for one in given))
        if given and ruled_out:
            draft.conflicts.append((f"risk.{kind}", f"a {name} is both given and ruled out"))
            continue
        if len(distinct) > 1:
            said_as = " and ".join(words_of(one) for one in distinct if one is not None)
            draft.conflicts.append((f"risk.{kind}", f"there are two {name}s, {said_as}: which one?"))
            continue
        if given and given[0].distance is not None:
            level = _level(given[0].distance, stops, writer, draft, mind, kind)
            if level is not None:
                if kind == "trailing_stop" and given[0].activate is not None:
                    level["activate_at"] = plain_number(given[0].activate.value)
                risk[kind] = level
    for tag, name in (("stop", "stop_loss"), ("trail", "trailing_stop"), ("target", "take_profit")):
        if tag in said.bare and name not in risk and not any(one.kind == name for one in said.levels):
            words = {"stop": "stop", "trail": "trailing stop", "target": "target"}[tag]
            draft.conflicts.append((f"risk.{name}", f"how far away is the {words}, in per cent or ATRs?"))
    for one in said.levels:
        if one.kind == "time_limit" and one.span is not None:
            risk["time_limit"] = _time_limit(one.span, writer)
        elif one.kind == "cooldown" and one.span is not None:
            risk["checks"] = {
                **risk.get("checks", {}),
                "cooldown_bars": writer.bars(one.span, "risk.checks.cooldown_bars"),
            }
        elif one.kind == "breakeven":
            at = _fraction_of(one.distance, risk)
            if at is None:
                draft.conflicts.append(("risk.breakeven", "at what profit does the stop move to the entry price?"))
            else:
                risk["breakeven"] = {"at": at}
        elif one.kind == "partial" and one.distance is not None:
            at = _fraction_of(one.distance, risk)
            if at is not None:
                risk.setdefault("partial_exits", []).append(
                    {"at": at, "fraction": plain_number(round(one.fraction or 0.5, 6))}
                )
            else:
                draft.unwritten.append(
                    ("partial exit", "risk.partial_exits", "a partial exit needs a profit in per cent")
                )


def _level(
    distance: Distance, stops: list[Level], writer: Writer, draft: Draft, mind: Mind, kind: str
) -> dict[str, Any] | None:
    if distance.type == "r":
        base = next((one.distance for one in stops if one.distance is not None and one.distance.type != "r"), None)
        if base is None:
            draft.conflicts.append(
                (f"risk.{kind}", "a target in multiples of the risk needs a stop: how far away is it?")
            )
            return None
        draft.assumptions.append(
            Assumption(f"risk.{kind}", None, f"the target is {distance.value:g} times the distance of the stop")
        )
        distance = Distance(base.type, round(base.value * distance.value, 10), base.length)
    level: dict[str, Any] = {"type": distance.type, "value": plain_number(round(distance.value, 10))}
    name = {"stop_loss": "stop", "take_profit": "target", "trailing_stop": "trailing stop"}[kind]
    if distance.unsaid:
        text = f"the {name} of {distance.value * 100:g} is taken in per cent"
        draft.assumptions.append(Assumption(f"risk.{kind}.value", level["value"], text))
    if distance.type == "atr":
        length = distance.length
        if length is None:
            lengths = {
                one.input("length").n
                for one in mind.mentions
                if one.type == "atr" and isinstance(one.input("length"), Span)
            }
            length = lengths.pop() if len(lengths) == 1 else None
        if length is not None:
            level["length"] = int(length)
        else:
            draft.assumptions.append(
                Assumption(f"risk.{kind}.length", 14, f"the {name} uses ATR(14), the usual length")
            )
    return level


def words_of(distance: Distance) -> str:
    """Return a distance as people say it."""
    if distance.type == "percent":
        return f"{distance.value * 100:g} %"
    return f"{distance.value:g}" + {"atr": " ATR", "price": "", "r": "R"}[distance.type]


def _fraction_of(distance: Distance | None, risk: Mapping[str, Any]) -> float | None:
    if distance is None:
        return None
    if distance.type == "percent":
        return plain_number(distance.value)  # type: ignore[no-any-return]
    stop = risk.get("stop_loss")
    if distance.type == "r" and stop is not None and stop["type"] == "percent":
        return plain_number(round(stop["value"] * distance.value, 10))  # type: ignore[no-any-return]
    return None


def _time_limit(span: Span, writer: Writer) -> dict[str, Any]:
    minutes = {"minute": 1, "hour": 60}.get(span.unit)
    if minutes is not None:
        bar = DURATION_MS[writer.timeframe] // 60_000
        total = span.n * minutes
        return {"bars": int(total // bar)} if total >= bar and total % bar == 0 else {"minutes": int(total)}
    return {"bars": writer.bars(span, "risk.time_limit")}


def _measure(said: Said, draft: Draft, risk_defaults: Mapping[str, float] | None) -> None:
    """Write size and limits: as stated, the rest by the owner's defaults or ours, raised to fit a stated size."""
    spec, risk = draft.spec, draft.spec["risk"]
    market = spec["universe"]["market_type"]
    n_assets = len(spec["universe"]["assets"])
    leverage = said.size("leverage")
    limits: dict[str, float] = {"max_leverage": DEFAULT_LEVERAGE[market], **DEFAULT_LIMITS, **(risk_defaults or {})}
    if market == "spot":
        limits["max_leverage"] = min(1, limits["max_leverage"])
    stated: dict[str, float] = {}
    if leverage is not None:
        stated["max_leverage"] = leverage.value
    for kind, name in (
        ("max_position", "max_position_pct"),
        ("max_exposure", "max_total_exposure_pct"),
        ("max_drawdown", "max_drawdown_pct"),
    ):
        found = said.size(kind)
        if found is not None:
            stated[name] = found.value
    limits.update(stated)
    positions = said.size("max_positions")
    sizing = _sizing(said, n_assets, draft)
    if positions is not None:
        sizing["max_positions"] = int(positions.value)
    if sizing["mode"] == "percent_equity":
        _fit_limits(sizing, limits, stated, risk_defaults, n_assets, draft)
    spec["sizing"] = sizing
    ordered = ("max_leverage", "max_position_pct", "max_total_exposure_pct", "max_drawdown_pct")
    for name in ordered:
        if name in limits:
            risk[name] = plain_number(round(limits[name], 10))
    for name in ordered:
        if name in limits and name not in stated and not any(one.path == f"risk.{name}" for one in draft.assumptions):
            draft.assumptions.append(Assumption(f"risk.{name}", risk[name], f"limit {limit_words(name, risk[name])}"))
    orders = said.size("max_orders")
    if orders is not None:
        spec["execution"]["max_orders_per_hour"] = int(orders.value)
    daily = said.size("max_daily_loss")
    if daily is not None:
        risk["checks"] = {**risk.get("checks", {}), "max_daily_loss_pct": plain_number(daily.value)}


def limit_words(name: str, value: float) -> str:
    """Return a limit as an assumption says it."""
    if name == "max_leverage":
        return f"leverage at most {value:g}"
    what = {
        "max_position_pct": "one position",
        "max_total_exposure_pct": "all positions together",
        "max_drawdown_pct": "drawdown",
    }[name]
    return f"{what} at most {value * 100:g} % of equity"


def _sizing(said: Said, n_assets: int, draft: Draft) -> dict[str, Any]:
    sizes = [
        one
        for one in said.sizes
        if one.kind in ("percent_equity", "fixed_notional", "risk_per_trade", "volatility_target", "equal_weight")
    ]
    distinct = list(dict.fromkeys(sizes))
    if len(distinct) > 1:
        kinds = {one.kind for one in distinct}
        if len(kinds) == 1:
            draft.conflicts.append(("sizing.value", "two different sizes are given: which one?"))
        elif "risk_per_trade" in kinds and "percent_equity" in kinds:
            distinct = [one for one in distinct if one.kind == "risk_per_trade"]
    if not distinct:
        draft.assumptions.append(
            Assumption("sizing", DEFAULT_SIZE, f"no size was named: {DEFAULT_SIZE * 100:g} % of equity per position")
        )
        return {"mode": "percent_equity", "value": DEFAULT_SIZE}
    size = distinct[0]
    if size.kind == "equal_weight":
        draft.assumptions.append(Assumption("sizing.value", 1 / n_assets, f"equal weight of {n_assets} assets"))
        sizing = {"mode": "percent_equity", "value": plain_number(round(1 / n_assets, 4))}
        if n_assets > 1:
            sizing["max_positions"] = n_assets
        return sizing
    if size.kind == "percent_equity" and size.value > 1:
        draft.conflicts.append(
            ("sizing.value", f"{size.value * 100:g} % of equity in one position needs leverage: how much?")
        )
        return {"mode": "percent_equity", "value": 1}
    if size.unsaid:
        text = f"'{size.value * 100:g} %' is taken as the size of a position"
        draft.assumptions.append(Assumption("sizing.value", plain_number(size.value), text))
    return {"mode": size.kind, "value": plain_number(round(size.value, 10))}


def _fit_limits(
    sizing: Mapping[str, Any],
    limits: dict[str, float],
    stated: Mapping[str, float],
    risk_defaults: Mapping[str, float] | None,
    n_assets: int,
    draft: Draft,
) -> None:
    """Raise our own limits to a stated size; against a limit the person set, ask."""
    value = float(sizing["value"])
    held = int(sizing.get("max_positions") or n_assets)
    own = {**(risk_defaults or {}), **stated}
    needs = {"max_position_pct": value, "max_total_exposure_pct": min(value * held, limits["max_leverage"])}
    for name, needed in needs.items():
        if name in own:
            total = value * held if name == "max_total_exposure_pct" else value
            if total > own[name] + 1e-9 and (name == "max_position_pct" or name in stated):
                draft.conflicts.append((f"risk.{name}", _conflict_words(name, value, held, own[name])))
        elif needed > limits[name] + 1e-9:
            limits[name] = needed
            text = f"limit raised to fit the size you named: {limit_words(name, needed)}"
            draft.assumptions.append(Assumption(f"risk.{name}", plain_number(round(needed, 10)), text))


def _conflict_words(name: str, value: float, held: int, limit: float) -> str:
    if name == "max_position_pct":
        return (
            f"{value * 100:g} % per position is more than the limit of {limit * 100:g} % "
            "(max_position_pct): which holds?"
        )
    return (
        f"{held} positions of {value * 100:g} % are {value * held * 100:g}% of equity, "
        f"more than the total exposure of {limit * 100:g}%: which holds?"
    )


NOTES = {
    "shape": "read by its usual definition over the last two bars",
    "calendar:first_day": "'first day of the month' is day 1 of the calendar at the deciding close, UTC; "
    "a trading day is a calendar day here",
    "calendar:last_day": "'last day of the month' is the bar that closes as day 1 begins, UTC",
}


def _say_notes(mind: Mind, draft: Draft) -> None:
    for note in dict.fromkeys(mind.notes):
        kind, _, rest = note.partition(":")
        if kind in ("oversold", "overbought"):
            name, _, level = rest.partition(":")
            draft.assumptions.append(
                Assumption("signals", float(level), f"{kind} for {name.upper()} is {level}, the usual level")
            )
        elif kind == "shape":
            draft.assumptions.append(Assumption("signals", rest, f"{rest.replace('_', ' ')}: {NOTES['shape']}"))
        elif note in NOTES:
            draft.assumptions.append(Assumption("signals", rest, NOTES[note]))


def name_of(spec: Mapping[str, Any]) -> str:
    """Return a short name for a draft: its indicators, assets and timeframe."""
    kinds = list(dict.fromkeys(str(one["type"]).replace("_", " ").upper() for one in spec["indicators"].values()))
    universe = spec["universe"]
    what = " + ".join(kinds[:3]) or "Price rule"
    sides = "" if "short" not in spec["signals"] else (" short" if not spec["signals"]["entry"] else " long/short")
    assets = ", ".join(universe["assets"][:3]) + (" ..." if len(universe["assets"]) > 3 else "")
    return f"{what}{sides} on {assets} {universe['timeframe']}"[:120]
