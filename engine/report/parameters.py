"""The parameters of a candidate by short names: as much of each path as tells it from the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

UNSAID = ("inputs", "value")
"""Parts of a path that name nothing by themselves: left out, unless nothing else tells two paths apart."""


def short_names(paths: Iterable[str]) -> dict[str, str]:
    """Return for each dotted path the shortest end of it that is its own.

    Examples
    --------
    >>> fast, slow = (f"indicators.{key}.inputs.length" for key in ("fast", "slow"))
    >>> short_names([fast, "risk.stop_loss.value"])
    {'indicators.fast.inputs.length': 'length', 'risk.stop_loss.value': 'stop_loss'}
    >>> list(short_names([fast, slow]).values())
    ['fast.length', 'slow.length']
    """
    said = {path: _said(path.split(".")) for path in paths}
    if len({tuple(one) for one in said.values()}) < len(said):
        said = {path: path.split(".") for path in said}
    return {
        path: _own_end(parts, [one for other, one in said.items() if other != path]) for path, parts in said.items()
    }


def changes_text(overrides: Mapping[str, Any], names: Mapping[str, str] | None = None) -> str:
    """Return overrides in short; ``names`` of the paths default to those that tell these apart.

    >>> changes_text({"indicators.sma_fast.inputs.length": 5, "risk.stop_loss.value": 0.05})
    'length 5, stop_loss 0.05'
    >>> changes_text({})
    'as it is'
    """
    names = short_names(overrides) if names is None else names
    told = [f"{names.get(path, path)} {value_text(value)}" for path, value in overrides.items()]
    return ", ".join(told) or "as it is"


def value_text(value: Any) -> str:
    """Return the value of a parameter: a number as short as it is exact, anything else as JSON.

    >>> value_text(0.05), value_text(20), value_text("close"), value_text({"type": "atr", "value": 2}), value_text(None)
    ('0.05', '20', 'close', '{"type":"atr","value":2}', 'none')
    """
    if value is None:
        return "none"
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:.12g}"
    return orjson.dumps(value).decode()


def _said(parts: Sequence[str]) -> list[str]:
    return [one for one in parts if one not in UNSAID] or list(parts)


def _own_end(parts: Sequence[str], others: Sequence[Sequence[str]]) -> str:
    for length in range(1, len(parts) + 1):
        end = list(parts[-length:])
        if all(list(other[-length:]) != end for other in others):
            return ".".join(end)
    return ".".join(parts)
