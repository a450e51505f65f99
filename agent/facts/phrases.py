"""Phrases that tell what a number or a name near them is about.

This list is short on purpose, and shares nothing with the interpreter's lexicon: the check exists to find what a
reader's grammar or a model got wrong. A word that is not here costs precision of the role, never a fact.
"""

from __future__ import annotations

UP, DOWN = "up", "down"

PHRASES: dict[tuple[str, object], str] = {
    ("compare", UP):
        "above|over|higher than|greater than|more than|bigger than|larger than|exceeds|exceed|exceeding|at least"
        "|no less than|not less than|north of|>|>=|≥|&gt;|surpasses|tops|reclaims|reclaim|regains|stronger than"
        "|crosses up|cross up|crossing up|crossed up|crosses up through|crosses up over|crosses up above"
        "|up through|crosses back up through|at or above|rises through|pushes through|upwards of",
    ("compare", DOWN):
        "below|under|lower than|less than|smaller than|beneath|underneath|at most|no more than|not more than"
        "|south of|<|<=|≤|&lt;|weaker than|crosses down|cross down|crossing down|crossed down"
        "|crosses down through|crossunder|down through|crosses back down through|at or below|falls through"
        "|drops through|crosses under|cross under|crosses down below|crosses down under|undercuts",
    ("between", None): "between|in between|ranging between",
    ("sign", UP): "positive",
    ("sign", DOWN): "negative",
    ("extreme", UP): "overbought|over bought",
    ("extreme", DOWN): "oversold|over sold",
    ("trend", UP): "rising|sloping up|increasing|sloped up|upward sloping",
    ("trend", DOWN): "falling|sloping down|decreasing|declining|sloped down|downward sloping",
    ("not", "flip"): "not|isn't|isnt|aren't|doesn't|doesnt|unless|except when|except if|except|no longer|but not",
    ("not", "loose"):
        "avoid|avoids|skip|skips|stay out|stays out|stay away|stand aside|stays aside|stay aside|keep out|hold off"
        "|sit it out|sits it out|don't|dont|do not|never|no trades|no entries|no longs|no buys|ignore|block|veto",
    ("role", "stop"):
        "stop loss|stop losses|stoploss|stop|stops|sl|s/l|hard stop|protective stop|initial stop|cut losses"
        "|cut loss|stopped out|max loss|loss|stop me out|stop out|position is down|position drops|position falls"
        "|position loses|trade is down|trade loses|trade drops",
    ("role", "target"):
        "take profit|take profits|takeprofit|tp|t/p|target|targets|profit target|price target|tgt"
        "|take profit target",
    ("role", "profit"):
        "bank|profit|profits|gain|gains|in profit|up|in the money|roi|winner|armed at|arms at|activates at"
        "|activated at|active at|kicks in at|kicks in after|starts at|starts after",
    ("role", "trail"):
        "trailing stop|trailing stop loss|trailing stoploss|trail stoploss|trailing stops|trailing stop losses"
        "|trailing sl|trailing|trail|trails|trailed|trail stop|tsl|chandelier"
        "|chandelier exit|chandelier stop|trailing exit|trail it|ratchet",
    ("role", "breakeven"):
        "be stop|stop to be|stop at be|sl to be|stop goes to be|move to be|breakeven|break even|stop to entry"
        "|stop to breakeven|stop to break even|stop to entry price|risk free",
    ("role", "size"):
        "equity|capital|account|portfolio|balance|bankroll|size|sizing|position size|sized|stake|allocate"
        "|allocation|invest|deploy|commit|per trade|each trade|a trade|per position|each position|a position"
        "|per entry|each time|apiece|my money|stack|of my bag|per coin|per asset|in each coin|in each|position"
        "|trade size|order size|worth|each|every trade|put in|weight|of funds|of cash|notional|bet|buying power",
    ("role", "risk"):
        "on the line|risk|risking|risks"
        "|risk per trade|at risk|risked|move costs|costs me|cost me|lose at most|lose no more than"
        "|lose only",
    ("role", "volatility"):
        "vol target|volatility target|target vol|target volatility|annualized volatility|annualised volatility"
        "|annual volatility|annualized vol|annual vol|annualised vol|vol targeting|volatility targeting|vol tgt"
        "|volatility tgt|tgt vol",
    ("role", "leverage"): "leverage|lev|leveraged|levered|gearing|margin",
    ("role", "drawdown"):
        "drawdown|max drawdown|dd|maximum drawdown|kill switch|drawdown limit|kill everything|stop trading"
        "|shut down|halt trading|halt|account is down|account drops|account falls|account loses|account is"
        "|equity drops|equity falls|equity is|equity loses|portfolio drops|portfolio falls|portfolio is|portfolio loses"
        "|on the account|liquidate|flatten everything|close everything|sell everything",
    ("role", "daily_loss"):
        "daily loss|daily loss limit|for the day|that day|max daily loss|loss per day|in a day|a day|per day",
    ("role", "positions"):
        "positions|open positions|concurrent positions|max positions|at once|concurrent|open trades|at a time"
        "|at the same time|concurrently|max open|simultaneous|simultaneously|slots",
    ("role", "limit"):
        "max exposure|total exposure|exposure|gross exposure|max position|max position size|max allocation"
        "|exposed",
    ("role", "cooldown"):
        "cooldown|cool down|cooling off|wait|pause|sit out|after an exit|after a loss|re enter|reenter|reentry"
        "|re entry",
    ("role", "cost"): "costs|fee|fees|commission|commissions|slippage|taker|maker|cost per trade|spread",
    ("role", "order"):
        "limit order|limit buy|limit sell|limit entry|limit|cancel|cancelled|unfilled|expires|filled",
    ("role", "partial"):
        "scale out|partial|partials|scaling out|take half|sell half|close half|half off|off the table"
        "|sell a third|another third|sell another|close a third",
    ("role", "capital"):
        "initial capital|starting capital|start with|starting with|initial equity|starting equity|begin with"
        "|beginning with|starting balance|initial balance|start from",
    ("hold", None):
        "stay in|stay long|own|otherwise|else|remain long|in the market|invested|hold|holding|held|holds"
        "|time stop|time limit|time exit|max hold|maximum hold|timeout|timed exit|time based exit"
        "|max holding time",
    ("after", None): "after|within|no later than|later|at the latest",
    ("for", None): "for",
    ("enter", ("entry", "short.exit")):
        "be in when|be in if|be long|be long when|to be long|buy|buys|buying|bought|go long|goes long|enter long"
        "|enters long|long when|long if|open long|open a long|long|longs|get long|get in long|bto|accumulate"
        "|purchase|long entry|buy signal",
    ("enter", ("short.entry", "exit")):
        "short|shorts|shorting|go short|goes short|sell short|enter short|open short|short when|short if"
        "|short entry|open a short|selling short|sell to open|get short",
    ("enter", ("exit", "short.entry")): "sell|sells|selling|sold|dump|dump it|unload",
    ("enter", ("exit", "short.exit")):
        "exit|exits|exiting|get out|out when|out if|go flat|flat|bail|bail out|leave|close it|close when|close if"
        "|close the position|close the trade|close position|close trade|close out|close everything|close all"
        "|close positions|to cash|take it off|get me out|flatten|exit when|exit if|step aside|close them"
        "|close after|in cash|be out|out of the market|exit long|close longs|close long|exit longs|close the long",
    ("enter", ("short.exit", "entry")):
        "cover|covers|covering|buy to cover|buy back|cover when|exit short|exit shorts|close short|close shorts"
        "|close the short",
    ("enter", ("entry", "short.entry")):
        "enter|enters|entry|entries|get in|in when|in if|open a position|enter when|trade when",
    ("both", None):
        "long/short|long short|l/s|both directions|both sides|both ways|long and short|long or short"
        "|longs and shorts|always in|always in the market|stop and reverse|flip|flips|reverse|reverses|reversed"
        "|either way|either direction|vice versa|opposite|mirror|mirrored|other way|side of the last cross"
        "|side of the cross|always on the side of|on whichever side|whichever side",
    ("only", "long"):
        "long only|only long|longs only|only longs|only go long|buy only|no shorts|no shorting|no short"
        "|never short|dont short|don't short|without shorts|no short side|no more shorting|no more shorts"
        "|stop shorting|without shorting|spot only|drop the shorts|drop the short side|remove the short side"
        "|remove shorts|no short selling|long side only",
    ("only", "short"):
        "short only|only short|shorts only|only shorts|no longs|no long side|only go short|short side only",
    ("when", None):
        "when|if|once|whenever|while|as long as|so long as|where|only if|only when|provided|on|as soon as|wen",
    ("without", None):
        "no|without|none|w/o|zero|never use|don't use|dont use|do not use|no need for|remove|drop|delete"
        "|get rid of|take out|lose the|scrap|cancel the|kill the|remove the|drop the|skip the|take off|turn off"
        "|disable|forget the|ditch|take away|not any",
    ("removed", None):
        "instead of|rather than|replace|replacing|was|from|previously|remove|drop|delete|take out|get rid of"
        "|scrap|swap|without|out of|no more|no longer|ditch|lose|take|not|change|switch|strip|leave out|forget"
        "|disable",
    ("previous", None): "previous|prior|last|preceding|yesterday|yesterdays|yesterday's|past|earlier|before",
    ("fast", None):
        "fast|faster|quick|quicker|short ma|short ema|short sma|short average|short moving average|short period"
        "|short length",
    ("slow", None):
        "slow|slower|long ma|long ema|long sma|long average|long moving average|long period|long length",
    ("row", None): "in a row|straight|consecutive|consecutively|successive|back to back|running",
    ("it", None): "it|they|that|this|them|its",
    ("field", "close"):
        "price|close|closes|closing price|closing|closed|prices|last price|the market|spot price|candle close"
        "|closing prices",
    ("field", "open"): "open|opens|opening price|opened",
    ("field", "high"): "high|highs",
    ("field", "low"): "low|lows",
    ("field", "volume"): "volume|vol|volumes",
    ("field", "hlc3"): "typical price|hlc3",
    ("field", "hl2"): "median price|hl2",
    ("field", "ohlc4"): "ohlc4",
    ("candle", UP):
        "green candle|green candles|green bar|green bars|bullish candle|bullish candles|up candle|up candles"
        "|green day|green days",
    ("candle", DOWN):
        "red candle|red candles|red bar|red bars|bearish candle|bearish candles|down candle|down candles|red day"
        "|red days",
    ("max", None): "max|maximum|at most|no more than|not more than|up to|cap|capped|limit to|limited to",
    ("shape", None):
        "bullish engulfing|bearish engulfing|inside bar|outside bar|golden cross|death cross|turtle|turtles"
        "|connors",
    ("skip", None):
        "long term|short term|medium term|short-term|long-term|gone long|how long|for long|heikin ashi|in short"
        "|no other exit|all time high|sell off|time frame|close to|golden ratio|order book|in the short run"
        "|stop and wait|mean reversion|mean reverting|mean revert|mean reverts|i mean|you mean|we mean|back to the mean"
        "|to its mean|reverts to the mean",
}  # fmt: skip
"""Kind and meaning of a mark -> the phrases, between bars; the longest wins, and the first row of two with the same."""

