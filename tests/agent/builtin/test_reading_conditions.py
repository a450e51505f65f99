"""What the interpreter makes of conditions: places in a range, ways back, bars before, named extremes, patterns."""

from __future__ import annotations

import pytest
from reference.rule_words import infix as short

from agent.language.builtin.interpreter import read
from agent.language.port import Reading, Request

NOW = "2026-01-01T00:00:00Z"


def asked(text: str) -> Reading:
    return read(Request(text, NOW))


def rules(reading: Reading, side: str, role: str) -> str:
    assert reading.spec is not None, reading.question
    signals = reading.spec["signals"]
    held = signals if side == "long" else signals.get("short", {})
    return " | ".join(short(one) for one in held.get(role, []))


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("it closes in the top quarter of its range", "close >= low + 0.75 * (high - low)"),
        ("the close is in the lowest 10% of the last 20 days range",
         "close <= lowest_20_low + 0.1 * (highest_20_high - lowest_20_low)"),
        ("it finishes in the upper half of its 30 bar range",
         "close >= lowest_30_low + 0.5 * (highest_30_high - lowest_30_low)"),
        ("close in the bottom fifth of the day's range", "close <= low + 0.2 * (high - low)"),
        ("rsi drops under 20 then comes back above", "rsi_14 x^ 20"),
        ("rsi dips under 30 and comes back", "rsi_14 x^ 30"),
        ("rsi was under 30 and is back over", "rsi_14 x^ 30"),
        ("rsi < 35 crossing back up", "rsi_14 x^ 35"),
        ("price loses vwap and reclaims it", "close x^ vwap"),
        ("it closes under the lower bb then closes back inside", "close x^ bbands_20_2.lower"),
        ("cci falls below -100 and recovers above -100", "cci_20 x^ -100"),
        ("rsi 30 crosses up", "rsi_14 x^ 30"),
        ("cci 100 crosses down", "cci_20 xv 100"),
        ("stoch 20 crosses up", "stoch.k x^ 20"),
        ("rsi 10 crosses up 30", "rsi_10 x^ 30"),
        ("rsi 50 crosses over its sma 10", "rsi_50 x^ sma_10_rsi_50"),
        ("the previous bar was red and this one is green", "(close[1] < open[1] and close > open)"),
        ("the candle closes green", "close > open"),
        ("three consecutive closes above the 50 ema", "close > ema_50 for_bars:3"),
        ("the low of today is below the low of the last 5 days", "low < lowest_5_low[1]"),
        ("the average of high and low over 10 bars crosses the 30 bar one", "sma_10_hl2 x^ sma_30_hl2"),
        ("ema 10 is over the 30 one", "ema_10 > ema_30"),
        ("price pulls back 8% from its 50 day high", "close <= highest_50_high * 0.92"),
        ("there is a dip of 5% from the 20 day high", "close <= highest_20_high * 0.95"),
        ("price is 3 stdev below the 50 sma", "zscore_50 < -3"),
        ("close is more than 2 sigma below the 40 ema", "close < ema_40 - 2 * stdev_40"),
        ("price touches the 200 ema from above", "(low <= ema_200 and close > ema_200)"),
        ("price is above vwap, touches it, closes above", "(close > vwap and low <= vwap)"),
        ("stoch k touches 20 from above", "stoch.k <= 20"),
        ("atr(14) expands above its 50 bar average", "atr_14 > sma_50_atr_14"),
        ("volume picks up over its average", "volume > sma_20_volume"),
        ("bandwidth contracts below 4%", "bbands_20_2.width < 0.04"),
        ("yesterday closed above the 50 sma and today closes above the 20 sma",
         "(close[1] > sma_50[1] and close > sma_20)"),
        ("price breaks the inside day's high", "(high[1] < high[2] and low[1] > low[2] and close > high[1])"),
        ("there is an inside bar breakout up", "(high[1] < high[2] and low[1] > low[2] and close > high[1])"),
        ("there was an outside bar and it closes above its high",
         "(high[1] > high[2] and low[1] < low[2] and close > high[1])"),
        ("nr4", "(high - low < high[1] - low[1] and high - low < high[2] - low[2] and high - low < high[3] - low[3])"),
        ("it gaps up, that is open > yesterday's high by 1%", "open > high[1] * 1.01"),
        ("it gaps up 2%", "open > close[1] * 1.02"),
        ("the slope of the 50 sma is positive", "sma_50 > sma_50[1]"),
        ("close is over the previous 16 highs", "close > highest_16_high[1]"),
        ("stoch(9,3,3) k crosses up over d down under 20",
         "(stoch_9_3_3.k x^ stoch_9_3_3.d and stoch_9_3_3.k < 20)"),
        ("rsi14 > 50 (rsi was below 30 at any time in the last 10 bars)",
         "(rsi_14 > 50 and rsi_14 < 30 within_bars:10)"),
        ("close pokes above the 55 ema after sitting under it for 10 bars",
         "(close x^ ema_55 and close[1] < ema_55[1] for_bars:10)"),
        ("close is under the 100 sma, touches it from below, closes red",
         "(close < sma_100 and high >= sma_100 and close < open)"),
        ("close is 3 days in a row above the upper keltner (20, 2)", "close > keltner_20_2.upper for_bars:3"),
        ("williams %r(10) leaves -80 upward", "williams_r_10 x^ -80"),
        ("close is above the high of the candle 2 bars ago", "close > high[2]"),
        ("close is between the 50 and 200 sma",
         "(close >= sma_50 and close <= sma_200) | (close >= sma_200 and close <= sma_50)"),
        ("close > sma 150 which has to slope up", "(close > sma_150 and sma_150 > sma_150[1])"),
        ("higher high and higher low", "(high > high[1] and low > low[1])"),
        ("the last 3 candles are green and it closes higher", "(close > open for_bars:3 and close > close[1])"),
        ("there is a bb(20,2) with width lowest in 120 bars",
         "bbands_20_2.width < lowest_120_bbands_20_2_width[1]"),
        ("price is back above the 200 ema after a close under it", "close x^ ema_200"),
        ("stoch k and d are both under 15", "(stoch.k < 15 and stoch.d < 15)"),
        ("yesterday's close is below the day before's low", "close[1] < low[2]"),
        ("close is in the bottom 20% of the bar and rsi 7 < 20", "(close <= low + 0.2 * (high - low) and rsi_7 < 20)"),
        ("3 bar rising highs and rising volume", "(high rising 3 and volume > volume[1])"),
        ("close crosses the 50 sma by half an atr up", "close x^ sma_50 + 0.5 * atr_14"),
        ("close not more than 2% above the 20 ema", "close <= ema_20 * 1.02"),
        ("close is less than 3% below the 20 ema", "close > ema_20 * 0.97"),
        ("there is a 2 atr pullback from the 20 bar high", "close <= highest_20_high - 2 * atr_14"),
        ("higher close than 20 bars ago", "close > close[20]"),
        ("adx is under 20 and close is at the lower bb", "(adx_14.adx < 20 and close <= bbands_20_2.lower)"),
        ("price is below the lower keltner for two days", "close < keltner_20_2.lower for_bars:2"),
        ("price is within 0.5% of the 50 ema", "(close >= ema_50 * 0.995 and close <= ema_50 * 1.005)"),
        ("price closes 3 times in a row below the lower bb (20,2)", "close < bbands_20_2.lower for_bars:3"),
        ("three lower lows in a row", "low falling 3"),
        ("there is a 2% down day above the 200 sma", "(close <= close[1] * 0.98 and close > sma_200)"),
        ("it gaps up 3% on 2x volume", "(open > close[1] * 1.03 and volume > 2 * volume_sma_20)"),
        ("lower close than open three days running", "close < open for_bars:3"),
        ("it has the highest volume in 50 days on a red day", "(volume > highest_50_volume[1] and close < open)"),
        ("volume dries up under half its 20 avg", "volume < 0.5 * sma_20_volume"),
        ("close is between the 100 sma and 3% above it", "(close >= sma_100 and close <= sma_100 * 1.03)"),
        ("ema 8 x ema 34 up while ema 34 > ema 89", "(ema_8 x^ ema_34 and ema_34 > ema_89)"),
        ("macd is under its signal three days, then over it",
         "(macd.line[1] < macd.signal[1] for_bars:3 and macd.line x^ macd.signal)"),
        ("it gaps down between 1% and 3%", "(open <= close[1] * 0.99 and open >= close[1] * 0.97)"),
        ("+di is above -di by at least 10", "adx_14.plus_di > adx_14.minus_di + 10"),
        ("there is a new 52 bar high on volume 1.5x its 50 day avg",
         "(close > highest_52_high[1] and volume > 1.5 * sma_50_volume)"),
        ("low is above the low of 2 bars ago", "low > low[2]"),
        ("price is over 20, 50 and 200 sma", "(close > sma_20 and close > sma_50 and close > sma_200)"),
        ("williams %r 14 was below -80 for 3 bars and now is above",
         "(williams_r_14[1] < -80 for_bars:3 and williams_r_14 x^ -80)"),
        ("the ema ribbon 10 20 30 is all stacked up", "(ema_10 > ema_20 and ema_20 > ema_30)"),
        ("the 8/21/55 emas are in bearish order", "(ema_8 < ema_21 and ema_21 < ema_55)"),
        ("ema 9 > 21 > 50", "(ema_9 > ema_21 and ema_21 > ema_50)"),
        ("there is a tk cross up",
         "(highest_9_high + lowest_9_low) / 2 x^ (highest_26_high + lowest_26_low) / 2"),
        ("price is above the cloud",
         "(close > ((highest_9_high[26] + lowest_9_low[26]) / 2 + (highest_26_high[26] + lowest_26_low[26]) / 2) / 2"
         " and close > (highest_52_high[26] + lowest_52_low[26]) / 2)"),
        ("there is a range break of 30 bars up", "close > donchian_30.upper"),
        ("it breaks the range of the last 24 bars upwards", "close > donchian_24.upper"),
    ],
)  # fmt: skip
def test_a_condition_is_written_as_it_is_said(words: str, rule: str) -> None:
    reading = asked(f"btc daily. buy when {words}. stop 5%")

    assert reading.intent == "build", reading.question
    assert rules(reading, "long", "entry") == rule
    assert [one.words for one in reading.left_out] == []


