"""From tokens to items: one pass that asks each reader in turn what begins here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.language.builtin.cursor import Cursor
from agent.language.builtin.scanner.account_guards import read_account_guard
from agent.language.builtin.scanner.attributes import read_attribute
from agent.language.builtin.scanner.closing_times import read_clock_exit
from agent.language.builtin.scanner.keltner import read_keltner_parts
from agent.language.builtin.scanner.left_clauses import (
    read_days_left,
    read_part_on_rule,
    read_session_name,
    read_time_elsewhere,
)
from agent.language.builtin.scanner.leftovers import read_leftover
from agent.language.builtin.scanner.line_filters import read_line_filter
from agent.language.builtin.scanner.many_lines import read_all_of_them, read_many_lines, read_named_lines
from agent.language.builtin.scanner.names import read_given_name, read_said_again
from agent.language.builtin.scanner.opaque import collapsed, read_opaque
from agent.language.builtin.scanner.oscillator_levels import read_oscillator_level
from agent.language.builtin.scanner.price_alone import price_alone
from agent.language.builtin.scanner.progress import Progress
from agent.language.builtin.scanner.protections import read_armed_trail
from agent.language.builtin.scanner.published_setups import read_published
from agent.language.builtin.scanner.punctuation import read_punctuation
from agent.language.builtin.scanner.settings import read_basis, read_settings
from agent.language.builtin.scanner.statements import read_rule, read_sided_filter
from agent.language.builtin.scanner.structure import read_joining_word
from agent.language.builtin.scanner.times import read_excluded_time, read_only_then

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from agent.language.builtin.cursor import Mind
    from agent.language.builtin.scanner.items import Item, Opaque
    from agent.language.builtin.tokens import Token

READERS: tuple[Callable[[Progress], bool], ...] = (
    read_opaque,
    read_punctuation,
    read_sided_filter,
    read_line_filter,
    read_armed_trail,
    read_part_on_rule,
    read_session_name,
    read_days_left,
    read_named_lines,
    read_all_of_them,
    read_many_lines,
    read_excluded_time,
    read_only_then,
    read_keltner_parts,
    read_basis,
    read_settings,
    read_published,
    read_given_name,
    read_said_again,
    read_joining_word,
    read_clock_exit,
    read_account_guard,
    read_attribute,
    read_oscillator_level,
    read_rule,
    read_time_elsewhere,
    read_leftover,
)
"""Who is asked, in this order: what spans several words before what is a word alone; the last one takes any token."""


def scan(
    text: str,
    tokens: list[Token],
    *,
    now: str,
    known: Collection[str],
    opaque: Sequence[Opaque],
    mind: Mind | None = None,
) -> tuple[list[Item], Cursor]:
    """Return the items of a message in order, and the cursor with what it has in mind."""
    c = Cursor(collapsed(tokens, opaque))
    if mind is not None:
        c.mind = mind
    else:
        c.mind.price_alone = price_alone(c.tokens)
    so_far = Progress(text, c, now, known)
    while c.peek() is not None:
        any(reader(so_far) for reader in READERS)
    return so_far.items, c
