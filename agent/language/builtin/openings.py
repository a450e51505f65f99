"""Openings that say what becomes of what was said before: never mind, scratch that, start over."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.language.port import Request

_LED = r"^\W*(?:(?:ok(?:ay)?|now|so|and|but|please|pls|hm+|ah|oh|well|wait|actually|let'?s|can we|i want to)[ ,]+)*"
_REST = r"[ ,.;:!-]+(?:(?:but|and|then|just|instead|actually|rather)[ ,]+)*(?!thanks?\b|thank\b|ty\b)(?=\w+\W+\w)"

DISMISSED = re.compile(
    rf"{_LED}(?:never ?mind(?! (?:that|this|the last)\b)|nevermind|nvm|forget (?:it|about it|i asked)|"
    rf"(?:i )?changed my mind){_REST}",
    re.IGNORECASE,
)
"""What was asked last no longer counts; what follows stands by itself."""

RECONSIDERED = re.compile(
    rf"{_LED}(?:(?:no|nah|nope|yeah no)(?=,)|on second thoughts?|come to think of it|thinking about it){_REST}",
    re.IGNORECASE,
)
"""Words in front of a change that only lead up to it."""

_ANEW = (
    r"(?:an? )?(?:(?:completely|totally|brand|whole) )*(?:new|different|another|fresh|second) (?:strategy|strat|bot|"
    r"system|algo)"
)
STARTED_OVER = re.compile(
    rf"{_LED}(?:start(?:ing)? (?:over|again|afresh|anew|fresh|from scratch)(?: with(?: {_ANEW})?(?=\W+\w)|,? {_ANEW})?|"
    rf"(?:scrap|forget|throw away|bin|ditch|discard) (?:it all|all (?:of )?(?:that|this|it)|everything|the whole "
    rf"thing)(?=[,.;:!-])|{_ANEW}(?=\s*[:.,-]))\W+(?:(?:and|then|now|this time)[ ,]+)*(?=\w+\W+\w+\W+\w)",
    re.IGNORECASE,
)
"""A strategy of its own follows."""


def behind_opening(request: Request) -> Request:
    """Return a request without such an opening: what it dismisses waits no longer, what it begins stands alone.

    >>> from agent.language.port import Request
    >>> behind_opening(Request("never mind, drop the shorts", "2026-01-01T00:00:00Z", pending="a bigger size")).pending
    >>> behind_opening(Request("start over: buy eth above the 50 sma", "2026-01-01T00:00:00Z")).text
    'buy eth above the 50 sma'
    """
    pending = request.pending
    begun = STARTED_OVER.match(request.text)
    if begun is not None:
        return replace(request, text=request.text[begun.end() :], versions=(), run=None, pending=None)
    waiting = STARTED_OVER.match(pending) if pending is not None else None
    if pending is not None and waiting is not None:
        return replace(request, versions=(), run=None, pending=pending[waiting.end() :])
    dismissed = DISMISSED.match(request.text)
    if dismissed is not None:
        return replace(request, text=request.text[dismissed.end() :], pending=None)
    led = RECONSIDERED.match(request.text)
    return request if led is None else replace(request, text=request.text[led.end() :])
