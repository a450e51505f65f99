"""Every sentence of docs/semantics.md about a simulation is worked out by hand in a table, or shown where this says.

A table names its sentences with `reference.sentences.says`. A sentence that no bars can show names the test that does.
"""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from reference.sentences import sentences_of

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
SECTIONS = (
    "One clock bar, in order",
    "Decisions at a close",
    "The life of a position",
    "Named checks",
    "Higher and finer timeframes",
    "A fill",
    "Positions",
)
ELSEWHERE = {
    "Volatility is the sample deviation": "test_a_backtest_agrees_with_the_naive_reading_of_its_spec",
    "An indicator input `timeframe` computes": "test_each_close_reads_the_last_higher_bar_that_has_ended",
    "`offset` counts bars of its own timeframe": "test_offset_counts_bars_of_the_indicators_own_timeframe",
    "A chain may mix": "test_a_chain_reads_a_higher_source_as_known_at_its_own_closes",
    "It is a reference price, not an executable one": "test_a_fill_at_the_minutes_price_is_labelled_a_reference",
    "Both are reported": "test_without_volume_slippage_leaves_the_size_out_and_says_so",
    "Spot is long only": "test_shorts_need_a_perpetual",
}


def tables() -> dict[str, tuple[str, ...]]:
    """Return the words that each table names, by the test's name."""
    named: dict[str, tuple[str, ...]] = {}
    for path in sorted(HERE.glob("test_tables_*.py")):
        spec = spec_from_file_location(f"sentences_in_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        named |= {name: test.says for name, test in vars(module).items() if hasattr(test, "says")}
    return named


@pytest.fixture(scope="module")
def sentences() -> list[str]:
    return sentences_of((ROOT / "docs" / "semantics.md").read_text(), SECTIONS)


def test_every_sentence_is_worked_out_in_a_table_or_shown_elsewhere(sentences: list[str]) -> None:
    words = [fragment for fragments in tables().values() for fragment in fragments] + list(ELSEWHERE)

    assert [one for one in sentences if not any(fragment in one for fragment in words)] == []


def test_no_table_names_words_that_stand_in_no_sentence(sentences: list[str]) -> None:
    lost = {
        (name, fragment)
        for name, fragments in tables().items()
        for fragment in fragments
        if not any(fragment in one for one in sentences)
    }

    assert lost == set()
    assert [words for words in ELSEWHERE if not any(words in one for one in sentences)] == []


def test_what_is_shown_elsewhere_is_there() -> None:
    texts = [path.read_text() for path in (ROOT / "tests").rglob("test_*.py")]

    assert [name for name in ELSEWHERE.values() if not any(f"def {name}(" in text for text in texts)] == []


def test_sections_that_are_read_exist() -> None:
    text = (ROOT / "docs" / "semantics.md").read_text()

    assert [section for section in SECTIONS if f"\n## {section}\n" not in text] == []
    assert len(sentences_of(text, SECTIONS)) > 100
