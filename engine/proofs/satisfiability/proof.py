"""Can the entry of each side ever fire, and can the exit?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import DataError
from engine.proofs.satisfiability.entries import SIDES, demands, entry_of, exit_of, never_sized
from engine.proofs.satisfiability.firing import Finding, Firing
from engine.proofs.satisfiability.formula import Formula, Formulas, every
from engine.proofs.satisfiability.operands import Operands
from engine.proofs.satisfiability.search import Refuted, decide
from engine.proofs.satisfiability.system import Systems
from engine.proofs.satisfiability.words import reason_of
from engine.spec.tickers import find_ticker

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.market.bars import Bars, MarketData
    from engine.proofs.satisfiability.entries import Demand, Side
    from engine.proofs.satisfiability.firing import Witness
    from engine.proofs.satisfiability.search import Open
    from engine.proofs.satisfiability.witness import Tape
    from engine.spec.models import Condition, StrategySpec

CLOSING = ("stop_loss", "take_profit", "trailing_stop", "trailing_take", "breakeven", "time_limit", "max_drawdown_pct")
"""What can close a position beside its exit."""


def can_fire(spec: StrategySpec, data: MarketData | Mapping[str, Bars] | None = None) -> Firing:
    """Look whether the entry and the exit of each side can ever fire.

    Parameters
    ----------
    spec
        A checked spec.
    data
        Candles in which to look for a bar that shows it: a market, of which the selection part is read, or bars by
        asset, which are read whole. Without any, what is not impossible stays unknown.

    Returns
    -------
    Firing
        ``impossible`` is proven for every market of ordinary prices (1e-100 to 1e100, those of an asset within a
        factor of a billion of each other) whose bars open on the grid of their timeframe where all assets are coins,
        or as the given bars do; and for the venue's own rules, not for others given to a run.

    Examples
    --------
    >>> from engine.spec import check
    >>> from engine.spec.examples import SMA_CROSS
    >>> can_fire(check(SMA_CROSS).spec).entry["long"].verdict
    'unknown'
    >>> wrong = {"entry": [{"when": "gt", "left": "close", "right": "high"}], "exit": []}
    >>> can_fire(check({**SMA_CROSS, "signals": wrong}).spec).entry["long"].reason
    'it needs close > high, but close is never above high'
    """
    notes: list[str] = []
    tape = None
    if data is not None:
        try:
            tape = _tape(spec, data)
        except DataError as error:
            notes.append(f"no candles to look for a witness in: {error}")
    return _Question(spec, tape).answer(notes)


class _Question:
    """One spec, and what was found of it so far."""

    def __init__(self, spec: StrategySpec, tape: Tape | None) -> None:
        self.spec, self.tape = spec, tape
        indicators = {key: (one.type, one.inputs) for key, one in spec.indicators.items()}
        self.formulas = Formulas(Operands(indicators, spec.universe.timeframe))
        self.systems = Systems(self.formulas.operands, on_grid=_on_grid(spec) if tape is None else tape.on_grid)

    def answer(self, notes: list[str]) -> Firing:
        """Answer for both sides."""
        sides = [side for side in SIDES if entry_of(self.spec, side)]
        entries = {side: self._entry(side) for side in sides}
        exits = {side: self._exit(side) for side in sides if exit_of(self.spec, side)}
        ways_out = {side: self._ways_out(side, entries, exits) for side in sides}
        for name, found in (("entry", entries), ("exit", exits)):
            for side, one in found.items():
                if one.verdict == "impossible":
                    notes.append(f"the {side} {name} can never fire: {one.reason}")
        notes += [f"a {side} position has no way out" for side in sides if not ways_out[side]]
        return Firing(entries, exits, ways_out, tuple(notes))

    def _entry(self, side: Side) -> Finding:
        alternatives = entry_of(self.spec, side)
        unsized = never_sized(self.spec, side)
        if unsized is not None:
            return Finding("impossible", unsized)
        each, decided = self._each(alternatives)
        if all(isinstance(one, Refuted) for one in decided):
            return self._joined(each)
        needed = self.formulas.any_true(alternatives)
        others = list(demands(self.spec, side, self.formulas))
        found: Refuted | Open = next(one for one in decided if not isinstance(one, Refuted))
        if others:
            found = decide(every([needed, *(one.formula for one in others)]), self.systems)
        if isinstance(found, Refuted):
            return Finding("impossible", self._blocked(needed, others, found), alternatives=each)
        return self._shown(found, self.tape.first_entry(side) if self.tape else None, each)

    def _blocked(self, needed: Formula, others: Sequence[Demand], found: Refuted) -> str:
        """Say which demand no entry can meet; where only all of them together exclude it, the last."""
        asked = [needed]
        for other in others:
            asked.append(other.formula)
            if isinstance(decide(every(asked), self.systems), Refuted):
                return other.otherwise
        return reason_of(found.ways)

    def _exit(self, side: Side) -> Finding:
        alternatives = exit_of(self.spec, side)
        each, decided = self._each(alternatives)
        if all(isinstance(one, Refuted) for one in decided):
            return self._joined(each)
        found = next(one for one in decided if not isinstance(one, Refuted))
        return self._shown(found, self.tape.first(alternatives) if self.tape else None, each)

    def _each(self, alternatives: Sequence[Condition]) -> tuple[tuple[Finding, ...], list[Refuted | Open]]:
        """Decide each alternative on its own."""
        decided = [decide(self.formulas.holds(one, "true"), self.systems) for one in alternatives]
        if len(alternatives) == 1 and not isinstance(decided[0], Refuted):
            return (), decided
        found = []
        for condition, one in zip(alternatives, decided, strict=True):
            if isinstance(one, Refuted):
                found.append(Finding("impossible", reason_of(one.ways)))
            else:
                found.append(self._shown(one, self.tape.first([condition]) if self.tape else None, ()))
        return tuple(found), decided

    def _joined(self, each: tuple[Finding, ...]) -> Finding:
        if len(each) == 1:
            return each[0]
        reasons = "; ".join(dict.fromkeys(one.reason for one in each))
        return Finding("impossible", f"none of its {len(each)} alternatives can be true: {reasons}", None, each)

    def _shown(self, found: Refuted | Open, witness: Witness | None, each: tuple[Finding, ...]) -> Finding:
        if witness is not None:
            reason = f"true at the close of the bar of {witness.time} ({witness.asset})"
            return Finding("possible", reason, witness, each)
        open_why = "nothing rules it out"
        if not isinstance(found, Refuted) and found.exhausted:
            open_why = "it has too many ways to be true to rule each out"
        if self.tape is None:
            return Finding("unknown", f"{open_why}; no candles were looked at", None, each)
        return Finding(
            "unknown", f"{open_why}, but it is true at none of the {self.tape.n_bars} bars given", None, each
        )

    def _ways_out(self, side: Side, entries: Mapping[Side, Finding], exits: Mapping[Side, Finding]) -> tuple[str, ...]:
        spec = self.spec
        names = [f"risk.{name}" for name in CLOSING if getattr(spec.risk, name) is not None]
        if sum(part.fraction for part in spec.risk.partial_exits or ()) >= 1.0 - 1e-9:
            names.append("risk.partial_exits")
        if side in exits and exits[side].verdict != "impossible":
            names.insert(0, "exit")
        other: Side = "short" if side == "long" else "long"
        if spec.signals.opposite_entry == "reverse" and other in entries and entries[other].verdict != "impossible":
            names.append("signals.opposite_entry")
        return tuple(names)


def _on_grid(spec: StrategySpec) -> bool:
    """Tell whether bars that are not at hand open on the grid: those of coins do, those of an exchange may not."""
    universe = spec.universe
    tickers = [find_ticker(asset, universe.quote) for asset in universe.assets]
    return all(ticker is not None and ticker.kind == "crypto" for ticker in tickers)


def _tape(spec: StrategySpec, data: MarketData | Mapping[str, Bars]) -> Tape:
    from collections.abc import Mapping as AnyMapping

    from engine.proofs.satisfiability.witness import Tape

    if isinstance(data, AnyMapping):
        return Tape(spec, data)
    from engine.backtest.run import window_of
    from engine.market.lookup import find_market
    from engine.spec import defaults

    universe = spec.universe
    found = find_market(data, universe.assets, universe.quote, defaults.market_type_of(spec), universe.timeframe)
    end = window_of(spec, data).end
    return Tape(spec, {one.asset: one.bars.between(-(2**62), end) for one in found})
