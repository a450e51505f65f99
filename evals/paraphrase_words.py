"""How people write the parts of a strategy: numbers, timeframes, averages, oscillators, orders, filler, slips.

Written as natural variation and without a look at any reader's lexicon; the plainest way to say a thing comes first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    Choose = Callable[[list[str]], str]

SMALL_NUMBERS = {
    1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 8: "eight", 9: "nine", 10: "ten", 12: "twelve",
    14: "fourteen", 15: "fifteen", 20: "twenty", 25: "twenty five", 30: "thirty", 50: "fifty", 70: "seventy",
}  # fmt: skip

TIMEFRAMES = {
    "15m": ["15m", "15 minute", "15-minute", "15 min", "15min", "fifteen minute", "15-min", "M15"],
    "30m": ["30m", "30 minute", "30-minute", "30 min", "thirty minute", "half hour"],
    "1h": ["1h", "hourly", "1 hour", "1-hour", "60 minute", "60 min", "one hour", "1H", "1 hr"],
    "4h": ["4h", "4 hour", "4-hour", "4H", "240 minute", "240 min", "four hour", "4 hr", "4hr"],
    "1d": ["1d", "daily", "1 day", "1-day", "1D", "24h", "one day"],
}

ASSETS = {
    "BTC": ["BTC", "bitcoin", "Bitcoin", "btc"],
    "ETH": ["ETH", "ethereum", "Ethereum", "eth"],
    "SOL": ["SOL", "solana", "sol", "Solana"],
    "AAPL": ["AAPL", "Apple", "aapl"],
}

AVERAGES = {
    "ema": ["EMA", "exponential moving average", "ema", "exponential MA"],
    "sma": ["SMA", "simple moving average", "sma", "simple MA"],
}

FILLERS_BEFORE = [
    "", "", "", "", "hey, ", "Hi! ", "please build this: ", "could you test this for me? ", "ok so ", "Strategy idea: ",
    "I'd like to try the following. ", "here's my plan: ", "can you set this up please: ", "hello, i want this: ",
]  # fmt: skip
FILLERS_AFTER = ["", "", "", "", "", " thanks", " Thanks!", " please", " thank you", " cheers", " that's all"]
JOINTS = [". ", ", ", "; ", "\n", "\n- ", " | ", " -> ", ". ", ", ", ". then ", " / "]
BOTH = [
    "{} and {}",
    "{} and {}",
    "{}, and {}",
    "{} & {}",
    "{} while {}",
    "{} AND {}",
    "{} and also {}",
    "both {} and {}",
]

ENTRIES = {
    "long": [
        "buy when {}", "go long when {}", "enter long when {}", "buy if {}", "long entry: {}", "open a long when {}",
        "enter a long position if {}", "I buy once {}", "entry: {}", "buy as soon as {}", "get in when {}",
        "long when {}",
    ],
    "short": [
        "short when {}", "go short when {}", "sell short when {}", "enter short if {}", "short entry: {}",
        "open a short when {}", "enter a short position if {}",
    ],
}  # fmt: skip
EXITS = {
    "long": [
        "sell when {}", "exit when {}", "close the position when {}", "get out when {}", "exit: {}", "exit if {}",
        "close the trade when {}", "sell if {}", "take the position off when {}", "exit the long when {}",
    ],
    "short": [
        "cover when {}", "exit when {}", "close the short when {}", "exit: {}", "get out when {}",
        "buy to cover when {}",        "exit the short if {}",
    ],
}  # fmt: skip
STOPS = [
    "stop loss {}", "{} stop loss", "SL {}", "stop at {}", "with a stop of {}", "use a {} stop", "stop-loss: {}",
    "put the stop loss at {}", "cut the loss at {}", "a stop loss of {}", "sl: {}", "{} stop",
]  # fmt: skip
TARGETS = [
    "take profit {}", "{} take profit", "TP {}", "target {}", "with a target of {}", "take profit at {}", "tp: {}",
    "profit target {}", "take-profit: {}", "{} profit target", "a take profit of {}", "take profits at {}",
]  # fmt: skip
SIZES = [
    "use {} of equity", "size {} of equity", "position size {}", "{} of equity per trade",
    "{} of the account per trade", "put {} of my capital in each trade", "invest {} of the portfolio each time",
    "size: {} of equity", "allocate {} of equity", "trade with {} of my equity", "position sizing: {} of equity",
]  # fmt: skip
SCOPES = [
    "{asset} on the {timeframe} chart", "{asset} {timeframe}", "trade {asset} on {timeframe} candles",
    "on {asset}, {timeframe} timeframe", "{timeframe} {asset} chart", "{asset}, {timeframe} bars",
    "market: {asset}, timeframe: {timeframe}", "on the {timeframe} chart of {asset}",
    "for {asset} using {timeframe} candles",
]  # fmt: skip

UP = ["crosses above", "crosses over", "crosses up through", "breaks above", "cross above", "goes above"]
DOWN = ["crosses below", "crosses under", "crosses down through", "breaks below", "cross below", "drops below"]
OVER = ["is above", "is over", "above", "is greater than", ">", "is higher than", "is bigger than", "is sitting above"]
UNDER = ["is below", "is under", "below", "is less than", "<", "is lower than", "is smaller than", "is sitting below"]
PRICES = ["the close", "close", "price", "the price", "the closing price"]

SLIPPING = re.compile(r"[A-Za-z]{7,}")


def percentage(value: float, choose: Choose) -> str:
    """Return a fraction as people write a percentage.

    >>> percentage(0.025, lambda forms: forms[0])
    '2.5%'
    """
    number = f"{value * 100:.10g}"
    forms = [f"{number}%", f"{number} %", f"{number} percent", f"{number} per cent", f"{number}pct"]
    forms.append(f"{value * 100:.1f}%" if round(value * 100, 1) == round(value * 100, 9) else f"{number}%")
    if round(value * 100, 9) in SMALL_NUMBERS:
        forms.append(f"{SMALL_NUMBERS[round(value * 100)]} percent")
    return choose(forms)


def share_of_equity(value: float, choose: Choose) -> str:
    """Return a part of equity; only here a bare fraction is clear.

    >>> share_of_equity(0.5, lambda forms: forms[-1])
    '0.5'
    """
    return choose([percentage(value, choose), percentage(value, choose), percentage(value, choose), f"{value:g}"])


def whole(value: float, choose: Choose) -> str:
    """Return a level of an oscillator in digits or, where it has one, in a word."""
    word = SMALL_NUMBERS.get(round(value)) if value == round(value) else None
    return choose([f"{value:g}", f"{value:g}", f"{value:g}", *([word] if word else []), f"{value:.1f}"])


def average(kind: str, length: int, choose: Choose) -> str:
    """Return a moving average by kind and length.

    >>> average("ema", 20, lambda forms: forms[0])
    'the 20 EMA'
    """
    name = choose(AVERAGES[kind])
    short = kind if choose(["", "lower"]) else kind.upper()
    forms = [f"the {length} {name}", f"the {length} period {name}", f"the {length}-period {name}", f"{name} {length}"]
    forms += [
        f"{short}({length})",
        f"{short}{length}",
        f"the {length} bar {name}",
        f"{name}({length})",
        f"{length} {name}",
    ]
    return choose(forms)


def oscillator(name: str, length: int, choose: Choose) -> str:
    """Return an oscillator by name and length.

    >>> oscillator("RSI", 14, lambda forms: forms[0])
    'RSI(14)'
    """
    forms = [f"{name}({length})", f"{name} {length}", f"the {length} period {name}", f"{name.lower()}{length}"]
    return choose([*forms, f"{length}-period {name}", f"the {name} ({length})", f"{name.lower()} ({length})"])


def with_a_slip(text: str, rng: Random) -> str:
    """Return a text with one slip of the hand inside one long word: two letters swapped, one lost, or one doubled."""
    words = [one for one in SLIPPING.finditer(text) if one[0].lower() not in _NAMES]
    if not words:
        return text
    word = rng.choice(words)
    at = word.start() + rng.randrange(2, len(word[0]) - 2)
    kind = rng.choice(("swap", "drop", "double"))
    if kind == "swap":
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at + 1 :] if kind == "drop" else text[: at + 1] + text[at:]


_NAMES = {name.lower() for names in ASSETS.values() for name in names}
