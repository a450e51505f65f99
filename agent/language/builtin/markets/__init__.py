"""Reading what and when: assets by ticker or name, timeframes, the span of a test, the kind of market."""

from agent.language.builtin.markets.assets import Asset, asset, unknown_asset
from agent.language.builtin.markets.times import timeframe, window

__all__ = ["Asset", "asset", "timeframe", "unknown_asset", "window"]
