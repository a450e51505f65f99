"""Sentences that several explanations of a run share."""

from __future__ import annotations

from collections.abc import Mapping

from agent.language.builtin.explain_quotes import UNPROVEN, Quotes
from agent.language.builtin.explain_terms import STATISTICS

NOT_TESTED = (
    "It has not been tested yet, so there is no result to quote. Ask me to test it, and I will tell what came of it."
)
FOREIGN = (
    "I quote the record under its own names, as it stands: it does not say over which window or with which costs it "
    "was "
    "made, and I do not guess its units."
)
GENERATED = "The candles were made up by a program: nothing in them can be predicted, so a profit here is luck."
ENOUGH_TRADES = 30
"""Closed trades below which an average says little: its error is then a good part of its spread."""


def lines_of(*parts: str | list[str]) -> str:
    flat = [line for part in parts for line in ([part] if isinstance(part, str) else part)]
    return "\n".join(line for line in flat if line)


def undecided(quotes: Quotes) -> str:
    if quotes.verdict == UNPROVEN:
        return "Verdict UNPROVEN: a test on the selection part cannot tell an edge from luck, and I do not claim one."
    return f"Verdict {quotes.verdict}."


def interval(quotes: Quotes) -> str:
    """Tell how far the Sharpe ratio can be told from nothing; the ratio brings its interval with it."""
    low, high = (quotes.figure(f"{STATISTICS}.sharpe.{end}95") for end in ("low", "high"))
    if low is None or high is None or quotes.figure("results.sharpeRatio") is None:
        return ""
    both = "The interval holds both signs, so luck alone could have done this."
    holds = both if low <= 0 <= high else "The interval does not reach zero."
    return f"Sharpe ratio {quotes.quote('results.sharpeRatio', '.2f')}. {holds}"


def warnings(quotes: Quotes) -> list[str]:
    lines = [GENERATED] if quotes.generated else []
    notices = quotes.value("evidence.notices")
    for k, notice in enumerate(notices if isinstance(notices, list) else ()):
        if isinstance(notice, Mapping) and notice.get("kind") == "warning" and notice.get("code") != "GENERATED_DATA":
            lines.append("To mind: " + quotes.quote(f"evidence.notices.{k}.message", "text"))
    return lines[:6]
