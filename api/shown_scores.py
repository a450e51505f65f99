"""The score a search ranks by, as a person may be shown it: no annual Sharpe ratio stands there without its interval.

Records keep the annual ratio of a candidate (docs/search.md). In a table or a line of progress it would be read as what
can be earned, and the best of many is not: there it is the ratio of one day's returns, which ranks the same, and the
best has its claim from the honesty card alone.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARPE = "sharpe"
A_DAY = "Sharpe a day"


def shown_number(objective: str, value: float) -> float:
    """Return the value of an objective as it is shown: that of `sharpe`, an annual ratio, as that of one day's returns.

    >>> round(shown_number("sharpe", 1.3123), 4), shown_number("drawdown", -0.2812)
    (0.0687, -0.2812)
    """
    from engine.metrics.sharpe import DAYS_PER_YEAR

    return value / sqrt(DAYS_PER_YEAR) if objective == SHARPE else value


def shown_value(objective: str, value: float | None) -> str:
    """Return the value of an objective as text, as it is shown.

    >>> shown_value("sharpe", 1.3123), shown_value("drawdown", -0.2812), shown_value("net_profit", None)
    ('0.0687', '-0.28', 'n/a')
    """
    from engine.report.figures import number

    if value is None:
        return number(None)
    return number(shown_number(objective, value), _digits(objective))


def shown_score(objectives: Sequence[str], score: float | None) -> str:
    """Return the score of a candidate as text; of several objectives it is a share of others, whatever they are.

    >>> shown_score(["sharpe"], 1.3123), shown_score(["sharpe", "drawdown"], 0.89)
    ('0.0687', '0.89')
    """
    return shown_value(objectives[0] if len(objectives) == 1 else "", score)


def score_meaning(objectives: Sequence[str]) -> str:
    """Return what the score in a table is, in words.

    >>> score_meaning(["sharpe"])
    "Sharpe ratio of one day's returns, no annual one, higher is better"
    >>> score_meaning(["drawdown"])
    'minus the deepest drawdown, higher is better'
    """
    from engine.search.objectives import score_words

    if list(objectives) == [SHARPE]:
        return "Sharpe ratio of one day's returns, no annual one, higher is better"
    return score_words(objectives)


def objective_heading(objective: str) -> str:
    """Return the heading of a column with the values of an objective.

    >>> objective_heading("sharpe"), objective_heading("net_profit")
    ('Sharpe a day', 'net_profit')
    """
    return A_DAY if objective == SHARPE else objective


def told_best(objectives: Sequence[str], best: float) -> dict[str, float | str]:
    """Return what a step of a search tells of the best score so far, of one objective.

    >>> told_best(["net_profit"], 1_234.5)
    {'best': 1234.5, 'bestIs': 'net profit in quote currency, higher is better'}
    >>> told_best(["sharpe"], 1.3123)["bestIs"]
    "Sharpe ratio of one day's returns, no annual one, higher is better"
    """
    return {"best": shown_number(objectives[0], best), "bestIs": score_meaning(objectives)}


def best_text(objectives: Sequence[str], best: float) -> str:
    """Return the best score that a step tells of (`told_best`), in short.

    >>> best_text(["sharpe"], 0.06869), best_text(["net_profit"], 1_234.5)
    ('best Sharpe a day 0.0687', 'best net_profit 1,234.50')
    """
    from engine.report.figures import number

    name = objectives[0]
    return f"best {objective_heading(name)} {number(best, _digits(name))}"


def _digits(objective: str) -> int:
    return 4 if objective == SHARPE else 2
