"""Which figures an answer may write out: those of the strategy, the message and the counts, each with its roles."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agent.figure_roles import Surroundings
from agent.spec_words import is_fraction
from agent.written_figures import plain_text, written_figures
from engine.indicators.catalog import find_type
from engine.indicators.resolve import resolve_inputs
from engine.spec import defaults
from engine.spec.models import Universe
from engine.spec.venues import rates_of

if TYPE_CHECKING:
    from agent.figure_roles import Keyword
    from agent.written_figures import Written
    from engine.indicators.indicator_type import IndicatorType

ROLES = {
    "risk.stop_loss": ("stop", "atr"),
    "risk.trailing_stop": ("stop", "trailing", "atr"),
    "risk.take_profit": ("target", "atr"),
    "risk.trailing_take": ("target", "trailing", "atr"),
    "risk.breakeven": ("breakeven", "stop"),
    "risk.partial_exits": ("partial", "target"),
    "risk.max_leverage": ("leverage", "limit"),
    "risk.max_position_pct": ("position", "size", "limit"),
    "risk.max_total_exposure_pct": ("exposure", "limit"),
    "risk.max_drawdown_pct": ("drawdown", "limit"),
    "risk.checks.max_daily_loss_pct": ("loss", "limit"),
    "risk.checks": ("limit", "position"),
    "sizing.win_rate": ("winrate",),
    "sizing.max_positions": ("position", "limit"),
    "sizing": ("size", "atr"),
    "execution.fees": ("fee",),
    "execution.slippage": ("slippage",),
    "execution.entry_order": ("entry",),
    "execution.max_orders_per_hour": ("orders", "limit"),
}
"""Place in a spec -> roles of the figures there; the longest place that fits counts."""

ASSUMED = (
    (defaults.ATR_LENGTH, False, ("atr", "stop", "target", "size")),
    (defaults.VOLATILITY_LENGTH, False, ("size",)),
    (defaults.DEFAULT_LEVERAGE, False, ("leverage", "limit")),
    (0.25, False, ("size",)),
    (defaults.BASIC_SLIPPAGE[0], True, ("slippage",)),
)
"""Defaults that a silent spec means: value, whether it is a fraction, roles."""

PER_CENT_TYPES = frozenset({"roc", "ppo", "trix", "natr"})
"""Indicators whose values are per cent already: a level of them may be written with the sign."""

ROUNDED = 0.05
"""Relative error that rounding to the decimals shown may have: 15.8 stands for 15.76, 0.0 for nothing."""

_TOKEN = re.compile(r"[^\W\d]\w*\d\w*|\d+[A-Za-z][A-Za-z]+\w*")
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Known:
    """A figure that is known: its value (a per cent figure as people read it: 4 for 4 %), and its roles."""

    value: float
    roles: frozenset[str]


@dataclass(slots=True)
class KnownFigures:
    """Everything an answer may write out; ``spoken`` are the figures of the person's message."""

    plain: list[Known] = field(default_factory=list)
    percent: list[Known] = field(default_factory=list)
    spoken_plain: list[Known] = field(default_factory=list)
    spoken_percent: list[Known] = field(default_factory=list)
    minutes: set[float] = field(default_factory=set)
    times: set[str] = field(default_factory=set)
    dates: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def learn_spec(self, spec: Mapping[str, Any]) -> None:
        """Take in every figure and name of a spec, with the defaults it leaves to us."""
        for place, value in _leaves(spec, ()):
            path = tuple(place[-1].split(".")) if "overrides" in place else place
            if isinstance(value, str):
                self._learn_text(path, value)
            elif path[0] != "metadata":
                self._learn_number(path, value, spec)
        for key, entry, inputs in _indicators(spec):
            self.names |= {key.lower()}
            for name, number in inputs.items():
                if isinstance(number, int | float) and not isinstance(number, bool):
                    self.plain.append(Known(float(number), frozenset({entry.name, name})))
                elif isinstance(number, str):
                    self._learn_text(("indicators",), number)
        fees = ((rate, True, ("fee",)) for rate in _fees(spec.get("universe")))
        for value, is_share, roles in (*ASSUMED, *fees):
            self.plain.append(Known(value, frozenset(roles)))
            if is_share:
                self.percent.append(Known(value * 100, frozenset(roles)))

    def learn_message(self, text: str) -> None:
        """Take in the figures of the person's message, each with the role its words give it."""
        plain = plain_text(text)
        around = Surroundings(plain.text)
        for figure in written_figures(plain):
            near = around.nearest(figure.start, figure.end)
            roles = frozenset() if near is None else frozenset({near.keyword.name, *_own_type(near.keyword)})
            target = self.spoken_percent if figure.kind == "percent" else self.spoken_plain
            target += [Known(value, roles) for value in (*figure.values, *figure.parts)]
            if figure.kind == "span":
                self.minutes |= set(figure.values)
            elif figure.kind == "time":
                self.times.add(clock(figure.text))
            elif figure.kind == "date":
                self.learn_date(figure.text)
        self.names |= {found.group().lower() for found in _TOKEN.finditer(plain.text)}

    def learn_name(self, name: str) -> None:
        """Take in an identifier: it may be written out as it is."""
        self.names.add(name.lower())

    def learn_date(self, text: str) -> None:
        """Take in a date (ISO 8601), and its year as a figure."""
        self.dates.add(text[:10])
        if text[:4].isdecimal():
            self.spoken_plain.append(Known(float(text[:4]), frozenset()))

    def _learn_text(self, path: Sequence[str], text: str) -> None:
        if path[-1] in ("description", "name") or path[0] == "metadata":
            return
        self.names |= {found.group().lower() for found in _TOKEN.finditer(text)}
        figures = list(written_figures(plain_text(text))) if len(text) <= 20 else []
        self.minutes |= {value for one in figures if one.kind == "span" for value in one.values}
        self.times |= {clock(one.text) for one in figures if one.kind == "time"}
        if path[0] == "signals":
            for found in _NUMBER.finditer(text):
                self._add(float(found.group()), frozenset({"rule"}))

    def _learn_number(self, path: Sequence[str], value: float, spec: Mapping[str, Any]) -> None:
        roles = _roles(path, spec)
        self._add(value, roles)
        if is_fraction(path, spec) or (path[0] == "signals" and roles & PER_CENT_TYPES):
            self.percent.append(Known(value * (1 if path[0] == "signals" else 100), roles))
        if path[-1] == "minutes":
            self.minutes.add(float(value))

    def _add(self, value: float, roles: frozenset[str]) -> None:
        self.plain.append(Known(float(value), roles))
        short = float(f"{value:g}")
        if short != value:
            self.plain.append(Known(short, roles))


