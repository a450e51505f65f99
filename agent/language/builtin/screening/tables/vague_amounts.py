"""Lengths, assets, sizes, leverage and times without a number."""

from __future__ import annotations

from agent.language.builtin.screening.vague_words import VagueWords

VERY = "(very|super|really|extra|ultra|quite|pretty|fairly|so|too|rather|relatively|reasonably|somewhat)"
ALTS = (
    "(coin|altcoin|alt|token|crypto|cryptos|cryptocurrency|stock|pair|market|asset|etf|perp|meme~coin|memecoin|"
    "shitcoin|microcap|share|instrument|name|ticker|index|commodity|future|currency)"
)
AVERAGE = "(moving average|average|ma|sma|ema|mean|moving averages|mas|smas|emas|wma)"

FIGURES = (
    "(number|setting|parameter|param|length|period|multiplier|level|value|detail|figure|threshold|lookback|factor|"
    "exact value|input)"
)

AMOUNTS = (
    VagueWords(
        "sizing",
        "which volatility a year is the target, in per cent?",
        ("(vol|volatility) (targeted|targeting|scaled)!",),
        "near",
        (),
        "build",
    ),
    VagueWords(
        "indicators.length",
        "which averages with which lengths?",
        (
            f"(short|long|medium|mid|intermediate|near|longer|shorter) ~term (moving|exponential|simple)? {AVERAGE}",
            "(a|the|its|some|two|three|both|faster|slower)? (short|long|medium|fast|slow|quick|longer|shorter|"
            f"faster|slower|slowest|fastest) (moving|exponential|simple)? {AVERAGE} (and (a|the)? (slow|long|fast|"
            "short) (one|ma|ema|sma|moving average)?)?",
            "(some|any|certain|different|various|several|two|three|a couple of|a few|multiple|many|the right|best|"
            f"optimal) (moving|exponential|simple)? {AVERAGE}",
        ),
        "sentence",
        ("(fast|slow|long|short) (ma|ema|sma|average|moving average) (length|period|of|is|=|:|to) ..2 #",),
        "build",
    ),
    VagueWords(
        "indicators.length",
        "which numbers: lengths (periods), multipliers, levels?",
        (
            f"{FIGURES} ..2 (tbd|tba|tbc|to be (decided|determined|defined|confirmed)|unknown|unclear|undecided|not "
            f"decided|"
            "still open|pending|come later|later|missing)!",
            "(forgot|forget|forgotten|dont remember|do not remember|cant remember|cant recall|dont recall|do not "
            "recall|lost|"
            "dont know|do not know|not sure about|unsure about|no idea about|no clue about|never noted|havent decided|"
            f"undecided on) ..3 (the|its|their|which|what|exact|my|on)? ..1 {FIGURES}",
            "(forgot|dont remember|do not remember|cant remember|dont know|do not know|no idea) (which|what) "
            "(one|ones|number|"
            "length|setting|indicator|period)! ..3",
            "(tbd|tba|tbc)!",
        ),
        "none",
    ),
    VagueWords(
        "indicators.length",
        "which settings exactly?",
        (
            "(different|various|several|other|optimal|optimum|best|right|good|suitable|appropriate|custom|tuned|"
            "some|certain|my|usual|optimized|optimised|reasonable|sensible|proper|ideal|varying) (setting|"
            "parameter|length|period|value|lookback|configuration|input|number|threshold)",
            "(different|various) (settings|parameters|lengths|periods|values|lookbacks|multipliers|timeframes)",
        ),
        "none",
        (
            "(try|test|with|compare|versions|variants|search) ..2 (different|various|several|other) ..1 (setting|"
            "parameter|length|period|value) (:|of|from|between|=|such as|like) ..1 #",
        ),
    ),
    VagueWords(
        "indicators.length",
        "how many bars, and what do the letters stand for?",
        (
            "(last|past|previous|prior|first|of|over|for|after|every|in|the)! (n|x|y|k|m|z|some|several|a few|few|"
            "a couple of|couple of|many|a number of|certain|a certain number of)! (day|bar|candle|period|week|"
            "month|hour|minute|session|year) (high|low|range|close|average|ma|sma|ema|return|momentum|highs|lows)?",
            "(n|x|y|k)! (day|bar|candle|period|week|month|hour|minute) (high|low|range|breakout|average|ma|sma|ema|"
            "momentum|return|lookback|moving average|channel)?",
            "(n|k|k1|k2|x|y)! (x|times|#)? ..1 (the)? (range|atr|std|stdev|sigma|standard deviation|average|true "
            "range)",
            "(k1|k2|k3)!",
            "(recent|local|latest|new|fresh|multi day|multi week|multi month|all time)! (high|low|highs|lows|peak|"
            "peaks|range|bottom|top|all time high)!",
            "(all~time high|ath|atl|all~time low|52 week)! (breakout)?",
            "(recently|lately|in the recent past)",
        ),
        "near_length",
        (
            "new (#|day|daily) ..2 (high|low)",
            "(new|recent|local|fresh) (high|low|range|highs|lows) (of|over|in|for)? ..2 #",
            "# (bar|day|week|period|month|candle|hour)s! (new)? (high|low)",
            "52 week (high|low)",
        ),
    ),
    VagueWords(
        "universe.assets",
        "which assets exactly, by their tickers?",
        (
            "(some|a few|several|any|various|random|good|liquid|whatever|whichever|popular|major|big|promising|"
            "decent|cheap|volatile|most|many|other|multiple|small|large|different|well known|trending|top|quality|"
            "strong|hot|high volume|low cap|mid cap|micro cap|small cap|large cap|blue chip|a couple of|a bunch of|"
            f"a handful of|a basket of|the usual|favorite|my|selected|certain) ..2 {ALTS}",
            "(alts|altcoins|shitcoins|memecoins|meme coins|majors|blue chips|large caps|small caps|mid caps|penny "
            "stocks|tech stocks|defi tokens|defi coins|ai coins|ai tokens|gaming tokens|layer 1s|l1s|bank stocks|"
            "energy stocks|fang|faang|fang stocks|faang stocks|mag 7|mag seven|magnificent seven|magnificent 7|big "
            "tech|semis|sector (etf|etfs|fund|funds|spdrs)|industry etfs|country etfs|growth stocks|fx majors|major "
            "pairs|crypto majors|dog coins|low "
            "caps|microcaps|smallcaps|biotech stocks|value stocks|oil stocks|ev stocks)!",
            "(something|anything|whatever) (liquid|volatile|cheap|that moves|trending|moves|popular|with volume)",
            "(coins|stocks|tokens|cryptos|pairs|altcoins) (i own|i like|i hold|you like|in my portfolio|of your "
            "choice|you choose|you think|of my watchlist|on my watchlist|from my list)",
            "(my (portfolio|watchlist|holdings|bags|coins|stocks|favorites))",
        ),
        "listed",
        (
            "(this|that|the|each|per|every|no|one|a|same|any) (coin|stock|pair|market|asset|token|share|index|name)!",
            "(market) (order|orders|data|regime|type|close|open|cap|conditions)",
            "(long|short|all) (stock|market)",
            "(major|big|small) (market)? (move|trend|drop)",
        ),
    ),
    VagueWords(
        "sizing",
        "how large is a position, in per cent of the account, money, or risk per trade?",
        (
            "(with|use|using|at|my|the|a|usual)? (my|the|our)? (usual|normal|regular|typical|default|ordinary|"
            "customary|same as always|standard) (risk|size|position|amount|stake|bet|lot|sizing|position size|risk "
            "settings|money management|risk management)",
            f"({VERY} )?(small|reasonable|modest|moderate|conservative|aggressive|big|large|tiny|decent|sensible|"
            "low|high|minimal|light|heavy|full|safe|appropriate|proper) (position|size|stake|bet|lot|risk|sizing|"
            "position size|amount|exposure|allocation|bet size|trade size)! (size|per trade)?",
            "(a bit|a little|some|part|a part|a portion|a fraction|a small part|a chunk|a piece|most|a lot|a small "
            "amount|a good part) of (my|the) (capital|money|account|equity|portfolio|funds|cash|balance|savings|"
            "stack|bankroll)",
            "(a|some|the same)? (fixed|constant|set|certain|flat|given|equal) (share|fraction|part|portion|percentage|"
            "percent|proportion|piece|slice|amount|sum)! of (my|the)? (capital|money|account|equity|portfolio|funds|"
            "cash|balance|bankroll|stack)",
            "(a|the)? (fixed|constant|flat)! (fractional|risk|fraction) (size|sizing|per trade|each trade|a trade)?",
            "(go|going|bet|size) (big|heavy|small|light|hard)",
            "(a few|few|some|several|a couple of|couple) (hundred|thousand|bucks|dollars|grand|k|usd|usdt|percent|%)",
            "(x|n|y|z)! (share|contract|unit|lot|coin|dollar|usd|usdt|percent|%|bucks)",
            "(x|n|y)! % of (my|the)? (account|equity|capital|portfolio)?",
            "(reasonable|sensible|normal|good|proper|appropriate|tight) (risk|money|position) management",
            "(low|high|medium|moderate|tight|strict) risk!",
            "(manage|managing|control) (my|the)? risk (well|properly|carefully|tightly)? //",
        ),
        "near",
        (
            "full (size|position|account|equity|stack)",
            "(low|high) risk (high|low) reward",
            "(position|risk|bet|trade) size (of|is|=|:|at|to|by) ..1 #",
            "(default|usual|standard) (risk|size) (of)? #",
            "(big|small|large) position (first|of|with) ..1 #",
            "(full|high|low|minimal) exposure (when|if|to)",
            "(max|maximum|total) ..1 (exposure|position|size|allocation)",
        ),
    ),
    VagueWords(
        "risk.max_leverage",
        "how much leverage at most?",
        (
            f"({VERY} )?(high|low|some|a bit of|a little|little|moderate|decent|heavy|maximum|max|full|reasonable|"
            "sensible|small|big|more|less|conservative|aggressive|lots of|a lot of|crazy|insane|modest|higher|"
            "lower|safe) leverage!",
            "(with|use|using|on|add|and) leverage!",
            "(leveraged|levered) (up|position|trade|trades|long|longs)?",
            "(margin) (trading|trade|up)!",
        ),
        "near",
        (
            "(no|without|zero|unleveraged|dont use|nothing|not|never|stay away from) ..1 leverage",
            "leverage (of|is|=|:|at|to|up to|max)? (#|one|two|three|five|ten)",
            "# ..2 (leverage|leveraged)",
            "(max|maximum|total) leverage ..2 (#|one|two|three)",
            "leveraged (etf|token|fund)",
        ),
    ),
    VagueWords(
        "risk.time_limit",
        "how long is the longest holding, in bars or hours?",
        (
            "(hold|holding|keep|stay in|stay|exit after|out after|close after|sell after|leave after|wait)! (for)? "
            "(it|the position|them|on|on to it|for|the trade|only|just|at most|max|positions|long)? ..1 (a few|few|"
            "some|several|a couple of|couple of|a while|a bit|a short time|short|a short while|not too long|too "
            "long|some time|longer|long enough|long term|as long as (possible|needed|it works)|a handful of|x|n|"
            "briefly|a moment|a very short time|forever)! (bar|candle|day|week|hour|minute|month|year|time)?",
            "(after|for|within|in) (a few|few|some|several|a couple of|couple of|a handful of|x|n)! (bar|candle|"
            "day|week|hour|minute|month|year)",
            "(short|quick|long|longer) (hold|holding|holding period|holding time|hold time)",
        ),
        "none",
        ("(for the)? (last|past|previous|prior) (few|several|x|n) ..1", "(buy|bought) and hold ..3"),
    ),
    VagueWords(
        "universe.timeframe",
        "which timeframe?",
        (
            "(short|low|lower|long|fast|slow|small|large|any|some|smaller|suitable|good|right|best|appropriate|"
            "lower or higher|medium|quick)! (time~frame|tf|timeframe|chart|ltf|time frame|candles)!",
            "(higher|bigger|larger|high)! (time~frame|tf|time frame|htf) ..1 (trend|chart|confirmation|direction|"
            "bias|filter)?",
            "(htf|ltf)! (trend|bias|chart|confirmation|direction)?",
            "(multiple|several|various|all) (time~frames|time frames|tfs|timeframe)",
        ),
        "number",
        ("(higher|lower|bigger) (time~frame|tf|time frame) ..2 (#|1h|4h|1d|daily|weekly|hourly|15m|5m|30m|1w|:|=)",),
    ),
)