@pytest.mark.parametrize(
    ("text", "entry", "leave"),
    [
        ("sol 4h rsi crosses below 30, buy when it goes back above 30, sell at 70", "rsi_14 x^ 30", "rsi_14 >= 70"),
        ("spy daily close in the bottom fifth of the range buy, sell in the top fifth of the range",
         "close <= low + 0.2 * (high - low)", "close >= low + 0.8 * (high - low)"),
        ("eth daily buy 2 standard deviations under its 30 bar mean, sell at the mean",
         "zscore_30 < -2", "zscore_30 >= 0"),
        ("spy weekly buy above the 40 week sma, sell when below for 2 weeks",
         "close > sma_40", "close < sma_40 for_bars:2"),
        ("btc daily buy when close > 200 sma and rsi2 < 10, exit new 20 day high",
         "(close > sma_200 and rsi_2 < 10)", "close > highest_20_high[1]"),
        ("eth 4h long new 20 bar high, exit 10 bar low", "close > highest_20_high[1]", "close < lowest_10_low[1]"),
        ("eth 1h emas 8 21 55 in order buy, sell when the order is reversed",
         "(ema_8 > ema_21 and ema_21 > ema_55)", "(ema_8 < ema_21 and ema_21 < ema_55)"),
        ("btc 4h ema ribbon 10 20 30 stacked up long, exit when the stack breaks",
         "(ema_10 > ema_20 and ema_20 > ema_30)", "ema_10 < ema_20 | ema_20 < ema_30"),
        ("btc daily inside day, close above its high: buy. sell rsi > 70",
         "(high[1] < high[2] and low[1] > low[2] and close > high[1])", "rsi_14 > 70"),
        ("btc 4h ema 9 crosses over ema 21 buy, no longs under the 200 sma, sell on the cross back",
         "(ema_9 x^ ema_21 and not close < sma_200)", "ema_9 xv ema_21"),
        ("sol 1d buy 8% off its 50 day high, exit rsi over 60", "close <= highest_50_high * 0.92", "rsi_14 > 60"),
        ("btc daily close > 20 sma and the prior day was above the 50 sma buy, sell below 20 sma",
         "(close > sma_20 and close[1] > sma_50[1])", "close < sma_20"),
        ("btc 4h buy when atr% under 2, sell when atr% over 3", "natr_14 < 2", "natr_14 > 3"),
        ("btc 1h 25/75 means rsi", "rsi_14 < 25", "rsi_14 > 75"),
        ("btc 4h buy under 25 sell over 75 on stochastic 14 3 3", "stoch.k < 25", "stoch.k > 75"),
        ("btc 4h buy below 60000 sell above 70000", "close < 60000", "close > 70000"),
        ("btc 4h close over upper bb 20 2 long, exit mid band",
         "close > bbands_20_2.upper", "close <= bbands_20_2.middle"),
        ("aapl daily close below lower bb (20,2.5) yesterday and back inside today, buy, out at mid",
         "close x^ bbands_20_2_5.lower", "close >= bbands_20_2_5.middle"),
        ("btc 1d long above the 20 sma and the 50 ema, out below either",
         "(close > sma_20 and close > ema_50)", "close < sma_20 | close < ema_50"),
        ("eth 4h donchian mid (20) crossed from below buys, from above sells",
         "close x^ donchian_20.middle", "close xv donchian_20.middle"),
        ("tlt weekly buy close over the 30 week sma, sell on 2 weekly closes under",
         "close > sma_30", "close < sma_30 for_bars:2"),
        ("sol 4h price reclaims the 50 sma after 3 or more closes under it: buy; loses it: sell",
         "(close x^ sma_50 and close[1] < sma_50[1] for_bars:3)", "close xv sma_50"),
        ("btc 4h buy 1.5% under the 30 bar low, sell 1.5% over the 10 bar high",
         "close < lowest_30_low[1] * 0.985", "close > highest_10_high[1] * 1.015"),
        ("spy daily close 3% or more under the 10 day high, still above the 100 sma. sell when rsi > 70",
         "(close <= highest_10_high * 0.97 and close > sma_100)", "rsi_14 > 70"),
        ("eth 1h close > ema 21 for 4 straight bars and ema 21 pointing up, long; first close below, out",
         "(close > ema_21 for_bars:4 and ema_21 > ema_21[1])", "close < ema_21"),
        ("btc 15m inside bar then close above mother bar high, long, out when rsi > 70",
         "(high[1] < high[2] and low[1] > low[2] and close > high[2])", "rsi_14 > 70"),
        ("tia 1h rsi < 20 at the lower bb, long. rsi > 80 or upper bb, out",
         "(rsi_14 < 20 and close <= bbands_20_2.lower)", "rsi_14 > 80 | close >= bbands_20_2.upper"),
        ("link daily: buy a close in the top 25% of its 20 day range, sell on a close in the bottom half",
         "close >= lowest_20_low + 0.75 * (highest_20_high - lowest_20_low)",
         "close <= lowest_20_low + 0.5 * (highest_20_high - lowest_20_low)"),
        ("ltc 1h dema(30) turning up with price above, long; turning down, out",
         "(dema_30 > dema_30[1] and close > dema_30)", "dema_30 < dema_30[1]"),
        ("sui 4h 1.5 atr above the prior close = buy, 1.5 atr below the prior close = sell",
         "close > close[1] + 1.5 * atr_14", "close < close[1] - 1.5 * atr_14"),
        ("sui 1h long on the second close above the upper band(20,2) in a row, out under the middle band",
         "close > bbands_20_2.upper for_bars:2", "close < bbands_20_2.middle"),
        ("15m rsi2 < 10 while close > ema 50 long. rsi2 through 50 is out. btc",
         "(rsi_2 < 10 and close > ema_50)", "rsi_2 x^ 50"),
        ("gold daily range break of 30 bars up buy, down sell",
         "close > donchian_30.upper", "close < donchian_30.lower"),
    ],
)  # fmt: skip
def test_a_request_is_written_as_it_is_said(text: str, entry: str, leave: str) -> None:
    reading = asked(text)

    assert reading.intent == "build", reading.question
    assert (rules(reading, "long", "entry"), rules(reading, "long", "exit")) == (entry, leave)
    assert [one.words for one in reading.left_out] == []


