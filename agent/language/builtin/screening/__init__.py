"""The screen in front of the built-in interpreter: injected orders, refusals, unsupported and vague elements."""

from __future__ import annotations

from agent.language.builtin.screening.findings import Injected, Refusal, Screening, Unsupported, Vague
from agent.language.builtin.screening.screener import about_trading, screen

__all__ = ["Injected", "Refusal", "Screening", "Unsupported", "Vague", "about_trading", "screen"]
