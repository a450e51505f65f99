"""How a step tells that it began, and how far it is."""

from __future__ import annotations

from typing import Any, TypeAlias

from langgraph.runtime import Runtime

from agent.workspace import Workspace

Desk: TypeAlias = Runtime[Workspace]
"""What a step is given beside the state."""


def tell(runtime: Desk, name: str, text: str, **more: Any) -> None:
    """Emit one event: ``{"type": "step", "name", "text", ...}``."""
    runtime.stream_writer({"type": "step", "name": name, "text": text, **more})
