"""What a turn was made from, beside the words themselves: everything that is needed to make it again.

What lies elsewhere is named (the strategy's version, the newest run, how long the trial ledger was, the documents of
the model's replies); what is small is written down (the moment, the window, the owner's limits, what candles there
were). Nothing that is secret stands in it.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypeAlias

from pydantic.alias_generators import to_camel

from agent.language.kept import digest_of
from agent.workspace import iso
from engine.market.lookup import candidate_symbols
from prompts import load, locked, names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agent.state import TurnState
    from agent.workspace import Workspace
    from engine.backtest.result import BacktestResult, Source
    from engine.market.bars import MarketData


Documents: TypeAlias = "dict[str, Mapping[str, Any]]"
"""What a provenance names, by digest; kept beside it (`agent.ports.Turn.kept`)."""


def provenance_of(state: TurnState, work: Workspace) -> tuple[dict[str, Any], Documents]:
    """Return what the turn was made from, as JSON data (what has no value is left out), and the documents it names.

    ``reader`` and ``model``: who read it, and which model was there to do so. ``prompts``: digests by name@version.
    ``replies``: names of the kept documents (`agent.language.kept`), in the order the model was asked. ``now``: the
    turn's time. ``persona`` and ``finished``: whom results are told to, and what had come to its end since the turn
    before. ``from``: the strategy, version and run it started from. ``trials``: lines of the owner's ledger then.
    The rest is what `market_provenance` and, of a turn that was tested, `run_provenance` tell.
    """
    reading, result = state.get("reading", {}), work.result
    limits = {to_camel(name): value for name, value in asdict(work.limits).items() if name != "reading_seconds"}
    market, documents = market_provenance(work.market, work.request.known_assets, _universe(state, work))
    made = {
        "reader": reading.get("reader", work.interpreter.name),
        "model": None if work.model is None else work.model.name,
        "prompts": prompt_digests(reading.get("prompts", ())),
        "replies": list(state.get("kept", {})),
        "outOfTime": True if work.budget.ran_out else None,
        "now": iso(state["now_ms"]),
        "seed": work.seed,
        "limits": limits,
        "riskDefaults": None if work.request.risk_defaults is None else dict(work.request.risk_defaults),
        "persona": work.persona,
        "finished": [asdict(one) for one in work.finished] or None,
        "from": started_from(work),
        "trials": work.trials,
        **market,
    }
    if work.refinement is not None and work.refinement.trials:
        made["dataHash"] = work.refinement.trials[0].data_hash
    if work.judgement is not None:
        made["dataHash"] = work.judgement["dataHash"]
    if result is not None:
        window = state["window"]["start"], state["window"]["end"]
        opened = state["intent"] == "open" or state.get("spent", False)
        made |= run_provenance(result, window=window, full_window=opened)
    return {name: value for name, value in made.items() if value is not None}, documents | state.get("kept", {})


def run_provenance(
    result: BacktestResult, *, window: tuple[int | None, int | None], full_window: bool
) -> dict[str, Any]:
    """Return what a result was made from beside its spec.

    Parameters
    ----------
    window : tuple of int or None
        Start and end as they were asked for (UTC ms), None for an end that was left open.
    full_window : bool
        Whether the holdout was open.

    Returns
    -------
    dict
        ``window``, ``fullWindow``, ``initialEquity``, ``dataHash``, and ``sources``: digests by symbol. With those of
        `market_provenance`, a ``now`` and ``trials`` it is a provenance that `kek replay` computes a run from.
    """
    return {
        "dataHash": result.data_hash,
        "window": {name: iso(time) for name, time in zip(("start", "end"), window, strict=True) if time is not None},
        "fullWindow": full_window,
        "initialEquity": result.simulation.initial_equity,
        "sources": {one.symbol: source_of(one) for one in result.sources},
    }


def market_provenance(
    market: MarketData, symbols: Sequence[str], universe: Mapping[str, Any]
) -> tuple[dict[str, Any], Documents]:
    """Return what a market was called and held, and the two documents that list it.

    ``assets`` names the list of all ``symbols`` with candles, ``candles`` that of what is stored of a universe's own
    (`candles_of`). Many turns share both.
    """
    listed: Mapping[str, Any] = {"symbols": list(symbols)}
    candles: Mapping[str, Any] = {"candles": candles_of(market, universe)}
    names = {"market": market.name, "assets": digest_of(listed), "candles": digest_of(candles)}
    return names, {names["assets"]: listed, names["candles"]: candles}


def prompt_digests(keys: Sequence[str]) -> dict[str, str]:
    """Return the digest of each prompt a reading used, by ``name@version``."""
    lock = locked() if keys else {}
    return {key: lock[key] for key in keys if key in lock}


def prompts_now(keys: Iterable[str]) -> dict[str, str]:
    """Return the digests of today for the prompts that a turn used, by today's ``name@version``.

    A prompt that is gone is missing.
    """
    there = [load(name) for key in keys if (name := key.partition("@")[0]) in names()]
    return {one.key: one.digest for one in there}


def candles_of(market: MarketData, universe: Mapping[str, Any]) -> dict[str, dict[str, list[str]]]:
    """Return which candles there are of a universe's assets: symbol -> ``start/end`` (ISO 8601 UTC) -> timeframes.

    Every symbol that may stand for an asset is listed, spot and perpetual, for all of its candles decide where the
    holdout lies.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for asset in universe.get("assets", ()):
        for symbol in candidate_symbols(asset, universe.get("quote"), "perp"):
            for timeframe in market.timeframes(symbol):
                span = market.span(symbol, timeframe)
                if span is not None:
                    timeframes = found.setdefault(symbol, {}).setdefault(f"{iso(span[0])}/{iso(span[1])}", [])
                    if timeframe not in timeframes:
                        timeframes.append(timeframe)
    return found


def started_from(work: Workspace) -> dict[str, str]:
    """Return what the turn found: its thread's strategy, the current version of it, that version's newest run.

    ``pending`` is the request that waited for an answer.
    """
    run, versions = work.thread.run, work.request.versions
    found = {
        "strategyId": work.thread.strategy_id,
        "version": versions[-1].version if versions else None,
        "runId": None if run is None else str(run["id"]),
        "pending": work.request.pending,
    }
    return {name: value for name, value in found.items() if value is not None}


def source_of(read: Source) -> dict[str, Any]:
    """Return the digests of what a run read of one symbol."""
    found: dict[str, Any] = {"hash": read.bars_hash}
    if read.funding_hash is not None:
        found |= {"fundingSymbol": read.funding_symbol, "fundingHash": read.funding_hash}
    if read.funding_span is not None:
        found["funding"] = [iso(time) for time in read.funding_span]
    if read.finer:
        found["finer"] = dict(read.finer)
    return found


def _universe(state: TurnState, work: Workspace) -> Mapping[str, Any]:
    """Return the universe the turn was about: the draft's, else the current version's."""
    spec: Any = state.get("spec") or work.request.spec or {}
    universe = spec.get("universe")
    return universe if isinstance(universe, dict) and _is_whole(universe) else {}


def _is_whole(universe: Mapping[str, Any]) -> bool:
    assets, quote = universe.get("assets"), universe.get("quote")
    texts = isinstance(assets, list) and all(isinstance(one, str) for one in assets)
    return texts and (quote is None or isinstance(quote, str))
