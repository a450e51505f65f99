"""Clauses of a request: the clock, named setups, sessions, further versions, what is left out by its words."""

from __future__ import annotations

import pytest
from reference.rule_words import infix as short

from agent.language.builtin.interpreter import read
from agent.language.port import Reading, Request

NOW = "2026-01-01T00:00:00Z"
HALF_HOUR = "(time.hour = 20 and time.minute >= 30)"


def asked(text: str) -> Reading:
    return read(Request(text, NOW))


def rules(reading: Reading, role: str) -> str:
    assert reading.spec is not None, reading.question
    return " | ".join(short(one) for one in reading.spec["signals"][role])


def left_out(reading: Reading) -> str:
    return " | ".join(one.words for one in reading.left_out)


@pytest.mark.parametrize(
    ("words", "way_out"),
    [
        ("flat at 20:30 utc", HALF_HOUR),
        ("out 20:30", HALF_HOUR),
        ("close everything by 20:30 utc", HALF_HOUR),
        ("all positions closed by 8:30 pm utc", HALF_HOUR),
        ("exit at 20:30 utc sharp", HALF_HOUR),
        ("be out before 20:00 utc", "time.hour >= 20"),
        ("close it by 8pm utc", "time.hour >= 20"),
        ("sell at 20:00 utc", "time.hour = 20"),
        ("exit end of day utc", "(time.hour = 0 and time.minute = 0)"),
    ],
)
def test_a_position_is_closed_by_the_clock(words: str, way_out: str) -> None:
    reading = asked(f"eth 15m, buy when rsi < 30, {words}")

    assert (rules(reading, "entry"), rules(reading, "exit")) == ("rsi_14 < 30", way_out)
    assert not reading.left_out


@pytest.mark.parametrize(
    ("words", "entry", "way_out"),
    [
        ("rsi 30/70", "rsi_14 < 30", f"{HALF_HOUR} | rsi_14 > 70"),
        ("sma 10/30 cross long only", "sma_10 x^ sma_30", f"{HALF_HOUR} | sma_10 xv sma_30"),
        ("rsi < 30 buy > 60 sell", "rsi_14 < 30", f"rsi_14 > 60 | {HALF_HOUR}"),
    ],
)
def test_the_clock_leaves_the_rule_before_it_alone(words: str, entry: str, way_out: str) -> None:
    reading = asked(f"eth 15m, {words}, out by 20:30 utc")

    assert (rules(reading, "entry"), rules(reading, "exit")) == (entry, way_out)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("spy 15m ema 9/21, close by 15:45 et", "close by 15:45 et"),
        ("spy 15m ema 9/21, flat at 3:50 pm new york", "flat at 3:50 pm new york"),
        ("sol 4h ema 9/21, flat by 21:00 utc", "exit at 21:00"),
        ("sol 1h ema 9/21, out at 20:30 utc", "exit at 20:30"),
    ],
)
def test_a_time_the_spec_cannot_keep_is_left_out_by_name(text: str, words: str) -> None:
    reading = asked(text)

    assert rules(reading, "exit") == "ema_9 xv ema_21"
    assert left_out(reading) == words


def test_a_time_without_a_zone_is_utc_and_says_so() -> None:
    reading = asked("eth 15m rsi 30/70, flat at 21:00")

    assert any("UTC" in one.text for one in reading.assumptions)


def test_entries_stop_at_a_time_with_minutes() -> None:
    reading = asked("eth 15m, buy when rsi < 30, no new trades after 20:30 utc, sell when rsi > 60")

    assert rules(reading, "entry") == "(rsi_14 < 30 and not (time.hour > 20 or (time.hour = 20 and time.minute >= 30)))"


