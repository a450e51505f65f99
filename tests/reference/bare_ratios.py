"""Finds annual Sharpe ratios in a text that stand without their interval, the count of trials and the verdict."""

from __future__ import annotations

import re

RATIO = re.compile(
    r"sharpe[^\d\n]{0,60}?(?<!above )(?P<value>[-+−]?\d[\d,]*+(?:\.\d+)?+)(?! ?(?:%|days?\b|d\b|y\b|times\b))",
    re.IGNORECASE,
)
"""The word, and a figure behind it in the same line that is no per cent and no span of time."""

WHOLE = re.compile(
    r"without an interval; trials not counted, not validated|"
    r"\d+(?:\.\d+)? % interval [-+]?[\d.,]+ to [-+]?[\d.,]+; (?:[\d,]+ trials?|trials not counted)"
    r"(?:, p of the search [\d.]+)?, (?:not validated(?:, rejected)?|validated)"
)


def bare_ratios(text: str) -> list[str]:
    """Return the lines (or cells) of a text that show a ratio alone.

    >>> bare_ratios("Sharpe ratio 1.42, profit factor 1.3")
    ['Sharpe ratio 1.42, profit factor 1.3']
    >>> bare_ratios("Sharpe 1.42 (95 % interval 0.30 to 2.50; 212 trials, not validated)")
    []
    >>> bare_ratios("Chance that the true Sharpe ratio is positive: 93 %")
    []
    """
    return [line for line in text.splitlines() if RATIO.search(line) and not WHOLE.search(line)]


def whole_ratios(text: str) -> list[str]:
    """Return the lines of a text that show a ratio with all that belongs to it."""
    return [line for line in text.splitlines() if RATIO.search(line) and WHOLE.search(line)]


def cells(page: str) -> str:
    """Return an HTML page as text with a line for each row, list item, paragraph and block of terms.

    >>> cells("<tr><td>Sharpe</td><td>1.2</td></tr><p>next</p>").split("\\n")
    [' Sharpe  1.2 ', ' next', '']
    """
    shown = re.sub(r"<script.*?</script>|<style.*?</style>", "", page, flags=re.DOTALL)
    lines = re.sub(r"</(?:tr|li|p|dl|div|h\d)>", "\0", re.sub(r"\s+", " ", shown))
    return re.sub(r"<[^>]+>", " ", lines).replace("\0", "\n").replace("\xa0", " ").replace("\u202f", " ")