@pytest.mark.parametrize(
    ("text", "entry", "leave"),
    [
        ("aapl daily short when rsi14 over 70, close short with 10 period low",
         "rsi_14 > 70", "close < lowest_10_low[1]"),
        ("btc 4h 20 bar high for longs, 20 bar low for shorts", "close < lowest_20_low[1]", ""),
        ("btc 1h if volume is 3 times the average and candle closes green buy, red short. stop 1%",
         "(volume > 3 * sma_20_volume and close < open)", ""),
        ("btc 1h adx > 25 and rsi over 60 long, under 40 short. stop 2%", "(adx_14.adx > 25 and rsi_14 < 40)", ""),
        ("eth 4h cross up 50 rsi long, cross down 50 rsi short", "rsi_14 xv 50", ""),
        ("short TSLA roc10 drops through 0, climbs back through 0 cover. 12% stop", "roc_10 xv 0", "roc_10 x^ 0"),
        ("4h close over the 40 bar high long, under the 40 bar low short. out at the opposite 15 bar extreme. 5% stop",
         "close < lowest_40_low[1]", "close > donchian_15.upper"),
        ("15m 25 bar breakout, cross of the high long, cross of the low short, exit on the opposite cross",
         "close xv donchian_25.lower", "close x^ donchian_25.upper"),
        ("ltc 4h adx above 25, +di crosses above -di = long; -di crosses above +di = short. stop 2%",
         "(adx_14.adx > 25 and adx_14.minus_di x^ adx_14.plus_di)", ""),
        ("gbpusd 4h ema 50/200: long only above both, short only below both, entry rsi crossing 50. stop 1%",
         "(rsi_14 xv 50 and close < ema_50 and close < ema_200)", ""),
        ("btc 1h break of the 24 bar high long, of the 24 bar low short; 1.5 atr stop", "close < lowest_24_low[1]", ""),
        ("sol 1h ema 8>21>55 long, 8<21<55 short, otherwise flat",
         "(ema_8 < ema_21 and ema_21 < ema_55)", "ema_8 > ema_21 | ema_21 > ema_55"),
    ],
)  # fmt: skip
def test_a_short_side_is_written_as_it_is_said(text: str, entry: str, leave: str) -> None:
    reading = asked(text)

    assert reading.intent == "build", reading.question
    assert (rules(reading, "short", "entry"), rules(reading, "short", "exit")) == (entry, leave)
    assert [one.words for one in reading.left_out] == []


