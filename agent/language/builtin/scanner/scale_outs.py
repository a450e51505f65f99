"""Several targets in one breath: ``scale out 50/50 at 3 and 6``, ``targets 3% and 6%, half each``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.language.builtin.levels import KINDS, Distance, Level, distance, share

if TYPE_CHECKING:
    from agent.language.builtin.cursor import Cursor
    from agent.language.builtin.scanner.progress import Progress

BETWEEN = ("and", "&", ",", "/", "then", "+")
SHARED = {"halves": 2, "thirds": 3, "quarters": 4}
MOST_TARGETS = 6
ALL = 100


def read_scale_out(so_far: Progress) -> bool:
    """Take two targets or more: parts of the position where it is said which, else targets to be asked about."""
    c, start = so_far.c, so_far.c.at
    if not c.is_tag("target", "stop", "partial", "action"):
        return False
    found = _numbered(c)
    if found is None:
        c.at = start
        found = _listed(c)
    if found is None:
        c.at = start
        return _both(so_far)
    for far, part in found:
        so_far.add("level", Level("take_profit", far) if part is None else Level("partial", far, fraction=part), start)
    return True


def _both(so_far: Progress) -> bool:
    """``sl/tp 1/2``, ``stop and target 2% and 4%``: both names, then both distances in their order."""
    c, start = so_far.c, so_far.c.at
    names = []
    far: list[Distance] = []
    for at in range(2):
        if at and not (c.accept_text("/", "&", ",") or c.accept_tag("and")):
            break
        name = c.accept_tag("stop", "target")
        if name is not None:
            names.append(str(name.tag))
    c.skip("=", ":", "at", "of", "is")
    for at in range(2):
        if at and not (c.accept_text("/", "&", ",", "-") or c.accept_tag("and")):
            break
        one = _bare_in_a_pair(c) or distance(c)
        if one is not None and one.type in ("percent", "atr") and one.upto is None:
            far.append(one)
    if len(set(names)) != len(far) or len(far) != 2 or c.is_tag("stop", "target", "equity", "unit"):
        c.at = start
        return False
    if any(one.unsaid for one in far) and far[-1].type == "percent" and not far[-1].unsaid:
        far = [replace(one, unsaid=False) for one in far]
    for named, one in zip(names, far, strict=True):
        so_far.add("level", Level(KINDS[named], one), start)
    return True


def _bare_in_a_pair(c: Cursor) -> Distance | None:
    """The 1 of ``sl/tp 1/2``, in per cent as its unit is not said."""
    if not c.is_number() or not c.is_text("/", "-", "&", ahead=1) or not c.is_number(2):
        return None
    return Distance("percent", (c.take().value or 0.0) / 100, unsaid=True)


def _numbered(c: Cursor) -> list[tuple[Distance, float | None]] | None:
    """``tp1 3% (half), tp2 6%``; the last one without a part closes what is left."""
    found: list[tuple[Distance, float | None]] = []
    while c.is_tag("target") and c.is_number(1) and _is_index(c):
        c.at += 2
        c.skip("=", ":", "at", "is", "@")
        far = distance(c)
        if far is None or far.type == "price":
            return None
        bracket = c.accept_text("(")
        c.skip("sell", "close", "take", "exit", "off", "for")
        part = share(c)
        if part is None:
            c.skip("the", "rest", "remaining", "remainder")
        if bracket and not c.accept_text(")"):
            return None
        found.append((far, part))
        if _index_behind(c):
            c.skip(*BETWEEN)
    return found if len(found) > 1 else None


def _is_index(c: Cursor) -> bool:
    token, following = c.peek(1), c.peek(2)
    numbered = token is not None and token.glued and (token.value or 0.0) in range(1, MOST_TARGETS)
    return numbered and following is not None and not following.glued


def _index_behind(c: Cursor) -> bool:
    start = c.at
    c.skip(*BETWEEN)
    found = c.is_tag("target") and c.is_number(1) and _is_index(c)
    c.at = start
    return found


def _listed(c: Cursor) -> list[tuple[Distance, float | None]] | None:
    """``scale out 50/50 at 3 and 6``, ``sell in thirds at 2%, 4% and 6%``, ``targets 3% and 6%, half each``."""
    if not (c.is_tag("target", "partial") or (c.is_tag("action") and c.data()[0] == "exit")):
        return None
    plural = c.is_text("targets", "scale out", "scaling out") or c.is_text("ladder", "levels", ahead=1)
    c.take()
    c.skip("in", "out", ":", "=", "the", "position", "ladder", "levels")
    parts = _parts(c)
    each = share(c) if not parts and (not c.is_number() or c.is_text("/", "at", "@", ahead=1)) else None
    c.skip("at", "of", "@", ":", "=", "off", tags=("each",))
    fars = _distances(c, listed=bool(parts) or each is not None or plural)
    if len(fars) < 2:
        return None
    parts = parts or ([each] * len(fars) if each is not None else _each(c, len(fars)))
    if parts and len(parts) != len(fars):
        return None
    return list(zip(fars, parts, strict=True)) if parts else [(far, None) for far in fars]


def _parts(c: Cursor) -> list[float]:
    """``50/50``, ``thirds``: what goes at each target."""
    start = c.at
    if c.is_text(*SHARED):
        whole = SHARED[c.take().text]
        return [1 / whole] * whole
    found: list[float] = []
    while c.is_number():
        found.append((c.take().value or 0.0) / ALL)
        c.accept_tag("percent")
        if not c.accept_text("/", "-"):
            break
    if len(found) > 1 and abs(sum(found) - 1) < 0.02:
        return found
    c.at = start
    return []


def _distances(c: Cursor, *, listed: bool) -> list[Distance]:
    """``3 and 6``, ``3%, 6% and 9%``; behind a comma only where more targets than one are announced."""
    found: list[Distance] = []
    while True:
        here = c.at
        if found:
            joint = c.accept_text(*BETWEEN) or c.accept_tag("and")
            if (joint is None and not (listed and c.is_number())) or (
                joint is not None and joint.text in (",", "/") and not listed
            ):
                c.at = here
                break
            c.accept_tag("and")
        far = distance(c, bare=listed)
        elsewhere = c.is_tag("stop", "target", "trail", "unit", "equity", "each", "size", "indicator", "risk", "max")
        if far is None or far.type == "price" or far.upto is not None or elsewhere or c.is_text("of"):
            c.at = here
            break
        found.append(far)
    if any(far.type == "percent" and not far.unsaid for far in found):
        found = [replace(far, unsaid=False) for far in found]
    return found


def _each(c: Cursor, n: int) -> list[float]:
    """``half each`` behind the targets."""
    start = c.at
    c.skip(",", "-", "with")
    part = share(c)
    if part is not None and c.accept_tag("each"):
        return [part] * n
    c.at = start
    return []
