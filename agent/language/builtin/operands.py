"""Reading operands: indicators with their numbers in any order, fields, extremes, averages, lags, arithmetic."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from agent.language.builtin.lexicon import Named
from agent.language.builtin.rules import Field, Math, Number, Operand, Series, Span, lagged

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor

PARAMETERS: dict[str, tuple[str, ...]] = {
    "macd": ("fast", "slow", "signal"),
    "ppo": ("fast", "slow"),
    "bbands": ("length", "stddev"),
    "keltner": ("length", "multiplier"),
    "supertrend": ("length", "multiplier"),
    "stoch": ("k", "d", "smooth"),
    "stochf": ("k", "d"),
    "stochrsi": ("length", "k", "d"),
    "psar": ("step", "max"),
    "obv": (),
    "vwap": (),
    "opening_range": (),
    "ultosc": ("fast", "middle", "slow"),
}
"""Numbers behind the name of an indicator, in the order people write them; all others have one length."""

RETURNS = (
    "return",
    "returns",
    "change",
    "performance",
    "price change",
    "price return",
    "total return",
    "gain",
    "gains",
)
"""What people call a rate of change when a span stands before it."""

LETTERS = {"C": "close", "O": "open", "H": "high", "L": "low", "V": "volume"}
"""Fields as formulas write them."""

AVERAGES = ("sma", "ema", "wma", "hma", "rma", "dema", "tema", "trima", "kama", "vwma", "linearreg")
SCALED = (
    "rsi",
    "stoch",
    "stochf",
    "stochrsi",
    "mfi",
    "williams_r",
    "cci",
    "adx",
    "dx",
    "cmo",
    "aroon",
    "ultosc",
    "zscore",
    "roc",
)
WHOLE = {"length", "fast", "slow", "signal", "k", "d", "smooth", "middle", "atr_length"}


def operand(c: Cursor, *, bare_average: bool = True) -> Operand | None:
    """Read an operand; None, and the cursor where it was, when there is none."""
    start = c.at
    found = _scaled(c) or _simple(c, bare_average=bare_average)
    if found is None:
        c.at = start
        return None
    found = _suffixed(c, found)
    return arithmetic(c, found)


def pair(c: Cursor) -> tuple[Series, Series] | None:
    """Read two lengths of one average: ``20/50 sma``, ``ema 9 and 21``, ``9 & 21 ema``."""
    start = c.at
    c.skip_fillers()
    numbers = _two_numbers(c)
    if numbers is not None:
        c.accept_tag("unit")
        token = c.accept_tag("indicator", "average")
        if token is not None:
            named = token.data if isinstance(token.data, Named) else Named("sma", unsaid="kind")
            if named.type in AVERAGES:
                return _both(c, named, numbers)
    c.at = start
    c.skip_fillers()
    token = c.accept_tag("indicator")
    if token is not None and token.data.type in AVERAGES:
        c.skip_fillers(also=())
        while c.is_tag("verb") and c.peek().data[0] == "cross":  # type: ignore[union-attr]
            c.take()
            c.skip_fillers()
        bracket = c.accept_text("(")
        c.accept_tag("length")
        numbers = _two_numbers(c)
        if numbers is not None and not c.is_tag("percent"):
            c.accept_tag("unit")
            if bracket:
                c.accept_text(")")
            return _both(c, token.data, numbers)
    c.at = start
    return None


def _two_numbers(c: Cursor) -> tuple[Span, Span] | None:
    start = c.at
    first = _length_here(c)
    if first is not None and first.unit in ("minute", "hour"):
        first = None
    if first is not None:
        if c.is_text("-") and not c.peek().glued:  # type: ignore[union-attr]
            c.at = start
            return None
        if c.accept_text("/", "&", "and", "vs", "x", ",", "-", "over", "|") or c.is_number():
            c.accept_text("the")
            second = _length_here(c)
            if second is not None and not c.is_tag("percent") and first.n != second.n:
                return first, second
    c.at = start
    return None


def _length_here(c: Cursor) -> Span | None:
    token = c.peek()
    if token is None:
        return None
    if token.kind == "span":
        c.take()
        return token.data  # type: ignore[no-any-return]
    if token.kind == "number" and token.value is not None and token.value >= 1 and token.value == int(token.value):
        c.take()
        if c.is_tag("unit") and c.is_tag("indicator", "average", ahead=1):
            return Span(token.value, c.take().data)
        return Span(token.value)
    return None


def _both(c: Cursor, named: Named, numbers: tuple[Span, Span]) -> tuple[Series, Series]:
    one, two = (Series(named.type, (("length", span),), named.output, unsaid=named.unsaid) for span in numbers)
    c.mind.mentions += [one, two]
    return one, two


def _scaled(c: Cursor) -> Operand | None:
    """``2x atr``, ``1.5 times its average``, ``twice the ...``, ``80% of the ...``."""
    start = c.at
    c.skip_fillers()
    factor = None
    if c.is_number():
        token = c.take()
        assert token.value is not None
        if c.accept_tag("times") or c.accept_text("*", "×"):
            factor = token.value
        elif c.is_tag("percent") and c.is_text("of", ahead=1):
            c.at += 2
            factor = token.value / 100
        elif c.is_tag("indicator") and c.peek().data.type in ("atr", "stdev"):  # type: ignore[union-attr]
            ahead = c.peek(1)
            if token.value < 6 or (ahead is not None and (ahead.kind == "number" or ahead.text == "(")):
                factor = token.value  # 2 atr, 1.5 atr(14): a multiple, no length
    elif c.is_tag("multiple"):
        factor = float(c.take().data)
    if factor is not None:
        c.skip_fillers()
        inner = _simple(c)
        if inner is not None:
            return Math("*", Number(factor), _suffixed(c, inner))
    c.at = start
    return None


def _simple(c: Cursor, *, bare_average: bool = True) -> Operand | None:
    start = c.at
    bracketed = _bracket(c)
    if bracketed is not None:
        return bracketed
    c.skip_fillers(also=("todays", "today", "current", "this", "own"))
    for reader in (
        _called,
        _by_length,
        _formula,
        _candle_part,
        _extreme,
        _counted_extreme,
        _timed,
        _indicator,
        _average,
        _field,
    ):
        here = c.at
        found = reader(c)
        if found is not None:
            return found
        c.at = here
    c.at = start
    return None


def _bracket(c: Cursor) -> Operand | None:
    """Arithmetic in brackets: ``(high + low) / 2``."""
    start = c.at
    c.skip_fillers()
    if c.accept_text("("):
        inner = operand(c)
        if isinstance(inner, Math) and c.accept_text(")"):
            return inner
    c.at = start
    return None


def _called(c: Cursor) -> Operand | None:
    """A series the person gave a name of their own: ``mid = (high + low) / 2``."""
    token = c.peek()
    if token is not None and token.kind == "word" and token.text in c.mind.names:
        c.take()
        return c.mind.names[token.text]
    return None


def _by_length(c: Cursor) -> Operand | None:
    """``8`` beside an 8/21 ribbon: the average of that length, where something is said of it."""
    token = c.peek()
    if token is None or token.kind != "number" or not c.is_tag("verb", "compare", ahead=1):
        return None
    for series in reversed(c.mind.mentions):
        if series.type in AVERAGES and series.input("length") == Span(token.value or 0.0):
            c.take()
            return series
    return None


def main_line(c: Cursor) -> Operand | None:
    """``line under the signal``: the main line of the oscillator spoken of; the cursor stays where there is none."""
    start = c.at
    c.accept_text("the")
    if c.accept_text("line") and c.is_tag("compare", "verb", "sign"):
        for series in reversed(c.mind.mentions):
            if series.type in ("macd", "stoch", "stochrsi"):
                return replace(series, output="line" if series.type == "macd" else "k")
    c.at = start
    return None


def _formula(c: Cursor) -> Operand | None:
    """Indicators that are arithmetic of others: Ichimoku's lines, the awesome oscillator."""
    token = c.peek()
    if token is None:
        return None
    if token.tag == "line" and token.data[0] == "ichimoku":
        c.take()
        length = {"tenkan": 9.0, "kijun": 26.0}[token.data[1]]
        bracket = c.accept_text("(")
        if c.is_number() and (bracket or not c.is_tag("percent", ahead=1)):
            length = c.take().value or length
        if bracket:
            c.accept_text(")")
        high = Series("highest", (("length", Span(length)), ("source", "high")))
        low = Series("lowest", (("length", Span(length)), ("source", "low")))
        return Math("/", Math("+", high, low), Number(2.0))
    if token.tag == "indicator" and token.data.type == "ibs":
        c.take()
        above_low = Math("-", Field("close"), Field("low"))
        return Math("/", above_low, Math("-", Field("high"), Field("low")))
    if token.tag == "indicator" and token.data.type == "awesome":
        c.take()
        fast, slow = (Series("sma", (("length", Span(n)), ("source", "hl2"))) for n in (5.0, 34.0))
        return Math("-", fast, slow)
    return None


