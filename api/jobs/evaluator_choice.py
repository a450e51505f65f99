"""Where the candidates of searches are measured: in a process of this machine, or on a cluster that was named."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from api.jobs.evaluators import Evaluator
    from engine.market.bars import MarketData
    from engine.search.plan import Plan


def evaluators(
    cluster: str | None,
    open_market: Callable[[], MarketData],
    *,
    market: MarketData | None = None,
    threads: int | None = None,
) -> Callable[[Plan], Evaluator]:
    """Return what makes the evaluator of a plan.

    Parameters
    ----------
    cluster
        Address of a Dask scheduler, None for this machine.
    open_market
        Opens the candles, in another process too; must be picklable.
    market
        The candles where they are open already; a cluster is sent what its candidates read of them.
    threads
        How many threads of this machine share a batch; default as many as this process may use.

    Raises
    ------
    EngineInputError
        A cluster is named that is no address, or Dask is not installed.
    """
    if cluster is not None:
        from api.jobs.cluster import ClusterEvaluator, check_cluster

        check_cluster(cluster)
        return lambda plan: ClusterEvaluator(plan, open_market() if market is None else market, cluster)
    from api.jobs.evaluators import ProcessEvaluator

    return lambda plan: ProcessEvaluator(plan, open_market, threads=threads)
