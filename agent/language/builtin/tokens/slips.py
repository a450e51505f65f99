"""Slips of the keyboard: a word one letter away from a word of ours."""

from __future__ import annotations

from functools import cache

from agent.language.builtin.lexicon import phrases

NO_SLIP = frozenset(
    "step stem soon lone lane even oven ever tale tame lost less else well tell ball bell call whom then than they "
    "them store score stock stack strong tight signs loose these those there where price trader trades based basis "
    "bounces sold solid first second third fourth fifth sixth seventh eighth ninth tenth slice slices shirt lose "
    "losing taken maker taker fills filled setting settle contract narrow tighten compress ether boeing future".split()
)
"""Words that are not slips of a word of ours although they are near one."""

CORE = (
    "sell", "stop", "long", "exit", "over", "under", "above", "below", "cross", "short", "close", "enter", "take",
    "loss", "when", "target", "trail",
)  # fmt: skip
"""Short words that decide a strategy: a slip in them is forgiven as well."""


@cache
def nearest_word(word: str) -> str | None:
    """Return the known word one slip away from a longer unknown word, None when there is none or several kinds.

    >>> nearest_word("supertrnd"), nearest_word("crosess"), nearest_word("tesla")
    ('supertrend', 'crosses', None)
    """
    if not word.isascii() or not word.isalpha() or word in NO_SLIP:
        return None
    if len(word) < 3:
        return None
    if len(word) < 5:
        near = [one for one in CORE if one[0] == word[0] and len(one) >= len(word) and one_slip(word, one)]
        return near[0] if len(near) == 1 else None
    meant = [
        one for one in _slip_targets() if abs(len(one) - len(word)) <= 1 and one[0] == word[0] and one_slip(word, one)
    ]
    return min(meant, key=lambda one: (len(one) != len(word), one), default=None)


@cache
def _slip_targets() -> tuple[str, ...]:
    return tuple(sorted({word for phrase in phrases() for word in phrase if len(word) >= 5 and word.isalpha()}))


def one_slip(written: str, meant: str) -> bool:
    """True when one letter was added, lost, changed or swapped with its neighbour.

    >>> one_slip("abvoe", "above"), one_slip("abov", "above"), one_slip("aboev", "over")
    (True, True, False)
    """
    if len(written) == len(meant):
        differing = [at for at in range(len(meant)) if written[at] != meant[at]]
        if len(differing) == 1:
            return True
        swapped = len(differing) == 2 and differing[1] == differing[0] + 1
        return swapped and all(written[at] == meant[other] for at, other in (differing, differing[::-1]))
    shorter, longer = sorted((written, meant), key=len)
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
