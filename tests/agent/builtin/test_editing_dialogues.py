"""Conversations of several changes: each turn with what it changes, asks or says, as the store would keep it."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
import scripted_agent
from scripted_agent import MemoryStore, Scripted, agent, say

from agent.edits import describe
from agent.language.builtin.interpreter import BuiltinLanguage
from agent.language.port import Version

CROSS = "eth 4h buy when sma 15 crosses above sma 45, sell when it crosses below, 8% per trade, stop 6%"
DIP = "eth 4h buy when rsi 10 is under 25 and close is above ema 150, sell when rsi 10 is over 65, 8% per trade"
LEVELS = f"{DIP}, stop 6%, target 12%"
BOTH = (
    "eth 4h long when rsi 10 is under 25, short when rsi 10 is over 75, exit long when rsi 10 is over 50, cover when "
    "rsi 10 is under 50, 8% per trade, stop 6%"
)

ASKS = "?"


@pytest.fixture(autouse=True)
def _sorted_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store keeps canonical JSON: its keys come back in the order of the alphabet."""

    def kept(version: str, spec: Any) -> Version:
        return Version(version, json.loads(json.dumps(spec, sort_keys=True)))

    monkeypatch.setattr(scripted_agent, "Version", kept)


def told(*texts: str) -> list[tuple[str, list[str]]]:
    """Return each answer's disposition and what it changed."""
    store = MemoryStore()
    answers = say(agent(cast("Scripted", BuiltinLanguage()), store=store, tested=False), *texts)
    before: Any = None
    found = []
    for answer in answers:
        lines = [] if answer.spec is None or before is None else list(describe(before, answer.spec))
        lines += [f"left out: {one['words']}" for one in answer.left_out]
        found.append((answer.disposition, lines))
        before = answer.spec or before
    return found


