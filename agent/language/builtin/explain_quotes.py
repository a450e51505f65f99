"""What an explanation can quote of a request: placeholders for the figures of its run and the parts of its spec."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from agent.grounding import run_id_of
from agent.placeholders import is_ours
from agent.spec_words import part_at

if TYPE_CHECKING:
    from agent.language.port import Request

IDENTITY = frozenset(
    {"id", "run_id", "runId", "createdAt", "updatedAt", "strategyRecordId", "version", "variant", "variantId"}
)
"""Members of a record that are no figures."""

MAY_BE_UNDEFINED = frozenset({"sharpeRatio", "winRatePct", "profitFactor"})
"""Figures of a summary that are left out where they have no value."""

UNPROVEN = "UNPROVEN"


@dataclass(frozen=True, slots=True)
class Quotes:
    """A request's run and spec, and how to quote them."""

    run: Mapping[str, Any] | None
    spec: Mapping[str, Any] | None

    @staticmethod
    def of(request: Request) -> Quotes:
        """Return the quotes of a request."""
        return Quotes(request.run, request.spec)

    @property
    def foreign(self) -> bool:
        """True for a record that is no BacktestRun of ours: its figures are quoted as they stand."""
        return self.run is not None and not is_ours(self.run)

    def value(self, path: str) -> Any:
        """Return what the run holds at a path, None without it."""
        return None if self.run is None else part_at(self.run, path.split("."))

    def figure(self, path: str) -> float | None:
        """Return a number of the run, None without it."""
        found = self.value(path)
        return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None

    def explains(self, path: str) -> bool:
        """Return whether the run has the figure, or says why it has none."""
        bare = path.removeprefix("results.").removeprefix("evidence.statistics.")
        undefined = self.value("evidence.statistics.undefined")
        if self.value(path) is not None or (isinstance(undefined, Mapping) and bare in undefined):
            return True
        return bare in MAY_BE_UNDEFINED and isinstance(self.value("results"), Mapping)

    def quote(self, path: str, form: str) -> str:
        """Return the placeholder of a figure of the run."""
        run_id = run_id_of(self.run or {})
        return f"{{{{run:{run_id}.{path}|{form}}}}}"

    def lines(self, rows: tuple[tuple[str, str, str], ...]) -> list[str]:
        """Return a line for each figure (label, path, format) that the run has or explains; foreign ones by name."""
        if self.foreign:
            names = {path.rsplit(".", 1)[-1] for _, path, _ in rows}
            return [line for name, line in self.recorded().items() if name in names]
        return [f"- {label}: {self.quote(path, form)}" for label, path, form in rows if self.explains(path)]

    def recorded(self) -> dict[str, str]:
        """Return a line for each figure of a foreign record, under its own name."""
        found = {}
        for name, value in (self.run or {}).items():
            if isinstance(value, int | float) and not isinstance(value, bool) and name not in IDENTITY:
                if name.replace("_", "").isalnum():
                    found[name] = f"- {name}: {self.quote(name, 'raw')}"
        return found

    @property
    def window(self) -> str:
        """Say over which window and on which data the run was, as a sentence; empty when the record does not tell."""
        if self.value("timeframe.start") is None or self.value("timeframe.end") is None:
            return ""
        text = f"It ran from {self.quote('timeframe.start', 'date')} to {self.quote('timeframe.end', 'date')}"
        if self.value("dataset.provider") is not None:
            text += f" on {self.quote('dataset.provider', 'text')}"
        return f"{text}{self._part}."

    @property
    def _part(self) -> str:
        holdout = self.value("evidence.holdout")
        if not isinstance(holdout, Mapping):
            return ""
        if not holdout.get("seen"):
            return ", the selection part; the holdout stays locked"
        if str(self.value("timeframe.end")) > str(holdout.get("start", "")):
            return ", the holdout included"
        return ", the selection part; the holdout was opened before and can no longer validate"

    @property
    def holdout_seen(self) -> bool:
        """True when the holdout was looked into, by this run or by one before it."""
        return self.value("evidence.holdout.seen") is True

    @property
    def verdict(self) -> str:
        """The verdict that the run bears; UNPROVEN where it bears none."""
        found = self.value("evidence.verdict")
        return found if found in ("REJECTED", "VALIDATED", "FORWARD") else UNPROVEN

    @property
    def generated(self) -> bool:
        """True when the candles were made up by a program."""
        return self.value("evidence.dataGenerated") is True

    def summary_lines(self) -> list[str]:
        """Return the figures at a glance."""
        if self.foreign:
            return list(self.recorded().values())
        return self.lines(AT_A_GLANCE + (NOT_REALISED if self.figure(f"{TRADES}.openCount") else ()))


AT_A_GLANCE = (
    ("Return", "results.returnsPct", "+pct1"),
    ("Buy and hold", "evidence.statistics.benchmark.returnFraction", "+pct1"),
    ("Net profit", "results.netProfit", "money"),
    ("Deepest drawdown", "results.maxDrawdownPct", "pct1"),
    ("Sharpe ratio", "results.sharpeRatio", ".2f"),
    ("Closed trades", "results.tradeCount", "int"),
    ("Win rate", "results.winRatePct", "pct1"),
    ("Profit factor", "results.profitFactor", ".2f"),
    ("Fees", "results.feesPaid", "money"),
)
"""Label, path and format of the figures of a short answer; every figure of a summary but the slippage."""

TRADES = "evidence.statistics.trades"
NOT_REALISED = (
    ("Positions still open at the end", f"{TRADES}.openCount", "int"),
    ("Of the return not realised, open positions at the last price", f"{TRADES}.openProfitFraction", "+pct1"),
)
"""The same of a run that ends with open positions: their gain is in the return and in no closed trade."""
