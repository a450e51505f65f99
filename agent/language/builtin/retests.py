"""Wishes to test the current strategy again, on a span or with an account of the person's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.language.builtin.cursor import Cursor
from agent.language.builtin.markets import window
from agent.language.builtin.tokens import tokenize
from agent.language.port import Window

if TYPE_CHECKING:
    from agent.language.port import Request

_IT = (
    r"(?:it|this|that|them|(?:the|my|this|our|current) (?:current )?(?:strategy|spec|version|one|rules?|idea|system|"
    r"bot|thing)|a|the|another|(?:a|the|another) (?:back ?)?test|(?:back ?)?tests?)"
)
ASKED = re.compile(
    r"^(?:(?:ok|okay|now|so|and|please|pls|then|well|just|let us|let's|lets|can you|could you|would you|you|i want to|"
    r"i would like to|go ahead and|also)[ ,]+)*"
    r"(?:(?:re-?)?(?:back)?-? ?test|(?:re-?)?run|check|simulate|measure|evaluate|try|replay|do|start|show)\b"
    rf"(?: {_IT}\b)*(?P<rest>.*)$",
    re.IGNORECASE,
)
HOW = re.compile(
    r"^(?:(?:ok|okay|now|so|and|but|then)[ ,]+)*(?:how|what) (?:would|does|did|about|has|is)\b(?: (?:it|this|that|the "
    r"strategy|have|has|do|did|does|done|perform(?:ed)?|go|gone|went|fare[ds]?|look|looked|work(?:ed)?|result|be|been))*"
    r" (?P<rest>(?:(?:in|on|from|since|over|during|between|for|until|before|after) .*|(?:19|20)\d\d\b.*))$",
    re.IGNORECASE,
)
TESTING = re.compile(r"\b(?:(?:re-?)?(?:test|run)|simulate|measure|evaluate|replay|back ?test)\b", re.IGNORECASE)
"""Without a span, only these verbs ask for a test: to try or show something means many things."""

PARTING = re.compile(
    r"^(?:\s|,|again|once more|please|pls|anew|now|then|for me|only|just|instead|another time)+", re.IGNORECASE
)
ENDING = re.compile(
    r"(?:\s|[,.!?]|again|once more|please|pls|anew|instead|for me|only|now|data|candles|period)+$", re.IGNORECASE
)
STARTED = re.compile(r"(?:start|begin)\b.*\btest\w* (?:in|at|on|with|from)\b", re.IGNORECASE)
"""``start the test in 2021``: where it begins, not all of it."""

ALL = re.compile(
    r"^(?:on |over |in |with |for |using |from )*(?:all|everything|(?:the |all |all of )*(?:the )?(?:full|whole|entire|"
    r"complete|available) (?:data|history|window|period|range|sample)?|all (?:of )?(?:the |my )?(?:data|history|years|"
    r"candles)|the (?:holdout|hold-out|out of sample|out-of-sample)(?: part| data| period)?|(?:out of sample|"
    r"out-of-sample))$",
    re.IGNORECASE,
)
UNTIL = re.compile(r"^(?:until|till|up to|before|to|through) (?P<end>.+)$", re.IGNORECASE)
INCLUSIVE = re.compile(r"(?:to|up to|through)\b", re.IGNORECASE)
"""An end in it: ``to june`` is to the end of june, ``until june`` and ``before june`` are not."""

AFTER = re.compile(r"^(?:starting|beginning|as of)(?: from| in| at| on| with)? (?P<start>.+)$", re.IGNORECASE)
BEHIND = re.compile(r"^after (?P<span>.+)$", re.IGNORECASE)
ON = re.compile(r"^(?:on|over|for|with|using|against|of|during|only)\s+(?:the )?(?:year )?", re.IGNORECASE)
ACCOUNT = re.compile(
    r"(?:,? (?:and )?(?:(?:with|on|using|from) (?:an? )?(?:(?:starting|initial) )?(?:account|capital|balance|equity|"
    r"bankroll|portfolio)?(?: of)?|starting with|with)) ?(?:\$|usd ?|€)?(?P<amount>\d[\d,]*(?:\.\d+)?)(?P<k>k|m)?"
    r" ?(?:\$|usdt?|dollars|bucks|eur|euros?)?(?: (?:of )?(?:starting |initial )?(?:capital|account|balance|equity|to "
    r"start(?: with)?))?$",
    re.IGNORECASE,
)
YEARLIKE = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Retest:
    """A test of the current strategy: its span (None: the usual one), and its account where one was named."""

    window: Window | None = None
    initial_equity: float | None = None


def retest_in(request: Request, text: str) -> Retest | None:
    """Return the test a message asks for, None when it asks for none or says more than that.

    Parameters
    ----------
    request : Request
        ``now`` is the day that spans like "the last two years" end on.
    text : str
        The message in English.

    Examples
    --------
    >>> from agent.language.port import Request
    >>> now = Request("", "2026-01-01T00:00:00Z")
    >>> retest_in(now, "test it on 2021").window.end
    '2022-01-01T00:00:00Z'
    >>> retest_in(now, "run it again")
    Retest(window=None, initial_equity=None)
    >>> retest_in(now, "test it with a 2% stop") is None
    True
    """
    plain = " ".join(text.strip().rstrip(".!?").split())
    asked = ASKED.match(plain) or HOW.match(plain)
    if asked is None:
        alone = None if plain.isdecimal() or ALL.match(plain) else span_in(_bare(plain), request.now)
        return None if alone is None else Retest(alone)
    rest = _bare(asked["rest"])
    account = ACCOUNT.search(f" {rest}")
    equity = None
    if account is not None and YEARLIKE.fullmatch(account["amount"]) is None:
        rest = _bare(f" {rest}"[: account.start()])
        equity = float(account["amount"].replace(",", "")) * {"k": 1e3, "m": 1e6}.get((account["k"] or "").lower(), 1)
    if not rest:
        return Retest(None, equity) if TESTING.search(asked[0]) else None
    if STARTED.match(plain):
        rest = f"starting {rest.removeprefix('at ')}"
    span = span_in(rest, request.now)
    return None if span is None else Retest(span, equity)


def span_in(words: str, now: str) -> Window | None:
    """Return the span that words name and nothing but name, None for every other words.

    >>> span_in("from 2020 to 2022", "2026-01-01T00:00:00Z").start
    '2020-01-01T00:00:00Z'
    >>> span_in("until 2022", "2026-01-01T00:00:00Z").end
    '2022-01-01T00:00:00Z'
    """
    if ALL.match(words):
        return Window(None, now, words)
    until, after, behind = UNTIL.match(words), AFTER.match(words), BEHIND.match(words)
    if behind is not None:
        past = span_in(f"in {behind['span']}", now)
        return None if past is None or past.end is None else Window(past.end, None, words)
    if until is not None:
        found = _read(f"since {until['end']}", now)
        inclusive = INCLUSIVE.match(words) and _read(f"in {until['end']}", now)
        end = inclusive.end if inclusive else found.start if found is not None else None
        return None if end is None else Window(None, end, words)
    if after is not None:
        return _named(_read(f"since {after['start']}", now), words)
    bare = ON.sub("", words)
    for wording in (words, f"from {bare}", f"in {bare}", f"over {bare}", f"over the {bare}"):
        found = _read(wording, now)
        if found is not None and (found.end is not None or "from" not in wording or wording == words):
            return _named(found, words)
    return None


def _read(words: str, now: str) -> Window | None:
    """Return the span of words that hold nothing else."""
    cursor = Cursor(tokenize(words))
    found = window(cursor, now)
    return found if found is not None and cursor.peek() is None else None


def _named(found: Window | None, words: str) -> Window | None:
    """Return a span under the words it was asked for with."""
    return None if found is None else Window(found.start, found.end, words)


def _bare(words: str) -> str:
    """Return words without what is polite or says nothing at either end: ``again, on 2021 please``."""
    return ENDING.sub("", PARTING.sub("", words.strip())).strip()
