"""What a cluster's workers are given before they measure; loaded only where Dask is there."""

from __future__ import annotations

from typing import Any

from distributed import WorkerPlugin

from api.jobs import cluster_measuring


class Parcel(WorkerPlugin):
    """A plan with its candles, pickled: each worker gets it once, one that comes later when it comes."""

    def __init__(self, key: str, payload: bytes) -> None:
        self.name = f"kek-{key}"
        self._key = key
        self._payload = payload

    def setup(self, worker: Any) -> None:
        """Keep the parcel in the worker's process."""
        cluster_measuring.keep(self._key, self._payload)

    def teardown(self, worker: Any) -> None:
        """Let go of it and of all that was made of it."""
        cluster_measuring.forget(self._key)
