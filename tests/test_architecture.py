"""Rooms and arrows: who may import whom, read from the source with `ast`, inside functions as well."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

ARROWS = {
    "engine": set(),
    "prompts": set(),
    "agent": {"engine", "prompts"},
    "storage": {"engine"},
    "api": {"agent", "engine", "storage"},
    "evals": {"agent", "api", "engine", "prompts", "storage"},
}
"""What each room may import of the others; nothing imports evals, tests or benchmarks."""

OUTSIDERS = {*ARROWS, "tests", "benchmarks", "conftest"}

ONLY_IN = {
    "numba": ("engine/",),
    "llvmlite": ("engine/kernels/",),
    "talib": ("engine/indicators/",),
    "openai": ("agent/language/",),
    "langgraph": ("agent/",),
    "ccxt": ("storage/sources/",),
    "sqlalchemy": ("storage/",),
    "alembic": ("storage/",),
    "fastapi": ("api/",),
    "starlette": ("api/",),
    "uvicorn": ("api/",),
    "typer": ("api/",),
    "pydantic_settings": ("api/settings.py",),
    "matplotlib": ("engine/report/",),
}
"""Libraries that belong to one place."""

NEVER_IN = {
    "engine": {"socket", "urllib", "http", "ssl", "requests", "httpx", "httpx2", "aiohttp", "sqlite3", "asyncio"},
    "prompts": {"socket", "urllib", "http", "requests", "httpx", "httpx2", "aiohttp", "sqlite3"},
    "agent": {"sqlite3", "requests", "aiohttp"},
}

HEAVY = {"arch", "ccxt", "matplotlib", "pandas", "scipy", "statsmodels"}
"""Imported inside the function that needs them, everywhere."""

HEAVY_FOR_A_COMMAND = HEAVY | {"numba", "numpy", "pyarrow", "pydantic", "sqlalchemy", "talib"}
"""Not to be loaded by `kek --help`, which imports every command's module."""

AT_IMPORT = {
    "os.environ",
    "os.getenv",
    "time.time",
    "time.monotonic",
    "time.perf_counter",
    "datetime.now",
    "datetime.datetime.now",
    "datetime.utcnow",
    "date.today",
    "uuid.uuid4",
    "open",
    "Path.cwd",
    "Path.home",
    "random.seed",
    "np.random.seed",
    "np.random.default_rng",
    "subprocess.run",
    "socket.socket",
}
"""What no module does while it is imported: nothing happens at import."""

KERNEL_SOURCES = ("engine.kernels", "engine.kernel_cache")


@dataclass(frozen=True, slots=True)
class Import:
    """One import statement: ``at_import`` when it runs with the module itself, ``typing_only`` when never."""

    module: str
    line: int
    at_import: bool
    typing_only: bool

    @property
    def room(self) -> str:
        return self.module.split(".")[0]