def _timed(c: Cursor) -> Operand | None:
    """``daily rsi``, ``4h ema 50``, ``weekly close``: an operand of a timeframe of its own."""
    frame = timeframe_here(c)
    if frame is None:
        return None
    c.skip_fillers()
    c.accept_tag("chart")
    inner = _indicator(c) or _extreme(c)
    if isinstance(inner, Series):
        framed = replace(inner, timeframe=frame)
        if c.mind.mentions and c.mind.mentions[-1] == inner:
            c.mind.mentions[-1] = framed
        return framed
    inner = _field(c)
    if isinstance(inner, Field):
        return Series("sma", (("length", Span(1)), ("source", inner.name)), None, inner.lag, frame)
    return None


def timeframe_here(c: Cursor) -> str | None:
    """Read a timeframe as it is written before what it qualifies."""
    token = c.peek()
    if token is None:
        return None
    if token.tag == "tf":
        c.take()
        return str(token.data)
    named = None
    if token.kind == "span":
        named = frame_name(token.data)
        used = 1
    elif token.kind == "number" and c.is_tag("unit", ahead=1) and token.value is not None:
        unit = c.peek(1).data  # type: ignore[union-attr]
        named = frame_name(Span(token.value, unit)) if unit in ("minute", "hour") else None
        used = 2
    if named is None:
        return None
    c.at += used
    return named


