"""The proofs on a terminal.

Every piece of text is a `rich.text.Text`, so that brackets in a name are never taken for markup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from engine.proofs.causality import Causality
    from engine.proofs.exposure import Exposure
    from engine.proofs.measured import Measured
    from engine.proofs.proofs import Proofs
    from engine.proofs.satisfiability import Firing

WIDEST_NAME = 32
"""Columns within which a name in a table is never broken."""

COLOURS = {"possible": "green", "unknown": "yellow", "impossible": "red"}


def page(proofs: Proofs, name: str) -> RenderableType:
    """Return the proofs of the spec called ``name`` to print on a `rich.console.Console`."""
    from rich.console import Group

    return Group(*_parts(proofs, name))


def _parts(proofs: Proofs, name: str) -> Iterator[RenderableType]:
    from rich.text import Text

    yield Text(name, "bold")
    if proofs.holds:
        yield Text("proven: nothing speaks against it", "green")
    for failure in proofs.failures:
        yield Text(f"not proven: {failure}", "red")
    if proofs.unread is not None:
        yield Text(f"no candles were looked at: {proofs.unread}", "yellow")
    yield from _causality(proofs.causality)
    yield from _firing(proofs.satisfiability)
    yield from _exposure(proofs.exposure, proofs.measured)


def _causality(proof: Causality) -> Iterator[RenderableType]:
    from rich.text import Text

    from engine.proofs.differences import NEVER_CUT

    rows = [
        (
            Text(one.operand, "" if one.holds else "red"),
            Text("not proven" if one.known_at is None else _bars(-one.known_at)),
            Text("every bar" if one.lookback_bars is None else _bars(one.lookback_bars)),
            Text(one.because, "dim"),
        )
        for one in proof.operands
    ]
    yield Text(f"\nNo operand sees past its bar: {'holds' if proof.holds else 'does not hold'}, by {proof.by}", "bold")
    yield _table(("operand", "newest bar", "oldest", "because"), rows)
    checked = proof.checked
    if checked is not None and checked.holds is None:
        yield Text(f"Not checked by cutting the data off: {NEVER_CUT}.", "yellow")
    elif checked is not None:
        yield Text(
            f"Cut off at {len(checked.cuts)} closes and run again: of {checked.values:,} values and {checked.fills:,}"
            f" fills {'all are equal to the last bit' if checked.holds else f'{len(checked.differences)} differ'}.",
            "green" if checked.holds else "red",
        )


def _firing(proof: Firing) -> Iterator[RenderableType]:
    from rich.text import Text

    rows = [
        (
            Text(f"{side} {what}"),
            Text(one.verdict, COLOURS[one.verdict]),
            Text(one.reason, "dim"),
            Text("" if one.witness is None else f"{one.witness.asset} {one.witness.time}"),
        )
        for what, sides in (("entry", proof.entry), ("exit", proof.exit))
        for side, one in sides.items()
    ]
    yield Text("\nCan it ever fire?", "bold")
    yield _table(("signal", "verdict", "because", "first true"), rows)
    for side, ways in proof.way_out.items():
        yield Text(f"What closes a {side} position: {', '.join(ways) or 'nothing, it is held to the end'}.", "dim")


def _exposure(bound: Exposure, measured: Measured | None) -> Iterator[RenderableType]:
    from rich.text import Text

    figures = {
        "gross notional / equity": (bound.leverage, None if measured is None else measured.largest_leverage),
        "one position / equity": (bound.position, None if measured is None else measured.largest_position),
    }
    rows = [
        (Text(label), Text(_figure(most.value)), Text(most.rule), Text("" if seen is None else _figure(seen)))
        for label, (most, seen) in figures.items()
    ]
    if bound.order is not None:
        rows.append((Text("an order asks for"), Text(_figure(bound.order.value)), Text(bound.order.rule), Text("")))
    shown = 3 if measured is None else 4
    yield Text("\nHow far in it can get, at a fill", "bold")
    yield _table(("figure", "at most", "set by", "in this run")[:shown], [row[:shown] for row in rows])
    yield Text(f"{bound.positions} position{'' if bound.positions == 1 else 's'} at once. {bound.note}", "dim")


def _table(titles: Sequence[str], rows: Sequence[Sequence[RenderableType]]) -> RenderableType:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    longest = max((len(str(row[0])) for row in rows), default=0)
    for at, title in enumerate(titles):
        table.add_column(title, overflow="fold", no_wrap=at == 0 and longest <= WIDEST_NAME)
    for row in rows:
        table.add_row(*row)
    return table


def _bars(back: int) -> str:
    return "deciding bar" if back == 0 else f"{back} bar{'' if back == 1 else 's'} back"


def _figure(value: float) -> str:
    return f"{value:.4g} x"
