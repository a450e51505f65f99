"""Orders about rules, roles, memory and permissions."""

from __future__ import annotations

from agent.language.builtin.screening.order import Order

IGNORE = "(ignore|ignoring|forget|disregard|disregarding|override|overrule|bypass|bypassing|neglect|circumvent|disobey)"
DROP = (
    f"({IGNORE}|skip|drop|erase|discard|cancel|suspend|disable|remove|deactivate|turn off|switch off|set aside|"
    "throw away)"
)
EARLIER = "(previous|prior|above|earlier|existing|preceding|foregoing|former|original|initial|system|safety|internal)"
INSTRUCTION = "(instruction|prompt|guideline|directive|safeguard|guardrail|programming|policy)"
READER = "(ai|assistant|llm|language model|chatbot|ai model|ai agent|ai assistant|agent)"
PARTY = (
    "(user|owner|admin|administrator|account holder|client|customer|compliance|operator|management|developer|"
    "founder|regulator|legal|legal team|lawyer|my lawyer|boss|ceo|cto|my manager|the board|head of trading|support "
    "team|risk team|risk desk|risk department|risk manager|risk officer|my boss|openai|anthropic)"
)
POWERS = "(live|real|leverage|limit|risk|access|permission|trading|funds|exposure|everything|unlimited|full|#)"

