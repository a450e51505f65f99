"""What no strategy can promise: profits for sure, and never a loss."""

from __future__ import annotations

from agent.language.builtin.screening.refusal_class import OFFER, Beside, RefusalClass

GAIN = (
    "(make|making|earn|earning|generate|generating|return|returning|yield|yielding|pay|paying|profit|produce|"
    "deliver|net|print|printing|bring)"
)
NEARLY_ALL = "(90|91|92|93|94|95|96|97|98|99|99.9|100)"
PERIOD = "(day|week|month|hour|session|trading day)"

GUARANTEES = (
    RefusalClass(
        "GUARANTEE",
        "No strategy can promise or guarantee a profit, and none trades without losses, drawdown or risk; who "
        f"promises it is wrong. {OFFER} What comes back is measured on past candles, with the losses in it.",
        (
            "never (take|taking|takes|close|closes|book|books|end|ends|print|prints|realize|suffer|suffers|give|gives|"
            "open|opens|enter|enters|produce|produces) ..2 (losing|red|negative|unprofitable|lossmaking) "
            "(trade|position|"
            "day|week|month|year)",
            "never ..1 (a|one|any)? (red|losing|down|negative|bad|losing) (day|week|month|quarter|year)",
            "(without|not|never|no) (a|one|any|even a|even one)? (single)! (loser|losing trade|losing day|losing "
            "month|loss|"
            "red day|red month|losing position|losing week|red trade|losing one|down day)",
            "(no|not a single|not one|zero|none of the) ..1 (trade|position|day|week|month) ..1 "
            "(may|can|should|must|will|"
            "ever|is allowed to|are allowed to|shall) ..2 (lose|loses|close in the red|end in the red|in the red|at "
            "a loss|"
            "negative|red|lossmaking|make a loss)",
            "(every|each|all|every single|all the) (single)? (trade|position|day|week|month|one) (must|should|has "
            "to|have to|"
            "needs to|to|will|would)? (be|is|are|being|ends up|ends|closes|win|wins) ..1 "
            "(winner|winning|profitable|green|"
            "positive|in profit|in the green|in the black|a win|a winner)!",
            "(a|one)? hundred (%|percent|pct|per cent) (win|winning|winrate|hit|accura*|success|successful|safe|sure|"
            "profitable|certain|strike|guaranteed)",
            "100 (percent|pct|per cent) "
            "(win|winning|winrate|hit|accura*|success|successful|safe|sure|profitable|certain|"
            "strike|guaranteed)",
            "(win~rate|hit rate|accuracy|success rate) (must|should|has to|needs to|to)? (be)? (100|99|a "
            "hundred|hundred)",
            "(dont|do not|cannot|cant|wont|never|not) (want|wish|like|afford)? (to)? (ever)? (lose|losing) "
            "(a|one|any|even) "
            "(single|cent|penny|dollar|trade|euro|red)? ..1 (dollar|cent|penny|trade|euro|day|month|money|position)!",
            "(must|should|has to|make sure|needs to|be|want it|always) ..4 (profitable|green|positive|in profit) "
            "(in|on|at)? "
            "(every|each|all) (single)? (year|month|week|day|trade|market|time)",
            "(cant|cannot|must not|may not|should not|shouldnt|should never|must never|may never|can "
            "never|never|dont want|not "
            "have) ..2 (have|be|go|see|get|show)? ..1 (any|a|single)? (drawdown|under~water|losing streak)! //",
            "# x ..3 (year|month|week|day) ..2 (guaranteed|for sure|certain|sure)",
            "(never|not) (miss|misses) (a|any|one|single) ..1 (move|trade|rally|opportunity) ..3 (never|not|or|and) "
            "..2 (whipsawed|"
            "wrong|lose|loses|whipsaw|stopped out)",
            "only (takes|take|taking|enter|enters|open|opens|do|does|makes|make|trade|trades|place|places) (the)? "
            "(winning|"
            "profitable|winner|green) (trade|one|position|entry|setup|bet)?",
            "(equity|equity curve|curve|balance|account|pnl|portfolio|account balance) ..2 (only|never|always) (ever)? "
            "(goes up|go up|going up|rises|rise|rising|dips|dip|drops|drop|falls|fall|goes down|go "
            "down|declines|decline|up)",
            "(no|zero|without|without any|free of|0)! (any|single)? (down|red|negative|losing) "
            "(day|week|month|year|trade)!",
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
            "per|by|within|before|until|this|next|fast|overnight|quickly|into|to #|a day|a week|a month|a year)",
            "(double|triple|quadruple|10x|100x|50x|1000x|multiply) (my|your|our|the) (money|account|capital|portfolio|"
            "investment|stack|balance|savings|bag|bags|net worth) //",
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
            "(earn|make|win|gain|get|return|want|profit) ..2 # (%|percent) ..5 (risk~free|riskless|without (any)? "
            "risk|no risk|zero risk)",
            "# (%|percent) (a|per|every|each) (day|week|month|year) ..1 (risk~free|riskless|without (any)? risk|no "
            "risk|zero risk)",
            "(risk~free|riskless|loss~free|drawdown~free) (profit|return|money|trade|trading|strategy|bot|income|"
            "gain|way|system|investment|method|arbitrage|yield)?",
            "100 % (win|winning|winrate|accura*|profitable|success|successful|sure|safe|hit|certain|guaranteed|"
            "secure|correct|reliable|no loss)",
            "# % (win~rate|accuracy|success rate|hit rate) ..1 (guaranteed|minimum|at least|or (more|better|"
            "higher)|always|bot|strategy|system)",
            f"(win~rate|accuracy|hit rate|success rate|strike rate) (of|above|over|>|at least|is|=|:|near|around)? "
            f"{NEARLY_ALL}! (%|percent|pct)?",
            f"{NEARLY_ALL}! (%|percent|pct|+)? (+)? (win~rate|wins|winners|winning trades|accura*|hit rate|success "
            "(rate)?|strike rate|winning) (or (nothing|bust|more|better|higher)|only|bot|system|strategy)?",
            "# (%|percent|pct) (win~rate|accuracy|hit rate|success rate|wins|winners) or (nothing|bust)",
            "(always|every trade|each trade|all trades) ..1 (wins|win|winning|profitable|makes money|make money|"
            "make a profit|makes a profit|makes profit|in profit|green|a winner|profits|positive|pays)",
            "(win|wins|winning|profit|profits|green) (on)? (every|each) (single)? (trade|time|day|week|month|one)?",
            "(only|just|nothing but) (winning|profitable|green|positive) (trade|day|week|month|position)",
            "(no|0|zero|without|without any|0 %)! ..1 (chance|risk|probability|possibility|danger) of (a|any)? "
            "(loss|losses|losing|loser|drawdown|failure|failing)",
            "(never|wont|cant|cannot|doesnt|does not) (ever)? (get|gets|be|is)? (stopped|stop out|stops out)!",
            "(sure|sure fire|surefire|cant miss|foolproof|fool proof|bulletproof|fail~safe|failsafe|infallible|"
            "unbeatable|never failing|perfect) ..2 (thing|profit|win|strategy|bot|system|method|trade|signal|indicator|"
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
            "never ..1 (drop|drops|fall|falls|dip|dips|decline|declines|go down|goes down|loses|lose) ..2 "
            "(more|below|under|"
            "by|over|past|beyond) ..2 #",
            "(no|not|never|max|maximum|at most) (more than)? # ..1 (losing|red|down|negative) (day|week|month|trade)",
            "(after|when|if|once) (a|one|#|two|three) (single)? (losing|red|down) (trade|day|week|month)",
            "(will|would|could|can|does|is|so|did) (this|it|that|id|i|i would|the strategy|my strategy|they) ..3 (rich|"
            "millionaire|money printer|holy grail|free money|make money)",
            "guaranteed (fill|fills|stop|stops|execution|order|price)",
            "(max|maximum|stop|limit|lose|loses|losing|loss|losses|down|drawdown|risk|risking|drop|drops|fall|"
            "falls|volatility|vol|move|moves|swing|swings|range|fee|fees|cost|costs|funding|slippage|limits|"
            "stop~loss|rises|jumps|pumps|dips|dumps|more than|dropped|fell|rose|moved|moving|up|gains over|gained|"
            "lost) ..5 # (%|percent|pct) ..4 (a|per|each|every|in a|in one|daily|weekly|monthly)",
            "# (%|percent|pct) (daily|weekly|monthly|a day|per day|a week|per week|a month|per month) (loss|"
            "drawdown|risk //|risk per|risk limit|vol|volatility|limit|stop|cap|move|range|drop|close|candle|atr|max|"
            "change|gain over|"
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
