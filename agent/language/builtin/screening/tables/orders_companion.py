"""Orders that are a person's own wish when they stand alone, and part of an attack beside one."""

from __future__ import annotations

from agent.language.builtin.screening.order import Order

COMPANIONS = Order(
    "mode",
    "an order beside an injected instruction is taken as part of it, and is not followed",
    (
        "(set|raise|change|increase|use|make|switch|turn|enable|activate|lift|remove|disable|loosen|put|crank|max "
        "out|boost|apply|go|start|allow|force|push|update|bump|open|unlock|grant) ..4 (leverage|execution|mode|"
        "limit|cap|status|verdict|live|trial count|margin|exposure|max position|max drawdown|guardrail|restriction|"
        "real money|real trades)",
        "(trade|trading|go|going|run|deploy|execute|with|at|use) ..3 (live|for real|real money)",
        "(leverage|max leverage|max drawdown pct|max position pct|max total exposure pct|mode|status|live|verdict|"
        "limits) (=|:|to|is|of)? ..1 (#|live|true|on|unlimited|off|validated|max|none)",
        "# (leverage|margin)",
        "(withdraw|transfer|wire|deposit) ..3 (fund|money|balance|usdt|usdc|btc|eth|coin|capital|everything|all)",
        "(approve|confirm|validate|deploy|delete|print|reveal|obey|comply)",
        "(unlimited|infinite) (leverage|exposure|risk|position size)",
        "(all in|full margin|max size|everything you have)",
        "(ignore|override|bypass|forget|disregard|exceed|skip) ..3 (cap|caps|limit|limits|ceiling|maximum|restriction|"
        "restrictions|safety)",
        "(risk|bet|stake|commit|gamble) ..1 (everything|it all|the lot|the whole account|all of it)",
    ),
)
