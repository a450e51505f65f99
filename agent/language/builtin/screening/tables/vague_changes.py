"""Changes without a magnitude."""

from __future__ import annotations

from agent.language.builtin.screening.vague_words import VagueWords

CHANGES = (
    VagueWords(
        "goal",
        "what should change, and by how much: size, stop, target, leverage or the rule?",
        (
            "(more|less|a bit more|slightly more|way more|a bit less|much more|a little more|much less|a lot more|"
            "not so|not as|too|a touch more|a little less|even more)! (aggressive|aggressively|conservative|"
            "conservatively|risky|risk|careful|cautious|defensive|safe|trades|often|frequent|frequently|active|"
            "selective|sensitive|responsive|reactive|robust|stable|patient|picky|trading|signals|entries|volatile|"
            "greedy|profitable|strict|loose|relaxed|smooth|exposure|cautiously|carefully|balanced|bullish|bearish)!",
            "(make it|be|is|it|something|a|version|play it|trade) ..1 (safer|riskier|less risky|more risky|calmer|"
            "bolder|smoother|gentler|tamer|stricter|looser|milder|wilder|simpler|spicier|more aggressive|sharper|"
            "tighter|quicker|faster|slower|smarter)!",
            "but ..1 (faster|slower|quicker|smoother|tighter|looser)! //",
            "(fewer|less) (trades|signals|entries|whipsaws|false signals|losers|risk)!",
            "(tone it down|crank it up|dial it (up|down)|spice it up|take it easy|step it up|loosen it up|tighten "
            "it up|loosen up|tighten up|turn it (up|down))",
            "(reduce|lower|increase|raise|cut|decrease|limit|minimize|minimise) (the|my|its|overall|our)? (risk|"
            "drawdown|volatility|exposure|frequency|number of trades|turnover|trade count|trading frequency|"
            "sensitivity)! (a bit|a little|slightly|somewhat|a lot)?",
        ),
        "number",
        (
            "(max|maximum) (drawdown|risk|exposure)",
            "risk ..2 #",
            "(no|not|nothing) more",
            "# or more",
            "or (more|less)",
        ),
    ),
    VagueWords(
        "goal",
        "what should change, and by how much: size, stop, target, leverage or the rule?",
        (
            "(safer|riskier|bolder|calmer|gentler|tamer|simpler|sharper)",
            "(something|a bit|a little|slightly) (safer|riskier|bolder|calmer)",
        ),
        "number",
        (),
        "edit",
    ),
    VagueWords(
        "role",
        "by how much, or to what value?",
        (
            "(tighter|wider|looser|smaller|bigger|larger|closer|further|farther|lower|higher|shorter|longer|"
            "narrower|nearer)! (initial|hard|trailing|profit|stop)? (stop|sl|stop~loss|stop loss|target|tp|take "
            "profit|trail|trailing stop|size|position|position size|sizing|leverage|length|lookback|period|holding "
            "time|holding period|risk|exposure|threshold|cooldown|limit|drawdown|fee|multiplier|settings|window|"
            "stops|targets)!",
            "(tighten|widen|loosen|raise|lower|increase|decrease|reduce|shrink|move|bump|shorten|lengthen|extend|"
            "push|grow|enlarge|relax|adjust|change|tweak|modify|nudge|expand|stretch|slow|speed up|slow down|"
            "update)! (up|down)? (the|my|our|its|both|all|that|this)? ..1 (initial|hard|trailing|profit)? (stop|sl|"
            "stop~loss|stop loss|target|tp|take profit|trail|trailing stop|size|position|position size|sizing|"
            "leverage|length|lookback|period|holding time|holding period|threshold|cooldown|limit|fee|multiplier|"
            "window|entry|exit|entries|exits|indicator|ema^|sma^|rsi^|atr^|moving average|averages|settings|"
            "parameters|stops|targets|filter)! (up|down|more|less|further|closer|away)? (a bit|a little|slightly|"
            "somewhat|a lot|a touch|a tad|more|some|further|much|a little bit|please|higher|lower|tighter|wider|"
            "out|in|too)? //",
            "(faster|slower|shorter|longer|smoother|quicker|more sensitive|less sensitive) (moving averages|moving "
            "average|averages|average|emas|ema^|smas|sma^|rsi^|macd|settings|lengths|length|indicator|indicators|"
            "lookback|signal|signals|atr^|timeframe|time frame|entry|entries|exit|exits)!",
            "(enter|exit|buy|sell|get out|get in|take profit|close|cut|leave) (a bit|a little|slightly|somewhat|"
            "much)? (earlier|later|sooner|faster|quicker|longer)",
            "(give|let) (it|trades|the trade|winners|the position|profits|positions) ..1 (more room|some room|room "
            "to breathe|breathe|run|run longer|breathing room|more time|a bit more room|space)",
            "(different|another|other|better|some other|new) (stop|target|size|timeframe|indicator|exit|entry|"
            "asset|coin|moving average|length)!",
        ),
        "number",
        (
            "(higher|lower|larger|smaller|longer|shorter|bigger) (low|high|than|timeframe)",
            "(lower|higher) (limit|stop) order",
            "(increase|raise|lower|reduce|change|move|set|cut|adjust|update) ..4 (to|by) ..2 (breakeven|break|half|"
            "double|#|zero|a third|btc|eth|sol|daily|hourly|entry|one|two|three|five|ten|sma^|ema^|limit|market|"
            "perp|spot|next|close|the)",
            "(drop|cut|remove) (the|my|that|this)? (stop|target|filter|exit|entry|limit|trailing|tp|sl|cooldown|"
            "rsi^|ema^|sma^)",
            "another (asset|coin|indicator|filter) ..2 (:|btc|eth)",
        ),
        "edit",
    ),
    VagueWords(
        "role",
        "by how much exactly?",
        (
            "(a bit|slightly|a little|a little bit|a lot|somewhat|a touch|a tad|a notch|marginally|considerably|"
            "significantly|drastically|heavily|moderately) (more|less|higher|lower|above|below|tighter|wider|"
            "bigger|smaller|longer|shorter|faster|slower|earlier|later|up|down|under|over)?",
        ),
        "number",
        (
            "(a lot) of (trades|data|history|signals)",
            "(by|of) (a lot)",
            "(thanks|thank you|cheers|appreciated|means|helps) a lot",
        ),
    ),
)
