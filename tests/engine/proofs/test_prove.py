"""The proofs joined: what holds, what speaks against a spec, and the same as JSON."""

from __future__ import annotations

import json
from copy import deepcopy
from io import StringIO
from random import Random
from typing import Any

import pytest
from reference.biased import BIASED, biased_spec, put_into_catalog
from reference.engine_side import engine_bars
from reference.markets import START_MS, random_bars
from rich.console import Console

from engine.errors import DataError, SpecError
from engine.market.memory import MemoryMarket
from engine.proofs import prove
from engine.proofs.page import page
from engine.spec.examples import SMA_CROSS

NEVER = {"when": "gt", "left": "close", "right": "high"}


def market() -> MemoryMarket:
    return MemoryMarket([engine_bars("BTCUSDT", "1h", random_bars(Random(3), 300, START_MS, 3_600_000, 0.0, 0.01))])


def spec_with(entry: list[dict[str, Any]]) -> dict[str, Any]:
    return {**deepcopy(biased_spec("sma")), "signals": {"entry": entry, "exit": []}}


def test_a_spec_is_proven_without_candles() -> None:
    proofs = prove(SMA_CROSS)

    assert proofs.holds and proofs.failures == ()
    assert proofs.measured is None and proofs.causality.checked is None


def test_with_candles_it_is_run_cut_and_measured() -> None:
    proofs = prove(biased_spec("sma"), market())

    assert proofs.holds
    assert proofs.measured is not None and proofs.measured.entries >= 10
    assert proofs.measured.within(proofs.exposure)
    assert proofs.satisfiability.entry["long"].verdict == "possible"
    assert proofs.satisfiability.entry["long"].witness is not None


def test_an_entry_impossible_on_every_side_speaks_against_a_spec() -> None:
    proofs = prove(spec_with([NEVER]))

    assert not proofs.holds
    [failure] = proofs.failures
    assert failure.startswith("the long entry can never fire: ")


def test_an_exit_that_can_never_fire_speaks_against_a_spec_that_nothing_else_closes() -> None:
    held = {**deepcopy(SMA_CROSS), "signals": {**SMA_CROSS["signals"], "exit": [NEVER]}}
    stopped = {**held, "risk": {**SMA_CROSS["risk"], "stop_loss": {"type": "percent", "value": 0.02}}}

    [failure] = prove(held).failures
    assert failure.startswith("the long exit can never fire, and nothing else closes the position: ")
    assert prove(stopped).holds
    assert prove({**held, "signals": {**SMA_CROSS["signals"], "exit": []}}).holds  # buy and hold is legitimate


def test_one_dead_alternative_beside_a_living_one_does_not() -> None:
    proofs = prove(spec_with([NEVER, {"when": "gt", "left": "close", "right": "open"}]))

    assert proofs.holds
    assert [one.verdict for one in proofs.satisfiability.entry["long"].alternatives] == ["impossible", "unknown"]


def test_what_looks_ahead_speaks_against_a_spec_by_construction_and_by_truncation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put_into_catalog(monkeypatch, BIASED["next_close"])

    construction, truncation = prove(biased_spec("next_close")), prove(biased_spec("next_close"), market())

    assert construction.failures == ("oracle: no causality statement for indicator type 'next_close'",)
    assert any(failure.startswith("oracle of BTC looks ahead: at bar ") for failure in truncation.failures)
    assert not truncation.causality.holds


def test_a_bound_that_a_run_passes_speaks_against_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.proofs import proofs as joined
    from engine.proofs.exposure import Bound, Exposure

    too_low = Exposure(Bound(0.1, "guessed"), Bound(0.1, "guessed"), 1, None, "")
    monkeypatch.setattr(joined, "exposure_bound", lambda _: too_low)

    found = prove(biased_spec("sma"), market())

    assert [failure for failure in found.failures if "above the bound" in failure]


def test_more_arithmetic_than_can_be_reckoned_is_left_open() -> None:
    """Every pair of some thousand sums and products would take minutes."""
    keys = [f"e{length}" for length in range(2, 22)]
    rng = Random(1)

    def weighted() -> str:
        return "+".join(f"{key}*{rng.random():.3f}" for key in keys)

    together = [{"when": "gt", "left": weighted(), "right": weighted()} for _ in range(8)]
    document = {
        **spec_with([{"when": "and", "conditions": together}]),
        "indicators": {key: {"type": "ema", "inputs": {"length": int(key[1:])}} for key in keys},
    }

    assert prove(document).satisfiability.entry["long"].verdict == "unknown"


@pytest.mark.parametrize("data", [None, market()])
def test_proofs_are_json_data(data: MemoryMarket | None) -> None:
    document = prove(biased_spec("sma"), data).as_dict()

    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert set(document) == {"holds", "failures", "causality", "satisfiability", "exposure"}
    assert ("checked" in document["causality"]) == (data is not None)  # type: ignore[operator]
    assert ("measured" in document["exposure"]) == (data is not None)  # type: ignore[operator]


def test_a_spec_with_problems_is_refused_with_them() -> None:
    with pytest.raises(SpecError) as refused:
        prove({**SMA_CROSS, "risk": {"max_levrage": 2}})

    assert [problem.suggestion for problem in refused.value.problems] == ["max_leverage"]


def test_candles_that_are_missing_are_told() -> None:
    with pytest.raises(DataError, match="ETH"):
        prove({**SMA_CROSS, "universe": {"assets": ["ETH"], "timeframe": "1h"}}, market())


def test_brackets_in_a_name_are_no_markup() -> None:
    console = Console(width=100, record=True, file=StringIO())
    console.print(page(prove(SMA_CROSS), "[red]mean[/red] reversion"))

    assert "[red]mean[/red] reversion" in console.export_text()
