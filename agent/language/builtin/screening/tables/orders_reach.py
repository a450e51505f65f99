"""Orders that reach for secrets, code, the ledger, other people, statuses or modes."""

from __future__ import annotations

from agent.language.builtin.screening.order import Order

SHOW = (
    "(print|show|reveal|display|output|repeat|leak|dump|tell|give|expose|return|echo|recite|paste|write|share|send|"
    "read|list|include|quote|summarize|summarise|translate|what is|whats|what are|copy|disclose|extract|exfiltrate|"
    "post|email|upload|get)"
)
REACH = (
    "(use|show|load|read|list|copy|export|open|get|access|clone|give|see|fetch|steal|view|edit|delete|import|trade|"
    "run|pull|take|print|reveal|reuse|dump|display|tell|log into|log in to|look at|peek at)"
)
UNDO = (
    "(delete|reset|clear|wipe|erase|purge|hide|drop|zero|remove|forget|empty|truncate|rewind|set|reduce|lower|edit|"
    "change|overwrite|falsify|fake|decrease|ignore|disable|turn off|restart|rewrite|alter|adjust|modify|make)"
)

REACH_ORDERS = (
    Order(
        "secrets",
        "what the service keeps to itself (prompts, keys, settings) is not shown",
        (
            f"{SHOW} ..4 (system|hidden|initial|secret|internal|original|developer) (prompt|instruction|message)",
            f"{SHOW} ..4 (hidden|secret|internal) (rules|configuration|config|setting|guideline)",
            f"{SHOW} ..2 your (prompt|instruction|own rules|guideline|source code|configuration|memory|environment|"
            "system rules)",
            f"{SHOW} ..2 (the prompt|the environment|the source code of the (server|service|agent))",
            "(repeat|print|output|copy|recite|echo|say) (everything|all|the words|the text|verbatim|the lines|the "
            "message|the above|every word) ..4 (above|before|previously|so far|verbatim|this line|starting with)",
            f"{SHOW} ..4 (api key|apikey|secret key|private key|password|passwd|passphrase|credential|seed phrase|"
            "mnemonic|environment variable|env var|env file|access token|session token|session cookie|database url|"
            "connection string|jwt)",
        ),
    ),
    Order(
        "code",
        "no text runs code, a command, a query or opens a web address here",
        (
            "(return|output|write|run|execute|emit|give|use|inject|include|generate|produce)? ..1 (raw|arbitrary|"
            "malicious) (python|code|sql|shell|bash|javascript)",
            "(run|execute|call|eval|invoke|exec|launch|spawn|open|start|trigger|use|do|try|perform)? ..2 (os · "
            "system|os system|subprocess|popen|rm rf|drop table|delete from|import os|cmd · exe|bin bash|bin sh|"
            "etc passwd|etc / passwd|powershell|os · environ|shutil|netcat|chmod|sudo|wget|curl|truncate table|"
            "insert into|pip install|apt get)",
            "(run|execute|call|eval|invoke|exec|launch|spawn) ..2 (python|bash|shell|sql|javascript|terminal|"
            "command line|system command|shell command|script|binary|exe)",
            "(eval|exec)! ..1 (open|import|os|sys)",
            "(fetch|visit|download|load|browse|navigate|go to|open|post|ping|request|call|import|send|upload) ..4 "
            "(http|https|www|url|ftp|website)",
        ),
    ),
    Order(
        "ledger",
        "the trial ledger only grows: no text counts a trial away",
        (
            f"{UNDO} ..4 (trial|experiment|attempt|candidate) (ledger|count|counter|log|history|number|record|tally|"
            "total|list)",
            f"{UNDO} ..4 (run|backtest|test) (ledger|count|counter|log|record|tally)",
            "(delete|reset|clear|wipe|erase|purge|hide|drop|zero|remove|empty|truncate|rewind|overwrite|falsify|"
            "rewrite|disable|alter|modify) ..3 (ledger|audit log|audit trail|event log|trial|the count|the counter|"
            "hash chain|holdout lock|holdout seal)",
            "(dont|do not|without|never|stop|avoid|skip|not) (count|counting|log|logging|record|recording|register|"
            "registering|track|tracking|store|storing|report|reporting|write|writing|add|adding) ..5 (trial|ledger|"
            "attempt|candidate|this run|the run|this test|this backtest|these runs)",
            "(count|report|log|treat|record|show|claim|say) ..4 as (the)? (only|one|first|zero|no|#) ..1 (trial|"
            "attempt|candidate|experiment)",
            "(trial|trial count|trial counter|number of trials) (is|are|=|:|to|back to) (zero|one|none|#)",
            "(report|claim|pretend|state|invent|make up|announce|fake) ..3 # (%|percent)? (profit|return|win rate|"
            "gain|cagr|sharpe|performance|a year|per year|annual) //",
            "(pretend|act as if|act like|make believe|imagine|lie that) ..4 (returned|returns|made|earned|gained|won|"
            "showed|passed|profitable|doubled)",
            "(skip|bypass|omit|leave out) (the)? (backtest|backtests|test|tests|testing|validation|checks|check) "
            "(and|,)",
            "(invent|make up|fake|fabricate|falsify|embellish|polish) (the|some|a|good|better|nice)? ..1 (result|"
            "number|metrics|backtest|performance|report|equity curve)",
            "(say|pretend|claim|report) ..4 (first|only|single|one|zero|no) (trial|attempt|backtest)",
            "(off|outside) the (ledger|record|books)",
        ),
    ),
    Order(
        "private",
        "what belongs to somebody else cannot be read or changed from here",
        (
            f"{REACH} ..3 (user|customer|client|tenant|member) (id|no|number|nr)? #",
            "(user|customer|client|tenant|member) (id|no|number|nr)? # ..1 (strategy|account|data|portfolio|trade|"
            "position|order|key|thread|chat|balance)",
            f"{REACH} ..4 (other|another|someone elses|somebody elses|everyones|everybodys|other peoples|all the "
            "other) ..1 (user|account|customer|client|people|person|trader|member|owner|strategies|wallet|tenant)",
            f"{REACH} ..2 all (the)? (users|customers|clients|owners|tenants|members)",
            f"{REACH} ..3 (alice|bob|john|jane|client|customer|user|admin|administrator|owner) (account|strategy|"
            "wallet|portfolio|key|money|data|position|trade|order|password|login|result|funds|thread|chat|history|"
            "bot|balance)",
            f"{REACH} ..3 (friends|neighbors|neighbours|colleagues|competitors|bosss|boss|wifes|husbands|brothers|"
            "sisters|girlfriends|boyfriends|coworkers|roommates|mothers|fathers|moms|dads|clients|customers|exs) "
            "(account|wallet|key|money|password|login|funds|balance|portfolio)",
            "(strategy|data|trade|position|order|result|portfolio|account|balance|thread|message|chat|key) (of|"
            "from|belonging to|owned by) (the)? (another|other|all|user|users|someone|somebody|everyone|every|"
            "different) ..1 (user|account|customer|client|people|owner|else|#)",
            "(switch|log|sign|change) ..2 (user|owner|tenant|identity) (to|into|as)",
            "(switch|log in|log|change|run|act|work) (to|as|into) (the)? (user|owner|tenant|admin)",
            "(owner|user|tenant|account) id (=|:|to|is)",
            "as (user|owner|tenant) #",
            "(another|other) (user|customer|client|people|owner|tenant|trader) ..1 (data|strategy|account|position|"
            "trade|portfolio|key|thread|chat|order|message)",
        ),
    ),
    Order(
        "status",
        "a status or verdict follows from evidence, never from text",
        (
            "(mark|set|flag|label|declare|promote|change|treat|report|record|stamp|tag|consider|make|update|"
            "certify) ..5 (validated|ready for deploy|ready for deployment|deployable|proven|live ready|production "
            "ready|verified|certified|statistically significant|approved)",
            "(status|verdict|state|lifecycle) (is|=|:|to|as|becomes|should be|must be) ..1 (validated|approved|"
            "ready|live|proven|verified|forward|ready for deploy|deployed|passed|monitoring)",
            "(skip|bypass|disable|turn off|ignore|omit|avoid|switch off|suppress) ..2 (the|all|any|your|those)! "
            "(checks|check)! "
            "(,|.|;|//)",
            "(skip|bypass|disable|turn off|ignore|omit|avoid|switch off|suppress) ..3 (validation|validator|"
            "holdout|risk check|safety check|facts check|grounding|spec check|guardrail|safeguard|sanity check|"
            "schema check|causality check|replay check)",
            "(say|report|claim|state|write|announce|answer) ..3 that ..4 (validated|approved|proven|passed|verified)",
        ),
    ),
    Order(
        "quoted",
        "encoded text is neither decoded nor followed",
        (
            "(decode|decrypt|decipher|run|follow|apply|execute)? ..2 (rot13|rot 13|rot47|caesar cipher|pig latin|"
            "morse code|reversed text)",
        ),
    ),
    Order(
        "mode",
        "no text sets the execution mode or the limits of the service",
        (
            "(set|change|switch|put|flip|turn|make|update|override|force)? ..2 execution (·|.)? mode ..2 (live|"
            "real|production)",
            "(set|change|switch|put|flip|turn|force|override) ..2 mode (=|:|to) (live|real|production)",
            "(unlock|unlocked|unlocks|activate|activated|enable|enabled|engage) (the)? (live|real|production) (mode|"
            "execution)",
            "(mode|live|live trading|is live|go live|paper|paper mode|dry run) (=|:|= =) ..1 (live|true|on|yes|"
            "enabled|false|off|no)",
            '" mode " : " live',
            "(sign|issue|create|grant|forge|generate)? ..2 live~grant",
        ),
    ),
)