FRAMES = {
    ("minute", 1): "1m", ("minute", 3): "3m", ("minute", 5): "5m", ("minute", 15): "15m", ("minute", 30): "30m",
    ("minute", 60): "1h", ("minute", 120): "2h", ("minute", 240): "4h", ("hour", 1): "1h", ("hour", 2): "2h",
    ("hour", 4): "4h",
    ("hour", 6): "6h", ("hour", 8): "8h", ("hour", 12): "12h", ("hour", 24): "1d", ("day", 1): "1d", ("day", 3): "3d",
    ("week", 1): "1w", ("day", 7): "1w", ("minute", 1440): "1d",
}  # fmt: skip


def frame_name(span: Span) -> str | None:
    """Return the timeframe a span is, None when no bar has that length."""
    return FRAMES.get((span.unit, int(span.n))) if span.n == int(span.n) else None


def _extreme(c: Cursor) -> Operand | None:
    """``highest high of the last 20 bars``, ``lowest low (10)``, ``new 20 day high``."""
    prior = bool(c.accept_tag("previous"))
    token = c.accept_tag("extreme")
    if token is None:
        if not prior:
            return None
        return None
    kind, source = token.data
    if source is None:
        c.skip_fillers()
        field = c.accept_tag("field")
        source = field.data if field is not None else None
    span, prior_too = _extent(c)
    if span is None:
        bracket = c.accept_text("(")
        if bracket and (field := c.accept_tag("field")):
            source = field.data
            c.accept_text(",")
        span = _length_here(c)
        if span is not None and c.is_tag("unit"):
            span = Span(span.n, c.take().data)
        if bracket and not c.accept_text(")"):
            return None
    if source is None:
        field = c.accept_tag("field")
        source = field.data if field is not None else ("high" if kind == "highest" else "low")
    if span is None:
        return None
    if c.is_text("before") and c.tokens[c.at - 1].tag == "unit":
        c.take()
        prior = True
    return _mention(c, Series(kind, (("length", span), ("source", source)), None, 1 if prior or prior_too else 0))


def _counted_extreme(c: Cursor) -> Operand | None:
    """``20 bar high``, ``10-day low``, ``high of the last 20 bars``, ``20 period highest close``."""
    prior = bool(c.accept_tag("previous"))
    c.accept_tag("new")
    span = _extent_number(c)
    if span is not None:
        if c.accept_text("extreme"):
            while c.is_text("against", "you", "me", "it", "us", "the", "trade", "position"):
                c.take()
            return _mention(c, Series("donchian", (("length", span),)))
        token = c.peek()
        if token is not None and token.tag == "extreme":
            c.take()
            kind, source = token.data
            if source is None:
                field = c.accept_tag("field")
                source = field.data if field is not None else ("high" if kind == "highest" else "low")
            return _mention(c, Series(kind, (("length", span), ("source", source)), None, int(prior)))
        prior = prior or bool(c.accept_tag("previous"))
        c.accept_tag("new")
        if c.is_text("high", "low") and c.is_text("/", "or", ahead=1) and c.is_text("high", "low", ahead=2):
            c.at += 3
            return _mention(c, Series("donchian", (("length", span),)))  # "30 bar high/low"
        if c.is_tag("field") and c.peek().data in ("high", "low"):  # type: ignore[union-attr]
            source = c.take().data
            kind = "highest" if source == "high" else "lowest"
            return _mention(c, Series(kind, (("length", span), ("source", source)), None, int(prior)))
        if c.is_tag("field") and c.peek().data == "close" and c.is_text("high", "low", ahead=1):  # type: ignore[union-attr]
            c.take()
            kind = "highest" if c.take().text == "high" else "lowest"
            return _mention(c, Series(kind, (("length", span), ("source", "close")), None, int(prior)))
        return None
    if prior or not c.is_tag("field") or c.peek().data not in ("high", "low"):  # type: ignore[union-attr]
        return None
    source = c.take().data
    span, prior = _extent(c)
    if span is None:
        return None
    kind = "highest" if source == "high" else "lowest"
    return _mention(c, Series(kind, (("length", span), ("source", source)), None, int(prior)))


def _extent(c: Cursor) -> tuple[Span | None, bool]:
    """``of the last 20 bars``, ``over 10 days``, ``in the previous 5 candles``: the span; is this bar left out."""
    start = c.at
    took = False
    while c.is_text("of", "in", "over", "for", "the", "from", "during", "within", "across", "its", "any"):
        took = True
        c.take()
    previous = c.accept_tag("previous")
    if previous is None and not took:
        c.at = start
        return None, False
    span = _extent_number(c, bare=previous is not None or c.is_text("of", ahead=-1))
    if span is None:
        c.at = start
        return None, False
    return span, previous is not None and previous.text in ("previous", "prior", "preceding", "the previous")


def _extent_number(c: Cursor, *, bare: bool = False) -> Span | None:
    token = c.peek()
    if token is None:
        return None
    if token.kind == "span":
        c.take()
        return token.data  # type: ignore[no-any-return]
    if token.kind == "number" and token.value is not None and token.value >= 1 and c.is_tag("unit", ahead=1):
        c.take()
        return Span(token.value, c.take().data)
    if (
        bare
        and token.kind == "number"
        and token.value is not None
        and token.value >= 1
        and not c.is_tag("percent", ahead=1)
    ):
        c.take()
        return Span(token.value)
    return None


