"""Variants of a spec: the same strategy with other parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spec.overrides import apply_overrides
from engine.spec.passes import Checked
from engine.spec.problems import Problem, nearest

if TYPE_CHECKING:
    from engine.spec.findings import Findings
    from engine.spec.meaning.universe import DataCatalog
    from engine.spec.models import StrategySpec


def check_variants(spec: StrategySpec, findings: Findings, catalog: DataCatalog | None = None) -> None:
    """Check that variants have names of their own and that each gives a spec without errors."""
    seen: set[str] = set()
    for at, variant in enumerate(spec.variants or ()):
        if variant.id in seen:
            message = f"'{variant.id}' names two variants"
            findings.error(("variants", at, "id"), "DUPLICATE_VARIANT", message)
        seen.add(variant.id)
        applied = apply_overrides(spec, variant.overrides, catalog=catalog, place=("variants", at, "overrides"))
        findings.add(problem for problem in applied.problems if problem.severity == "error")


def apply_variant(spec: StrategySpec, variant_id: str, *, catalog: DataCatalog | None = None) -> Checked:
    """Return a variant of a checked spec as a spec of its own, checked whole.

    Parameters
    ----------
    spec : StrategySpec
        A spec that passed `check`.
    variant_id : str
        The ``id`` of one of its variants.
    catalog : DataCatalog, optional
        As for `check`.

    Returns
    -------
    Checked
        The spec with the variant's overrides, without ``variants``; UNKNOWN_VARIANT when there is none of that name.
    """
    names = tuple(variant.id for variant in spec.variants or ())
    if variant_id not in names:
        message = f"there is no variant '{variant_id}'" + ("" if names else ": the spec has none")
        guess = nearest(variant_id, names)
        return Checked(None, (Problem("$.variants", "UNKNOWN_VARIANT", message, "error", names, guess),))
    at = names.index(variant_id)
    variant = (spec.variants or ())[at]
    return apply_overrides(spec, variant.overrides, catalog=catalog, place=("variants", at, "overrides"))