def imports_of(tree: ast.Module, path: str) -> Iterator[Import]:
    package = path.removesuffix(".py").split("/")[:-1]

    def walk(node: ast.AST, at_import: bool, typing_only: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            yield from (Import(name.name, node.lineno, at_import, typing_only) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            yield Import(source, node.lineno, at_import, typing_only)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            if node.args and isinstance(node.args[0], ast.Constant):
                yield Import(str(node.args[0].value), node.lineno, at_import, typing_only)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            for child in node.body:
                yield from walk(child, at_import, True)
            rest: list[ast.AST] = list(node.orelse)
        else:
            rest = list(ast.iter_child_nodes(node))
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in rest:
            yield from walk(child, at_import and not inside, typing_only)

    yield from walk(tree, True, False)


def run_at_import(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Every attribute and call the module uses while it is imported; a function's defaults are, its body is not."""

    def walk(node: ast.AST) -> Iterator[tuple[str, int]]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            children: list[ast.AST] = [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        elif isinstance(node, ast.Lambda):
            children = []
        else:
            if isinstance(node, ast.Attribute):
                yield ast.unparse(node), node.lineno
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield node.func.id, node.lineno
            children = list(ast.iter_child_nodes(node))
        for child in children:
            yield from walk(child)

    yield from walk(tree)


def violations(source: str, path: str) -> list[str]:
    """Say in one line each what ``path`` does that its room may not."""
    tree = ast.parse(source)
    room = path.split("/")[0]
    found = []
    for item in imports_of(tree, path):
        at = f"{path} imports {item.module} (line {item.line})"
        if item.room in OUTSIDERS - {room, *ARROWS[room]}:
            found.append(at.replace(item.module, item.room, 1))
        if room == "evals" and item.room == "api" and item.module != "api.compose":
            found.append(f"{at}: evals sees api.compose alone")
        if item.room in ONLY_IN and not path.startswith(ONLY_IN[item.room]):
            found.append(f"{at}: {item.room} belongs to {' '.join(ONLY_IN[item.room])}")
        if item.room in NEVER_IN.get(room, ()):
            found.append(f"{at}: {room} knows no network and no database")
        if item.at_import and not item.typing_only:
            light = path == "api/cli.py" or path.startswith("api/commands/")
            if item.room in (HEAVY_FOR_A_COMMAND if light else HEAVY):
                found.append(f"{at}: import it inside the function that needs it")
        if path.startswith("engine/kernels/") and item.room == "engine":
            if not item.typing_only and not item.module.startswith(KERNEL_SOURCES):
                found.append(f"{at}: kernels take arrays and know nothing else of the engine")
    for name, line in run_at_import(tree):
        if name in AT_IMPORT:
            found.append(f"{path} uses {name} at import (line {line})")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and not path.startswith("engine/kernels/"):
            if any("jit" in ast.unparse(decorator).split("(")[0] for decorator in node.decorator_list):
                found.append(f"{path} compiles {node.name} (line {node.lineno}): kernels live in engine/kernels")
    return found


def sources() -> list[str]:
    found = (path for room in ARROWS for path in (ROOT / room).rglob("*.py"))
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def test_every_import_follows_the_arrows() -> None:
    found = [line for path in sources() for line in violations((ROOT / path).read_text("utf-8"), path)]

    assert not found, "\n".join(found)


def test_the_rooms_are_the_packages_that_are_shipped() -> None:
    import tomllib

    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]["find"]

    assert {name for name in shipped["include"] if "." not in name} == set(ARROWS)


PLANTED = [
    ("engine/backtest/run.py", "import storage", "engine/backtest/run.py imports storage"),
    ("engine/backtest/run.py", "def f():\n    from storage.candles import CandleStore", "imports storage"),
    ("engine/a.py", "if TYPE_CHECKING:\n    from api.cli import app", "imports api"),
    ("engine/a.py", "class A:\n    import agent.graph", "imports agent"),
    ("engine/a.py", "import importlib\nimportlib.import_module('prompts.x')", "imports prompts"),
    ("storage/candles.py", "from api.settings import Settings", "imports api"),
    ("storage/candles.py", "from agent import ports", "imports agent"),
    ("agent/graph.py", "def f():\n    import storage.records", "imports storage"),
    ("api/cli.py", "def f():\n    import evals.run", "imports evals"),
    ("api/cli.py", "import tests.naive", "imports tests"),
    ("api/compose.py", "import prompts", "imports prompts"),
    ("evals/run.py", "from api.cli import main", "evals sees api.compose alone"),
    ("storage/candles.py", "def f():\n    import numba", "numba belongs to engine/"),
    ("engine/spec/models.py", "import talib", "talib belongs to engine/indicators/"),
    ("agent/nodes/draft.py", "import openai", "openai belongs to agent/language/"),
    ("engine/market/bars.py", "import socket", "engine knows no network"),
    ("engine/market/bars.py", "from urllib.request import urlopen", "engine knows no network"),
    ("engine/market/bars.py", "import sqlalchemy", "sqlalchemy belongs to storage/"),
    ("engine/market/bars.py", "import pandas as pd", "inside the function"),
    ("storage/sources/exchange.py", "try:\n    import ccxt\nexcept ImportError:\n    pass", "inside the function"),
    ("api/commands/backtest.py", "import numpy as np", "inside the function"),
    ("engine/metrics/summary.py", "@njit(cache=True)\ndef f(x):\n    return x", "compiles f"),
    ("engine/metrics/summary.py", "@numba.njit\ndef f(x):\n    return x", "compiles f"),
    ("engine/kernels/step.py", "from engine.spec.models import StrategySpec", "know nothing else"),
    ("engine/a.py", "import os\nHOME = os.environ['HOME']", "uses os.environ at import"),
    ("engine/a.py", "def f(now=time.time()):\n    return now", "uses time.time at import"),
    ("engine/a.py", "class A:\n    made = datetime.now(tz=UTC)", "uses datetime.now at import"),
    ("engine/a.py", "TEXT = open('a.txt').read()", "uses open at import"),
    ("engine/a/b/c.py", "from ....storage import candles", "imports storage"),
]


@pytest.mark.parametrize(("path", "source", "complaint"), PLANTED)
def test_a_planted_violation_is_found(path: str, source: str, complaint: str) -> None:
    found = violations(source, path)

    assert len(found) == 1
    assert complaint in found[0]


FINE = [
    ("engine/backtest/run.py", "import numpy as np\nfrom engine.kernels.step import step"),
    ("engine/report/pictures.py", "def save():\n    import matplotlib"),
    ("engine/backtest/result.py", "if TYPE_CHECKING:\n    import pandas as pd"),
    ("engine/kernels/step.py", "from numba import njit\n@njit(cache=True)\ndef f(x):\n    return x"),
    ("engine/a/b.py", "from ..market import bars"),
    ("api/commands/backtest.py", "def backtest():\n    import numpy\n    import storage.candles"),
    ("api/settings.py", "import os\ndef read():\n    return os.environ.get('KEK_DATA_DIR')"),
    ("evals/run.py", "from api.compose import open_market"),
]


@pytest.mark.parametrize(("path", "source"), FINE)
def test_what_is_allowed_passes(path: str, source: str) -> None:
    assert violations(source, path) == []
