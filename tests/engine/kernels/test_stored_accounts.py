"""A stored state is one of its account, or is refused by name."""

import numpy as np
import pytest

from engine.backtest.config import Config
from engine.backtest.one_bar import Account
from engine.backtest.simulate import new_state
from engine.errors import EngineInputError
from engine.kernels import layout

FOUR_AN_HOUR = Config(max_orders_per_hour=4)
FIRST = new_state(FOUR_AN_HOUR, 2)


def test_a_state_of_the_account_is_taken():
    assert Account(FOUR_AN_HOUR, ["A", "B"], new_state(FOUR_AN_HOUR, 2)).cash == FOUR_AN_HOUR.initial_equity


@pytest.mark.parametrize("name", layout.State._fields)
def test_an_array_of_another_shape_is_refused(name):
    longer = np.concatenate([getattr(FIRST, name)] * 2)

    with pytest.raises(EngineInputError, match=rf"the stored {name} is .* of shape .*: this account needs"):
        Account(FOUR_AN_HOUR, ["A", "B"], FIRST._replace(**{name: longer}))


@pytest.mark.parametrize("name", layout.State._fields)
def test_an_array_of_another_type_is_refused(name):
    other = getattr(FIRST, name).astype(np.float32)

    with pytest.raises(EngineInputError, match=f"the stored {name} is float32"):
        Account(FOUR_AN_HOUR, ["A", "B"], FIRST._replace(**{name: other}))


def test_a_state_of_other_rules_is_refused():
    with pytest.raises(EngineInputError, match=r"the stored placed is float64 of shape \(1,\)"):
        Account(FOUR_AN_HOUR, ["A", "B"], new_state(Config(), 2))


@pytest.mark.parametrize("cash", [float("nan"), float("inf")])
def test_cash_that_is_no_number_is_refused(cash):
    state = new_state(FOUR_AN_HOUR, 2)
    state.account[layout.CASH] = cash

    with pytest.raises(EngineInputError, match="the stored cash is"):
        Account(FOUR_AN_HOUR, ["A", "B"], state)
