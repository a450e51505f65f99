"""How many trials stand behind a result: a figure that was picked among many is worth less than one that was not."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import EngineInputError


@dataclass(frozen=True, slots=True)
class Tally:
    """Trials an owner ever made on the data of a result, that result included.

    ``family`` is the asset whose data family counts (`engine.evidence.families`), of several the one with the most
    trials; ``total`` is how many distinct ones its ledger has, at least 1.

    Raises
    ------
    EngineInputError
        ``total`` is below 1.

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

    def __post_init__(self) -> None:
        if self.total < 1:
            raise EngineInputError(f"total is {self.total}: a result is at least one trial")
