"""Elements that a StrategySpec cannot say are named, each with the part of the strategy it belonged to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.language.builtin.interpreter import read
from agent.language.builtin.screening import screen
from agent.language.builtin.screening.unsupported import ELEMENTS
from agent.language.port import Request

SAID = {
    "divergence": (
        "buy when there is a hidden bullish divergence between price and macd",
        "long on regular RSI divergance, stop 2%, eth 1h",
        "sell if price makes a higher high while rsi makes a lower high",
        "exit on bearish diverging stochastic",
        "obv divergence entry btc 4h",
    ),
    "chart_pattern": (
        "short the neckline break of a head and shoulders on btc 4h",
        "trade bull-flag breakouts on TSLA 15m",
        "buy an ascending triangle breakout, stop 3%",
        "cup & handle on NVDA daily",
        "buy the double bottom, target 10%",
        "falling wedge breakout long",
        "inverse head-n-shoulders long",
        "buy the ascending traingle",
    ),
    "candle_pattern": (
        "buy after a morning star on the daily",
        "three white soldiers then long",
        "sell on a bearish harami",
        "use a candlestick pattern to confirm",
    ),
    "trend_line": (
        "buy the trendline break with volume",
        "short at the descending trend-line",
        "break of the parallel channel",
        "Andrews pitchfork long",
    ),
    "support_resistance": (
        "go long at key support levels",
        "fade major resistance zones on EURUSD",
        "buy when price bounces off support, rsi under 40",
        "buy the bounce from a strong support zone",
    ),
    "fibonacci": (
        "enter at the 61.8% fib retracement of the last swing",
        "buy the 0.618 fibonacci level",
        "long in the golden pocket",
        "wait for a fibonnaci pullback",
    ),
    "part_of_a_move": (
        "buy rsi < 25, sell when it regains half of that",
        "leave at a 60% retracement of that fall",
        "sell once two thirds of the drop is recovered",
        "out when it claws back 40% of the decline",
    ),
    "waves": (
        "buy elliott wave 3",
        "trade the gartley harmonic pattern",
        "wyckoff accumulation spring long",
    ),
    "smart_money": (
        "long after a liquidity sweep and FVG fill",
        "buy the bullish order-block retest on 15m",
        "enter on BOS after CHoCH",
        "trade the breaker block",
        "swing failure pattern short",
        "market structure shift long",
        "demand zone bounce",
    ),
    "swing_point": (
        "buy the break of the last swing high",
        "use fractals for entry",
        "zigzag indicator long",
        "buy when higher highs and higher lows",
    ),
    "volume_profile": (
        "buy at the value area low",
        "long above the POC",
        "volume profile node bounce",
        "naked point of control",
    ),
    "anchored_vwap": (
        "buy above the anchored vwap from the low",
        "AVWAP reclaim",
    ),
    "discretion": (
        "sell when it looks weak",
        "exit if momentum fades",
        "get out when the trend loses steam",
        "use my own judgement on exits",
        "move the stop up manually",
    ),
    "news": (
        "buy on positive news",
        "avoid trading around news",
        "long btc after a bullish headline",
    ),
    "sentiment": (
        "buy when the fear & greed index is below 20",
        "long doge when elon tweets",
        "short when reddit sentiment turns negative",
    ),
    "fundamentals": (
        "buy stocks with p/e below 15",
        "long after an earnings beat",
        "only with dividend yield over 3%",
        "follow insider buying filings",
    ),
    "economy": (
        "no trades around FOMC meetings",
        "buy when cpi comes in low",
        "short on rate hikes",
        "trade the yield curve inversion",
    ),
    "nav": (
        "buy the fund when it trades at a discount to its net asset value",
        "long when below NAV",
    ),
    "on_chain": (
        "buy when exchange outflows spike",
        "long if mvrv is under 1",
        "follow whale wallets",
        "on-chain activity rising",
    ),
    "open_interest": (
        "long when open interest rises",
        "short if OI drops",
    ),
    "funding_signal": (
        "buy when funding is negative",
        "short when the funding rate goes above 0.1%",
        "extreme funding fade",
    ),
    "order_flow": (
        "buy on order book imbalance",
        "cvd turning up",
        "footprint absorption long",
        "order-flow delta signal",
    ),
    "options": (
        "buy in contango",
        "covered call on AAPL",
        "gamma exposure positive",
        "buy when implied volatility is low",
        "sell puts every week",
    ),
    "machine_learning": (
        "use an LSTM to predict the next price",
        "train a random forest on btc",
        "buy when the AI model predicts up",
        "neural network signal",
    ),
    "statistical_model": (
        "use a hidden markov model for the regime",
        "kalman filter trend",
        "regime detection then switch",
        "buy when the hurst exponent is above 0.5",
    ),
    "cross_sectional_rank": (
        "hold the top 3 by 6 month momentum",
        "buy the strongest coin each week",
        "rank them by return and buy the best",
        "sector rotation with SPY XLK XLE",
        "buy the coin with the highest 30 day return",
        "dual momentum between SPY and EFA",
    ),
    "dynamic_universe": (
        "trade the top 50 coins by market cap",
        "all S&P 500 stocks, rsi 2 under 10",
        "every coin on binance above its 200 sma",
        "20 most liquid perps",
        "any stock with market cap over 1 billion",
    ),
    "pair_trade": (
        "pairs trade KO and PEP",
        "trade the spread between BTC and ETH when zscore is over 2",
        "eth/btc ratio below its mean buy",
        "buy the spread between gold and silver",
        "cointegrated stocks",
    ),
    "other_asset": (
        "buy aapl if the s&p 500 is above its 200 sma",
        "buy ETH when rsi < 30 and BTC is above its 200 sma",
        "long SOL only if btc closes above ema 50",
        "long SPY when vix is below 20",
        "buy alts when bitcoin dominance falls",
        "use a btc filter for eth longs",
    ),
    "correlation": (
        "only when correlation with btc is below 0.5",
        "uncorrelated assets",
    ),
    "hedge": (
        "hedge the position with a short",
        "delta hedged",
    ),
    "minimum_holding": (
        "eth 4h rsi 14 under 30 in, over 60 out, hold at least 10 bars",
        "btc 1d close over sma 20 buy, minimum holding time of 3 days, out under it",
        "sol 1h macd cross, never sell before 12 hours have passed",
        "keep every trade no less than two weeks, ada daily, close over ema 50 in, under out",
    ),
    "grid": (
        "grid bot on btc between 50000 and 70000",
        "a 10 level grid",
    ),
    "scaling_in": (
        "dca into btc every week",
        "average down 3 times at -5%",
        "pyramid into winners",
        "martingale on eth 5m",
        "double the size after a loss",
        "scale in over 3 entries",
        "buy $100 of btc every monday",
        "add to the position every 2% lower",
        "buy more if it drops another 3%",
    ),
    "shares": (
        "buy 100 shares of AAPL when rsi < 30",
        "trade 2 contracts",
        "buy 0.5 btc when sma 20 crosses sma 50",
        "0.1 lots on EURUSD",
        "size 10 shares",
    ),
    "asset_weights": (
        "inverse volatility weights",
        "risk parity between SPY and TLT",
        "70% btc and 30% eth",
        "60/40 portfolio",
    ),
    "rebalance": (
        "rebalance monthly",
        "re-balance every quarter",
    ),
    "session_open": (
        "buy at the close and sell at the next open, SPY",
        "hold overnight only",
        "sell at the market open",
    ),
    "session_close": (
        "exit all trades 5 minutes before market close",
        "flat by the end of day",
        "close all positions before the market closes",
        "never hold overnight",
        "exit at eod",
        "buy at the open and sell at the close",
    ),
    "structural_stop": (
        "stop below the swing low",
        "stop at the low of the entry candle",
        "stop under the signal bar low",
    ),
    "fixed_distance": (
        "stop 20 pips",
        "50 point target",
        "stop loss of 30 ticks",
    ),
    "stop_order": (
        "place a buy stop above the high of the inside bar",
        "OCO order",
    ),
    "candle_type": (
        "on renko bricks",
        "heikin-ashi candles turn green",
        "30 second chart",
        "tick chart 500",
    ),
    "dynamic_length": (
        "adaptive lookback that changes with volatility, rsi",
        "the length adapts to volatility",
        "dynamic length rsi",
        "the period scales with atr",
    ),
    "reoptimise": (
        "re-optimise the parameters every month",
        "retrain the model weekly",
    ),
    "trade_history": (
        "skip the trade if the last trade was a loser",
        "stop trading after 3 losses in a row",
        "only trade when the equity curve is above its average",
    ),
    "conditional_size": (
        "double the size when adx is above 40",
        "half size when volatility is high",
        "size depends on conviction",
    ),
    "trade_count_limit": (
        "max 3 trades per day",
        "only one trade a day",
        "first signal of the day only",
    ),
    "period_limit": (
        "stop after the weekly loss limit of 5%",
        "daily profit target 2%",
    ),
    "tax": (
        "include taxes on gains",
        "after tax returns",
    ),
    "inflation": ("adjust for inflation",),
    "borrow_cost": (
        "include margin interest",
        "count the borrow costs",
    ),
    "alert": (
        "send me an email when it triggers",
        "telegram alerts on entry",
        "notify me on each trade",
    ),
    "copy_trading": ("copy trade the best traders on hyperliquid",),
    "result_goal": (
        "at least a 60% win rate",
        "sharpe above 1.5",
        "goal 30% a year",
        "profit factor 2 or better",
        "want 55% winners",
    ),
    "web_link": ("use this: https://www.tradingview.com/script/abc",),
    "strategy_switch": ("switch between trend and mean reversion strategies by regime",),
    "calendar_event": (
        "buy before holidays",
        "long on the full moon",
    ),
}


def found(text):
    return screen(text, has_spec=False, has_run=False).unsupported


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in SAID.items() for text in texts])
def test_an_element_is_named_and_no_other(name, text):
    assert [one.element for one in found(text)] == [name]


def test_every_element_has_sentences():
    assert {one.name for one in ELEMENTS} == set(SAID)


@pytest.mark.parametrize("element", ELEMENTS, ids=lambda one: one.name)
def test_an_element_says_why_not_and_what_instead(element):
    assert len(element.reason) > 20
    assert len(element.instead) > 8
    assert not any(letter.isdigit() for letter in element.reason + element.instead)


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        (
            "buy on a bullish rsi divergence, sell on a bearish one: bearish divergence",
            ["entry.divergence", "exit.divergence"],
        ),
        (
            "long when close > sma 50 and funding is negative, stop below the swing low",
            ["data.funding", "stop_loss.structure"],
        ),
        ("ema cross long, exit at the fib 1.618 extension", ["exit.fibonacci"]),
        ("go long, target the next resistance zone", ["take_profit.zone"]),
        ("sma 20/50 on eth, trade the top 20 coins by volume", ["universe.dynamic"]),
        ("eth 4h ema 20/50, adjust for inflation and taxes", ["costs.inflation", "costs.tax"]),
    ],
)
def test_the_path_says_which_part_it_belonged_to(text, paths):
    assert [one.path for one in found(text)] == paths


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "buy on a hidden divergence (higher low in price, lower low in rsi), 2% stop",
            "hidden divergence (higher low in price, lower low in rsi)",
        ),
        (
            "long above ema 50 if the fear and greed index is below 30 and rsi under 50",
            "fear and greed index is below 30",
        ),
        (
            "atr length adapts to volatility within limits, then buy the close above it",
            "length adapts to volatility within limits",
        ),
        ("the neckline of a head and shoulders breaks", "neckline of a head and shoulders"),
        (
            "SOL 1d close over sma 50 and BTC above its 100 day average, out under sma 50",
            "BTC above its 100 day average",
        ),
    ],
)
def test_the_words_hold_all_of_an_element_and_nothing_of_the_next_rule(text, words):
    assert words in [one.words for one in found(text)]


LONG_WORDS = {
    "divergence": "buy on a {} of the rsi",
    "martingale": "use a {} on eth",
    "fibonacci": "enter at the {} level",
    "rebalancing": "{} every month",
    "sentiment": "buy when {} is positive",
    "arbitrage": "{} between two exchanges",
}


@given(st.sampled_from(sorted(LONG_WORDS)), st.data())
def test_one_typo_in_a_long_word_is_forgiven(word, data):
    at = data.draw(st.integers(1, len(word) - 2))
    typo = data.draw(
        st.sampled_from(
            [
                word[:at] + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + "x" + word[at:],
            ]
        )
    )

    assert found(LONG_WORDS[word].format(typo))
    assert {one.element for one in found(LONG_WORDS[word].format(typo))} == {
        one.element for one in found(LONG_WORDS[word].format(word))
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("order block retest", "order-block retests"),
        ("break of the trend line", "TRENDLINE break"),
        ("heikin ashi candles", "heikin-ashi candle"),
        ("head and shoulders", "Head & Shoulder"),
        ("cup and handle", "cup-with-handle"),
        ("on chain data", "on-chain data"),
        ("walk into a pyramid: pyramiding", "walk into a pyramid: Pyramiding"),
    ],
)
def test_spelling_variants_are_one_element(one, other):
    assert [element.element for element in found(one)] == [element.element for element in found(other)]


@pytest.mark.parametrize(
    "text",
    [
        "short when close < sma 50, cover when close > sma 50, BTC perp 1h",
        "trailing stop 2%, trailing take 1%, stop to breakeven at 1%",
        "sell a third at 3% and a third at 6%",
        "exit after 10 bars or 48 hours",
        "only between 08:00 and 16:00 utc on weekdays, first hour excluded",
        "opening range 9:30 to 9:45 new york, long above its high",
        "4h close above the 1d ema 20 and the 1w ema 10",
        "close 2 bars ago below the close 5 bars ago",
        "risk 1% per trade with a 3 atr stop, max daily loss 4%",
        "volatility target 15%, quarter kelly with win rate 0.5 and payoff 2",
        "limit entry 0.5% below the close, expires after 3 bars, cooldown 5 bars",
        "turtle: 20 day high in, 10 day low out",
        "moving average convergence divergence crosses its signal",
        "relative strength index under 30",
        "kaufman adaptive moving average 10 rising",
        "linear regression 20 rising",
        "total exposure 50%, 5% in each of BTC ETH SOL",
        "equal weight over SPY, TLT and GLD, each above its own 200 sma",
        "grid search over the lengths",
        "rsi between 40 and 60, bollinger width below its 20 bar low",
        "no pyramiding, no averaging down",
        "trading pair BTC/USDT",
        "bid ask spread of 2 bps as slippage",
        "buy on monday, sell on friday",
        "buy at the next open, sell at the next open after rsi > 70",
        "long the S&P 500 when the S&P 500 closes above its 200 sma",
        "SPY 1d, in while SPX is above its 200 sma",
    ],
)
def test_what_a_spec_can_say_is_not_called_unsupported(text):
    assert found(text) == ()


def test_elements_do_not_overlap_and_are_slices_of_the_text():
    text = " and ".join(texts[0] for texts in SAID.values())

    elements = screen(text, has_spec=False, has_run=False)

    ends = [0]
    for one in elements.unsupported:
        assert elements.text[one.start : one.end] == one.words
        assert one.start >= ends[-1]
        ends.append(one.end)


@pytest.mark.parametrize(
    ("text", "count", "asset"), [("buy half a bitcoin", "half a", "BTC"), ("buy 2 ETH", "2", "ETH")]
)
def test_a_count_of_a_coin_leaves_the_coin_and_the_order_to_buy(text: str, count: str, asset: str) -> None:
    reading = read(Request(f"{text} when RSI is under 30, sell when RSI is over 70", now="2026-01-01T00:00:00Z"))

    assert reading.spec is not None and reading.spec["universe"]["assets"] == [asset]
    assert [one.words for one in reading.left_out] == [count]
    assert not any(one.path == "universe.assets" for one in reading.assumptions)


def test_a_guarantee_takes_its_figure_its_unit_and_its_period_along() -> None:
    text = "buy BTC when RSI is under 30, sell over 70 and guarantee me 10% a month"
    reading = read(Request(text, now="2026-01-01T00:00:00Z"))

    assert [one.words for one in reading.left_out] == ["guarantee me 10% a month"] and not reading.unread
