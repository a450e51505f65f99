"""Words that carry no rule: not knowing them loses nothing."""

from __future__ import annotations

from agent.language.builtin.lexicon.terms import Term

FILLERS = frozenset(
    """a an the of it its it's this that these those my our your i we you he they me us im i'm id ill lets let's please
    pls plz just really very quite so like kinda sort kind basically simply simple simplest classic standard
    plain usual typical normal regular old good best decent strategy strat strategies system bot algo model rule
    rules setup setups idea trade trades trading trader test backtest backtests backtesting run build make
    create want wanna would need write give do does did can could should will gonna going have has had there
    here about around approx approximately roughly ~ to at on in into onto by from for as be been also too which
    who what how then than more etc eg e.g ie i.e asset assets coin coins token tokens pair pairs symbol symbols
    ticker tickers stock stocks etf etfs crypto market markets signal signals indicator indicators level levels
    value values reading readings line lines average style type long-term medium-term swing day intraday trend
    trends following follow follower momentum reversion reversal mean breakout strategy: time times name called
    use using used based via per hey hi hello thanks thank ok okay cheers guys fast only side again still
    already both same whole full total entire account one some any every each other another first second it'll
    thats that's dont don't wait let know looking look check see try trying work works think thinking plan love
    hate now maybe perhaps guess probably price's something thing stuff bit little else whatever period periods
    set setting settings parameter parameters params param default currently consider version conservative
    aggressive entry's exchange binance coinbase position's condition conditions criteria logic portfolio's
    profit's code script pine python json spec config buy's fee fees slippage commission please. tf's holds
    fully mechanical rule-based easy clean minimal pure naked tight data chart's immediately straight instantly
    right away bar's candle's over's confirmed confirmation actually literally obviously honestly etc. thx ty
    fwiw imo btw afaik lol idea: system: rules: hypothesis thesis goal objective play mechanically happens
    happen occurs occur triggered triggers fires appears shows forms happening met true satisfied becomes become
    fresh direction""".split()
)
"""Single words; those that mean something in a phrase of the tables mean that there."""

FILLER_PHRASES: dict[Term, str] = {
    Term("filler"): """
        written out | spelled out | compounding | compound | reinvest | nothing else | nothing else closes it
        | no other exit{,s} | no other filters | no other filters or exits | no exit signal | no other rules
        | no signal exit | no other way out | nothing else closes the trade | no other stops | always in the market
        | profit lock | profit protection | always in | in and out | no other exits or filters""",
}
"""Phrases whose single words mean something elsewhere."""
