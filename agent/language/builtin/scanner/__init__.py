"""The words of a message as a row of items: conditions, actions, levels, sizes, assets, and what holds them together.

``buy btc when rsi < 30, stop 2%`` becomes action, asset, when, condition, comma, level.
"""

from agent.language.builtin.scanner.items import STATING, Item, ItemKind, Opaque
from agent.language.builtin.scanner.scanning import scan

__all__ = ["STATING", "Item", "ItemKind", "Opaque", "scan"]
