"""What a turn was made from, beside the words themselves: everything that is needed to make it again.

What lies elsewhere is named (the strategy's version, the newest run, how long the trial ledger was, the documents of
the model's replies); what is small is written down (the moment, the window, the owner's limits, what candles there
were). Nothing that is secret stands in it.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from agent.language.kept import digest_of
from agent.workspace import iso
from engine.market.lookup import candidate_symbols
from prompts import load, locked, names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agent.state import TurnState
    from agent.workspace import Workspace
    from engine.backtest.result import Source
    from engine.market.bars import MarketData


def provenance_of(state: TurnState, work: Workspace) -> dict[str, Any]:
    """Return what the turn was made from, as JSON data; what has no value is left out.

    ``reader`` and ``model``: who read it, and which model was there to do so. ``prompts``: digests by name@version.
    ``replies``: names of the kept documents (`agent.language.kept`), in the order the model was asked. ``now``: the
    turn's time. ``from``: the strategy, version and run it started from. ``trials``: lines of the owner's ledger then.
    ``assets``: the name of the document that lists the symbols there were; ``market`` and ``candles``: what the market
    was called and held of the strategy's assets (`candles_of`). A turn that tested something has ``dataHash``, and
    of its own run ``window`` (as it was asked for), ``fullWindow``, ``initialEquity`` and ``sources``: digests of what
    was read, by symbol.
    """
    reading, result = state.get("reading", {}), work.result
    limits = {name: value for name, value in asdict(work.limits).items() if name != "reading_seconds"}
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
        "from": started_from(work),
        "trials": work.trials,
        "assets": digest_of(symbols_document(work.request.known_assets)),
        "market": work.market.name,
        "candles": candles_of(work.market, _universe(state, work)),
    }
    if work.refinement is not None and work.refinement.trials:
        made["dataHash"] = work.refinement.trials[0].data_hash
    if result is not None:
        made |= {
            "dataHash": result.data_hash,
            "window": {name: iso(time) for name, time in state["window"].items() if isinstance(time, int)},
            "fullWindow": state["intent"] == "open" or state.get("spent", False),
            "initialEquity": result.simulation.initial_equity,
            "sources": {one.symbol: source_of(one) for one in result.sources},
        }
    return {name: value for name, value in made.items() if value is not None}


def kept_of(state: TurnState, work: Workspace) -> dict[str, Mapping[str, Any]]:
    """Return the documents that the turn's provenance names: what a model answered, and which symbols there were."""
    symbols = symbols_document(work.request.known_assets)
    return {**state.get("kept", {}), digest_of(symbols): symbols}


def symbols_document(symbols: Iterable[str]) -> dict[str, Any]:
    """Return the symbols with candles as a document: many turns share it."""
    return {"symbols": list(symbols)}


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
    """Return from when to when there are candles of a universe's assets, by symbol and timeframe, ISO 8601 UTC.

    Every symbol that may stand for an asset is listed, spot and perpetual, for all of its candles decide where the
    holdout lies.
    """
    found: dict[str, dict[str, list[str]]] = {}
    for asset in universe.get("assets", ()):
        for symbol in candidate_symbols(asset, universe.get("quote"), "perp"):
            spans = {name: market.span(symbol, name) for name in market.timeframes(symbol)}
            series = {name: [iso(span[0]), iso(span[1])] for name, span in spans.items() if span is not None}
            if series:
                found[symbol] = series
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
