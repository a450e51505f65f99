"""How a step tells that it began, and how far it is."""

from __future__ import annotations

from typing import Any, TypeAlias

from langgraph.runtime import Runtime

from agent.workspace import Workspace
from engine.kernel_cache import is_simulation_compiled

Desk: TypeAlias = Runtime[Workspace]
"""What a step is given beside the state."""


COMPILES_FIRST = "the engine compiles itself first, this once, which can take half a minute"


def on_first_use(text: str) -> str:
    """Return what a step that simulates tells: with a word on the wait where nothing is compiled yet."""
    return text if is_simulation_compiled() else f"{text}; {COMPILES_FIRST}"


def tell(runtime: Desk, name: str, text: str, **more: Any) -> None:
    """Emit one event: ``{"type": "step", "name", "text", ...}``."""
    runtime.stream_writer({"type": "step", "name": name, "text": text, **more})
