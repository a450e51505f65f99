"""Words beside numbers: per cent, multiples, deviations, lengths, ways."""

from __future__ import annotations

from agent.language.builtin.lexicon.terms import Term

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
