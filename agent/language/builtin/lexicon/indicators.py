"""Indicators by name, and their lines where people name those alone."""

from __future__ import annotations

from agent.language.builtin.lexicon.terms import Named

INDICATORS: dict[Named, str] = {
    Named("sma", unsaid="kind"): "ma | mas | dma | moving average{,s} | mov avg | moving avg | m.a",
    Named("sma"): "sma{,s} | simple ma | simple moving average{,s} | simple average",
    Named("ema"): "ema{,s} | exp ma | exponential moving average{,s} | exponential ma | exponential average",
    Named("wma"): "wma{,s} | weighted moving average",
    Named("hma"): "hma | hull | hull ma | hull moving average",
    Named("rma"): "rma | smma | wilder ma | wilders ma | smoothed moving average | wilder average",
    Named("dema"): "dema | double ema | double exponential moving average",
    Named("tema"): "tema | triple ema | triple exponential moving average",
    Named("kama"): "kama | kaufman | kaufman ma | adaptive moving average",
    Named("trima"): "trima | triangular ma | triangular moving average",
    Named("vwma"): "vwma | volume weighted ma | volume weighted moving average",
    Named("rsi"): "rsi | relative strength index | rsi line | rsi value | rsi indicator | rsi oscillator",
    Named("stochrsi", "k"): """
        stoch rsi | stochastic rsi | stochrsi | srsi | stoch rsi k | stochrsi k | stochastic rsi k""",
    Named("stoch", "k"): """
        stoch{,s} | stochastic{,s} | stochastic oscillator | slow stoch | slow stochastic{,s} | full stochastic
        | stoch k | stochastic k | stoch %k | stochastic %k | slow k""",
    Named("stochf", "k"): "stochf | fast stoch | fast stochastic{,s}",
    Named("stoch", "d"): "stoch d | stochastic d | stoch %d | stochastic %d | slow d",
    Named("stochrsi", "d"): "stoch rsi d | stochrsi d | stochastic rsi d",
    Named("macd", "line"): "macd | macd line | macd value | macd main line",
    Named("macd", "signal"): "macd signal | macd signal line",
    Named("macd", "hist"): "macd hist | macd histogram | macd histo | macd bars | macdhist | macd bar",
    Named("cci"): "cci | commodity channel index",
    Named("williams_r"): """
        williams r | williams %r | williams percent r | williams | willr | %r | wpr | will r | will %r | william r
        | william %r""",
    Named("mfi"): "mfi | money flow index | money flow",
    Named("cmf"): "cmf | chaikin money flow | chaikin",
    Named("roc"): """
        roc | rate of change | price rate of change | pct change | percent change | percentage change""",
    Named("momentum"): "momentum | mom | momentum indicator",
    Named("cmo"): "cmo | chande momentum | chande momentum oscillator",
    Named("trix"): "trix",
    Named("ppo"): "ppo | percentage price oscillator",
    Named("ultosc"): "ultimate oscillator | ultimate osc | ultosc",
    Named("adx", "adx"): "adx | average directional index | adx line | adx value | adx indicator",
    Named("adx", "plus_di"): "dmi plus | dmi+ | di plus | plus di | +di | di + | di+ | pdi",
    Named("adx", "minus_di"): "dmi minus | dmi- | di minus | minus di | -di | di - | di- | mdi",
    Named("dx"): "dx",
    Named("aroon", "oscillator"): "aroon oscillator | aroon osc | aroon",
    Named("aroon", "up"): "aroon up",
    Named("aroon", "down"): "aroon down",
    Named("atr"): "atr | atrs | average true range | true range",
    Named("natr"): "natr | atr % | atr percent | atr pct | normali{s,z}ed atr",
    Named("realized_vol"): "realised vol | realized vol | reali{s,z}ed volatility | historical volatility | hist vol",
    Named("stdev"): "standard deviation of | stdev | std dev of | stddev",
    Named("zscore"): "z score{,s} | zscore{,s} | z",
    Named("bbands"): """
        bb | bbs | bband{,s} | boll | bollinger{,s} | bollinger band{,s} | bolinger | bolinger band{,s}
        | bolly band{,s}""",
    Named("keltner"): "keltner{,s} | kc | keltner channel{,s} | keltner band{,s}",
    Named("donchian"): """
        donchian{,s} | donchian channel{,s} | donchian band{,s} | dc | price channel | channel | turtle channel""",
    Named("bbands", "width"): """
        bb width | bandwidth | band width | bollinger bandwidth | bollinger width | bollinger band width | bbw""",
    Named("bbands", "percent"): "percent b | %b | bb percent | pct b",
    Named("donchian", "width"): "channel width | donchian width | donchian channel width",
    Named("supertrend"): "supertrend{,s} | super trend | st indicator | supertrend line",
    Named("psar"): "dots | the dots | sar dots | psar | parabolic sar | sar | parabolic | parabolic stop and reverse",
    Named("obv"): "obv | on balance volume",
    Named("vwap"): "vwap | volume weighted average price",
    Named("vwap", inputs=(("session", "day"),)): "session vwap | daily vwap | intraday vwap",
    Named("vwap", unsaid="rolling"): "rolling vwap",
    Named("vwap", inputs=(("session", "week"),)): "weekly vwap",
    Named("volume_sma"): """
        volume average | average volume | avg volume | avg vol | mean volume | vol avg | volume avg | vol average
        | volume ma | volume sma | vol ma | vol sma | volume mean | typical volume | normal volume | usual volume
        | average vol | volume moving average""",
    Named("linearreg"): "linear regression | linreg | lsma",
    Named("rvol"): "rvol | relative volume | rel vol | rel volume | relative vol",
    Named("ibs"): "ibs | internal bar strength",
    Named("awesome"): "ao | awesome oscillator | awesome osc",
    Named("ichimoku"): "ichimoku | ichimoku cloud | ichimoku tk | tk",
    Named("opening_range"): "opening range | orb",
    Named("roc", unsaid="cagr"): """
        cagr | annualized return | annualised return | annual growth rate | compound return""",
}
"""Names beside those of the catalog, and what a name says of the output or the inputs."""

