"""The validator: a document in, a spec in its normal form out, or every problem at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.spec.canonical import plain
from engine.spec.findings import Findings
from engine.spec.front_door import read_json, read_value
from engine.spec.models import StrategySpec
from engine.spec.passes import Checked, check_data
from engine.spec.problems import Problem
from engine.spec.shape import described
from engine.spec.variants import check_variants

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spec.meaning.universe import DataCatalog


def check(source: bytes | str | Mapping[str, Any] | StrategySpec, *, catalog: DataCatalog | None = None) -> Checked:
    """Check a strategy spec: the one way in for the chat, HTTP, the command line, imports and stored rows.

    Parameters
    ----------
    source : bytes, str, mapping or StrategySpec
        JSON text, JSON data as Python objects, or a spec to check again.
    catalog : DataCatalog, optional
        What candles are stored; without one the checks that need it are listed as skipped.

    Returns
    -------
    Checked
        All problems of shape and meaning at once. Nothing about ``source`` makes this raise.

    Examples
    --------
    >>> from engine.spec.examples import SMA_CROSS
    >>> check(SMA_CROSS).valid
    True
    >>> check({**SMA_CROSS, "risk": {"maxLevrage": 2}}).problems[0].suggestion
    'maxLeverage'
    """
    document: object = plain(source) if isinstance(source, StrategySpec) else source
    read = read_json(document) if isinstance(document, (bytes, str)) else read_value(document)
    if read.problems:
        return Checked(None, read.problems)
    if not isinstance(read.value, dict):
        message = f"expected a strategy spec as a JSON object, got {described(read.value)}"
        return Checked(None, (Problem("$", "WRONG_TYPE", message),))
    checked = check_data(read.value, catalog)
    if checked.spec is None:
        return checked
    findings = Findings()
    findings.add(checked.problems)
    check_variants(checked.spec, findings, catalog)
    return Checked(None if findings.has_errors else checked.spec, findings.problems, checked.skipped)
