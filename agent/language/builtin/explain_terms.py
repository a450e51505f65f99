"""What words mean: the figures of a run, and the trade's terms. No text here holds a figure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a run: its name, what it is, how to read it, where a record holds it and its format."""

    name: str
    meaning: str
    reading: str
    paths: tuple[tuple[str, str, str], ...]
    """Label, path and format of each placeholder."""


STATISTICS = "evidence.statistics"

FIGURES: dict[str, Figure] = {
    "sharpe": Figure(
        "Sharpe ratio",
        "The Sharpe ratio is the mean return over its standard deviation, for a year; the risk-free rate is taken as "
        "nothing.",
        "Higher is better; a negative one lost. Over a few years its error is wide: as long as both signs "
        "are within it, the figure does not tell skill from luck.",
        (("Sharpe ratio", "results.sharpeRatio", ".2f"),),
    ),
    "sortino": Figure(
        "Sortino ratio",
        "The Sortino ratio is like the Sharpe ratio, but counts only the returns that fell as risk.",
        "It is as uncertain as the Sharpe ratio beside it.",
        (("Sortino ratio", f"{STATISTICS}.growth.sortinoRatio", ".2f"),),
    ),
    "calmar": Figure(
        "Calmar ratio",
        "The Calmar ratio is the compound return of a year over the deepest drawdown.",
        "It leans on one single fall, so it moves much from one window to the next.",
        (("Calmar ratio", f"{STATISTICS}.growth.calmarRatio", ".2f"),),
    ),
    "drawdown": Figure(
        "Deepest drawdown",
        "The drawdown is how far the account fell below its highest point before it recovered.",
        "Ask whether you would have held on through it: the deepest one of the past is seldom the deepest there will "
        "be.",
        (
            ("Deepest drawdown", "results.maxDrawdownPct", "pct1"),
            ("Share of bars under water", f"{STATISTICS}.drawdown.underWaterFraction", "pct1"),
            ("Under water at the end", f"{STATISTICS}.drawdown.finalFraction", "pct1"),
            ("Deepest drawdown of buy and hold", f"{STATISTICS}.benchmark.maxDrawdownFraction", "pct1"),
        ),
    ),
    "profit_factor": Figure(
        "Profit factor",
        "The profit factor is the money of all winning trades over the money of all losing ones, after costs.",
        "Above one it earned, below one it lost. With few trades a single big winner decides it, so look at the number "
        "of trades beside it.",
        (("Profit factor", "results.profitFactor", ".2f"), ("Closed trades", "results.tradeCount", "int")),
    ),
    "win_rate": Figure(
        "Win rate",
        "The win rate is the share of closed trades that earned something after costs.",
        "Alone it says little: few big wins can pay for many small losses, and many small wins can be eaten by a few "
        "big losses. The average win over the average loss decides together with it.",
        (
            ("Win rate", "results.winRatePct", "pct1"),
            ("Average win over average loss", f"{STATISTICS}.trades.payoffRatio", ".2f"),
            ("Profit factor", "results.profitFactor", ".2f"),
        ),
    ),
    "expectancy": Figure(
        "Expectancy",
        "The expectancy is what a trade earned on average, as a share of what was put in.",
        "It has to stay above nothing when costs turn out higher than assumed.",
        (
            ("Mean trade", f"{STATISTICS}.trades.expectancyFraction", "+pct2"),
            ("Mean trade in money", f"{STATISTICS}.trades.averageQuote", "money"),
            ("Median trade in money", f"{STATISTICS}.trades.medianQuote", "money"),
        ),
    ),
    "payoff": Figure(
        "Average win over average loss",
        "The payoff ratio is the average winning trade over the average losing one.",
        "It goes with the win rate: a low one needs many wins, a high one gets by with few.",
        (
            ("Average win over average loss", f"{STATISTICS}.trades.payoffRatio", ".2f"),
            ("Average win", f"{STATISTICS}.trades.averageWinQuote", "money"),
            ("Average loss", f"{STATISTICS}.trades.averageLossQuote", "money"),
            ("Win rate", "results.winRatePct", "pct1"),
        ),
    ),
    "volatility": Figure(
        "Volatility",
        "The volatility is the standard deviation of the account's returns, for a year.",
        "It says how rough the way was, not where it led.",
        (("Volatility", f"{STATISTICS}.growth.volatilityFraction", "pct1"),),
    ),
    "annual_return": Figure(
        "Return a year",
        "The return a year is the compound rate that leads from the first to the last value of the account.",
        "It hides how unevenly it came about.",
        (
            ("Compound return a year", f"{STATISTICS}.growth.cagrFraction", "+pct1"),
            ("Total return", "results.returnsPct", "+pct1"),
        ),
    ),
    "exposure": Figure(
        "Exposure",
        "The exposure is what is held over the account's value, on average and at most; time in the market is the "
        "share of bars with a position.",
        "A return with little exposure says something else than the same return fully invested.",
        (
            ("Time in the market", f"{STATISTICS}.exposure.barsInMarketFraction", "pct1"),
            ("Mean exposure", f"{STATISTICS}.exposure.meanFraction", "pct1"),
            ("Largest exposure", f"{STATISTICS}.exposure.largestFraction", "pct1"),
        ),
    ),
    "beta": Figure(
        "Beta and correlation",
        "Beta is how much of the market's move the account took part in; the correlation says how closely.",
        "A high beta means that the return is mostly the market's own.",
        (
            ("Beta", f"{STATISTICS}.benchmark.beta", ".2f"),
            ("Correlation with buy and hold", f"{STATISTICS}.benchmark.correlation", ".2f"),
        ),
    ),
    "turnover": Figure(
        "Turnover",
        "The turnover is how often the account was traded over; every turn pays fees and slippage.",
        "The higher it is, the more an error in the assumed costs matters.",
        (
            ("Turnover a year", f"{STATISTICS}.costs.turnoverPerYear", ".1f"),
            ("Traded in all", f"{STATISTICS}.costs.tradedNotional", "money"),
        ),
    ),
    "var": Figure(
        "Value at risk",
        "The value at risk is the daily loss that was exceeded on the worst twentieth of days; the expected shortfall "
        "is the mean loss on those days.",
        "Both know only days that happened.",
        (
            ("Daily value at risk", f"{STATISTICS}.daily.valueAtRisk95Fraction", "pct2"),
            ("Expected shortfall", f"{STATISTICS}.daily.expectedShortfall95Fraction", "pct2"),
        ),
    ),
    "returns": Figure(
        "Return",
        "The return is what the account gained or lost over the window, after fees, slippage and funding, open "
        "positions at their last close.",
        "Compare it with buy and hold over the same window before you read anything into it.",
        (
            ("Total return", "results.returnsPct", "+pct1"),
            ("Net profit", "results.netProfit", "money"),
            ("Buy and hold", f"{STATISTICS}.benchmark.returnFraction", "+pct1"),
        ),
    ),
}
"""Key of `agent.language.builtin.explain_topics.METRICS` -> what there is to say of the figure."""

