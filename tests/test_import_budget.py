"""Which modules a command may load: what is not loaded costs no start-up time and no memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

NEVER = {
    "alembic",
    "arch",
    "ccxt",
    "dask",
    "fastapi",
    "langchain_core",
    "langgraph",
    "matplotlib",
    "openai",
    "optuna",
    "pandas",
    "polars",
    "psycopg",
    "scipy",
    "sqlalchemy",
    "statsmodels",
    "uvicorn",
}
"""Not for any command of this release, unless a picture, a fetch or the ledger is asked for."""

NUMBERS = {"llvmlite", "numba", "numpy", "pyarrow", "talib"}

FOUND = {"coverage", "pycparser", "rich"}
"""What numba and httpx load only because it is installed."""

LEDGER = {"alembic", "sqlalchemy"}
"""What a command loads that writes a trial into the ledger, which it makes the first time."""

BUDGETS = {
    "--help": NEVER | NUMBERS | {"jinja2", "orjson", "pydantic", "rich"},
    "--version": NEVER | NUMBERS | {"jinja2", "orjson", "pydantic", "rich"},
    "chat --help": NEVER | NUMBERS | {"jinja2", "orjson", "rich"},
    "serve --help": NEVER | NUMBERS | {"jinja2", "orjson", "rich", "starlette"},
    "backtest --help": NEVER | NUMBERS | {"jinja2", "orjson", "rich"},
    "validate SPEC": NEVER | {"jinja2", "numba", "llvmlite", "pyarrow", "rich", "talib"},
    "validate SPEC --json": NEVER | {"jinja2", "numba", "llvmlite", "pyarrow", "rich", "talib"},
    "schema": NEVER | {"jinja2", "numba", "llvmlite", "pyarrow", "rich", "talib"},
    "backtest SPEC": (NEVER - LEDGER) | {"coverage", "pycparser"},
    "backtest SPEC --json": (NEVER - LEDGER) | {"coverage", "jinja2", "pycparser", "rich"},
    "chat --once BUY": FOUND | {"fastapi", "jinja2", "matplotlib", "openai", "pandas", "polars", "scipy"},
}
"""Each command with what it may not load."""

PROBE = """
import json, sys
from api.cli import main
status = main(sys.argv[1:])
print(json.dumps([status, sorted({name.split(".")[0] for name in sys.modules})]), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def spec_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from engine.spec.examples import SMA_CROSS

    path = tmp_path_factory.mktemp("budget") / "spec.json"
    path.write_text(json.dumps(SMA_CROSS), "utf-8")
    return path


@pytest.mark.parametrize("command", BUDGETS)
def test_a_command_loads_only_what_its_budget_allows(command: str, spec_file: Path) -> None:
    given = {"SPEC": str(spec_file), "BUY": "buy BTC on 4h when rsi 14 crosses above 30, stop 3%, target 6%"}
    words = [given.get(word, word) for word in command.split()]

    nothing_kept = {**os.environ, "KEK_STATE_DIR": str(spec_file.parent / "state")}
    run = subprocess.run(
        [sys.executable, "-c", PROBE, *words], capture_output=True, text=True, check=False, env=nothing_kept
    )

    status, loaded = json.loads(run.stderr.splitlines()[-1])
    assert status == 0, run.stderr
    assert BUDGETS[command].isdisjoint(loaded), sorted(BUDGETS[command].intersection(loaded))


def test_importing_the_engine_loads_nothing() -> None:
    probe = "import sys, engine; print(*{name.split('.')[0] for name in sys.modules})"

    run = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert (NEVER | NUMBERS | {"pydantic", "orjson"}).isdisjoint(run.stdout.split())


def test_the_application_is_made_without_what_takes_long() -> None:
    probe = (
        "import sys; from api.app import create_app; from api.settings import Settings;"
        " import api.serving; create_app(Settings()); print(*{name.split('.')[0] for name in sys.modules})"
    )

    run = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    loaded = set(run.stdout.split())
    assert {"fastapi", "uvicorn"} <= loaded
    late = NEVER - {"fastapi", "uvicorn"} | NUMBERS | {"rich", "jinja2"}
    assert late.isdisjoint(loaded), sorted(late.intersection(loaded))


def test_a_conversation_loads_the_simulation_only_to_test() -> None:
    probe = "import sys, agent.conversation, agent.language.builtin; print(*{n.split('.')[0] for n in sys.modules})"

    run = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    loaded = set(run.stdout.split())
    assert {"langgraph", "numpy"} <= loaded
    assert (NEVER - {"langgraph", "langchain_core"} | NUMBERS - {"numpy"}).isdisjoint(loaded)
