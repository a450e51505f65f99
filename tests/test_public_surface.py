"""What each room offers: short, sorted, and pinned here, so that each new public name is a decision."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("agent", "api", "engine", "evals", "prompts", "storage")

SURFACE: dict[str, list[str]] = {
    "agent": [],
    "agent.facts": ["Fact", "check_facts", "facts_of"],
    "agent.language.builtin": ["BuiltinLanguage"],
    "agent.language.builtin.conditions": ["condition"],
    "agent.language.builtin.draft": ["STARTS_WITH", "Draft", "Said", "compose", "limit_words", "name_of", "words_of"],
    "agent.language.builtin.editing": ["is_edit", "read_edit"],
    "agent.language.builtin.languages": ["ReplyFrame", "Translated", "frame", "translate"],
    "agent.language.builtin.levels": [
        "KINDS",
        "Distance",
        "Level",
        "armed",
        "distance",
        "duration",
        "gain",
        "level",
        "share",
    ],
    "agent.language.builtin.lexicon": ["FILLERS", "Named", "Term", "first_words", "known_words", "phrases"],
    "agent.language.builtin.markets": ["Asset", "asset", "timeframe", "unknown_asset", "window"],
    "agent.language.builtin.operands": [
        "ALL_OF",
        "AVERAGES",
        "LETTERS",
        "PARAMETERS",
        "PEAKS",
        "SCALED",
        "WHOLE",
        "arithmetic",
        "everything_before",
        "frame_name",
        "main_line",
        "operand",
        "pair",
        "timeframe_here",
    ],
    "agent.language.builtin.roles": ["SIDES", "Rules", "Side", "assign", "directed"],
    "agent.language.builtin.scanner": ["STATING", "Item", "ItemKind", "Opaque", "scan"],
    "agent.language.builtin.screening": [
        "Injected",
        "Refusal",
        "Screening",
        "Unsupported",
        "Vague",
        "about_trading",
        "screen",
    ],
    "agent.language.builtin.sizes": ["POSITION_SIZES", "Kind", "Size", "money", "risk_of_equity", "size"],
    "agent.language.builtin.tokens": ["MONEY", "Token", "clean", "tokenize"],
    "agent.language.builtin.writing": ["Writer", "key_for", "plain_number", "settings_of"],
    "api": [],
    "engine": [
        "Arena",
        "BacktestResult",
        "Bars",
        "DemoMarket",
        "EngineError",
        "MemoryMarket",
        "Swept",
        "check",
        "load_bars",
        "make_bars",
        "run_backtest",
        "sweep",
    ],
    "engine.proofs": ["Proofs", "exposure_bound", "prove", "verify_causality", "verify_run"],
    "engine.proofs.satisfiability": ["Finding", "Firing", "Verdict", "Witness", "can_fire"],
    "engine.report": [
        "html",
        "markdown",
        "picture",
        "terminal",
        "write_csv",
        "write_html",
        "write_markdown",
        "write_picture",
    ],
    "engine.spec": [
        "Checked",
        "Problem",
        "StrategySpec",
        "apply_overrides",
        "apply_variant",
        "behaviour_hash",
        "check",
        "json_schema",
        "spec_hash",
        "spec_json",
    ],
    "engine.custom": ["AssetView", "Order", "View", "run_custom"],
    "engine.spec.venues": [
        "Rates",
        "Venue",
        "asset_rules",
        "find_venue",
        "largest_leverage",
        "nearest_venue",
        "rates_of",
        "unlisted_assets",
        "venue_names",
    ],
    "engine.verify": ["PEERS", "PeerError", "Verification", "verify"],
    "evals": [],
    "prompts": ["Prompt", "load", "locked", "names"],
    "storage": [],
}
"""Every name a room exports. A room inside the engine is listed when it exports anything."""


def packages() -> list[str]:
    found = (path.parent for room in ROOMS for path in (ROOT / room).rglob("__init__.py"))
    return sorted(".".join(path.relative_to(ROOT).parts) for path in found)


def exported(package: str) -> list[str]:
    return list(getattr(import_module(package), "__all__", []))


@pytest.mark.parametrize("package", packages())
def test_a_room_exports_what_is_pinned(package: str) -> None:
    assert exported(package) == SURFACE.get(package, [])


@pytest.mark.parametrize("package", packages())
def test_exports_are_sorted_short_and_there(package: str) -> None:
    names = exported(package)

    assert names == sorted(names, key=lambda name: (not name.isupper(), name))  # tables first, as the linter sorts
    assert len(names) <= 16
    for name in names:
        offered = getattr(import_module(package), name)
        assert callable(offered) or name.isupper(), f"{package}.{name} is no class, function or table"


def test_the_pinned_rooms_exist() -> None:
    assert set(SURFACE) <= set(packages())


def test_a_room_without_exports_says_so_only_by_its_docstring() -> None:
    for package in packages():
        tree = ast.parse((ROOT / package.replace(".", "/") / "__init__.py").read_text("utf-8"))
        assert ast.get_docstring(tree) or not tree.body, f"{package} does not say what it is"


def test_an_unknown_name_of_the_engine_is_refused_with_what_it_offers() -> None:
    with pytest.raises(AttributeError, match=r"engine has no 'run_backtets'; it offers .*run_backtest"):
        _ = import_module("engine").run_backtets
