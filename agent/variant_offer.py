"""The variant that a search came back with, and the person's word that it is to be the next version."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agent.language.port import Operation

if TYPE_CHECKING:
    from collections.abc import Mapping

HOW_TO_TAKE = 'Say "take it" and that change becomes the next version; it can be undone like any other.'

TAKES = re.compile(
    r"(?:(?:yes|yeah|yep|ok|okay|sure|please|pls|then|alright|all right|let'?s|i will|i'll|i'd like to) ?,? ?)*"
    r"(?:(?:take|use|apply|adopt|accept|go with|go for|switch to|make|keep|try) "
    r"(?:it|that|this|(?:the|that|this|your) (?:new )?(?:variant|change|version|suggestion|proposal|improvement|one))"
    r"(?: (?:the )?(?:next|new|current) version)?|do it|do that|yes(?: please)?)(?: (?:then|please|pls|now|instead))*",
    re.IGNORECASE,
)
"""Whole messages that take what was found; one that says more is a request of its own."""


def variant_offered(answer: Mapping[str, Any] | None) -> tuple[Operation, ...]:
    """Return the change that is on offer, empty when there is none.

    Parameters
    ----------
    answer : mapping or None
        The newest answer document of the thread as stored.
    """
    return tuple(Operation(one["op"], one["path"], one.get("value")) for one in (answer or {}).get("offers", ()))


def offer_of(
    report: Mapping[str, Any] | None, answer: Mapping[str, Any] | None, *, changed: bool
) -> tuple[Mapping[str, Any], ...]:
    """Return what a turn leaves on offer: what its search found, else what was on offer before and still fits.

    ``report`` is that of the turn's search, None without one; ``answer`` the newest answer before the turn. Where the
    strategy ``changed``, what was found for the version before is no longer offered.

    >>> patch = [{"op": "remove", "path": "/risk/stop_loss"}]
    >>> found = {"judgement": {"decision": "variant", "chosen": 2}, "candidates": [{"number": 2, "patch": patch}]}
    >>> offer_of(found, None, changed=False)
    ({'op': 'remove', 'path': '/risk/stop_loss'},)
    >>> offer_of(None, {"offers": patch}, changed=True)
    ()
    """
    if report is None:
        return () if changed else tuple((answer or {}).get("offers", ()))
    judgement = report["judgement"]
    chosen: Mapping[str, Any] = next(
        (one for one in report["candidates"] if one["number"] == judgement.get("chosen")), {}
    )
    return tuple(chosen.get("patch", ())) if judgement["decision"] == "variant" else ()


def takes(text: str) -> bool:
    """Return whether a message is nothing but the word that what was found is to be taken.

    >>> takes("OK, use that variant."), takes("yes"), takes("take profit 5%"), takes("use it on ETH")
    (True, True, False, False)
    """
    return TAKES.fullmatch(" ".join(text.strip(" .!\n").replace("\u2019", "'").split())) is not None
