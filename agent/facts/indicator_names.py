"""What people call indicators and their lines, and what else in a spec may be meant by such a name."""

from __future__ import annotations

ALIASES: dict[tuple[str, str | None], str] = {
    ("ma", None):
        "ma|mas|dma|moving average|moving averages|mov avg|moving avg|average|averages|avg|average line|day line"
        "|mean|rolling mean|running mean",
    ("sma", None): "smas|simple ma|simple moving averages|simple moving avg|simple average",
    ("ema", None): "emas|exponential moving averages|exponential ma|exponential average|exp moving average",
    ("dema", None): "double exponential ma",
    ("rsi", None): "rsi line|rsi value|rsi indicator",
    ("stoch", None): "stoch|stochs|stochastics|slow stoch|slow stochastics|full stochastic",
    ("stoch", "k"): "%k|stochastic k|stoch k|stoch %k|stochastic %k|slow k|k line",
    ("stoch", "d"): "%d|stochastic d|stoch d|stoch %d|stochastic %d|slow d|d line",
    ("stochrsi", None): "stoch rsi|stochastic rsi|stochrsi",
    ("macd", "hist"): "macd hist|macd histogram|histogram|macd histo|histo|macd bars",
    ("macd", "signal"): "macd signal|macd signal line|signal line",
    ("macd", "line"): "macd line|macd main line",
    ("williams_r", None): "williams %r|%r|williams r|will r|will %r|william r|williams percent r",
    ("adx", "plus_di"): "+di|di+|plus di|di plus",
    ("adx", "minus_di"): "-di|di-|minus di|di minus",
    ("aroon", "up"): "aroon up",
    ("aroon", "down"): "aroon down",
    ("aroon", "oscillator"): "aroon oscillator|aroon osc",
    ("bbands", None): "bbs|bollingers|bollinger bands|bollinger band|bbands|bolinger|bolinger bands|boll",
    ("bbands", "width"):
        "bb width|bandwidth|band width|bollinger width|bollinger band width|bbw|bollinger bandwidth",
    ("bbands", "percent"): "percent b|%b",
    ("bbands", "upper"):
        "upper bollinger band|upper bollinger|upper bb|bb upper|bollinger upper|upper bollinger line",
    ("bbands", "lower"):
        "lower bollinger band|lower bollinger|lower bb|bb lower|bollinger lower|lower bollinger line",
    ("bbands", "middle"): "middle bollinger band|middle bollinger|bb middle|bb mid|bollinger middle|bollinger mid",
    ("keltner", "upper"):
        "upper keltner|upper keltner band|upper keltner channel|upper kc|keltner upper|upper keltner line",
    ("keltner", "lower"):
        "lower keltner|lower keltner band|lower keltner channel|lower kc|keltner lower|lower keltner line",
    ("keltner", "middle"): "middle keltner|keltner middle|middle keltner line|keltner mid",
    ("donchian", "upper"):
        "upper donchian|upper donchian band|upper donchian channel|donchian upper|donchian high"
        "|donchian upper band",
    ("donchian", "lower"):
        "lower donchian|lower donchian band|lower donchian channel|donchian lower|donchian low"
        "|donchian lower band",
    ("donchian", "middle"): "middle donchian|donchian middle|donchian mid",
    ("line", "upper"):
        "upper band|top band|upper channel|upper line|upper bands|upper rail|upper envelope|channel high"
        "|upper boundary",
    ("line", "lower"):
        "lower band|bottom band|lower channel|lower line|lower bands|lower rail|lower envelope|channel low"
        "|lower boundary",
    ("line", "middle"): "middle band|mid band|midband|middle line|basis line|middle channel",
    ("keltner", None): "keltners|keltner channel|keltner channels|keltner bands|keltner band",
    ("donchian", None): "donchians|donchian bands|donchian band|price channel",
    ("supertrend", None): "supertrends|supertrend line",
    ("psar", None): "psar|parabolic stop and reverse",
    ("obv", None): "obv",
    ("vwap", None): "session vwap|daily vwap|intraday vwap|weekly vwap|rolling vwap",
    ("volume_sma", None):
        "mean vol|volume mean|vol mean|median volume|volume avg"
        "|average volume|volume average|avg volume|avg vol|mean volume|volume ma|vol ma|volume sma|vol sma"
        "|typical volume|vol avg|average vol|normal volume|volume moving average",
    ("natr", None): "atr percent|atr pct|atr %",
    ("opening_range", "high"):
        "range high|opening range high|or high|orb high|high of the range|high of the opening range",
    ("opening_range", "low"):
        "range low|opening range low|or low|orb low|low of the range|low of the opening range",
    ("highest", None):
        "highest high|highest close|highest|highest highs|highest closing price|new high|closing high|swing high"
        "|max high|highest price",
    ("lowest", None):
        "lowest low|lowest close|lowest|lowest lows|lowest closing price|new low|closing low|swing low|min low"
        "|lowest price",
}  # fmt: skip
"""Names beside those of the catalog; ``line`` is a line of a band or channel that the words leave open."""

NOT_NAMES = frozenset(
    ("momentum", "mom", "max", "min", "std", "wilder", "parabolic", "quantile", "percentile", "volatility", "hv", "dc")
)
"""Names of the catalog that are everyday words: what they mean, the words around them decide."""

AVERAGES = ("sma", "ema", "wma", "hma", "rma", "dema", "tema", "kama", "trima", "vwma", "linearreg", "volume_sma")

KIN: dict[str, tuple[str, ...]] = {
    "ma": (*AVERAGES, "zscore"),
    "sma": ("sma", "volume_sma", "zscore", "bbands"),
    "ema": ("ema", "keltner"),
    "volume_sma": AVERAGES,
    "bbands": ("bbands", "stdev", "zscore"),
    "donchian": ("donchian", "highest", "lowest"),
    "highest": ("highest", "donchian"),
    "lowest": ("lowest", "donchian"),
    "atr": ("atr", "natr", "keltner", "supertrend"),
    "natr": ("natr", "atr"),
    "stoch": ("stoch", "stochf", "stochrsi"),
    "stochrsi": ("stochrsi", "stoch"),
    "adx": ("adx", "dx", "plus_di", "minus_di"),
    "keltner": ("keltner", "atr"),
    "stdev": ("stdev", "bbands", "zscore", "realized_vol"),
    "roc": ("roc", "momentum"),
    "line": ("bbands", "keltner", "donchian", "highest", "lowest", "stdev"),
    "linearreg": ("linearreg",),
}
"""What a name in the words may be in a spec, beside itself: a channel may be written as its extremes."""

LINES = {"upper": ("upper", "highest"), "lower": ("lower", "lowest"), "middle": ("middle",)}


def kin(name: str) -> tuple[str, ...]:
    """Return the indicator types that a name may stand for in a spec.

    >>> kin("rsi"), kin("donchian")
    (('rsi',), ('donchian', 'highest', 'lowest'))
    """
    return KIN.get(name, (name,))
