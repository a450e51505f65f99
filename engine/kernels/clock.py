"""Reading tables and times by the bar."""

from __future__ import annotations

from engine.kernels.compiled import inlined, kernel

MINUTE_MS = 60_000
DAY_MS = 86_400_000
MINUTES_A_DAY = 1_440


@inlined
def row_of(table, t):
    """Return the row of a table at bar ``t``: tables that are constant over time have one."""
    return t if table.shape[0] > 1 else 0


@kernel
def in_session(rules, time):
    """Tell whether the UTC time of day of ``time`` lies in [start, end); an end not after the start is tomorrow's."""
    minute = (time // MINUTE_MS) % MINUTES_A_DAY
    if rules.session_start < rules.session_end:
        return rules.session_start <= minute < rules.session_end
    return minute >= rules.session_start or minute < rules.session_end
