"""A backtest from a spec: every way of sizing and protecting, what a result tells, what it never sees."""

import copy

import numpy as np
import pytest

from engine.backtest.run import backtest, window_of, yearly_periods
from engine.backtest.window import HoldoutLocked
from engine.errors import DataError, SpecError
from engine.market.bars import FundingSeries, make_bars
from engine.market.memory import MemoryMarket
from engine.spec.examples import SMA_CROSS

HOUR = 3_600_000
START = 1_609_459_200_000  # 2021-01-01


def random_bars(symbol, n=3_000, seed=1, timeframe="1h", step=HOUR, price=100.0, volume=50.0):
    rng = np.random.default_rng(seed)
    close = price * np.exp(np.cumsum(rng.normal(0, 0.01, n)))
    open_ = np.concatenate(([price], close[:-1])) * np.exp(rng.normal(0, 1e-3, n))
    high = np.maximum(open_, close) * (1 + rng.exponential(2e-3, n))
    low = np.minimum(open_, close) * (1 - rng.uniform(0, 4e-3, n))
    volumes = rng.uniform(0.1, 2, n) * volume
    return make_bars(symbol, timeframe, START + np.arange(n) * step, open_, high, low, close, volumes)


def market(*symbols, **options):
    return MemoryMarket([random_bars(symbol, seed=k, **options) for k, symbol in enumerate(symbols)], name="made up")


def spec_with(**sections):
    spec = copy.deepcopy(SMA_CROSS)
    for name, fields in sections.items():
        if isinstance(fields, dict) and isinstance(spec.get(name), dict):
            spec[name] = {**spec[name], **fields}
        else:
            spec[name] = fields
    return spec


def codes(result):
    return {notice.code for notice in result.notices}


def test_the_specifications_example_runs_and_names_its_data():
    result = backtest(SMA_CROSS, market("BTCUSDT", "ETHUSDT"))

    assert result.symbols == ("BTCUSDT", "ETHUSDT") and result.data_name == "made up"
    assert result.summary.trade_count == result.trades.closed.sum() > 20
    assert len(result.equity) == len(result.benchmark) == 3_000
    assert len(result.spec_hash) == len(result.data_hash) == len(result.engine_hash) == 64
    assert {"NO_HOLDOUT", "DEFAULT_ASSUMED", "WARMUP_INSIDE_WINDOW"} <= codes(result)


def test_the_same_inputs_give_the_same_figures_and_hashes():
    one, two = (backtest(SMA_CROSS, market("BTCUSDT", "ETHUSDT")) for _ in range(2))

    assert one.equity.tobytes() == two.equity.tobytes()
    assert (one.spec_hash, one.data_hash, one.engine_hash) == (two.spec_hash, two.data_hash, two.engine_hash)
    assert one.summary == two.summary and one.notices == two.notices


def test_problems_of_a_spec_come_all_at_once():
    wrong = spec_with(sizing={"mode": "percent_equity", "value": 7.0}, risk={"max_leverage": -1})
    with pytest.raises(SpecError) as refusal:
        backtest(wrong, market("BTCUSDT"))

    assert {problem.path for problem in refusal.value.problems} >= {"$.sizing.value", "$.risk.max_leverage"}


def test_an_asset_without_candles_says_how_to_get_some():
    with pytest.raises(DataError, match="kek data import"):
        backtest(SMA_CROSS, market("BTCUSDT"))


def test_the_measured_window_starts_warm_when_earlier_bars_allow():
    start = START + 500 * HOUR

    result = backtest(SMA_CROSS, market("BTCUSDT", "ETHUSDT"), start=start, end=start + 1_000 * HOUR)

    assert (result.start, result.end) == (start, start + 1_000 * HOUR) and len(result.equity) == 1_000
    assert "WARMUP_INSIDE_WINDOW" not in codes(result)
    assert result.bars["BTC"].time[0] == start


def test_no_candle_of_the_holdout_reaches_a_run():
    days = 900
    data = market("BTCUSDT", "ETHUSDT", n=days * 24)

    result = backtest(SMA_CROSS, data)

    assert result.holdout is not None and result.end == result.holdout.start
    assert max(bars.time[-1] for bars in result.bars.values()) < result.holdout.start
    with pytest.raises(HoldoutLocked):
        window_of(result.spec, data, end=START + days * 24 * HOUR)
    opened = backtest(SMA_CROSS, data, full_window=True)
    assert opened.holdout.seen and "HOLDOUT_SEEN" in codes(opened)
    n = len(result.equity) - 1  # orders of the last close fill once bars follow
    np.testing.assert_array_equal(opened.equity[:n], result.equity[:n])


