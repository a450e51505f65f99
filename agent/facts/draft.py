"""What one check compares: the words, the draft, and the version an edit starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.spec.tickers import find_ticker

if TYPE_CHECKING:
    from agent.facts.extract import Said
    from agent.facts.fact import Fact, Relation
    from agent.facts.held import Held
    from agent.language.port import Reading

FACT_MISSING = "FACT_MISSING"
"""What the words state is nowhere in the spec."""

FACT_MISPLACED = "FACT_MISPLACED"
"""It is in the spec, in another role than the words give it."""

FACT_CHANGED = "FACT_CHANGED"
"""The spec has the part, with another value or the other way round."""

NOT_ASKED_FOR = "NOT_ASKED_FOR"
"""The spec holds a protection, a side or a number that the words exclude or never mention."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The words of one message, what a draft holds, and what the current version holds (None for a new strategy).

    ``varied`` is what each variant of the draft holds.
    """

    said: Said
    held: Held
    before: Held | None
    reading: Reading
    varied: tuple[Held, ...] = ()

    def gone(self, stated: Fact | Relation) -> Held | None:
        """Return the current version when the words in front say that something goes: ``a 200 ema, not the 100``."""
        removed = any(start <= stated.end for start in self.said.removing)
        return self.before if removed else None


def same_asset(symbol: str, asset: str) -> bool:
    """Tell whether a symbol of the words is an asset of a spec, with or without its quote.

    >>> same_asset("BTC", "BTC/USDC"), same_asset("EURUSD", "EURUSD"), same_asset("ETH", "BTC")
    (True, True, False)
    """
    if symbol in (asset, asset.split("/")[0]):
        return True
    known = find_ticker(asset)
    return known is not None and known.symbol == symbol
