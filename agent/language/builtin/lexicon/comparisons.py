"""Comparisons: ``above``, ``at least``, ``or more``; and states that compare without a number: ``oversold``."""

from __future__ import annotations

COMPARISONS: dict[str, str] = {
    "gt": """
        above | over | longer than | higher than | greater than | more than | larger than | bigger than | >
        | exceed{s,ing,} | beat{s,ing,} | top{s,ping} | past | north of | in excess of | on top of | outside above
        | better than | stronger than | gt | upwards of | surpass{es,ing,}""",
    "gte": """
        at least | no less than | not less than | not below | >= | =>= | ≥ | gte | minimum of | not under
        | greater or equal | at or above | equal or above | greater than or equal to | above or equal to
        | equal to or above | equal or greater than | greater equal | no lower than | more or equal""",
    "lt": """
        below | sub | under | lower than | less than | smaller than | < | beneath | underneath | south of | lt
        | shy of | weaker than | undercut{s,}""",
    "lte": """
        at most | no more than | not more than | not above | <= | =< | ≤ | lte | not over | maximum of
        | less or equal | at or below | equal or below | less than or equal to | below or equal to
        | equal to or below | no higher than | equal or less than""",
    "eq": "equals | equal to | == | is equal to | exactly | eq",
    "outside": "beyond | outside | outside of | out of | out past",
    "beyond": """
        back through | through | thru | wrong side of | the wrong side of | other side of | the other side of
        | on the wrong side of | on the other side of | back inside | far side of""",
}
"""Between two operands."""

POSTFIXED: dict[str, str] = {
    "gte": "or more | or higher | or above | or greater | or over | or better | plus | or up",
    "lte": "or less | or lower | or below | or under | or down",
}
"""Behind the number they are about: ``30 or less``."""

SIGNS: dict[str, str] = {
    "positive": "positive | above zero | over zero | > zero | above the zero line | above 0 line",
    "negative": "negative | below zero | under zero | < zero | below the zero line",
    "oversold": "oversold | over sold",
    "overbought": "overbought | over bought",
    "bullish": "bullish | bull | uptrend | up trend | in an uptrend | in uptrend",
    "bearish": "bearish | bear | downtrend | down trend | in a downtrend | in downtrend",
}
"""What an operand is without a number being named."""
