"""Strategies written in Python: a callable decides at each close, the engine's own step trades it."""

from __future__ import annotations

from engine.custom.orders import Order
from engine.custom.run import run_custom
from engine.custom.view import AssetView, View

__all__ = ["AssetView", "Order", "View", "run_custom"]
