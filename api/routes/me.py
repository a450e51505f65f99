"""``/api/me``: who asks, and what they prefer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from pydantic import AfterValidator, Field
from starlette.responses import Response

from api.deps import Owner, Served
from api.errors import RequestRefused
from api.http.answers import IfMatch, changed_answer, check_match, tagged_answer
from api.http.body import Body, json_body
from api.notifications import DELIVERED, undelivered
from engine.spec.models import MAX_LEVERAGE
from engine.spec.problems import Problem
from storage.records import PlainText, Title, User, UserProfile, UserSettings, read_record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

router = APIRouter(prefix="/api/me", tags=["me"])

Share = Annotated[float, Field(gt=0, le=1)]


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        raise ValueError("is no address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("is no address of the web: write https://...")
    return text


class ProfileChange(Body):
    """How you appear; null removes a field, what is not named stays."""

    username: Title | None = None
    avatar_url: Annotated[PlainText, Field(max_length=2_000), AfterValidator(_web_address)] | None = None


class RiskDefaultsChange(Body):
    """Limits your strategies start from and never pass; every `...Pct` is a fraction of the equity."""

    max_leverage: Annotated[float, Field(ge=1, le=MAX_LEVERAGE)] | None = None
    max_position_pct: Share | None = None
    max_total_exposure_pct: Share | None = None
    max_drawdown_pct: Share | None = None


class NotificationsChange(Body):
    """Whether and where you are told of what has finished."""

    enabled: bool | None = None
    channels: Annotated[list[Literal["email", "telegram", "in_app"]], Field(max_length=3)] | None = None


class SettingsChange(Body):
    """What you prefer; null removes a field, what is not named stays."""

    persona: Literal["retail", "quant", "investor"] | None = Field(None, description="How results are told.")
    risk_defaults: RiskDefaultsChange | None = None
    notifications: NotificationsChange | None = None


class MeChange(Body):
    """What you may change about yourself."""

    profile: ProfileChange | None = None
    settings: SettingsChange | None = None


class Me(User):
    """You; with the channels that this release tells through, and those you chose that it does not."""

    delivered_channels: list[str] = Field(examples=[["in_app"]])
    undelivered_channels: list[str] = Field(examples=[["email"]])


@router.get("", summary="Look at yourself", response_model=Me)
def get_me(request: Request, service: Served, owner: Owner) -> Response:
    """Your profile and settings. Of the channels of notifications this release delivers `in_app` alone."""
    with service.database.read() as work:
        return tagged_answer(request, _document(work.users.get(owner)), own=True)


EXAMPLES: dict[str, Any] = {
    "an investor with limits": {
        "settings": {"persona": "investor", "riskDefaults": {"maxLeverage": 1, "maxDrawdownPct": 0.2}}
    },
    "told in the chat": {"settings": {"notifications": {"enabled": True, "channels": ["in_app"]}}},
    "no name any more": {"profile": {"username": None}},
}


@router.patch("", summary="Change your settings", response_model=Me)
def change_me(
    service: Served,
    owner: Owner,
    body: Annotated[MeChange, json_body(MeChange, examples=EXAMPLES)],
    if_match: IfMatch = None,
) -> Response:
    """What is named is changed, null removes it, the rest stays. The agent honours it from the next message on.

    Risk defaults bound what it writes and what you send, `persona` decides how it tells of results, and with
    notifications an answer says when a search or a refinement of its strategy has finished.
    """
    with service.database.write() as work:
        work.users.hold(owner)
        user = work.users.get(owner)
        check_match(if_match, _document(user))
        known, now = user.as_json(), service.clock.now_ms()
        if "profile" in body.model_fields_set:
            profile = merged(known.get("profile", {}), body.profile)
            work.users.save_profile(owner, read_record(UserProfile, profile), now_ms=now)
        if "settings" in body.model_fields_set:
            settings = merged(known.get("settings", {}), body.settings)
            if "notifications" in settings and "enabled" not in settings["notifications"]:
                wrong = Problem("$.settings.notifications.enabled", "MISSING_FIELD", "say whether you want them")
                raise RequestRefused(422, "INVALID_BODY", "the body has problems", problems=(wrong,))
            work.users.save_settings(owner, read_record(UserSettings, settings), now_ms=now)
        return changed_answer(_document(work.users.get(owner)))


def merged(known: Mapping[str, Any], change: BaseModel | None) -> dict[str, Any]:
    """Return known JSON data with what a change names: null removes, objects are merged, empty ones left out.

    >>> merged({"username": "ann", "avatarUrl": "https://a.b/c"}, ProfileChange(username=None))
    {'avatarUrl': 'https://a.b/c'}
    """
    if change is None:
        return {}
    out = dict(known)
    for name in change.model_fields_set:
        alias, value = type(change).model_fields[name].alias or name, getattr(change, name)
        if isinstance(value, Body):
            value = merged(out.get(alias, {}), value) or None
        if value is None:
            out.pop(alias, None)
        else:
            out[alias] = value
    return out


def _document(user: User) -> dict[str, Any]:
    told = {"deliveredChannels": list(DELIVERED), "undeliveredChannels": undelivered(user.settings)}
    return {**user.as_json(), **told}
