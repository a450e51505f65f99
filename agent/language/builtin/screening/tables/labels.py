"""Names of tags and labels that mark a passage as another role of the conversation, or as quoted material."""

from __future__ import annotations

ROLE_TAGS = (
    "system|sys|assistant|developer|admin|root|tool|tool result|tool results|tool output|tool call|function|"
    "function result|function results|function call|instruction|instructions|inst|prompt|override|im start|im end|"
    "endoftext|end of text|eot|start header id|end header id|system prompt|system message|hidden|secret|user|human|"
    "rules|policy|memory|command|admin override|system override|developer override|root override|admin mode|"
    "developer mode|debug mode|god mode|maintenance mode|priority override|security override|compliance override|"
    "sudo|root access|admin access|internal|confidential|jailbreak"
)
DATA_TAGS = (
    "article|articles|news|note|notes|email|mail|e mail|message|web|webpage|web page|page|document|documents|doc|"
    "data|context|quote|blockquote|tweet|post|comment|comments|headline|transcript|report|search result|search "
    "results|result|results|output|response|file|memo|attachment|source|snippet|newsletter|blog|summary|story|feed|"
    "observation|thread|chat|log|metadata|script|style|iframe|img|svg|untrusted|external|website|forum|reddit|"
    "paper|pdf|book|review|alert"
)
DATA_LABELS = (
    r"(?:news|blog|forum|press|tool|function|search|api|web)?[ _-]?(?:articles?|news|headlines?|e-?mails?|mails?|"
    r"messages?|notes?|memos?|tweets?|posts?|web ?pages?|pages?|websites?|documents?|docs?|pdfs?|papers?|reports?|"
    r"comments?|transcripts?|results?|outputs?|responses?|readmes?|newsletters?|blogs?|chats?|dms?|letters?|quotes?|stories|story|"
    r"snippets?|drift events?|tickets?)"
)
STARTS_AS_ROLE = (
    "(new|updated|latest|urgent)? (assistant|developer|override|admin|administrator|root|sysadmin|system prompt|"
    "system message|system instruction|system "
    "note|system override|system alert|system update|system admin|new instruction|updated instruction|hidden "
    "instruction|instruction from (the)? (admin|system)|tool result|tool output|tool|function result|function call|"
    "search result|api response|ai|chatgpt|kek|model|human|moderator|operator|message from (the)? (admin|system|"
    "developer|operator|broker|exchange)|email from ..3|memo from ..3|note from (the)? (admin|system|developer|"
    "broker|operator|exchange)|forwarded message|headline|news article|article|tweet)"
)
MIDWAY_AS_ROLE = "(system|sys|user|root|note to (the)? (system|agent|model|assistant|ai))"
"""Labels that are headings of a strategy in front (``system: ema cross``), and another role's words behind one."""
