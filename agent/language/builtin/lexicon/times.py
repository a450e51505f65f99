"""Words of time: units, timeframes, days, months, clocks and zones."""

from __future__ import annotations

from agent.language.builtin.lexicon.terms import Term

TIMES: dict[Term, str] = {
    Term("unit", "bar"): "bar{,s} | candle{,s,sticks,stick} | period{,s} | candlestick{,s}",
    Term("unit", "minute"): "minute{,s} | min{s,} | mins",
    Term("unit", "hour"): "hour{,s} | hr{,s} | h",
    Term("unit", "day"): "day{,s} | trading day{,s} | business day{,s}",
    Term("unit", "week"): "week{,s} | wk{,s}",
    Term("unit", "month"): "month{,s}",
    Term("unit", "year"): "year{,s} | yr{,s}",
    Term("tf", "1d"): """
        daily | day chart | daily chart | daily candle{,s} | daily bar{,s} | daily timeframe | d1 | eod | end of day
        | 1day | dailies | every day | each day""",
    Term("tf", "1h"): "hourly | hourly candle{,s} | hourly chart | hourly bars | hourly timeframe | h1 | every hour",
    Term("tf", "1w"): "weekly | weekly chart | weekly candle{,s} | weekly bars | w1 | every week",
    Term("tf", "4h"): "h4 | four hour | four hourly | four hours chart",
    Term("tf", "1m"): "m1",
    Term("tf", "5m"): "m5",
    Term("tf", "15m"): "m15 | quarter hour",
    Term("tf", "30m"): "m30 | half hour | half an hour | half hourly",
    Term("chart"): """
        chart | charts | timeframe | time frame | tf | interval | candles timeframe | bars chart | resolution
        | timeframes""",
    Term("hours"): "session | trading hours | between the hours | during | hours",
    Term("weekday", 1): "monday{,s} | mon",
    Term("weekday", 2): "tuesday{,s} | tue | tues",
    Term("weekday", 3): "wednesday{,s} | wed",
    Term("weekday", 4): "thursday{,s} | thu | thurs",
    Term("weekday", 5): "friday{,s} | fri",
    Term("weekday", 6): "saturday{,s}",
    Term("weekday", 7): "sunday{,s}",
    Term("weekend"): "weekend{,s}",
    Term("weekdays"): "weekday{,s}",
    Term("month_name", 1): "january | jan",
    Term("month_name", 2): "february | feb",
    Term("month_name", 3): "march",
    Term("month_name", 4): "april | apr",
    Term("month_name", 6): "june | jun",
    Term("month_name", 7): "july | jul",
    Term("month_name", 8): "august | aug",
    Term("month_name", 9): "september | sep | sept",
    Term("month_name", 10): "october | oct",
    Term("month_name", 11): "november | nov",
    Term("month_name", 12): "december | dec",
    Term("of_month"): """
        trading day of the month | day of the month | day of month | of the month | of each month | of every month""",
    Term("zone", "UTC"): "utc | gmt | z time",
    Term("zone", "America/New_York"): "et | est | edt | new york | ny time | eastern",
    Term("zone", "Europe/London"): "london time | london",
    Term("clock", "am"): "am",
    Term("clock", "pm"): "pm",
    Term("noon", 12): "noon | midday",
    Term("noon", 0): "midnight",
}
