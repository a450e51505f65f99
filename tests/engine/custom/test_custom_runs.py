"""A strategy written in Python trades as the same rules in a spec do, by the same step, and sees nothing to come."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from engine import DemoMarket, run_backtest
from engine.custom import Order, run_custom
from engine.errors import EngineInputError, SpecError
from engine.market.timeframe import DAY_MS

START = 1_600_000_000_000 // DAY_MS * DAY_MS
WINDOW = {"start": START, "end": START + 40 * DAY_MS}

FRAME = {
    "id": "custom",
    "name": "Custom",
    "version": "1.0",
    "universe": {"assets": ["BTC", "ETH"], "timeframe": "1h"},
    "indicators": {
        "fast": {"type": "sma", "inputs": {"length": 10}},
        "slow": {"type": "sma", "inputs": {"length": 30}},
    },
    "sizing": {"mode": "percent_equity", "value": 0.4},
    "risk": {},
    "execution": {"mode": "paper"},
}
CROSSES = {
    "entry": [{"when": "crosses_above", "left": "fast", "right": "slow"}],
    "exit": [{"when": "crosses_below", "left": "fast", "right": "slow"}],
}
SHORT = {"entry": CROSSES["exit"], "exit": CROSSES["entry"]}
LIVES = {
    "plain": ({}, {}, {}),
    "stops": ({"stop_loss": {"type": "percent", "value": 0.01}, "take_profit": {"type": "atr", "value": 2}}, {}, {}),
    "trail": ({"trailing_stop": {"type": "atr", "value": 2}, "breakeven": {"at": 0.01}}, {}, {}),
    "parts": (
        {"partial_exits": [{"at": 0.005, "fraction": 0.5}, {"at": 0.01, "fraction": 0.25}], "time_limit": {"bars": 20}},
        {},
        {},
    ),
    "limits": (
        {"stop_loss": {"type": "percent", "value": 0.01}},
        {"entry_order": {"type": "limit", "offset": 0.002, "expires_bars": 5}},
        {},
    ),
    "shorts": ({"trailing_stop": {"type": "percent", "value": 0.02}}, {}, {"market_type": "perp"}),
    "at the close": ({"checks": {"cooldown_bars": 7}}, {"fill": "close"}, {}),
}


def framed(life):
    risk, execution, universe = LIVES[life]
    return FRAME | {
        "risk": risk,
        "execution": FRAME["execution"] | execution,
        "universe": FRAME["universe"] | universe,
    }


def crossing(view):
    for asset in view.assets:
        fast, slow = view[asset]["fast"], view[asset]["slow"]
        if not view[asset].traded or len(fast) < 2:
            continue
        if fast[-1] > slow[-1] and fast[-2] <= slow[-2]:
            yield Order(asset=asset, action="enter_long")
        if fast[-1] < slow[-1] and fast[-2] >= slow[-2]:
            yield Order(asset=asset, action="exit_long")


def crossing_both_ways(view):
    for order in crossing(view):
        yield order
        other = "exit_short" if order.action == "enter_long" else "enter_short"
        yield Order(asset=order.asset, action=other)


@pytest.mark.no_cover
@pytest.mark.parametrize("life", list(LIVES))
def test_a_callable_trades_as_the_same_rules_in_a_spec(life):
    short = life == "shorts"
    frame = framed(life)
    spec = frame | {"signals": CROSSES | ({"short": SHORT} if short else {})}

    custom = run_custom(crossing_both_ways if short else crossing, frame, DemoMarket(), **WINDOW)

    written = run_backtest(spec, DemoMarket(), finer=False, **WINDOW)
    assert len(custom.fills) > 20
    assert list(custom.fills) == list(written.fills)
    assert list(custom.simulation.events) == list(written.simulation.events)
    assert custom.equity.tobytes() == written.equity.tobytes()
    assert custom.summary == written.summary


def once(**figures):
    def strategy(view):
        if view.bar == 5:
            yield Order(asset="BTC", action="enter_long", **figures)

    return strategy


def test_an_order_may_say_its_own_size_and_levels():
    risk = {"stop_loss": {"type": "percent", "value": 0.5}, "take_profit": {"type": "percent", "value": 0.5}}
    frame = FRAME | {"risk": risk}

    result = run_custom(once(size=0.1, stop=0.001, target=0.002), frame, DemoMarket(), **WINDOW)

    entry, leaving = result.fills[0], result.fills[1]
    assert entry.quantity * entry.price == pytest.approx(1_000.0)
    level = entry.price * (1 - 0.001) if leaving.reason == "stop_loss" else entry.price * (1 + 0.002)
    assert leaving.reference_price == pytest.approx(level, rel=2e-3)
    assert leaving.reason in ("stop_loss", "take_profit")


def test_what_a_view_shows_ends_at_its_close_even_behind_the_slice():
    seen = []

    def strategy(view):
        close = view["BTC"]["close"]
        behind = close.base if close.base is not None else close
        seen.append((view["BTC"].n_bars, len(close), int(np.isfinite(behind).sum())))
        with pytest.raises(ValueError, match="read-only"):
            close[0] = 1.0

    run_custom(strategy, FRAME, DemoMarket(), start=START, end=START + DAY_MS)

    assert len(seen) == 24
    assert all(bars == shown == known for bars, shown, known in seen)
    assert [after[0] - before[0] for before, after in pairwise(seen)] == [1] * 23


def test_a_view_knows_the_account_before_the_orders_of_its_close():
    held = []

    def strategy(view):
        held.append((view.bar, tuple(view.holdings), view.equity >= view.cash))
        if view.bar == 2:
            yield Order(asset="ETH", action="enter_long")

    run_custom(strategy, FRAME, DemoMarket(), start=START, end=START + DAY_MS // 2)

    assert [assets for _, assets, _ in held] == [()] * 3 + [("ETH",)] * 9
    assert all(richer for *_, richer in held)


@pytest.mark.parametrize(
    ("strategy", "words"),
    [
        (lambda view: 1 / 0, "2020-09-13 .* the strategy raised ZeroDivisionError"),
        (lambda view: ["buy"], "the strategy returned 'buy': it must return Order objects"),
        (lambda view: "buy", "the strategy returned 'buy': it must return Order objects"),
        (lambda view: Order(asset="BTC", action="exit_short"), "close of 2020-09-13 .*shorts need market_type 'perp'"),
        (lambda view: [Order(asset="DOGE", action="enter_long")], "there is no asset 'DOGE'; allowed: BTC, ETH"),
        (lambda view: view["BTC"]["slwo"], r"has no column 'slwo'.*did you mean 'slow'"),
        (once(stop=0.01), "an order has stop, and the frame declares no risk.stop_loss"),
        (once(limit=0.01), "declares no execution.entry_order"),
        (once(size=float("nan")), "size is nan: it must be a finite number"),
        (once(size=0.0), "size is 0.0: it must be above zero"),
    ],
)
def test_what_is_wrong_with_a_strategy_is_told_with_its_close(strategy, words):
    with pytest.raises(EngineInputError, match=words):
        run_custom(strategy, FRAME, DemoMarket(), start=START, end=START + DAY_MS)


def test_two_orders_of_one_entry_with_different_figures_are_refused():
    def torn(view):
        yield Order(asset="BTC", action="enter_long", size=0.1)
        yield Order(asset="ETH", action="enter_long", size=0.3)
        yield Order(asset="BTC", action="enter_long", size=0.2)

    def sure(view):
        yield from [Order(asset="BTC", action="enter_long", size=0.1)] * 2

    window = {"start": START, "end": START + DAY_MS}
    with pytest.raises(EngineInputError, match=r"two orders say enter_long of BTC with different figures: .*0.1.*0.2"):
        run_custom(torn, FRAME, DemoMarket(), **window)
    assert len(run_custom(sure, FRAME, DemoMarket(), **window).fills) == 1


def test_a_limit_a_whole_price_away_is_refused_where_it_is_an_offset():
    with pytest.raises(EngineInputError, match=r"limit is 1.5: the frame's entry_order has an offset"):
        run_custom(once(limit=1.5), framed("limits"), DemoMarket(), start=START, end=START + DAY_MS)


def test_an_order_with_a_stop_of_its_own_says_its_size_where_the_stop_gives_it():
    frame = framed("stops") | {"sizing": {"mode": "risk_per_trade", "value": 0.01}}

    with pytest.raises(EngineInputError, match="needs its size as well"):
        run_custom(once(stop=0.005), frame, DemoMarket(), **WINDOW)


def test_each_order_of_a_perpetual_brings_its_own_price_level():
    universe = {"assets": ["BTC"], "timeframe": "1h", "market_type": "perp"}
    frame = FRAME | {"universe": universe, "risk": {"stop_loss": {"type": "price", "value": 1}}}

    def strategy(view):
        close = view["BTC"]["close"][-1]
        if view.bar == 5:
            yield Order(asset="BTC", action="enter_short", stop=close * 1.001)

    result = run_custom(strategy, frame, DemoMarket(), **WINDOW)

    assert [fill.reason for fill in result.fills] == ["entry", "stop_loss"]
    assert [fill.side for fill in result.fills] == ["sell", "buy"]


def test_a_figure_on_an_exit_is_refused():
    with pytest.raises(EngineInputError, match="stop means nothing for exit_long"):
        Order(asset="BTC", action="exit_long", stop=0.1)


def test_a_frame_has_no_signals_and_no_problems():
    with pytest.raises(EngineInputError, match="leave them out"):
        run_custom(crossing, FRAME | {"signals": CROSSES}, DemoMarket())
    with pytest.raises(SpecError, match="sizing"):
        run_custom(crossing, FRAME | {"sizing": {"mode": "percent_equity", "value": 7}}, DemoMarket())


def test_the_result_says_that_a_callable_decided():
    result = run_custom(crossing, FRAME, DemoMarket(), start=START, end=START + DAY_MS)

    said = {notice.code: notice.message for notice in result.notices}
    assert "crossing" in said["CUSTOM_STRATEGY"]
    assert not any("no condition" in message for message in said.values())
    assert json.dumps(said)


def test_the_page_about_custom_strategies_runs(capsys):
    page = (Path(__file__).parents[3] / "docs" / "custom-strategies.md").read_text("utf-8")
    code = re.search(r"```python\n(.*?)```", page, re.DOTALL)[1]

    exec(compile(code, "docs/custom-strategies.md", "exec"), {})

    assert re.match(r"\d+ trades; signals come from the Python callable fade_the_ratio", capsys.readouterr().out)
