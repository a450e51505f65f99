"""Assets by the names people use for them."""

from __future__ import annotations

NAMES = {
    "bitcoin": "BTC", "xbt": "BTC", "ethereum": "ETH", "ether": "ETH", "solana": "SOL", "ripple": "XRP",
    "cardano": "ADA",
    "dogecoin": "DOGE", "litecoin": "LTC", "polkadot": "DOT", "avalanche": "AVAX", "chainlink": "LINK",
    "polygon": "POL",
    "tron": "TRX", "monero": "XMR", "stellar": "XLM", "cosmos": "ATOM", "uniswap": "UNI", "aptos": "APT",
    "toncoin": "TON",
    "gold": "XAUUSD", "silver": "XAGUSD", "oil": "WTI", "crude": "WTI", "brent": "BRENT", "natgas": "NATGAS",
    "tesla": "TSLA", "apple": "AAPL", "google": "GOOGL", "alphabet": "GOOGL", "nvidia": "NVDA", "microsoft": "MSFT",
    "amazon": "AMZN", "facebook": "META", "netflix": "NFLX", "logitech": "LOGI", "intel": "INTC", "disney": "DIS",
    "palantir": "PLTR", "nasdaq": "QQQ", "sp500": "SPY", "spx": "SPX", "russell": "IWM", "cable": "GBPUSD",
    "microstrategy": "MSTR", "berkshire": "BRKB", "boeing": "BA", "walmart": "WMT", "jpmorgan": "JPM",
}  # fmt: skip
QUOTES = (
    "usdt",
    "usdc",
    "usd",
    "busd",
    "fdusd",
    "perp",
    "perps",
    "eur",
    "btc",
    "eth",
    "tusd",
    "dai",
    "jpy",
    "gbp",
    "chf",
    "aud",
    "cad",
    "nzd",
)
