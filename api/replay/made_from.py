"""What a stored run or turn was made from, read back; of rows written by earlier releases what can be told of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from storage.errors import RecordNotFound
from storage.times import milliseconds_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.unit_of_work import UnitOfWork

NOT_KEPT = "an earlier release kept neither its exact time, nor the owner's limits, nor what candles there were"


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """What `agent.provenance.provenance_of` wrote, with times as UTC ms.

    ``is_whole`` is False for what an earlier release kept: then ``now_ms`` is when it was stored, and what is None is
    not known. ``symbols`` and ``candles`` tell what the market held; ``until`` is where an older run's data ended.
    ``window`` is what was asked for, None when that is not known.
    """

    now_ms: int
    is_whole: bool
    data: Mapping[str, Any] = field(default_factory=dict)
    symbols: tuple[str, ...] | None = None
    candles: Mapping[str, Mapping[str, tuple[int, int]]] = field(default_factory=dict)
    until: int | None = None
    window: tuple[int | None, int | None] | None = None

    @property
    def trials(self) -> int | None:
        """How many lines the owner's trial ledger had."""
        return self.data.get("trials")

    @property
    def market(self) -> str | None:
        """How the market was called."""
        return self.data.get("market")

    @property
    def sources(self) -> Mapping[str, Mapping[str, Any]]:
        """Digests of what a run read, by symbol."""
        return self.data.get("sources") or {}

    @property
    def prompts(self) -> Mapping[str, str]:
        """Digests of the prompts, by name@version; an earlier release kept the names alone."""
        kept = self.data.get("prompts") or {}
        return kept if isinstance(kept, dict) else {}

    @property
    def replies(self) -> tuple[str, ...]:
        """Names of the kept documents of the model's replies."""
        return tuple(self.data.get("replies", ())) if self.is_whole else ()


def made_from(
    work: UnitOfWork, owner: str, provenance: Mapping[str, Any] | None, *, stored_ms: int, until: int | None = None
) -> MadeFrom:
    """Return what a provenance says; ``stored_ms`` is when its record was stored, ``until`` where its data ended."""
    data = provenance or {}
    if "now" not in data:
        return MadeFrom(stored_ms, False, data, until=until)
    asked = data.get("window")
    return MadeFrom(
        now_ms=_ms(data["now"]),
        is_whole=True,
        data=data,
        symbols=_symbols(work, owner, data.get("assets")),
        candles=_candles(work, owner, data.get("candles")),
        window=None if asked is None else (_time(asked.get("start")), _time(asked.get("end"))),
    )


def _symbols(work: UnitOfWork, owner: str, name: str | None) -> tuple[str, ...] | None:
    """Return the symbols there were, None where the list is gone."""
    document = _document(work, owner, name)
    return None if document is None else tuple(document["symbols"])


def _candles(work: UnitOfWork, owner: str, name: str | None) -> dict[str, dict[str, tuple[int, int]]]:
    """Return from when to when there were candles, by symbol and timeframe."""
    document = _document(work, owner, name) or {"candles": {}}
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for symbol, series in document["candles"].items():
        for span, timeframes in series.items():
            start, _, end = span.partition("/")
            found.setdefault(symbol, {}).update(dict.fromkeys(timeframes, (_ms(start), _ms(end))))
    return found


def _document(work: UnitOfWork, owner: str, name: str | None) -> dict[str, Any] | None:
    if name is None:
        return None
    try:
        return work.replies.get(owner, name)
    except RecordNotFound:
        return None


def _time(text: str | None) -> int | None:
    return None if text is None else _ms(text)


def _ms(text: str) -> int:
    return milliseconds_of(text, field="provenance")
