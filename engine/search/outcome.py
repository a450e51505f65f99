"""What trying one candidate left: small, plain data that can be stored and sent from one process to another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from engine.errors import EngineInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray


class HoldoutTouched(EngineInputError):
    """A run of a search reached into the holdout; its candidates would be selected by what must judge them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A candidate that was tried; number 0 is the spec as it is.

    ``evaluated`` has a ``summary`` (PerformanceSummary as camelCase JSON, undefined figures left out); ``invalid`` was
    refused by the spec's checks and never touched data; ``failed`` was started on data and came to no result, which
    counts as a trial all the same. ``reason`` says why in words, empty when it was evaluated.
    """

    number: int
    overrides: Mapping[str, Any]
    status: Literal["evaluated", "invalid", "failed"]
    behaviour_hash: str | None = None
    summary: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""

    @property
    def closed_trades(self) -> int:
        """Round trips that were closed; 0 where there was no result."""
        return int(self.summary.get("tradeCount") or 0)

    @property
    def is_trial(self) -> bool:
        """True when it looked at data, whatever came of it."""
        return self.status != "invalid"


@dataclass(frozen=True, slots=True)
class Days:
    """Simple returns of the whole UTC days from ``first_day_ms`` (UTC ms) on, float32, shape (n_days,); 0 when flat."""

    first_day_ms: int
    returns: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Measured:
    """An outcome, and the hash of the candles it was measured on; None where nothing was measured.

    ``days`` are the returns of each day, which are kept with the trial; None where the candidate came to no result, is
    known already, or there is no whole day.
    """

    outcome: Outcome
    data_hash: str | None = None
    days: Days | None = field(default=None, compare=False)
