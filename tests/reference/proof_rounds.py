"""Random specs proven and then run: what a proof says must be true of every run on every market."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from math import exp
from random import Random
from typing import TYPE_CHECKING, Any

from reference.engine_side import engine_bars, engine_funding
from reference.markets import INTERVALS_MS, START_MS, random_bars, random_funding, random_market
from reference.whole_grammar import Grammar

from engine.backtest.ambiguity import least_ambiguous_range
from engine.backtest.columns import AssetColumns
from engine.backtest.finer import simulate_decided
from engine.backtest.market import align
from engine.backtest.plan import config_of, intents_of
from engine.backtest.reading import read_market
from engine.indicators.store import ColumnStore
from engine.market.memory import MemoryMarket
from engine.market.resample import resample
from engine.proofs import prove, verify_causality
from engine.proofs.measured import measured_exposure
from engine.signals.conditions import Conditions
from engine.spec import check
from engine.spec.venues import asset_rules

if TYPE_CHECKING:
    from engine.backtest.market import AlignedMarket
    from engine.backtest.result import Simulation
    from engine.proofs import Proofs
    from engine.spec.models import StrategySpec

MARKETS = 24
"""Markets the specs are run on, in turn."""

NAMES = ("BTC", "ETH", "SOL", "ADA")


@dataclass(frozen=True)
class ProofMarket:
    """Candles of some assets, spot and perpetual alike; ``minutes`` where one-minute candles are there too."""

    data: MemoryMarket
    assets: tuple[str, ...]
    timeframe: str
    prices: dict[str, list[float]]
    minutes: bool
    start: int
    end: int


@dataclass
class Tally:
    """What happened to the specs of some rounds; ``violations`` must stay empty."""

    drawn: int = 0
    accepted: int = 0
    fired: int = 0
    entries: int = 0
    truncated: int = 0
    tight: int = 0
    met: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count another tally in."""
        for name in ("drawn", "accepted", "fired", "entries", "truncated", "tight"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("met", "verdicts", "refusals"):
            getattr(self, name).update(getattr(other, name))
        self.violations += other.violations


@cache
def proof_market(number: int) -> ProofMarket:
    """Return one of the markets: wild or calm, one to three assets, every third with minutes under its bars."""
    rng = Random(f"proof market {number}")
    if number % 3 == 0:
        return _with_minutes(rng)
    timeframe = rng.choice(("15m", "1h", "4h", "1d"))
    drawn = random_market(
        rng,
        n_assets=rng.choice((1, 1, 2, 3)),
        n_bars=rng.randrange(120, 200),
        timeframe=timeframe,
        gap_chance=rng.choice((0.0, 0.03)),
        wild=exp(rng.uniform(-5.5, -2.8)),
    )
    bars = {asset: [engine_bars(asset, timeframe, rows)] for asset, rows in drawn.bars.items()}
    return _made(timeframe, bars, drawn.funding, minutes=False)


def _with_minutes(rng: Random) -> ProofMarket:
    timeframe = rng.choice(("15m", "1h"))
    n_minutes = 120 * INTERVALS_MS[timeframe] // 60_000
    bars, funding = {}, {}
    for asset in rng.sample(NAMES, rng.choice((1, 2))):
        wild = exp(rng.uniform(-7.5, -5.5))
        minutes = engine_bars(asset, "1m", random_bars(rng, n_minutes, START_MS, 60_000, 0.0005, wild))
        bars[asset] = [resample(minutes, timeframe).bars, minutes]
        funding[asset] = random_funding(rng, START_MS, START_MS + n_minutes * 60_000)
    return _made(timeframe, bars, funding, minutes=True)


def _made(timeframe: str, bars: dict[str, Any], funding: dict[str, Any], *, minutes: bool) -> ProofMarket:
    from dataclasses import replace

    stored = [
        replace(one, symbol=asset + suffix)
        for asset, series in bars.items()
        for one in series
        for suffix in ("USDT", "USDT-PERP")
    ]
    rates = [engine_funding(f"{asset}USDT-PERP", series) for asset, series in funding.items() if series]
    own = {asset: series[0] for asset, series in bars.items()}
    return ProofMarket(
        data=MemoryMarket(stored, rates, name="a drawn market", generated=True),
        assets=tuple(bars),
        timeframe=timeframe,
        prices={asset: one.close.tolist() for asset, one in own.items()},
        minutes=minutes,
        start=min(int(one.time[0]) for one in own.values()),
        end=max(int(one.time[-1]) + one.interval_ms for one in own.values()),
    )


def drawn_spec(seed: int) -> dict[str, Any]:
    """Return the spec of a seed, for the market `proof_market(seed % MARKETS)`."""
    market = proof_market(seed % MARKETS)
    grammar = Grammar(Random(f"proof {seed}"), market.assets, market.timeframe, market.prices)
    return grammar.spec(vwap=market.minutes)


def prove_and_run(seed: int, *, truncate: bool) -> Tally:
    """Draw a spec, prove it where it is accepted, run it and say where the run contradicts a proof."""
    tally, document, market = Tally(drawn=1), drawn_spec(seed), proof_market(seed % MARKETS)
    checked = check(document)
    if checked.spec is None:
        tally.refusals.update({problem.code for problem in checked.problems if problem.severity == "error"})
        return tally
    spec = checked.spec
    proofs = prove(spec)
    tally.accepted = 1
    tally.met.update(sections_of(document))
    if not proofs.causality.holds:
        tally.violations.append(f"seed {seed}: an accepted spec is not causal by construction: {proofs.failures}")
    simulation, aligned, columns = _simulated(spec, market)
    _compare_firing(seed, spec, proofs, simulation, tally)
    _compare_alternatives(seed, spec, proofs, columns, tally)
    measured = measured_exposure(simulation, aligned)
    tally.entries = measured.entries
    if not measured.within(proofs.exposure):
        bound = proofs.exposure
        tally.violations.append(
            f"seed {seed}: leverage {measured.largest_leverage!r} of {bound.leverage},"
            f" position {measured.largest_position!r} of {bound.position}"
        )
    tally.tight = measured.entries > 0 and measured.largest_leverage >= proofs.exposure.leverage.value * (1 - 1e-9)
    if truncate:
        tally.truncated = 1
        cut = verify_causality(spec, market.data, 2, start=market.start, end=market.end)
        tally.violations += [f"seed {seed}: {one}" for one in cut.differences]
    return tally


def _simulated(spec: StrategySpec, market: ProofMarket) -> tuple[Simulation, AlignedMarket, dict[str, AssetColumns]]:
    """Run a spec as `engine.backtest.run.backtest` does, without judging what comes out."""
    config = config_of(spec, 10_000.0, asset_rules(spec))
    read = read_market(spec, market.data, start=market.start, end=market.end, full_window=True)
    start, end = read.window.start, read.window.end
    perpetual = config.market_type == "perp"
    aligned = align(read.bars, start, end, read.funding, perpetual, close_fill=read.close_fill)
    columns = {asset: AssetColumns(ColumnStore(one), spec.indicators) for asset, one in read.bars.items()}
    intents = intents_of(spec, aligned, columns)
    decided = simulate_decided(intents, aligned, config, read.finer, least_ambiguous_range(spec))
    return decided.simulation, aligned, columns


def _compare_firing(seed: int, spec: StrategySpec, proofs: Proofs, simulation: Simulation, tally: Tally) -> None:
    """Compare what can fire with what fired: an impossible entry never fills, an impossible exit closes nothing."""
    for side, proof in proofs.satisfiability.entry.items():
        tally.verdicts[f"entry {proof.verdict}"] += 1
        filled = sum(simulation.funnel_of(asset, side)["filled"] for asset in simulation.assets)
        tally.fired += filled > 0
        if proof.verdict == "impossible" and filled:
            said = f"{side} entry fired {filled} times and was proven impossible: {proof.reason}"
            tally.violations.append(f"seed {seed}: {said}")
    for side, proof in proofs.satisfiability.exit.items():
        tally.verdicts[f"exit {proof.verdict}"] += 1
        closed = any(trade.side == side and trade.reason == "signal" for trade in simulation.trades)
        if proof.verdict == "impossible" and closed and spec.signals.opposite_entry != "reverse":
            tally.violations.append(f"seed {seed}: {side} exit fired and was proven impossible: {proof.reason}")


def _compare_alternatives(
    seed: int, spec: StrategySpec, proofs: Proofs, columns: dict[str, AssetColumns], tally: Tally
) -> None:
    """Compare every alternative that was proven dead with its truth at every bar."""
    short = spec.signals.short
    lists = {
        ("entry", "long"): spec.signals.entry,
        ("exit", "long"): spec.signals.exit,
        ("entry", "short"): () if short is None else short.entry,
        ("exit", "short"): () if short is None else short.exit,
    }
    for what, sides in (("entry", proofs.satisfiability.entry), ("exit", proofs.satisfiability.exit)):
        for side, proof in sides.items():
            for condition, one in zip(lists[what, side], proof.alternatives, strict=False):
                tally.verdicts[f"alternative {one.verdict}"] += 1
                true = one.verdict == "impossible" and any(
                    Conditions(each).truth(condition).true.any() for each in columns.values()
                )
                if true:
                    said = f"an alternative of the {side} {what} was true and proven impossible: {one.reason}"
                    tally.violations.append(f"seed {seed}: {said}")


def sections_of(part: Any, path: str = "") -> set[str]:
    """Return the paths of every field a spec writes, indicator types, operators and modes by name."""
    found = {path} if path else set()
    if isinstance(part, dict):
        if path == "indicators":
            return {f"indicator {one['type']}" for one in part.values()}
        for name, value in part.items():
            inner = path if path.startswith("signals.") and path.count(".") > 1 else f"{path}.{name}".strip(".")
            found |= sections_of(value, inner)
            if name in ("when", "mode", "type", "fill", "slippage_model", "opposite_entry", "market_type"):
                found.add(f"{name} {value}")
            if name in ("filters", "for_bars", "within_bars"):
                found.add(name)
    elif isinstance(part, list):
        for one in part:
            found |= sections_of(one, path)
    return found
