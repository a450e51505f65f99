"""What nobody can do or may do: manipulation, look-ahead, guarantees."""

from __future__ import annotations

from agent.language.builtin.screening.refusal_class import OFFER, Beside, RefusalClass

GAIN = (
    "(make|making|earn|earning|generate|generating|return|returning|yield|yielding|pay|paying|profit|produce|"
    "deliver|net|print|printing|bring)"
)
PERIOD = "(day|week|month|hour|session|trading day)"
LATER = "(tomorrow|next day|next days|next week|next month|next hour|following day|next session|next candle|next bar)"
PRICE = "(close|open|high|low|price|return|candle|bar|range|move|volume|data|closing price|result)"

IMPOSSIBLE = (
    RefusalClass(
        "MANIPULATION",
        "I do not help with market manipulation or other abuse of a market: no wash trades, spoofing, pump and "
        f"dump, fake volume, front-running of others or trading on inside information. {OFFER}",
        (
            "wash ..1 (trade|trading|sale|sell)",
            "(spoof|spoofing|spoofs|quote stuffing|painting the tape|paint the tape|banging the close|momentum "
            "ignition|marking the close)",
            "(fake|phantom|false|sham|bogus) (volume|order|trade|bid|ask|liquidity|wall)",
            "(layer|layering) (of)? (fake|the book|the order book|bids|asks)",
            "pump (and|n|&|then) dump",
            "pump (a|the|some|this|my|small|up) ..6 (then|and) ..1 dump",
            "(pump|inflate|boost|fake|artificially|push|pad) ..2 (volume|price) ..4 (looks|look|appear|appears|and "
            "dump|then dump|and sell|artificially|to attract|to lure|so that)",
            "(inflate|inflating|fake|faking|pad|padding|boost|boosting) (the|my|its|our)? (trading)? volume",
            "(volume|it) (looks|look|appears|appear|seem|seems) (big|bigger|high|higher|huge|active|busy)",
            "trade (with|against) (myself|my own|each other|yourself)",
            "between (my|our|two|both) ..1 (own)? (wallet|account)",
            "(front~running|frontrunning)",
            "front~run ..3 (customer|client|order|whale|user|trader|mempool|fund|institution|others|people|buyer|"
            "listing|retail|other)",
            "(sandwich|mev) (attack|bot|trade|trading|user)",
            "(insider|inside|non public|nonpublic|confidential|leaked|privileged) (info|information|trading|tip|"
            "knowledge|news|data)",
            "(insider|mnpi|tip|tipped) ..3 (before|ahead of) ..2 (announcement|public|news|listing|release|earnings)",
            "(manipulate|manipulating|rig|rigging|corner|cornering) (the)? (market|price|volume|coin|stock|order "
            "book|close|token)",
            "(bear raid|rug pull|rugpull|ponzi|pyramid scheme|money laundering|launder|laundering)",
            "(evade|evading|avoid paying|dodge) ..1 (tax|sanction|kyc)",
            "(bypass|circumvent|avoid|evade|get around) ..2 (kyc|sanction|aml|geoblock|geo block)",
            "(hack|hacking|exploit|exploiting|drain|draining|steal|stealing) ..4 (exchange|contract|protocol|"
            "wallet|account|pool|fund|bridge|oracle|coins)",
            "(spread|spreading|publish|post) ..1 (false|fake) (rumor|rumour|news|information)",
            "(scam|scamming|defraud|collude|colluding|market abuse)",
        ),
        (
            "(avoid|against|detect|filter out|protect|ignore|without) ..3 (wash|spoof|pump|manipulat*|fake|front*)",
            "(pump|inside) (bar|candle)",
        ),
    ),
    RefusalClass(
        "LOOKAHEAD",
        "That is look-ahead: the rule would decide with future data that nobody has at that moment, and its "
        "backtest would say nothing. A rule here decides at a bar's close with what is known by then and fills at "
        "the next open: say it with the bars before (yesterday's close, the high of the bars before), and I test "
        "it.",
        (
            "(data|price|prices|close|candle|candles|bars|quotes) (from|of|for) (tomorrow|the future|next week|"
            "next month|the next (bar|candle|day|week))",
            "(trade on|trading on|based on|use|using|know|knowing|if|with|by|of) (the)? (next|following|upcoming|"
            "coming) (candle|bar|day|week) (direction|color|colour|outcome|result|move|return|range)",
            "before (it|the candle|the bar|they) (forms|form|prints|print|is formed|appears|appear)",
            "(buy|buying|enter|entering|long|sell|selling|short|exit) ..2 (at)? the (exact|absolute|very)? (bottom|"
            "top) of (every|each|all|any|the) (dip|move|swing|rally|drop|crash|pullback|day|week|candle|cycle|"
            "trend)",
            "(look at|looking at|use|using|know|knowing|based on|check|checking|see) ..2 (close|high|low|price|"
            "return|candle) of the (next|following|coming) (bar|candle|day|week)",
            "(look at|looking at|use|using|know|knowing|based on|check|checking) ..5 (bar|candle|day|week) after "
            "(the)? (entry|signal|trade|fill)",
            "(use|using|know|knowing|knew|based on|with|given|look at|looking at|check|checking|peek at|peeking at|"
            f"see|seeing|read|reading|compare|comparing|take|taking|apply|by) ..3 {LATER} {PRICE}",
            "(use|using|know|knowing|with|based on|given|look at|peek at|see|access|including|include|from) ..2 "
            f"future {PRICE}",
            "(future|upcoming) (data|prices|price|values|knowledge|returns|closes|candles|highs|lows|information|bars)",
            "(if|when|because|where|whenever|once|and|only|since|that|knowing|unless|provided) (the)? (tomorrow|"
            "next day|following day|next week|next month) ..2 (is|will|closes|goes|ends|finishes|turns|would|be|"
            "gaps|>|<|higher|lower|above|below|rises|falls|opens)",
            "(if|when|whenever|once|because|that|and) (the|its)? (next (candle|bar|hour)|following (candle|bar)|"
            "price|it|btc|market|close) ..1 (will|is going to|is gonna|would|is about to) ..3 (be|close|go|rise|"
            "fall|drop|higher|lower|up|down|green|red|pump|dump|crash|moon|end|finish|reverse|hit|reach|bounce)",
            f"{LATER} {PRICE} ..1 (decides|decide|determines|tells|says|to decide|to determine|confirms today|is "
            "known|> | <|is higher|is lower|is above|is below)",
            "(tomorrow|next day) (close|high|low|price|candle) ..4 (to (decide|determine|enter|buy|sell|choose|"
            "time)|for (todays|the|this) (entry|signal|trade|decision))",
            "(buy|buying|long|enter|entering|sell|selling|short|shorting|exit|get in|get out|in|out) ..4 (#|one|"
            "two|a|the|few|couple|right|just|shortly) ..1 (bar|candle|day|hour|minute|tick|moment|week)? (before|"
            "ahead of|in advance of|prior to) (the|a|it|price|every|each|any) ..1 (golden|death|big)? (cross|"
            "crossover|crosses|breakout|breaks|crash|crashes|move|moves|drop|drops|rally|rallies|pump|pumps|dump|"
            "dumps|rise|rises|fall|falls|reversal|reverses|spike|spikes|top|bottom|jump|jumps)",
            "before (they|he|she) (made|make|makes|buy|bought|sell|sold|did|do|does|moved|move|trade|traded|trades)",
            "(best|result|works|fit|fitted|optimized|optimised|performs|performed|profit|profitable) ..5 (on|in|"
            "with|over|for) (next month|next week|next year|tomorrow|future|upcoming) (data|price|candle|return|"
            "close)",
            "before it (happens|happened|actually happens|occurs|moves|takes place|is known|was known)",
            "(buy|buying|long|enter|cover|accumulate) ..2 (at|on)? (the|every|each|exact|absolute|todays|that) ..1 "
            "(day|week|month|exact|absolute|session|actual|daily|weekly|monthly)? (low|bottom) ..6 (sell|selling|"
            "short|exit|out) ..2 (at|on)? (the|every|each|its)? ..1 (exact|absolute|day|week|daily|weekly|month|"
            "monthly)? (high|top)",
            "(buy|buying|enter|long|sell|selling|short|exit) ..2 (at)? (the|every) (exact|absolute|very) (bottom|"
            "top|low|high)",
            "(use|using|know|knowing|with) (the|todays|that|this)? (days|day|daily|weeks|week|bars|candles) (own)? "
            "(high|low|close|range) ..3 (before|in advance|at the open|ahead|already|beforehand)",
            "(buy|long|enter|sell|short) ..2 (at|on) the (low|high|bottom|top) of (the|each|every|that) (day|week|"
            "month|session|same day|candle|bar)",
            "(hindsight|perfect foresight|crystal ball|time travel|time machine|know the future|knows the future|"
            "knowing the future|see the future|predetermined outcome)",
            "(use|using|with|allow|enable|want|add|include|turn on|do|some|a little|little|bit of|even if|dont "
            "care about|ignore) ..2 (look ahead|lookahead|peeking|forward looking data|lookahead on)",
            "(look|peek|cheat|peeking|looking) (a bit|one bar|# bar|# bars|a bar|bars|into)? (ahead|into the "
            "future|forward in time) (#|to|at|into|by|in)?",
            "shift ..2 - #",
            "(already|as if (we|i|you)) (know|knew|known) ..4 (close|price|outcome|result|direction|high|low|"
            "future|happens|next)",
            "(zero|no) lag ..2 future",
            "barmerge",
        ),
        (
            "(is|does|did|do|are|was|will|can|could|how|what|why|avoid|no|without|not|prevent|check for|any|free "
            "of) ..4 (look ahead|lookahead|future data|peek|peeks|hindsight|future price|future prices)",
            "(next|tomorrow|next day|next days) open ..1 (price)?",
            "before it (moves|closes|ends)",
        ),
    ),
    RefusalClass(
        "GUARANTEE",
        "No strategy can promise or guarantee a profit, and none trades without losses, drawdown or risk; who "
        f"promises it is wrong. {OFFER} What comes back is measured on past candles, with the losses in it.",
        (
            "never (has|have|had|sees|see|shows|show|makes) ..1 (losing|red|down|negative|loss|lost) (trade|day|"
            "week|month|year)?",
            "(guarantee|guaranteed|guarantees|guaranteeing|guaranty) ..4 (profit|profits|profitable|return|returns|"
            "win|wins|winning|winner|gain|gains|income|money|success|result|results|#|positive|no|never|passive|"
            "daily|monthly|yield|interest|outperformance)",
            "(profit|return|win|gain|income|money|winner|success|result|payout|alpha) ..3 (guaranteed|guarantee|"
            "for sure|assured|promised)",
            "(guarantee|guaranteed|promise) (me|us|it|that|to|a|an|of|no|it wont|works)",
            "(with|a|any|give a|want a|need a|have a|100% |%) (guarantee)",
            "(must|has to|should|will|needs to|need to|always) (always)? (be)? guaranteed",
            f"{GAIN} ..5 # (%|percent|pct|x|dollars|usd|usdt|bucks) ..3 (a|per|each|every|/|in a|in one) {PERIOD}",
            f"{GAIN} ..5 (%|$|percent) # ..2 (a|per|each|every|/) {PERIOD}",
            f"{GAIN} ..5 # (%|percent|pct) ..1 (daily|weekly|monthly|hourly|overnight)",
            f"{GAIN} ..3 # ..1 (a|per|each|every) {PERIOD}",
            "(want|need|get|target|expect|give me|gives me|gives|aim for|achieve|looking for|me|with|consistent|"
            "steady|stable|constant|fixed|safe|at least|about|like|up)! ..2 # (%|percent|pct) ..2 (profit|return|"
            "gain|income|growth|roi|yield)? ..1 (a day|per day|every day|daily|each day|a week|per week|weekly|"
            "every week|a month|per month|monthly|every month|each month|each week)",
            "# (%|percent|pct) (a day|per day|every day|daily|each day|a week|per week|weekly|every week|a month|"
            "per month|monthly|every month|each month|each week) (profit|return|gain|income|growth|roi|yield|"
            "minimum|no matter what|always|easily|on)?",
            "# (%|percent|pct) (daily|weekly|monthly) (profit|return|gain|income|growth|roi|yield)",
            "(consistent|steady|stable|constant|fixed|regular|passive) (daily|weekly|monthly)? (profit|income|"
            "gains|returns)",
            "(double|triple|quadruple|multiply|10x|100x|5x|3x|2x|50x|1000x|grow|turn) (my|your|the|our|this|$)? "
            "..1 (money|account|capital|portfolio|investment|stack|balance|savings|#|deposit) ..3 (every|each|in|"
            "per|by|within|fast|overnight|quickly|into|to #|a day|a week|a month)",
            "(never|cannot|cant|cant ever|can not|wont|wont ever|doesnt|does not|dont|impossible to|will not|"
            "couldnt|wouldnt|refuses to) (ever)? (lose|loses|losing|lost|loose|looses|fail|fails|go wrong|lose "
            "money|have a loss|has a loss|have a losing|have losing|has losing|go down|goes down|draw down|draws "
            "down|go negative|go red|drop)",
            "(no|zero|without|without any|free of|0)! (any|single)? (loss|losses|losing trade|losing trades|losing "
            "day|losing days|losing month|losing months|losing week|losing weeks|losers|loosing trade|loosing "
            "trades|red day|red days|down month|down months|risk at all|risk whatsoever|drawdown at all|drawdown "
            "whatsoever|drawdowns)",
            "(no|zero|without|without any|0|0 %)! (risk|drawdown)",
            "(no|zero|without|0)! (loss|losses)",
            "(risk~free|riskless|loss~free|drawdown~free) (profit|return|money|trade|trading|strategy|bot|income|"
            "gain|way|system|investment|method|arbitrage|yield)?",
            "100 % (win|winning|winrate|accura*|profitable|success|successful|sure|safe|hit|certain|guaranteed|"
            "secure|correct|reliable|no loss)",
            "# % (win~rate|accuracy|success rate|hit rate) ..1 (guaranteed|minimum|at least|or (more|better|"
            "higher)|always|bot|strategy|system)",
            "(win rate|winrate|accuracy|hit rate) (of)? (100|99|98|95)! ..1 (%|percent)",
            "(always|every trade|each trade|all trades) ..1 (wins|win|winning|profitable|makes money|make money|"
            "make a profit|makes a profit|makes profit|in profit|green|a winner|profits|positive|pays)",
            "(win|wins|winning|profit|profits|green) (on)? (every|each) (trade|time|day|week|month|single)",
            "(sure|sure fire|surefire|cant miss|foolproof|fool proof|bulletproof|fail~safe|failsafe|infallible|"
            "unbeatable|never failing|perfect) (thing|profit|win|strategy|bot|system|method|trade|signal|indicator|"
            "gain|winner|formula|entries)",
            "(holy grail|money printer|money printing|printing money|print money|money machine|infinite money|free "
            "money|cash machine|get rich|make me rich|make me a millionaire|become a millionaire|become rich|"
            "retire early|money glitch|quit my job)",
        ),
        (
            "(no|zero|without|any) (drawdown|risk|loss|losses) (over|above|more|greater|beyond|bigger|deeper|than|"
            "limit|cap|guard|max|maximum|stop|larger|exceeding|worse|of|management|control|check|filter|on|per|"
            "parity|reward|budget|rule|model|setting|settings|free|bigger|higher|in a row|after|defaults|>|past|"
            "past #|until|if|when|exceeds|allowed past)",
            "guaranteed (fill|fills|stop|stops|execution|order|price)",
            "(max|maximum|stop|limit|lose|loses|losing|loss|losses|down|drawdown|risk|risking|drop|drops|fall|"
            "falls|volatility|vol|move|moves|swing|swings|range|fee|fees|cost|costs|funding|slippage|limits|"
            "stop~loss|rises|jumps|pumps|dips|dumps|more than|dropped|fell|rose|moved|moving|up|gains over|gained|"
            "lost) ..5 # (%|percent|pct) ..4 (a|per|each|every|in a|in one|daily|weekly|monthly)",
            "# (%|percent|pct) (daily|weekly|monthly|a day|per day|a week|per week|a month|per month) (loss|"
            "drawdown|risk|vol|volatility|limit|stop|cap|move|range|drop|close|candle|atr|max|change|gain over|"
            "high|low|bar|chart|timeframe|sma|ema|rsi|average|trend)",
            "# (%|percent|pct) ..1 (of|into|in|each|stop|target|size|risk|below|above|under|over) ..2 (daily|"
            "weekly|monthly|every|per|each)",
            "(risk free rate|risk free interest)",
            "(if|when|once|after|whenever) (no|zero) (losses|loss|losing)",
            "(is|does|did|do|can|could|how|what|why|are|was) (it|this|that|there|the strategy|my strategy|you) ..3 "
            "(guarantee|guaranteed|risk free|never lose|without risk|no risk)",
        ),
        Beside(
            "guarantee",
            "OUT_OF_SCOPE",
            "promise.guarantee",
            "a profit guarantee is no part of a strategy: no rule can promise a result or rule out losses",
            "look at the measured result, its drawdown and its uncertainty",
        ),
    ),
)
