"""What a model call costs, in whole micro-dollars, by a price list that bears its date."""

from __future__ import annotations

from dataclasses import dataclass

TOKENS_PER_PRICE = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """A model's price: micro-dollars per million tokens, as listed on ``as_of``: an ISO date, or ``settings``.

    ``cached_input`` is the price of input tokens answered from the provider's prompt cache; None is the input price.
    """

    as_of: str
    input: int
    output: int
    cached_input: int | None = None

    def cost(self, input_tokens: int, output_tokens: int, cached_tokens: int = 0) -> int:
        """Return what a call costs, rounded half up to whole micro-dollars.

        ``input_tokens`` include the cached ones; ``output_tokens`` include those of reasoning.

        >>> Price("2026-01-01", input=2_500_000, output=10_000_000, cached_input=1_250_000).cost(1_000, 200, 400)
        4000
        """
        cached_price = self.input if self.cached_input is None else self.cached_input
        fresh = max(0, input_tokens - cached_tokens)
        total = fresh * self.input + cached_tokens * cached_price + output_tokens * self.output
        return (2 * total + TOKENS_PER_PRICE) // (2 * TOKENS_PER_PRICE)
