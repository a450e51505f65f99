"""TA-Lib's metadata of all its functions, as TA-Lib 0.8 tells it of itself; a test asks TA-Lib again.

Kept as data so that a spec can be checked and the schema written without loading TA-Lib. One function a line:
name, inputs, parameters with their defaults, outputs, whether the outputs have the scale of the input, and of a
candlestick pattern what it is called. An indented line belongs to the one above.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

METADATA = """
AC|prices=high+low|fastperiod=5 slowperiod=34 signalperiod=5|real
ACCBANDS|prices=high+low+close|timeperiod=20|upperband middleband lowerband|same scale
ACOS|price=close||real
AD|prices=high+low+close+volume||real
ADD|price0=high price1=low||real
ADOSC|prices=high+low+close+volume|fastperiod=3 slowperiod=10|real
ADR|prices=high+low|timeperiod=14|real
ADX|prices=high+low+close|timeperiod=14|real
ADXR|prices=high+low+close|timeperiod=14|real
AO|prices=high+low|fastperiod=5 slowperiod=34|real
APO|price=close|fastperiod=12 slowperiod=26 matype=1|real
AROON|prices=high+low|timeperiod=14|aroondown aroonup
AROONOSC|prices=high+low|timeperiod=14|real
ASIN|price=close||real
ATAN|price=close||real
ATR|prices=high+low+close|timeperiod=14|real
AVGDEV|price=close|timeperiod=14|real|same scale
AVGPRICE|prices=open+high+low+close||real|same scale
BBANDS|price=close|timeperiod=20 nbdevup=2.0 nbdevdn=2.0 matype=0|upperband middleband lowerband|same scale
BETA|price0=high price1=low|timeperiod=5|real
BOP|prices=open+high+low+close||real
CCI|prices=high+low+close|timeperiod=14|real
CDL2CROWS|prices=open+high+low+close||integer||Two Crows
CDL3BLACKCROWS|prices=open+high+low+close||integer||Three Black Crows
CDL3INSIDE|prices=open+high+low+close||integer||Three Inside Up/Down
CDL3LINESTRIKE|prices=open+high+low+close||integer||Three-Line Strike
CDL3OUTSIDE|prices=open+high+low+close||integer||Three Outside Up/Down
CDL3STARSINSOUTH|prices=open+high+low+close||integer||Three Stars In The South
CDL3WHITESOLDIERS|prices=open+high+low+close||integer||Three Advancing White Soldiers
CDLABANDONEDBABY|prices=open+high+low+close|penetration=0.3|integer||Abandoned Baby
CDLADVANCEBLOCK|prices=open+high+low+close||integer||Advance Block
CDLBELTHOLD|prices=open+high+low+close||integer||Belt-hold
CDLBREAKAWAY|prices=open+high+low+close||integer||Breakaway
CDLCLOSINGMARUBOZU|prices=open+high+low+close||integer||Closing Marubozu
CDLCONCEALBABYSWALL|prices=open+high+low+close||integer||Concealing Baby Swallow
CDLCOUNTERATTACK|prices=open+high+low+close||integer||Counterattack
CDLDARKCLOUDCOVER|prices=open+high+low+close|penetration=0.5|integer||Dark Cloud Cover
CDLDOJI|prices=open+high+low+close||integer||Doji
CDLDOJISTAR|prices=open+high+low+close||integer||Doji Star
CDLDRAGONFLYDOJI|prices=open+high+low+close||integer||Dragonfly Doji
CDLENGULFING|prices=open+high+low+close||integer||Engulfing Pattern
CDLEVENINGDOJISTAR|prices=open+high+low+close|penetration=0.3|integer||Evening Doji Star
CDLEVENINGSTAR|prices=open+high+low+close|penetration=0.3|integer||Evening Star
CDLGAPSIDESIDEWHITE|prices=open+high+low+close||integer||Up/Down-gap side-by-side white lines
CDLGRAVESTONEDOJI|prices=open+high+low+close||integer||Gravestone Doji
CDLHAMMER|prices=open+high+low+close||integer||Hammer
CDLHANGINGMAN|prices=open+high+low+close||integer||Hanging Man
CDLHARAMI|prices=open+high+low+close||integer||Harami Pattern
CDLHARAMICROSS|prices=open+high+low+close||integer||Harami Cross Pattern
CDLHIGHWAVE|prices=open+high+low+close||integer||High-Wave Candle
CDLHIKKAKE|prices=open+high+low+close||integer||Hikkake Pattern
CDLHIKKAKEMOD|prices=open+high+low+close||integer||Modified Hikkake Pattern
CDLHOMINGPIGEON|prices=open+high+low+close||integer||Homing Pigeon
CDLIDENTICAL3CROWS|prices=open+high+low+close||integer||Identical Three Crows
CDLINNECK|prices=open+high+low+close||integer||In-Neck Pattern
CDLINVERTEDHAMMER|prices=open+high+low+close||integer||Inverted Hammer
CDLKICKING|prices=open+high+low+close||integer||Kicking
CDLKICKINGBYLENGTH|prices=open+high+low+close||integer||Kicking - bull/bear determined by the longer marubozu
CDLLADDERBOTTOM|prices=open+high+low+close||integer||Ladder Bottom
CDLLONGLEGGEDDOJI|prices=open+high+low+close||integer||Long Legged Doji
CDLLONGLINE|prices=open+high+low+close||integer||Long Line Candle
CDLMARUBOZU|prices=open+high+low+close||integer||Marubozu
CDLMATCHINGLOW|prices=open+high+low+close||integer||Matching Low
CDLMATHOLD|prices=open+high+low+close|penetration=0.5|integer||Mat Hold
CDLMORNINGDOJISTAR|prices=open+high+low+close|penetration=0.3|integer||Morning Doji Star
CDLMORNINGSTAR|prices=open+high+low+close|penetration=0.3|integer||Morning Star
CDLONNECK|prices=open+high+low+close||integer||On-Neck Pattern
CDLPIERCING|prices=open+high+low+close||integer||Piercing Pattern
CDLRICKSHAWMAN|prices=open+high+low+close||integer||Rickshaw Man
CDLRISEFALL3METHODS|prices=open+high+low+close||integer||Rising/Falling Three Methods
CDLSEPARATINGLINES|prices=open+high+low+close||integer||Separating Lines
CDLSHOOTINGSTAR|prices=open+high+low+close||integer||Shooting Star
CDLSHORTLINE|prices=open+high+low+close||integer||Short Line Candle
CDLSPINNINGTOP|prices=open+high+low+close||integer||Spinning Top
CDLSTALLEDPATTERN|prices=open+high+low+close||integer||Stalled Pattern
CDLSTICKSANDWICH|prices=open+high+low+close||integer||Stick Sandwich
CDLTAKURI|prices=open+high+low+close||integer||Takuri (Dragonfly Doji with very long lower shadow)
CDLTASUKIGAP|prices=open+high+low+close||integer||Tasuki Gap
CDLTHRUSTING|prices=open+high+low+close||integer||Thrusting Pattern
CDLTRISTAR|prices=open+high+low+close||integer||Tristar Pattern
CDLUNIQUE3RIVER|prices=open+high+low+close||integer||Unique 3 River
CDLUPSIDEGAP2CROWS|prices=open+high+low+close||integer||Upside Gap Two Crows
CDLXSIDEGAP3METHODS|prices=open+high+low+close||integer||Upside/Downside Gap Three Methods
CEIL|price=close||real
CMF|prices=high+low+close+volume|timeperiod=20|real
CMO|price=close|timeperiod=14|real
CMOU|price=close|timeperiod=14|real
COPPOCK|price=close|wmaperiod=10 roc1period=11 roc2period=14|real
CORREL|price0=high price1=low|timeperiod=30|real
COS|price=close||real
COSH|price=close||real
CUMSUM|price=close||real
CVI|prices=high+low|timeperiod=10 rocperiod=10|real
DEMA|price=close|timeperiod=30|real|same scale
DIV|price0=high price1=low||real
DONCHIAN|prices=high+low|timeperiod=20|upperband middleband lowerband|same scale
DPO|price=close|timeperiod=20|real
DX|prices=high+low+close|timeperiod=14|real
EFI|prices=close+volume|timeperiod=13|real
EMA|price=close|timeperiod=30|real|same scale
ER|price=close|timeperiod=10|real
ERI|prices=high+low+close|timeperiod=13|bullpower bearpower
EXP|price=close||real
FLOOR|price=close||real
FOSC|price=close|timeperiod=5|real
FRACTAL|prices=high+low|leftbars=2 rightbars=2|swinghigh swinglow
HA|prices=open+high+low+close||haopen hahigh halow haclose|same scale
HMA|price=close|timeperiod=20|real|same scale
HT_DCPERIOD|price=close||real
HT_DCPHASE|price=close||real
HT_PHASOR|price=close||inphase quadrature
HT_SINE|price=close||sine leadsine
HT_TRENDLINE|price=close||real|same scale
HT_TRENDMODE|price=close||integer
IMI|prices=open+close|timeperiod=14|real
KAMA|price=close|timeperiod=30|real|same scale
KC|prices=high+low+close|timeperiod=20 atrperiod=10 nbdev=2.0|upperband middleband lowerband|same scale
KDJ|prices=high+low+close|fastk_period=9 slowk_period=3 slowk_matype=13 slowd_period=3 slowd_matype=13|k d j
LINEARREG|price=close|timeperiod=14|real|same scale
LINEARREG_ANGLE|price=close|timeperiod=14|real
LINEARREG_INTERCEPT|price=close|timeperiod=14|real|same scale
LINEARREG_SLOPE|price=close|timeperiod=14|real
LN|price=close||real
LOG10|price=close||real
MA|price=close|timeperiod=30 matype=0|real|same scale
MACD|price=close|fastperiod=12 slowperiod=26 signalperiod=9|macd macdsignal macdhist
MACDEXT|price=close|fastperiod=12 fastmatype=0 slowperiod=26 slowmatype=0 signalperiod=9 signalmatype=0|macd
    macdsignal macdhist
