"""Edits of three strategies: each sentence with the patch it asks for, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from editing_specs import MULTI, PERP, SPOT, read

from agent.edits import edited
from engine.spec import check

ENTRY = "/signals/entry/0/conditions"
SHORT = "/signals/short/entry/0/conditions"
ADX = {"type": "adx", "inputs": {"length": 14}}
MACD = {"type": "macd", "inputs": {"fast": 12, "slow": 26, "signal": 9}}
VOLUME = {"type": "sma", "inputs": {"length": 20, "source": "volume"}}

EDITS: list[tuple[dict[str, Any], str, dict[str, Any]]] = [
    (SPOT, "stop two and a half percent", {"/risk/stop_loss/value": 0.025}),
    (SPOT, "tighten the stop to 2 and a quarter %", {"/risk/stop_loss/value": 0.0225}),
    (SPOT, "stop 3 1/2 %", {"/risk/stop_loss/value": 0.035}),
    # stops, targets and the rest of a position's life
    (SPOT, "stop 7%", {"/risk/stop_loss/value": 0.07}),
    (SPOT, "pls change the sl from 4% to 5.5%", {"/risk/stop_loss/value": 0.055}),
    (SPOT, "6% stop rather than 4%", {"/risk/stop_loss/value": 0.06}),
    (SPOT, "the stop is too wide, make it 2.2 percent", {"/risk/stop_loss/value": 0.022}),
    (SPOT, "stop at 1.5 atr instead", {"/risk/stop_loss": {"type": "atr", "value": 1.5}}),
    (SPOT, "stop loss 2x atr(10)", {"/risk/stop_loss": {"type": "atr", "value": 2, "length": 10}}),
    (PERP, "loosen the stop to 2.5", {"/risk/stop_loss/value": 2.5}),
    (PERP, "atr length 20 for the stop", {"/risk/stop_loss/length": 20}),
    (SPOT, "10% wider stop", {"/risk/stop_loss/value": 0.044}),
    (SPOT, "double the target", {"/risk/take_profit/value": 0.16}),
    (SPOT, "target of 3R", {"/risk/take_profit/value": 0.12}),
    (PERP, "add a take profit at twice the stop", {"/risk/take_profit": {"type": "atr", "value": 4, "length": 14}}),
    (SPOT, "no target please", {"/risk/take_profit": None}),
    (SPOT, "remove the stop and the target", {"/risk/stop_loss": None, "/risk/take_profit": None}),
    (
        SPOT,
        "replace the target with a 5% trailing stop",
        {"/risk/take_profit": None, "/risk/trailing_stop": {"type": "percent", "value": 0.05}},
    ),
    (
        SPOT,
        "trail by 6% after it is 4% up",
        {"/risk/trailing_stop": {"type": "percent", "value": 0.06, "activate_at": 0.04}},
    ),
    (PERP, "tighten the trailing stop to 3%", {"/risk/trailing_stop/value": 0.03}),
    (PERP, "start trailing after 5% profit", {"/risk/trailing_stop/activate_at": 0.05}),
    (PERP, "get rid of the trailing stop", {"/risk/trailing_stop": None}),
    (SPOT, "move stop to breakeven at 3%", {"/risk/breakeven": {"at": 0.03}}),
    (SPOT, "sell half at 5%", {"/risk/partial_exits": [{"at": 0.05, "fraction": 0.5}]}),
    (SPOT, "get out after 2 days", {"/risk/time_limit": {"bars": 48}}),
    (MULTI, "exit after 9 days instead", {"/risk/time_limit/bars": 9}),
    (SPOT, "wait 3 bars between trades", {"/risk/checks": {"cooldown_bars": 3}}),
    (SPOT, "set tp to 10%, sl to 5%", {"/risk/take_profit/value": 0.1, "/risk/stop_loss/value": 0.05}),
    # size and limits
    (SPOT, "half the size", {"/sizing/value": 0.05}),
    (SPOT, "cut size by a third", {"/sizing/value": 0.0666666667}),
    (SPOT, "use 1.5x the size", {"/sizing/value": 0.15}),
    (SPOT, "put 5% per trade", {"/sizing/value": 0.05}),
    (SPOT, "risk 1% per trade", {"/sizing": {"mode": "risk_per_trade", "value": 0.01}}),
    (SPOT, "risk half a percent per trade", {"/sizing": {"mode": "risk_per_trade", "value": 0.005}}),
    (SPOT, "500 dollars per trade", {"/sizing": {"mode": "fixed_notional", "value": 500}}),
    (SPOT, "put 30% per trade and raise the limit to 30%", {"/sizing/value": 0.3, "/risk/max_position_pct": 0.3}),
    (SPOT, "max drawdown 15%", {"/risk/max_drawdown_pct": 0.15}),
    (SPOT, "stop trading after a 12% drawdown", {"/risk/max_drawdown_pct": 0.12}),
    (SPOT, "stop trading for the day after losing 3%", {"/risk/checks": {"max_daily_loss_pct": 0.03}}),
    (MULTI, "max 5 positions", {"/sizing/max_positions": 5}),
    (MULTI, "drop the drawdown limit", {"/risk/max_drawdown_pct": None}),
    (PERP, "leverage 3x", {"/risk/max_leverage": 3}),
    (PERP, "no more than 2 trades per hour", {"/execution/max_orders_per_hour": 2}),
    # what is traded
    (SPOT, "use doge in place of sol", {"/universe/assets": ["DOGE"]}),
    (SPOT, "add BTC and LTC", {"/universe/assets": ["SOL", "BTC", "LTC"]}),
    (MULTI, "drop SOL", {"/universe/assets": ["BTC", "ETH"]}),
    (MULTI, "replace sol with doge", {"/universe/assets": ["BTC", "ETH", "DOGE"]}),
    (MULTI, "only btc", {"/universe/assets": ["BTC"]}),
    (SPOT, "make it 15m", {"/universe/timeframe": "15m"}),
    (PERP, "move to the daily chart", {"/universe/timeframe": "1d"}),
    (PERP, "use 12h candles instead of 4h", {"/universe/timeframe": "12h"}),
    (PERP, "quote in USDC", {"/universe/quote": "USDC"}),
    (SPOT, "perps with 3x leverage", {"/universe/market_type": "perp", "/risk/max_leverage": 3}),
    # indicators in place
    (PERP, "change the fast ema to 10", {"/indicators/ema_fast/inputs/length": 10}),
    (PERP, "make the slow ema twice as long", {"/indicators/ema_slow/inputs/length": 120}),
    (
        PERP,
        "use 10/50 instead of 20/60",
        {"/indicators/ema_fast/inputs/length": 10, "/indicators/ema_slow/inputs/length": 50},
    ),
    (PERP, "switch ema to sma", {"/indicators/ema_fast/type": "sma", "/indicators/ema_slow/type": "sma"}),
    (MULTI, "switch sma to ema", {"/indicators/sma_50/type": "ema", "/indicators/sma_200/type": "ema"}),
    (MULTI, "replace the 50 sma with a 20 ema", {"/indicators/sma_50": {"type": "ema", "inputs": {"length": 20}}}),
    (MULTI, "bollinger 2.5 std", {"/indicators/bb/inputs/stddev": 2.5}),
    (SPOT, "use mfi instead of rsi", {"/indicators/rsi_14/type": "mfi"}),
    (SPOT, "rsi period 7", {"/indicators/rsi_14/inputs/length": 7}),
    # constants in place
    (SPOT, "rsi below 25 instead of 30", {f"{ENTRY}/0/value": 25}),
    (SPOT, "instead of 30 use 25 for rsi", {f"{ENTRY}/0/value": 25}),
    (SPOT, "exit when rsi is above 70 instead", {"/signals/exit/0/value": 70}),
    (SPOT, "set buy threshold at 27 and sell threshold at 72", {f"{ENTRY}/0/value": 27, "/signals/exit/0/value": 72}),
    (
        SPOT,
        "change rsi length to 10 and threshold to 25",
        {"/indicators/rsi_14/inputs/length": 10, f"{ENTRY}/0/value": 25},
    ),
    # conditions more
    (SPOT, "only trade mondays", {f"{ENTRY}/2": {"when": "eq", "left": "time.weekday", "value": 1}}),
    (SPOT, "no entries on weekends", {f"{ENTRY}/2": {"when": "lt", "left": "time.weekday", "value": 6}}),
    (
        SPOT,
        "enter only if volume is above its 20 bar average",
        {"/indicators/sma_20_volume": VOLUME, f"{ENTRY}/2": {"when": "gt", "left": "volume", "right": "sma_20_volume"}},
    ),
    (
        SPOT,
        "add an adx filter above 22",
        {"/indicators/adx_14": ADX, f"{ENTRY}/2": {"when": "gt", "left": "adx_14.adx", "value": 22}},
    ),
    (
        SPOT,
        "add a 200 ema trend filter",
        {
            "/indicators/ema_200": {"type": "ema", "inputs": {"length": 200}},
            f"{ENTRY}/2": {"when": "gt", "left": "close", "right": "ema_200"},
        },
    ),
    (
        PERP,
        "confirm with macd above its signal",
        {
            "/indicators/macd": MACD,
            f"{ENTRY}/2": {"when": "gt", "left": "macd.line", "right": "macd.signal"},
            f"{SHORT}/2": {"when": "lt", "left": "macd.line", "right": "macd.signal"},
        },
    ),
    (
        PERP,
        "for longs only, require rsi above 50",
        {f"{ENTRY}/2": {"when": "gt", "left": "rsi_14", "value": 50}},
    ),
    (
        SPOT,
        "also buy when macd crosses above its signal",
        {
            "/indicators/macd": MACD,
            "/signals/entry/1": {"when": "crosses_above", "left": "macd.line", "right": "macd.signal"},
        },
    ),
    (
        PERP,
        "also exit when rsi crosses below 50",
        {
            "/signals/exit/1": {"when": "crosses_below", "left": "rsi_14", "value": 50},
            "/signals/short/exit/1": {"when": "crosses_above", "left": "rsi_14", "value": 50},
        },
    ),
    (
        SPOT,
        "change the entry to rsi crosses above 35",
        {"/indicators/ema_100": None, "/signals/entry": [{"when": "crosses_above", "left": "rsi_14", "value": 35}]},
    ),
    # conditions less
    (
        SPOT,
        "remove the ema filter",
        {"/indicators/ema_100": None, "/signals/entry/0": SPOT["signals"]["entry"][0]["conditions"][0]},
    ),
    (
        PERP,
        "remove the rsi filter from shorts",
        {"/signals/short/entry/0": PERP["signals"]["short"]["entry"][0]["conditions"][0]},
    ),
    (MULTI, "scrap the volume filter", {"/indicators/vol_20": None, f"{ENTRY}/2": None}),
    (PERP, "remove the exit rules", {"/signals/exit": [], "/signals/short/exit": []}),
    # sides
    (PERP, "stop shorting", {"/signals/short": None}),
    (PERP, "make it long only", {"/signals/short": None}),
    (PERP, "shorts only", {"/signals/entry": [], "/signals/exit": []}),
    (PERP, "reverse on opposite signal", {"/signals/opposite_entry": "reverse"}),
    (
        SPOT,
        "add a short side",
        {
            "/universe/market_type": "perp",
            "/signals/short": {
                "entry": [
                    {
                        "when": "and",
                        "conditions": [
                            {"when": "gt", "left": "rsi_14", "value": 70},
                            {"when": "lt", "left": "close", "right": "ema_100"},
                        ],
                    }
                ],
                "exit": [{"when": "lt", "left": "rsi_14", "value": 40}],
            },
        },
    ),
    # the rest
    (SPOT, "rename it to Night owl", {"/name": "Night owl"}),
    (SPOT, 'call it "Up and down" and use 2h', {"/name": "Up and down", "/universe/timeframe": "2h"}),
    (SPOT, "fill at the close", {"/execution/fill": "close"}),
    (SPOT, "use conservative slippage", {"/execution/slippage_model": "conservative"}),
    (SPOT, "fees maker 0.02% taker 0.05%", {"/execution/fees": {"maker": 0.0002, "taker": 0.0005}}),
    # notes in shorthand
    (SPOT, "sl 4 -> 3", {"/risk/stop_loss/value": 0.03}),
    (SPOT, "tp off", {"/risk/take_profit": None}),
    (
        SPOT,
        "sl 3% tp 9% 2h",
        {"/risk/stop_loss/value": 0.03, "/risk/take_profit/value": 0.09, "/universe/timeframe": "2h"},
    ),
    (MULTI, "+doge, -eth", {"/universe/assets": ["BTC", "SOL", "DOGE"]}),
    (PERP, "rsi 70 -> 65", {f"{ENTRY}/1/value": 65}),
    (PERP, "60 ema to 90", {"/indicators/ema_slow/inputs/length": 90}),
    (PERP, "ema -> wma", {"/indicators/ema_fast/type": "wma", "/indicators/ema_slow/type": "wma"}),
    (PERP, "size x1.5", {"/sizing/value": 0.15}),
    (PERP, "lev off", {"/risk/max_leverage": 1}),
    (PERP, "be @ 2%", {"/risk/breakeven": {"at": 0.02}}),
    (PERP, "time stop 12", {"/risk/time_limit": {"bars": 12}}),
    (PERP, "shorts off", {"/signals/short": None}),
    (PERP, "stop 1 atr wider", {"/risk/stop_loss/value": 3}),
    (MULTI, "volume filter 2x", {f"{ENTRY}/2/right": "2 * vol_20"}),
    # one thing for another, and what is too much
    (SPOT, "the stop is too close, 6%", {"/risk/stop_loss/value": 0.06}),
    (SPOT, "5% stop, target triple that", {"/risk/stop_loss/value": 0.05, "/risk/take_profit/value": 0.15}),
    (
        SPOT,
        "replace the ema filter with adx above 22",
        {
            "/indicators/ema_100": None,
            "/indicators/adx_14": ADX,
            f"{ENTRY}/1": {"when": "gt", "left": "adx_14.adx", "value": 22},
        },
    ),
    (SPOT, "enter when rsi crosses above 30 instead of being below", {f"{ENTRY}/0/when": "crosses_above"}),
    (SPOT, "make the ema filter daily", {"/indicators/ema_100/inputs/timeframe": "1d"}),
    (PERP, "rsi levels 65 and 35", {f"{ENTRY}/1/value": 65, f"{SHORT}/1/value": 35}),
    (PERP, "stop of 3% for longs and shorts", {"/risk/stop_loss": {"type": "percent", "value": 0.03}}),
    (PERP, "we don't need the trailing stop", {"/risk/trailing_stop": None}),
    (MULTI, "half as many positions", {"/sizing/max_positions": 2}),
    # several at once
    (
        SPOT,
        "stop 3% and target 9%, and use 4h",
        {"/risk/stop_loss/value": 0.03, "/risk/take_profit/value": 0.09, "/universe/timeframe": "4h"},
    ),
    (
        PERP,
        "drop the trailing stop, leverage 3, keep everything else as it is",
        {"/risk/trailing_stop": None, "/risk/max_leverage": 3},
    ),
    (
        SPOT,
        "teh stop shoud be 5%, and incraese the size to 15%",
        {"/risk/stop_loss/value": 0.05, "/sizing/value": 0.15},
    ),
    # several things in one sentence, each on its own way
    (SPOT, "add btc and doge, 4% each", {"/universe/assets": ["SOL", "BTC", "DOGE"], "/sizing/value": 0.04}),
    (SPOT, "drop sol add ada", {"/universe/assets": ["ADA"]}),
    (
        PERP,
        "raise the rsi threshold for longs by 5 and the slow length by 15",
        {f"{ENTRY}/1/value": 75, "/indicators/ema_slow/inputs/length": 75},
    ),
    (PERP, "same as before but with a 90 slow ema", {"/indicators/ema_slow/inputs/length": 90}),
    (PERP, "as it was but with a slow ema of 90", {"/indicators/ema_slow/inputs/length": 90}),
    (SPOT, "use an atr stop, 1.5x", {"/risk/stop_loss": {"type": "atr", "value": 1.5}}),
    (SPOT, "an atr stop 3.5x and keep the target", {"/risk/stop_loss": {"type": "atr", "value": 3.5}}),
    (PERP, "cut leverage in half", {"/risk/max_leverage": 1}),
    (SPOT, "exit only on the signal", {"/risk/stop_loss": None, "/risk/take_profit": None}),
    (SPOT, "stop 6%, everything else as is", {"/risk/stop_loss/value": 0.06}),
    (
        SPOT,
        "can we wait for two closes above the 100 ema before getting in",
        {f"{ENTRY}/2": {"when": "gt", "left": "close", "right": "ema_100", "for_bars": 2}},
    ),
    (
        SPOT,
        "require a close over the 300 sma on the daily as well",
        {
            "/indicators/sma_300_1d": {"type": "sma", "inputs": {"length": 300, "timeframe": "1d"}},
            f"{ENTRY}/2": {"when": "gt", "left": "close", "right": "sma_300_1d"},
        },
    ),
    # roles said behind, figures said twice, values given later
    (
        PERP,
        "add rsi under 40 as another exit for longs",
        {"/signals/exit/1": {"when": "lt", "left": "rsi_14", "value": 40}},
    ),
    (SPOT, "i'll use rsi over 75 as the exit", {"/signals/exit/0/value": 75}),
    (
        SPOT,
        "drop the target, i will use rsi over 66 as the exit",
        {"/risk/take_profit": None, "/signals/exit/0/value": 66},
    ),
    (PERP, "less leverage, 1x, keep size", {"/risk/max_leverage": 1}),
    (SPOT, "only longs, stop 6%", {"/risk/stop_loss/value": 0.06}),
    (SPOT, "stop 1.5x wider", {"/risk/stop_loss/value": 0.06}),
    (SPOT, "stop 2x tighter", {"/risk/stop_loss/value": 0.02}),
    (SPOT, "target 10%, no wait, 12%", {"/risk/take_profit/value": 0.12}),
    (
        SPOT,
        "take profit in two steps, half at 5 and the rest at 9",
        {"/risk/take_profit/value": 0.09, "/risk/partial_exits": [{"at": 0.05, "fraction": 0.5}]},
    ),
    (SPOT, "maker 2 taker 6 fees", {"/execution/fees": {"maker": 0.0002, "taker": 0.0006}}),
    (SPOT, "fees: 1 bps maker, 4 bps taker", {"/execution/fees": {"maker": 0.0001, "taker": 0.0004}}),
    (
        PERP,
        "set fast to 9 and slow to 34",
        {"/indicators/ema_fast/inputs/length": 9, "/indicators/ema_slow/inputs/length": 34},
    ),
    (
        SPOT,
        "entry needs close above the 100 ema and macd histogram positive",
        {"/indicators/macd": MACD, f"{ENTRY}/2": {"when": "gt", "left": "macd.hist", "value": 0}},
    ),
    (
        SPOT,
        "change rsi to stochastic below 25",
        {
            "/indicators/stoch": {"type": "stoch", "inputs": {"k": 14, "d": 3, "smooth": 3}},
            f"{ENTRY}/0": {"when": "lt", "left": "stoch.k", "value": 25},
        },
    ),
    # lists, kinds and lengths, what is shut out, halves
    (
        SPOT,
        "add doge and ltc, max 4 open at once, 5% each",
        {
            "/universe/assets": ["SOL", "DOGE", "LTC"],
            "/sizing": {"mode": "percent_equity", "value": 0.05, "max_positions": 4},
        },
    ),
    (
        PERP,
        "swap ema for sma, fast 8 slow 34",
        {
            "/indicators/ema_fast": {"type": "sma", "inputs": {"length": 8, "source": "close"}},
            "/indicators/ema_slow": {"type": "sma", "inputs": {"length": 34, "source": "close"}},
        },
    ),
    (PERP, "make the slow one 90 and leave the fast", {"/indicators/ema_slow/inputs/length": 90}),
    (SPOT, "stop loss none, take profit off", {"/risk/stop_loss": None, "/risk/take_profit": None}),
    (
        SPOT,
        "increase the target by half and reduce the stop by a quarter",
        {"/risk/take_profit/value": 0.12, "/risk/stop_loss/value": 0.03},
    ),
    (SPOT, "change nothing but the timeframe: 2h", {"/universe/timeframe": "2h"}),
    (
        SPOT,
        "only enter between 8:00 and 20:00 utc, no fridays",
        {
            f"{ENTRY}/2": {"when": "gte", "left": "time.hour", "value": 8},
            f"{ENTRY}/3": {"when": "lt", "left": "time.hour", "value": 20},
            f"{ENTRY}/4": {"when": "not", "conditions": [{"when": "eq", "left": "time.weekday", "value": 5}]},
        },
    ),
    # what is shut out, what goes together, assets beside a figure, notes in a row
    (
        SPOT,
        "entry only if macd above zero and not on mondays",
        {
            "/indicators/macd": MACD,
            f"{ENTRY}/2": {"when": "gt", "left": "macd.line", "value": 0},
            f"{ENTRY}/3": {"when": "not", "conditions": [{"when": "eq", "left": "time.weekday", "value": 1}]},
        },
    ),
    (SPOT, "no stop or target", {"/risk/stop_loss": None, "/risk/take_profit": None}),
    (SPOT, "neither stop nor target", {"/risk/stop_loss": None, "/risk/take_profit": None}),
    (SPOT, "drop the stop / target", {"/risk/stop_loss": None, "/risk/take_profit": None}),
    (SPOT, "use a 3% stop on eth instead of sol", {"/risk/stop_loss/value": 0.03, "/universe/assets": ["ETH"]}),
    (SPOT, "trade btc and eth with 4% each", {"/sizing/value": 0.04, "/universe/assets": ["BTC", "ETH"]}),
    (
        PERP,
        "slow ema 50, fast 10, leverage 1",
        {"/indicators/ema_slow/inputs/length": 50, "/indicators/ema_fast/inputs/length": 10, "/risk/max_leverage": 1},
    ),
    (
        SPOT,
        "stop at 3% for a change and wait 4 bars after each exit",
        {"/risk/stop_loss/value": 0.03, "/risk/checks": {"cooldown_bars": 4}},
    ),
]


def changed(before: Any, pointer: str, value: Any) -> None:
    """Set, insert or (None) remove what a pointer names."""
    *way, last = pointer.strip("/").split("/")
    for step in way:
        before = before[int(step)] if isinstance(before, list) else before.setdefault(step, {})
    if isinstance(before, list):
        at = int(last)
        if value is None:
            del before[at]
        elif at < len(before):
            before[at] = value
        else:
            before.append(value)
    elif value is None:
        del before[last]
    else:
        before[last] = value


@pytest.mark.parametrize(("spec", "text", "wanted"), EDITS, ids=[text for _, text, _ in EDITS])
def test_an_edit_changes_what_it_names_and_nothing_else(
    spec: dict[str, Any], text: str, wanted: dict[str, Any]
) -> None:
    import copy

    expected = copy.deepcopy(spec)
    for pointer, value in wanted.items():
        changed(expected, pointer, copy.deepcopy(value))

    reading = read(spec, text)

    assert reading.intent == "edit", reading.question
    after = edited(spec, reading.patch)
    assert after.pop("version") != expected.pop("version")
    assert after == expected
    assert check({**after, "version": "9.0"}).valid


@pytest.mark.parametrize(("spec", "text"), [(spec, text) for spec, text, _ in EDITS])
def test_reading_an_edit_leaves_the_strategy_alone(spec: dict[str, Any], text: str) -> None:
    import copy

    before = copy.deepcopy(spec)
    read(spec, text)
    assert spec == before