TERMS = {
    "stop loss": "A stop loss closes a losing position at a level fixed at the entry. It fills at the stop, or at the "
    "open where the price gapped past it, and pays slippage like any market order.",
    "take profit": "A take profit, or target, closes a winning position at a level fixed at the entry, as a limit "
    "order.",
    "trailing stop": "A trailing stop follows the best price since the entry at a fixed distance and never moves back. "
    "Here it moves at the close of a bar and acts from the next one on.",
    "trailing target": "A trailing target lets a winner run: once its profit is reached, it follows the best price at "
    "a fixed distance and closes when the price comes back that far.",
    "break-even": "Break-even moves the stop to the entry price, or a little past it, once a trade has shown the "
    "profit that the strategy names; from then on the price move alone cannot lose.",
    "partial exit": "A partial exit closes a part of a position at a profit, as a limit order; the rest stays. All "
    "parts of a position count as one trade.",
    "time limit": "A time limit closes a position that has been held for so many bars or minutes, whatever it "
    "stands at.",
    "limit order": "A limit entry waits at a price better than the close that gave the signal. It pays the maker fee "
    "and no slippage, and it is missed where the price never comes back: it then expires or is cancelled.",
    "cooldown": "A cooldown is the number of bars after an exit in which the asset is not entered again.",
    "session hours": "Session hours are the hours of the day, UTC, in which entries may be placed; exits always may.",
    "daily loss limit": "A daily loss limit places no entry for the rest of a UTC day that has lost so much of what "
    "the account began it with. What is held stays held.",
    "vwap fill": "A fill at VWAP takes the volume-weighted price of the last five minutes before the close: a "
    "reference price, not one that could have been traded at.",
    "margin tier": "A margin tier is a step of a venue's table: the larger a position, the more margin it must keep.",
    "slippage": "Slippage is the difference between the price that was asked for and the one that was got; here it "
    "is a "
    "cost that every market and stop order pays.",
    "fee": "A fee is what the venue takes of every fill: maker for limit orders, taker for market and stop orders.",
    "funding": "Funding is what longs and shorts of perpetual futures pay each other at fixed times to keep the "
    "price near "
    "the spot price.",
    "spot": "Spot means that the asset itself is bought and sold: long only, no leverage.",
    "perpetual": "A perpetual is a future without an end date: it can be sold short and held with leverage, and pays "
    "funding.",
    "leverage": "Leverage is what is held over the account's own value. It multiplies gains and losses alike, and on a "
    "perpetual it can end in a liquidation.",
    "liquidation": "A liquidation is the venue closing a leveraged position because the account no longer covers it.",
    "long": "Long is holding what should rise.",
    "short": "Short is owing what should fall: sold first, bought back later.",
    "backtest": "A backtest runs the rules over past candles, bar by bar, with fees and slippage, as if they had been "
    "traded then. It shows how the rules would have behaved, and proves no edge.",
    "paper trading": "Paper trading runs the rules on new candles without money.",
    "holdout": "The holdout is the newest part of the data. It stays locked while a strategy is made and changed, "
    "so that "
    "it can judge once what was never fitted to it.",
    "selection part": "The selection part is the older part of the data, on which strategies are tested, compared and "
    "searched. What is chosen there looks better there than it is.",
    "verdict": "The verdict says what the evidence supports, corrected for everything that was tried. It is "
    "UNPROVEN until "
    "the locked holdout, looked at once, says otherwise.",
    "unproven": "UNPROVEN is the verdict on everything that has only been seen on the selection part: it may be "
    "good, it may "
    "be luck, and the data cannot tell.",
    "trial": "A trial is one candidate that was tested on the data. Each one counts: the best of many looks good by "
    "luck "
    "alone.",
    "overfitting": "Overfitting is a rule that has learnt the noise of its past. It looks splendid on the data it "
    "was made "
    "on and nowhere else.",
    "lookahead": "Look-ahead is a rule that uses what nobody could know yet. Here a rule reads closed bars only and "
    "fills "
    "at the open of the next one.",
    "warm-up": "The warm-up is the bars an indicator needs before it has a value; until then it triggers nothing.",
    "drawdown guard": "The drawdown guard closes everything and ends trading once the account has fallen by the "
    "limit that "
    "the strategy names.",
    "spec": "The spec is the strategy written down exactly: market, indicators, rules, size, limits and execution. "
    "It is "
    "what is tested, and nothing else is.",
    "variant": "A variant is the same strategy with other parameters.",
    "drift": "Drift is a strategy behaving otherwise than its backtest: worse results, other costs, another market.",
    "golden cross": "A golden cross is a shorter average of the price crossing above a longer one; the reverse is "
    "called "
    "death cross.",
    "weekday": "time.weekday is the day of the close at which the rules are read, in UTC, counted from Monday, the "
    "first, to Sunday, the seventh.",
    "hour": "time.hour is the hour of the close at which the rules are read, in UTC.",
    "r": "R is the distance from the entry to the stop loss: what a trade risks. A target of so many R lies so "
    "many times as far on the other side; without a stop there is no R.",
    "position": "A position is what is held of an asset, long or short.",
    "exposure": "The exposure is what is held over the account's value.",
    "timeframe": "The timeframe is the length of a bar; rules are read once at the close of each.",
    "volatility target": "A volatility target sizes positions so that calm markets get more and wild ones less.",
}

