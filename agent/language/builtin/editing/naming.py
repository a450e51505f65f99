"""A new name for the strategy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agent.language.builtin.draft import name_of
from agent.language.builtin.draft.composing import kind_of
from agent.language.builtin.editing.clauses import SOFT, begins_change
from engine.spec.models import MAX_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agent.language.builtin.editing.worksheet import Worksheet

RENAMED = re.compile(
    r"(?:^|\b(?:and|then|also|please|you|,)\s+)(?:rename|call|name)\s+(?:it|this|that|the (?:strategy|bot|system|"
    r"thing)|my (?:strategy|bot|system)|strategy)?\s*"
    r"(?:to|as|:|into)?\s*(?::\s*)?(?P<name>\S.*)$|"
    r"(?:^|\b(?:and|then|also|please|you|,)\s+)(?:change|set|update|make)\s+(?:the |its )?(?:name|title)\s*(?:of "
    r"(?:it|the strategy|this))?\s*(?:to|:|as|=)\s*(?P<title>\S.*)$|"
    r"^(?:the )?(?:name|title)\s*(?:should be|is|:|=|(?=[\x22']))\s*(?P<called>\S.*)$",
    re.IGNORECASE,
)
JOINED = re.compile(r" \+ | (?=long/|short)")
QUOTED = re.compile(r"""^["'“](?P<name>.+?)["'”](?:\s|$|[.!,])""")


def name_in(text: str) -> tuple[str, str] | None:
    """Return the new name a message gives and the rest of the message, None when it gives none.

    >>> name_in('rename it to "Night owl" and use 1h'), name_in("call this Slow and steady"), name_in("use eth")
    (('Night owl', ' and use 1h'), ('Slow and steady', ''), None)
    """
    found = RENAMED.search(text.strip())
    if found is None:
        return None
    text = text.strip()
    group = next(name for name in ("name", "title", "called") if found.group(name))
    written = found.group(group).strip()
    quoted = QUOTED.match(written)
    if quoted is not None:
        name, rest = quoted.group("name"), written[quoted.end("name") + 1 :]
    else:
        name, rest = _cut(written)
    name = name.strip(" .!\"'")
    return (name, f"{text[: found.start()]}{rest}") if name else None


def _cut(written: str) -> tuple[str, str]:
    """Cut a name without quotes where another change begins."""
    for joint in SOFT.finditer(written):
        after = written[joint.end() :]
        if joint.start() > 0 and begins_change(after):
            return written[: joint.start()], f", {after}"
    return written, ""


def keep_name_true(sheet: Worksheet) -> None:
    """Let a name that was made from the strategy follow it where it would be false; one that a person gave stays."""
    name = str(sheet.was("name"))
    if sheet.at("name") != name or not is_made_name(sheet.before) or is_made_name({**sheet.after, "name": name}):
        return
    places = {kind: at for at, kind in enumerate(JOINED.split(name.partition(" on ")[0]))}
    kinds = sheet.after["indicators"]
    ordered = dict(sorted(kinds.items(), key=lambda one: places.get(kind_of(one[1]), len(places))))
    sheet.put("name", name_of({**sheet.after, "indicators": ordered}))


def is_made_name(spec: Mapping[str, Any]) -> bool:
    """Return whether a strategy bears a name made from it, in whatever order its indicators stand.

    >>> universe = {"assets": ["BTC"], "timeframe": "1d"}
    >>> kinds = {"a": {"type": "adx"}, "m": {"type": "macd"}}
    >>> spec = {"name": "MACD + ADX on BTC 1d", "indicators": kinds, "universe": universe, "signals": {"entry": []}}
    >>> is_made_name(spec), is_made_name({**spec, "name": "ADX day trader"})
    (True, False)
    """
    kinds, mark, where = str(spec.get("name", "")).partition(" on ")
    made, _, market = name_of(spec).partition(" on ")
    said, told = JOINED.split(kinds), JOINED.split(made)
    every = {kind_of(one) for one in spec["indicators"].values()}
    if not mark or where != market or len(said) != len(told):
        return False
    return sorted(said) == sorted(told) or (
        set(said) - every == set(told) - every and len(set(said)) == len(said)
    )  # of many kinds it names a few


def rename(name: str, sheet: Worksheet) -> None:
    """Give the strategy a name."""
    if len(name) > MAX_NAME:
        sheet.ask("name", f"a name has at most {MAX_NAME} characters, this one {len(name)}: a shorter one?")
        return
    sheet.put("name", name)
