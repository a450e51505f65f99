"""Elements of sessions and protection: exits at a session's edge, stops by structure, stop orders."""

from __future__ import annotations

from agent.language.builtin.screening.elements import Element

SESSION = (
    "(session|market|ny|new york|us|london|cash|regular|days|day|trading day|rth|exchange|stock|asian|asia|european)"
)
OUT = (
    "(sell|selling|exit|exits|close|closing|out|get out|cover|flat|flatten|liquidate|square off|bail|sold|closed|"
    "unwind|be flat|go flat)"
)

SESSIONS = (
    Element(
        "session_open",
        "exit.session_open",
        "an exit at the open or the close of a trading session is an event the spec does not know (overnight "
        "trades live on it, and costs eat most of them)",
        "an exit after a number of bars, or at an hour of the day",
        (
            "(buy|buying|long|enter|entering|hold|get in) ..5 (at|on|into|near|before|from) (the|todays|each|"
            "every)? ..1 (market|session|daily|cash)? close ..8 (sell|selling|exit|out|exiting|close|until|till|to|"
            "cover) ..4 (at|on|the|by|before|next|tomorrow|tomorrows)! ..2 (market|next|session|days|mornings|"
            "morning|day|following|tomorrows)? (open|opening|bell|opening bell)",
            "(overnight) (strategy|trade|hold|holding|effect|anomaly|return|session|drift|gap|only|edge|position)",
            "(hold|holding|held|own|long|hold it|hold only|in)! (only)? overnight (only)?",
            "close to open",
            f"{OUT} ..3 (at|on|by|before|after) (the)? (next|following|tomorrows|mornings)? (market|session|ny|new "
            "york|us|london|cash|regular|rth|exchange|stock) (open|opening|opening bell)",
            f"{OUT} ..2 (at|on|by) (the)? (opening bell|next mornings open|morning open|next morning|bell)",
        ),
        ("(never|no|not|dont|do not|without|avoid|against) ..2 (hold|holding|held|keep|stay|in|open)? ..2 overnight",),
        whole_clause=False,
    ),
    Element(
        "session_close",
        "exit.session_close",
        "an exit at the close of a trading session is an event the spec does not know: it knows bars, hours and "
        "holding times, not an exchange's session",
        "an exit at an hour of the day, or after a number of bars",
        (
            f"{OUT} ..3 # (min|minute|m|hour|h) before (the)? ..1 (close|market close|session close|session end|end "
            "of day|bell|market closes)",
            f"(everything|all|always|all positions|positions|and)? {OUT} (everything|all|it|out|positions|the "
            "position|all positions|any|any open|open positions|trades|all trades|remaining|the rest)? ..1 (at|by|"
            f"before|into|on|near|prior to) (the)? ..1 {SESSION} (close|end|closes|closing|closing bell)",
            f"(everything|all|always|all positions|positions)? {OUT} (everything|all|it|out|positions|the position|"
            "all positions|any|any open positions|open positions|trades|all trades|remaining|the rest|any "
            "position)? (at|by|before|into|on|near|prior to)? (the)? (end of (the)? (day|session|trading day|rth)|"
            "eod|end of day|closing bell|bell|market close|session end|day end)",
            "(flat|flatten|flattened|be flat|go flat|closed out|square off|get flat) ..1 (everything|all|"
            "positions)? (at|by|before|into|on|going into) (the|each|every)? ..1 (close|night|overnight|eod|end of "
            "day|bell)",
            "(flat|flatten|be flat|go flat|out|closed|cash|in cash) (every|each|the|by)? overnight",
            "(no|never|not|dont|do not|avoid|without|nothing) ..2 (hold|holding|held|keep|keeping|carry|carrying|"
            "stay|positions|position|stay in|open)? ..3 overnight (holds|holding|position|positions|risk|exposure)?",
            "(close|exit|sell|out|flat) (everything|all|it|positions|all positions|out)? (at|by|before|on) (the)? "
            "close (every day|each day|daily|same day|of the day|of day|no matter what|regardless)",
            "(buy|long|short|enter|buying) ..3 (at|on) (the)? (market|session|daily|days)? open ..6 (sell|exit|"
            "close|out|cover) ..2 (at|on|by) (the)? (market|session|same days|days)? close",
            "(moc|loc|moo|market on close|market on open|limit on close)!",
            "(exit|close|flat|out) ..1 (at|by) (the)? (day|session) end",
            "(open to close|intraday only|same day exit|day trades only)",
        ),
        (
            "(at|on) (the)? (bar|candle|daily|day|4h|1h|next|hourly) close (if|when|above|below|under|over|once|"
            "only|of the)?",
            "(on|at|by) (the)? (close|open)? ..1 (of)? (the)? (#|first|second|third|fourth|fifth|tenth) (st|nd|rd|th)? "
            "(day|bar|candle|session) (close|open)?",
            "(daily|day|bar|candle) (close|closes) (above|below|under|over|back|<|>|crosses)",
            "(end of (the)? day|eod|end of day|day end) (utc|gmt)",
        ),
    ),
    Element(
        "structural_stop",
        "stop_loss.structure",
        "a stop is a per cent, a multiple of the ATR or a fixed price; one at a bar's low, a line or a swing "
        "cannot be written",
        "a stop in per cent or ATRs",
        (
            "(stop|sl|stop~loss|stops) (loss)? ..2 (at|below|above|under|over|beyond|just below|just above|just "
            "under|behind|underneath|on|=) (the|a|my|our|its)? ..2 (swing|structure|wick|pivot|signal (bar|candle)|"
            "entry (bar|candle)|breakout (bar|candle)|trigger (bar|candle)|setup (bar|candle)|pattern|engulfing|"
            "inside bar|mother bar|hammer|pin bar|support|resistance|range|box|consolidation|opposite side|other "
            "side|fvg|order block|zone|trend line|trendline|neckline|gap) ..2 (low|high|lows|highs|low of|high of|"
            "side|bottom|top|range)?",
            "(stop|sl|stop~loss|stops) (loss)? ..2 (at|below|above|under|over|beyond|just below|just above|just "
            "under|behind) (the|a|its)? (low|high|bottom|top|opposite side|other side|far side|middle|midpoint) of "
            "..4 (candle|bar|day|range|pattern|box|breakout|setup|move|consolidation|swing|session)",
            "(stop|sl|stop~loss) (loss)? ..2 (at|below|above|under|over|beyond|just below|just above) (the)? "
            "(previous|prior|last|recent|todays|yesterdays|that|current|previous day|prior day|opening range|"
            "session|weekly|daily) ..1 (bar|candle|day|days|bars|candles)? (low|high)",
        ),
        ("(buy|sell) stop",),
    ),
    Element(
        "fixed_distance",
        "role.distance",
        "a stop or target is a per cent, ATRs or a price level; a distance in pips, points, ticks or money cannot "
        "be written",
        "the distance in per cent or ATRs",
        (
            "(stop|sl|stop~loss|target|tp|take profit|trailing|trail|trailing stop|profit target|limit|loss|"
            "profit) (loss)? (of|at|is|=|:|to|by|is at|around|after)? (#) (pip|pips|point|points|tick|ticks|cent|"
            "cents|pts|handles|dollars|bucks)!",
            "# (pip|pips|point|points|tick|ticks|cent|cents|pts|handles|dollar|dollars|bucks|usd)! (hard|fixed|"
            "trailing|initial)? (stop|sl|stop~loss|target|tp|take profit|trailing|trail|profit|profit target|loss)",
            "(risk|risking|stop) # (pip|pips|point|points|tick|ticks|pts)!",
            "# (pip|pips|point|points|ticks|pts)! (below|above|from|away from|under) (the)? (entry|open|price|fill)",
            "$ # (stop|target|profit target|stop loss|trailing stop)",
        ),
    ),
    Element(
        "stop_order",
        "execution.stop_entry",
        "an entry is a market or a limit order: a stop order above or below the market cannot be placed",
        "an entry when the bar crosses the level, filled at the next open",
        (
            "(buy|sell) stop (order|orders|entry|entries|at|above|below|just|placed|#|a tick|one tick|few ticks)! "
            "(the (high|low) of the)?",
            "(stop|stop limit) (entry|entries|order|buy order|sell order) (above|below|at|over|under|to enter|to "
            "get in)",
            "(place|placing|put) (a|an)? (buy stop|sell stop|bracket order|oco|straddle order|stop limit)",
            "(stop limit order|oco order|oco|iceberg|twap|post only|fill or kill|bracket order|order ladder|hidden "
            "order|pegged order|peg)!",
        ),
        ("(buy|sell) stop (loss|#)? (#)? (%|percent|atr)",),
    ),
)
