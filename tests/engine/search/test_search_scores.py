"""Scores: documented, independent of the order things finish in, never won by doing nothing."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search.objectives import OBJECTIVES, rank, shrunk_profit_factor
from engine.search.outcome import Outcome
from engine.search.plan import plan_search

finite = st.floats(-1e6, 1e6)
summaries = st.fixed_dictionaries(
    {"netProfit": finite, "maxDrawdownPct": st.floats(0, 1), "tradeCount": st.integers(0, 40)},
    optional={"sharpeDaily": finite, "profitFactor": st.floats(0, 50), "winRatePct": st.floats(0, 1)},
)
outcomes = st.lists(summaries, max_size=12).map(
    lambda drawn: [Outcome(number, {}, "evaluated", f"hash{number}", one) for number, one in enumerate(drawn)]
)
names = st.lists(st.sampled_from(sorted(OBJECTIVES)), min_size=1, max_size=3, unique=True)


def outcome(number, trades=10, behaviour=None, **summary):
    return Outcome(number, {}, "evaluated", behaviour or f"hash{number}", {"tradeCount": trades, **summary})


def numbers(ranked):
    return [one.outcome.number for one in ranked]


@given(outcomes, names, st.randoms(use_true_random=False))
def test_the_order_candidates_finish_in_does_not_matter(tried, objectives, dice):
    shuffled = tried.copy()
    dice.shuffle(shuffled)

    assert rank(shuffled, objectives) == rank(tried, objectives)


@given(outcomes, names)
def test_every_candidate_with_a_trade_is_ranked_once_best_first(tried, objectives):
    ranked = rank(tried, objectives)

    assert sorted(numbers(ranked)) == [one.number for one in tried if one.summary["tradeCount"]]
    assert [one.rank for one in ranked] == list(range(1, len(ranked) + 1))
    assert all(above.score >= below.score for above, below in pairwise(ranked))


@given(outcomes, names)
def test_a_score_of_several_objectives_is_the_share_that_is_beaten(tried, objectives):
    ranked = rank(tried, objectives)
    if len(objectives) == 1 or len(ranked) < 2:
        return
    for one in ranked:
        shares = []
        for name in objectives:
            own = OBJECTIVES[name](one.outcome.summary)
            others = [OBJECTIVES[name](two.outcome.summary) for two in ranked if two is not one]
            low = float("-inf")
            own, others = low if own is None else own, [low if two is None else two for two in others]
            shares.append(sum(1.0 if two < own else 0.5 if two == own else 0.0 for two in others) / len(others))
        assert one.score == pytest.approx(sum(shares) / len(shares), rel=1e-12, abs=1e-12)


def test_one_objective_scores_with_its_own_value():
    tried = [outcome(1, sharpeDaily=0.4, maxDrawdownPct=0.2), outcome(2, sharpeDaily=1.1, maxDrawdownPct=0.3)]

    assert [(one.outcome.number, one.score) for one in rank(tried, ["sharpe"])] == [(2, 1.1), (1, 0.4)]
    assert [(one.outcome.number, one.score) for one in rank(tried, ["drawdown"])] == [(1, -0.2), (2, -0.3)]


def test_doing_nothing_never_wins():
    idle = outcome(1, trades=0, maxDrawdownPct=0.0, netProfit=0.0)
    loser = outcome(2, maxDrawdownPct=0.5, netProfit=-4_000.0, sharpeDaily=-1.0)

    assert numbers(rank([idle, loser], ["drawdown", "net_profit"])) == [2]
    assert rank([idle], ["drawdown"]) == ()


def test_a_figure_without_a_value_is_beaten_by_every_value():
    assert numbers(rank([outcome(1), outcome(2, sharpeDaily=-3.0)], ["sharpe"])) == [2, 1]


def test_two_candidates_that_behave_the_same_are_one():
    same = [outcome(0, behaviour="same", sharpeDaily=1.0), outcome(3, behaviour="same", sharpeDaily=1.0)]

    assert numbers(rank([*same, outcome(2, sharpeDaily=2.0)], ["sharpe"])) == [2, 3]


def test_equal_scores_rank_by_number():
    assert numbers(rank([outcome(at, sharpeDaily=1.0) for at in (3, 1, 2)], ["sharpe"])) == [1, 2, 3]


@given(
    st.lists(st.floats(-1_000, 1_000).filter(lambda value: abs(value) > 1e-3 or value == 0), min_size=1, max_size=30)
)
def test_a_shrunk_profit_factor_is_what_its_formula_says_on_the_trades(results):
    wins = sum(one for one in results if one > 0)
    losses = -sum(one for one in results if one < 0)
    mean = (wins + losses) / len(results)
    summary = {"tradeCount": len(results), "winRatePct": sum(one > 0 for one in results) / len(results)}
    if losses:
        summary["profitFactor"] = wins / losses

    expected = (wins + mean) / (losses + mean) if mean else 1.0

    assert shrunk_profit_factor(summary) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("equity", [float("nan"), float("inf"), 0.0, -5.0])
def test_an_equity_that_is_none_is_refused_before_work(market, spec, equity):
    [problem] = plan_search(spec, market, initial_equity=equity).problems

    assert (problem.path, problem.code) == ("$.initialEquity", "OUT_OF_BOUNDS")
