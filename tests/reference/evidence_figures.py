"""The golden figures of the statistics of evidence, and the matrices they were computed on."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from scipy.stats import norm

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "statistics_evidence.json").read_text("utf-8"))
PUBLISHED = GOLDEN["published"]
COMPUTED = GOLDEN["computed"]
USE_OF_SHARPE = PUBLISHED["LdP_Lipton_Zoonekynd_2025/26_How_to_Use_the_Sharpe_Ratio"]


def noise_matrix() -> np.ndarray:
    """Return 12 trials of 512 days without an edge, shape (12, 512), by the formula the golden file writes out."""
    day, trial = np.arange(1, 513)[None, :], np.arange(1, 13)[:, None]
    uniform = np.abs(np.sin(12.9898 * day + 78.233 * trial) * 43758.5453) % 1
    return 0.01 * norm.ppf(np.clip(uniform, 1e-6, 1 - 1e-6))


def edge_matrix() -> np.ndarray:
    """Return the same with 0.0012 a day added to the fifth trial."""
    matrix = noise_matrix()
    matrix[4] += 0.0012
    return matrix


MATRICES = {"noise": noise_matrix(), "edge": edge_matrix()}

AVERAGES = (3, 6, 9, 12, 18, 24, 30, 36, 46, 60, 72, 96, 120, 168, 240)
"""Hours of moving averages; any two of them, the shorter first, are one of 105 crossings."""


def crossing_returns(seed: int, *, n_days: int = 730, annual_sharpe: float = 0.0) -> np.ndarray:
    """Return the daily returns of 105 crossings of averages on hourly t(4) noise, long or short, shape (105, n_days).

    With ``annual_sharpe`` the market follows the crossing of 12 and 46 hours so that this one has that ratio.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    n_hours, deviation = 24 * n_days, 0.005
    noise = rng.standard_t(4, n_hours) / np.sqrt(2) * deviation
    if annual_sharpe:
        noise = _with_edge(noise, annual_sharpe * deviation / np.sqrt(8760))
    total = np.concatenate(([0.0], np.cumsum(np.cumsum(noise))))
    average = {length: (total[length:] - total[:-length]) / length for length in AVERAGES}
    returns = np.zeros((105, n_hours))
    for row, (fast, slow) in zip(returns, ((a, b) for a in AVERAGES for b in AVERAGES if a < b), strict=True):
        position = np.sign(average[fast][slow - fast :] - average[slow])
        row[slow:] = position[:-1] * noise[slow:]
    return returns.reshape(105, n_days, 24).sum(axis=2)


def _with_edge(noise: np.ndarray, drift: float) -> np.ndarray:
    moved, total = noise.copy(), np.zeros(len(noise) + 1)
    price = 0.0
    for hour in range(len(noise)):
        if hour >= 46:
            fast, slow = (total[hour] - total[hour - 12]) / 12, (total[hour] - total[hour - 46]) / 46
            moved[hour] += drift * np.sign(fast - slow)
        price += moved[hour]
        total[hour + 1] = total[hour] + price
    return moved
