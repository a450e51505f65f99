"""Words of ordinary language that differ by one letter from a word of the tables, and mean themselves."""

from __future__ import annotations

_WORDS = (
    "adopting analyses assumed attacked bearing certainly charging charged changed cleaned conform contrast "
    "contact contacts collide concert county content decodes divided editing explore extensive filling finding "
    "forming framing feeding generic halting handlers hanging handing internals inverted invented inverting "
    "leaving leaking loading landing lifting lacking loopback looping markers masking notional noting pointing "
    "patent playing painter pointer property project projecting qualify quantile ringing related remained "
    "retaining retained retains reversing reverted sampler showing sitting sorting sorter shooting spanning "
    "spelling staging stacking staying stating sterling stepped scoring stitching summaries switchers through "
    "thorough trough tracing travers twister watching waiting wording wherever working loaders electron medium "
    "exited exceed passed supported insides outside inside rather another average averaged candles tradeable "
    "tradable tested holding position positive negative percent combine combined entering entered exceeds closed "
    "higher longer between becomes becoming breakeven backtests momentum supertrend stochastic bollinger donchian "
    "keltner ichimoku oscillator "
)

REAL_WORDS = frozenset(_WORDS.split())
