"""Clauses of other languages that used to change sides or vanish: crosses with their ways, exits, headings, arrows."""

from __future__ import annotations

from typing import Any

import pytest

from agent.language.builtin.interpreter import read
from agent.language.port import Reading, Request

NOW = "2026-01-01T00:00:00Z"


def asked(text: str) -> Reading:
    return read(Request(text, NOW))


def rules(text: str) -> tuple[list[Any], list[Any]]:
    """Entry and exit of the long side."""
    reading = asked(text)
    assert reading.intent == "build" and reading.spec is not None, (text, reading.question)
    return reading.spec["signals"]["entry"], reading.spec["signals"]["exit"]


def crosses(text: str) -> list[tuple[str, str, str]]:
    entry, out = rules(text)
    return [(one["when"], one["left"], one["right"]) for one in (*entry, *out)]


UP_AND_DOWN = [("crosses_above", "ema_8", "ema_34"), ("crosses_below", "ema_8", "ema_34")]


@pytest.mark.parametrize(
    "text",
    [
        "cruzamento de médias 8 e 34 exponenciais em LTC 2h, compra pra cima, vende pra baixo, stop 2%",
        "cruzamento de médias exponenciais 8 e 34 em LTC 2h, compra pra cima, vende pra baixo",
        "cruce de medias exponenciales 8 y 34 en LTC 2h, compra al alza, vende a la baja",
        "cruce de medias de 8 y 34 exponenciales en LTC 2h, compra al alza, vende a la baja",
        "croisement des moyennes mobiles exponentielles 8 et 34 sur LTC 2h, achat à la hausse, vente à la baisse",
        "incrocio medie mobili 8 e 34 esponenziali su LTC 2h, compra al rialzo, vendi al ribasso",
        "Kreuzung der EMA 8 und 34 auf LTC 2h, kaufen nach oben, verkaufen nach unten",
        "LTC 2h: kaufen wenn der 8er EMA den 34er EMA von unten nach oben kreuzt, raus beim Gegenkreuz",
    ],
)
def test_a_cross_is_traded_by_its_ways(text: str) -> None:
    assert crosses(text) == UP_AND_DOWN


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("cruce dorado en LTC diario con medias de 20 y 100, salir con el cruce de la muerte", (20, 100)),
        ("cruce dorado de LTC diario, salir al cruce de la muerte", (50, 200)),
        ("goldenes Kreuz auf LTC Tageschart, raus beim Todeskreuz", (50, 200)),
        ("incrocio dorato 20/100 su LTC giornaliero, esci con l'incrocio della morte", (20, 100)),
        ("croix dorée LTC journalier 20/100, sortie sur croix de la mort", (20, 100)),
    ],
)
def test_a_named_cross_in_front_of_an_exit_is_the_entry(text: str, lengths: tuple[int, int]) -> None:
    fast, slow = (f"sma_{length}" for length in lengths)
    assert crosses(text) == [("crosses_above", fast, slow), ("crosses_below", fast, slow)]


def test_a_breakout_in_front_of_an_exit_is_the_entry() -> None:
    entry, out = rules("rottura del massimo di 30 giorni su LTC, uscita sotto il minimo di 12 giorni, stop 2 ATR")
    assert [one["when"] for one in entry] == ["crosses_above"] and [one["when"] for one in out] == ["lt"]


def test_a_gauge_named_in_the_heading_is_what_the_levels_are_of() -> None:
    entry, out = rules("Rsi 2 Strategie LTC: kaufen unter 12 wenn Kurs über GD200, verkaufen über 68, kein Stop")
    assert {"when": "lt", "left": "rsi_2", "value": 12} in entry[0]["conditions"]
    assert out == [{"when": "gt", "left": "rsi_2", "value": 68}]


def test_an_arrow_is_no_sign_of_a_comparison() -> None:
    reading = asked("LTC 2h, EMA 8 kreuzt EMA 34 nach oben -> long; nach unten -> short; SL 3%, TP 6%")
    assert reading.spec is not None
    signals = reading.spec["signals"]
    assert [one["when"] for one in (*signals["entry"], *signals["short"]["entry"])] == [
        "crosses_above",
        "crosses_below",
    ]


def test_a_supertrend_that_changes_upwards_is_bought() -> None:
    reading = asked("LTC 15m Supertrend 10/3: Long bei Wechsel nach oben, Short bei Wechsel nach unten, Stop 2%")
    assert reading.spec is not None
    assert [one["value"] for one in reading.spec["signals"]["entry"]] == [1]