MACDFIX|price=close|signalperiod=9|macd macdsignal macdhist
MAMA|price=close|fastlimit=0.5 slowlimit=0.05|mama fama|same scale
MARKETFI|prices=high+low+volume||real
MASSI|prices=high+low|fastperiod=9 slowperiod=25|real
MAVP|price=close periods=periods|minperiod=2 maxperiod=30 matype=0|real|same scale
MAX|price=close|timeperiod=30|real|same scale
MAXINDEX|price=close|timeperiod=30|integer
MEDPRICE|prices=high+low||real|same scale
MFI|prices=high+low+close+volume|timeperiod=14|real
MIDPOINT|price=close|timeperiod=14|real|same scale
MIDPRICE|prices=high+low|timeperiod=14|real|same scale
MIN|price=close|timeperiod=30|real|same scale
MININDEX|price=close|timeperiod=30|integer
MINMAX|price=close|timeperiod=30|min max|same scale
MINMAXINDEX|price=close|timeperiod=30|minidx maxidx
MINUS_DI|prices=high+low+close|timeperiod=14|real
MINUS_DM|prices=high+low|timeperiod=14|real
MOM|price=close|timeperiod=10|real
MULT|price0=high price1=low||real
NATR|prices=high+low+close|timeperiod=14|real
NVI|prices=close+volume||real
OBV|price=close prices=volume||real
PERCENTILE|price=close|timeperiod=30 percentile=50.0|real|same scale
PERCENTRANK|price=close|timeperiod=100|real
PLUS_DI|prices=high+low+close|timeperiod=14|real
PLUS_DM|prices=high+low|timeperiod=14|real
PPO|price=close|fastperiod=12 slowperiod=26 matype=1|real
PVI|prices=close+volume||real
PVO|prices=volume|fastperiod=12 slowperiod=26 matype=1|real
PVT|prices=close+volume||real
QSTICK|prices=open+close|timeperiod=10|real
RMA|price=close|timeperiod=30|real|same scale
ROC|price=close|timeperiod=10|real
ROCP|price=close|timeperiod=10|real
ROCR|price=close|timeperiod=10|real
ROCR100|price=close|timeperiod=10|real
RSI|price=close|timeperiod=14|real
RVI|price=close|timeperiod=14 stddevperiod=10|real
RVOL|prices=volume|timeperiod=20|real
SAR|prices=high+low|acceleration=0.02 maximum=0.2|real|same scale
SAREXT|prices=high+low|startvalue=0.0 offsetonreverse=0.0 accelerationinitlong=0.02 accelerationlong=0.02
    accelerationmaxlong=0.2 accelerationinitshort=0.02 accelerationshort=0.02 accelerationmaxshort=0.2|real|same scale
