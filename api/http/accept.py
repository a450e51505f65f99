"""What a client would rather have: a stream, a document, or no waiting."""

from __future__ import annotations

from starlette.requests import Request

STREAM, JSON = "text/event-stream", "application/json"
CSV, HTML, MARKDOWN = "text/csv", "text/html", "text/markdown"


def wants_stream(request: Request) -> bool:
    """Return whether a request accepts a stream of events by its name; a star is no such wish."""
    return _quality(request, STREAM) > 0


def wants_json(request: Request) -> bool:
    """Return whether a request accepts JSON by its name; a star is no such wish."""
    return _quality(request, JSON) > 0


def preferred(request: Request, offered: tuple[str, ...]) -> str:
    """Return which of the media types offered is wished for most by its name, the first where none is named."""
    wishes = {kind: _quality(request, kind) for kind in offered}
    best = max(offered, key=lambda kind: wishes[kind])
    return best if wishes[best] > 0 else offered[0]


def responds_async(request: Request) -> bool:
    """Return whether a client would rather not wait (``Prefer: respond-async``, RFC 7240)."""
    wishes = ",".join(request.headers.getlist("prefer"))
    return any(wish.partition(";")[0].strip().lower() == "respond-async" for wish in wishes.split(","))


def _quality(request: Request, kind: str) -> float:
    """Return how much a media type is wished for, 0 where it is not named."""
    for one in ",".join(request.headers.getlist("accept")).split(","):
        name, *parameters = (part.strip().lower() for part in one.split(";"))
        if name == kind:
            weights = [text.removeprefix("q=") for text in parameters if text.startswith("q=")]
            return _number(weights[0]) if weights else 1.0
    return 0.0


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