def _fees(universe: object) -> tuple[float, ...]:
    """Return the fee rates usual for coins, and those of a universe, which may not be whole yet."""
    usual = (*defaults.SPOT_FEES, *defaults.PERP_FEES)
    if not isinstance(universe, Mapping):
        return usual
    assets = [asset for asset in universe.get("assets") or () if isinstance(asset, str)]
    if not assets:
        return usual
    quote, venue, market = (_text(universe.get(name)) for name in ("quote", "venue", "market_type"))
    rates = rates_of(
        Universe.model_construct(assets=tuple(assets), timeframe="1d", quote=quote, venue=venue, market_type=market)
    )
    return (*usual, rates.maker, rates.taker)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _own_type(keyword: Keyword) -> frozenset[str]:
    return keyword.roles if keyword.kind == "indicator" else frozenset()


def stands_for(figure: Written, known: float) -> bool:
    """Return whether a written figure is a known value, exactly or rounded to the decimals it shows.

    A minus sign is not read: a level below the entry may be written either way.
    """
    return any(_equal(value, abs(known), figure.decimals) for value in figure.values)


def _equal(written: float, known: float, decimals: int) -> bool:
    if math.isclose(written, known, rel_tol=1e-9, abs_tol=1e-12):
        return True
    return decimals > 0 and round(known, decimals) == written and abs(written - known) <= ROUNDED * known


def _roles(path: Sequence[str], spec: Mapping[str, Any]) -> frozenset[str]:
    place = ".".join(path)
    for prefix in sorted(ROLES, key=len, reverse=True):
        if place == prefix or place.startswith(f"{prefix}."):
            return frozenset(ROLES[prefix])
    if path[0] == "indicators" and len(path) > 2:
        indicator = spec["indicators"].get(path[1])
        entry = find_type(str(indicator.get("type"))) if isinstance(indicator, Mapping) else None
        return frozenset({entry.name, path[-1]}) if entry is not None else frozenset()
    if path[0] == "signals":
        return frozenset({"rule", *_read_by(path, spec)})
    return frozenset()


def _read_by(path: Sequence[str], spec: Mapping[str, Any]) -> Iterator[str]:
    """Yield the types of the indicators that the condition around a figure reads, and of their sources."""
    condition: Any = spec
    for step in path[:-1]:
        condition = condition[int(step)] if isinstance(condition, list | tuple) else condition[step]
    indicators: Any = spec.get("indicators")
    names = [name for key in ("left", "right", "low", "high") for name in _NAME.findall(str(condition.get(key, "")))]
    for name in names if isinstance(indicators, Mapping) else ():
        for _ in range(8):
            indicator = indicators.get(name)
            if not isinstance(indicator, Mapping):
                break
            entry = find_type(str(indicator.get("type", "")))
            yield entry.name if entry is not None else str(indicator.get("type"))
            inputs = indicator.get("inputs")
            name = str(inputs.get("source", "")).split(".")[0] if isinstance(inputs, Mapping) else ""


def _indicators(spec: Mapping[str, Any]) -> Iterator[tuple[str, IndicatorType, Mapping[str, Any]]]:
    """Yield key, catalog entry and inputs with their defaults of each indicator the catalog knows."""
    indicators = spec.get("indicators")
    for key, indicator in indicators.items() if isinstance(indicators, Mapping) else ():
        if isinstance(indicator, Mapping) and isinstance(indicator.get("inputs"), Mapping):
            entry = find_type(str(indicator.get("type", "")))
            if entry is not None:
                yield str(key), entry, resolve_inputs(entry, indicator["inputs"]).inputs


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, (*path, str(key)))
    elif isinstance(value, list | tuple):
        for k, item in enumerate(value):
            yield from _leaves(item, (*path, str(k)))
    elif isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        yield path, value


def clock(text: str) -> str:
    """Return a time of day as it is compared: 9:30 is 09:30."""
    return ":".join(part.zfill(2) for part in text.split(":")[:2])