def test_a_stochastic_by_its_letters() -> None:
    entry, out = rules(
        "LTC 2h Stochastik 14 3 3: kaufen wenn K die D von unten schneidet und K unter 20 ist, verkaufen wenn K über 80"
    )
    assert {one["when"] for one in entry[0]["conditions"]} == {"crosses_above", "lt"} and out[0]["value"] == 80


@pytest.mark.parametrize(
    ("text", "entry", "out"),
    [
        ("nur long, LTC 1d, Schlusskurs über EMA 90 rein, drunter raus, kein Hebel, keine Stops", "gt", "lt"),
        ("LTC 2h bandas de bollinger 20 2: comprar cuando cierre bajo la inferior, vender en la superior", "lt", "gte"),
        ("long LTC 1d boven 150 dagen gemiddelde, eruit eronder", "gt", "lt"),
    ],
)
def test_short_words_for_in_out_and_bands(text: str, entry: str, out: str) -> None:
    said = rules(text)
    assert [one["when"] for one in said[0]] == [entry] and [one["when"] for one in said[1]] == [out]


@pytest.mark.parametrize(
    ("text", "entry", "out"),
    [
        (
            "vendido em LTC 4h quando EMA 8 cruzar abaixo da EMA 34, recompra no cruzamento contrário",
            "crosses_below",
            "crosses_above",
        ),
        ("short LTC 1u als RSI 9 boven 75 komt, sluit onder 50, stop 3%", "gt", "lt"),
    ],
)
def test_shorts_in_other_words(text: str, entry: str, out: str) -> None:
    reading = asked(text)
    assert reading.spec is not None
    short = reading.spec["signals"]["short"]
    assert [one["when"] for one in short["entry"]] == [entry] and [one["when"] for one in short["exit"]] == [out]


@pytest.mark.parametrize(
    "text",
    [
        "ich will einen Bot der nie verliert",
        "quiero un bot que nunca pierda",
        "je veux un robot qui ne perd jamais",
        "ich will 5% pro Tag verdienen ohne Risiko",
        "quiero ganar 10% al mes sin riesgo",
    ],
)
def test_a_promise_is_refused_in_each_language(text: str) -> None:
    assert asked(text).intent == "refuse"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("LTC 2h: long wenn EMA 8 über EMA 34 kreuzt, verkaufen bei Gefühl, Stop 2 ATR", "gefühl"),
        ("ltc 2h: buy when ema 8 crosses above ema 34, get out when the mood turns, stop 3%", "mood"),
    ],
)
def test_an_exit_nobody_can_read_is_named(text: str, words: str) -> None:
    assert words in " ".join(one.words.lower() for one in asked(text).left_out)


def test_a_level_named_again_is_the_one_with_its_figure() -> None:
    reading = asked("ltc 2h: buy when ema 8 crosses above ema 34, exit at stop or target, stop 3% target 6%")
    assert (reading.intent, reading.left_out) == ("build", ())


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("MACD Kreuzung auf LTC 1h: nach oben kaufen, nach unten verkaufen", ["crosses_above", "crosses_below"]),
        ("EMA 8/34 Kreuz LTC 4h, nach oben long, nach unten raus", ["crosses_above", "crosses_below"]),
        (
            "LTC 1h : si la EMA 8 passe au-dessus de la EMA 34 j'achète, sinon je reste en cash",
            ["crosses_above", "crosses_below"],
        ),
    ],
)
def test_ways_said_first_and_cash_otherwise(text: str, when: list[str]) -> None:
    reading = asked(text)
    assert reading.spec is not None and reading.spec["universe"]["assets"] == ["LTC"]
    assert [one[0] for one in crosses(text)] == when


@pytest.mark.parametrize(
    "text",
    [
        "compra LTC 1h si RSI 9 < 30 y la vela es verde, sal a las 12 velas",
        "achète LTC 1h si RSI 9 < 30 et la bougie est verte, sors après 12 bougies",
        "kaufe LTC 1h wenn RSI 9 < 30 und die Kerze grün ist, raus nach 12 Kerzen",
        "compra LTC 1h se RSI 9 < 30 e la candela è verde, esci dopo 12 candele",
    ],
)
def test_the_colour_of_a_candle_is_one_more_condition(text: str) -> None:
    entry, _ = rules(text)
    assert {"when": "gt", "left": "close", "right": "open"} in entry[0]["conditions"]


def test_a_short_sale_with_its_asset_in_the_middle() -> None:
    reading = asked("vendre LTC à découvert 4h sous la SMA 90, couvrir au-dessus, stop 5%")
    assert (
        reading.spec is not None and reading.spec["signals"]["short"]["entry"] and not reading.spec["signals"]["entry"]
    )
