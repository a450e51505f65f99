"""Which sides a spec trades, and whether each has a way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spec.canonical import plain
from engine.spec.meaning.life import closes_whole

if TYPE_CHECKING:
    from engine.spec.findings import Findings
    from engine.spec.models import Condition, Risk, Signals
    from engine.spec.place import Place


def sides_of(signals: Signals) -> tuple[str, ...]:
    """Return the sides that can be entered: ``long``, ``short``, both or none."""
    short = signals.short is not None and bool(signals.short.entry)
    return (("long",) if signals.entry else ()) + (("short",) if short else ())


def check_sides(signals: Signals, risk: Risk | None, market_type: str | None, findings: Findings) -> None:
    """Check that something can be entered, that shorts trade perpetuals, that positions can end."""
    sides = sides_of(signals)
    if signals.short is not None and market_type != "perp":
        message = "the short side needs universe.market_type perp; spot is long only"
        findings.error(("signals", "short"), "SHORT_NEEDS_PERP", message)
    if not sides:
        findings.error(("signals", "entry"), "NO_ENTRY", "no condition ever opens a position")
    if risk is not None:
        _check_way_out(signals, sides, risk, findings)
    _check_same(signals.entry, signals.exit, ("signals",), findings)
    if signals.short is not None:
        _check_same(signals.short.entry, signals.short.exit, ("signals", "short"), findings)


def _check_way_out(signals: Signals, sides: tuple[str, ...], risk: Risk, findings: Findings) -> None:
    protections = (risk.stop_loss, risk.take_profit, risk.trailing_stop, risk.trailing_take, risk.time_limit)
    if closes_whole(risk.partial_exits or ()) or any(level is not None for level in protections):
        return
    reverses = signals.opposite_entry == "reverse"
    short_exit = () if signals.short is None else signals.short.exit
    for side, exits, place in (
        ("long", signals.exit, ("signals", "exit")),
        ("short", short_exit, ("signals", "short", "exit")),
    ):
        if side in sides and not exits and not (reverses and len(sides) == 2):
            message = f"a {side} position has no way out: no exit condition, stop or target (buy and hold)"
            findings.warning(place, "NO_EXIT", message)


def _check_same(entry: tuple[Condition, ...], exits: tuple[Condition, ...], place: Place, findings: Findings) -> None:
    leaving = [plain(condition) for condition in exits]
    for at, condition in enumerate(entry):
        if plain(condition) in leaving:
            message = "never opens a position: the same condition is an exit, and an entry with a true exit is ignored"
            findings.warning((*place, "entry", at), "NEVER_TRUE", message)
