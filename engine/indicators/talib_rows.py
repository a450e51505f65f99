"""What TA-Lib's own metadata does not say of its functions: words, ranges of outputs, where a value is missing.

Names, inputs, defaults, outputs and scales come from TA-Lib itself (`engine.indicators.talib_types`). The ranges stand
in TA-Lib's sources and hold for every input.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, pi
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.indicators.indicator_type import Group, Scale

PERCENT = (0.0, 100.0)
BOTH_WAYS = (-100.0, 100.0)
NOT_NEGATIVE = (0.0, inf)


@dataclass(frozen=True, slots=True)
class Row:
    """One function: its group, its summary, and what differs from the rule.

    ``bounds`` is one (low, high) for all outputs or a map by canonical output; ``scale`` is TA-Lib's where None.
    """

    group: Group
    summary: str
    aliases: tuple[str, ...] = ()
    bounds: tuple[float, float] | Mapping[str, tuple[float, float]] | None = None
    scale: Scale | None = None
    unknown: str = ""


ROWS: Mapping[str, Row] = {
    # averages
    "HT_TRENDLINE": Row(
        "averages", "Hilbert transform trendline: the price with its dominant cycle taken out.", ("hilbert_trendline",)
    ),
    "MA": Row("averages", "Moving average of any kind, chosen by matype.", ("moving_average_type",)),
    "MAMA": Row(
        "averages", "MESA adaptive average (mama), as fast as the measured cycle, and its follower (fama).",
        ("mesa", "mesa_adaptive_moving_average"),
    ),
    "MAVP": Row(
        "averages", "Moving average whose length is read from another series bar by bar.",
        ("variable_period_moving_average",),
    ),
    "T3": Row("averages", "Tillson's T3: six exponential averages combined by a volume factor.", ("tillson_t3",)),
    "ZLEMA": Row(
        "averages", "Zero-lag exponential average: an EMA of the price plus its latest move.",
        ("zero_lag_ema", "zero_lag_exponential_moving_average"),
    ),
    # momentum
    "AC": Row(
        "momentum", "Accelerator: the awesome oscillator minus its own average.",
        ("accelerator", "accelerator_oscillator", "acceleration_deceleration"),
    ),
    "AO": Row(
        "momentum", "Awesome oscillator: fast minus slow average of the bars' middles, in price units.",
        ("awesome", "awesome_oscillator"),
    ),
    "APO": Row(
        "momentum", "Absolute price oscillator: fast minus slow average of a chosen kind, in price units.",
        ("absolute_price_oscillator",),
    ),
    "BOP": Row(
        "momentum", "Balance of power: (close - open) / (high - low) of the bar, 0 where it has no range.",
        ("balance_of_power",), (-1.0, 1.0),
    ),
    "CMOU": Row(
        "momentum", "Chande momentum oscillator without smoothing: gains minus losses over their sum, of the window.",
        ("cmo_unsmoothed",), BOTH_WAYS,
    ),
    "COPPOCK": Row(
        "momentum", "Coppock curve: weighted average of two rates of change, in per cent.", ("coppock_curve",)
    ),
    "DPO": Row(
        "momentum", "Detrended price: an earlier price minus the window's average; nothing of the future is in it.",
        ("detrended_price_oscillator",),
    ),
    "ERI": Row(
        "momentum", "Elder ray: high (bull) and low (bear) minus the exponential average of the close.",
        ("elder_ray", "elder_ray_index", "bull_bear_power"),
    ),
    "FOSC": Row(
        "momentum", "Forecast oscillator: distance from the last bar's regression forecast, in per cent of the price.",
        ("forecast_oscillator",),
    ),
    "IMI": Row(
        "momentum", "Intraday momentum: the share of open-to-close gains in all open-to-close moves, 0 to 100.",
        ("intraday_momentum_index",), PERCENT,
    ),
    "KDJ": Row(
        "momentum", "KDJ: a slow stochastic (k, d) with j = 3 k - 2 d, which leaves 0 to 100.", ("kdj_stochastic",)
    ),
    "MACDEXT": Row("momentum", "MACD with a kind of average of its own for each line.", ("macd_ext",)),
    "MACDFIX": Row("momentum", "MACD with TA-Lib's fixed weights of 12 and 26 bars.", ("macd_fix",)),
    "PPO": Row(
        "momentum", "Percentage price oscillator with a chosen kind of average, the shorter length being the fast one.",
        (),
    ),
    "QSTICK": Row("momentum", "Qstick: the average of close minus open, in price units.", ("q_stick",)),
    "ROCP": Row("momentum", "Rate of change as a fraction: 0.05 is 5 % higher.", ("rate_of_change_fraction",)),
    "ROCR": Row("momentum", "Rate of change as a ratio: 1.05 is 5 % higher.", ("rate_of_change_ratio",)),
    "ROCR100": Row("momentum", "Rate of change as a ratio times 100: 105 is 5 % higher."),
    "SMI": Row(
        "momentum", "Stochastic momentum index: the close's distance from the middle of its range, smoothed twice.",
        ("stochastic_momentum_index",), BOTH_WAYS,
    ),
    "STOCH": Row("momentum", "Stochastic with kinds of averages to choose; some of them leave 0 to 100."),
    "STOCHF": Row("momentum", "Fast stochastic with a kind of average to choose.", (), {"k": PERCENT}),
    "STOCHRSI": Row(
        "momentum", "Stochastic RSI as TA-Lib has it: k is not smoothed, its range has a length of its own.", (),
        {"k": PERCENT},
    ),
    "TSI": Row(
        "momentum", "True strength: the move smoothed twice over its size smoothed twice, -100 to 100.",
        ("true_strength", "true_strength_index"), BOTH_WAYS,
    ),
    # trend
    "ADXR": Row(
        "trend", "ADX rating: the mean of the ADX and the ADX a length ago.", ("average_directional_index_rating",),
        PERCENT,
    ),
    "AROONOSC": Row("trend", "Aroon oscillator: aroon up minus aroon down.", ("aroon_oscillator",), BOTH_WAYS),
    "ER": Row(
        "trend", "Efficiency ratio: the net move over the path travelled, 0 noise and 1 a straight line.",
        ("efficiency_ratio", "kaufman_efficiency_ratio"), (0.0, 1.0),
    ),
    "FRACTAL": Row(
        "trend", "Williams fractal: 100 on the bar that confirms a swing high or low, rightbars after the extreme.",
        ("fractals", "williams_fractal"), PERCENT, "direction",
    ),
    "MINUS_DM": Row(
        "trend", "Downward directional movement in price units, Wilder's smoothing.", ("minus_directional_movement",),
        NOT_NEGATIVE,
    ),
    "PLUS_DM": Row(
        "trend", "Upward directional movement in price units, Wilder's smoothing.", ("plus_directional_movement",),
        NOT_NEGATIVE,
    ),
    "SAREXT": Row(
        "trend", "Parabolic SAR with a setting for each side; its sign is the side: below zero it is a short's stop.",
        ("sar_ext", "parabolic_sar_extended"), None, "oscillator",
    ),
    "VHF": Row(
        "trend", "Vertical horizontal filter: the window's range over the path travelled, 0 to 1.",
        ("vertical_horizontal_filter",), (0.0, 1.0),
    ),
    "VORTEX": Row(
        "trend", "Vortex: upward (plus) and downward (minus) movement between bars over the true range.",
        ("vortex_indicator",), NOT_NEGATIVE,
    ),
    # volatility and bands
    "ACCBANDS": Row(
        "volatility", "Acceleration bands: averages of highs and lows widened by the bars' own ranges.",
        ("acceleration_bands",),
    ),
    "ADR": Row(
        "volatility", "Average of high minus low, in price units.", ("average_day_range", "average_range"),
        NOT_NEGATIVE,
    ),
    "AVGDEV": Row(
        "volatility", "Average distance from the window's mean, in price units.",
        ("average_deviation", "mean_deviation"), NOT_NEGATIVE, "oscillator",
    ),
    "BBANDS": Row("volatility", "Bollinger bands with a kind of average and a reach for each side."),
    "CVI": Row(
        "volatility", "Chaikin volatility: rate of change of the averaged bar range, in per cent.",
        ("chaikin_volatility",), (-100.0, inf),
    ),
    "DONCHIAN": Row("channels", "Donchian channel with the current bar inside, as TA-Lib draws it."),
    "KC": Row("channels", "Keltner channel around an average of the typical price, as TA-Lib draws it."),
    "MASSI": Row(
        "volatility", "Mass index: the sum of how the averaged range compares with its own average.", ("mass_index",),
        NOT_NEGATIVE,
    ),
    "MIDPOINT": Row("channels", "Middle between the window's highest and lowest value of a source.", ("mid_point",)),
    "MIDPRICE": Row("channels", "Middle between the window's highest high and lowest low.", ("mid_price",)),
    "MINMAX": Row("channels", "Lowest and highest value of the window.", ("min_max",)),
    "RVI": Row(
        "volatility", "Relative volatility: the share of deviation that came with a rise, 0 to 100.",
        ("relative_volatility_index",), PERCENT,
    ),
    "TRANGE": Row(
        "volatility", "True range of the bar: from the high or the close before to the low or the close before.",
        ("true_range", "tr"), NOT_NEGATIVE,
    ),
    "VAR": Row(
        "statistics", "Variance of the window (the population's), in squared units.", ("variance",), NOT_NEGATIVE
    ),
    # volume
    "AD": Row(
        "volume", "Accumulation/distribution: volume weighed by the close's place in the bar, summed from the first.",
        ("accumulation_distribution", "ad_line", "chaikin_ad"), None, "volume",
    ),
    "ADOSC": Row(
        "volume", "Chaikin oscillator: fast minus slow average of the accumulation/distribution line.",
        ("chaikin_oscillator",), None, "volume",
    ),
    "EFI": Row(
        "volume", "Elder's force: the move times volume, smoothed.",
        ("force_index", "elder_force_index", "elders_force"),
    ),
    "MARKETFI": Row(
        "volume", "Market facilitation: the bar's range per unit of volume, 0 without volume.",
        ("market_facilitation_index", "bw_mfi"), NOT_NEGATIVE,
    ),
    "NVI": Row(
        "volume", "Negative volume index: returns of the bars whose volume fell, compounded from 1,000.",
        ("negative_volume_index",),
    ),
    "PVI": Row(
        "volume", "Positive volume index: returns of the bars whose volume rose, compounded from 1,000.",
        ("positive_volume_index",),
    ),
    "PVO": Row(
        "volume", "Percentage volume oscillator: fast minus slow average of volume, in per cent of the slow one.",
        ("percentage_volume_oscillator", "volume_oscillator"),
    ),
    "PVT": Row(
        "volume", "Price volume trend: volume times the bar's return, summed from the first bar on.",
        ("price_volume_trend",), None, "volume",
    ),
    "RVOL": Row(
        "volume", "Relative volume: the bar's volume over the average of the bars before it.",
        ("relative_volume", "volume_ratio"), NOT_NEGATIVE, "ratio", "where the bars before it have no volume",
    ),
    "VWAP": Row(
        "volume", "Volume-weighted average price from the first stored bar on, as TA-Lib has it.",
        ("cumulative_vwap",), None, None, "before anything has traded",
    ),
    "WAD": Row(
        "volume", "Williams accumulation/distribution: closes against true highs and lows, summed; it reads no volume.",
        ("williams_ad", "williams_accumulation_distribution"), None, "oscillator",
    ),
    # cycles
    "HT_DCPERIOD": Row("cycles", "Hilbert transform: length of the dominant cycle, in bars.", ("dominant_cycle",)),
    "HT_DCPHASE": Row("cycles", "Hilbert transform: phase of the dominant cycle, in degrees.", ("cycle_phase",)),
    "HT_PHASOR": Row("cycles", "Hilbert transform: the two components of the dominant cycle, in price units."),
    "HT_SINE": Row(
        "cycles", "Hilbert transform: sine of the dominant cycle's phase, and the same 45 degrees ahead.",
        ("hilbert_sine", "sine_wave"), (-1.0, 1.0),
    ),
    "HT_TRENDMODE": Row(
        "cycles", "Hilbert transform: 1 in a trend, 0 in a cycle.", ("trend_mode",), (0.0, 1.0), "direction"
    ),
    # statistics
    "BETA": Row("statistics", "Beta: slope of the second source's returns on the first's in the window."),
    "CORREL": Row(
        "statistics", "Correlation of two sources in the window, -1 to 1 (0 where one stands still).",
        ("correlation", "pearson"), (-1.0, 1.0),
    ),
    "LINEARREG_ANGLE": Row(
        "statistics", "Angle of the regression line in degrees, with one bar as the unit of time.",
        ("linear_regression_angle", "linreg_angle"), (-90.0, 90.0),
    ),
    "LINEARREG_INTERCEPT": Row(
        "statistics", "Where the regression line begins, at the window's oldest bar.",
        ("linear_regression_intercept", "linreg_intercept"),
    ),
    "LINEARREG_SLOPE": Row(
        "statistics", "Slope of the regression line, in units of the source a bar.",
        ("linear_regression_slope", "linreg_slope"),
    ),
    "PERCENTRANK": Row(
        "statistics", "Percent rank: the share of the bars before it that lie below the current value, 0 to 100.",
        ("percent_rank", "percentile_rank"), PERCENT,
    ),
    "TSF": Row(
        "statistics", "Time series forecast: the regression line drawn one bar on, from bars that have closed.",
        ("time_series_forecast",),
    ),
    # prices
    "AVGPRICE": Row("prices", "Average of open, high, low and close.", ("average_price",)),
    "HA": Row(
        "prices", "Heikin-Ashi candle: open, high, low and close of averaged bars.",
        ("heikin_ashi", "heikinashi", "heiken_ashi"),
    ),
    "MEDPRICE": Row("prices", "Middle of the bar's high and low.", ("median_price",)),
    "TYPPRICE": Row("prices", "Typical price: the mean of high, low and close.", ("typical_price",)),
    "WCLPRICE": Row(
        "prices", "Weighted close: the mean of high, low and twice the close.",
        ("weighted_close", "weighted_close_price"),
    ),
    # maths
    "ADD": Row("maths", "Sum of two sources.", (), None, "price"),
    "CUMSUM": Row("maths", "Sum of the source from the first bar on.", ("cumulative_sum",)),
    "DIV": Row("maths", "First source over the second.", ("divide",), None, None, "where the second source is 0"),
    "MAXINDEX": Row(
        "maths", "Number of the bar, counted from the first stored one, with the window's highest value.",
        (), NOT_NEGATIVE,
    ),
    "MININDEX": Row(
        "maths", "Number of the bar, counted from the first stored one, with the window's lowest value.",
        (), NOT_NEGATIVE,
    ),
    "MINMAXINDEX": Row(
        "maths", "Numbers of the bars, counted from the first stored one, with the window's lowest and highest value.",
        (), NOT_NEGATIVE,
    ),
    "MULT": Row("maths", "Product of two sources.", ("multiply",)),
    "SUB": Row("maths", "First source minus the second.", ("subtract",)),
    "SUM": Row("maths", "Sum of the window.", ("rolling_sum",)),
    "ACOS": Row("maths", "Arc cosine.", (), (0.0, pi), None, "where the source lies outside -1 to 1"),
    "ASIN": Row("maths", "Arc sine.", (), (-pi / 2, pi / 2), None, "where the source lies outside -1 to 1"),
    "ATAN": Row("maths", "Arc tangent.", (), (-pi / 2, pi / 2)),
    "CEIL": Row("maths", "The source rounded up to a whole number.", (), None, "price"),
    "COS": Row("maths", "Cosine of the source in radians.", (), (-1.0, 1.0)),
    "COSH": Row("maths", "Hyperbolic cosine.", (), (1.0, inf), None, "where the result is too large"),
    "EXP": Row("maths", "e to the power of the source.", (), NOT_NEGATIVE, None, "where the result is too large"),
    "FLOOR": Row("maths", "The source rounded down to a whole number.", (), None, "price"),
    "LN": Row("maths", "Natural logarithm.", (), None, None, "where the source is not above 0"),
    "LOG10": Row("maths", "Logarithm to base 10.", (), None, None, "where the source is not above 0"),
    "SIN": Row("maths", "Sine of the source in radians.", (), (-1.0, 1.0)),
    "SINH": Row("maths", "Hyperbolic sine.", (), None, None, "where the result is too large"),
    "SQRT": Row("maths", "Square root.", (), NOT_NEGATIVE, None, "where the source is below 0"),
    "TAN": Row("maths", "Tangent of the source in radians."),
    "TANH": Row("maths", "Hyperbolic tangent.", (), (-1.0, 1.0)),
}  # fmt: skip
"""TA-Lib function -> what is said of it, but for the candlestick patterns."""
