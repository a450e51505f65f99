"""How many trials stand behind a result: a figure that was picked among many is worth less than one that was not."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import EngineInputError


@dataclass(frozen=True, slots=True)
class Tally:
    """Trials an owner ever made on the data of a result, that result included.

    ``family`` is the asset whose data family counts (`engine.evidence.families`), of several the one with the most
    trials; ``total`` is how many distinct ones its ledger has, at least 1. ``effective`` is to how many independent
    ones they come, where that is known.

    Raises
    ------
    EngineInputError
        ``total`` is below 1, or ``effective`` is not from 1 to ``total``.

    Examples
    --------
    >>> Tally("BTC", 212).total
    212
    >>> Tally("BTC", 0)
    Traceback (most recent call last):
    engine.errors.EngineInputError: total is 0: a result is at least one trial
    """

    family: str
    total: int
    effective: float | None = None

    def __post_init__(self) -> None:
        if self.total < 1:
            raise EngineInputError(f"total is {self.total}: a result is at least one trial")
        if self.effective is not None and not 1 <= self.effective <= self.total:
            raise EngineInputError(f"effective is {self.effective}: it must be from 1 to the {self.total} trials")