def _indicator(c: Cursor) -> Operand | None:
    """An indicator, its numbers before, behind or in brackets."""
    of_topic = c.is_text("its", "own", ahead=-1) and isinstance(c.mind.topic, Series | Field)
    label = c.accept_tag("fast", "slow")
    if label is None and c.is_text("short", "long") and c.is_tag("indicator", ahead=1):
        label = c.take()
    before = _numbers_before(c)
    token = c.accept_tag("indicator", "line")
    if token is None:
        if before and c.accept_text(*RETURNS):
            return _mention(c, _with_numbers(Series("roc", bare=True), before))
        said = [one for one in c.mind.mentions if one.type == "roc"]
        if said and c.is_text("that", "the", "this", "its", "same", ahead=-1) and c.accept_text(*RETURNS):
            return said[-1]
        return None
    if token.tag == "indicator" and token.data.type in ("awesome", "ichimoku", "ibs"):
        return None
    if token.tag == "line":
        series = _line_of(c, _line(c, token.text, *token.data))
    else:
        named: Named = token.data
        series = Series(named.type, named.inputs, named.output, bare=True, unsaid=named.unsaid)
    series = _with_numbers(series, before)
    smoothing = series.type == "stoch" and series.output == "d" and series.bare and c.is_text("(")
    if smoothing and c.is_number(1) and c.is_text(")", ahead=2):
        c.take()
        lines = [one for one in c.mind.mentions if one.type == "stoch" and one.input("k") is not None]
        k, d = lines[-1].input("k") if lines else None, Span(c.take().value or 3.0)
        series = series.having(**({"k": k} if k is not None else {}), d=d)  # "k(14) > d(3)"
        series = replace(series, bare=k is None and d.n == 3)
        c.take()
    series = _numbers_behind(c, series)
    if of_topic and series.type in AVERAGES and series.input("source") is None:
        series = _averaging(series, c.mind.topic)
    if label is not None:
        name = "fast" if label.text in ("fast", "faster", "quick", "short", "short term ma") else "slow"
        if series.bare and name in c.mind.labels:
            series = c.mind.labels[name]
        elif not series.bare:
            c.mind.labels[name] = series
        else:
            series = replace(series, unsaid=name)
    return _mention(c, _output_behind(c, series))


def _line_of(c: Cursor, series: Series) -> Series:
    """``the middle band of the bollinger bands (20, 2)``: the indicator behind its line."""
    start = c.at
    if c.accept_text("of", "from"):
        c.skip_fillers()
        token = c.accept_tag("indicator")
        if token is not None and token.data.type in ("bbands", "keltner", "donchian", "macd", "stoch", "stochrsi"):
            return Series(token.data.type, (), series.output, bare=True, unsaid=series.unsaid)
    c.at = start
    return series


FAMILIES = {
    "bbands": ("keltner", "donchian"), "donchian": ("keltner", "bbands"), "stoch": ("stochrsi", "stochf"),
    "macd": ("stochrsi", "stoch", "stochf"),
}  # fmt: skip


def _line(c: Cursor, text: str, kind: str, output: str) -> Series:
    """A line named without its indicator is one of the indicator spoken of: ``the upper channel`` of a Keltner."""
    named = any(word in text for word in ("bb", "boll", "keltner", "kc", "donchian", "stoch", "macd", "range"))
    if not named:
        for series in reversed(c.mind.mentions):
            if series.type == kind:
                break
            if series.type in FAMILIES.get(kind, ()):
                if kind == "macd":
                    output = "d" if output == "signal" else output
                if output in ("upper", "lower", "middle", "k", "d"):
                    kind = series.type
                break
    return Series(kind, (), output, bare=True, unsaid="line")


def _averaging(series: Series, topic: Operand | None) -> Series:
    """``its 20 sma``: the average of what is talked about."""
    if isinstance(topic, Field) and topic.name != "close":
        return replace(series.having(source=topic.name), bare=series.bare)
    if isinstance(topic, Series) and topic.type not in AVERAGES and topic.type not in ("highest", "lowest"):
        return replace(series.having(source=topic), bare=series.bare)
    return series


def _numbers_before(c: Cursor) -> list[Span]:
    """Numbers in front of an indicator: ``14 period rsi``, ``20,2 bollinger``, ``12/26/9 macd``."""
    start = c.at
    numbers: list[Span] = []
    while len(numbers) < 4:
        token = c.peek()
        if token is None or token.kind not in ("number", "span") or token.value is None or token.value <= 0:
            break
        if token.kind == "span" and token.data.unit in ("minute", "hour"):
            break  # a timeframe
        c.take()
        span = token.data if token.kind == "span" else Span(token.value)
        if c.is_tag("unit"):
            span = Span(token.value, c.take().data)
        if c.accept_tag("sigma"):
            span = Span(-token.value)  # marked: a number of deviations
        numbers.append(span)
        if not c.is_text("-") or c.peek().glued:  # type: ignore[union-attr]
            separator = c.accept_text("/", ",", "-")
            if separator is not None and separator.text == "," and not c.is_number():
                c.at -= 1
                break
    if not c.is_text("on", "for", "with"):
        c.skip_fillers()
    if numbers and (c.is_tag("indicator", "line") or c.is_text(*RETURNS)):
        return numbers
    c.at = start
    return []


