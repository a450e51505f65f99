"""What a route asks for: the service, and whose request it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from api.opening import Opening
from api.service import Service
from storage.records import LOCAL_USER


async def the_service(request: Request) -> Service:
    """Return the service, waiting a little for one that is still loading (503 after that)."""
    opening: Opening = request.app.state.opening
    return await opening.ready()


def the_owner() -> str:
    """Return whose request it is: the local user, the only one there is without sign-in.

    The one place where identity comes from; nothing a request says chooses it.
    """
    return LOCAL_USER


Served = Annotated[Service, Depends(the_service)]
Owner = Annotated[str, Depends(the_owner)]