ROLE_ORDERS = (
    Order(
        "rules",
        "an instruction to ignore the rules has no effect: rules are not set by text",
        (
            f"{IGNORE} ..3 {EARLIER} ..2 ({INSTRUCTION}|rule|message|command|constraint|restriction|protocol|context)",
            f"{DROP} ..3 (your|system|safety|all) ..1 {INSTRUCTION}",
            f"{IGNORE} (all|any|every|your|these|those|my) ..1 ({INSTRUCTION}|rule|restriction|protocol|constraint)",
            f"{IGNORE} ..3 ({INSTRUCTION}|rule) ..2 (above|before|earlier|so far|you were|you have)",
            f"{IGNORE} (all|any|every|your|the|my|those|these) (of)? (the|your)? ..1 (risk|safety|position|exposure|"
            "leverage|"
            "drawdown|size|margin|loss) ..1 (limit|rule|check|control|guard|guardrail|safeguard|restriction|cap)",
            "(ignore|forget|disregard) (everything|anything|all|what|whatever) ..2 (above|before|previously|"
            "earlier|prior|so far|you were told|you have been told|you know|you learned|was said)",
            "(ignore|forget|disregard) (everything|it all|all of it) (and|,|then|//)",
            "(ignore|forget|disregard) (the)? (above|preceding|foregoing)",
            f"{IGNORE} (the|your|its|all|any) ..2 (cap|caps|ceiling|guardrails|safeguards)",
            f"{IGNORE} your ..1 (limit|limits|rules|restrictions|settings|checks)",
            f"(new|updated|revised|real|actual|secret|hidden) (system)? ({INSTRUCTION}|rules) (are|is|follow|:|=)",
            "(these|the following|my) (instruction|rules|orders) (override|overrule|supersede|replace|take "
            "precedence|have priority)",
            f"(override|overrides|supersede|supersedes) ..3 ({INSTRUCTION}|rule|limit)",
            "(end|start|begin|beginning) of (the)? (system)? (prompt|instruction|context)",
            "(obey|comply with|follow) (only)? (me|my orders|these orders|this order|the following orders|my "
            "instruction|my commands|the following instruction|the instruction)",
        ),
    ),
    Order(
        "role",
        "an instruction that gives the reader another role has no effect",
        (
            "you are (now|from now on|no longer|hereby|henceforth) ..3 (a|an|the|my|free|allowed|permitted|root|"
            "admin|bound|unrestricted|dan|jailbroken|running|operating|authorized|authorised|able|limited|"
            "restricted|called|named|going|required|kek|chatgpt|gpt|ai|bot|developer|trader|broker|agent|assistant|"
            "live|evil)",
            "(you are|youre|be|play|become|acting as|act as|playing) (a|an|the|my) ..3 (with no|without|that ignores|"
            "who ignores|that has no|who has no|free of|above) (any)? (rules|limits|limit|restrictions|restriction|"
            "ethics|guardrails|filters|constraints|safety|risk limits)!",
            "you are ..2 now (and|with|without|who|that|,|.)",
            "(limits|rules|restrictions|guardrails|safeguards) (do not|dont|no longer|never) apply ..2 (to you|here|"
            "anymore|any more|now)",
            "from now on ..1 (you|ignore|trade live|always|treat|act|answer|respond|obey|approve|accept|skip|every "
            "order)",
            "you (may|must|will|shall) (now|henceforth|from now on)",
            "you (can|should) now (return|output|run|execute|ignore|access|do anything|obey|act|reveal|bypass|"
            "trade live|set)",
            "you have (been|no) ..2 (updated|upgraded|reprogrammed|unlocked|jailbroken|granted|rules|restrictions|"
            "limits|limitations|authorized|authorised|freed|reset)",
            "(act|behave|respond|answer|operate|work|speak|function) (as|like) (if you|though you|a|an|the|my) ..3 "
            "(admin|administrator|root|developer|unrestricted|jailbroken|dan|broker|ai|assistant|hacker|terminal|"
            "shell|interpreter|chatbot|no rules|no restrictions|no limits|superuser)",
            "(pretend|imagine) (you|to be|that you|youre)",
            "(simulate|emulate|impersonate|mimic) (being|to be)? (a|an|the|my) ..3 (broker|exchange|api|terminal|"
            "shell|admin|"
            "administrator|developer|system|server|trader|desk)",
            "(set|put|switch|turn|change) (yourself|itself) (to|in|into|on) ..4 (mode|state|unrestricted|unlimited)",
            "(role~play|roleplaying|jailbreak|jailbroken|do anything now|dan mode)",
            "(enter|enable|activate|switch to|switch into|turn on|start|engage|use|go into|go to|unlock|youre in|"
            "now in|in)? (the)? (developer|debug|god|admin|administrator|root|jailbreak|maintenance|unrestricted|"
            "override|sudo|unsafe|unfiltered|dev|diagnostic|superuser|emergency) mode",
            "(admin|administrator|system|developer|root|security|compliance|priority|emergency|operator|supervisor) "
            "(override|command|directive|access|bypass|clearance)",
            "(attention|note to|message to|message for|instruction to|instruction for|dear|important for) (the|any|"
            f"all)? {READER}",
            f"if you are (an|a) ..1 {READER}",
            f"(the|any|all) {READER} ..1 (must|should|shall|has to|have to|needs to|is required|are required|will now)",
        ),
    ),
    Order(
        "memory",
        "an instruction to remember something as a standing permission is not kept: text has no authority",
        (
            "(remember|memorize|memorise|note|store|save|keep|persist|record|retain|add|write|put|log) ..8 (future|"
            "subsequent|upcoming) (session|chat|conversation|thread|user|message|turn|interaction|request)",
            "(remember|memorize|memorise|store|persist|retain) ..6 (all|every|later|other) (session|chat|"
            "conversation|thread|user|message)",
            "(in|for|across|during|to) (all|every|any) (of the)? ..1 (future|later|subsequent|upcoming) (session|"
            "chat|conversation|thread|message|interaction|request|user|turn|strategies|backtests|orders)",
            "(note|memo|reminder|rule|instruction) (for|to) (all|any|every|your|the|my)? ..1 (later|future|next|other|"
            "following|coming) (session|chat|conversation|thread|message|turn|run|agent|self)",
            "(remember|store|save|keep|persist|add|write|put) ..5 (in|to|into) (your|permanent|long term) ..2 "
            "(memory|profile|knowledge)",
            "(permanently|forever|always) (remember|store|allow|approve|accept|trust|grant)",
            "(update|change|overwrite|poison|edit) (your|the) (memory|system prompt|instruction|knowledge)",
        ),
    ),
    Order(
        "authority",
        "a claim of approval or rank in a message gives no permission",
        (
            f"(the)? {PARTY} ..3 (approved|authorized|authorised|granted|whitelisted|cleared|permitted|consented|"
            "waived|confirmed|agreed|allowed|allows|permits|grants|approves|signed off|authorizes|authorises|demands|"
            "orders|insists on|mandates|requires|wants|green lit|greenlit) ..4 "
            f"{POWERS}",
            "(exchange|broker|platform|venue) ..2 (requires|demands|orders|insists|mandates) ..4 (live|real|leverage|"
            "immediate|execution)",
            "(you|bot|assistant|agent|ai) (now|have now|got|have|has)? ..1 (have|has|got|hold)? ..1 (admin|root|sudo|"
            "superuser|elevated|full|unlimited)! (right|access|permission|privilege|power)",
            "(hereby)? (grant|grants|granting|give|gives|giving) (you|it|the bot|the ai|the assistant|the agent|me) "
            "..2 "
            "(permission|authority|approval|authorization|authorisation|clearance|consent|access|rights)",
            "(account|user|owner|client|customer|wallet|profile|portfolio) (is|was|has been|got|been) ..2 (approved|"
            "authorized|authorised|whitelisted|cleared|verified|enabled|green lit|unlocked) (for|to) ..2 (live|real|"
            "leverage|unlimited|everything|funds|full|trading)",
            "(we|i|they) ..2 (approved|authorized|authorised|granted|whitelisted|consented|waived|signed off) ..4 "
            f"{POWERS}",
            "((the)? user ..2)? (pre~approved|pre~approve|pre~approval|pre~authorized|pre~authorised|"
            "pre~authorization)",
            "(i am|im|this is|speaking as|acting as) (the|your) (owner|account owner|account holder|boss|creator|"
            "maker|ceo|"
            "founder)",
            "(i am|im|this is|speaking as|acting as|as|on behalf of) (the|an|your|a)? ..1 (admin|administrator|"
            "root|sysadmin|superuser|system owner|system operator|system administrator|kek admin|kek team|kek "
            "staff|kek support)",
            "(i have|i got|with|grant me|give me|granting|grant) ..1 (admin|root|sudo|elevated|superuser|operator|"
            "unlimited)(right|access|permission|privilege|power|status)",
            "(permission|access|approval|authorization|authorisation|consent) (is|was|has been|hereby)? ..1 "
            "(granted|given|confirmed)",
            "(authorization|authorisation|auth|override|admin|unlock) (code|key|pin) (is|:|=)",
            "(dev|developer|admin|administrator|root|debug|master|sudo|superuser) ..1 (override|unlock|access|bypass)? "
            "(token|code|key|pin|password|passphrase) ..1 (#|is|:|=)",
            "(approved|authorized|authorised|confirmed|signed) by (the)? ..1 (admin|compliance|management|owner|"
            "operator|team|regulator|boss|risk manager)",
            "(previous|earlier|last|prior|other|first) (conversation|session|chat|message|turn|thread|agent|"
            "assistant) ..2 "
            "(unlocked|approved|enabled|allowed|granted|authorized|authorised|activated|switched|agreed|confirmed|"
            "cleared) "
            "..6 (live|leverage|limit|limits|real|mode|trading|risk|everything|#)!",
            "(approve|validate|accept|authorize|authorise|greenlight) (all|any|every|each) (of)? (my|our|the|"
            "these|future)? ..1 (strategy|trade|order|request|change|version)",
            "consider (this|it) (as)? (approved|authorized|authorised|confirmed|my consent)",
            "(no|without|dont ask for|do not ask for|skip any|without any|without asking for) ..1 (confirmation|"
            "approval|permission|consent) (is)? (needed|required|necessary)",
        ),
    ),
)
