"""An annual Sharpe ratio is shown with its interval, the trials behind it and the verdict, or not at all."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference.bare_ratios import RATIO, WHOLE, bare_ratios, cells, whole_ratios
from rich.console import Console

from engine.errors import EngineInputError
from engine.evidence.tally import Tally
from engine.report import html, markdown, terminal
from engine.report.claims import SharpeClaim, claim_in, claim_of
from engine.report.digest import digest
from storage.results import backtest_run

RATIOS = st.floats(-50, 50)


def printed(result):
    out = io.StringIO()
    Console(file=out, width=200, highlight=False, force_terminal=False, color_system=None).print(terminal(result))
    return out.getvalue()


@given(
    RATIOS,
    RATIOS,
    st.floats(0, 20),
    st.none() | st.integers(1, 10**7),
    st.none() | st.floats(0, 1),
    st.sampled_from(["UNPROVEN", "REJECTED", "VALIDATED", "FORWARD"]),
    st.none() | RATIOS,
)
def test_every_claim_says_all_that_belongs_to_it(value, low, wide, trials, p, verdict, days):
    text = str(SharpeClaim(value, low, low + wide, trials=trials, p=p, verdict=verdict, days=days))

    assert RATIO.search(f"Sharpe ratio {text}") and WHOLE.search(text)
    assert ("not validated" in text) == (verdict in ("UNPROVEN", "REJECTED"))
    assert (f"{trials:,} trial" if trials else "trials not counted") in text
    assert ("p of the search" in text) == (p is not None)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"value": float("nan")}, "value is nan: it must be finite"),
        ({"low": 2.0}, "low is 2.0 and high is 1.5"),
        ({"confidence": 1.0}, "confidence is 1.0"),
        ({"trials": 0}, "trials is 0"),
        ({"p": 1.2}, "p is 1.2"),
    ],
)
def test_a_claim_that_says_nothing_is_refused(changed, message):
    with pytest.raises(EngineInputError, match=message):
        SharpeClaim(**{"value": 1.0, "low": 0.5, "high": 1.5, **changed})


@pytest.mark.parametrize("face", [printed, markdown, lambda result: cells(html(result))])
@pytest.mark.parametrize("tally", [None, Tally("BTC", 212)])
@pytest.mark.parametrize("seed", range(4))
def test_no_face_shows_a_ratio_alone(make_result, face, tally, seed):
    text = face(replace(make_result(20, 1_000, "4h", seed=seed), tally=tally))

    assert bare_ratios(text) == []
    assert len(whole_ratios(text)) == 1
    assert ("trials not counted" if tally is None else "212 trials, not validated") in text


def test_a_ratio_far_from_that_of_whole_days_shows_both_and_the_warning_no_figure(make_result):
    made = make_result(20, 1_000, "4h")
    away = replace(made, summary=replace(made.summary, sharpe_ratio=9.0))

    assert f"of whole days {made.statistics.sharpe.daily_ratio:.2f}, 95 % interval" in str(claim_of(away))
    assert bare_ratios(printed(away)) == []


def test_without_an_interval_there_is_no_ratio(make_result):
    made = make_result(20, 1_000, "4h")
    blurred = replace(made, statistics=replace(made.statistics, sharpe=replace(made.statistics.sharpe, high_95=None)))

    assert claim_of(blurred) is None
    assert not whole_ratios(printed(blurred)) and not bare_ratios(printed(blurred))


@pytest.mark.parametrize("tally", [None, Tally("BTC", 3)])
def test_a_record_claims_what_its_result_does(make_result, tally):
    made = replace(make_result(20, 1_000, "4h"), tally=tally)
    record = backtest_run(made, run_id="r", created_at="2026-01-01T00:00:00Z").as_json()

    assert claim_in(record) == claim_of(made)
    assert record["evidence"].get("trials") == (None if tally is None else {"family": "BTC", "total": 3})
    assert claim_in(record, "dailyRatio").value == made.statistics.sharpe.daily_ratio


def test_the_digest_speaks_by_the_claim(result):
    [figure] = [one for one in digest(result).figures if one.label == "Sharpe ratio a year"]

    assert f"{figure.value} ({figure.beside})" == str(claim_of(result))
