"""Moves, signals, styles and volumes without a measure."""

from __future__ import annotations

from agent.language.builtin.screening.vague_words import VagueWords

VERY = "(very|super|really|extra|ultra|quite|pretty|fairly|so|too|rather|relatively|reasonably|somewhat)"
STRONG = (
    "(significant|strong|big|large|sharp|huge|sudden|major|notable|sizeable|sizable|decent|nice|solid|good|"
    "substantial|considerable|massive|serious|violent|extreme|powerful|steep|heavy|hard|meaningful|noticeable|"
    "unusual|abnormal|deep|small|slight|minor|quick|fast|rapid|explosive)"
)
MOVE = (
    "(move|rise|drop|fall|jump|spike|dip|pullback|pull back|rally|surge|decline|gain|increase|decrease|selloff|"
    "sell off|crash|bounce|correction|gap|push|momentum|trend|uptrend|downtrend|reversal|retracement|candle|"
    "breakout|impulse|pump|dump|volatility|swing|change|acceleration|thrust|strength|weakness|buying|selling|bar|"
    "slope)"
)

SIGNALS = (
    VagueWords(
        "entry",
        "what exactly is the condition: which measure, over how many bars, how large?",
        (
            f"(on|any|a|an|the|every|each|after|with|in|when there is|is)? ({VERY} )?{STRONG} (upward|downward|up|"
            f"down|bullish|bearish|green|red|price|directional|intraday|short term)? {MOVE} (up|down|higher|lower|"
            "upward|downward|upwards|downwards)?",
            f"{MOVE} ..1 (is|was|looks|gets|being) ({VERY} )?(strong|significant|big|large|sharp|huge|weak|extreme|"
            "high|low)",
            "(moves|move|moving|jumps|drops|falls|rises|spikes|goes up|goes down|rallies|sells off|pulls back) (a "
            "lot|significantly|strongly|sharply|hard|fast|quickly|substantially|massively|heavily|suddenly|a bit|"
            "slightly|considerably|too much|too far|enough)",
        ),
        "told",
        (
            "strong (trend|momentum|uptrend|downtrend) ..3 (adx|above|#|:|=)",
            "(big|large|small|strong) (cap|body|bodied)",
            "deep learning",
            "(fast|slow) (and|/|line|ma|ema|sma)",
            "(strength) index",
            "quick (test|backtest|check)",
            "trend (filter|following|system|line)",
            "hard stop",
        ),
        conjunct=True,
    ),
    VagueWords(
        "entry",
        "what exactly is that state: which measure above or below which level?",
        (
            "((overall|general|short term|long term|higher|main|major|underlying|market|price|macro) ..1)? (trend is|"
            "trends) "
            "..1 (up|down|uptrend|downtrend|bull market|bear market|trending market|bullish|bearish|intact|strong|"
            "healthy)!",
            "(in|during|inside) (an|a|the)? ..1 (uptrend|downtrend|bull market|bear market|bull trend|bear trend|"
            "trending "
            "market|bullish trend|bearish trend|clear trend|strong trend|bullish market|bearish market)!",
            "(and|plus|but|while)! (in|the trend is|its|it is|there is)? (a|an|the)? ..1 (uptrend|downtrend|bull "
            "market|bear market)! //",
            "(sideways|choppy|ranging|range bound|rangebound|consolidating|consolidates|consolidation|quiet|calm|"
            "trending) (market|price|phase|period|day|conditions)?",
            "(high|low|elevated|extreme|rising|falling|increasing|enough|normal|heightened|reduced) (volatility|vol)!",
            "(tight|narrow) (range|consolidation|base)",
            "(with|plus|and|needs|need|wait for|after|on)? (volume|momentum|trend|price|candle|bullish|bearish|strong|"
            "extra)? "
            "(confirmation|confirms|confirmed|confirming) (candle|bar|signal|needed)?",
        ),
        "told",
        (
            "(volatility) (target|targeting|filter|sizing|based|adjusted|index|stop)",
            "(in|out of) ..1 (uptrend|downtrend|bull market|bear market) ..3 (close|price|above|below|sma^|ema^|=|"
            "defined|adx)",
            "(for|suit|suits|like|likes|loves|works|work|made for|meant for|good in|best in|designed for) ..3 "
            "(sideways|choppy|ranging|range bound|trending|bull|bear|up trending) (market|phase|period|condition)",
            "(works|work|good|best|great|suited|fine) ..2 (in|during) (a|an|the)? ..1 (uptrend|downtrend|bull "
            "market|bear market)",
            "trend is (up|down) ..4 (sma^|ema^|average|when|if|above|below|=)",
            "(st^|supertrend|macd|ema^|sma^|average|line|obv|adx^|histogram|hist) ..2 (trend is|trends|in (an|a|"
            "the)?) ..1 "
            "(up|down|uptrend|downtrend|bullish|bearish)",
        ),
        conjunct=True,
    ),
    VagueWords(
        "entry",
        "what exactly triggers the entry: which measure crosses which level?",
        (
            "(jump|hop|dive|pile|ape) in (when|on|if|at)? (the)? (right|good|time|moment|early|quick|quickly|any)?",
            "(good|nice|right|best|great|perfect|optimal|clean|solid|ideal|high probability|a+|proper|favorable|"
            "favourable|attractive) (entry|entries|setup|moment|time to (buy|enter|sell|get in)|opportunity|"
            "opportunities|signal|conditions|price|spot|trade)",
            "(momentum|technical|trend|buy|sell|entry|reversal|breakout|trading|strong|mean reversion|bullish|"
            "bearish|long|short|price action) (signals|signal|setup|setups)!",
            "(when|once|if|whenever|as|after|until) (it|price|the price|the market|market|btc|bitcoin|eth|the coin|"
            "the stock|they|the asset|things|momentum|the trend) ..1 (dips|dip|recovers|recover|pumps|pump|dumps|"
            "dump|moons|drops|falls|rises|crashes|bounces|bounce|pulls back|goes up|goes down|rallies|turns|turns "
            "around|reverses|breaks out|breaks down|retraces|retrace|corrects|is low|is high|is cheap|is down|is "
            "up|tanks|spikes|goes sideways|explodes|picks up|calms down|rebounds|starts moving|starts to move|"
            "moves|shifts|flips|is right|is trending|is going up|is going down|is moving|comes back|settles|"
            "stabilizes|is expensive|climbs|slides|cools off|heats up|looks good)!",
            "(when|if|once|as soon as|after) (the)? trend (changes|change|turns|reverses|shifts|flips|ends|is over|"
            "starts|begins)!",
            "(price|it) is (low|high|cheap|expensive|too high|too low|down|up)!",
        ),
        "clause",
        (
            "momentum signal ..2 (=|:|is|when|if)",
            "(signal|macd) line",
            "signal (exit|period|length|cross)",
            "(buy|sell|long|short|entry|exit) signal ..2 (:|=|is|are|when|if|on)",
            "(opposite|reverse|same|exit|entry|no|each|per|every|the|next|first|this|that|a) (buy|sell|long|short|"
            "entry|exit)? signal",
            "sell signal",
            "(when|if) (it|price) (drops|falls|rises|dips|moves|crashes|pumps|dumps|climbs|spikes|rallies|bounces|"
            "pulls back|recovers|comes back|breaks out|breaks down|reverses|turns|flips) ..3 (#|below|above|under|"
            "over|to|through|back|off|from|into|outside|out of|down to|up to|towards|inside|of|between|against|"
            "positive|negative|green|red|again)",
            "(turns|flips|reverses) (the)? (other way|up|down|around|bullish|bearish|back|over)",
        ),
    ),
    VagueWords(
        "entry",
        "what exactly triggers the trade: which measure crosses which level?",
        (
            "(buy|buying|long|sell|selling|short|fade|play|trade|catch|grab) (the|every|any|all|some|on|at|its|"
            "those)? ..1 (dip|dips|rip|rips|weakness|strength|pullback|pullbacks|bounce|bounces|breakouts|rallies|"
            "tops|bottoms|spikes|momentum|trend|trends|swings|reversal|reversals|volatility|crash|pump|pumps|dumps|"
            "knife|bottom|top)!",
            "(buy|buying) (it|low|cheap|when low|when cheap) ..1 (and|,|&)? (sell|selling) (it|high|expensive|when "
            "high)",
        ),
        "rule",
        (
            "(buy|long|sell|short) (the)? (breakout|bottom|top|trend) (of|above|below)",
            "(low|lower|high|upper) (band|bb|bollinger|level|channel|line)",
        ),
    ),
    VagueWords(
        "entry",
        "which rule is that style: which indicator or price level starts a trade?",
        (
            "(super|simple|basic|good|some|a|my|nice|solid|classic|pure|systematic|profitable|winning|robust)? ..1 "
            "(trend following|trend follower|trend follow|trend-following|momentum|mean reversion|mean reverting|"
            "scalping|scalp|scalper|swing trading|swing trade|breakout|reversal|day trading|contrarian|price "
            "action|buy the dip|volatility breakout|quant|algorithmic) (strategy|system|bot|approach|style|algo|"
            "model|trading|thing|setup)?",
            "(profitable|winning|good|best|working|robust|simple|easy|great|killer|solid|awesome|cool) (strategy|"
            "system|bot|algo|setup)",
        ),
        "rule",
        ("# (month|day|week|bar|period|year|d|m) ..3 momentum", "momentum ..2 # (month|day|week|bar|period|year)"),
        "build",
    ),
    VagueWords(
        "entry",
        "how much volume is that: how many times the average of how many bars?",
        (
            f"(on|with|in|and|plus|when there is|when|requires|needs)? ({VERY} )?(high|heavy|strong|big|low|unusual|"
            "increased|increasing|elevated|abnormal|huge|large|good|decent|significant|massive|rising|expanding|"
            "extra|enough|higher|more|lower|solid|above normal|extreme|thin|light|weak|sufficient) (trading|buying|"
            "selling|relative)? volume (spike|surge)? //",
            "(volume) (spike|spikes|surge|surges|burst|explosion|confirmation|confirms|confirming|confirmed|picks "
            "up|expands|expansion|explodes|dries up|jumps|is high|is low|is strong|is up|is big|is heavy|is good|"
            "is rising|is elevated|is unusual|increases|climax|kicks in|comes in|breakout|supports|to confirm|"
            "behind it|filter)!",
            "(spike|surge|burst|increase|jump|pickup|rise) in (trading)? volume",
            "(on|with|confirmed by|supported by) volume //",
        ),
        "told",
        (
            "volume ..2 (above|over|>|below|<|greater|higher than|times|x|average|avg|sma^|ema^|than)",
            "volume (of|at|is|spike|surge|:|=)? ..1 # (x|times|%|k|million|shares|bar|day|period)?",
            "(higher|lower|more|rising|increasing) volume than",
            "rising volume ..3 (in a row|bar|day)",
            "(above|over|below|#) ..2 average volume",
        ),
        conjunct=True,
    ),
    VagueWords(
        "role",
        "how near is near, in per cent or ATRs?",
        (
            "(near|close to|around|approaches|approaching|nears|within reach of|just above|just below|slightly "
            "above|slightly below|not far from|hugging) (the|its|a)? ..2 (lower|upper|middle)? (band|bands|average|"
            "sma^|ema^|vwap|line|support|resistance|low|high|channel|moving average)!",
        ),
        "around",
        ("(just|slightly) (above|below) (#)", "(market|session|day) (close|open)"),
    ),
)
