"""Words of what is traded and how an order is filled."""

from __future__ import annotations

from agent.language.builtin.lexicon.terms import Term

ORDERS: dict[Term, str] = {
    Term("market", "perp"): "perp{,s} | perpetual{,s} | futures | perpetual futures | perpetual swap{,s}",
    Term("market", "spot"): "spot | spot market | spot only | spot only account | spot account",
    Term("limit"): "limit order | limit orders | limit entry | limit buy | with a limit | limit",
    Term("fill", "next_open"): """
        next open | next bars open | at the open | open of the next bar | next bar open | next candle open
        | next days open | on the open | at next open | open next day | next morning | next day open
        | at the next open | on the next bar | next bar | next candle | following open | tomorrows open fill""",
    Term("fill", "close"): "at the close | on the close | market on close | moc | at the closing price",
    Term("benchmark"): "buy and hold | buy & hold | buy n hold | buy hold | hodl | buy and hold it",
}
