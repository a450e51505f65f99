"""The two passes over JSON data, shape then meaning, with every problem at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.indicators.graph import longest_warmup
from engine.spec.findings import Findings
from engine.spec.meaning.conditions import check_conditions, read_operand
from engine.spec.meaning.execution import check_execution
from engine.spec.meaning.indicators import Written, check_indicators
from engine.spec.meaning.levels import LEVELS, resolve_level
from engine.spec.meaning.named_checks import check_named
from engine.spec.meaning.names import Names
from engine.spec.meaning.risk import check_risk
from engine.spec.meaning.sides import check_sides, sides_of
from engine.spec.meaning.sizing import check_size_against_limits, check_sizing
from engine.spec.meaning.stored import check_stored
from engine.spec.meaning.text import check_metadata, check_text
from engine.spec.meaning.universe import CountsBars, check_assets, check_candles
from engine.spec.meaning.venue import check_leverage, check_smallest_order, check_venue
from engine.spec.normal import normal_form
from engine.spec.sections import Sections
from engine.spec.shape import shape

if TYPE_CHECKING:
    from engine.spec.meaning.universe import DataCatalog
    from engine.spec.models import StrategySpec
    from engine.spec.place import Place
    from engine.spec.problems import Problem

WITHOUT_CANDLES = ("candles of each asset (NO_DATA): no data catalog was given",)
WITHOUT_COUNTS = ("warm-up against stored bars (WARMUP_EXCEEDS_DATA): the data catalog does not count bars",)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    ``spec`` is the spec in its normal form, None when a problem is an error; ``problems`` holds errors, then
    warnings; ``skipped`` says in words which checks could not be made.
    """

    spec: StrategySpec | None
    problems: tuple[Problem, ...]
    skipped: tuple[str, ...] = ()

    @property
    def valid(self) -> bool:
        """True when no problem is an error."""
        return self.spec is not None


def check_data(data: Mapping[str, Any], catalog: DataCatalog | None = None, *, funding: bool = True) -> Checked:
    """Check JSON data that has passed the front door; variants are left to `engine.spec.validator`.

    ``funding`` False leaves the stored funding series alone, which must be read to be checked.
    """
    findings = Findings()
    shaped = shape(data, findings)
    sections = Sections(shaped.parts)
    _check_texts(sections, findings)
    _check_universe(sections, catalog, findings)
    names, read = _check_rules(data, sections, findings)
    _check_money(sections, findings)
    skipped: tuple[str, ...] = WITHOUT_CANDLES
    if catalog is not None:
        skipped = () if isinstance(catalog, CountsBars) else WITHOUT_COUNTS
        _check_candles(sections, read, catalog, findings)
        if sections.universe is not None:
            fill = sections.part("execution", "fill")
            check_stored(sections.universe, fill, catalog, findings, funding=funding)
    if shaped.spec is None or findings.has_errors:
        return Checked(None, findings.problems, skipped)
    return Checked(normal_form(shaped.spec, names, read), findings.problems, skipped)


def _check_texts(sections: Sections, findings: Findings) -> None:
    places: list[Place] = [("id",), ("name",), ("description",), ("universe", "venue")]
    for place in places:
        text = sections.part(*place)
        if isinstance(text, str):
            check_text(text, place, findings)
    for at, venue in enumerate(sections.part("execution", "allowed_venues") or ()):
        check_text(venue, ("execution", "allowed_venues", at), findings)
    for at, variant in enumerate(sections.part("variants") or ()):
        check_text(variant.id, ("variants", at, "id"), findings)
    metadata = sections.part("metadata")
    if metadata is not None:
        check_metadata(metadata, findings)


def _check_universe(sections: Sections, catalog: DataCatalog | None, findings: Findings) -> None:
    assets = sections.part("universe", "assets")
    if assets is not None:
        quote, market_type = sections.part("universe", "quote"), sections.part("universe", "market_type")
        check_assets(assets, quote, market_type, catalog, findings)


def _check_rules(
    data: Mapping[str, Any], sections: Sections, findings: Findings
) -> tuple[Names, Mapping[str, Written]]:
    """Check indicators, conditions and what else reads an indicator."""
    declared = data.get("indicators")
    if not isinstance(declared, Mapping):
        return Names({}, {}), {}  # every reference would be unknown: that says nothing new
    timeframe = sections.part("universe", "timeframe")
    names, read = check_indicators(declared, sections.indicators, timeframe, findings)
    check_conditions(sections.conditions(), names, findings)
    for place, text in sections.loose_operands().items():
        read_operand(text, place, names, findings)
    for name in LEVELS:
        level = sections.part("risk", name)
        if level is not None:
            resolve_level(level, ("risk", name), names, findings)
    return names, read


def _check_money(sections: Sections, findings: Findings) -> None:
    signals, risk, sizing, universe = sections.signals, sections.risk, sections.sizing, sections.universe
    execution = sections.execution
    sides = None if signals is None else sides_of(signals)
    if signals is not None:
        check_sides(signals, risk, sections.part("universe", "market_type"), findings)
    if sizing is not None:
        check_sizing(sizing, risk, findings)
    if risk is not None:
        limit_entry = execution is not None and execution.entry_order is not None
        check_risk(risk, universe, sides, findings, limit_entry=limit_entry)
    if sizing is not None and risk is not None:
        check_size_against_limits(sizing, risk, universe, findings)
    if execution is not None:
        check_execution(execution, universe, risk, sides, findings)
    if universe is not None:
        check_venue(universe, findings)
        if sizing is not None:
            check_smallest_order(universe, sizing, findings)
    if universe is not None and risk is not None:
        check_leverage(universe, risk, sizing, findings)
        if risk.checks is not None:
            check_named(risk.checks, universe, findings)


def _check_candles(sections: Sections, read: Mapping[str, Written], catalog: DataCatalog, findings: Findings) -> None:
    universe = sections.universe
    if universe is None:
        return
    chains = {key: (one.entry, one.inputs) for key, one in read.items()}
    # a chain with problems has no length; its errors are told already
    warmup = 0 if findings.has_errors else longest_warmup(chains, universe.timeframe)
    check_candles(universe.assets, universe.quote, universe.market_type, universe.timeframe, warmup, catalog, findings)