DIALOGUES: list[tuple[tuple[str, ...], list[str] | str]] = [
    # an answer that is a value and nothing more
    ((CROSS, "i want a tighter stop", "set that to 3.5 percent please"), ["stop loss: 6 % -> 3.5 %"]),
    ((DIP, "a longer average", "180 bars"), ["ema_150 length: 150 -> 180"]),
    ((LEVELS, "a tighter stop", "make it 3.5%"), ["stop loss: 6 % -> 3.5 %"]),
    # a value for what was changed last, and back to what it was
    ((CROSS, "stop 5%", "make it 4%"), ["stop loss: 5 % -> 4 %"]),
    ((CROSS, "stop 5%", "and 6% again"), ["stop loss: 5 % -> 6 %"]),
    ((CROSS, "stop 2 atr", "undo", "put it back to 2 atr"), ["stop loss: 6 % -> 2 x ATR(14)"]),
    ((CROSS, "time stop 40 bars", "try 30"), ["time limit: after 40 bars -> after 30 bars"]),
    ((CROSS, "stop 5% and target 9%", "make it 4%"), ASKS),
    ((CROSS, "stop 5%", "bigger size", "12%"), ["size: 8 % of equity -> 12 % of equity"]),
    ((DIP, "stop 3 atr", "too wide, 2"), ["stop loss: 3 x ATR(14) -> 2 x ATR(14)"]),
    ((CROSS, "cap the drawdown at 25 percent", "15 rather"), ["drawdown that ends trading: 25 % -> 15 %"]),
    ((CROSS, "wait 6 bars between trades", "12 is better"), [
     "checks of an entry: wait after an exit: 6 bars -> wait after an exit: 12 bars"]),
    ((CROSS, "different exit", "close below ema 30"), ["new indicator ema_30: ema (length 30)",
     "exit (long): sma_15 crosses below sma_45 -> close is below ema_30"]),
    # opinions are no rules
    ((DIP, "rsi 10 is too jumpy, use 14"), ["rsi_10 length: 10 -> 14"]),
    ((DIP, "rsi is too noisy"), ASKS),
    # values whose indicator is left unsaid
    ((DIP, "70 for the exit"), ["exit (long): rsi_10 is above 65 -> rsi_10 is above 70"]),
    (("sol 1h supertrend 12 2.5 long when it flips up, out when it flips down", "multiplier 4"), [
     "supertrend_12_2_5 multiplier: 2.5 -> 4"]),
    ((CROSS, "make it trailing"), ["stop loss: 6 % from the entry price -> none",
     "trailing stop: none -> 6 % behind the best price"]),
    ((CROSS, "trail it by 4% instead", "from 3% profit on"), [
     "trailing stop: 4 % -> 4 % behind the best price, once 3 % in profit"]),
    # rules and assets that come back
    ((BOTH, "longs only", "put the shorts back"), ["entry (short): never -> rsi_10 is above 75",
     "exit (short): never -> rsi_10 is below 50"]),
    ((CROSS, "require adx over 20", "drop that again"), ["indicator adx_14 is gone: adx (length 14)",
     "entry (long) no longer requires: adx_14.adx is above 20"]),
    ((CROSS, "stop 5%", "target 9%", "undo both"), ["stop loss: 5 % -> 6 %", "take profit: 9 % from the entry price -> "
     "none"]),
    ((CROSS, "add sol", "just eth again"), ["assets: ETH, SOL -> ETH"]),
    ((CROSS, "and half size on everything"), ["size: 8 % of equity -> 4 % of equity"]),
    ((CROSS, "time limit 30 bars", "shorter, 10"), ["time limit: after 30 bars -> after 10 bars"]),
    ((CROSS, "stop 5%", "i meant 4"), ["stop loss: 5 % -> 4 %"]),
    ((DIP, "rsi length 20", "undo that, i want 14"), ["rsi_10 length: 20 -> 14"]),
    ((CROSS, "stop 5%", "max 2 positions", "revert everything"), ["open positions at most: 2 -> none",
     "stop loss: 5 % -> 6 %"]),
    # one side's levels, and what is no rule
    ((BOTH, "stop on shorts only half as wide"), ["stop loss: 6 % -> 3 %"]),
    ((CROSS, "stop on shorts only half as wide"), ASKS),
    (("sol 1h buy above the upper keltner band 20 1.5, out at the middle, stop 3%", "channel a bit wider"), ASKS),
    (("sol 1h buy when cci 20 is under -100, sell over 100", "levels to 150"), [
     "entry (long): cci_20 is below -100 -> cci_20 is below -150",
     "exit (long): cci_20 is above 100 -> cci_20 is above 150"]),
    ((CROSS, "size 12"), ["size: 8 % of equity -> 12 % of equity"]),
    ((CROSS, "wait 2 bars of confirmation"), ASKS),
    ((LEVELS, "drop the target, trail by 4% instead"), ["take profit: 12 % from the entry price -> none",
     "trailing stop: none -> 4 % behind the best price"]),
    (("sol 1h buy under the lower bollinger band 20 2, out at the middle", "bands of 40 bars, same deviations"), [
     "bbands_20_2 length: 20 -> 40"]),
    # openings
    ((BOTH, "never mind, drop the shorts"), ["entry (short): rsi_10 is above 75 -> never",
     "exit (short): rsi_10 is below 50 -> never"]),
    ((CROSS, "larger size", "nvm, stop 3%"), ["stop loss: 6 % -> 3 %"]),
    ((CROSS, "on second thought, no stop"), ["stop loss: 6 % from the entry price -> none"]),
    # a step back and a change
    ((CROSS, "stop 5%", "scratch that, 4%"), ["stop loss: 5 % -> 4 %"]),
    ((CROSS, "target 9%", "undo that and make the size 6%"), ["size: 8 % of equity -> 6 % of equity",
     "take profit: 9 % from the entry price -> none"]),
    # the size beside something else
    ((CROSS, "trade sol too but only with half the size"), ["assets: ETH -> ETH, SOL", "size: 8 % of equity -> 4 % of "
     "equity"]),
    ((CROSS, "add doge at double the usual size"), ["assets: ETH -> ETH, DOGE", "size: 8 % of equity -> 16 % of "
     "equity"]),
    # figures taken back, points, levels, parts
    ((LEVELS, "target 14%, no wait, 15%"), ["take profit: 12 % -> 15 %"]),
    ((LEVELS, "stop 1 point wider"), ["stop loss: 6 % -> 7 %"]),
    ((LEVELS, "make the target two percentage points closer"), ["take profit: 12 % -> 10 %"]),
    ((f"{DIP}, stop 2 atr", "stop 1 point wider"), ASKS),
    ((LEVELS, "remove both fixed levels"), ["stop loss: 6 % from the entry price -> none",
     "take profit: 12 % from the entry price -> none"]),
    ((CROSS, "take profit in two steps: half at 5%, rest at 10%"), ["take profit: none -> 10 % from the entry price",
     "partial exits: none -> 50 % of the position at 5 % profit"]),
    # rules of a side that is not traded, bars of one rule
    ((CROSS, "shorts only below the 150 ema"), ASKS),
    ((DIP, "make it daily, but keep 4h for the exit"), ASKS),
    # whole sets of rules stay on their market
    ((DIP, "buy when macd crosses up, sell when it crosses down"), [
     "new indicator macd: macd (fast 12, slow 26, signal 9)",
     "indicator rsi_10 is gone: rsi (length 10)", "indicator ema_150 is gone: ema (length 150)",
     "entry (long): rsi_10 is below 25 and close is above ema_150 -> macd.line crosses above macd.signal",
     "exit (long): rsi_10 is above 65 -> macd.line crosses below macd.signal"]),
    ((f"{DIP}, stop 6%", "buy when rsi is under 20, sell when it is over 60"), [
     "entry (long): rsi_10 is below 25 -> rsi_10 is below 20",
     "exit (long): rsi_10 is above 65 -> rsi_10 is above 60"]),
    ((BOTH, "the opposite: sell when rsi is below 20 and buy above 80"), ASKS),
    # names that state another length
    ((DIP, "ema length 120", "exit when close is below ema 120"), [
     "exit (long) is also triggered when: close is below ema_150 (now length 120)"]),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "changed"), DIALOGUES, ids=[texts[-1][:40] for texts, _ in DIALOGUES])