def _with_numbers(series: Series, numbers: list[Span]) -> Series:
    if not numbers:
        return series
    names = PARAMETERS.get(series.type, ("length",))
    inputs: dict[str, Any] = dict(series.inputs)
    free = [name for name in names if name not in inputs]
    for span in numbers:
        if span.n < 0 and "stddev" in names:
            inputs["stddev"] = -span.n
            free = [name for name in free if name != "stddev"]
        elif free:
            inputs[free[0]] = _input(free[0], span)
            free = free[1:]
    wide = "stddev" if series.type == "bbands" else "multiplier"
    length = inputs.get("length")
    if wide in inputs and isinstance(length, Span) and length.n < 5 <= inputs[wide]:
        inputs["length"], inputs[wide] = Span(inputs[wide]), length.n  # "bb (2, 20)"
    return replace(series, inputs=tuple(inputs.items()), bare=not inputs)


def _input(name: str, span: Span) -> Any:
    return span if name in WHOLE else span.n


def _numbers_behind(c: Cursor, series: Series) -> Series:
    """Take in the numbers behind an indicator's name."""
    changed = True
    while changed:
        changed = False
        for reader in (_bracketed, _worded, _listed):
            further = reader(c, series)
            if further is not None:
                series, changed = further, True
                break
    return series


def _bracketed(c: Cursor, series: Series) -> Series | None:
    """``(20, 2, typical price)``, ``[14]`` is a lag and is left alone."""
    start = c.at
    if not c.accept_text("(", "{"):
        return None
    numbers: list[Span] = []
    source: Any = None
    frame = None
    atr_length: Span | None = None
    while (token := c.peek()) is not None and token.text not in (")", "}"):
        if token.kind in ("number", "span"):
            c.take()
            span = token.data if token.kind == "span" else Span(token.value or 0.0)
            if c.is_tag("unit"):
                span = Span(span.n, c.take().data)
            if c.accept_tag("sigma", "times"):
                span = Span(-span.n)
            if token.kind == "span" and frame_name(span) and numbers:
                frame = frame_name(span)
                continue
            if span.n < 0 and series.type != "bbands":
                span = Span(-span.n)
            numbers.append(span)
        elif token.tag == "field" or (token.raw in LETTERS and token.tag in (None, "line")):
            source = c.take().data if token.tag == "field" else LETTERS[c.take().raw]
        elif token.tag == "tf":
            frame = str(c.take().data)
        elif (
            token.tag in ("indicator", "line")
            and series.type in (*AVERAGES, "highest", "lowest", "zscore", "stdev")
            and not numbers
            and source is None
            and isinstance(inner := _indicator(c), Series)
        ):
            source = inner  # "sma(rsi, 10)"
        elif token.tag in (
            "sigma",
            "mult",
            "length",
            "fast",
            "slow",
            "line",
            "indicator",
            "unit",
            "max",
        ) or token.text in (
            ",",
            "/",
            "=",
            ":",
            "-",
            "on",
            "of",
            "and",
            "&",
            "default",
            "source",
            "src",
            "using",
            "step",
        ):
            if series.type == "keltner" and token.tag == "indicator" and token.data.type == "atr":
                c.take()
                c.accept_text("(")
                if c.is_number():
                    atr_length = Span(c.take().value or 10.0)
                continue
            if token.tag == "indicator" and numbers:
                c.at = start
                return None
            c.take()
        else:
            c.at = start
            return None
    c.accept_text(")", "}")
    if not numbers and source is None and frame is None:
        c.at = start
        return None
    free = [name for name in PARAMETERS.get(series.type, ("length",)) if series.input(name) is None]
    if not free and len(numbers) == 1 and numbers[0].unit == "bar" and series.type == "roc":
        return series.having(length=numbers[0])  # "3y cagr (756 bars)": said again in bars
    if numbers and not free:
        c.at = start
        return None
    found = _with_numbers(series, numbers)
    if atr_length is not None:
        found = found.having(atr_length=atr_length)
    if source is not None:
        found = replace(found, inputs=found.having(source=source).inputs, bare=found.bare and not numbers)
    if frame is not None:
        found = replace(found, timeframe=frame)
    return found


