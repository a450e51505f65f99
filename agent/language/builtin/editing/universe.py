"""Changes of what is traded: assets, timeframe, quote currency, kind of market."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from agent.language.builtin.cursor import Cursor
from agent.language.builtin.markets import Asset, asset, timeframe, unknown_asset
from agent.language.builtin.tokens import clean, tokenize

if TYPE_CHECKING:
    from agent.language.builtin.editing.wording import Clause
    from agent.language.builtin.editing.worksheet import Worksheet

QUOTED = re.compile(
    r"\b(?:quote(?:d)?(?: (?:currency|in))?|in terms of|against|denominated in|priced in)\b.*?\b(?P<quote>usdt|usdc|"
    r"usd|fdusd|busd|eur|btc|eth)\b|\b(?P<first>usdt|usdc|usd|fdusd|eur)\b (?:as )?(?:the )?quote",
    re.IGNORECASE,
)
ONLY = re.compile(r"\b(?:only|just|solely|nothing but|exclusively)\b", re.IGNORECASE)
TRADED = re.compile(r"(?:trade|run|switch to|move to)\b", re.IGNORECASE)
ADDING = re.compile(
    r"\b(?:add|include|also|as well|too|plus|and also|besides|in addition|additionally|along with|together with|"
    r"alongside)\b",
    re.IGNORECASE,
)


OF_A_RULE = re.compile(
    r"(?:\b(?:for|in|on|of) (?:the |my |our )?|^change the )(?P<role>exit|entry|exits|entries|sell|buy)"
    r"(?: rules?| signals?)?(?:$| to\b)",
    re.IGNORECASE,
)
"""``keep 4h for the exit``: the bars of one rule alone."""


def read_universe(clause: Clause, sheet: Worksheet) -> bool:
    """Change assets, timeframe, market or quote as a clause asks; False when it names none of them."""
    quoted = QUOTED.search(clause.text)
    if quoted is not None:
        sheet.put("universe.quote", (quoted.group("quote") or quoted.group("first")).upper())
        return True
    done = _frame(clause, sheet)
    done = read_market(clause, sheet) or done
    return _assets(clause, sheet) or done


def _frame(clause: Clause, sheet: Worksheet) -> bool:
    frames = frames_in(clause.body)
    if not frames and re.search(r"time ?-?frame|\btf\b|candles?|bars?|chart", clause.all, re.IGNORECASE):
        frames = frames_in(
            re.sub(r"\b(\d+)\s*(?:-\s*)?(min(?:ute)?s?|hours?|days?|weeks?)\b", r"\1 \2 candles", clause.body)
        )
    if not frames:
        return False
    role = OF_A_RULE.search(clause.text)
    if role is not None:
        held = sheet.at("universe.timeframe")
        text = (
            f"all rules are read on bars of {held}; an indicator can be read on longer ones ('rsi on 1d'): which "
            f"indicator of the {role['role'].lower()} should be read on {frames[0]}?"
        )
        sheet.ask("universe.timeframe", text)
        return True
    if len(set(frames)) > 1:
        sheet.ask("universe.timeframe", f"a strategy has one timeframe: {' or '.join(dict.fromkeys(frames))}?")
        return True
    sheet.put("universe.timeframe", frames[0])
    sheet.waiting = None
    return True


def frames_in(text: str) -> list[str]:
    """Return the timeframes a text names, in order.

    >>> frames_in("4 hour candles"), frames_in("make it 15m"), frames_in("daily")
    (['4h'], ['15m'], ['1d'])
    """
    c = Cursor(tokenize(clean(text)))
    found: list[str] = []
    while c.peek() is not None:
        start = c.at
        name = timeframe(c)
        if name is not None:
            found.append(name)
        else:
            c.at = start + 1
    return found


def assets_in(text: str, sheet: Worksheet) -> tuple[list[Asset], list[Asset]]:
    """Return the assets a text names that are known, and those that are not."""
    c = Cursor(tokenize(clean(text)))
    known: list[Asset] = []
    unknown: list[Asset] = []
    while c.peek() is not None:
        start = c.at
        found = asset(c, sheet.request.known_assets)
        if found is not None and found.symbol is not None:
            known.append(found)
            continue
        c.at = start
        strange = unknown_asset(c)
        if strange is not None:
            unknown.append(strange)
        else:
            c.at = start + 1
    return known, unknown


def read_assets_beside(clause: Clause, sheet: Worksheet) -> None:
    """``use a 2% stop on eth instead of btc``, ``trade sol with 4% each``: assets beside what was read of a clause."""
    exchanged = clause.old is not None and assets_in(clause.old, sheet)[0]
    traded = clause.verb == "add" or TRADED.match(clause.text) is not None
    if (exchanged or traded) and assets_in(clause.body, sheet)[0]:
        _assets(clause, sheet)


def read_market(clause: Clause, sheet: Worksheet) -> bool:
    """Change the kind of market a clause names; False when it names none."""
    kinds = [token.data for token in tokenize(clean(clause.body)) if token.tag == "market"]
    if not kinds or clause.verb == "remove":
        return False
    kind = kinds[0]
    if kind == "spot":
        if sheet.at("signals.short") is not None:
            sheet.ask(
                "universe.market_type", "spot is long only: should the short side go, or stay on perpetual futures?"
            )
        elif (sheet.at("risk.max_leverage") or 1) > 1:
            sheet.put("risk.max_leverage", 1)
            sheet.assume("risk.max_leverage", 1, "spot has no leverage: the limit becomes 1")
    sheet.put("universe.market_type", kind)
    return True


def _assets(clause: Clause, sheet: Worksheet) -> bool:
    named, unknown = assets_in(clause.body, sheet)
    if unknown and not named:
        sheet.ask(
            "universe.assets",
            f"which asset is {' or '.join(one.written for one in unknown)}? I know no ticker of that name",
        )
        return True
    if not named:
        return False
    held = list(sheet.after["universe"]["assets"])
    symbols = list(dict.fromkeys(_symbol(one) for one in named))
    before = [_symbol(one) for one in assets_in(clause.old or clause.lead or "", sheet)[0]]
    if clause.verb == "remove":
        _remove(symbols, held, sheet)
    elif before:
        _exchange(before, symbols, held, sheet)
    elif clause.verb == "add" or clause.also or ADDING.search(clause.text):
        sheet.put("universe.assets", [*held, *(one for one in symbols if one not in held)])
    elif ONLY.search(clause.text) or len(held) == 1 or len(symbols) > 1:
        sheet.put("universe.assets", symbols)
    else:
        listed = ", ".join(held)
        sheet.ask(
            "universe.assets",
            f"it trades {listed} now: should {symbols[0]} take the place of all of them, of one (which?), or be added?",
        )
    if any(one.perp for one in named):
        sheet.put("universe.market_type", "perp")
    for one in named:
        if one.quote is not None and sheet.at("universe.quote") not in (None, one.quote):
            sheet.put("universe.quote", one.quote)
    return True


def _symbol(one: Asset) -> str:
    return str(one.symbol)


def _plain(written: str) -> str:
    return written.partition("/")[0]


def _remove(symbols: list[str], held: list[str], sheet: Worksheet) -> None:
    kept = [one for one in held if _plain(one) not in symbols and one not in symbols]
    if len(kept) == len(held):
        sheet.ask(
            "universe.assets", f"{', '.join(symbols)} is not traded; it trades {', '.join(held)}: which one should go?"
        )
    else:
        sheet.put("universe.assets", kept)
        if not kept:
            sheet.closing.append(lambda: _left_with_nothing(symbols, sheet))


def _left_with_nothing(gone: list[str], sheet: Worksheet) -> None:
    """``remove btc`` of a strategy on BTC: fine where another takes its place, a question otherwise."""
    if not sheet.at("universe.assets"):
        sheet.ask("universe.assets", f"without {', '.join(gone)} nothing is left to trade: which asset instead?")


def _exchange(before: list[str], symbols: list[str], held: list[str], sheet: Worksheet) -> None:
    if not any(_plain(one) in before or one in before for one in held):
        sheet.ask(
            "universe.assets",
            f"{', '.join(before)} is not traded; it trades {', '.join(held)}: which one should {', '.join(symbols)} "
            f"replace?",
        )
        return
    at = min(held.index(one) for one in held if _plain(one) in before or one in before)
    kept = [one for one in held if _plain(one) not in before and one not in before]
    new = [one for one in symbols if one not in kept]
    sheet.put("universe.assets", [*kept[:at], *new, *kept[at:]])
