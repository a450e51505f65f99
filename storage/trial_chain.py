"""The trial ledger's chain: each line is hashed together with the hash of the line before."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import EngineInputError
from engine.spec.jcs import canonical_json
from storage.errors import RecordDamaged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

START = "0" * 64
"""What the first line of a chain follows."""

LOOK, VERDICT, CANDLES, CHOSEN = "look", "verdict", "candles", "chosen"
NO_TRIALS = (LOOK, VERDICT, CANDLES, CHOSEN)
"""Origins of lines that count as no trial: a look into a holdout, written before it is taken, what came of it, prints
of candles that came when nothing new was tried on them, and a candidate that was measured before as the neighbour of
another and is now tried by itself."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate that was evaluated: what it does, on which data, over which window, and what came out.

    ``family`` names the data family of each asset it traded (`engine.evidence.families`); ``start_ms`` and ``end_ms``
    are UTC milliseconds, closed-open; ``summary`` is a PerformanceSummary as JSON. Family, behaviour, data and window
    make it the candidate it is. ``returns_hash`` is the digest of its `DailyReturns`, None where it has none, and
    ``prints_hash`` that of the prints of candles that came with it, None where all were known before.

    Of a look (origin `LOOK`) the window is the part of the holdout that is looked into, and nothing has come out yet.
    Of one that is tried by itself later (`CHOSEN`) the note says how, and the figures stand with its trial.
    A line of prints alone (`CANDLES`) has their digest for its behaviour, and the data and window that were run again.
    """

    family: str
    behaviour_hash: str
    data_hash: str
    start_ms: int
    end_ms: int
    summary: Mapping[str, Any]
    origin: str
    note: str = ""
    returns_hash: str | None = None
    prints_hash: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class DailyReturns:
    """A candidate's simple returns of whole UTC days from ``first_day_ms`` (UTC ms) on, float32 of shape (n_days,).

    Days without a position are zeros. What corrects a verdict for all candidates is reckoned from these.
    """

    first_day_ms: int
    values: NDArray[np.float32]

    def as_bytes(self) -> bytes:
        """Return the values, little-endian."""
        return np.ascontiguousarray(self.values, dtype="<f4").tobytes()

    def digest(self) -> str:
        """Return the SHA-256 of the days and their values.

        >>> one = DailyReturns(0, np.array([0.5, 0.0], dtype=np.float32))
        >>> one.digest() == DailyReturns(86_400_000, one.values).digest()
        False
        """
        return hashlib.sha256(f"{self.first_day_ms} {self.values.shape[0]}\n".encode() + self.as_bytes()).hexdigest()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an owner's ledger: a candidate, its place (from 1), its time and its hashes."""

    owner: str
    seq: int
    candidate: Candidate
    created_ms: int
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What walking a chain found: how many lines fit, and what is wrong at the first that does not (None: nothing)."""

    length: int
    fault: str | None

    @property
    def whole(self) -> bool:
        """True when every line is there and as it was written."""
        return self.fault is None


def next_line(owner: str, seq: int, candidate: Candidate, created_ms: int, previous_hash: str) -> Line:
    """Return the line that follows ``previous_hash``."""
    return Line(
        owner, seq, candidate, created_ms, previous_hash, _hash(owner, seq, candidate, created_ms, previous_hash)
    )


def check_chain(lines: Iterable[Line], *, length: int, head: str) -> ChainCheck:
    """Walk a chain from its start to the ``head`` it should end with, ``length`` lines later.

    Examples
    --------
    >>> first = next_line("me", 1, Candidate("BTC", "b", "d", 0, 1, {}, "build"), 0, START)
    >>> check_chain([first], length=1, head=first.hash).whole
    True
    >>> check_chain([], length=1, head=first.hash).fault
    'the ledger ends after 0 lines, 1 were written'
    """
    previous, count = START, 0
    try:
        for line in lines:
            if line.seq != count + 1:
                return ChainCheck(count, f"line {count + 1} is missing, line {line.seq} follows line {count}")
            if line.previous_hash != previous:
                return ChainCheck(count, f"line {line.seq} does not follow the line before it")
            if not _is_its_own(line):
                return ChainCheck(count, f"line {line.seq} was changed after it was written")
            previous, count = line.hash, count + 1
    except RecordDamaged as damage:
        return ChainCheck(count, f"line {count + 1}: {damage}")
    if count != length:
        return ChainCheck(count, f"the ledger ends after {count} lines, {length} were written")
    if previous != head:
        return ChainCheck(count, f"the ledger does not end with the line that was written last (line {length})")
    return ChainCheck(count, None)


def _is_its_own(line: Line) -> bool:
    """Tell whether a line's hash is that of what it says; what JSON has no place for was never written."""
    try:
        return line.hash == _hash(line.owner, line.seq, line.candidate, line.created_ms, line.previous_hash)
    except EngineInputError:
        return False


def _hash(owner: str, seq: int, candidate: Candidate, created_ms: int, previous_hash: str) -> str:
    covered: dict[str, Any] = {
        "owner": owner,
        "seq": seq,
        "family": candidate.family,
        "behaviourHash": candidate.behaviour_hash,
        "dataHash": candidate.data_hash,
        "startMs": candidate.start_ms,
        "endMs": candidate.end_ms,
        "summary": candidate.summary,
        "origin": candidate.origin,
        "note": candidate.note,
        "createdMs": created_ms,
        "previousHash": previous_hash,
    }
    if candidate.returns_hash is not None:  # lines from before there were any keep their hashes
        covered["returnsHash"] = candidate.returns_hash
    if candidate.prints_hash is not None:
        covered["printsHash"] = candidate.prints_hash
    return hashlib.sha256(canonical_json(covered)).hexdigest()
