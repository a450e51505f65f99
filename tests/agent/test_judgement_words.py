"""A judgement in short words: days after a validation are told by their name, a card given again by its candles."""

from __future__ import annotations

from typing import Any

import pytest

from agent.grounding import Sources, ground
from agent.judgement_words import judgement_reply, look_question, sources_of_judgement

HOLDOUT: dict[str, Any] = {"look": 1, "p": 0.01, "pPlain": 0.02, "days": 90, "alpha": 0.0304}


def record(verdict: str, holdout: dict[str, Any]) -> dict[str, Any]:
    card = {
        "verdict": verdict,
        "findings": [],
        "trials": {"families": ["BTC"], "total": 9, "effective": 3.0},
        "looks": {"taken": 1, "of": 5, "nextAlpha": 0.0076},
        "holdout": holdout,
    }
    return {"card": card, "createdAt": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize("verdict", ["FORWARD", "VALIDATED"])
def test_days_after_a_validation_are_no_holdout(verdict: str) -> None:
    told = judgement_reply(record(verdict, HOLDOUT), again=False)

    assert "- days after it was validated, look {{run:judgement.holdout.look|int}}" in told
    assert "- looks taken at such days" in told and "pCombined" not in told and "- holdout" not in told


def test_the_holdout_is_told_with_search_and_holdout_together() -> None:
    told = judgement_reply(record("VALIDATED", HOLDOUT | {"pCombined": 0.002}), again=False)

    assert "- holdout, look" in told and "pCombined" in told and "- looks taken at its holdout" in told


def test_what_is_given_again_says_of_which_candles_it_is() -> None:
    told = judgement_reply(record("VALIDATED", HOLDOUT | {"pCombined": 0.002}), again=True)

    assert "judgement.window.start|date" in told and "of other candles it says nothing" in told


@pytest.mark.parametrize("later", [False, True])
def test_the_last_day_a_look_would_take_is_one_that_it_takes(later: bool) -> None:
    """A window ends before its end; the day that a person reads is the last one inside."""
    ends = {"2026-01-01T00:00:00Z": "2025-12-31", "2026-01-01T06:00:00Z": "2026-01-01"}
    for end, last in ends.items():
        look = {"number": 2, "of": 5, "alpha": 0.0076, "start": "2025-07-01T00:00:00Z", "end": end, "later": later}
        told = ground(look_question(look), Sources(runs=sources_of_judgement(None, look))).text

        assert f"from 2025-07-01 to {last}" in told
