"""Settings said apart from their indicator: ``step 0.015 max 0.15``, ``bands are 20, 2.5``, ``(period 14, mult 4)``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.operands import AVERAGES, PARAMETERS, WHOLE
from agent.language.builtin.operands.parameters import unsaid_parameters
from agent.language.builtin.rules import Series, Span
from agent.language.port import LeftOut

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.scanner.progress import Progress
    from agent.language.builtin.tokens import Token

LEADS = ("the", "my", "with", "using", "use", "its", "at", "where")
NAMING = ("=", ":", "is", "are", "uses", "use", "using", "with", "at", "set", "to", "settings", "params", "parameters")
"""Words between an indicator and its settings."""

CHANNELS = ("bbands", "keltner", "donchian")
BANDS = ("bands", "band", "channel", "channels", "envelope")

LABELS = {
    "step": "step", "increment": "step", "acceleration": "step", "max": "max", "maximum": "max",
    "fast": "fast", "slow": "slow", "signal": "signal", "signal line": "signal", "k": "k", "d": "d", "smooth": "smooth",
    "smoothing": "smooth", "slowing": "smooth", "%k": "k", "%d": "d", "k line": "k", "d line": "d",
}  # fmt: skip
"""Names of settings, by the words for them; those of lengths and widths are parts of speech."""

WIDTHS = ("stddev", "multiplier")
WIDEST = 10.0
"""No band lies more deviations or ranges from its middle."""

BETWEEN = (",", "and", "&", "/", "-", "with", "a", "an")
BEHIND = ("=", ":", "of", "is", "at", "period", "periods", "length")
TAIL = ("settings", "setting", "for", "on", "of", "the", "params", "parameters", "instead", "default")
ENDS = (",", ".", ";", ")", ":", "->", "=>")

OWN_BASIS = {"bbands": "sma", "keltner": "ema"}
"""The average in the middle of bands."""

BASIS = "Bollinger bands lie about a simple average, Keltner channels about an exponential one"
BASIS_INSTEAD = "the bands about their own average"


def read_settings(so_far: Progress) -> bool:
    """Give an indicator that was named without settings those said in this clause, if it says nothing else."""
    c, start = so_far.c, so_far.c.at
    bracketed = c.is_text("(", ahead=-1)
    if not (bracketed or so_far.starts_clause() or so_far.follows("condition", "action")):
        return False
    c.skip(*LEADS)
    told = c.accept_text("settings", "setting", "params", "parameters")
    c.skip(":", "=", "are", "of")
    named, led = (None, True) if told else _named(c)
    here = c.at
    for series in _lacking(c, named):
        c.at = here
        found = _with_settings(c, series, bare=led or (bracketed and named is None))
        if found is not None and _is_meant(c, found):
            return so_far.add("mention", c.mention(found), start)
    c.at = start
    return False


def _lacking(c: Cursor, named: str | None) -> list[Series]:
    """The indicators whose settings may follow, the likeliest first: those said in part, then the last without any."""
    spoken = [one for one in dict.fromkeys(reversed(c.mind.mentions)) if named in (None, one.type)]
    partly = [one for one in spoken if not one.bare and one.type in PARAMETERS and unsaid_parameters(one)]
    bare = [one for one in spoken if one.bare]
    if named == "bbands" and not spoken:
        bare = [Series("bbands", bare=True, unsaid="line")]
    return partly + bare


def _named(c: Cursor) -> tuple[str | None, bool]:
    """Take the indicator whose settings follow, and the words that lead to them; is there such a word."""
    start, kind = c.at, None
    if c.is_tag("indicator") and not _is_atr(c.peek()):
        kind = str(c.take().data.type)
    elif c.is_text(*BANDS):
        kind = next((one.type for one in reversed(c.mind.mentions) if one.type in CHANNELS), None)
        if kind is None and c.is_tag("sigma", ahead=2):
            kind = "bbands"  # "bands 1.8 dev": no other bands are measured so
        c.take()
    led = False
    while kind is not None and (c.is_text(*NAMING) or (c.is_tag("verb") and c.data()[0] == "state")):
        c.take()
        led = True
    if kind is None:
        c.at = start
    return kind, led


def _is_atr(token: Token | None) -> bool:
    return token is not None and token.tag == "indicator" and token.data.type == "atr"


def _with_settings(c: Cursor, series: Series, *, bare: bool) -> Series | None:
    """The series with the settings that stand here, each with its name or, if ``bare``, in their usual order."""
    names = tuple(unsaid_parameters(series))
    said: dict[str, float] = {}
    listed = False
    while True:
        here = c.at
        c.skip(*BETWEEN)
        named = _one_setting(c, names)
        if named is None and said and "length" in names and c.is_number() and c.data(1) == "bar":
            named = "length", c.take().value or 0.0  # "2.5 sd 30 bars"
            c.take()
        if named is None and bare and c.is_number() and not c.is_tag("percent", "unit", "times", ahead=1):
            free = [name for name in names if name not in said]
            named = (free[0], c.take().value or 0.0) if free else None
            listed = True
        if named is None or named[0] in said or not _is_possible(*named):
            c.at = here
            break
        said[named[0]] = named[1]
    if not said or (listed and (len(said) < 2 or _are_levels(series, list(said.values())))):
        return None
    inputs = {name: Span(value) if name in WHOLE else value for name, value in said.items()}
    return replace(series.having(**inputs), bare=False)


def _one_setting(c: Cursor, names: tuple[str, ...]) -> tuple[str, float] | None:
    """Take one number with its name in front of it or behind it: ``period 12``, ``2.2 deviations``."""
    start = c.at
    name = _label(c, names)
    if name is not None:
        c.skip(*BEHIND)
        if c.is_number():
            return name, c.take().value or 0.0
    c.at = start
    if c.is_number():
        value = c.take().value or 0.0
        named_first = c.is_text(*LABELS) and c.is_number(1)  # "fast 8, slow 17": each name before its number
        name = None if named_first else _label(c, names)
        if name is not None:
            return name, value
    c.at = start
    return None


def _label(c: Cursor, names: tuple[str, ...]) -> str | None:
    """Take the name of a setting and return which of ``names`` it is."""
    token = c.peek()
    if token is None:
        return None
    name = LABELS.get(token.text)
    if token.tag == "length" or token.text in ("period", "periods"):
        name = "length"
    elif token.tag in ("sigma", "mult", "times"):
        name = next((one for one in WIDTHS if one in names), None)
    elif _is_atr(token) and "multiplier" in names:
        name = "length" if c.is_number(1) or c.is_tag("unit", "length", ahead=1) else "multiplier"
    elif token.tag == "indicator" and token.data.type in AVERAGES and "multiplier" in names:
        name = "length"
    if name not in names:
        return None
    c.take()
    c.skip("period", "periods", tags=("length",))
    return name


def _is_possible(name: str, value: float) -> bool:
    if name in WHOLE:
        return value == int(value) and value >= 1
    return 0 < value <= (WIDEST if name in WIDTHS else 1.0)


def _are_levels(series: Series, values: list[float]) -> bool:
    """True for the 20 and 80 of an oscillator."""
    return series.type.startswith("stoch") and len(values) == 2 and values[0] <= 40 <= 60 <= values[1]


def _is_meant(c: Cursor, found: Series) -> bool:
    """True where the clause ends behind the settings, or says whose they are."""
    while c.is_text(*TAIL) or c.is_tag("for"):
        c.take()
    if c.is_tag("indicator"):
        return bool(c.take().data.type == found.type)
    return c.ends(*ENDS) or c.is_tag("action", "and")


def read_basis(so_far: Progress) -> bool:
    """``bands 2 dev, ema based``: an average in the middle of bands that have another; their own says nothing."""
    c, start = so_far.c, so_far.c.at
    basis = c.accept_tag("indicator")
    bands = next((one.type for one in reversed(c.mind.mentions) if one.type in OWN_BASIS), None)
    if basis is None or bands is None or not c.accept_text("based", "basis", "centered", "centred"):
        c.at = start
        return False
    if basis.data.type == OWN_BASIS[bands]:
        return True
    tokens = c.tokens[start : c.at]
    words = so_far.text[tokens[0].start : tokens[-1].end]
    return so_far.add("unsayable", LeftOut(words, "UNSUPPORTED", BASIS, "indicators.basis", BASIS_INSTEAD), start)
