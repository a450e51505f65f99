"""Elements of bars, parameters and the strategy's own past."""

from __future__ import annotations

from agent.language.builtin.screening.elements import Element

PARAMETERS = (
    Element(
        "candle_type",
        "universe.candles",
        "bars are time bars of a minute or longer; other kinds of bars cannot be built",
        "time bars, from a minute to a week",
        (
            "(heikin|heiken|heikenashi|heikinashi|ha)! (ashi|candles|bars|smoothed|chart)? (candle|bar|chart|trend|"
            "close|turn)?",
            "(renko|kagi|point and figure|p & f|three line break^|line break (chart|bar|candle|brick)|range bar|range "
            "bars|tick bar|tick bars|volume bars|dollar bars|delta bars|range chart|tick chart|tick charts|tick data|"
            "tick by tick|volume candles) (brick|box|chart|bar|candle)? (size|flip|reversal)?",
            "# (tick|range)! (chart|bar|candle|bars|candles)",
            "(on|in|every)? (#|one|five|ten|fifteen|thirty) (second|seconds|sec|secs|millisecond|milliseconds|ms)! "
            "(chart|candle|bar|timeframe|tf|scalp|scalping|bars|candles|interval|data)?",
            "(1|2|3|5|10|15|30|45)s! (chart|candle|bar|timeframe|tf|scalp|bars|candles)",
            "(hft|high frequency|ultra low latency|sub second|microsecond)",
        ),
        ("(every|after|for|within|wait) # (seconds|sec) ..2 (delay|timeout)",),
    ),
    Element(
        "dynamic_length",
        "indicators.dynamic_length",
        "the length of an indicator is fixed: one that adapts or changes with the market cannot be written",
        "variants with several fixed lengths",
        (
            "(dynamic|adaptive|variable|self adjusting|self adapting|self tuning|auto adjusting|automatic|auto|"
            "changing|flexible|volatility adjusted|volatility based|vol scaled) ..1 (length|lookback|look back|"
            "period|window|parameter|parameters|threshold|thresholds|setting|settings|multiplier|level|levels|"
            "supertrend|rsi|bollinger|bands|ema|sma|channel|donchian|zscore|macd|breakout (ii|2|system)?)",
            "dynamic break~out (ii|2|two|system)?",
            "(length|lookback|look back|period|window|parameter|threshold|multiplier)! ..5 (scale|scales|scaled|"
            "adapt|adapts|adapting|adjust|adjusts|adjusted|adjusting|vary|varies|varying|change|changes|changing|"
            "depend|depends|expand|expands|shrink|shrinks|grow|grows|lengthen|lengthens|shorten|shortens|set|tuned|"
            "moves) (with|to|by|on|according|based|as|when|if|automatically|dynamically|inversely|depending|itself|"
            "proportional)",
            "(clamp|clamped|bounded|cap|capped|limited|limit) ..2 (between)? # (to|and)? #",
            "(adapt|adapts|adjust|adjusts) (the|its|to)? ..1 (length|lookback|period|window|parameter|volatility|"
            "market condition|regime|dominant cycle)",
            "(dominant cycle|cycle length|half the cycle|ehlers|mesa adaptive|frama|vidya|jurik|jma)!",
        ),
        (
            "(kaufman|kama)",
            "adaptive moving average",
            "(dynamic|adaptive) (support|resistance|stop|trailing)",
            "(limit|cap|limited|capped) ..3 (position|leverage|exposure|trade|order|drawdown|loss|risk)",
        ),
        whole_clause=True,
    ),
    Element(
        "reoptimise",
        "indicators.reoptimise",
        "parameters are fixed within a strategy: it cannot optimise or retrain itself on the way",
        "a search of parameters outside the strategy, judged by walk-forward",
        (
            "(re~optimize|re~optimise|reoptimize|reoptimise|reoptimizes|reoptimized|re~fit|refit|refits|re~train|"
            "retrain|retrains|retrained|re~calibrate|recalibrate|recalibrated|re~tune|re~estimate) ..3 (every|each|"
            "weekly|monthly|daily|quarterly|periodically|rolling|annually|yearly|on|parameters|model|it|once|"
            "after)? ..3 (week|month|day|quarter|year|bars|days|weeks|months|trades)?",
            "(optimize|optimise|tune|update|refresh|pick|choose|recompute) ..2 (parameter|setting|length|weights)! "
            "(every|each|weekly|monthly|daily|on a rolling|automatically|as it goes)",
            "walk~forward (optimize|optimise|optimization|optimisation|optimized|optimised) (inside|each|every|"
            "monthly|weekly|within|of the parameters)",
            "(self|auto)~optimizing",
            "(self learning|self improving|learns from|learn from) ..2 (mistake|trade|losses|past trades|itself|data)?",
        ),
    ),
    Element(
        "trade_history",
        "role.trade_history",
        "a rule cannot read the strategy's own past trades",
        "a cooldown after an exit, or a largest daily loss",
        (
            "(if|when|only if|only when|skip|unless|after) ..2 (the|my|previous|last|prior|a)? (last|previous|"
            "prior)! ..1 (trade|signal|breakout|position|entry|# trades) (was|is|were|lost|won|would have been|had "
            "been|made|hit|ended|closed)! ..2 (a|an)? (loser|winner|loss|win|profitable|losing|winning|stopped out|"
            "money|the stop|stop|target|profit|negative|positive)?",
            "(after|following) (a|an|each|every|any|#|two|three|four|five)! (losing|winning|consecutive|successive|"
            "straight|bad|good)? ..1 (loss|losses|win|wins|loser|losers|winner|winners|stop outs|losing trade|"
            "losing trades|winning trade|winning trades|losers)! (in a row|in row|consecutively)?",
            "(#|two|three|four|five|consecutive|straight|successive) (losses|losing trades|losers|wins|winning "
            "trades|winners|stop outs|loss|stopouts) (in a row|in row|streak|consecutively)?",
            "(losing|winning|loss|win) streak",
            "(equity curve|my equity|strategy equity|the equity curve) (is|above|below|trading|filter|crosses|"
            "falls|drops|goes|under|over|sma|moving)",
        ),
        ("max_*", "after a (stop|exit)", "(# )?wins (per|on average)"),
    ),
    Element(
        "conditional_size",
        "sizing.conditional",
        "a spec has one size rule: a size that changes with a signal, a regime or results cannot be written",
        "one size, a volatility target or a fixed risk per trade",
        (
            "(double|half|halve|reduce|increase|bigger|smaller|larger|lower|cut|full|raise|scale up|scale down|"
            "quarter|boost|triple|more|less) (the|my|position|trade|bet)? ..1 (size|sizing|exposure|position|risk|"
            "stake|allocation|leverage)! (when|if|after|during|while|on|in|by half when|as|unless|until|following|"
            "with higher|with more|above|below)",
            "size (up|down) (when|if|after|on|in|as|during|with)",
            "(size|risk|exposure|allocation) (depends|depending|varies|scales|based|increases|grows|scaled|"
            "proportional|changes) (on|with|to|by|as|according) ..1 (conviction|confidence|signal|strength|score|"
            "trend|momentum|how|rsi|conditions|results|regime|streak|adx)!",
            "(half|full|quarter|double) (size|position|exposure) (if|when|in|above|below|otherwise|else)",
            "(conviction|confidence) (sizing|based|weighted|level|score)",
        ),
        (
            "(reduce|increase|cut|lower|raise) (size|risk|exposure|leverage|position|the size|the risk|my size) "
            "(to|by) #",
        ),
    ),
    Element(
        "trade_count_limit",
        "risk.trades_per_day",
        "orders can be limited per hour, but a number of trades per day, session or week cannot be written",
        "a limit of orders per hour, or a cooldown after each exit",
        (
            "(max|maximum|only|at most|up to|no more than|limit|limited|limit of|limit to|just|not more than|allow|"
            "take|maximum of|max of|limited to)! (of|to)? (#|one|two|three|four|five|a|single|1)! (trade|entry|"
            "signal|position|long|order|setup|attempt) (max|maximum)? (per|a|each|every|/|in a|in one) (day|"
            "session|week|month|morning|asset per day|symbol per day|direction)",
            "(#|one|two|three|single) (trade|entry|trades|entries|attempt|attempts) (max|maximum|only)? (per|a|"
            "each|every|/) (day|session|week|month|morning) (max|maximum|only)?",
            "(once|twice|one time) (per|a|each) (day|session|week|month) (only|max|maximum)?",
            "(max|maximum|at most|up to|no more than|not more than|never more than|limit|limited to|limit to)! "
            "(#|one|two|three|four|five|a single)! (per|a|each|every|/) (day|session|week|month|morning)!",
            "(max|maximum|only|at most|up to|no more than|not more than|never more than|limit|limited to|limit to)! "
            "(#|one|two|three|four|five|a single)! (trade|entry|signal|order|setup|attempt|buy) (daily|weekly|"
            "monthly)!",
            "(first|only the first) (signal|trade|breakout|setup|cross) (of|each|every|per) (the)? (day|session|"
            "week|month) (only)?",
        ),
        ("(check|checked|evaluate|run|look|checks|rebalance|update) ..2 (once|twice) (per|a|each)",),
    ),
    Element(
        "period_limit",
        "risk.period_limit",
        "a loss can be limited per UTC day and a drawdown overall; weekly or monthly limits and profit goals that "
        "stop trading cannot be written",
        "a largest daily loss or a largest drawdown",
        (
            "(weekly|monthly|yearly) (max|maximum)? (loss|drawdown|profit|risk) (limit|cap|target|goal|of|max|stop)",
            "(max|maximum) (weekly|monthly|yearly|loss per week|loss per month) ..1 (loss|drawdown|risk)?",
            "(daily|session) (profit|gain) (target|goal|limit|cap|lock)",
            "(stop|quit|done|pause|halt) (trading)? (for the (day|week|month))? (after|once|when|if) ..2 (made|"
            "making|up|gaining|gain|profit of|earned|in profit|profit|reached|hit my target)",
        ),
    ),
    Element(
        "strategy_switch",
        "signals.switch",
        "a spec is one strategy: switching between several by regime cannot be written",
        "one spec for each, or both rules as alternatives with their filters",
        (
            "(switch|switches|switching|alternate|toggle|rotate|choose) (between|among|from) ..6 (strategies|"
            "systems|modes|regimes|models|trend following and|mean reversion and|approaches)",
            "(combine|portfolio of|mix of|blend of|ensemble of|vote of|voting) ..2 (strategies|systems|models)",
        ),
    ),
)
