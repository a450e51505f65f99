"""A desk for each test, on both databases."""

from __future__ import annotations

import pytest
from job_desk import Desk, losing_shorts
from job_markets import daily_market, rising_market


@pytest.fixture(scope="session")
def market():
    return daily_market()


@pytest.fixture(scope="session")
def rising():
    return rising_market()


@pytest.fixture
def desk(database, market):
    return Desk(database, market)


@pytest.fixture
def refining(database, rising):
    """A desk whose strategy a refinement finds something better for."""
    return Desk(database, rising, losing_shorts())