def _worded(c: Cursor, series: Series) -> Series | None:
    """``with length 20``, ``mult 3``, ``2 std``, ``10 periods``, ``of 50 days``, ``of volume``."""
    start = c.at
    names = PARAMETERS.get(series.type, ("length",))
    length_name = next((name for name in names if name in ("length", "k", "fast")), None)
    c.accept_text(",")
    while c.is_text(
        "with", "of", "a", "the", "at", "using", "but", "and", "over", "last", "past", "on", "for", "its", "previous"
    ) or c.is_tag("current"):
        c.take()
    token = c.peek()
    if token is None:
        c.at = start
        return None
    joined = any(one.text in ("and", "but", ",") for one in c.tokens[start : c.at])
    if (
        joined
        and not (token.kind == "number" and c.is_tag("sigma", "mult", "times", ahead=1))
        and token.tag not in ("sigma", "mult", "length")
    ):
        c.at = start
        return None  # what follows "and" is something else
    if (
        token.tag == "field"
        and c.at > start
        and series.type in (*AVERAGES, "rsi", "zscore", "stdev", "highest", "lowest", "roc", "bbands", "macd")
        and token.data in ("volume", "high", "low", "open", "hl2", "hlc3", "ohlc4")
        and c.is_text("of", "on", "using", "the", ahead=-1)
        and series.input("source") is None
        and not c.is_tag("compare", "verb", ahead=1)
    ):
        c.take()
        return replace(series.having(source=token.data), bare=series.bare)
    if (
        token.tag == "field"
        and token.data == "close"
        and c.is_text("on", "of", "the", ahead=-1)
        and series.type in (*SCALED, *AVERAGES)
    ):
        c.take()
        return series
    if token.tag in ("length", "mult", "sigma", "fast", "slow"):
        c.take()
        c.accept_text("=", ":", "of")
        c.skip_fillers()
        value = c.peek()
        if value is not None and value.kind in ("number", "span") and value.value is not None and value.value > 0:
            name = {"length": length_name, "fast": "fast", "slow": "slow", "sigma": "stddev", "mult": None}[
                str(token.tag)
            ]
            if name is None:
                name = next((one for one in names if one in ("multiplier", "stddev")), None)
            if name in names and series.input(str(name)) is None:
                c.take()
                c.accept_tag("unit", "times")
                span = value.data if value.kind == "span" else Span(value.value)
                return replace(series.having(**{str(name): _input(str(name), span)}), bare=False)
        c.at = start
        return None
    if token.kind == "number" and token.value is not None and token.value > 0:
        c.take()
        if c.is_tag("sigma", "mult") and ("stddev" in names or "multiplier" in names):
            c.take()
            name = "stddev" if "stddev" in names else "multiplier"
            if series.input(name) is None:
                return replace(series.having(**{name: token.value}), bare=False)
        elif c.accept_tag("times") and ("multiplier" in names or "stddev" in names):
            name = "multiplier" if "multiplier" in names else "stddev"
            if series.input(name) is None and not c.is_tag("indicator", "leverage"):
                c.accept_tag("mult", "indicator")
                return replace(series.having(**{name: token.value}), bare=False)
        elif (
            c.is_tag("unit", "length")
            and length_name
            and series.input(length_name) is None
            and token.value == int(token.value)
        ):
            unit = c.take()
            if not c.is_text("ago", "earlier", "in") and not c.is_tag("ago", "row", "field", "extreme"):
                return replace(series.having(**{length_name: Span(token.value, unit.data or "bar")}), bare=False)
    elif (
        token.kind == "span"
        and c.at > start
        and length_name
        and series.input(length_name) is None
        and series.type in AVERAGES
    ):
        c.take()
        return replace(series.having(**{length_name: token.data}), bare=False)
    c.at = start
    return None


def _listed(c: Cursor, series: Series) -> Series | None:
    """Bare numbers: ``macd 12 26 9``, ``bb 20 2``, ``sma 50``, ``rsi14``."""
    start = c.at
    names = PARAMETERS.get(series.type, ("length",))
    free = [name for name in names if series.input(name) is None]
    if not free:
        return None
    c.accept_text("of", "=", ":") if len(names) == 1 else None
    numbers: list[Span] = []
    while len(numbers) < len(free):
        here = c.at
        if numbers and not c.accept_text("/", ",", "-") and not c.is_number():
            break
        token = c.peek()
        if token is None or token.kind != "number" or token.value is None or token.value <= 0:
            c.at = here
            break
        after = c.peek(1)
        if after is not None and (after.tag in ("percent", "times", "equity", "row", "r") or after.text == "$"):
            c.at = here
            break
        if after is not None and after.tag == "unit" and c.is_tag("ago", ahead=2):
            c.at = here
            break
        if after is not None and after.tag == "unit" and after.data != "bar" and free[len(numbers)] != "length":
            c.at = here
            break
        if free[len(numbers)] in WHOLE and (token.value != int(token.value) or token.value > 5000):
            c.at = here
            break
        if (
            after is not None
            and after.tag == "indicator"
            and after.data.type != series.type
            and here > start
            and len(numbers) >= 1
        ):
            c.at = here
            break
        if numbers and after is not None and after.tag in ("indicator", "stop", "target", "unit", "line", "average"):
            c.at = here
            break
        c.take()
        numbers.append(Span(token.value))
    if not numbers:
        c.at = start
        return None
    if len(names) == 1 and series.type in SCALED and not _length_for_sure(c, start, numbers[0]):
        c.at = start
        return None
    if c.is_tag("unit") and c.peek().data == "bar":  # type: ignore[union-attr]
        c.take()
    return _with_numbers(series, numbers)