def test_a_turn_changes_what_it_says_and_nothing_else(texts: tuple[str, ...], changed: list[str] | str) -> None:
    disposition, lines = told(*texts)[-1]

    if changed == ASKS:
        assert disposition == "ask"
        return
    assert disposition == "edit"
    assert [line for line in lines if not line.startswith("name:")] == changed


def test_a_made_name_changes_only_where_it_became_false() -> None:
    *_, same, other = told(DIP, "stop 5%", "add adx over 20")

    assert not [line for line in same[1] if line.startswith("name:")]
    assert other[1][0] == 'name: "RSI + EMA on ETH 4h" -> "RSI + EMA + ADX on ETH 4h"'


def test_a_new_strategy_is_announced_and_nothing_of_the_announcement_is_left_out() -> None:
    *_, (disposition, lines) = told(LEVELS, "start over with a new strategy: sol 1h buy above sma 40, sell below it")

    assert disposition == "build"
    assert not [line for line in lines if line.startswith("left out")]


@pytest.mark.parametrize(
    ("question", "words"), [("what is R here?", "distance from the entry"), ("what is the name?", "Name:")]
)
def test_names_and_the_unit_of_risk_are_explained(question: str, words: str) -> None:
    store = MemoryStore()
    *_, answer = say(agent(cast("Scripted", BuiltinLanguage()), store=store, tested=False), LEVELS, question)

    assert answer.disposition == "explain" and words in answer.reply
