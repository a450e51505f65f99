"""What must hold of any message: English is left alone, figures survive, and English once is English for good."""

import re
import string
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.language.builtin.languages import translate
from agent.language.builtin.languages.lexicon import TABLES, lexicon
from agent.language.builtin.languages.patterns import expand, first_letters
from agent.language.builtin.languages.vocabulary import Kind, kind_of

SENTENCES = tomllib.loads(Path(__file__).with_name("language_sentences.toml").read_text(encoding="utf-8"))
ALL = [one for listed in SENTENCES.values() for one in listed]
LANGUAGES = sorted(SENTENCES)
FIGURE = re.compile(r"(?<![\d.,])\d+(?![\d.,]*\d)")
SAME_FIGURES = [one for one in ALL if sorted(FIGURE.findall(one["said"])) == sorted(FIGURE.findall(one["english"]))]

ENGLISH = re.findall(
    r"\S+",
    "buy sell when the price crosses above below rsi ema sma btc eth 14 30 70 2% and or stop loss take profit at of "
    "with a is on in daily 4h close high low go long short if macd signal line upper band risk per trade , . ( ) < > =",
)
english_text = st.lists(st.sampled_from(ENGLISH), max_size=30).map(" ".join)
noise = st.text(alphabet=string.digits + string.punctuation + " \n\tXQZ", max_size=40)


@given(text=english_text, tail=noise)
@settings(max_examples=100, deadline=None)
def test_english_is_returned_as_it_is(text, tail):
    found = translate(text + tail)

    assert (found.text, found.language, found.unknown) == (text + tail, "en", ())


@given(case=st.sampled_from(SAME_FIGURES), seed=st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_every_figure_survives_in_its_place(case, seed):
    figures = sorted(set(FIGURE.findall(case["said"])))
    short = [figure for figure in figures if len(figure) < 4]
    new = dict(zip(short, map(str, seed.sample(range(3, 60), len(short))), strict=True))

    def renamed(text):
        return FIGURE.sub(lambda found: new.get(found[0], found[0]), text)

    assert translate(renamed(case["said"])).text == renamed(case["english"])


@given(text=st.text(max_size=80))
@settings(max_examples=100, deadline=None)
def test_any_text_can_be_read_and_reading_its_english_changes_nothing(text):
    once = translate(text)

    assert translate(once.text).text == once.text


def test_the_english_of_every_sentence_is_english():
    assert [one["english"] for one in ALL if translate(one["english"]).language != "en"] == []


@given(pieces=st.lists(st.sampled_from(ALL), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_no_figure_is_lost_from_a_message_of_many_sentences(pieces):
    said = ". ".join(one["said"].rstrip(".!?。 ") for one in pieces if one in SAME_FIGURES)

    found = translate(said)

    assert set(re.findall(r"\d+", said.replace(",", "."))) <= set(
        re.findall(r"\d+", found.text + "".join(found.unknown))
    )


@pytest.mark.parametrize("language", [*LANGUAGES, "shared"])
def test_every_pattern_of_a_table_compiles_and_begins_with_what_it_is_filed_under(language):
    words = tomllib.loads((TABLES / f"{language}.toml").read_text(encoding="utf-8"))["words"]

    for english, said in words.items():
        for pattern in said.split(";"):
            assert re.compile(expand(pattern.strip(), language)), english
            assert first_letters(pattern.strip()), english


def test_the_tables_speak_the_vocabulary_of_the_clauses():
    said = {part.strip() for language in LANGUAGES for rules in lexicon(language).rules.values() for rule in rules
            for part in rule.english.split(" + ")}  # fmt: skip

    for english in ("buy", "sell", "go short", "cover", "when", "crosses above", "stop loss", "change", "remove"):
        assert english in said
        assert kind_of(english) is not Kind.WORD
