"""What the clauses before spoke of: a condition that names no side of its own goes on about the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from agent.language.builtin.languages.relations import TWO_SIDED
from agent.language.builtin.languages.vocabulary import HEADER, OSCILLATORS, Kind

if TYPE_CHECKING:
    from agent.language.builtin.languages.operands import Operand
    from agent.language.builtin.languages.vocabulary import Token

PRICES = frozenset({"price", "close"})
"""The price as it is compared: with a level, which "closes below" without one means again."""

TOP = 100
"""The highest level of a gauge."""

OSCILLATING = (*OSCILLATORS, "plus di", "minus di")


@dataclass(slots=True)
class Memory:
    """Both sides of the last comparison, and of the last ones of a kind.

    ``pair`` are the two lines that last crossed, ``level`` what the price was last compared with, ``crossed`` the
    lines of a golden or death cross. ``unread`` are comparisons of something no rule knows, by its word: they are left
    out rather than read as one of something else. ``gauge`` is the oscillator last held against a level,
    ``timeframe`` the message's first, which is the strategy's.
    """

    left: str | None = None
    right: str | None = None
    pair: tuple[str, str] | None = None
    level: str | None = None
    crossed: list[Operand] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    timeframe: Token | None = None
    gauge: str | None = None

    def note(self, operands: list[Operand], relation: str = "") -> None:
        """Remember a comparison; one of the volume is a filter beside what was spoken of, not the new subject."""
        first = operands[0]
        if first.kind is not Kind.TERM or (first.text == "volume" and self.left is not None):
            return
        self.left = first.text
        if first.text.startswith(OSCILLATING) and [one.kind for one in operands[1:]] == [Kind.NUMBER]:
            self.gauge = first.text
        other = operands[1] if len(operands) == 2 else None
        self.right = other.text if other is not None and (other.kind is Kind.TERM or other.text == "0") else None
        if self.right not in {None, "0"} and relation.startswith(("crosses", "breaks")):
            self.pair = self.left, self.right
        if self.right is not None and self.left in PRICES:
            self.level = self.right

    def subject_of(self, figure: str) -> str:
        """Return what a figure alone is a level of: the gauge read before, where the price was held against a line."""
        low = figure.replace(".", "").isdigit() and float(figure) <= TOP
        if self.left is not None and self.left.startswith(OSCILLATING):
            self.gauge = self.left
        return self.gauge if self.gauge and low and self.left in PRICES and self.right is not None else self.left or ""

    def hear(self, tokens: list[Token]) -> None:
        """Remember an indicator named in a heading, "supertrend on ETH 1h:", "rsi 2", until something is compared."""
        if self.left is None:
            self.left = next((token.text for token in tokens if token.text.startswith("supertrend")), None)
        terms = [token.text for token in tokens if token.kind is Kind.TERM]
        if self.left is None and len(terms) == 1 and terms[0].startswith(("rsi", "cci", "williams", "mfi")):
            self.left = terms[0]

    def is_of_a_term(self, tokens: list[Token], place: int) -> bool:
        """Tell whether the timeframe at a place is of the indicator behind it: "1d rsi 14" in a strategy of 15m."""
        token, behind = tokens[place], tokens[place + 1 : place + 2]
        return (
            token.kind is Kind.TIMEFRAME
            and self.timeframe is not None
            and token is not self.timeframe
            and bool(behind)
            and behind[0].kind is Kind.TERM
        )

    def headers_first(self, tokens: list[Token]) -> list[Token]:
        """Return tokens with the asset and the timeframe of the strategy in front: "macd cross on ETH 1h"."""
        own = [token.kind in HEADER and not self.is_of_a_term(tokens, at) for at, token in enumerate(tokens)]
        front = [token for token, first in zip(tokens, own, strict=True) if first]
        return [*front, *(token for token, first in zip(tokens, own, strict=True) if not first)]

    def other_side(self, own: str) -> str | None:
        """Return what the price, or an oscillator's line, was compared with before: "closes above", "the +DI below"."""
        if own in PRICES:
            return self.level
        if not own.startswith(OSCILLATING):
            return None
        return (
            self.pair[1] if self.pair is not None and self.pair[0] == own else self.right if own == self.left else None
        )

    def sides(self, relation: str) -> tuple[str | None, str | None]:
        """Return the two sides a comparison without any is of: the lines that crossed, whatever was said besides."""
        if self.pair is not None and (relation in TWO_SIDED or self.right is None):
            return self.pair
        if self.level is not None and self.right is None:
            return "price", self.level
        return self.left, self.right
