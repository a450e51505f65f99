"""Do two specs trade the same? Run side by side on generated markets, compared trade by trade.

It is the measure that no notation can cheat: what a person said is right when what is traded is right.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from engine.backtest.run import backtest
from engine.errors import DataError, EngineInputError, SpecError
from engine.spec import check
from evals.markets import SEEDS, generated_market
from evals.scorers.names import is_number
from evals.scorers.terms import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.backtest.result import BacktestResult, Trade
    from engine.spec.models import StrategySpec
    from evals.run import Run

RELATIVE = 1e-9
"""Prices and quantities that differ by less are the same."""

USUAL_LEVEL = 100.0
PRICES = re.compile(r"^(open|high|low|close|hl2|hlc3|ohlc4)(\[\d+\])?$")

Outcome = Literal["same", "different", "no_spec", "not_run", "not_readable"]


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison found: ``detail`` says where the trades part, or why they could not be compared.

    ``trades`` counts those of the reference on all markets: with none there was nothing to tell apart. ``told`` says
    that the answer names what is missing: then it is not silently wrong.
    """

    case_id: str
    outcome: Outcome
    trades: int = 0
    detail: str = ""
    told: bool = False

    @property
    def is_silently_wrong(self) -> bool:
        """True when other trades than the reference's would be made and the answer says nothing of it."""
        return self.outcome in ("different", "not_readable", "no_spec") and not self.told

    def as_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON data."""
        return {
            "id": self.case_id,
            "outcome": self.outcome,
            "trades": self.trades,
            "detail": self.detail,
            "told": self.told,
        }


def compare_run(run: Run) -> tuple[Compared, ...]:
    """Return the comparison of every answer whose case has a reference and wants a strategy built or edited.

    Where a case may be asked back or built in part, an answer without a spec is not compared.
    """
    found = []
    for case in run.cases:
        solved = run.solved.get(case["id"])
        spec = None if solved is None else solved.answer.get("spec")
        if "reference" in case and (spec is not None or case["disposition"] in ("build", "edit")):
            compared = compare_case(case, spec)
            found.append(replace(compared, told=solved is not None and solved.tells))
    return tuple(found)


def compare_case(case: Mapping[str, Any], spec: Mapping[str, Any] | None) -> Compared:
    """Compare the spec of an answer with the reference of its case."""
    if spec is None:
        return Compared(case["id"], "no_spec", detail="the answer has no spec")
    wanted, got = check(case["reference"]), check(_on_the_same_assets(case, spec))
    if wanted.spec is None or got.spec is None:
        wrong = wanted if wanted.spec is None else got
        return Compared(case["id"], "not_readable", detail=str(wrong.problems[0]))
    return _compared(case["id"], wanted.spec, got.spec, with_sizes=case["expected"]["sizing"] is not None)


def totals(compared: tuple[Compared, ...]) -> dict[str, Any]:
    """Return how many traded the same, of those that could be compared; the others by reason."""
    counts = Counter(one.outcome for one in compared)
    n = counts["same"] + counts["different"] + counts["no_spec"] + counts["not_readable"]
    return {
        "same": counts["same"],
        "n": n,
        "share": round(counts["same"] / n, 4) if n else None,
        "silentlyWrong": sum(one.is_silently_wrong for one in compared),
        "noSpec": counts["no_spec"],
        "notReadable": counts["not_readable"],
        "notRun": counts["not_run"],
        "withoutATrade": sum(one.outcome == "same" and not one.trades for one in compared),
        "different": [one.as_dict() for one in compared if one.outcome != "same"],
    }


def trade_lines(result: Mapping[str, Any], *, explain: bool = False) -> Iterator[str]:
    """Yield `totals` as lines for people."""
    share = "-" if result["share"] is None else f"{result['share']:.3f}"
    yield f"same trades as the reference: {result['same']} of {result['n']} ({share})"
    yield f"  {result['silentlyWrong']} of the others without a word that something is missing"
    yield (
        f"  {result['noSpec']} without a spec, {result['notReadable']} not readable, {result['withoutATrade']} same "
        f"without a trade; beside them {result['notRun']} whose reference could not be run"
    )
    if explain:
        for one in result["different"]:
            told = " (told)" if one["told"] else ""
            yield f"  {one['id']}: {one['outcome']}{told}: {one['detail']}"


def _compared(case_id: str, wanted: StrategySpec, got: StrategySpec, *, with_sizes: bool) -> Compared:
    if set(wanted.universe.assets) != set(got.universe.assets):
        became = f"{', '.join(wanted.universe.assets)} became {', '.join(got.universe.assets)}"
        return Compared(case_id, "different", detail=f"assets: {became}")
    trades, level = 0, price_level(wanted.model_dump(exclude_none=True))
    for seed in SEEDS:
        market = generated_market(wanted.universe.assets, wanted.universe.timeframe, seed, level)
        try:
            reference = backtest(wanted, market, full_window=True)
        except (SpecError, DataError, EngineInputError) as failure:
            return Compared(case_id, "not_run", trades, f"the reference: {failure}")
        trades += len(reference.trades)
        try:
            answer = backtest(got, market, full_window=True)
        except (SpecError, DataError, EngineInputError) as failure:
            return Compared(case_id, "different", trades, f"seed {seed}: {failure}")
        parted = first_difference(reference, answer, with_sizes=with_sizes)
        if parted is not None:
            return Compared(case_id, "different", trades, f"seed {seed}: {parted}")
    return Compared(case_id, "same", trades)


def first_difference(wanted: BacktestResult, got: BacktestResult, *, with_sizes: bool) -> str | None:
    """Return where two trade lists part, None when they are the same; sizes are looked at on request."""
    mine, theirs = list(wanted.trades), list(got.trades)
    for number, (one, other) in enumerate(zip(mine, theirs, strict=False), 1):
        for name in ("asset", "side", "entry_time", "exit_time"):
            if getattr(one, name) != getattr(other, name):
                return f"trade {number}: {name} {getattr(one, name)} became {getattr(other, name)}"
        for name in ("entry_price", "exit_price", *(("quantity",) if with_sizes else ())):
            if not math.isclose(getattr(one, name), getattr(other, name), rel_tol=RELATIVE):
                return f"trade {number}: {name} {_shown(one, name)} became {_shown(other, name)}"
    if len(mine) != len(theirs):
        return f"{len(mine)} trades became {len(theirs)}"
    return None


def price_level(spec: Mapping[str, Any]) -> float:
    """Return a price that the levels of a spec are about, 100 where it names none.

    >>> price_level({"signals": {"entry": [{"when": "gt", "left": "close", "value": 60000}]}})
    60000.0
    """
    found = sorted(_levels(spec))
    return found[len(found) // 2] if found else USUAL_LEVEL


def _levels(data: Any) -> Iterator[float]:
    if isinstance(data, list | tuple):
        for one in data:
            yield from _levels(one)
    if not isinstance(data, dict):
        return
    is_price = data.get("type") == "price" or PRICES.match(str(data.get("left", "")))
    for name in ("value", "low", "high") if is_price else ():
        if is_number(data.get(name)) and data[name] > 0:
            yield float(data[name])
    for one in data.values():
        yield from _levels(one)


def _on_the_same_assets(case: Mapping[str, Any], spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the spec on the reference's assets where the text states none, and in the reference's notation of them."""
    universe = mapping(spec.get("universe"))
    reference = case["reference"]["universe"]["assets"]
    assets = universe.get("assets")
    if not isinstance(assets, list):
        return dict(spec)
    if case["expected"]["assets"] is None:
        assets = reference[: len(assets)] if len(assets) <= len(reference) else assets
    same = {one.replace("/", ""): one for one in reference}
    renamed = [_as_in(same, str(one), universe.get("quote")) for one in assets]
    return {**spec, "universe": {**universe, "assets": renamed}}


def _as_in(same: Mapping[str, str], asset: str, quote: Any) -> str:
    """Return an asset as the reference writes it; with the quote left out or written."""
    plain = asset.replace("/", "")
    written = (plain, asset.split("/")[0], f"{plain}{quote or 'USDT'}")
    return next((same[one] for one in written if one in same), asset)


def _shown(trade: Trade, name: str) -> str:
    return f"{getattr(trade, name):.10g}"
