"""Slips of the keyboard."""

from __future__ import annotations


def one_slip(written: str, meant: str) -> bool:
    """Tell whether one letter wrong, missing, too many, or two swapped, makes one word of the other.

    >>> one_slip("profti", "profit"), one_slip("traling", "trailing"), one_slip("close", "closed up")
    (True, True, False)
    """
    shorter, longer = sorted((written, meant), key=len)
    if len(longer) - len(shorter) > 1 or written == meant:
        return False
    at = next((k for k, (a, b) in enumerate(zip(shorter, longer, strict=False)) if a != b), len(shorter))
    if len(shorter) < len(longer):
        return shorter[at:] == longer[at + 1 :]
    swapped = written[at : at + 2] == meant[at : at + 2][::-1] and written[at + 2 :] == meant[at + 2 :]
    return swapped or written[at + 1 :] == meant[at + 1 :]
