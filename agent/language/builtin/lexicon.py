"""The words the interpreter knows: phrases to tags, indicator names from the catalog, everything else written here.

A phrase may hold one level of braces: ``cross{es,ing,ed,}`` stands for its four forms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from engine.indicators.catalog import CATALOG

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Term:
    """What a phrase is: ``tag`` its part of speech, ``data`` its meaning."""

    tag: str
    data: Any = None


@dataclass(frozen=True, slots=True)
class Named:
    """An indicator by name, with the output or inputs the name implies; ``unsaid`` what the name leaves open."""

    type: str
    output: str | None = None
    inputs: tuple[tuple[str, Any], ...] = ()
    unsaid: str | None = None


INDICATORS: dict[str, Named] = {
    "ma|mas|dma|moving average{,s}|mov avg|moving avg|m.a": Named("sma", unsaid="kind"),
    "sma{,s}|simple ma|simple moving average{,s}|simple average": Named("sma"),
    "ema{,s}|exp ma|exponential moving average{,s}|exponential ma|exponential average": Named("ema"),
    "wma{,s}|weighted moving average": Named("wma"),
    "hma|hull|hull ma|hull moving average": Named("hma"),
    "rma|smma|wilder ma|wilders ma|smoothed moving average|wilder average": Named("rma"),
    "dema|double ema|double exponential moving average": Named("dema"),
    "tema|triple ema|triple exponential moving average": Named("tema"),
    "kama|kaufman|kaufman ma|adaptive moving average": Named("kama"),
    "trima|triangular ma|triangular moving average": Named("trima"),
    "vwma|volume weighted ma|volume weighted moving average": Named("vwma"),
    "rsi|relative strength index|rsi line|rsi value|rsi indicator|rsi oscillator": Named("rsi"),
    "stoch rsi|stochastic rsi|stochrsi|srsi": Named("stochrsi", "k"),
    "stoch{,s}|stochastic{,s}|stochastic oscillator|slow stoch|slow stochastic{,s}"
    "|full stochastic": Named("stoch", "k"),
    "stochf|fast stoch|fast stochastic{,s}": Named("stochf", "k"),
    "stoch k|stochastic k|stoch %k|stochastic %k|slow k": Named("stoch", "k"),
    "stoch d|stochastic d|stoch %d|stochastic %d|slow d": Named("stoch", "d"),
    "stoch rsi k|stochrsi k|stochastic rsi k": Named("stochrsi", "k"),
    "stoch rsi d|stochrsi d|stochastic rsi d": Named("stochrsi", "d"),
    "macd|macd line|macd value|macd main line": Named("macd", "line"),
    "macd signal|macd signal line": Named("macd", "signal"),
    "macd hist|macd histogram|macd histo|macd bars|macdhist|macd bar": Named("macd", "hist"),
    "cci|commodity channel index": Named("cci"),
    "williams r|williams %r|williams percent r|williams|willr|%r|wpr|will r|will %r|william r|william %r":
        Named("williams_r"),
    "mfi|money flow index|money flow": Named("mfi"),
    "cmf|chaikin money flow|chaikin": Named("cmf"),
    "roc|rate of change|price rate of change": Named("roc"),
    "momentum|mom|momentum indicator": Named("momentum"),
    "cmo|chande momentum|chande momentum oscillator": Named("cmo"),
    "trix": Named("trix"),
    "ppo|percentage price oscillator": Named("ppo"),
    "ultimate oscillator|ultimate osc|ultosc": Named("ultosc"),
    "adx|average directional index|adx line|adx value|adx indicator": Named("adx", "adx"),
    "dmi plus|dmi+|di plus|plus di|+di|di +|di+|pdi": Named("adx", "plus_di"),
    "dmi minus|dmi-|di minus|minus di|-di|di -|di-|mdi": Named("adx", "minus_di"),
    "dx": Named("dx"),
    "aroon oscillator|aroon osc|aroon": Named("aroon", "oscillator"),
    "aroon up": Named("aroon", "up"),
    "aroon down": Named("aroon", "down"),
    "atr|atrs|average true range|true range": Named("atr"),
    "natr|atr percent|atr pct|normali{s,z}ed atr": Named("natr"),
    "realised vol|realized vol|reali{s,z}ed volatility|historical volatility|hist vol": Named("realized_vol"),
    "standard deviation of|stdev|std dev of|stddev": Named("stdev"),
    "z score{,s}|zscore{,s}|z": Named("zscore"),
    "bb|bbs|bband{,s}|boll|bollinger{,s}|bollinger band{,s}|bolinger|bolinger band{,s}|bolly band{,s}":
        Named("bbands"),
    "keltner{,s}|kc|keltner channel{,s}|keltner band{,s}": Named("keltner"),
    "donchian{,s}|donchian channel{,s}|donchian band{,s}|dc|price channel|channel|turtle channel": Named("donchian"),
    "bb width|bandwidth|band width|bollinger bandwidth|bollinger width|bollinger band width|bbw":
        Named("bbands", "width"),
    "percent b|%b|bb percent|pct b": Named("bbands", "percent"),
    "channel width|donchian width|donchian channel width": Named("donchian", "width"),
    "supertrend{,s}|super trend|st indicator|supertrend line": Named("supertrend"),
    "dots|the dots|sar dots|psar|parabolic sar|sar|parabolic|parabolic stop and reverse": Named("psar"),
    "obv|on balance volume": Named("obv"),
    "vwap|volume weighted average price|session vwap|daily vwap|intraday vwap": Named("vwap"),
    "rolling vwap": Named("vwap", unsaid="rolling"),
    "weekly vwap": Named("vwap", inputs=(("session", "week"),)),
    "volume average|average volume|avg volume|avg vol|mean volume|vol avg|volume avg|vol average|volume ma|volume sma"
    "|vol ma|vol sma|volume mean|typical volume|normal volume|usual volume|average vol|volume moving average":
        Named("volume_sma"),
    "linear regression|linreg|lsma": Named("linearreg"),
    "ibs|internal bar strength": Named("ibs"),
    "ao|awesome oscillator|awesome osc": Named("awesome"),
    "ichimoku|ichimoku cloud|ichimoku tk|tk": Named("ichimoku"),
    "opening range|orb": Named("opening_range"),
    "cagr|annualized return|annualised return|annual growth rate|compound return": Named("roc", unsaid="cagr"),
}  # fmt: skip

LINES: dict[str, tuple[str, str]] = {
    "upper {band,bb,bollinger,bband,bollinger band,line,bands,boundary,edge,rail}|top {band,bb,bollinger,bband}"
    "|bb upper|upper bbands|bollinger upper|bollinger top|bollinger upper band|bb top|bb high|band top|high band|bb up"
    "|upperband|bbupper|bollinger high|bb upper band|bbands upper|upper side of the bollinger":
        ("bbands", "upper"),
    "lower {band,bb,bollinger,bband,bollinger band,line,bands,boundary,edge,rail}|bottom {band,bb,bollinger,bband}"
    "|bb lower|bollinger lower|bollinger bottom|bollinger lower band|bb bottom|bb low|band bottom|low band|bb down"
    "|lowerband|bblower|bollinger low|bb lower band|bbands lower|lower bbands":
        ("bbands", "lower"),
    "middle {band,bb,bollinger,line}|mid {band,bb,line,bollinger}|midband|mid bb|bb mid|bb middle|basis|basis line"
    "|center line"
    "|midline|central band|bollinger mid|bollinger middle|bollinger basis|middle bollinger band|center band"
    "|centre line|centre band|bollinger middle band|mean line|mid|middle":
        ("bbands", "middle"),
    "upper {keltner,kc}|upper keltner {band,channel,line}|keltner upper|kc upper|top keltner"
    "|keltner {top,upper band,upper line}|top of the keltner|upper keltner channel line": ("keltner", "upper"),
    "lower {keltner,kc}|lower keltner {band,channel,line}|keltner lower|kc lower|bottom keltner"
    "|keltner {bottom,lower band,lower line}|bottom of the keltner": ("keltner", "lower"),
    "keltner {middle,mid,basis,midline}|middle keltner|keltner middle line|keltner mid line|kc mid"
    "|kc middle": ("keltner", "middle"),
    "upper donchian|upper donchian {band,channel,line}|donchian {upper,high,top,upper band}|top of the channel"
    "|channel {top,high,upper}|upper channel|upper channel line|top of the donchian|donchian channel {high,top,upper}"
    "|donchian upper channel": ("donchian", "upper"),
    "lower donchian|lower donchian {band,channel,line}|donchian {lower,low,bottom,lower band}|bottom of the channel"
    "|channel {bottom,low,lower}|lower channel|lower channel line|bottom of the donchian"
    "|donchian channel {low,bottom,lower}|donchian lower channel": ("donchian", "lower"),
    "donchian {mid,middle,midline}|channel {mid,middle,midline,midpoint}|middle of the channel|donchian mid line"
    "|midpoint of the channel|mid channel": ("donchian", "middle"),
    "tenkan|tenkan sen|ichimoku tenkan|ichimoku conversion line|conversion line|tenkansen": ("ichimoku", "tenkan"),
    "kijun|kijun sen|ichimoku kijun|ichimoku base line|base line|kijunsen": ("ichimoku", "kijun"),
    "signal line|signal": ("macd", "signal"),
    "histogram|histo|hist": ("macd", "hist"),
    "k line|%k|k": ("stoch", "k"),
    "d line|%d|d": ("stoch", "d"),
    "or high|opening range high|range high|orb high|high of the opening range|high of the range|top of the range"
    "|opening range top|the range high": ("opening_range", "high"),
    "or low|opening range low|range low|orb low|low of the opening range|low of the range|bottom of the range"
    "|opening range bottom": ("opening_range", "low"),
}  # fmt: skip
"""Lines of an indicator that may be named without it; which indicator, the rest of the message says."""

FIELDS = {
    "price|prices|close|closes|closing price|the market|spot price|last price|market price|closing|closed"
    "|candles close|close price|finishes|finish|finishing|ends|settles|current price|last close": "close",
    "open|opening price|open price|opens|todays open|day open|days open": "open",
    "high|highs|high price": "high",
    "low|lows|low price": "low",
    "volume|vol|trading volume|volumes|traded volume|bar volume": "volume",
    "typical price|hlc3|hlc/3|(h+l+c)/3": "hlc3",
    "median price|hl2|mid price|midpoint|hl/2": "hl2",
    "ohlc4": "ohlc4",
}

COMPARISONS = {
    "above|over|longer than|higher than|greater than|more than|larger than|bigger than|>|exceed{s,ing,}"
    "|beat{s,ing,}|top{s,ping}|past"
    "|north of|in excess of|on top of|outside above|better than|stronger than|gt|upwards of|surpass{es,ing,}": "gt",
    "at least|no less than|not less than|not below|>=|=>=|≥|gte|minimum of|not under|greater or equal|at or above"
    "|equal or above|greater than or equal to|above or equal to|equal to or above|equal or greater than"
    "|greater equal|no lower than|more or equal": "gte",
    "below|sub|under|lower than|less than|smaller than|<|beneath|underneath|south of|lt|shy of|weaker than"
    "|undercut{s,}": "lt",
    "at most|no more than|not more than|not above|<=|=<|≤|lte|not over|maximum of|less or equal|at or below"
    "|equal or below|less than or equal to|below or equal to|equal to or below|no higher than"
    "|equal or less than": "lte",
    "equals|equal to|==|is equal to|exactly|eq": "eq",
    "beyond|outside|outside of|out of|out past": "outside",
    "back through|through|thru|wrong side of|the wrong side of|other side of|the other side of|on the wrong side of"
    "|on the other side of|back inside|far side of": "beyond",
}
POSTFIXED = {
    "or more|or higher|or above|or greater|or over|or better|plus|or up": "gte",
    "or less|or lower|or below|or under|or down": "lte",
}

VERBS: dict[str, tuple[str, str | None]] = {
    "cross{,es,ed,ing,over,overs}|intersect{s,}|xover|recross{,es,ing}|crossups"
    "|cross over{s,}|crosess|croses|crossess|crosses through|cross through|crossing through|cuts|cut|cutting"
    "|cuts through": (
        "cross",
        None,
    ),
    "crossunder{,s}|cross under|crosses under|crossing under|crossed under": ("cross", "down"),
    "up through|up thru|x up|xo|xup|x over|recross{,es,ing} up|cross up|crosses up|crossing up|crossup"
    "|crosses upward{,s}|crosses to the upside|crosses higher|crossed up"
    "|bullish cross{,over}|bullish crossing|bull cross|crosses bullish|bullish macd cross|crosses bullishly"
    "|bullish flip|upward cross|upside cross|positive cross|up cross|crosses up through": ("cross", "up"),
    "down through|down thru|x dn|x down|xu|xdn|x under|recross{,es,ing} down|cross down|crosses down|crossing down"
    "|crossdown|crosses downward{,s}|crosses to the downside|crosses lower"
    "|crossed down|bearish cross{,over}|bear cross|crosses bearish|crosses bearishly|bearish crossing|bearish flip"
    "|downward cross|downside cross|negative cross|down cross|crosses down through|dead cross": ("cross", "down"),
    "break{,s,ing,out,outs}|broke|broken|break out{,s}|breaks out|breaking out|broke out|pierce{,s}|bust{,s}|poke{,s}"
    "|punches through|pushes through|takes out|take out|taking out|clear{s,ing,}|breach{,es}|break through"
    "|breaks through"
    "|breaks thru|takes": ("break", None),
    "break{,s,ing} up|breaks upward{,s}|breakup|upside break{,out}|breaks to the upside|bullish breakout"
    "|upward break{,out}"
    "|up break|break to the upside|breakout up": ("break", "up"),
    "break{,s,ing} down|breakdown{,s}|breaks downward{,s}|downside break{,out}|breaks to the downside"
    "|bearish breakout|downward break{,out}|down break|break to the downside|breakout down": ("break", "down"),
    "make{,s}|making|sets|posts|go{,es,ing}|went|turn{,s,ed,ing}|flip{,s,ped,ping}|move{,s,d}|moving|get{s,ting}"
    "|switch{,es}|come{,s}|tick{,s}"
    "|start{,s} to go|starts going|pass{es,ing,}|head{,s}": ("event", None),
    "rise{,s,n}|rising above|rose|climb{,s,ing,ed}|jump{,s,ed,ing}|rall{y,ies}|pop{,s,ped}|spike{,s,d}|surge{,s}"
    "|push{,es,ing}"
    "|shoot{,s}|rocket{,s}|pump{,s,ed}|bounce{,s,d}|recover{,s,ed,ing}|gain{,s,ed}|advance{,s,d}|increase{,s,d}"
    "|going up|goes up|move{,s} up|moving up|went up|trending up|turning up|heads up|ticks up|grow{,s}": ("move", "up"),
    "drop{,s,ped,ping}|fall{,s,en}|fell|dip{,s,ped,ping}|sink{,s}|slip{,s,ped}|plunge{,s,d}|dive{,s}|tank{,s}|slide{,s}"
    "|decline{,s,d}|lose{,s}|dump{s,ed}|sell{s,} off|decrease{,s,d}|going down|goes down|move{,s} down|moving down"
    "|crash{,es}"
    "|went down|trending down|turning down|retrace{,s}|pull{,s} back|pulled back|ticks down|retreat{,s}": (
        "move",
        "down",
    ),
    "turn{,s,ing,ed} up|flip{,s,ped,ping} up|curl{,s} up|hook{,s} up|turns upward{,s}|flip{,s} to up{,trend}"
    "|flips bullish"
    "|turn{,s,ed} bullish|goes bullish|turn{,s,ed} green|flip{,s,ped} green|goes green|goes long|flips long|turns long"
    "|flip{,s} bullish|switches up|changes to up{,trend}|signals up|says up|says buy|flips to buy|flips to bullish"
    "|gives buy"
    "|flips to green|turns to up{,trend}|flips to long|is green|gives a buy signal|buy signal|green": ("turn", "up"),
    "turn{,s,ing,ed} down|flip{,s,ped,ping} down|curl{,s} down|hook{,s} down|rolls over|turns downward{,s}"
    "|flips bearish"
    "|turn{,s,ed} bearish|goes bearish|turn{,s,ed} red|flip{,s,ped} red|goes red|goes short|flips short|turns short"
    "|flip{,s} bearish|switches down|changes to down{,trend}|signals down|says down|says sell|flips to sell"
    "|flips to bearish"
    "|gives sell|flip{,s} to down{,trend}|flips to red|turns to down{,trend}|flips to short|is red|gives a sell signal"
    "|sell signal|red": ("turn", "down"),
    "touch{,es,ed,ing}|reach{,es,ed,ing}|hit{,s,ting}|tag{,s,ged}|return{,s,ed,ing}|revert{,s,ed,ing}|get back to"
    "|gets back to"
    "|come{,s} back|came back|gets to|get to|test{,s,ing}|retest{,s}|kiss{,es}|gets back|back to|back at|goes back"
    "|go back|at or near"
    "|mean reverts|falls back|drops back|rises back|pulls back to|climbs back|bounces off|bounce off|bounces from": (
        "reach",
        None,
    ),
    "is|are|was|stay{,s,ing}|remain{,s,ing}|hold{s,ing}|be|being|trade{s,}|trading|sit{,s,ting}|stand{,s}|read{,s,ing}"
    "|settle|print{,s}|keeps|keep|lies|has been|have been|sits at|goes": ("state", None),
    "rising|sloping up|trending higher|pointing up|upward sloping|sloped up|increasing|growing|slopes up|expanding"
    "|climbing up"
    "|slope up|slope is up|slope positive|on the rise|heading up|upsloping|moving higher|ticking up|widening": (
        "trend",
        "up",
    ),
    "falling|sloping down|trending lower|pointing down|downward sloping|sloped down|decreasing|declining|slopes down"
    "|contracting|shrinking|narrowing|slope down|slope negative|heading down|downsloping|moving lower": (
        "trend",
        "down",
    ),
}
"""Verbs: how they move, and which way where the verb itself says so."""

SIGNS = {
    "positive|above zero|over zero|> zero|above the zero line|above 0 line": "positive",
    "negative|below zero|under zero|< zero|below the zero line": "negative",
    "oversold|over sold": "oversold",
    "overbought|over bought": "overbought",
    "bullish|bull|uptrend|up trend|in an uptrend|in uptrend": "bullish",
    "bearish|bear|downtrend|down trend|in a downtrend|in downtrend": "bearish",
}

ACTIONS: dict[str, tuple[str, str | None]] = {
    "buy{,s,ing}|bought|go{,es,ing} long|enter{,s,ing} long|open{,s} long|open a long|long{,s,ing}|get long"
    "|long entr{y,ies}"
    "|take long|take a long|longs when|buy long|buy in|scoop|accumulate|grab some|pick up|bto|get me long|be long"
    "|long side"
    "|entry long|enter a long|purchase|accumulate|load up|long trades|long trade|long signal|entry signal"
    "|enters long|bullish entry"
    "|buy entry|buy to open|go in long|jump in long|open longs|long position|open long position|longs enter|im in"
    "|i am in|gets me in|gets me long|get me in|puts me in|long entry rule"
    "|enter buy|all in|i buy|we buy|buy the dip|dip buyer|get in long|long setup|long if|long when|buy side|buying": (
        "enter",
        "long",
    ),
    "gets me short|puts me short|short{,s,ing}|go{,es,ing} short|sell{,s,ing} short|short sell|enter{,s,ing} short"
    "|open{,s} short|open a short|get short"
    "|take short|take a short|short entr{y,ies}|be short|short side|entry short|enter a short|short trades|short trade"
    "|sell to open|short signal|bearish entry|open shorts|short position|short setup|sto|short it|enters short"
    "|short when|short if": (
        "enter",
        "short",
    ),
    "enter{,s,ing}|entry|entries|get in|open{,s} position|open{,s} a position|open a trade|get into|in when|jump in"
    "|enter trade{,s}"
    "|entry rule{,s}|entry condition{,s}|take the trade|take a position|trigger|entry trigger|i get in|trade when"
    "|trades when"
    "|enter position|enter a trade|enter when|open trade|entry criteria|hop in|step in|entry when|entry logic"
    "|enter the trade": (
        "enter",
        None,
    ),
    "sell{,s,ing}|sel|distribute|offload|sold|sell it|sell out|exit long{,s}|close long{,s}|close the long{,s}"
    "|exit the long{,s}|exit my long|sell everything|sell all|sell to close"
    "|close my long|long exit{,s}|sell position|long out|exit longs when|close long position|exit long position"
    "|unload|dump it|stc"
    "|close longs when|sell my|sell the|longs exit|dump all|i sell|we sell": ("exit", "long"),
    "cover{,s,ing}|exit short{,s}|close short{,s}|close the short{,s}|buy to cover|buy back|short exit{,s}"
    "|cover short{,s}"
    "|close short position|exit short position|buy to close|exit the short{,s}|shorts exit|cover the short": (
        "exit",
        "short",
    ),
    "exit{,s,ing}|exit rule{,s}|exit condition{,s}|exit trade{,s}|get{,s} out|out|go flat|flat|flatten|close out"
    "|bail|bail out"
    "|to cash|cash out|all out|all out to cash|liquidate|leave|unwind|close position{,s}|close the position{,s}"
    "|close the trade|close trade{,s}"
    "|close everything|close all|close it|exit position{,s}|exit the position|exit the trade|get me out|take it off"
    "|step aside"
    "|exit everything|exit all|exit criteria|exit both|go to cash|move to cash|be out|out when|exits when|exit when"
    "|i exit|we exit"
    "|close both|im out|i am out|exit logic|closes position|exit signal|gets me out|gets you out|takes me out"
    "|puts me out|usdt when|usdt if|stables when|cash when|cash if|into usdt|into stables|square off|square up"
    "|get flat|bye|goodbye|gone|gtfo|hop out|cash"
    "|dump|goes flat|done|done when|close any|exit on|close order|exit any|close open positions|leave the trade"
    "|take the position off|take it off|take off the position|take the trade off|wind it up|drop it|ditch it"
    "|let it go|kick it out|get rid of it": (
        "exit",
        None,
    ),
    "long short|long/short|long and short|buy and short|long or short|both directions|both sides|both ways"
    "|go both ways|longs and shorts"
    "|long & short|l/s|either direction|trade both sides|two sided|either way": ("enter", "both"),
    "hold{,ing}|stay in|stay long|hold long|be in|stay invested|own|own it|held|is held|are held|held only|keep it"
    "|hold it|in the market|invested|remain long|hold a long": (
        "hold",
        "long",
    ),
    "stay short|hold short": ("hold", "short"),
}

WORDS: dict[str, Term] = {
    "if|when|whenever|once|as soon as|given that|on condition|anytime|any time|every time|when the|where|upon"
    "|in case|wen|when ever|whilst"
    "|as": Term("when"),
    "while|as long as|so long as|only while": Term("while"),
    "and|&|&&|as well as|also|together with|along with|combined with|w/|plus also|and also|and then|then"
    "|simultaneously|and the"
    "|while also|at the same time|along|n": Term("and"),
    "or|either|whichever is first|or if|or when|or else|alternatively|whichever comes first"
    "|whichever first": Term("or"),
    "with": Term("with"),
    "but": Term("but"),
    "regime =|regime|only if|only when|but only if|but only when|provided|provided that|filter|filters|filter:"
    "|confirm{,ed,s} by|confirmed with|confirmation"
    "|require{,s,d}|needs|need|must be|must|needs to be|has to be|have to be|has to|only in|only take trades when"
    "|only trade when"
    "|only trade if|trade only when|trade only if|filtered by|trend filter|only after|so only|as a filter"
    "|regime filter|additional filter"
    "|extra condition|additionally|in addition|requires that|only long when|only allowed when|gate": Term("filter"),
    "unless|except when|except if|but not if|but not when|not if|not when|dont trade if|skip if|avoid if|skip when"
    "|avoid when"
    "|no trade if|no trades when|do not trade when|do not enter if|do not trade if|dont enter if|dont buy if"
    "|no entries when|skip longs if|skip longs when|skip shorts if|skip shorts when|no longs if|no longs when"
    "|skip it if|skip it when"
    "|stay out if|stay out when|stand aside if|stand aside when|dont go long if|not while"
    "|ignore if|no entry if": Term("unless"),
    "not|isnt|is not|arent|are not|doesnt|does not|isn't|never|hasnt|not yet": Term("not"),
    "no|without|none|w/o|never use|dont use|do not use|dont want|do not want|neither|no need for|skip the"
    "|zero": Term("no"),
    "otherwise|else|if not": Term("else"),
    "it turns the other way|turns the other way|turn the other way|goes the other way|opposite|the opposite|reverse"
    "|reversed|vice versa|the reverse|inverse|the inverse|mirror|mirrored|mirror image|contrary|other way around"
    "|other way round|the other way round"
    "|the other way|other way|vice-versa|opposite signal|reverse signal|opposite cross|reverse cross"
    "|opposite happens|the opposite happens"
    "|reverse for shorts|opposite for shorts|opposite direction|other direction|symmetric|symmetrical|mirror it"
    "|mirror that|below and below|under and under|other signal|the other signal|on the other signal"
    "|the opposite one|swap sides|switch sides|change sides|it reverses|signal reverses|reverses"
    "|color change|colour change|changes color|changes colour|opposite crossover|crosses back the other way"
    "|opposite break|opposite breakout"
    "|reverse crossover|opposite conditions|opposite condition|opposite side|opposite flip|crosses the other way"
    "|opposite entry"
    "|inverse conditions|opp|opposite rule{,s}|reverse rule{,s}|same in reverse|same but reversed"
    "|reverse logic": Term("opposite"),
    "it isnt|it isn't|it's not|it is not|isnt true|its not|it doesnt|they dont|they arent|it aint"
    "|thats not the case|not the case|either one fails|either fails|any of them fails|one of them fails"
    "|either breaks|that fails|it fails|that stops|no longer true"
    "|stops being true|conditions fail|condition fails|no longer holds|either condition fails"
    "|when either fails": Term("fails"),
    "long only|longs only|only long{,s}|only buy|long side only|only go long|no shorts|no shorting|no short"
    "|never short|dont short"
    "|long-only|buy only|only the long side|without shorts|no short selling|no short side"
    "|never go short": Term("only", "long"),
    "short only|shorts only|only short{,s}|only go short|no longs|short side only|sell only": Term("only", "short"),
    "stop loss|stoploss|stop|stops|sl|hard stop|s/l|protective stop|initial stop|fixed stop|cut loss|cut losses"
    "|cut the loss|cut the losses|cut my loss|cut my losses|cut it off|cut|stop out|stopped out|stop-loss"
    "|stop level|stop distance|loss|loss limit|cut it|catastrophic stop|emergency stop|hard stop loss|stop order"
    "|stop at|disaster stop|max loss"
    "|static stop": Term("stop"),
    "take profit|takeprofit|tp|target|profit target|profit|take profits|price target|t/p|targets|gain|take gains"
    "|profit taking|book profit{,s}"
    "|take profit target|limit profit|in profit|of profit|roi|profit of|bank|take some|let it go to|let it run to"
    "|let it ride to|run it to|pt|tgt|target profit|take-profit|lock in|scalp"
    "|takes profit|lock profits|cash in": Term("target"),
    "trailing stop|trailing stop loss|trailing sl|trail|trailing|trailing stoploss|trail stop|trail by|trailed"
    "|trail it|tsl|trailing exit"
    "|stop trailing|chandelier|chandelier exit|chandelier stop|trailing-stop|trailed by": Term("trail"),
    "breakeven|break even|break-even|be stop|stop to entry|stop at cost|stop to cost|stop to breakeven"
    "|stop to break even|stop at entry|stop to be|move to be": Term("breakeven"),
    "equity|eq|the book|my book|of the book|bag|stash|dough|nest egg|money|capital|account|portfolio|balance"
    "|bankroll|my money|stack|funds|net worth|my account|total equity|account size|wallet|cash balance"
    "|account equity|my capital|nav of account|buying power|account balance|my portfolio|my stack|my equity"
    "|my funds|my balance|total capital"
    "|the pot|pot": Term("equity"),
    "per trade|each trade|every trade|a trade|per position|each position|a position|per entry|each time|each"
    "|at a time|every time i buy|per buy|apiece"
    "|per signal|each one|per coin|per asset|a pop|per order|every position|each asset|each coin|each entry"
    "|on each": Term("each"),
    "risk|risking|at risk|on the line|at stake|risked|risk per trade|risks": Term("risk"),
    "size|sizing|qty|quantity|position size|position sizing|stake|allocate|allocation|invest|use|bet|positions of"
    "|position|trade size|put|order size|commit"
    "|deploy|weight|exposure of|allocating|bet size|risk size|sized|lot size|spend|each position size"
    "|size each": Term("size"),
    "leverage|lev|leveraged|levered|gearing": Term("leverage"),
    "max|maximum|limit|cap|capped|at max|up to|max of|limited to|limit to|not exceed": Term("max"),
    "exposure|total exposure|gross exposure|exposed|overall exposure": Term("exposure"),
    "drawdown|max drawdown|dd|maximum drawdown|equity drawdown": Term("drawdown"),
    "positions|open positions|concurrent positions|trades at once|open trades|simultaneous positions"
    "|concurrent trades|positions open": Term("positions"),
    "bar{,s}|candle{s,sticks,stick}|period{,s}|candlestick{,s}": Term("unit", "bar"),
    "minute{,s}|min{s,}|mins": Term("unit", "minute"),
    "hour{,s}|hr{,s}|h": Term("unit", "hour"),
    "day{,s}|trading day{,s}|business day{,s}": Term("unit", "day"),
    "week{,s}|wk{,s}": Term("unit", "week"),
    "month{,s}": Term("unit", "month"),
    "year{,s}|yr{,s}": Term("unit", "year"),
    "bars in a row|candles in a row|in a row|straight|consecutive|consecutively|running|successive"
    "|back to back": Term("row"),
    "percent|pct|%|per cent|percents|percentage|prct|pc": Term("percent"),
    "x|times|×|-fold|fold|multiple of": Term("times"),
    "twice|double|doubled": Term("multiple", 2.0),
    "triple|thrice|three times": Term("multiple", 3.0),
    "half|half of|half a": Term("multiple", 0.5),
    "previous|prior|last|preceding|yesterday|yesterdays|past|the last|the previous|earlier": Term("previous"),
    "today|todays|current|this|the current|latest|now": Term("current"),
    "ago|earlier than|before|back": Term("ago"),
    "highest high|highest highs|hh|max high": Term("extreme", ("highest", "high")),
    "highest close|max close|highest closing price|highest closing"
    "|highest price": Term("extreme", ("highest", "close")),
    "lowest low|lowest lows|ll|min low": Term("extreme", ("lowest", "low")),
    "lowest close|min close|lowest closing price|lowest closing|lowest price": Term("extreme", ("lowest", "close")),
    "highest|maximum of": Term("extreme", ("highest", None)),
    "lowest|minimum of": Term("extreme", ("lowest", None)),
    "swing high": Term("extreme", ("highest", "high")),
    "swing low": Term("extreme", ("lowest", "low")),
    "average|avg|mean|averages": Term("average"),
    "between|inside|in between|in the range|ranging between": Term("between"),
    "daily|day chart|daily chart|daily candle{,s}|daily bar{,s}|daily timeframe|d1|eod|end of day|1day|dailies"
    "|every day|each day": Term("tf", "1d"),
    "hourly|hourly candle{,s}|hourly chart|hourly bars|hourly timeframe|h1|every hour": Term("tf", "1h"),
    "weekly|weekly chart|weekly candle{,s}|weekly bars|w1|every week": Term("tf", "1w"),
    "h4": Term("tf", "4h"), "m1": Term("tf", "1m"), "m5": Term("tf", "5m"), "m15": Term("tf", "15m"),
    "m30": Term("tf", "30m"),
    "four hour|four hourly|four hours chart": Term("tf", "4h"), "half hour|half an hour|half hourly": Term("tf", "30m"),
    "quarter hour": Term("tf", "15m"),
    "chart|charts|timeframe|time frame|tf|interval|candles timeframe|bars chart|resolution|timeframes": Term("chart"),
    "perp{,s}|perpetual{,s}|futures|perpetual futures|perpetual swap{,s}": Term("market", "perp"),
    "spot|spot market|spot only|spot only account|spot account": Term("market", "spot"),
    "golden cross|golden crossover": Term("setup", "golden_cross"),
    "death cross|death crossover": Term("setup", "death_cross"),
    "1r": Term("r", 1.0), "2r": Term("r", 2.0), "3r": Term("r", 3.0), "1.5r": Term("r", 1.5),
    "risk reward|rr|risk to reward|reward to risk|r:r|reward risk|risk/reward|r/r|reward:risk|risk:reward": Term("rr"),
    "green one|green candle{,s}|green bar{,s}|bullish candle{,s}|up candle{,s}|up bar{,s}|up day{,s}|green day{,s}"
    "|up close{,s}|bullish bar{,s}|bull candle{,s}|green close{,s}"
    "|higher close{,s}|white candle{,s}": Term("candle", "up"),
    "red one|red candle{,s}|red bar{,s}|bearish candle{,s}|down candle{,s}|down bar{,s}|down day{,s}|red day{,s}"
    "|down close{,s}|bearish bar{,s}|bear candle{,s}|red close{,s}"
    "|lower close{,s}|black candle{,s}": Term("candle", "down"),
    "bullish engulfing|bullish engulf|engulfing bullish|bull engulfing|bullish engulfing candle"
    "|bullish engulfing bar|bullish engulfing pattern": Term("shape", "bullish_engulfing"),
    "bearish engulfing|bearish engulf|engulfing bearish|bear engulfing|bearish engulfing candle"
    "|bearish engulfing bar|bearish engulfing pattern": Term("shape", "bearish_engulfing"),
    "engulfing|engulfing {candle,bar,pattern}|an engulfing candle"
    "|engulf{s,ed} the {previous,prior,last} {one,candle,bar}|engulf{s,ed} it|engulf{s,ed}":
        Term("shape", "engulfing"),
    "inside bar|inside day|inside candle": Term("shape", "inside_bar"),
    "outside bar|outside day": Term("shape", "outside_bar"),
    "gap up|gaps up|gapped up|gapping up|opens higher|gap higher|gaps higher": Term("gap", "up"),
    "gap down|gaps down|gapped down|gapping down|opens lower|gap lower|gaps lower": Term("gap", "down"),
    "buy and hold|buy & hold|buy n hold|buy hold|hodl|buy and hold it": Term("benchmark"),
    "limit order|limit orders|limit entry|limit buy|with a limit|limit": Term("limit"),
    "next open|next bars open|at the open|open of the next bar|next bar open|next candle open|next days open"
    "|on the open|at next open"
    "|open next day|next morning|next day open|at the next open|on the next bar|next bar|next candle|following open"
    "|next days open|tomorrows open fill": Term("fill", "next_open"),
    "at the close|on the close|market on close|moc|at the closing price": Term("fill", "close"),
    "slope|slopes": Term("slope"),
    "stop trading|halt trading|quit trading|then stop trading|then halt": Term("halt"),
    "written out|spelled out|compounding|compound|reinvest|nothing else|nothing else closes it|no other exit{,s}"
    "|no other filters|no other filters or exits|no exit signal"
    "|no other rules|no signal exit|no other way out|nothing else closes the trade|no other stops"
    "|always in the market|always in|no other exits or filters": Term("filler"),
    "cooldown|cool down|cooling off|wait|pause|sit out|sits out|stand down|sit on my hands": Term("cooldown"),
    "equal weight|equally weighted|equal weights|equal size|equal amounts|split equally|evenly|equal split"
    "|equal parts|equal allocation"
    "|equally|split evenly|divided equally|equal-weight|equal shares": Term("equal_weight"),
    "whole account|full account|entire account|full size|all capital|all my capital|full capital|all equity"
    "|all the capital|whole portfolio"
    "|entire portfolio|full portfolio|all of my capital|full equity|entire capital|whole capital|all my money"
    "|full balance|entire balance|all cash|everything in|with everything|with it all|everything i have|all i have"
    "|all i got|everything i got|everything ive got|the lot|the whole lot"
    "|fully invested|full allocation|full position|whole stack|the whole account|max size|100 percent invested"
    "|all funds|all my equity"
    "|full port|entire equity": Term("all_in"),
    "vol tgt|volatility tgt|volatility target|vol target|target vol|target volatility|vol targeting"
    "|volatility targeting|target an annual volatility|annualised vol target"
    "|annual vol|annualized volatility|annual volatility|target volatility of|annualised volatility|annualised vol"
    "|annualized vol": Term("vol_target"),
    "kelly|kelly criterion|kelly fraction": Term("kelly"),
    "session|trading hours|between the hours|during|hours": Term("hours"),
    "monday{,s}|mon": Term("weekday", 1), "tuesday{,s}|tue"
        "|tues": Term("weekday", 2), "wednesday{,s}|wed": Term("weekday", 3),
    "thursday{,s}|thu"
    "|thurs": Term("weekday", 4), "friday{,s}|fri": Term("weekday", 5), "saturday{,s}": Term("weekday", 6),
    "sunday{,s}": Term("weekday", 7),
    "weekend{,s}": Term("weekend"), "weekday{,s}": Term("weekdays"),
    "january|jan": Term("month_name", 1), "february"
        "|feb": Term("month_name", 2), "march": Term("month_name", 3), "april": Term("month_name", 4),
    "june": Term("month_name", 6), "july": Term("month_name", 7), "august": Term("month_name", 8),
    "september": Term("month_name", 9),
    "october": Term("month_name", 10), "november": Term("month_name", 11), "december": Term("month_name", 12),
    "utc|gmt|z time": Term("zone", "UTC"), "et|est|edt|new york|ny time|eastern": Term("zone", "America/New_York"),
    "london time|london": Term("zone", "Europe/London"),
    "am": Term("clock", "am"), "pm": Term("clock", "pm"), "noon|midday": Term("noon", 12), "midnight": Term("noon", 0),
    "trading day of the month|day of the month|day of month|of the month|of each month"
    "|of every month": Term("of_month"),
    "first": Term("first"),
    "deviation{,s}|std dev{,s}|standard deviation{,s}|stdev{s}|sigma{,s}|sd|std|stds|devs|dev|stdevs"
    "|stddevs": Term("sigma"),
    "multiplier|mult|factor|multiple": Term("mult"),
    "length|lookback|len|lengths|window|lookback of|period of|periods of|with length|with period": Term("length"),
    "fast|faster|quick|short term ma": Term("fast"), "slow|slower": Term("slow"),
    "up|higher|upward{s,}|positive close": Term("up"), "down|lower|downward{s,}": Term("down"),
    "time stop|time exit|time limit|timed exit|time based exit|max hold|max holding|maximum holding|holding period"
    "|hold time|max hold time"
    "|maximum hold|time-stop|holding time|max holding period|max bars|max bars held|timeout"
    "|max duration": Term("time_limit"),
    "after": Term("after"), "within": Term("within"), "for": Term("for"),
    "kill switch|killswitch|circuit breaker": Term("drawdown"),
    "partial|scale out|scaling out|partial exit|take partial|take half|sell half|close half|exit half|take half off"
    "|half off|half comes off|half goes off|half out": Term("partial"),
    "squeeze": Term("squeeze"),
    "reclaim{s,}|regain{s,}": Term("verb", ("cross", "up")),
    "new": Term("new"),
    "all time high|ath": Term("unknown_extreme"),
}  # fmt: skip

FILLERS = frozenset(
    """a an the of it its it's this that these those my our your i we you he they me us im i'm id ill lets let's please
    pls plz just really very quite so like kinda sort kind basically simply simple simplest classic standard plain
    usual typical normal regular old good best decent strategy strat strategies system bot algo model rule rules
    setup setups idea trade trades trading trader test backtest backtests backtesting run build make create want
    wanna would need write give do does did can could should will gonna going have has had there here about around
    approx approximately roughly ~ to at on in into onto by from for as be been also too which who what how then
    than more etc eg e.g ie i.e asset assets coin coins token tokens pair pairs symbol symbols ticker tickers stock
    stocks etf etfs crypto market markets signal signals indicator indicators level levels value values reading
    readings line lines average style type long-term medium-term swing day intraday trend trends following follow
    follower momentum reversion reversal mean breakout strategy: time times name called use using used based via per
    using hey hi hello thanks thank ok okay cheers guys fast simple only side again still already both same whole
    full total entire account one some any every each other another first second side it'll thats that's dont don't
    wait let me know pls looking look check see try trying work works think thinking plan love hate now maybe
    perhaps think guess probably price's something thing stuff bit little else whatever period periods set setting
    settings parameter parameters params param default currently consider version conservative aggressive entry's
    exchange binance coinbase position's condition conditions criteria logic portfolio's profit's code script pine
    python json spec config buy's fee fees slippage commission please. tf's holds fully mechanical rule-based
    simplest easy clean minimal pure naked tight data chart's following immediately straight instantly right away
    bar's candle's over's confirmed confirmation actually literally obviously honestly etc. thx ty fwiw imo btw
    afaik lol idea: system: rules: hypothesis thesis goal objective play works mechanical mechanically happens
    happen occurs occur triggered triggers fires appears shows forms happening occurs met true satisfied becomes
    become fresh direction""".split()
)
"""Words that carry no rule: not knowing them loses nothing."""


def expand(phrases: str) -> Iterator[str]:
    """Yield the forms of ``a|b {c,d}``: alternatives split at ``|``, braces expanded.

    >>> list(expand("cross{,es}|break {up,down}"))
    ['cross', 'crosses', 'break up', 'break down']
    """
    for phrase in phrases.split("|"):
        match = re.search(r"\{([^{}]*)\}", phrase)
        if match is None:
            if phrase:
                yield phrase
            continue
        for choice in match.group(1).split(","):
            yield from expand(phrase[: match.start()] + choice + phrase[match.end() :])


@cache
def phrases() -> dict[tuple[str, ...], Term]:
    """Return every phrase as its words, with what it is; the catalog's own names and aliases are among them."""
    table: dict[tuple[str, ...], Term] = {}

    def add(written: str, term: Term) -> None:
        for phrase in expand(written):
            table.setdefault(words_of(phrase), term)

    for written, named in INDICATORS.items():
        add(written, Term("indicator", named))
    for written, line in LINES.items():
        add(written, Term("line", line))
    for written, data in VERBS.items():
        add(written, Term("verb", data))
    for written, action in ACTIONS.items():
        add(written, Term("action", action))
    for written, when in COMPARISONS.items():
        add(written, Term("compare", when))
    for written, when in POSTFIXED.items():
        add(written, Term("postfixed", when))
    for written, sign in SIGNS.items():
        add(written, Term("sign", sign))
    for written, field in FIELDS.items():
        add(written, Term("field", field))
    for written, term in WORDS.items():
        add(written, term)
    for name, entry in CATALOG.items():
        named = Named(name, next(iter(entry.outputs)) if len(entry.outputs) > 1 else None)
        for alias in (name, *entry.aliases):
            add(alias.replace("_", " "), Term("indicator", named))
            add(alias, Term("indicator", named))
    return table


def words_of(phrase: str) -> tuple[str, ...]:
    """Return a phrase as the lexer would cut it."""
    return tuple(
        re.findall(r"[a-z_]+|\d+(?:\.\d+)?|&&|[<>=]+|[^\sa-z0-9]", re.sub(r"(?<=[a-z])-(?=[a-z])", " ", phrase.lower()))
    )


@cache
def first_words() -> dict[str, int]:
    """Return for each first word of a phrase how many words the longest phrase that begins with it has."""
    longest: dict[str, int] = {}
    for phrase in phrases():
        longest[phrase[0]] = max(longest.get(phrase[0], 0), len(phrase))
    return longest


@cache
def known_words() -> frozenset[str]:
    """Return every single word that has a meaning here."""
    return frozenset(word for phrase in phrases() for word in phrase if word.isalpha()) | FILLERS