def test_the_spans_of_the_cloud_are_assumed_aloud() -> None:
    reading = asked("btc 4h long when price is above the cloud, stop 3%")

    assert any("9, 26 and 52" in one.text for one in reading.assumptions)


@pytest.mark.parametrize(
    ("words", "stop"),
    [
        ("if price falls 10% below my entry get out", 0.10),
        ("sell when it drops 8% from my entry price", 0.08),
        ("exit when the price goes 3% against my entry", 0.03),
        ("get out 5% under my buy price", 0.05),
    ],
)
def test_a_move_against_the_entry_is_a_stop(words: str, stop: float) -> None:
    reading = asked(f"btc 1h buy when rsi < 30, {words}")

    assert reading.intent == "build", reading.question
    assert reading.spec is not None
    assert reading.spec["risk"]["stop_loss"] == {"type": "percent", "value": stop}
    assert (rules(reading, "long", "entry"), rules(reading, "long", "exit")) == ("rsi_14 < 30", "")


@pytest.mark.parametrize(
    ("words", "left_out"),
    [
        ("the choppiness index is below 38", "choppiness index is below 38"),
        ("the elder force index(13) > 0", "elder force index(13) > 0"),
        ("fisher transform is above 1", "fisher transform is above 1"),
        ("the linear regression slope 50 is positive", "linear regression slope 50 is positive"),
        ("the eth/btc ratio zscore is below -2", "eth/btc ratio"),
    ],
)
def test_what_no_indicator_draws_is_left_out_by_its_name(words: str, left_out: str) -> None:
    reading = asked(f"btc 1h buy when {words} and close > sma 50, sell when close < sma 50")

    assert reading.intent == "build", reading.question
    assert rules(reading, "long", "entry") == "close > sma_50"
    assert [one.words for one in reading.left_out] == [left_out]


