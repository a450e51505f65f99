"""backtest-kit's formulas as pure functions, by version: what it computes, so that ours can be held against it.

Three versions with names of their own: ``1.10`` (fees flat on the entry, levels by the mean price), ``18.7`` (fees on
each value, weights in money, averaging) and ``19.5`` (18.7 with leverage and liquidation). Nothing of ours is computed
by them; docs/verify.md tells where ours differs and why.
"""
