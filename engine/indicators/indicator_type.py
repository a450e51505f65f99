"""What the catalog knows of an indicator: its inputs, its outputs, when it is defined, how it is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from engine.market.timeframe import TIMEFRAMES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from engine.market.bars import Bars

    FloatArray = NDArray[np.float64]

Kind = Literal["int", "float", "source", "choice", "date", "time", "timezone"]
Scale = Literal["price", "oscillator", "volume", "ratio", "direction"]
Group = Literal[
    "averages", "momentum", "trend", "volatility", "channels", "volume", "levels", "cycles", "statistics", "prices",
    "maths", "candlesticks",
]  # fmt: skip

GROUPS: tuple[Group, ...] = get_args(Group)
"""The groups in the order in which they are listed."""

MAX_LENGTH = 5000
"""Longest window of any indicator (SPEC section 6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSpec:
    """One input of an indicator.

    ``kind`` says how a value is written: ``int`` and ``float`` are numbers (a float input takes whole
    numbers too), ``source`` is a bar field, another indicator's key or ``key.output``, ``choice`` is one
    of ``choices``, ``date`` a UTC day ``YYYY-MM-DD``,
    ``time`` a local clock time ``HH:MM``, ``timezone`` an IANA name. ``low`` and ``high`` are
    the inclusive bounds every number has. A ``source`` with ``choices`` takes those fields alone. ``default`` None
    means that the input may be left out or null, unless it is ``required``.
    """

    name: str
    kind: Kind
    description: str
    default: int | float | str | None = None
    required: bool = False
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InputProblem:
    """What is wrong with one input: the name as it was written, a stable code, words, and what would do."""

    input: str
    code: str
    message: str
    allowed: tuple[str, ...] | None = None
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a computation sees: an unbroken run of bars and its source, finite throughout.

    ``source`` has shape (n_bars,); for an indicator without a ``source`` input it is the close. ``second`` is the
    second series of a type that compares two, None for the others.
    """

    bars: Bars
    source: FloatArray
    second: FloatArray | None = None


Inputs = Mapping[str, Any]
Compute = Callable[[Context, Inputs], "tuple[FloatArray, ...]"]
Settle = Callable[[Mapping[str, Any], dict[str, Any]], Iterable[InputProblem]]

UNIVERSAL_INPUTS = (
    InputSpec(
        name="offset",
        kind="int",
        default=0,
        low=0,
        high=MAX_LENGTH,
        description="Bars back: 1 reads the value one bar earlier.",
    ),
    InputSpec(
        name="timeframe",
        kind="choice",
        choices=TIMEFRAMES,
        description="A higher timeframe to compute on, a whole multiple of the strategy's; its own when left out.",
        aliases=("tf",),
    ),
)
"""Inputs that every type accepts."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class IndicatorType:
    """One entry of the catalog.

    ``compute(context, inputs)`` returns one array of shape (n_bars,) per output, in the order of ``outputs``;
    what it writes before ``first_value(inputs)`` does not matter, offset and masks are applied by
    `engine.indicators.evaluate`. Value t depends on bars <= t alone. All outputs of a type start at the
    same bar, the one where the last of them is defined (as TA-Lib does).

    ``needs`` are the bar fields it always reads, beside its source. ``scale`` says what its values may
    sensibly be compared with (``price``: the scale of its source where it has one); ``output_scales`` names
    the outputs that differ. ``bounds`` holds inclusive (low, high) per output where they hold for every
    input. ``unknown`` says in words when a value is missing after the warm-up, empty when never.
    ``settle`` checks inputs against each other and may complete them; ``example`` gives the required inputs.
    ``core`` marks the types whose names and aliases are words of the trade: the language rooms read those in a
    sentence, while the others (``sin``, ``sum``, ``add``) are named in a spec alone. ``second_source`` names the input
    that holds the second series, where there is one; ``talib`` the function of TA-Lib that an entry stands for.
    """

    name: str
    group: Group
    summary: str
    inputs: tuple[InputSpec, ...]
    compute: Compute
    first_value: Callable[[Inputs], int]
    outputs: tuple[str, ...] = ("value",)
    aliases: tuple[str, ...] = ()
    output_aliases: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    scale: Scale = "price"
    output_scales: Mapping[str, Scale] = field(default_factory=dict)
    bounds: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    unknown: str = ""
    settle: Settle | None = None
    example: Mapping[str, Any] = field(default_factory=dict)
    core: bool = True
    second_source: str = ""
    talib: str = ""

    @property
    def accepted(self) -> tuple[InputSpec, ...]:
        """Every input it accepts: its own, then ``offset`` and ``timeframe``."""
        return self.inputs + UNIVERSAL_INPUTS

    @property
    def takes_source(self) -> bool:
        """True when it has a ``source`` input."""
        return any(spec.name == "source" for spec in self.inputs)

    def warmup(self, inputs: Inputs) -> int:
        """Return the exact number of bars before the first defined value, ``offset`` included.

        ``inputs`` are resolved ones (see `resolve_inputs`). A source that is itself an indicator adds
        its own: `engine.indicators.graph.warmups` adds them up.
        """
        return self.first_value(inputs) + int(inputs.get("offset", 0))

    def scale_of(self, output: str) -> Scale:
        """Return the scale of one output."""
        return self.output_scales.get(output, self.scale)

    def find_output(self, name: str) -> str | None:
        """Return the canonical name of an output, None when it has no such output."""
        wanted = name.strip().lower()
        return wanted if wanted in self.outputs else self.output_aliases.get(wanted)
