"""A place in the tokens, and what the reader has in mind there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agent.language.builtin.lexicon import FILLERS

if TYPE_CHECKING:
    from agent.language.builtin.rules import Compare, Condition, Operand, Series, Span
    from agent.language.builtin.tokens import Token

LONGEST_RUN = 12
"""Words passed over at once: a text of nothing but such words takes no more than a time in proportion to its length."""


@dataclass(slots=True)
class Mind:
    """What was said so far: the operand under discussion, every indicator mentioned, and what was assumed.

    ``topic`` is what "it" or a comparison without a left side means; ``other`` what a cross without a right side
    means. ``labels`` holds series called fast or slow, ``names`` and ``rules`` what the person gave a name;
    ``distanced`` is the pair last compared over a distance (``1 % above the average``); ``stack`` are averages said to
    stand in order, fastest first, and ``stacked`` that they do. ``spread`` are the ends of the range a close was placed
    in, ``turning`` the series that turned last; ``price_alone`` is True where a bare number can only be a price.
    """

    topic: Operand | None = None
    other: Operand | None = None
    last: Compare | None = None
    acted: bool = False
    crossing: Compare | None = None
    mentions: list[Series] = field(default_factory=list)
    labels: dict[str, Series] = field(default_factory=dict)
    names: dict[str, Operand] = field(default_factory=dict)
    rules: dict[str, Condition] = field(default_factory=dict)
    distanced: tuple[Operand, Operand] | None = None
    spread: tuple[Operand, Operand] | None = None
    turning: Operand | None = None
    stack: tuple[Series, ...] = ()
    stacked: Condition | None = None
    notes: list[str] = field(default_factory=list)
    price_alone: bool = False


class Cursor:
    """A position in a list of tokens.

    >>> from agent.language.builtin.tokens import tokenize
    >>> c = Cursor(tokenize("stop 2%"))
    >>> c.accept_tag("stop").text, c.is_number(), c.accept_text("of"), c.at
    ('stop', True, None, 1)
    """

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.mind = Mind()

    def peek(self, ahead: int = 0) -> Token | None:
        """Return a token ahead, None past the end."""
        at = self.at + ahead
        return self.tokens[at] if 0 <= at < len(self.tokens) else None

    def take(self) -> Token:
        """Return the token here and go on."""
        token = self.tokens[self.at]
        self.at += 1
        return token

    def take_span(self) -> Span:
        """Return the span here, a number grown together with its unit, and go on."""
        span: Span = self.take().data
        return span

    def is_tag(self, *tags: str, ahead: int = 0) -> bool:
        """True when the token ahead bears one of the tags."""
        token = self.peek(ahead)
        return token is not None and token.tag in tags

    def is_text(self, *texts: str, ahead: int = 0) -> bool:
        """True when the token ahead is written so."""
        token = self.peek(ahead)
        return token is not None and token.text in texts

    def data(self, ahead: int = 0) -> Any:
        """Return what the phrase ahead means, None past the end."""
        token = self.peek(ahead)
        return None if token is None else token.data

    def is_number(self, ahead: int = 0) -> bool:
        """True when a number without a grown-together unit stands there."""
        token = self.peek(ahead)
        return token is not None and token.kind == "number"

    def accept_tag(self, *tags: str) -> Token | None:
        """Take the token here when it bears one of the tags."""
        return self.take() if self.is_tag(*tags) else None

    def accept_text(self, *texts: str) -> Token | None:
        """Take the token here when it is written so."""
        return self.take() if self.is_text(*texts) else None

    def skip(self, *texts: str, tags: tuple[str, ...] = ()) -> None:
        """Go past tokens that are written so or bear one of the tags, `LONGEST_RUN` at most."""
        for _ in range(LONGEST_RUN):
            if not (self.is_tag(*tags) or self.is_text(*texts)):
                return
            self.at += 1

    def ends(self, *marks: str, ahead: int = 0) -> bool:
        """True at the end of the text or the line, and at one of the marks."""
        token = self.peek(ahead)
        return token is None or token.kind == "line" or token.text in marks

    def mention(self, series: Series) -> Series:
        """Keep an indicator in mind as spoken of, and return it."""
        self.mind.mentions.append(series)
        return series

    def skip_fillers(self, *, also: tuple[str, ...] = ()) -> None:
        """Go past words that carry nothing, `LONGEST_RUN` at most."""
        for _ in range(LONGEST_RUN):
            token = self.peek()
            if token is None or token.kind != "word":
                return
            if token.text == "from" and (self.is_tag("compare", ahead=1) or self.is_text("the", ahead=1)):
                return  # "from below": a direction
            if token.text == "in" and self.ends(",", ".", ";", ":", ahead=1):
                return  # "macd cross in, cross back out": an order
            if token.text in also or token.tag == "filler" or (token.tag is None and token.text in FILLERS):
                self.at += 1
            else:
                return
