"""Where an owner is told of what has finished: this release tells in the answers of the threads it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.records import UserSettings

DELIVERED = ("in_app",)
"""Channels that this release tells through; others are stored and told of as not delivered."""


def is_notified(settings: UserSettings | None) -> bool:
    """Return whether an owner wants to be told, through a channel that there is.

    >>> from storage.records import Notifications, UserSettings
    >>> is_notified(UserSettings(notifications=Notifications(enabled=True, channels=["email"])))
    False
    """
    wanted = None if settings is None else settings.notifications
    if wanted is None or not wanted.enabled:
        return False
    return wanted.channels is None or bool(set(wanted.channels) & set(DELIVERED))


def undelivered(settings: UserSettings | None) -> list[str]:
    """Return the channels an owner chose that this release does not tell through."""
    wanted = None if settings is None else settings.notifications
    chosen = [] if wanted is None else wanted.channels or []
    return [one for one in chosen if one not in DELIVERED]