def _length_for_sure(c: Cursor, start: int, span: Span) -> bool:
    """True when the number behind an oscillator is its length, not a level: ``rsi 14 < 30`` against ``rsi 30/70``."""
    number = c.tokens[c.at - 1]
    if start >= 2 and c.tokens[start - 2].text == "at" and _ended(c):
        return False  # "out at rsi 55"
    if number.glued or c.is_tag("compare", "verb", "sign") or c.is_text(":"):
        return True
    if c.tokens[start - 1].tag == "indicator" and c.tokens[start - 1].data.type in (
        "aroon",
        "cci",
        "williams_r",
        "zscore",
        "roc",
        "cmo",
    ):
        return True
    after = c.peek()
    if after is not None and after.text in ("/", "-", "and") and c.is_number(1):
        return False
    if after is not None and after.kind == "number":
        return True
    if after is not None and after.tag == "between":
        return True
    return span.n not in (20.0, 25.0, 30.0, 35.0, 40.0, 50.0, 60.0, 65.0, 70.0, 75.0, 80.0, 90.0, 100.0)


def _ended(c: Cursor) -> bool:
    token = c.peek()
    return (
        token is None or token.kind == "line" or token.text in (",", ".", ";", "/", ")") or token.tag in ("or", "and")
    )


OUTPUT_WORDS = {
    "bbands": {"upper": "upper", "top": "upper", "lower": "lower",
        "bottom": "lower", "middle": "middle", "mid": "middle",
               "basis": "middle", "width": "width", "high": "upper", "low": "lower"},
    "keltner": {"upper": "upper", "top": "upper", "lower": "lower",
        "bottom": "lower", "middle": "middle", "mid": "middle"},
    "donchian": {"upper": "upper", "top": "upper", "high": "upper", "lower": "lower", "bottom": "lower", "low": "lower",
                 "middle": "middle", "mid": "middle", "width": "width"},
    "macd": {"line": "line", "signal": "signal", "hist": "hist", "histogram": "hist", "signal line": "signal"},
    "stoch": {"k": "k", "d": "d", "%k": "k", "%d": "d"},
    "stochrsi": {"k": "k", "d": "d", "%k": "k", "%d": "d"},
    "opening_range": {"high": "high", "low": "low", "top": "high", "bottom": "low"},
    "supertrend": {"line": "line", "direction": "direction"},
    "aroon": {"up": "up", "down": "down", "oscillator": "oscillator"},
    "adx": {"adx": "adx"},
}  # fmt: skip


def _output_behind(c: Cursor, series: Series) -> Series:
    """``bollinger upper band``, ``macd histogram``, ``bb.upper``: which line of the indicator is meant."""
    words = OUTPUT_WORDS.get(series.type)
    if words is None:
        return series
    start = c.at
    c.accept_text(".")
    token = c.peek()
    if token is None:
        return series
    output = None
    if token.tag == "line" and (token.data[0] == series.type or token.data[1] in words.values()):
        output = token.data[1]
    elif token.text in words:
        output = words[token.text]
    if output is None:
        c.at = start
        return series
    c.take()
    c.accept_text("band", "line", "channel", "bands")
    series = replace(series, output=output)
    return _numbers_behind(c, series) if series.bare else series


def _average(c: Cursor) -> Operand | None:
    """``its 20 avg``, ``average of the last 20 bars``, ``10 month average``: of what is talked about."""
    topic = c.mind.topic
    own = c.is_text("its", "own", ahead=-1) and isinstance(topic, Series) and not _on_the_chart(topic)
    span = _extent_number(c)
    if span is None and c.is_number() and c.is_tag("average", ahead=1):
        span = Span(c.take().value or 0.0)
    token = c.accept_tag("average")
    if token is None and span is not None and span.unit in ("day", "week"):
        token = c.accept_text("line")  # "its 200-day line"
    if token is None:
        return None
    source: Any = "close"
    if own:
        source = topic
    elif c.is_tag("field"):
        source = c.take().data
    elif c.is_text("of") and c.is_tag("field", ahead=1):
        c.take()
        source = c.take().data
    elif isinstance(topic, Field) and topic.name == "volume":
        source = "volume"
    if span is None:
        span, _ = _extent(c)
    if span is None and c.is_text("(") and c.is_number(1):
        c.take()
        span = Span(c.take().value or 0.0)
        c.accept_tag("unit")
        c.accept_text(")")
    if span is None and c.is_number() and not c.is_tag("percent", ahead=1):
        span = Span(c.take().value or 0.0)
        c.accept_tag("unit")
    if span is None and source == "close" and not isinstance(topic, Field):
        return None
    if span is None:
        series = Series("sma", (("source", source),), bare=True, unsaid="kind")
    else:
        series = Series("sma", (("length", span), ("source", source)), unsaid="kind" if source == "close" else None)
    return _mention(c, series)


def _on_the_chart(series: Series) -> bool:
    """True for series on the scale of the price: averages, bands, extremes."""
    charted = ("bbands", "keltner", "donchian", "vwap", "highest", "lowest", "supertrend", "psar", "roc")
    return series.type in (*AVERAGES, *charted) and series.output not in ("width", "percent")


