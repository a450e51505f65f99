"""No false rejection: what is proven impossible fires on no market, however it is built to make it fire."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest
from reference.adversarial_markets import SHAPES, adversarial_market
from reference.firing_cases import IMPOSSIBLE, IMPOSSIBLE_TIMES, POSSIBLE
from reference.firing_side import condition, decided, models
from reference.random_rules import RandomRules
from reference.rules_in_short import rule

from engine.backtest.columns import AssetColumns
from engine.indicators.store import ColumnStore
from engine.proofs.satisfiability.search import Refuted
from engine.signals.conditions import Conditions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

pytestmark = pytest.mark.no_cover

MARKETS = 2 * len(SHAPES)
RULES = 80


def tapes(seeds: Iterable[int], timeframe: str = "4h") -> Iterator[Conditions]:
    for seed in seeds:
        yield Conditions(AssetColumns(ColumnStore(adversarial_market(seed, timeframe=timeframe)), models()))


@pytest.fixture(scope="module")
def markets() -> list[Conditions]:
    return list(tapes(range(MARKETS)))


def test_impossible_entries_fire_on_no_market(markets: list[Conditions]) -> None:
    impossible = {text: condition(rule(text)) for text in IMPOSSIBLE}

    fired = [text for text, one in impossible.items() for tape in markets if tape.truth(one).true.any()]

    assert fired == []


def test_impossible_times_fire_on_no_market() -> None:
    for timeframe in sorted({timeframe for timeframe, _ in IMPOSSIBLE_TIMES}):
        for tape in tapes((0, 6), timeframe):
            for asked, text in IMPOSSIBLE_TIMES:
                if asked == timeframe:
                    assert not tape.truth(condition(rule(text))).true.any(), text


@pytest.mark.long
def test_every_odd_entry_fires_on_some_market() -> None:
    left = {text: condition(rule(text)) for text in POSSIBLE}

    for tape in tapes(range(200)):
        if not left:
            break
        left = {text: one for text, one in left.items() if not tape.truth(one).true.any()}

    assert not left


def test_random_rules_that_are_refuted_fire_on_no_market(markets: list[Conditions]) -> None:
    refuted = 0
    for seed in range(RULES):
        data = RandomRules(Random(f"rule {seed}")).condition()
        if isinstance(decided(data), Refuted):
            refuted += 1
            assert not any(tape.truth(condition(data)).true.any() for tape in markets), data

    assert refuted > RULES / 6
