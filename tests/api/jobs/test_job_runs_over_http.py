"""The run of a job over HTTP: cancelled by its own id, as the run of a turn is."""

from __future__ import annotations

from kept_strategies import keep_strategy, on_a_small_market

VALUES = {"sizing.value": {"min": 0.01, "max": 0.2, "step": 0.00005}}
LARGE = {"objectives": ["net_profit"], "method": "random", "limit": 3_000, "space": VALUES}


def test_a_search_is_cancelled_by_its_run_and_a_second_time_changes_nothing():
    with on_a_small_market() as http:
        made = http.post(f"/api/strategies/{keep_strategy(http)['id']}/optimizations", json=LARGE)
        run = f"/api/runs/{made.headers['x-kek-run']}"

        cancelled, again = (http.post(f"{run}/cancel") for _ in range(2))

        assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
        assert again.json() == cancelled.json()
        assert http.get(made.headers["location"]).json()["status"] == "cancelled"
