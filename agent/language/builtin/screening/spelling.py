"""Words as the tables spell them: one typo in a long word, digits for letters, words run together."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

LONG = 7
"""Letters from which a word of the tables is recognised with one typo: shorter ones have too many neighbours."""

RUN_TOGETHER = 10
"""Letters from which an unknown word is taken apart into words of the tables."""

_LEET = str.maketrans("01345789@$!|", "oieastbgasii")
_TAIL = 2
"""Fewest letters of a part of words run together."""


@dataclass(frozen=True)
class Spelling:
    """The words that a reader knows; ``real`` are words of the language that only look like a typo of one."""

    known: frozenset[str]
    real: frozenset[str] = field(default_factory=frozenset)

    def words(self, token: str) -> tuple[str, ...]:
        """Return the words that a token stands for: itself, where none is known.

        Examples
        --------
        >>> table = Spelling(frozenset({"divergence", "ignore", "all", "rules"}))
        >>> table.words("divergance"), table.words("1gn0re"), table.words("ignoreallrules"), table.words("rsi14")
        (('divergence',), ('ignore',), ('ignore', 'all', 'rules'), ('rsi14',))
        """
        if token in self.known or token in self.real:
            return (token,)
        if not token.isalpha():
            letters = token.translate(_LEET)
            return (letters,) if letters in self.known and len(letters) > _TAIL + 1 else (token,)
        near = self._nearest(token) if len(token) >= LONG - 1 else None
        if near is not None:
            return (near,)
        return (self._taken_apart(token) if len(token) >= RUN_TOGETHER else ()) or (token,)

    @cached_property
    def _by_deletion(self) -> dict[str, list[str]]:
        index: dict[str, list[str]] = {}
        for word in sorted(self.known):
            if len(word) >= LONG and word.isalpha():
                for variant in {word, *_deletions(word)}:
                    index.setdefault(variant, []).append(word)
        return index

    def _nearest(self, token: str) -> str | None:
        """Return the long known word at most one insertion, deletion, swap or replacement away, its first letter
        right; of several one of the same length; None when there is none."""
        near = {
            word
            for variant in (token, *_deletions(token))
            for word in self._by_deletion.get(variant, ())
            if word[0] == token[0] and one_typo(token, word)
        }
        return min(near, key=lambda word: (abs(len(word) - len(token)), word), default=None)

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.known), default=0)

    def _taken_apart(self, token: str) -> tuple[str, ...]:
        """Return the fewest known words that make up a token, none when they do not."""
        best: list[tuple[str, ...] | None] = [()] + [None] * len(token)
        for end in range(1, len(token) + 1):
            for begin in range(max(0, end - self._longest), end - _TAIL + 1):
                head, so_far = best[begin], best[end]
                if head is None or token[begin:end] not in self.known:
                    continue
                if so_far is None or len(head) + 1 < len(so_far):
                    best[end] = (*head, token[begin:end])
        return best[-1] or ()


def _deletions(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(len(word))]


def one_typo(written: str, meant: str) -> bool:
    """True when one letter too many, too few, wrong, or swapped with its neighbour is all that differs.

    >>> one_typo("martingail", "martingale"), one_typo("divergnece", "divergence")
    (False, True)
    """
    if written == meant or abs(len(written) - len(meant)) > 1:
        return written == meant
    i = 0
    while i < min(len(written), len(meant)) and written[i] == meant[i]:
        i += 1
    if len(written) == len(meant):
        swapped = written[i + 1 : i + 2] + written[i : i + 1] + written[i + 2 :]
        return written[i + 1 :] == meant[i + 1 :] or swapped == meant[i:]
    longer, shorter = (written, meant) if len(written) > len(meant) else (meant, written)
    return longer[i + 1 :] == shorter[i:]
