"""The rules page names every field of a position's life, in words a trader uses."""

from __future__ import annotations

import pytest

from engine.report.rules import rules
from engine.spec import check
from engine.spec.examples import SMA_CROSS

LIFE = [
    ({"trailing_stop": {"type": "atr", "value": 2}}, "Trailing stop", "2 x ATR(14) behind the best price"),
    (
        {"trailing_take": {"type": "percent", "value": 0.02}, "take_profit": {"type": "percent", "value": 0.1}},
        "Trailing target",
        "2 % behind the best price, once the target is reached, which then closes nothing itself",
    ),
    (
        {"trailing_take": {"type": "percent", "value": 0.02}},
        "Trailing target",
        "2 % behind the best price, once 2 % in profit",
    ),
    ({"breakeven": {"at": 0.02}}, "Break-even", "the stop moves to the entry price once 2 % in profit"),
    (
        {"partial_exits": [{"at": 0.02, "fraction": 0.5}, {"at": 0.05, "fraction": 0.25}]},
        "Partial exits",
        "50 % of the position at 2 % profit, 25 % at 5 % profit",
    ),
    ({"time_limit": {"minutes": 90_000}}, "Time limit", "after 90,000 minutes"),
    ({"checks": {"max_concurrent": 2}}, "Open at the same time at most", "2 positions"),
    ({"checks": {"cooldown_bars": 1}}, "Wait after an exit", "1 bar"),
    (
        {"checks": {"session_hours": {"start": "22:00", "end": "04:00"}}},
        "Entries only",
        "from 22:00 to 04:00 UTC of the next day",
    ),
    (
        {"checks": {"max_daily_loss_pct": 0.03}},
        "No entry for the rest of the day",
        "after a loss of 3 % in a UTC day",
    ),
]


@pytest.mark.parametrize(("risk", "label", "words"), LIFE, ids=[label for _, label, _ in LIFE])
def test_a_field_of_risk_stands_on_the_rules_page(risk: dict[str, object], label: str, words: str) -> None:
    spec = check({**SMA_CROSS, "risk": risk}).spec

    assert spec is not None
    assert {term.label: term.value for term in rules(spec)}[label] == words


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"offset": 0.01, "expires_bars": 1}, "limit 1 % below the deciding close, cancelled after 1 bar"),
        ({"offset": 0}, "limit at the deciding close, waiting until it fills or its stop would be touched"),
    ],
)
def test_an_entry_order_stands_on_the_rules_page(order: dict[str, object], words: str) -> None:
    execution = {"mode": "paper", "entry_order": {"type": "limit", **order}}
    spec = check({**SMA_CROSS, "execution": execution}).spec

    assert spec is not None
    assert {term.label: term.value for term in rules(spec)}["Entry order"] == words
