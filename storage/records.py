"""The data models as they go over the wire: camelCase, optional fields left out where they have no value.

Names, types and optionality are those of the data models document; what is added is optional.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from engine.spec.meaning.text import hidden_character
from storage.errors import RecordInvalid

LOCAL_USER = "local"
"""Owner of everything on a machine without sign-in."""

ZERO_ADDRESS = "0x" + "0" * 40
"""The local user's wallet; sign-in refuses it."""


def _plain_text(text: str) -> str:
    hidden = hidden_character(text)
    if hidden is not None:
        raise ValueError(f"{hidden}: write plain text")
    return text


def plain_lines(text: str) -> str:
    """Return text of several lines as it is; raises ValueError when it holds what steers a terminal or hides."""
    hidden = hidden_character(text, several_lines=True)
    if hidden is not None:
        raise ValueError(f"{hidden}: write plain text")
    return text


PlainText = Annotated[str, AfterValidator(_plain_text)]
"""Words that may come from outside and be shown; nothing that steers a terminal or hides."""

Title = Annotated[PlainText, Field(min_length=1, max_length=120)]
"""A name for people, on one line."""

Identifier = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""An id that may come from outside; no control characters."""


class Record(BaseModel):
    """Base of all records: strict, frozen, camelCase outside and snake_case inside."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, extra="forbid", frozen=True, strict=True, allow_inf_nan=False
    )

    def as_json(self) -> dict[str, Any]:
        """Return the record as JSON data, fields without a value left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


AnyRecord = TypeVar("AnyRecord", bound=Record)


def read_record(kind: type[AnyRecord], data: Mapping[str, Any]) -> AnyRecord:
    """Return JSON data from outside as a record, camelCase and snake_case both accepted.

    Raises
    ------
    RecordInvalid
        It has another shape, or holds U+0000, which PostgreSQL cannot keep; the message names every place.

    Examples
    --------
    >>> read_record(PerformanceSummary, {"tradeCount": 3}).trade_count
    3
    >>> read_record(PerformanceSummary, {"trades": 3})
    Traceback (most recent call last):
    storage.errors.RecordInvalid: PerformanceSummary: $.trades: Extra inputs are not permitted
    """
    where = place_of_nul(data)
    if where is not None:
        raise RecordInvalid(f"{kind.__name__}: {where}: U+0000 cannot be stored: write plain text")
    return record_of(kind, data)


def record_of(kind: type[AnyRecord], data: Mapping[str, Any]) -> AnyRecord:
    """Return JSON data of our own as a record; raises RecordInvalid as `read_record` does."""
    try:
        return kind.model_validate(dict(data))
    except ValidationError as error:
        found = [f"{_place(one['loc'])}: {one['msg']}" for one in error.errors(include_url=False, include_input=False)]
        raise RecordInvalid(f"{kind.__name__}: {'; '.join(found)}") from None


def place_of_nul(value: Any, place: str = "$") -> str | None:
    r"""Return where JSON data first hold U+0000 in a text or a name, None when they do not.

    >>> place_of_nul({"notes": ["plain", "cut\0off"]})
    '$.notes[1]'
    """
    if isinstance(value, str):
        return place if "\0" in value else None
    if isinstance(value, Mapping):
        pairs = [(f"{place}.{name}", name, item) for name, item in value.items()]
        found = (place_of_nul(name, place) or place_of_nul(item, inside) for inside, name, item in pairs)
        return next(filter(None, found), None)
    if isinstance(value, (list, tuple)):
        inside = (place_of_nul(item, f"{place}[{index}]") for index, item in enumerate(value))
        return next(filter(None, inside), None)
    return None


def _place(steps: tuple[int | str, ...]) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


class PerformanceSummary(Record):
    """The figures of a run; every ``...Pct`` and ``avgSlippage`` is a fraction (0.15 is 15 %)."""

    net_profit: float | None = Field(None, description="Quote currency, open positions marked to their last close.")
    returns_pct: float | None = Field(None, description="Total return, a fraction of the initial equity.")
    sharpe_ratio: float | None = Field(None, description="Annualised, from per-bar returns, risk-free rate 0.")
    sharpe_daily: float | None = Field(
        None, description="Annualised, from the returns of whole UTC days; ranks the candidates of a search."
    )
    sharpe_low95: float | None = Field(
        None, description="Lower end of the 95 % interval of the annual ratio of whole UTC days."
    )
    sharpe_high95: float | None = Field(None, description="Its upper end.")
    sharpe_trials: int | None = Field(
        None, description="Distinct trials made on the data; a ratio is shown with its interval and these, or not."
    )
    max_drawdown_pct: float | None = Field(None, description="Deepest fall below the running peak, a fraction >= 0.")
    win_rate_pct: float | None = Field(None, description="Share of closed trades with a net profit, a fraction.")
    trade_count: int | None = Field(None, description="Closed round trips.")
    profit_factor: float | None = Field(None, description="Gross wins over gross losses of closed trades.")
    avg_slippage: float | None = Field(
        None, description="Notional-weighted, a fraction of the reference price, + is a cost."
    )
    fees_paid: float | None = Field(None, description="Quote currency; funding is not a fee.")


class RunTimeframe(Record):
    """The measured window, closed-open, and the bars' timeframe."""

    start: str
    end: str
    candle_interval: str


