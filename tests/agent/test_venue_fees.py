"""Fees of the venue a strategy names, in what the agent may write and doubts."""

from __future__ import annotations

from typing import Any

import pytest

from agent.known_figures import KnownFigures


def fees_known(universe: Any) -> set[float]:
    known = KnownFigures()
    known.learn_spec({"universe": universe, "indicators": {}})
    return {round(one.value, 9) for one in known.percent if "fee" in one.roles}


USUAL = {0.1, 0.02, 0.05}


@pytest.mark.parametrize(
    ("universe", "further"),
    [
        ({"assets": ["BTC"]}, set()),
        ({"assets": ["BTC"], "venue": "kraken"}, {0.25, 0.4}),
        ({"assets": ["BTC"], "venue": "bybit", "market_type": "perp"}, {0.055}),
        ({"assets": ["EURUSD"]}, {0.002}),
        ({"assets": []}, set()),
        ({"assets": [7, None], "venue": 3}, set()),
        ("no universe", set()),
    ],
)
def test_the_fees_of_the_venue_may_be_written_out(universe: Any, further: set[float]) -> None:
    assert fees_known(universe) == USUAL | further
