"""What a person is asked to agree to, opening the holdout or a look into it; and the bare yes and no of any talk.

The question is asked by code and remembered with the answer that asked it, so nothing a reader writes can pose it
or answer it.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

OPENS = "opensHoldout"
"""Key of an answer document: the window that opens the holdout if the person agrees."""

LOOKS = "offersLook"
"""Key of an answer document: the look into the holdout that is taken if the person agrees."""

YES = frozenset(
    [
        "yes",
        "y",
        "yep",
        "yeah",
        "yes please",
        "ok",
        "okay",
        "sure",
        "go ahead",
        "do it",
        "open it",
        "yes open it",
        "yes do it",
        "please do",
        "i agree",
        "agreed",
        "sí",
        "si",
        "sim",
        "oui",
        "ja",
        "sì",
        "tak",
        "да",
        "так",
        "evet",
        "có",
        "ya",
        "네",
        "예",
        "응",
        "はい",
        "是",
        "是的",
        "好",
        "好的",
        "हाँ",
        "نعم",
    ]
)
"""Whole messages that agree. A message that says more is a request of its own and opens nothing."""

NO = frozenset(
    [
        *("no", "n", "nope", "nah", "no thanks", "no thank you", "dont", "do not", "please dont", "better not"),
        *("rather not", "not now", "keep it locked", "keep it shut", "leave it locked"),
        *(
            "não",
            "non",
            "nein",
            "nee",
            "nie",
            "нет",
            "ні",
            "hayır",
            "không",
            "tidak",
            "아니요",
            "いいえ",
            "不",
            "不要",
            "नहीं",
            "لا",
        ),
    ]
)
"""Whole messages that decline."""


def agrees(text: str) -> bool:
    """Return whether a message is nothing but a yes.

    >>> agrees("Yes, open it!"), agrees("yes but with a 2 % stop"), agrees("")
    (True, False, False)
    """
    return _bare(text) in YES


def declines(text: str) -> bool:
    """Return whether a message is nothing but a no.

    >>> declines("No, thanks."), declines("no more than 3 trades"), declines("")
    (True, False, False)
    """
    return _bare(text) in NO


def _bare(text: str) -> str:
    letters = "".join(sign for sign in text.lower() if unicodedata.category(sign)[0] not in "PSC")
    return " ".join(letters.split())


def window_asked_for(answer: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return the window the newest answer asked to open, None when it asked for nothing of the kind."""
    asked = None if answer is None else answer.get(OPENS)
    return asked if isinstance(asked, dict) else None


def look_asked_for(answer: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return the look that the newest answer asked to take, None when it asked for nothing of the kind."""
    asked = None if answer is None else answer.get(LOOKS)
    return asked if isinstance(asked, dict) else None


def same_look(answer: Mapping[str, Any] | None, look: Any) -> bool:
    """Return whether a look is the one that the newest answer asked to take: what was agreed to, and nothing else.

    >>> same_look({"offersLook": {"number": 1, "alpha": 0.03}}, {"number": 2, "alpha": 0.0076})
    False
    """
    return bool(look_asked_for(answer) == look)
