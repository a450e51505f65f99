"""Time and identifiers of the real world, for the ports that ask for them."""

from __future__ import annotations

import time
import uuid


class SystemClock:
    """The machine's clock (`agent.ports.Clock`)."""

    def now_ms(self) -> int:
        """Return the time as UTC milliseconds."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Return seconds of a clock that never goes back."""
        return time.monotonic()


class RandomIds:
    """Identifiers nobody can guess (`agent.ports.Ids`)."""

    def new(self, kind: str) -> str:
        """Return ``kind``, an underscore and 128 random bits in hexadecimal."""
        return f"{kind}_{uuid.uuid4().hex}"