ALIASES = {
    "time.weekday": "weekday",
    "time weekday": "weekday",
    "day of the week": "weekday",
    "time.hour": "hour",
    "time hour": "hour",
    "stop": "stop loss",
    "sl": "stop loss",
    "stops": "stop loss",
    "one r": "r",
    "an r": "r",
    "r multiple": "r",
    "target": "take profit",
    "trailing take": "trailing target",
    "trailing take profit": "trailing target",
    "trailing tp": "trailing target",
    "trail": "trailing stop",
    "trailing": "trailing stop",
    "breakeven": "break-even",
    "break even": "break-even",
    "breakeven stop": "break-even",
    "partial exits": "partial exit",
    "partial": "partial exit",
    "partials": "partial exit",
    "scale out": "partial exit",
    "scaling out": "partial exit",
    "time stop": "time limit",
    "limit entry": "limit order",
    "limit orders": "limit order",
    "cooldown bars": "cooldown",
    "cool down": "cooldown",
    "session": "session hours",
    "max daily loss": "daily loss limit",
    "daily loss": "daily loss limit",
    "fill at vwap": "vwap fill",
    "margin tiers": "margin tier",
    "tp": "take profit",
    "fees": "fee",
    "taker": "fee",
    "maker": "fee",
    "funding rate": "funding",
    "perp": "perpetual",
    "perps": "perpetual",
    "perpetuals": "perpetual",
    "perpetual future": "perpetual",
    "paper": "paper trading",
    "trials": "trial",
    "hold out": "holdout",
    "hold-out": "holdout",
    "selection": "selection part",
    "overfit": "overfitting",
    "curve fitting": "overfitting",
    "look ahead": "lookahead",
    "look-ahead": "lookahead",
    "warmup": "warm-up",
    "warm up": "warm-up",
    "specification": "spec",
    "strategyspec": "spec",
    "strategy spec": "spec",
    "drift event": "drift",
    "death cross": "golden cross",
    "longs": "long",
    "shorts": "short",
    "backtesting": "backtest",
    "long position": "long",
    "short position": "short",
    "shorting": "short",
    "going short": "short",
    "going long": "long",
    "guard": "drawdown guard",
    "time frame": "timeframe",
    "liquidated": "liquidation",
    "volatility targeting": "volatility target",
}
"""Other names of the terms."""

HELP = """\
I turn a trading idea in plain words into a strategy, test it on past candles with costs, and tell what came of it.
- Build: say what to buy or sell, when to get in and out, and on which bars. I say what I understood, assumed and left \
out.
- Ask: how it did, where its losses come from, what a figure means, what I assumed, what changed between versions.
- Change: say what should be different; everything else stays, and each change is a new version that can be undone.
- Improve: ask me to look for something better; I search on the older part of the data, and may come back with "leave \
it".
I am no language model but a built-in interpreter: I read trading language, and say so where I do not understand. I \
place no orders, and I promise no profit."""


def find_term(name: str) -> str | None:
    """Return the name under which a term is explained.

    >>> find_term("SL"), find_term("moon phase") is None
    ('stop loss', True)
    """
    key = " ".join(name.lower().split())
    key = ALIASES.get(key, key)
    return key if key in TERMS else None
