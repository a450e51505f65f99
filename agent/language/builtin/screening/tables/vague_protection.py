"""Stops and targets without a number."""

from __future__ import annotations

from agent.language.builtin.screening.vague_words import VagueWords

VERY = "(very|super|really|extra|ultra|quite|pretty|fairly|so|too|rather|relatively|reasonably|somewhat)"
TIGHT = (
    "(tight|small|wide|big|reasonable|close|loose|good|proper|decent|sensible|safe|short|narrow|appropriate|"
    "suitable|normal|usual|standard|large|smart|modest|conservative|generous|comfortable|sane|strict|appropriately "
    "sized|low)"
)
STOPS = "(stop|sl|stop~loss|stop loss)"

PROTECTION = (
    VagueWords(
        "stop_loss",
        "how far away is the stop, in per cent or ATRs?",
        (
            f"({VERY} )?{TIGHT} {STOPS}",
            f"({VERY} )?{TIGHT} (tp|take profit|target|profit target|trailing|trail) (and|&|/|or) {STOPS}",
            f"({VERY} )?{TIGHT} {STOPS} (and|&|/|or) (tp|take profit|target|profit target)",
            f"{STOPS} (should be|is|are|be|that is|thats|kept|very|super|really) ({VERY} )?(tight|small|wide|"
            "reasonable|close|loose|short|narrow|large)",
            f"(keep|keeping|use|using|have|place|set|with|put|want|add) (my|the|a)? {STOPS} ({VERY} )?(tight|small|"
            "close|wide|loose|somewhere)",
            "(with|use|using|add|put|set|include|have|want|need|place|and) (a|an|some|any|the|my|also a)? "
            f"{STOPS}(please|too|somewhere|in place|for safety|for protection|as well|also|just in case|to be safe|"
            "of course|obviously|or something)? //",
            "(cut|cutting) (my|the)? (losses|losers|loss)! (quickly|fast|early|short|quick|soon)?",
            "(protect|protecting) ..2 (downside|capital|account|profits)",
        ),
        "near",
        (
            f"{STOPS} (at|of|is|=|:|below|above|under|over|to|on|out|when|if|after|on) ..4 (low|high|breakeven|"
            "break|entry|band|average|sma^|ema^|supertrend|psar|atr|cross|exit|line|day|bar|signal)",
            f"(no|without|not|dont|remove|drop|delete|hit) ..2 {STOPS}",
            f"{STOPS} (hit|hits|out|order|orders|trading|level|losses)",
        ),
    ),
    VagueWords(
        "take_profit",
        "where is the target, in per cent or ATRs?",
        (
            f"({VERY} )?{TIGHT} (tp|take profit|takeprofit|target|profit target|profit taking)",
            f"({VERY} )?{TIGHT} (tp|take profit|target|profit target) (and|&|/|or) {STOPS}",
            f"({VERY} )?{TIGHT} {STOPS} (and|&|/|or) (tp|take profit|target|profit target)",
            "(small|quick|decent|nice|good|some|reasonable|easy|modest|fast|fat|big|tiny|healthy|little) (profit|"
            "gain|win)!",
            "(take|taking|lock in|book|grab|locking in|secure|bank) (some|quick|the|my)? (profit|profits|gains|"
            "gain) (quickly|early|fast|soon|along the way|when|on the way|here and there|regularly)? //",
            "(with|use|using|add|put|set|include|and) (a|an|some|any) (tp|take profit|takeprofit|profit "
            "target)(please|too|somewhere|as well|also)? //",
            "(when|once|if) (it|im|i am|the trade|were|trade|we are|position) ..1 (is)? (in|well in|nicely in|at "
            "a) (profit|the green|the money|good profit|nice profit)!",
        ),
        "near",
        (
            "(no|without|not|dont|remove|drop|delete) ..2 (tp|take profit|target|profit)",
            "(max|maximum|limit|trailing) ..1 profit",
            "profit (factor|target of|of|at|above|over|reaches)",
            "(take|taking) ..1 (profit|profits) (at|of|when|if|on|once|above|below|near|after|is|to|=|:) ..1 (#|"
            "the|price|rsi^|close|it|upper|target|middle|band|sma^|ema^|half|entry|cross|we|opposite|signal)",
            "take profit target",
        ),
    ),
    VagueWords(
        "trailing_stop",
        "how far behind the best price does the stop trail, in per cent or ATRs?",
        (
            f"({VERY} )?{TIGHT} (trailing|trail) ({STOPS})?",
            "(with|use|using|add|put|set|and|then|a|have) (a|an|some|the|my)? (trailing stop|trailing stop loss|"
            "trailing sl|trail stop)!",
            "(trail|trailing) (it|the stop|my stop|stop|stops|the position|the rest|the trade|along|behind)!",
        ),
        "near",
        (
            "(no|without|remove|drop|delete|not) ..2 (trail|trailing)",
            "(trail|trailing|trail stop) ..4 (atr|sma^|ema^|supertrend|psar|low|high|average|donchian|band|line|"
            "chandelier|break|parabolic|activates|activate|starts)",
        ),
    ),
)