class RunDataset(Record):
    """Which candles were used."""

    provider: str | None = None
    symbol_set: list[str]


class RunDiagnostics(Record):
    """What to know about a run, in words."""

    warnings: list[str] | None = None
    notes: list[str] | None = None


class TradeRecord(Record):
    """A round trip, or an open position marked at its last close (no exit fields, no reason)."""

    asset: str
    side: Literal["long", "short"]
    quantity: float
    entry_time: str
    entry_price: float
    exit_time: str | None = None
    exit_price: float | None = None
    mark_price: float | None = None
    reason: str | None = None
    net_profit: float
    gross_profit: float
    slippage: float
    fees: float
    funding: float
    return_pct: float
    mae_pct: float
    mfe_pct: float
    bars_held: int


class BacktestRun(Record):
    """One historical simulation of a spec or variant."""

    id: str
    strategy_record_id: str
    variant_id: str | None = None
    created_at: str
    timeframe: RunTimeframe
    dataset: RunDataset
    results: PerformanceSummary
    diagnostics: RunDiagnostics | None = None
    version: str | None = None
    updated_at: str | None = None
    spec_hash: str | None = None
    data_hash: str | None = None
    engine_hash: str | None = None
    initial_equity: float | None = None
    trades: list[TradeRecord] | None = None
    open_positions: list[TradeRecord] | None = None
    evidence: dict[str, Any] | None = None


class RiskDefaults(Record):
    """Limits an owner's strategies start from; every ``...Pct`` is a fraction."""

    max_leverage: float | None = Field(None, gt=0)
    max_position_pct: float | None = Field(None, gt=0)
    max_total_exposure_pct: float | None = Field(None, gt=0)
    max_drawdown_pct: float | None = Field(None, gt=0, le=1)


class Notifications(Record):
    """Whether and where an owner wants to be told."""

    enabled: bool
    channels: list[Literal["email", "telegram", "in_app"]] | None = None


class UserSettings(Record):
    """What an owner prefers."""

    persona: Literal["retail", "quant", "investor"] | None = None
    risk_defaults: RiskDefaults | None = None
    notifications: Notifications | None = None


class UserProfile(Record):
    """How an owner appears."""

    username: Title | None = None
    avatar_url: Annotated[PlainText, Field(min_length=1, max_length=2_000)] | None = None


class User(Record):
    """An owner of strategies; the local user's wallet is `ZERO_ADDRESS`."""

    id: Identifier
    wallet_address: str
    created_at: str
    profile: UserProfile | None = None
    settings: UserSettings | None = None
    updated_at: str | None = None


class Thread(Record):
    """A conversation; ``pending`` is the request that was answered with a question and waits for the answer.

    ``finishedAt`` is when its owner said it was over; the next message opens it again.
    """

    id: Identifier
    owner_user_id: Identifier
    strategy_record_id: Identifier | None = None
    pending: str | None = None
    title: Title | None = None
    created_at: str
    updated_at: str
    finished_at: str | None = None


class ThreadMessage(Record):
    """One message of a thread; an answer carries its document, what it cost and what it was made from."""

    id: Identifier
    thread_id: Identifier
    role: Literal["user", "assistant"]
    text: str
    created_at: str
    answer: dict[str, Any] | None = None
    backtest_run_id: Identifier | None = None
    usage: dict[str, Any] | None = None
    provenance: dict[str, Any] | None = None