@pytest.mark.parametrize(
    ("words", "symbol"),
    [
        ("nas100", "NAS100"),
        ("us30", "US30"),
        ("ger40", "GER40"),
        ("de40", "GER40"),
        ("ftse100", "UK100"),
        ("e-mini", "ES"),
        ("emini nasdaq", "NQ"),
        ("es futures", "ES"),
        ("s&p 500 futures", "ES"),
        ("nasdaq futures", "NQ"),
        ("gold futures", "GC"),
        ("nq", "NQ"),
        ("dow", "DIA"),
        ("ether", "ETH"),
    ],
)
def test_an_index_or_a_future_has_many_names(words: str, symbol: str) -> None:
    reading = asked(f"{words} 15m, rsi 30/70")

    assert reading.intent == "build"
    assert reading.spec is not None
    assert reading.spec["universe"]["assets"] == [symbol]


def test_an_index_nobody_knows_is_asked_about() -> None:
    reading = asked("au200 15m, rsi 30/70")

    assert reading.question is not None
    assert "au200" in reading.question.text


def channel(entry: int, leaving: int, sign: str = "x^") -> tuple[str, str]:
    return f"close {sign} donchian_{entry}.upper", f"close < donchian_{leaving}.lower"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("turtle rules", channel(20, 10)),
        ("turtle trading system 1", channel(20, 10)),
        ("turtles s2", channel(55, 20)),
        ("turtle system two", channel(55, 20)),
        ("turtle 40/20", channel(40, 20)),
        ("donchian breakout 20 in 10 out", channel(20, 10)),
        ("donchian channel 30 entry, 15 exit", channel(30, 15, ">")),
        ("20/10 donchian", channel(20, 10, ">")),
        ("donchian 50/25", channel(50, 25, ">")),
        ("20 day breakout, 10 day exit", channel(20, 10)),
        ("55d breakout entry, 20d low out", channel(55, 20)),
        ("breakout 55 in / 20 out", channel(55, 20)),
    ],
)
def test_a_channel_setup_is_entered_by_one_length_and_left_by_another(words: str, expected: tuple[str, str]) -> None:
    reading = asked(f"eth daily {words}")

    assert (rules(reading, "entry"), rules(reading, "exit")) == expected
    assert not reading.left_out


def test_the_turtles_stop_two_n_away_unless_a_stop_is_named() -> None:
    plain, own = asked("eth daily turtle rules"), asked("eth daily turtle rules, stop 5%")

    assert plain.spec is not None and own.spec is not None
    assert plain.spec["risk"]["stop_loss"] == {"type": "atr", "value": 2, "length": 20}
    assert own.spec["risk"]["stop_loss"] == {"type": "percent", "value": 0.05}
    assert any("turtles' rules" in one.text for one in plain.assumptions)


def test_a_filter_beside_a_named_setup_narrows_its_entry() -> None:
    reading = asked("eth daily 20/10 donchian, only above the 200 sma")

    assert rules(reading, "entry") == "(close > sma_200 and close > donchian_20.upper)"


def test_a_rule_said_in_full_wins_over_the_name_of_a_setup() -> None:
    reading = asked("turtle style: close over the prior 40 bar high buys, 15 bar low sells, gold daily")

    assert rules(reading, "entry") == "close > highest_40_high[1]"


def test_connors_rsi_2_has_published_rules() -> None:
    reading = asked("connors rsi2 on spy daily")

    assert (rules(reading, "entry"), rules(reading, "exit")) == ("(close > sma_200 and rsi_2 < 5)", "close > sma_5")


@pytest.mark.parametrize(
    "words",
    [
        "above the 20, 50 and 200 ema",
        "close above 20 ema and 50 ema and 200 ema",
        "close over all of the 20 ema, 50 ema and the 200 ema",
        "price is above 20/50/200 ema",
    ],
)
def test_a_price_is_compared_with_each_of_several_averages(words: str) -> None:
    reading = asked(f"eth 4h, buy when {words}, out below the 50 ema")

    assert rules(reading, "entry") == "(close > ema_20 and close > ema_50 and close > ema_200)"
    assert rules(reading, "exit") == "close < ema_50"