def test_all_candles_of_an_asset_share_one_holdout():
    days = 900
    hourly, fine = (
        random_bars("BTCUSDT", n=days * 24),
        random_bars("BTCUSDT-PERP", n=2_000, timeframe="15m", step=HOUR // 4),
    )
    last_days = make_bars(
        "BTCUSDT-PERP",
        "15m",
        fine.time + (days - 21) * 24 * HOUR,
        *(getattr(fine, name) for name in ("open", "high", "low", "close", "volume")),
    )
    data = MemoryMarket([hourly, last_days])
    perp = spec_with(universe={"assets": ["BTC"], "timeframe": "15m", "market_type": "perp"})

    with pytest.raises(HoldoutLocked):
        backtest(perp, data)

    assert backtest(perp, data, full_window=True).holdout.seen


@pytest.mark.parametrize(
    "sizing",
    [
        {"mode": "percent_equity", "value": 0.1},
        {"mode": "fixed_notional", "value": 750.0},
        {"mode": "volatility_target", "value": 0.1, "length": 40},
        {"mode": "risk_per_trade", "value": 0.001},
        {"mode": "atr_risk", "value": 0.001, "multiple": 2.0},
    ],
)
@pytest.mark.parametrize(
    "stop",
    [
        {"type": "percent", "value": 0.02},
        {"type": "atr", "value": 2.0},
        {"type": "atr", "value": 2.0, "indicator": "range"},
        {"type": "price", "value": 60.0},
    ],
)
def test_sizes_and_stops_are_those_of_the_formula(sizing, stop):
    spec = spec_with(
        universe={"assets": ["BTC"]},
        sizing=sizing,
        risk={"stop_loss": stop, "max_position_pct": 1.0, "max_total_exposure_pct": 1.0},
        execution={"fees": {"maker": 0.0, "taker": 0.0}, "slippage_model": "custom", "slippage": {"base": 0.0}},
        indicators=SMA_CROSS["indicators"] | {"range": {"type": "atr", "inputs": {"length": 5}}},
    )
    data = market("BTCUSDT")
    bars = data.bars("BTCUSDT", "1h")

    result = backtest(spec, data)

    entries = [fill for fill in result.fills if fill.reason == "entry"]
    assert len(entries) > 10
    for fill in entries:
        wanted = notional_asked_for(sizing, stop, bars, fill.decided_bar, result.equity[fill.decided_bar])
        assert fill.wanted_quantity == pytest.approx(wanted / fill.price, rel=1e-9)


def notional_asked_for(sizing, stop, bars, t, equity):
    close, mode = bars.close[t], sizing["mode"]
    if mode == "fixed_notional":
        return sizing["value"]
    if mode == "percent_equity":
        return sizing["value"] * equity
    if mode == "volatility_target":
        returns = np.diff(np.log(bars.close))[t - sizing["length"] : t]
        return sizing["value"] * equity / (returns.std(ddof=1) * np.sqrt(8760))
    if mode == "atr_risk":
        return sizing["value"] * equity * close / (sizing["multiple"] * wilder(bars, 14)[t])
    distance = {
        "percent": lambda: stop["value"] * close,
        "atr": lambda: stop["value"] * wilder(bars, 5 if "indicator" in stop else 14)[t],
        "price": lambda: abs(close - stop["value"]),
    }[stop["type"]]()
    return sizing["value"] * equity * close / distance


def wilder(bars, length):
    ranges = np.maximum(bars.high[1:], bars.close[:-1]) - np.minimum(bars.low[1:], bars.close[:-1])
    out = np.full(bars.n_bars, np.nan)
    out[length] = ranges[:length].mean()
    for t in range(length + 1, bars.n_bars):
        out[t] = (out[t - 1] * (length - 1) + ranges[t - 1]) / length
    return out


def test_conservative_slippage_is_the_formula_of_the_deciding_bar():
    spec = spec_with(universe={"assets": ["BTC"]}, execution={"slippage_model": "conservative"})
    data = market("BTCUSDT")
    bars = data.bars("BTCUSDT", "1h")
    atr = np.nan_to_num(wilder(bars, 14))

    result = backtest(spec, data)

    for fill in result.fills:
        t = fill.decided_bar
        if fill.reason == "entry":
            notional = 0.1 * result.equity[t]
        else:
            notional = fill.quantity * bars.close[t]
        volume = (bars.close * bars.volume)[max(0, t - 23) : t + 1].mean()
        expected = min(0.05, 0.0005 + atr[t] / bars.close[t] * (0.05 + np.sqrt(notional / volume)))
        assert abs(fill.price / fill.reference_price - 1) == pytest.approx(expected, rel=1e-9)


def test_without_volume_slippage_leaves_the_size_out_and_says_so():
    spec = spec_with(universe={"assets": ["BTC"]}, execution={"slippage_model": "conservative"})

    result = backtest(spec, market("BTCUSDT", volume=0.0))

    assert "NO_VOLUME" in codes(result) and len(result.fills) > 0


def test_shorts_on_a_perpetual_pay_and_earn_their_funding():
    short = {"entry": SMA_CROSS["signals"]["exit"], "exit": SMA_CROSS["signals"]["entry"]}
    spec = spec_with(
        universe={"assets": ["BTC"], "market_type": "perp"}, signals=SMA_CROSS["signals"] | {"short": short}
    )
    bars = random_bars("BTCUSDT-PERP")
    events = START + np.arange(0, 3_000, 8) * HOUR
    funded = MemoryMarket([bars], [FundingSeries("BTCUSDT-PERP", events, np.full(events.size, 1e-3))])

    result, assumed = backtest(spec, funded), backtest(spec, MemoryMarket([bars]))

    shorts = [trade for trade in result.trades if trade.side == "short" and trade.bars_held > 16]
    assert shorts and all(trade.funding < 0 for trade in shorts)
    assert "FUNDING_ASSUMED" not in codes(result) and "FUNDING_ASSUMED" in codes(assumed)
    assert all(trade.funding == 0 for trade in assumed.trades if trade.side == "short")


def test_a_run_without_trades_says_why():
    never = [{"when": "gt", "left": "close", "value": 1e9}]
    result = backtest(spec_with(signals={"entry": never, "exit": never}), market("BTCUSDT", "ETHUSDT"))

    assert result.summary.trade_count == 0
    assert "no entry condition was true" in next(n.message for n in result.notices if n.code == "NOTHING_TRADED")


def test_a_run_whose_entries_all_failed_names_the_stage():
    spec = spec_with(risk={"stop_loss": {"type": "price", "value": 1e6}}, universe={"assets": ["BTC"]})

    result = backtest(spec, market("BTCUSDT"))

    texts = {notice.code: notice.message for notice in result.notices}
    assert "rejected level beyond entry" in texts["NOTHING_TRADED"] and "stop or target" in texts["LEVEL_BEYOND_ENTRY"]


def test_cut_entries_are_reported_with_the_figure():
    spec = spec_with(sizing={"mode": "percent_equity", "value": 0.4}, risk={"max_position_pct": 0.2})

    result = backtest(spec, market("BTCUSDT", "ETHUSDT"))

    cuts = [notice for notice in result.notices if notice.code == "SIZE_CUT"]
    assert cuts and all(list(notice.detail["limits"]) == ["max_position_pct"] for notice in cuts)
    assert all(0.45 < notice.detail["leastKeptFraction"] < 0.55 for notice in cuts)


def test_the_drawdown_guard_ends_the_run_and_says_when():
    result = backtest(
        spec_with(
            sizing={"mode": "percent_equity", "value": 0.5},
            risk={"max_drawdown_pct": 0.05, "max_position_pct": 0.5, "max_total_exposure_pct": 1.0},
        ),
        market("BTCUSDT", "ETHUSDT"),
    )

    assert "DRAWDOWN_GUARD" in codes(result)
    assert max(fill.bar for fill in result.fills) <= result.simulation.halted_bar + 1


def test_a_perpetual_can_be_liquidated_and_the_result_says_so():
    spec = spec_with(
        universe={"assets": ["BTC"], "market_type": "perp"},
        sizing={"mode": "fixed_notional", "value": 200_000.0},
        risk={"max_leverage": 50, "max_position_pct": 50.0, "max_total_exposure_pct": 50.0},
    )

    result = backtest(spec, market("BTCUSDT-PERP"))

    assert "LIQUIDATED" in codes(result) and result.simulation.liquidated
    assert result.trades[-1].reason == "liquidation"


def test_live_mode_runs_as_paper_and_says_so():
    result = backtest(spec_with(execution={"mode": "live"}), market("BTCUSDT", "ETHUSDT"))

    assert "LIVE_RUNS_AS_PAPER" in codes(result)


def test_a_market_with_closed_hours_is_annualised_by_its_own_bars():
    day = 24 * HOUR
    n = 520
    weekdays = START + 3 * day + np.array([7 * (k // 5) + k % 5 for k in range(n)]) * day  # from a Monday
    bars = random_bars("SPY", n=n, timeframe="1d", step=day)
    spy = make_bars("SPY", "1d", weekdays, bars.open, bars.high, bars.low, bars.close, bars.volume)

    result = backtest(spec_with(universe={"assets": ["SPY"], "quote": "USD", "timeframe": "1d"}), MemoryMarket([spy]))

    assert result.statistics.periods_per_year == pytest.approx(5 / 7 * 365.25, rel=0.01)
    assert "FUNDING_ASSUMED" not in codes(result)


def test_crypto_is_annualised_around_the_clock():
    result = backtest(SMA_CROSS, market("BTCUSDT", "ETHUSDT"))

    assert result.statistics.periods_per_year == 8760.0 and callable(yearly_periods)