LINES: dict[tuple[str, str], str] = {
    ("bbands", "upper"): """
        upper {band,bb,bollinger,bband,bollinger band,line,bands,boundary,edge,rail} | top {band,bb,bollinger,bband}
        | bb upper | bbu | upper bbands | bollinger upper | bollinger top | bollinger upper band | bb top | bb high
        | band top | high band | bb up | upperband | bbupper | bollinger high | bb upper band | bbands upper
        | upper side of the bollinger | upper one | top one""",
    ("bbands", "lower"): """
        lower {band,bb,bollinger,bband,bollinger band,line,bands,boundary,edge,rail}
        | bottom {band,bb,bollinger,bband} | bb lower | bbl | bollinger lower | bollinger bottom | bollinger lower band
        | bb bottom | bb low | band bottom | low band | bb down | lowerband | bblower | bollinger low
        | bb lower band | bbands lower | lower bbands | lower one | bottom one""",
    ("bbands", "middle"): """
        middle {band,bb,bollinger,line} | mid {band,bb,line,bollinger} | midband | mid bb | bb mid | bb middle
        | basis | basis line | center line | midline | central band | bollinger mid | bollinger middle
        | bollinger basis | middle bollinger band | center band | centre line | centre band | bollinger middle band
        | mean line | mid | middle""",
    ("keltner", "upper"): """
        kcu | upper {keltner,kc} | upper keltner {band,channel,line} | keltner upper | kc upper | top keltner
        | keltner {top,upper band,upper line} | top of the keltner | upper keltner channel line""",
    ("keltner", "lower"): """
        kcl | lower {keltner,kc} | lower keltner {band,channel,line} | keltner lower | kc lower | bottom keltner
        | keltner {bottom,lower band,lower line} | bottom of the keltner""",
    ("keltner", "middle"): """
        keltner {middle,mid,basis,midline} | middle keltner | keltner middle line | keltner mid line | kc mid
        | kc middle""",
    ("donchian", "upper"): """
        upper donchian | upper donchian {band,channel,line} | donchian {upper,high,top,upper band}
        | top of the channel | channel {top,high,upper} | upper channel | upper channel line | top of the donchian
        | donchian channel {high,top,upper} | donchian upper channel""",
    ("donchian", "lower"): """
        lower donchian | lower donchian {band,channel,line} | donchian {lower,low,bottom,lower band}
        | bottom of the channel | channel {bottom,low,lower} | lower channel | lower channel line
        | bottom of the donchian | donchian channel {low,bottom,lower} | donchian lower channel""",
    ("donchian", "middle"): """
        donchian {mid,middle,midline} | channel {mid,middle,midline,midpoint} | middle of the channel
        | donchian mid line | midpoint of the channel | mid channel""",
    ("ichimoku", "tenkan"): """
        tenkan | tenkan sen | ichimoku tenkan | ichimoku conversion line | conversion line | tenkansen""",
    ("ichimoku", "kijun"): "kijun | kijun sen | ichimoku kijun | ichimoku base line | base line | kijunsen",
    ("macd", "signal"): "signal line | signal",
    ("macd", "hist"): "histogram | histo | hist",
    ("stoch", "k"): "k line | %k | k",
    ("stoch", "d"): "d line | %d | d",
    ("opening_range", "high"): """
        or high | opening range high | range high | orb high | high of the opening range | high of the range
        | top of the range | opening range top | the range high""",
    ("opening_range", "low"): """
        or low | opening range low | range low | orb low | low of the opening range | low of the range
        | bottom of the range | opening range bottom""",
}
"""Lines of an indicator that may be named without it; which indicator, the rest of the message says."""
