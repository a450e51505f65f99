"""Which indicators of a spec a text speaks of: by key, by name and number, by label, by kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agent.language.builtin.editing.lookup import labelled, lengths
from agent.language.builtin.lexicon import Named
from agent.language.builtin.operands import AVERAGES, SCALED
from agent.language.builtin.rules import Span
from agent.language.builtin.tokens import Token, clean, tokenize

if TYPE_CHECKING:
    from collections.abc import Mapping

FAMILIES: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"\bchannels?\b|\bbreak ?outs?\b", re.IGNORECASE), ("donchian", "keltner", "highest", "lowest")),
    (re.compile(r"\bbands?\b", re.IGNORECASE), ("bbands", "keltner")),
    (re.compile(r"\boscillators?\b", re.IGNORECASE), tuple(SCALED)),
    (re.compile(r"\b(?:moving )?averages?\b|\bmas?\b|\blines?\b", re.IGNORECASE), tuple(AVERAGES)),
    (re.compile(r"\btrend\b", re.IGNORECASE), (*AVERAGES, "adx", "supertrend", "aroon", "psar")),
    (re.compile(r"\bvolatility\b", re.IGNORECASE), ("atr", "natr", "realized_vol", "stdev", "bbands")),
    (re.compile(r"\bmomentum\b", re.IGNORECASE), ("momentum", "roc", "rsi", "macd")),
)
"""General nouns for kinds of indicators; they name one where a spec has no other of the kind."""

FAST = re.compile(
    r"\b(?:fast(?:er|est)?|quick(?:er)?|short(?:er)?(?= (?:ma|ema|sma|average|moving|one|line|length|period)))\b",
    re.IGNORECASE,
)
SLOW = re.compile(
    r"\b(?:slow(?:er|est)?|long(?:er)?(?= (?:ma|ema|sma|average|moving|one|line|length|period)))\b", re.IGNORECASE
)


def mentioned(text: str, spec: Mapping[str, Any]) -> list[str]:
    """Return the keys of the indicators a text speaks of; several where it may mean any of them.

    >>> inputs = {"ema_20": ("ema", 20), "rsi_14": ("rsi", 14)}
    >>> indicators = {key: {"type": kind, "inputs": {"length": n}} for key, (kind, n) in inputs.items()}
    >>> spec = {"indicators": indicators, "signals": {"entry": [], "exit": []}}
    >>> mentioned("remove the rsi filter", spec), mentioned("the average", spec), mentioned("the macd", spec)
    (['rsi_14'], ['ema_20'], [])
    """
    indicators = spec["indicators"]
    literal = [
        key
        for key in indicators
        if re.search(rf"(?<![\w]){re.escape(key)}(?![\w])", text) and ("_" in key or key not in _words(text))
    ]
    if literal:
        return literal
    found: list[str] = []
    tokens = tokenize(clean(text))
    about_volume = re.search(r"\bvol(?:ume)?\b", text, re.IGNORECASE) is not None
    for at, token in enumerate(tokens):
        kinds = _types(token)
        if kinds is None:
            continue
        alike = [
            key for key, one in indicators.items() if one["type"] in kinds and (about_volume or not _is_of_volume(one))
        ]
        found += [key for key in _narrowed(alike, tokens, at, text, spec) if key not in found]
    if not found:
        found = _of_family(text, spec)
    return found


def _is_of_volume(indicator: Mapping[str, Any]) -> bool:
    """True for an average of the volume, which nobody means by ``the average``."""
    return indicator["type"] in AVERAGES and indicator["inputs"].get("source") == "volume"


def _words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower()))


def _types(token: Token) -> tuple[str, ...] | None:
    if token.tag == "indicator" and isinstance(token.data, Named):
        if token.data.unsaid == "kind":
            return tuple(AVERAGES)
        return (token.data.type, "sma") if token.data.type == "volume_sma" else (token.data.type,)
    if token.tag == "line":
        return (str(token.data[0]),)
    return None


def _narrowed(keys: list[str], tokens: list[Token], at: int, text: str, spec: Mapping[str, Any]) -> list[str]:
    """Of indicators of one type keep those whose number, label or source stands beside the name."""
    indicators = spec["indicators"]
    if len(keys) < 2:
        return keys
    if isinstance(tokens[at].data, Named) and tokens[at].data.type == "volume_sma":
        return [
            key
            for key in keys
            if indicators[key]["type"] == "volume_sma" or indicators[key]["inputs"].get("source") == "volume"
        ]
    beside = {
        one.value if not isinstance(one.data, Span) else one.data.n
        for one in tokens[max(0, at - 3) : at + 4]
        if one.kind in ("number", "span")
    }
    numbered = [key for key in keys if beside & {value for _, value in lengths(indicators[key])}]
    if numbered:
        return numbered
    for label, pattern in (("fast", FAST), ("slow", SLOW)):
        near = " ".join(one.raw for one in tokens[max(0, at - 2) : at + 3])
        if pattern.search(near):
            key = labelled(spec, label, keys)  # type: ignore[arg-type]
            if key is not None:
                return [key]
    return keys


def _of_family(text: str, spec: Mapping[str, Any]) -> list[str]:
    indicators = spec["indicators"]
    for label, pattern in (("fast", FAST), ("slow", SLOW)):
        if pattern.search(text):
            key = labelled(spec, label)  # type: ignore[arg-type]
            if key is not None:
                return [key]
    if re.search(r"\bvol(?:ume)?\b", text, re.IGNORECASE):
        return [
            key
            for key, one in indicators.items()
            if one["type"] in ("volume_sma", "obv", "mfi") or one["inputs"].get("source") == "volume"
        ]
    for pattern, kinds in FAMILIES:
        if pattern.search(text):
            alike = [key for key, one in indicators.items() if one["type"] in kinds and not _is_of_volume(one)]
            if alike:
                return alike
    return []