SIN|price=close||real
SINH|price=close||real
SMA|price=close|timeperiod=30|real|same scale
SMI|prices=high+low+close|timeperiod=13 fastperiod=2 slowperiod=25 signalperiod=9|smi smisignal
SQRT|price=close||real
STDDEV|price=close|timeperiod=5 nbdev=1.0|real
STOCH|prices=high+low+close|fastk_period=5 slowk_period=3 slowk_matype=0 slowd_period=3 slowd_matype=0|slowk slowd
STOCHF|prices=high+low+close|fastk_period=5 fastd_period=3 fastd_matype=0|fastk fastd
STOCHRSI|price=close|timeperiod=14 fastk_period=5 fastd_period=3 fastd_matype=0|fastk fastd
SUB|price0=high price1=low||real
SUM|price=close|timeperiod=30|real
SUPERTREND|prices=high+low+close|timeperiod=10 multiplier=3.0|supertrend trend|same scale
T3|price=close|timeperiod=5 vfactor=0.7|real|same scale
TAN|price=close||real
TANH|price=close||real
TEMA|price=close|timeperiod=30|real|same scale
TRANGE|prices=high+low+close||real
TRIMA|price=close|timeperiod=30|real|same scale
TRIX|price=close|timeperiod=30|real
TSF|price=close|timeperiod=14|real|same scale
TSI|price=close|firstperiod=25 secondperiod=13|real
TYPPRICE|prices=high+low+close||real|same scale
ULTOSC|prices=high+low+close|timeperiod1=7 timeperiod2=14 timeperiod3=28|real
VAR|price=close|timeperiod=5 nbdev=1.0|real
VHF|price=close|timeperiod=28|real
VORTEX|prices=high+low+close|timeperiod=14|plusvi minusvi
VWAP|prices=high+low+close+volume||real|same scale
VWMA|price=close prices=volume|timeperiod=30|real|same scale
WAD|prices=high+low+close||real
WCLPRICE|prices=high+low+close||real|same scale
WILLR|prices=high+low+close|timeperiod=14|real
WMA|price=close|timeperiod=30|real|same scale
ZLEMA|price=close|timeperiod=30|real|same scale
"""


@dataclass(frozen=True, slots=True)
class Function:
    """One function: ``inputs`` by TA-Lib's own name of the input, ``prices`` being several fields of the bars."""

    name: str
    inputs: Mapping[str, str | tuple[str, ...]]
    parameters: Mapping[str, int | float]
    outputs: tuple[str, ...]
    same_scale: bool = False
    shown: str = ""


@cache
def talib_functions() -> Mapping[str, Function]:
    """Return every function by TA-Lib's name.

    >>> talib_functions()["T3"].parameters
    {'timeperiod': 5, 'vfactor': 0.7}
    """
    lines = METADATA.strip().replace("\n    ", " ").splitlines()
    return MappingProxyType({line.split("|")[0]: _function(*line.split("|")) for line in lines})


def _function(name: str, inputs: str, parameters: str, outputs: str, same_scale: str = "", shown: str = "") -> Function:
    return Function(
        name,
        {own: _fields(own, read) for own, _, read in (one.partition("=") for one in inputs.split())},
        {own: _number(value) for own, _, value in (one.partition("=") for one in parameters.split())},
        tuple(outputs.split()),
        bool(same_scale),
        shown,
    )


def _fields(name: str, read: str) -> str | tuple[str, ...]:
    return tuple(read.split("+")) if name == "prices" else read


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)