@pytest.mark.parametrize(
    ("words", "long", "short"),
    [
        ("btc 1h, rsi 14 under 30 buys, over 70 sells, with a 150 ema filter", "(rsi_14 < 30 and close > ema_150)", ""),
        ("ema 6/18 cross both ways, sma 100 as the trend filter, sol 15m",
         "(ema_6 x^ ema_18 and close > sma_100)", "(ema_6 xv ema_18 and close < sma_100)"),
        ("eth 4h macd cross in, cross back out, filtered by the 90 ema",
         "(macd.line x^ macd.signal and close > ema_90)", ""),
        ("only with the trend (100 sma): buy the lower band touch, sell the mid, eth 1h",
         "(close <= bbands_20_2.lower and close > sma_100)", ""),
        ("buy macd crosses in the direction of the 100 ema, btc 1h, 3% stop 6% target",
         "(macd.line x^ macd.signal and close > ema_100)", ""),
        ("adx filter > 22, ema 8/30 cross, both sides, gold 1h",
         "(ema_8 x^ ema_30 and adx_14.adx > 22)", "(ema_8 xv ema_30 and adx_14.adx > 22)"),
        ("volume filter: above its 30 average. close over the 50 ema buys, under it sells. btc 4h",
         "(volume > sma_30_volume and close > ema_50)", ""),
    ],
)  # fmt: skip
def test_a_filter_named_by_its_line_narrows_the_entries(words: str, long: str, short: str) -> None:
    reading = asked(words)

    assert rules(reading, "long", "entry") == long
    assert rules(reading, "short", "entry") == short
    assert not reading.left_out


@pytest.mark.parametrize(
    ("words", "entry", "way_out"),
    [
        ("bb lower touch buy, mid sell, eth 1h", "close <= bbands_20_2.lower", "close >= bbands_20_2.middle"),
        ("long on lower keltner tags, out at the upper hit, btc 4h", "close <= keltner_20_2.lower",
         "close >= keltner_20_2.upper"),
        ("60 ema touch from above buys eth 4h, sell on a close below it", "(low <= ema_60 and close > ema_60)",
         "close < ema_60"),
    ],
)  # fmt: skip
def test_the_touch_of_a_line_is_the_price_that_comes_to_it(words: str, entry: str, way_out: str) -> None:
    reading = asked(words)

    assert rules(reading, "long", "entry") == entry
    assert rules(reading, "long", "exit") == way_out
