"""What a custom strategy sees at a close: closed bars, indicator values, the account; nothing that comes later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.errors import EngineInputError
from engine.indicators.fields import FIELD_NAMES
from engine.spec.problems import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.backtest.columns import AssetColumns
    from engine.backtest.market import AlignedMarket
    from engine.backtest.one_bar import Account, Holding, Waiting

    FloatArray = np.ndarray


class Growing:
    """A column that is revealed one value at a time: what is not revealed is not in memory that a view can reach.

    A slice of the whole column would carry the future in its ``base``.
    """

    def __init__(self, column: FloatArray, revealed: int) -> None:
        self._column, self._n = column, 0
        self._shown = np.full(column.shape[0], np.nan)
        self.reveal(revealed)

    def reveal(self, n: int) -> None:
        """Show the first ``n`` values."""
        if n > self._n:
            self._shown[self._n : n] = self._column[self._n : n]
            self._n = n

    def values(self) -> FloatArray:
        """Return what is shown, read-only, oldest first."""
        shown = self._shown[: self._n]
        shown.flags.writeable = False
        return shown


class AssetView:
    """One asset at a close: its own bars so far, the last one at index -1.

    Columns are read by the name an operand would have: ``close``, ``hl2``, ``rsi_14``, ``macd.signal``, ``time.hour``.
    Each has shape (n_bars,): every stored bar of the asset up to this close, those before the measured window included;
    NaN is unknown. ``traded`` tells whether the asset has a bar at this close: without one its orders are ignored.
    """

    def __init__(self, asset: str, columns: AssetColumns, first: int) -> None:
        self.asset = asset
        self.traded = False
        self._columns, self._shown = columns, first
        self._growing: dict[str, Growing] = {}

    def __getitem__(self, name: str) -> FloatArray:
        growing = self._growing.get(name)
        if growing is None:
            growing = self._growing[name] = Growing(self._column(name), self._shown)
        growing.reveal(self._shown)
        return growing.values()

    @property
    def n_bars(self) -> int:
        """How many own bars have closed."""
        return self._shown

    def reveal(self, n_bars: int, traded: bool) -> None:
        """Move on to a close at which ``n_bars`` own bars are known."""
        self._shown, self.traded = n_bars, traded

    def _column(self, name: str) -> FloatArray:
        key, _, output = name.partition(".")
        if key not in FIELD_NAMES and key != "time" and key not in self._columns.indicators:
            known = (*FIELD_NAMES, *self._columns.indicators)
            near = nearest(key, known)
            hint = f" (did you mean '{near}'?)" if near else ""
            raise EngineInputError(f"{self.asset} has no column '{name}'; allowed: {', '.join(known)}, time.*{hint}")
        return self._columns.series(key, output or None)


class View:
    """A close: ``time`` is when it is known (UTC ms), ``view["BTC"]`` one asset's bars, the rest the account.

    ``equity`` and ``cash`` are quote currency as of this close, before any order of it; ``holdings`` and ``waiting``
    what is held and what waits to be filled, by asset.
    """

    def __init__(self, market: AlignedMarket, columns: Sequence[AssetColumns]) -> None:
        self.time = 0
        self.bar = -1
        self._market = market
        self._account: Account | None = None
        self._assets = {
            asset: AssetView(asset, one, market.first[asset]) for asset, one in zip(market.assets, columns, strict=True)
        }
        self._seen = dict(market.first)

    @property
    def assets(self) -> tuple[str, ...]:
        """The assets in the order of the universe."""
        return self._market.assets

    def __getitem__(self, asset: str) -> AssetView:
        if asset not in self._assets:
            raise EngineInputError(f"there is no asset {asset!r}; allowed: {', '.join(self._assets)}")
        return self._assets[asset]

    @property
    def equity(self) -> float:
        """Account value at this close."""
        return self._of_account().equity

    @property
    def cash(self) -> float:
        """Free cash at this close."""
        return self._of_account().cash

    @property
    def holdings(self) -> dict[str, Holding]:
        """What is held, by asset."""
        return self._of_account().holdings

    @property
    def waiting(self) -> dict[str, Waiting]:
        """Entries that wait to be filled, by asset."""
        return self._of_account().waiting

    def move_to(self, t: int, account: Account) -> View:
        """Move on to the close of clock bar ``t``, with the account as it stands there."""
        self.bar, self._account = t, account
        self.time = int(self._market.tables.close_time[t])
        for a, (asset, one) in enumerate(self._assets.items()):
            traded = bool(self._market.tables.present[t, a])
            self._seen[asset] += traded
            one.reveal(self._seen[asset], traded)
        return self

    def _of_account(self) -> Account:
        if self._account is None:
            raise EngineInputError("the run has not begun: there is no account to look at")
        return self._account
