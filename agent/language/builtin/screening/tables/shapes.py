"""Elements that are read off a chart by eye: divergences, patterns, lines, zones, swings, waves."""

from __future__ import annotations

from agent.language.builtin.screening.elements import Element

ON_WHAT = (
    "((on|in|of|between|with|from|vs) (the|its)? (price|rsi^|macd^|stoch^|stochastic|obv|cci^|mfi^|momentum|"
    "indicator|oscillator|volume|chart|histogram|ao|tsi) ((and|&|vs|versus|/) (the|its)? (price|rsi^|macd^|stoch^|"
    "stochastic|obv|cci^|mfi^|momentum|indicator|oscillator|volume|histogram))?)?"
)
SWING = "(swing|pivot|fractal|structural|structure)"

SHAPES = (
    Element(
        "divergence",
        "role.divergence",
        "a divergence compares pivot points of price and indicator, which a spec cannot describe",
        "a level or a cross of the indicator together with a new high or low of the last bars",
        (
            "((bullish|bearish|hidden|regular|positive|negative|classic|classical|exaggerated|bull|bear|strong) "
            "..1)? ((bullish|bearish|hidden|regular) )?(rsi^|macd^|stoch^|stochastic|obv|cci^|mfi^|momentum|price|"
            "volume|oscillator|indicator)? (bullish|bearish|hidden|regular)? (divergence|divergent|diverging|"
            f"diverges|diverge|diverged) {ON_WHAT}",
            "(price|it) (makes|making|prints|printing|made|sets|forms|puts in) (a|new)? (lower low|higher high|"
            "lower high|higher low|new low|new high) ..2 (while|but|and|as|whereas|with) (the)? (rsi^|macd^|stoch^|"
            "obv|cci^|mfi^|momentum|indicator|oscillator|histogram) (does not|doesnt|makes|making|prints|printing|"
            "fails to|made|does|sets|forms|has)? (a|not)? (lower low|higher low|lower high|higher high|confirm|"
            "follow)?",
        ),
        (
            "(convergence|conv) (and|&|/)? (divergence|div)",
            "(diverge|diverges|diverging) ..2 from ..3 (average|sma^|ema^|vwap|mean)",
        ),
        definition=True,
    ),
    Element(
        "chart_pattern",
        "role.pattern",
        "chart patterns are drawn by eye and have no measurable definition in a spec",
        "measurable conditions such as a close above the highest high of the last bars",
        (
            "(inverse|inverted|reverse)? head (and|n|&|-)? shoulder (pattern|neckline|breakout)?",
            "(bull|bear|bullish|bearish|high tight) (flag|pennant) (pattern|breakout)?",
            "(flag|pennant|wedge|rectangle|diamond) (pattern|formation|breakout|breakdown)",
            "(rising|falling|ascending|descending|broadening|expanding|ending) (wedge|triangle|diagonal|flag)",
            "(ascending|descending|symmetrical|symmetric)? triangle (pattern|formation|breakout|breakdown)?",
            "(pennant|wedge|neckline)",
            "cup (and|n|&|with)? (a)? handle (pattern|breakout)?",
            "(double|triple) (top|bottom) (pattern|formation|breakout|reversal)?",
            "(rounding|rounded|saucer|v shaped|v|adam and eve) (bottom|top|reversal)",
            "(chart|price action|classical|reversal|continuation) (pattern|formation)",
            "(island reversal|dead cat bounce|megaphone|broadening formation|bump and run|quasimodo|three drives|"
            "measured move|volatility contraction pattern|vcp)",
        ),
        ("triangular", "cup of"),
        definition=True,
    ),
    Element(
        "candle_pattern",
        "role.pattern",
        "this candlestick pattern has no one numeric definition in a spec",
        "the pattern in opens, highs, lows and closes of the bars (close above the open, body larger than the bar "
        "before)",
        (
            "(bullish|bearish)? (candlestick|candle|japanese candle) (pattern|formation|reversal pattern|signal)",
            "(morning|evening) (doji)? star",
            "three (white soldiers|black crows|inside up|inside down|outside up|outside down|line strike)",
            "(bullish|bearish)? (harami|piercing line|piercing pattern|dark cloud cover|hanging man|tweezer (top|"
            "bottom)|tweezers|abandoned baby|spinning top|marubozu|kicker pattern|belt hold)",
            "(bullish|bearish|inverted|hanging)? (hammer|shooting star|pin bar|pinbar) "
            "(candle|candlestick|bar|pattern|close)?",
            "(rejection|exhaustion|indecision|reversal|confirmation|momentum) (candle|wick)",
        ),
        (
            "(hammer|shooting star|pin bar|pinbar) (candle|candlestick|bar|pattern)? (:|=|meaning|means|ie|where|"
            "is a|with)",
        ),
    ),
    Element(
        "trend_line",
        "role.trend_line",
        "trend lines and drawn channels are placed by eye and cannot be written in a spec",
        "a moving average, a Donchian channel or the highest high of the last bars",
        (
            "(ascending|descending|rising|falling|downward|upward|diagonal|drawn|my|the|a|counter|key|major)? "
            "(trend~line) (break|breakout|bounce|support|resistance|touch)?",
            "(diagonal|dynamic drawn) (support|resistance|line)",
            "(parallel|ascending|descending|rising|falling|trend|regression|equidistant|price action) channel "
            "(break|breakout|bounce)?",
            "(andrews)? (pitchfork|gann fan|gann line|gann angle|gann box|gann|speed line|fan line)",
            "(draw|drawn|drawing) ..3 (line|level|zone|box|channel)",
            "linear regression channel",
        ),
        ("as (a|the|my|its)? trend~line", "(sma^|ema^|average) trend~line", "(donchian|keltner|price) channel"),
    ),
    Element(
        "support_resistance",
        "role.zone",
        "support and resistance zones are drawn by judgement and have no formula in a spec",
        "the highest high or lowest low of a number of bars",
        (
            "(retest|retests|re~test|retesting) (of)? (the|a|that)? (broken|breakout|old|key|prior|previous)? "
            "(level|zone|line|resistance|support|area|structure)",
            "(support|resistance) (and|or|&|/|n) (support|resistance|supports) (zone|level|area|line|flip)?",
            "(s/r|s / r|s&r|s & r|snr|sr) (zone|level|area|line|flip)",
            "(key|major|strong|strongest|horizontal|daily|weekly|monthly|nearest|next|previous|prior|important|"
            "significant|hourly|4h|historical|psychological|broken|old|clear|static|intraday|higher timeframe|htf|"
            "last|recent|main|solid) (support|resistance|demand|supply) (zone|level|area|line)?",
            "(support|resistance) (zone|level|area|region|turned|becomes|flip)",
            "(at|near|off|above|below|to|from|through|hits|reaches|touches|breaks|breaking|break of|bounces off|"
            "bounce off|bounce from|holds|rejects|rejected at|under|over) (the|a|its|some)? (support|resistance)",
            "(key|important|major|round number|psychological|round) (level|price level|number)",
            "(horizontal|price) (zone|level) (drawn|i draw|on the chart)",
        ),
        (
            "(sma^|ema^|average|band|vwap|kijun|supertrend|line|donchian) ..1 (as|is|acts as|acting as) (the|a)? "
            "(support|resistance)",
            "as (a|the|my|dynamic)? (support|resistance)",
        ),
    ),
    Element(
        "fibonacci",
        "role.fibonacci",
        "Fibonacci levels need the two ends of a swing, which a spec cannot find",
        "a pullback of a stated per cent from the highest high of the last bars",
        (
            "((#|50) (%)? ..1)? (fib|fibs|fibo|fibonacci|fibbonacci|fibonnaci|fibonaci) (retracement|retrace|level|"
            "extension|pullback|zone|fan|projection|target|ratio|cluster|arc|time zone)? ((of|at|from) ..4 (swing|"
            "move|leg|impulse|rally))? ((at|of|around|to)? # (%)?)?",
            "(golden (pocket|ratio|zone)|ote|optimal trade entry)",
            "(#)? (%)? (retracement) (of|level|zone|from) ..3 (swing|move|leg|impulse|rally|range|level|zone|fib)?",
            "(retraces|retrace|retraced|retracing) ..2 # (%|percent)? (of)? (the|its)? (last|prior|previous)? "
            "(swing|move|leg|impulse|rally|range)?",
            "(0.618|0.382|0.786|61.8|38.2|78.6|0.236|23.6|1.618|161.8)! (%)? (level|retracement|extension|zone|"
            "pullback|line)",
        ),
        ("fibonacci (number|sequence|length|ema|sma|ma|average)", "fib (ema|sma|ma)"),
    ),
    Element(
        "waves",
        "role.waves",
        "wave counts and harmonic patterns depend on hand-marked swings, which a spec cannot find",
        "a momentum or breakout rule on a stated number of bars",
        (
            "(elliott|elliot|eliott|eliot) (wave|count|theory)? (#)?",
            "wave (count|theory|analysis|1|2|3|4|5|a|b|c|three|five|four|two|one)! (of)?",
            "(impulse|corrective|motive) wave",
            "harmonic (pattern|trading|setup)?",
            "(gartley|wolfe wave|abcd pattern|ab cd|ab=cd)",
            "(bat|butterfly|crab|cypher|shark|deep crab) (pattern|harmonic)",
            "(wyckoff|wyckoffian) (spring|accumulation|distribution|schematic|phase|method)?",
        ),
        ("butterfly (spread|option)",),
    ),
    Element(
        "swing_point",
        "role.swing",
        "a swing point is only confirmed by later bars, which a spec does not see",
        "the highest high or lowest low of a stated number of bars",
        (
            "(recent|last|latest|previous|prior|nearest|major|minor|most recent|significant|key|local|new|the|a|"
            f"confirmed)? {SWING} (high|low|point|top|bottom) (break|breakout)?",
            "(williams)? fractal (break|breakout|high|low|signal)?",
            "(zigzag|zig zag) (indicator|pivot|high|low|leg)?",
            "(higher highs and higher lows|lower highs and lower lows|higher lows and higher highs|lower lows and "
            "lower highs|hh hl|lh ll|hh/hl|series of higher (highs|lows))",
        ),
        (
            "# (bar|day|candle|period|week|hour)s! ..1 (swing|pivot) (high|low)",
            "# (bar|day|candle|period|week|hour) (swing|pivot) (high|low)",
            "(swing|pivot) (high|low) ..4 # (bar|day|candle|period|week|hour)",
            "pivot point",
        ),
    ),
)
