"""Results that somebody wishes for: measured once a rule is tested, brought about by no rule."""

from __future__ import annotations

from agent.language.builtin.screening.elements import Element

FIGURE = (
    "(win~rate|win ratio|winning (rate|percentage|ratio)|win percentage|hit~rate|success rate|strike rate|accuracy|"
    "sharpe (ratio)?|sortino (ratio)?|calmar (ratio)?|profit factor|expectancy|payoff ratio|recovery factor)"
)
WISH = "(want|need|prefer|expect|target|aim|goal|hope|hoping|looking|shoot|shooting|ideally|should|must|would like)"
AGAINST = (
    "(above|over|of|at least|at|>|> =|=|:|min|minimum|better than|higher than|greater than|more than|around|about|is|"
    "near|close to|up to|to|to be|be|under|below|not under|not below)"
)
YEARLY = "(a year|per year|every year|each year|yearly|annually|annual|annualized|annualised|per annum|pa|p · a)!"

GOALS = (
    Element(
        "result_goal",
        "result.goal",
        "a result is measured on the candles, not set beforehand: no rule brings about a return, a win rate or a ratio",
        "read the figure in the result; ask for an improvement if it is too low",
        (
            f"({WISH} ..3)? (a|an|the|my|its)? {FIGURE} ({AGAINST} )?({AGAINST} )?# (%|percent|pct)? (or (more|better|"
            "higher|above)|plus|at least|minimum)?",
            f"({WISH} ..3)? (a|an|the)? ({AGAINST} )?# (%|percent|pct|+)? (+)? {FIGURE} (or (more|better|higher)|"
            "minimum|at least)?",
            f"({WISH} ..3)? (a|an)? (high|higher|good|decent|great|better|nice|solid|best|highest|maximum|positive) "
            f"{FIGURE}",
            f"({WISH} ..3)? ({AGAINST} )?# (%|percent|pct) ..1 (wins|winners|winning trades|profitable trades|winning "
            "ones|of (the|my|its|all)? trades (win|winning|should win|profitable|in profit))!",
            f"{WISH} ..3 ({AGAINST} )?# (%|percent|pct) ..2 {YEARLY} (return|returns|gain|gains|profit|growth)?",
            f"# (%|percent|pct) {YEARLY} (return|returns|gain|gains|profit|profits|growth) (target|goal)?",
            f"(make|making|earn|earning|return|returning|returns|gain|yield|yields|beat|beating) ..2 # (%|percent|pct) "
            f"{YEARLY}",
            "(beat|beats|beating|outperform|outperforms|outperforming|do better than|better than) (simple|just|the)? "
            "(buy~and~hold|buy & hold|buy n hold|buy hold|hodl|hodling|holding)!",
            f"{YEARLY} (return|profit|gain|growth) ({AGAINST} )?({AGAINST} )?# (%|percent|pct)",
        ),
        (
            f"kelly ..4 {FIGURE} ..2 #",
            f"(vol|volatility|fee|fees|cost|costs|interest|funding|tax|risk|drawdown|loss|rate) ..3 # (%|percent|pct) "
            f"{YEARLY}",
            f"# (%|percent|pct) {YEARLY} (vol|volatility|fee|fees|cost|costs|interest|funding|tax|risk|rate)",
        ),
        code="OUT_OF_SCOPE",
    ),
)
