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
