"""A strategy through another engine: our trades, theirs, and the cause of every difference between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.backtest.run import judged_result
from engine.verify.compared import AssetComparison, Difference, Verification, applied, difference_of
from engine.verify.peer import PEERS, ask
from engine.verify.setting import assemble
from engine.verify.steps import steps_of
from engine.verify.task import task_of
from engine.verify.trades import largest_gap, own_trips, peer_trips

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from engine.market.bars import MarketData
    from engine.spec.models import StrategySpec
    from engine.verify.compared import Applied
    from engine.verify.peer import Answer, Peer
    from engine.verify.setting import Assembly, Setting
    from engine.verify.task import Task
    from engine.verify.trades import Key, RoundTrip

INITIAL_EQUITY = 10_000.0


def verify(
    spec: StrategySpec,
    data: MarketData,
    *,
    peer: str,
    python: str,
    start: int | None = None,
    end: int | None = None,
    initial_equity: float = INITIAL_EQUITY,
    ask_peer: Callable[[Peer, Sequence[Task], str], Answer] = ask,
) -> Verification:
    """Run a checked spec in our engine and in a peer, and explain every difference between their trades.

    Ours runs as the spec says, and then once more after each step towards what the peer can do
    (`engine.verify.steps`). The peer gets the bars and our boolean signals, and has to agree with the last of these
    runs within `engine.verify.trades.TOLERANCE`.

    Parameters
    ----------
    peer
        A key of `engine.verify.peer.PEERS`.
    python
        Path of the interpreter that has the peer installed.
    start, end
        The window, UTC ms, closed-open; default the selection part of the data.
    initial_equity
        Quote currency, of the run as the spec says.
    ask_peer
        How the peer is asked; tests answer from a file.

    Raises
    ------
    PeerError
        The peer is not installed or failed.
    DataError, HoldoutLocked
        As `engine.run_backtest`; the holdout is not opened for this.
    """
    assembly = assemble(spec, data, start, end, initial_equity)
    whole = assembly.setting(*assembly.read.bars)
    said = whole.decide()
    ours = judged_result(spec, data, assembly.read, assembly.columns, said, whole.config, finer=True)
    trips = {asset: own_trips(said.simulation, asset) for asset in assembly.read.bars}
    walks = [_walk(assembly, asset, whole, trips[asset], PEERS[peer]) for asset in trips]
    answer = ask_peer(PEERS[peer], [walk.task for walk in walks], python)
    symbols = {one.asset: one.symbol for one in assembly.read.found}
    return Verification(
        peer=PEERS[peer].title,
        version=answer.version,
        data=data.name,
        start=assembly.read.window.start,
        end=assembly.read.window.end,
        assets=tuple(
            _compare(symbols[walk.asset], walk, rows) for walk, rows in zip(walks, answer.trades, strict=True)
        ),
        ours=ours,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """One asset's way from the spec to the peer: trades at both ends, the steps between, and the peer's task."""

    asset: str
    as_said: Mapping[Key, RoundTrip]
    as_peer: Mapping[Key, RoundTrip]
    steps: tuple[Applied, ...]
    task: Task


def _walk(assembly: Assembly, asset: str, whole: Setting, as_said: dict[Key, RoundTrip], peer: Peer) -> Walk:
    setting, trips = whole, as_said
    walked: list[Applied] = []
    for step in steps_of(assembly, asset, whole, peer):
        setting, before = step.change(setting), trips
        trips = step.rewrite(setting, own_trips(setting.run(), asset))
        walked.append(applied(step, before, trips))
    return Walk(asset, as_said, trips, tuple(walked), task_of(setting, assembly.measured(asset)))


def _compare(symbol: str, walk: Walk, rows: Iterable[Iterable[float]]) -> AssetComparison:
    theirs = peer_trips(rows, walk.task.bars)
    return AssetComparison(
        asset=walk.asset,
        symbol=symbol,
        n_bars=walk.task.bars.n_bars,
        steps=walk.steps,
        as_said=tuple(walk.as_said.values()),
        as_peer=tuple(walk.as_peer.values()),
        theirs=tuple(theirs.values()),
        largest_gap=largest_gap(walk.as_peer, theirs),
        withheld=walk.task.withheld,
        differences=tuple(_differences(walk, theirs)),
    )


def _differences(walk: Walk, theirs: Mapping[Key, RoundTrip]) -> list[Difference]:
    """Return a row for every trade of either list that is not the same in the other, in the order of entries."""
    keys = sorted({*walk.as_said, *theirs, *walk.as_peer})
    rows = [
        difference_of(number, key, walk.as_said.get(key), walk.as_peer.get(key), theirs.get(key), walk.steps)
        for number, key in enumerate(keys, start=1)
    ]
    return [row for row in rows if row is not None]
