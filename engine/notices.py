"""A notice: something a result has to tell its reader, as data.

A size that was cut, a candle that is missing, a default that was assumed: nothing is dropped in
silence. The code is stable, the wording may improve.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Notice:
    """One remark beside a result.

    ``kind`` is ``warning`` for what may make the figures wrong or surprising and ``note`` for what
    was assumed or is good to know. ``detail`` carries the figures of the message.
    """

    code: str
    message: str
    kind: Literal["warning", "note"] = "warning"
    detail: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
