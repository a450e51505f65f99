"""Comparisons, and what stands beside the numbers in them: ``above``, ``or more``, ``oversold``, ``%``, ``twice``."""

from __future__ import annotations

from agent.language.builtin.lexicon.terms import Term

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

QUANTITIES: dict[Term, str] = {
    Term("percent"): "percent | pct | % | per cent | percents | percentage | prct | pc",
    Term("times"): "x | times | × | -fold | fold | multiple of",
    Term("multiple", 2.0): "twice | double | doubled",
    Term("multiple", 3.0): "triple | thrice | three times",
    Term("multiple", 0.5): "half | half of | half a",
    Term("sigma"): """
        deviation{,s} | std dev{,s} | standard deviation{,s} | stdev{s} | sigma{,s} | sd | std | stds | devs | dev
        | stdevs | stddevs""",
    Term("mult"): "multiplier | mult | factor | multiple",
    Term("length"): """
        length | lookback | len | lengths | window | lookback of | period of | periods of | with length
        | with period""",
    Term("fast"): "fast | faster | quick | short term ma",
    Term("slow"): "slow | slower",
    Term("between"): "between | inside | in between | in the range | ranging between",
    Term("up"): "up | higher | upward{s,} | positive close",
    Term("down"): "down | lower | downward{s,}",
    Term("first"): "first",
}
