"""backtesting.py and vectorbt on the same bars and signals, reproduced by naming our options.

The reference trades were computed by those packages (tests/golden/SOURCES.md); the probes are the
table of measured fill conventions, one hand-made bar each.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from engine.backtest.config import Config
from engine.backtest.intents import make_intents
from engine.backtest.market import align
from engine.backtest.simulate import simulate
from engine.market.bars import make_bars

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "engine_reference.json").read_text())
MINUTE = 60_000
CASES = [
    pytest.param(case, engine, id=f"{case['name']}-{case['dataset']}-{engine}")
    for case in GOLDEN["cases"]
    for engine in ("backtesting.py", "vectorbt")
    if engine in case
]


def market_of(dataset):
    columns = {
        name: np.asarray(GOLDEN["datasets"][dataset][name]) for name in ("open", "high", "low", "close", "volume")
    }
    time = np.arange(len(columns["open"])) * MINUTE
    return align({"X": make_bars("X", "1m", time, **columns)}, perpetual=False)


def intents_of(case, market, engine):
    params, close = case["params"], market.tables.close[:, 0]
    entry, exit_ = (np.isin(np.arange(market.n_bars), case[name]) for name in ("entry_bars", "exit_bars"))
    slippage = np.full(market.n_bars, params.get("slip", 0.0))
    if engine == "backtesting.py":
        slippage[~entry] = 0.0  # its spread worsens entries only
    placed_with_order = params.get("anchor") == "signal_close"
    levels = {}
    if "sl" in params:
        levels = {"stop": params["sl"], "target": params["tp"]}
        if placed_with_order:
            levels = {"stop": close * (1 - params["sl"]), "target": close * (1 + params["tp"])}
    shorts = {"enter_short": exit_} if params.get("both") else {"exit_long": exit_ & ~entry}
    return make_intents(
        market, enter_long=entry, size=float(params["size"]), slippage_base=slippage, **shorts, **levels
    )


def config_of(case, engine):
    params = case["params"]
    level = "none" if "sl" not in params else "price" if params.get("anchor") == "signal_close" else "fraction"
    cash_fraction = params["size"] < 1
    return Config(
        market_type="perp" if params.get("both") else "spot",
        initial_equity=GOLDEN["cash"],
        size="cash_fraction" if cash_fraction else "units",
        quantity_step=1.0 if cash_fraction and engine == "backtesting.py" else 0.0,
        stop=level,
        target=level,
        fill="close" if params.get("on_close") else "next_open",
        opposite_entry="reverse" if params.get("both") else "ignore",
        maker_fee=params["fee"],
        taker_fee=params["fee"],
        entry_bar_stops=params.get("anchor") == "signal_close",
        stop_beats_signal=engine == "vectorbt",
    )


@pytest.mark.parametrize(("case", "engine"), CASES)
def test_reference_case_is_reproduced_trade_for_trade(case, engine):
    market = market_of(case["dataset"])
    reference = case[engine]

    run = simulate(intents_of(case, market, engine), market, config_of(case, engine))

    columns, closed = run.trades.columns, run.trades.closed
    expected = np.asarray(reference["trades"])
    np.testing.assert_array_equal(columns["entry_bar"][closed], expected[:, 0])
    np.testing.assert_array_equal(columns["exit_bar"][closed], expected[:, 1])
    for name, column in (("entry_price", 2), ("exit_price", 3)):
        np.testing.assert_allclose(columns[name][closed], expected[:, column], rtol=1e-9)
    np.testing.assert_allclose((columns["quantity"] * columns["side"])[closed], expected[:, 4], rtol=1e-9)
    np.testing.assert_allclose(
        columns["net_profit"][closed], expected[:, 5], rtol=1e-9, atol=1e-9 * GOLDEN["cash"] * 1e-3
    )
    np.testing.assert_allclose(columns["fees"][closed], expected[:, 6], rtol=1e-9)
    assert run.equity[-1] == pytest.approx(reference["final_equity"], rel=1e-9)


FLAT = (100.0, 100.5, 99.5, 100.0)
PROBES = {
    # name: (bars that differ, exit signal, with the order, after the fill, vectorbt) as (bar, price), None: still open
    "both_stop_and_target_in_bar_4": ({4: (100, 105, 97, 100)}, None, (4, 98), (4, 98), (4, 98)),
    "gap_below_the_stop_at_bar_4": ({4: (95, 96, 94, 95)}, None, (4, 95), (4, 95), (4, 95)),
    "gap_above_the_target_at_bar_4": ({4: (107, 108, 106.5, 107)}, None, (4, 107), (4, 107), (4, 107)),
    "exit_signal_at_3_and_stop_inside_4": ({4: (100, 100.5, 97, 98)}, 3, (4, 100), (4, 100), (4, 98)),
    "exit_signal_at_3_and_gap_below_at_4": ({4: (95, 96, 94, 95)}, 3, (4, 95), (4, 95), (4, 95)),
    "stop_inside_the_entry_bar": ({2: (100, 100.5, 97, 99)}, None, (2, 98), None, None),
    "target_only_inside_the_entry_bar": ({2: (100, 105, 99.5, 100)}, None, (2, 104), None, None),
    "open_equals_the_stop_at_bar_4": ({4: (98, 99, 97.5, 98)}, None, (4, 98), (4, 98), (4, 98)),
    "low_equals_the_stop_at_bar_4": ({4: (100, 100.5, 98, 99)}, None, (4, 98), (4, 98), (4, 98)),
}
CONVENTIONS = {
    "stops placed with the order": (2, {"entry_bar_stops": True}),
    "stops set after the fill": (3, {"entry_bar_stops": False}),
    "vectorbt": (4, {"entry_bar_stops": False, "stop_beats_signal": True}),
}


@pytest.mark.parametrize("convention", CONVENTIONS)
@pytest.mark.parametrize("probe", PROBES)
def test_probe_of_fill_conventions(probe, convention):
    changed, exit_bar, *expected = PROBES[probe]
    column, options = CONVENTIONS[convention]
    rows = np.array([changed.get(bar, FLAT) for bar in range(9)], dtype=float)
    bars = make_bars("X", "1d", np.arange(9) * 86_400_000, *rows.T, np.full(9, 1e6))
    market = align({"X": bars})
    bar = np.arange(9)
    intents = make_intents(
        market,
        enter_long=bar == 1,
        exit_long=bar == (-1 if exit_bar is None else exit_bar),
        size=10.0,
        stop=0.02,
        target=0.04,
    )

    run = simulate(intents, market, Config(size="units", stop="fraction", target="fraction", **options))

    exits = [(fill.bar, fill.price) for fill in run.fills[1:]]
    assert (run.fills[0].bar, run.fills[0].price) == (2, 100.0)
    assert exits == ([] if expected[column - 2] is None else [expected[column - 2]])
