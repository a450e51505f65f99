"""One way to say a thing, in each language that has it, comes out as the same English."""

import tomllib
from pathlib import Path

import pytest

from agent.language.builtin.languages import translate

CLASSES = tomllib.loads(Path(__file__).with_name("language_classes.toml").read_text(encoding="utf-8"))
CASES = [
    pytest.param(one["language"], one["said"], one["english"], id=f"{name}-{one['language']}-{number}")
    for name, listed in CLASSES.items()
    for number, one in enumerate(listed, start=1)
]


@pytest.mark.parametrize(("language", "said", "english"), CASES)
def test_a_way_to_say_it_comes_out_the_same_in_each_language(language, said, english):
    found = translate(said)

    assert found.text == english
    assert found.unknown == ()
    assert found.language.partition("-")[0] == language


@pytest.mark.parametrize(
    ("said", "english"),
    [
        ("compra si cierra bajo la banda inferior (20,2)", "lower band(20,2)"),
        ("kaufe BTC wenn RSI < 30, Stop 2 ATR(14)", "stop loss 2 atr(14)"),
        ("compra cuando RSI < 30, stop del 2,5 %", "stop loss 2.5%"),
        ("kaufe wenn der Kurs um 2,5 Prozent fällt", "2.5%"),
    ],
)
def test_figures_in_brackets_are_a_list_and_others_have_decimals(said, english):
    assert english in translate(said).text
