"""Assets by the names people use for them, and words that are spelt like tickers."""

from __future__ import annotations

NAMES = {
    "bitcoin": "BTC", "xbt": "BTC", "meta": "META", "ethereum": "ETH", "ether": "ETH", "solana": "SOL", "ripple": "XRP",
    "cardano": "ADA", "dogecoin": "DOGE", "litecoin": "LTC", "polkadot": "DOT", "avalanche": "AVAX",
    "chainlink": "LINK", "polygon": "POL", "tron": "TRX", "monero": "XMR", "stellar": "XLM", "cosmos": "ATOM",
    "uniswap": "UNI", "aptos": "APT", "toncoin": "TON", "gold": "XAUUSD", "silver": "XAGUSD", "oil": "WTI",
    "crude": "WTI", "brent": "BRENT", "natgas": "NATGAS", "tesla": "TSLA", "apple": "AAPL", "google": "GOOGL",
    "alphabet": "GOOGL", "nvidia": "NVDA", "microsoft": "MSFT", "amazon": "AMZN", "facebook": "META",
    "netflix": "NFLX", "logitech": "LOGI", "intel": "INTC", "disney": "DIS", "palantir": "PLTR", "nasdaq": "QQQ",
    "sp500": "SPY", "dow": "DIA", "spx": "SPX", "russell": "IWM", "cable": "GBPUSD", "microstrategy": "MSTR",
    "berkshire": "BRKB", "boeing": "BA", "walmart": "WMT", "jpmorgan": "JPM",
}  # fmt: skip
"""Names beside the tickers of the directory."""

QUOTES = frozenset("usdt usdc usd busd fdusd eur btc eth tusd dai jpy gbp chf aud cad nzd".split())
"""What a ticker may be quoted in, behind a stroke: ``eth/usdt``."""

STABLES = ("usdt", "usdc", "usd", "busd")
"""What a ticker may be quoted in right behind it: ``btc usdt``."""

BASES = ("EUR", "GBP", "AUD", "NZD", "USD")
COUNTERS = ("usd", "jpy", "gbp", "chf", "aud", "cad", "nzd")
"""Currencies of pairs written apart: ``eur usd``."""

ENGLISH = frozenset(
    """all any are big can car cat cost did dip end fast few for fun gas get go has hit hold how it its key land life
    link live long love low man may mass more most near net new not now old one open own pay people play plus
    portal prime push put ray real red ring rose run sand save see sent set she six snow so some star step strong
    sun super sure take team tell ten test the time top true try two up use via was way well west who why win work
    yes you zoom flow fox core safe mask magic gala rare amp band bond dent hive iris loom moon nest poly quad
    send spot trust unit wing wave waves cash form hot hook glad good coin meta edge dash chart quick sky beam
    dusk cake sweat high jump ace alpha audio ash ban bat blur boss cube data dock fire flux fight front gods gold
    hard holo hope icon lit lisk mint nano neo omni ont orca osmo pump orbit ore pond pyth rad rif ronin rune scrt
    snt ssv storj sys tia turbo vet vibe vita volt wax wrap xai yield zen zero zil lock name move pos power agi
    act ai id bar box bull bill""".split()
)
"""Tickers that are words as well: known as tickers only when written in capitals."""

ACRONYMS = frozenset(
    """MA OR AND ON IF ALL NOW K D ET EST AM PM A V T F C STOP IT ORB DD FAST LOW HIGH OPEN CLOSE BUY SELL LONG SHORT
    SMC TV PT SD TP SL RR BE OK US UK EU NY FX TA PA HTF LTF ATH EOD SO GO UP BY IN AT TO AS IS DO NO ROI PNL DCA
    SET ST BB KC DC ADX CCI MFI OBV ATR RSI EMA SMA WMA HMA MACD VWAP ROC SAR PSAR MOM DI UTC GMT USD USDT USDC
    EUR GBP CAGR API BOT HH LL HL LH OHLC FOMC CPI NFP GDP ETF NAV IPO AI ML LLM SPEC JSON YAML NB PS FYI LOL IMO
    BTW WAIT BOTH NOT XOR WHEN THEN ELSE END RULE RULES ENTRY EXIT""".split()
)
"""Words in capitals that are no tickers."""
