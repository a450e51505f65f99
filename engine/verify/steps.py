"""From what a spec says to what a peer can do, one step at a time: each names a cause of different trades.

A step changes the setting of one asset. It either leaves out what the peer cannot do (``not_comparable``), or takes
over how the peer does what both do (``convention``). After the last step both engines have to agree.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from engine.backtest.market import align
from engine.verify.gapped_targets import stops_before_gapped_targets
from engine.verify.task import task_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.backtest.config import Config
    from engine.verify.peer import Peer
    from engine.verify.setting import Assembly, Setting
    from engine.verify.trades import Key, RoundTrip

Kind = Literal["not_comparable", "convention"]

SMALLEST_TRADE_QUOTE = 1_000.0
"""One entry is worth at least this much at the first close; peers take whole units only."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change and why it is made, in a sentence that a table can name by ``cause``.

    ``change`` alters the setting; ``rewrite`` the trades that come out of it, where no option of ours does.
    """

    cause: str
    kind: Kind
    why: str
    change: Callable[[Setting], Setting] = lambda setting: setting
    rewrite: Callable[[Setting, dict[Key, RoundTrip]], dict[Key, RoundTrip]] = lambda _, trips: trips


def steps_of(assembly: Assembly, asset: str, first: Setting, peer: Peer) -> Iterator[Step]:
    """Yield the steps for ``asset`` from ``first``, that of the whole universe: one for each thing in use."""
    if len(assembly.read.bars) > 1:
        others = ", ".join(other for other in assembly.read.bars if other != asset)
        why = f"{peer.title} trades one asset: {asset} is run on an account of its own, without {others}"
        yield Step("alone", "not_comparable", why, lambda _: assembly.setting(asset))
    if first.least_range is not None:
        why = f"{peer.title} sees bars of one timeframe: finer candles decide none that touches both stop and target"
        yield Step("finer", "not_comparable", why, lambda setting: replace(setting, least_range=None))
    yield from _what_the_peer_lacks(assembly, asset, first.config, peer)
    yield from _size(assembly, asset, peer)
    yield from _conventions(first, peer)
    if first.config.target != "none" and _has_stop(first.config, peer):
        bars = assembly.measured(asset)
        yield Step(
            "stop_before_gapped_target",
            "convention",
            f"{peer.title} looks at the stop first, also in a bar that opens beyond the target",
            rewrite=lambda setting, trips: stops_before_gapped_targets(task_of(setting, bars), trips),
        )


def _what_the_peer_lacks(assembly: Assembly, asset: str, config: Config, peer: Peer) -> Iterator[Step]:
    """Yield a step for each feature in use that the peer cannot express."""
    if config.market_type == "perp":
        why = f"{peer.title} knows no funding of perpetuals"
        yield Step("funding", "not_comparable", why, lambda setting: _without_funding(assembly, asset, setting))
    for cause, is_used, words, changes in _features(config):
        if is_used and cause not in peer.follows:
            yield Step(cause, "not_comparable", f"{peer.title} has no {words}", _changing(changes))


def _features(config: Config) -> Iterator[tuple[str, bool, str, dict[str, Any]]]:
    """Yield each feature beyond signals, stops and targets: its name, whether it is in use, and how it is left out."""
    yield "vwap", config.fill == "vwap", "fills at a mean of minutes (fills are at the close here)", {"fill": "close"}
    yield (
        "entry_order",
        config.entry_order != "market",
        "waiting limit entry with the stop of its limit",
        {"entry_order": "market", "entry_expires_bars": None},
    )
    yield "partial_exits", bool(config.partial_exits), "round trip with several exits", {"partial_exits": ()}
    yield (
        "time_limit",
        config.time_limit_bars is not None or config.time_limit_minutes is not None,
        "time limit of a position",
        {"time_limit_bars": None, "time_limit_minutes": None},
    )
    yield "breakeven", config.breakeven_at is not None, "stop that moves to the entry", {"breakeven_at": None}
    yield (
        "trailing_stop",
        config.trailing_stop != "none",
        "trailing stop that moves at closes only",
        {"trailing_stop": "none"},
    )
    yield "trailing_take", config.trailing_take != "none", "trailing target", {"trailing_take": "none"}
    for name, words in (
        ("max_drawdown_fraction", "drawdown guard"),
        ("max_daily_loss_fraction", "limit of a day's loss"),
        ("max_orders_per_hour", "limit of orders an hour"),
        ("cooldown_bars", "cooldown after an exit"),
        ("session_minutes", "hours of trading"),
        ("max_concurrent", "limit of open positions"),
        ("max_positions", "limit of positions and orders"),
    ):
        yield name.removesuffix("_fraction"), getattr(config, name) is not None, words, {name: None}
    yield "venue", bool(config.venue), "tables of venue rules (steps, ticks, margin tiers)", {"venue": {}}


def _size(assembly: Assembly, asset: str, peer: Peer) -> Iterator[Step]:
    """Yield the step to one size for all entries, which no limit of the account cuts."""
    bars = assembly.measured(asset)
    units = 10.0 ** max(0, math.ceil(math.log10(SMALLEST_TRADE_QUOTE / float(bars.close[0]))))
    equity = units * float(bars.high.max()) * (bars.n_bars + 100)

    def change(setting: Setting) -> Setting:
        config = replace(
            setting.config,
            size="units",
            initial_equity=equity,
            max_position_fraction=None,
            max_exposure_fraction=None,
            max_leverage=1.0,
            smallest_notional_quote=0.0,
        )
        return replace(setting, config=config, intents=setting.intents._replace(size=np.full((1, 1), units)))

    mode = assembly.spec.sizing.mode
    why = (
        f"{peer.title} cannot size by {mode} as of the deciding close: every entry is {units:g} units, "
        f"on an account that no loss, leverage or limit touches"
    )
    yield Step("size", "not_comparable", why, change)


def _conventions(first: Setting, peer: Peer) -> Iterator[Step]:
    """Yield the steps from our way to the peer's of what both do."""
    config = first.config
    has_levels = config.target != "none" or _has_stop(config, peer)
    closes = config.fill != "next_open"
    if config.maker_fee != config.taker_fee:
        why = f"{peer.title} has one fee rate: targets pay {config.taker_fee:g} too, not {config.maker_fee:g}"
        yield Step("fees", "convention", why, _changing({"maker_fee": config.taker_fee}))
    if config.slippage_kv > 0.0 or config.slippage_kp > 0.0:
        why = f"{peer.title} has one slippage for all bars: its range and volume terms are left out"
        yield Step("slippage_model", "convention", why, _changing({"slippage_kv": 0.0, "slippage_kp": 0.0}))
    if float(first.intents.slippage_base.max()) > 0.0 and (why := peer.refuses_slippage(config)):
        yield Step("slippage", "convention", why, _without_slippage)
    if has_levels and closes and not peer.stops_after_close_fill:
        why = (
            f"{peer.title} does one order a bar, so an entry at the close of a stop is lost: fills are at the next open"
        )
        yield Step("fill", "convention", why, _changing({"fill": "next_open"}))
    if has_levels and config.entry_bar_stops:
        why = f"{peer.title} sets stop and target once it knows the entry price: they live from the bar after the entry"
        yield Step("entry_bar", "convention", why, _changing({"entry_bar_stops": False}))
    if has_levels and peer.stop_beats_signal:
        why = f"in {peer.title} a level touched in a bar wins over a signal exit due at its open"
        yield Step("stop_beats_signal", "convention", why, _changing({"stop_beats_signal": True}))


def _has_stop(config: Config, peer: Peer) -> bool:
    """Tell whether some stop is left when the peer does what it can."""
    moving = {"breakeven": config.breakeven_at is not None}
    moving |= {"trailing_stop": config.trailing_stop != "none", "trailing_take": config.trailing_take != "none"}
    return config.stop != "none" or any(used and name in peer.follows for name, used in moving.items())


def _changing(changes: dict[str, Any]) -> Callable[[Setting], Setting]:
    return lambda setting: replace(setting, config=replace(setting.config, **changes))


def _without_funding(assembly: Assembly, asset: str, setting: Setting) -> Setting:
    window = assembly.read.window
    closes = {asset: assembly.read.close_fill[asset]} if assembly.read.close_fill else {}
    market = align({asset: assembly.read.bars[asset]}, window.start, window.end, close_fill=closes)
    return replace(setting, market=market)


def _without_slippage(setting: Setting) -> Setting:
    return replace(setting, intents=setting.intents._replace(slippage_base=np.zeros((1, 1))))