def _candle_part(c: Cursor) -> Operand | None:
    """``previous close``, ``yesterday's high``, ``prior bar low``, ``close of the previous bar``."""
    token = c.accept_tag("previous")
    if token is None:
        return None
    unit = None
    if c.is_tag("unit"):
        unit = c.take().data
    elif c.is_tag("tf"):
        unit = {"1d": "day", "1w": "week", "1h": "hour"}.get(c.take().data)
    field = c.accept_tag("field")
    if field is None or (c.is_text("of", "over") and c.is_number(1)):
        return None
    if token.text.startswith("yesterday"):
        unit = "day"
    if unit in (None, "bar"):
        return Field(field.data, 1)
    kind = "highest" if field.data == "high" else "lowest" if field.data == "low" else "sma"
    inputs = (("length", Span(1)), ("source", field.data))
    frame = {"day": "1d", "week": "1w", "hour": "1h", "month": "1w"}[unit]
    return Series(kind, inputs, None, 1, frame, unsaid="period")  # fmt: skip


def _field(c: Cursor) -> Operand | None:
    letter = c.peek()
    if (
        letter is not None
        and letter.raw == "L"
        and not (c.is_text("(", ",", ahead=-1) and c.is_text(",", ")", ahead=1))
    ):
        letter = None  # L stands for long
    if letter is not None and letter.raw in LETTERS:
        around = (
            c.is_text("(", ",", ahead=-1) and c.is_text(",", ")", ahead=1),
            c.is_tag("compare", ahead=1),
            c.is_tag("verb", ahead=1) and letter.raw == "C",
        )
        if any(around):
            c.take()
            return Field(LETTERS[letter.raw])
    token = c.accept_tag("field")
    if token is None:
        if c.is_text("it") and c.mind.topic is not None:
            c.take()
            return c.mind.topic
        return None
    return Field(token.data)


def _suffixed(c: Cursor, found: Operand) -> Operand:
    """Lags and timeframes: ``[1]``, ``3 bars ago``, ``of the previous bar``, ``on the daily chart``."""
    start = c.at
    if isinstance(found, Series) and found.timeframe is None and c.accept_text("of", "on", "from"):
        c.accept_text("the", "a")
        frame = timeframe_here(c)
        if frame is not None and not c.is_tag("ago"):
            while c.is_tag("chart") or (c.is_tag("unit") and c.peek().data == "bar"):  # type: ignore[union-attr]
                c.take()
            framed = replace(found, timeframe=frame)
            c.mind.mentions.append(framed)
            return framed
        c.at = start
    if c.accept_text("[") and c.is_number():
        value = c.take().value or 0.0
        if c.accept_text("]") and value == int(value):
            return lagged(found, int(abs(value)))
    c.at = start
    c.accept_text("from", "of")
    if c.is_number() and c.is_tag("unit", ahead=1) and c.is_tag("ago", ahead=2):
        value = c.take().value or 0.0
        c.at += 2
        return lagged(found, int(value))
    if c.is_text("one", "a") and c.is_tag("unit", ahead=1) and c.is_tag("ago", ahead=2):
        c.at += 3
        return lagged(found, 1)
    if c.peek() is not None and c.peek().kind == "span" and c.is_tag("ago", ahead=1):  # type: ignore[union-attr]
        span = c.take().data
        c.take()
        return lagged(found, int(span.n))
    c.at = start
    if c.is_text("of", "from", "on") or c.is_tag("previous"):
        c.accept_text("of", "from", "on")
        c.accept_text("the", "a")
        token = c.accept_tag("previous")
        if token is not None and c.is_tag("unit") and not c.is_number(1) and (isinstance(found, Field | Series)):
            c.take()
            return lagged(found, 1)
        if token is not None and token.text in ("yesterday", "yesterdays"):
            return lagged(found, 1)
    c.at = start
    return found


def arithmetic(c: Cursor, left: Operand) -> Operand:
    """``+ 2 atr``, ``minus 1.5 x atr``, ``* 1.02``, ``/ ...``."""
    while True:
        start = c.at
        token = c.peek()
        if token is None:
            return left
        sign = {"+": "+", "plus": "+", "-": "-", "minus": "-", "*": "*", "/": "/", "divided by": "/"}.get(token.text)
        if token.text == "plus" and not c.is_number(1) and not c.is_tag("multiple", ahead=1):
            return left  # "a above b plus c above d"
        if sign is None:
            if token.kind == "number" and token.text[0] in "+-" and c.is_tag("indicator", "times", ahead=1):
                c.take()
                value = abs(token.value or 0.0)
                c.accept_tag("times")
                inner = _simple(c)
                if inner is not None:
                    left = Math("+" if token.text[0] == "+" else "-", left, Math("*", Number(value), inner))
                    continue
                c.at = start
            return left
        c.take()
        right = _scaled(c)
        if right is None and c.is_number():
            value = c.take().value or 0.0
            if c.is_tag("percent"):
                if sign in "+-":
                    c.take()
                    left = Math("*", left, Number(1 + value / 100 if sign == "+" else 1 - value / 100))
                    continue
                c.at = start
                return left
            if sign == "/" and isinstance(left, Series):
                c.at = start
                return left
            right = Number(value)
        if right is None:
            right = _simple(c)
        if right is None:
            c.at = start
            return left
        left = Math(sign, left, right)  # type: ignore[arg-type]


def _mention(c: Cursor, series: Series) -> Series:
    c.mind.mentions.append(series)
    return series
