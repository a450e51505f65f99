"""What the screen finds in a message: spans of words, and what is to be said about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RefusalCode = Literal[
    "INJECTED",
    "GUARANTEE",
    "LOOKAHEAD",
    "MANIPULATION",
    "PRIVATE",
    "SECRETS",
    "LIVE",
    "FUNDS",
    "NO_DATA",
    "ADVICE",
    "OUT_OF_SCOPE",
]
LeftOutCode = Literal["UNSUPPORTED", "NO_DATA", "OUT_OF_SCOPE"]


@dataclass(frozen=True, slots=True)
class Injected:
    """A passage that was cut because it gives orders, or is quoted material; ``words`` as written."""

    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the whole request cannot be served; ``reply`` says so, and what can be done instead, without a figure."""

    code: RefusalCode
    words: str
    reply: str


@dataclass(frozen=True, slots=True)
class Unsupported:
    """An element a StrategySpec cannot say: ``words`` are ``text[start:end]`` of the screened text.

    ``element`` is a stable identifier, ``path`` says which part of a strategy it belonged to (``exit.divergence``).
    """

    start: int
    end: int
    words: str
    element: str
    code: LeftOutCode
    path: str
    reason: str
    instead: str


@dataclass(frozen=True, slots=True)
class Vague:
    """A quantity without a number: ``words`` are ``text[start:end]`` of the screened text.

    ``field`` is the part of a spec that lacks it, ``ask`` the fragment of a question. ``conventional`` marks words
    for which a published level stands beside an oscillator (oversold and overbought): to be assumed and told, not
    to be asked for. ``conjunct`` marks words that state a condition of their own where another one stands beside
    them (``with high volume``): the other one does not say what they mean.
    """

    start: int
    end: int
    words: str
    field: str
    ask: str
    conventional: bool = False
    conjunct: bool = False


@dataclass(frozen=True, slots=True)
class Screening:
    """A message as the grammar should read it, and everything found in front of the grammar.

    ``text`` is the message without its injected passages; the spans of ``unsupported`` and ``vague`` refer to it and
    come in order, those of ``unsupported`` without overlap. ``unless_built`` is the refusal of what was left out
    beside a rule: it holds where the rest turns out to hold no rule.
    """

    text: str
    injected: tuple[Injected, ...] = ()
    refusal: Refusal | None = None
    unless_built: Refusal | None = None
    unsupported: tuple[Unsupported, ...] = ()
    vague: tuple[Vague, ...] = ()
