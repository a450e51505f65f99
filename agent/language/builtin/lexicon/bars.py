"""Words of what a bar has and looks like, of extremes and patterns of bars."""

from __future__ import annotations

from agent.language.builtin.lexicon.terms import Term

FIELDS: dict[str, str] = {
    "close": """
        price | prices | close | closes | closing price | the market | spot price | last price | market price
        | closing | closed | candles close | close price | finishes | finish | finishing | ends | settles
        | current price | last close | the {stock,share,coin,asset,etf} | stock price | share price""",
    "open": "open | opening price | open price | opens | todays open | day open | days open",
    "high": "high | highs | high price",
    "low": "low | lows | low price",
    "volume": "volume | vol | trading volume | volumes | traded volume | bar volume",
    "hlc3": "typical price | hlc3 | hlc/3 | (h+l+c)/3",
    "hl2": "median price | hl2 | mid price | midpoint | hl/2",
    "ohlc4": "ohlc4",
}
"""Fields of a bar."""

BARS: dict[Term, str] = {
    Term("extreme", ("highest", "high")): "highest high | highest highs | hh | max high | swing high",
    Term("extreme", ("highest", "close")): """
        highest close | max close | highest closing price | highest closing | highest price""",
    Term("extreme", ("lowest", "low")): "lowest low | lowest lows | ll | min low | swing low",
    Term("extreme", ("lowest", "close")): """
        lowest close | min close | lowest closing price | lowest closing | lowest price""",
    Term("extreme", ("highest", None)): "highest | maximum of",
    Term("extreme", ("lowest", None)): "lowest | minimum of",
    Term("peak"): "ceiling | peak{,s} | floor | trough{,s}",
    Term("unknown_extreme"): "all time high | ath",
    Term("new"): "new",
    Term("average"): "average | avg | mean | averages",
    Term("previous"): """
        previous | prev | prior | last | preceding | yesterday | yesterdays | past | the last | the previous
        | earlier""",
    Term("current"): "today | todays | current | this | the current | latest | now",
    Term("ago"): "ago | earlier than | before | back",
    Term("row"): """
        bars in a row | candles in a row | in a row | straight | consecutive | consecutively | running | successive
        | back to back""",
    Term("candle", "up"): """
        green one{,s} | green candle{,s} | green bar{,s} | bullish candle{,s} | up candle{,s} | up bar{,s} | up day{,s}
        | green day{,s} | up close{,s} | bullish bar{,s} | bull candle{,s} | green close{,s} | higher close{,s}
        | white candle{,s} | bullish close{,s}""",
    Term("candle", "down"): """
        red one{,s} | red candle{,s} | red bar{,s} | bearish candle{,s} | down candle{,s} | down bar{,s} | down day{,s}
        | red day{,s} | down close{,s} | bearish bar{,s} | bear candle{,s} | red close{,s} | lower close{,s}
        | black candle{,s} | bearish close{,s}""",
    Term("shape", "bullish_engulfing"): """
        green engulfing | engulfing green
        | bullish engulfing | bullish engulf | engulfing bullish | bull engulfing | bullish engulfing candle
        | bullish engulfing bar | bullish engulfing pattern""",
    Term("shape", "bearish_engulfing"): """
        red engulfing | engulfing red
        | bearish engulfing | bearish engulf | engulfing bearish | bear engulfing | bearish engulfing candle
        | bearish engulfing bar | bearish engulfing pattern""",
    Term("shape", "engulfing"): """
        engulfing | engulfing {candle,bar,pattern} | an engulfing candle
        | engulf{s,ed} the {previous,prior,last} {one,candle,bar} | engulf{s,ed} it | engulf{s,ed}""",
    Term("shape", "inside_bar"): "inside bar | inside day | inside candle",
    Term("shape", "outside_bar"): "outside bar | outside day",
    Term("gap", "up"): "gap up | gaps up | gapped up | gapping up | opens higher | gap higher | gaps higher",
    Term("gap", "down"): "gap down | gaps down | gapped down | gapping down | opens lower | gap lower | gaps lower",
    Term("squeeze"): "squeeze",
    Term("slope"): "slope | slopes",
    Term("setup", "golden_cross"): "golden cross | golden crossover",
    Term("setup", "death_cross"): "death cross | death crossover",
}
