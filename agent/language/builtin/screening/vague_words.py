"""What one entry of the tables of vague words is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VagueWords:
    """Words that name a quantity of a ``field`` without saying how much; ``ask`` is the fragment of a question.

    ``measure`` says what makes them exact: a number in the clause, or a definition right behind it (``clause``); a
    number in the clause (``number``) or in its part between and, or, with (``part``); an amount with a unit around
    them (``near``, ``around``), an amount at them or a definition right behind (``told``); a number next to them
    (``near_length``) or anywhere in the sentence (``sentence``); any rule in the message (``rule``); tickers
    (``listed``); ``none`` when nothing does. ``when`` is ``edit`` for words that are only met while a strategy is
    being changed, ``build`` for those only met while there is none. A ``field`` that is ``role`` takes what the words
    name, or the part of a strategy named nearest before. ``conjunct`` words state a condition of their own where
    another one stands beside them.
    """

    field: str
    ask: str
    phrases: tuple[str, ...]
    measure: str = "clause"
    unless: tuple[str, ...] = ()
    when: str = "always"
    conjunct: bool = False


OVERSOLD = (
    "(deeply|very|extremely|really|heavily|too)? (oversold|over sold|overbought|over bought) (territory|zone|level|"
    "area|region|condition|levels)?",
)
OVERSOLD_ASK = "which indicator and which level mark oversold and overbought?"
OSCILLATORS = (
    "(rsi^|stoch^|stochastic|stochrsi|cci^|mfi^|williams|willr|wpr|cmo|ultosc|ultimate oscillator|ppo|bollinger|bb|"
    "z score|zscore|percent b|aroon)",
)