def test_a_rule_behind_an_average_is_none_of_its_company() -> None:
    reading = asked("btc 4h buy when price above 20 ema and 50 ema > 200 ema, stop 3%, tp 6%")

    assert rules(reading, "entry") == "(close > ema_20 and ema_50 > ema_200)"


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("sell half when rsi above 55", "sell half when rsi above 55"),
        ("take half off when price touches the middle band", "take half off when price touches the middle band"),
        ("bank a third when price hits the upper band", "bank a third when price hits the upper band"),
    ],
)
def test_a_part_sold_on_a_rule_is_left_out_and_no_condition(words: str, left: str) -> None:
    reading = asked(f"eth 1h buy when rsi < 30, {words}, rest when rsi > 70")

    assert (rules(reading, "entry"), rules(reading, "exit")) == ("rsi_14 < 30", "rsi_14 > 70")
    assert left_out(reading) == left


@pytest.mark.parametrize(
    "words",
    [
        "don't buy when adx is below 20.",
        "do not enter if adx < 20.",
        "never buy while adx is under 20,",
        "no longs when adx < 20.",
    ],
)
def test_what_entries_are_denied_by_is_a_filter(words: str) -> None:
    reading = asked(f"btc 1h. {words} buy when rsi < 30, sell when rsi > 60")

    assert rules(reading, "exit") == "rsi_14 > 60"
    assert rules(reading, "entry") in ("(adx_14.adx >= 20 and rsi_14 < 30)", "(not adx_14.adx < 20 and rsi_14 < 30)")


@pytest.mark.parametrize("words", ["only trade during ny session", "london session only", "trade the asian session"])
def test_a_session_without_hours_is_left_out_by_name(words: str) -> None:
    reading = asked(f"btc 15m rsi < 30 buy > 60 sell, {words}")

    assert rules(reading, "entry") == "rsi_14 < 30"
    assert "session" in left_out(reading)


def test_a_session_with_its_hours_is_those_hours() -> None:
    reading = asked("btc 1h ema 9/21 cross, london session only (8 to 16 utc)")

    assert rules(reading, "entry") == "(ema_9 x^ ema_21 and time.hour >= 8 and time.hour < 16)"
    assert not reading.left_out


@pytest.mark.parametrize("words", ["v2: with adx over 25", "b version: only with adx over 25", "variant: 25/75"])
def test_a_further_version_waits_until_the_first_one_stands(words: str) -> None:
    reading = asked(f"btc 1h rsi 30/70. {words}")

    assert (rules(reading, "entry"), rules(reading, "exit")) == ("rsi_14 < 30", "rsi_14 > 70")
    assert [one.code for one in reading.left_out] == ["DEFERRED"]


def test_a_filter_nobody_could_read_is_left_out_by_name() -> None:
    assert left_out(asked("buy when rsi < 30 unless volume is low, sell > 60, btc 1h")) == "unless volume is low"


def test_both_ends_of_a_scale_joined_by_or_are_asked_about() -> None:
    assert asked("rsi < 30 or rsi > 70 on btc").question is not None


@pytest.mark.parametrize("words", ["btc perp 3x", "btc perps at 3x", "btc 3x perp", "btc 3x leverage", "btc with 3x"])
def test_leverage_is_said_in_few_letters(words: str) -> None:
    reading = asked(f"{words}, 1h rsi 30/70")

    assert reading.spec is not None
    assert reading.spec["risk"]["max_leverage"] == 3
    assert reading.spec["universe"]["market_type"] == "perp"


@pytest.mark.parametrize("words", ["volume at 2x its average", "close at 2x the 200 sma"])
def test_times_a_line_is_no_leverage(words: str) -> None:
    reading = asked(f"btc 1h buy when rsi < 30 and {words}, sell rsi > 60")

    assert reading.spec is None or reading.spec["risk"]["max_leverage"] == 1


@pytest.mark.parametrize(
    ("words", "entry"),
    [
        ("range 8:00 to 8:30 london, break of high long", "high > opening_range.high"),
        ("range 14:30 to 15:00 utc, buy when close over the range high", "close > opening_range.high"),
        ("range of first hour (14:30-15:30 utc) breakout up long", "close x^ opening_range.high"),
    ],
)
def test_a_range_with_its_hours_is_an_opening_range(words: str, entry: str) -> None:
    assert rules(asked(f"spy 5m, {words}, stop 1%, tp 2%"), "entry") == entry
