"""Words of the trade that tell a strategy from other talk: rules that can be tested, parts of a strategy, parties."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from agent.language.builtin.screening.phrases import compiled

if TYPE_CHECKING:
    from agent.language.builtin.screening.folded import Folded

INDICATORS = (
    "(sma^|ema^|ma^|wma^|hma^|rma^|dema^|tema^|kama^|vwma^|rsi^|macd^|adx^|atr^|natr^|cci^|mfi^|obv|cmf^|cmo^|"
    "trix^|ppo^|psar|sar|aroon^|vwap|bb^|bband*|bollinger|keltner|donchian|supertrend|stoch^|stochastic|stochrsi|"
    "williams|zscore|z score|ichimoku|kijun|tenkan|dmi|roc^|wpr|stdev|hull|linreg)",
    "moving average",
    "rate of change",
    "parabolic sar",
    "super trend (#|indicator|flip|is|line|up|down|direction|turn|cross|bullish|bearish)",
    "super trend //",
    "standard deviation",
)
"""Names of indicators as people write them; `rsi14` in one word is met as well."""

RULES = (
    *INDICATORS,
    "(golden|death|bullish|bearish) (cross|crossover)",
    "(cross|crosses|crossing|crossover|crossunder|breakout)",
    "(price|close|open|high|low|closes|candle|bar|volume|close today) ..3 (above|below|over|under|higher|lower|>|<|"
    "exceeds|exceed)",
    "(breaks|break|broke|trades|closes|closing|goes) ..2 (above|below|over|under|#)",
    "# (day|bar|week|hour|candle|period|month|d|h) (high|low|highest|lowest|breakout)",
    "(highest|lowest) (high|low|close) ..4 #",
    "(drop|fall|dip|rise|jump|pump|dump|gain|rally|lose|down|up|decline) ..2 # (%|percent|pct)",
    "(green|red|up|down) (candle|bar|close|day) in a row",
    "# (green|red|up|down) (candle|bar|close|day)",
    "# consecutive",
    "(<|>) (=)? #",
    "opening range",
    "turtle",
)
"""Words of a condition that can be tested on candles: an indicator, a cross, a price against a level."""

TRADING = (
    *RULES,
    "(buy|sell|long|short|enter|exit|trade|trading|trader|stop|target|strategy|backtest|test|position|leverage|"
    "risk|size|sizing|signal|entry|entries|coin|stock|crypto|market|price|candle|chart|portfolio|drawdown|sharpe|"
    "profit|loss|perp|spot|bot|indicator|timeframe|fee|slippage|equity|broker|exchange|bitcoin|ethereum|btc|eth|"
    "sol|trend following|alts|altcoins|large cap|the usual|usual one|get in|get out|"
    "momentum|breakout|bollinger|reversion|scalp|scalping|scalper|swing|hold|volume|volatility|run|version|"
    "spec|win~rate|rebalance|rebalancing|rotate|rotation|allocate|allocation)",
    "(1m|3m|5m|15m|30m|1h|2h|4h|6h|8h|12h|1d|3d|1w)",
)
"""Words that make a message one about trading, or about what was built in the conversation."""

ENTRY_WORDS = "(buy|buying|long|enter|entry|short|go|get in|in when|grab|filter)"
EXIT_WORDS = "(sell|selling|exit|out|closing|cover|flat|bail|leave|unload|liquidate)"
STOP_WORDS = "(stop|sl|stop~loss)"
TARGET_WORDS = "(target|tp|take profit|takeprofit)"

_ROLES = (("entry", ENTRY_WORDS), ("exit", EXIT_WORDS), ("stop_loss", STOP_WORDS), ("take_profit", TARGET_WORDS))


def says(folded: Folded, phrases: tuple[str, ...]) -> bool:
    """True when one of the phrases stands in a message."""
    return compiled(phrases).search(folded.line) is not None


@cache
def _role_expression() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<{role}>{compiled((words,)).pattern})" for role, words in _ROLES))


def role_before(folded: Folded, place: int) -> str:
    """Return the part of a strategy whose word stands nearest before a position of the line; ``entry`` without one."""
    role = "entry"
    for found in _role_expression().finditer(folded.line, 0, place + 1):
        role = found.lastgroup or role
    return role
