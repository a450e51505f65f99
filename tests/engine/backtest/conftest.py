"""What the tables of this folder share: each runs through both simulators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from reference.engine_side import simulate_with_engine
from reference.naive import simulate_naive

if TYPE_CHECKING:
    from reference.tables import Simulate


@pytest.fixture(params=[simulate_with_engine, simulate_naive], ids=["engine", "naive"])
def simulate(request: pytest.FixtureRequest) -> Simulate:
    """Return a simulator: the engine's, then the naive one."""
    return request.param