COMPOSED: dict[tuple[str, object], tuple[str, str, str]] = {
    ("enter", ("exit", "short.exit")): (
        "exit|leave|close|close out|get out of|sell out of|flatten|liquidate|unwind|take off|come out of",
        "|the|my|our|any|every|all|all my|all the",
        "long|longs|long position|long positions|long trade|long side|position|positions|open position"
        "|open positions|trade|open trade",
    ),
    ("enter", ("short.exit", "entry")): (
        "exit|leave|close|close out|get out of|flatten|liquidate|unwind|cover|buy back|take off|come out of",
        "|the|my|our|any|every|all|all my|all the",
        "short|shorts|short position|short positions|short trade|short side",
    ),
    ("enter", ("entry", "short.exit")): (
        "open|enter|take|start|initiate|put on|get|get into|go into|establish",
        "|a|the|my|new|a new|a fresh",
        "long|long position|long trade",
    ),
    ("enter", ("short.entry", "exit")): (
        "open|enter|take|start|initiate|put on|get|get into|go into|establish",
        "|a|the|my|new|a new|a fresh",
        "short|short position|short trade",
    ),
}
"""Kind and meaning of a mark -> what is done, whose, to what: every way to put the three behind one another."""

PARTED: dict[tuple[str, object], tuple[str, str, str]] = {
    ("enter", ("exit", "short.exit")): (
        "take|close",
        "the position|the positions|my position|the trade|the long|my long|everything|it all|them",
        "off|out|down",
    ),
    ("enter", ("short.exit", "entry")): ("take|close", "the short|my short|the shorts|my shorts", "off|out|down"),
}
"""The same for verbs that stand on both sides of what they are done to."""
